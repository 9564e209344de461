import { defineWorkflow } from '@finharbor/platform/workflow/workflow';

/** An entry of the cultivation ledger (培育台账): what is recorded begins the work, and what was repaired goes back to its list. */
export const cultivationEntryWorkflow = defineWorkflow({
  name: 'cultivation-entry', version: 1, initial: 'OPEN',
  states: {
    OPEN: { side: 'department', meaning: 'A bank refused; nobody has begun.' },
    IN_PROGRESS: { side: 'department', meaning: 'Somebody works on it.' },
    REPAIRED: { side: 'department', meaning: 'What stood in the way was mended.', rests: true },
    RE_RECOMMENDED: { meaning: 'Its row may be recommended again.', terminal: true },
    CLOSED: { meaning: 'Given up, or no longer wanted; the result says why.', terminal: true },
  },
  moves: [
    { action: 'begin', from: ['OPEN', 'REPAIRED'], to: 'IN_PROGRESS', by: ['department', 'supervisor'] },
    { action: 'repair', from: ['OPEN', 'IN_PROGRESS'], to: 'REPAIRED', by: ['department', 'supervisor'] },
    { action: 're-recommend', from: 'REPAIRED', to: 'RE_RECOMMENDED', by: ['department', 'supervisor'] },
    { action: 'close', from: ['OPEN', 'IN_PROGRESS', 'REPAIRED'], to: 'CLOSED', by: ['department', 'supervisor'] },
  ],
});

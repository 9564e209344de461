import { defineWorkflow } from '@finharbor/platform/workflow/workflow';

/**
 * A financing issue (domain.md 2.14). That the branch acknowledges it is no state: bank and branch acknowledge beside each other, and the
 * bank alone answers.
 */
export const issueWorkflow = defineWorkflow({
  name: 'issue', version: 1, initial: 'REGISTERED',
  states: {
    REGISTERED: { side: 'bank', meaning: 'Registered; the bank has not acknowledged it.' },
    HANDLING: { side: 'bank', meaning: 'The bank acknowledged it and works on an answer.' },
    REPLIED: { side: 'registrant', meaning: 'The bank replied; the registrant has not said whether that will do.', rests: true },
    REOPENED: { side: 'bank', meaning: 'The registrant was not satisfied.' },
    CLOSED: { meaning: 'The registrant was satisfied.', terminal: true },
  },
  moves: [
    { action: 'acknowledge', from: 'REGISTERED', to: 'HANDLING', by: ['bank'] },
    { action: 'reply', from: ['HANDLING', 'REOPENED'], to: 'REPLIED', by: ['bank'] },
    { action: 'confirm', from: 'REPLIED', to: 'CLOSED', by: ['applicant'] },
    { action: 'reopen', from: 'REPLIED', to: 'REOPENED', by: ['applicant'] },
  ],
});

export type IssueMove = (typeof issueWorkflow)['moves'][number]['action'];

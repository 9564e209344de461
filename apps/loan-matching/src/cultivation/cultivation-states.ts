import { DomainError } from '@finharbor/contracts/errors';
import { isEnd, leadsTo } from '@finharbor/platform/workflow/workflow';
import { registerEnumType } from '@nestjs/graphql';
import { cultivationEntryWorkflow } from '../workflows/cultivation-entry.workflow.js';

/** Where an entry of the cultivation ledger stands. */
export enum CultivationState {
  OPEN = 'OPEN',
  IN_PROGRESS = 'IN_PROGRESS',
  REPAIRED = 'REPAIRED',
  /** Its row may be recommended again: the end here, and a new beginning for the row. */
  RE_RECOMMENDED = 'RE_RECOMMENDED',
  /** Given up, or no longer wanted; the result says why. */
  CLOSED = 'CLOSED',
}

registerEnumType(CultivationState, { name: 'CultivationState', description: 'Where an entry of the cultivation ledger stands.' });

const { OPEN, IN_PROGRESS, REPAIRED, RE_RECOMMENDED, CLOSED } = CultivationState;

/** States in which a result must be there. */
export const needsResult = (state: CultivationState): boolean => [REPAIRED, RE_RECOMMENDED, CLOSED].includes(state);

/** The state after a change that names `to`, or only records something: then work has begun. ILLEGAL_STATE where it may not. */
export function nextState(from: CultivationState, to?: CultivationState): CultivationState {
  const next = to ?? (from === OPEN ? IN_PROGRESS : from);
  if (isEnd(cultivationEntryWorkflow, from) || (next !== from && !leadsTo(cultivationEntryWorkflow, from, next))) throw new DomainError('ILLEGAL_STATE', `The entry is ${from} and cannot become ${next}.`);
  return next;
}

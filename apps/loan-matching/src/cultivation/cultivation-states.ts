import { DomainError } from '@finharbor/contracts/errors';
import { registerEnumType } from '@nestjs/graphql';

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

const successors: Record<CultivationState, CultivationState[]> = {
  OPEN: [IN_PROGRESS, REPAIRED, CLOSED],
  IN_PROGRESS: [REPAIRED, CLOSED],
  REPAIRED: [IN_PROGRESS, RE_RECOMMENDED, CLOSED],
  RE_RECOMMENDED: [],
  CLOSED: [],
};

/** States in which a result must be there. */
export const needsResult = (state: CultivationState): boolean => [REPAIRED, RE_RECOMMENDED, CLOSED].includes(state);

/** The state after a change that names `to`, or only records something: then work has begun. ILLEGAL_STATE where it may not. */
export function nextState(from: CultivationState, to?: CultivationState): CultivationState {
  const next = to ?? (from === OPEN ? IN_PROGRESS : from);
  const ended = successors[from].length === 0;
  if (ended || (next !== from && !successors[from].includes(next))) throw new DomainError('ILLEGAL_STATE', `The entry is ${from} and cannot become ${next}.`);
  return next;
}

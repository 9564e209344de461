import { DomainError } from '@finharbor/contracts/errors';
import { registerEnumType } from '@nestjs/graphql';

/** SUBMITTED lies with the intake, ROUTED with the chosen bank; the bank accepts, then decides. */
export enum DemandState {
  SUBMITTED = 'SUBMITTED',
  ROUTED = 'ROUTED',
  ACCEPTED = 'ACCEPTED',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
}

export enum DemandKind {
  FIRST_LOAN = 'FIRST_LOAN',
  RENEWAL = 'RENEWAL',
  OTHER = 'OTHER',
}

registerEnumType(DemandState, { name: 'DemandState', description: 'How far a demand came.' });
registerEnumType(DemandKind, { name: 'DemandKind', description: 'What kind of loan is asked for.' });

/** The district's intake: who holds a demand until its enterprise chooses. No organisation has this id, so no bank sees it. */
export const intakeId = '00000000-0000-4000-8000-000000000001';

/** States in which the bank took the demand on, and so may know who the enterprise is. */
export const isAccepted = (state: DemandState): boolean => state !== DemandState.SUBMITTED && state !== DemandState.ROUTED;

/** Refuses a move from any other state with ILLEGAL_STATE. */
export function mustBe(demand: { state: DemandState }, expected: DemandState): void {
  if (demand.state !== expected) throw new DomainError('ILLEGAL_STATE', `The demand is ${demand.state}, not ${expected}.`);
}

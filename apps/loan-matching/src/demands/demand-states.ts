import { DomainError } from '@finharbor/contracts/errors';
import { GuaranteeType, SizeClass } from '@finharbor/contracts/vocabulary';
import { registerEnumType } from '@nestjs/graphql';

/** What each means, and what leads where, stands in workflows/demand.workflow.ts. */
export enum DemandState {
  SUBMITTED = 'SUBMITTED',
  ROUTED = 'ROUTED',
  ACCEPTED = 'ACCEPTED',
  CONTACTED = 'CONTACTED',
  DUE_DILIGENCE = 'DUE_DILIGENCE',
  ACTION_REQUIRED = 'ACTION_REQUIRED',
  COUNTER_OFFERED = 'COUNTER_OFFERED',
  APPROVED = 'APPROVED',
  APPROVED_ACTION_REQUIRED = 'APPROVED_ACTION_REQUIRED',
  REJECTED = 'REJECTED',
  CUSTOMER_DECLINED = 'CUSTOMER_DECLINED',
  /** Taken back by the enterprise, or its row of a list was recalled: the bank knows the enterprise no more. */
  WITHDRAWN = 'WITHDRAWN',
  EXPIRED = 'EXPIRED',
}

export enum DemandKind {
  FIRST_LOAN = 'FIRST_LOAN',
  RENEWAL = 'RENEWAL',
  OTHER = 'OTHER',
}

/** How a demand came in, by the names of ApplicationSource. One of a referral was ACCEPTED from the start: its bank claimed it. */
export enum DemandSource {
  LOAN_CODE = 'LOAN_CODE',
  REFERRAL = 'REFERRAL',
  STAFF = 'STAFF',
  GRID = 'GRID',
  BATCH = 'BATCH',
  PLATFORM = 'PLATFORM',
}

registerEnumType(SizeClass, { name: 'SizeClass', description: 'Size of an enterprise (国统字〔2017〕213号).' });
registerEnumType(GuaranteeType, { name: 'GuaranteeType', description: 'How a loan may be secured.' });
registerEnumType(DemandState, { name: 'DemandState', description: 'How far a demand came.' });
registerEnumType(DemandSource, { name: 'DemandSource', description: 'How a demand came in: through a loan code, taken down by the staff of a harbor or on a visit in the grid, in a batch of a harbor that was offline, from a referral that its bank claimed, or from an outside platform.' });
registerEnumType(DemandKind, { name: 'DemandKind', description: 'What kind of loan is asked for.' });

/** The district's intake: who holds a demand until its enterprise chooses. No organisation has this id, so no bank sees it. */
export const intakeId = '00000000-0000-4000-8000-000000000001';

/** Whose an application from the outside platform is, in the place of the organisation that took it down: no organisation has this id. */
export const platformId = '00000000-0000-4000-8000-000000000002';

/** Stands in an answer where a released field must name a record and there is none. */
export const nobody = '00000000-0000-0000-0000-000000000000';

/**
 * What a list does not state, a demand of a referral does not have. Programs of partners count on these fields being there, so an
 * answer has the nil UUID, 0 or an empty text for them.
 */
export const or = <T>(nothing: T) => ({
  nullable: true, transformer: { from: (stored: T | null) => stored ?? nothing, to: (value: T) => (value === nothing ? null : value) },
});

const known: `${DemandState}`[] = [
  'ACCEPTED', 'CONTACTED', 'DUE_DILIGENCE', 'ACTION_REQUIRED', 'COUNTER_OFFERED', 'APPROVED', 'APPROVED_ACTION_REQUIRED', 'REJECTED',
];

/**
 * Whether the bank took the demand on and may know who the enterprise is: not before, nor when it was taken back or went elsewhere. Of a
 * demand that it ended itself it keeps what it knew, whoever's the reason was.
 */
export const isAccepted = (
  { state, declined, endedByBank = false }: { state: DemandState; declined: boolean; endedByBank?: boolean },
): boolean => (known.includes(state) || (state === DemandState.CUSTOMER_DECLINED && endedByBank)) && !declined;

interface RoutedDemand {
  state: DemandState;
  acceptDueAt: Date | null;
  acceptOverdue: boolean;
}

/** Whether its bank let its time to accept pass: by its dates, or because a sandbox took its end for now. */
export const isTooLate = ({ state, acceptDueAt, acceptOverdue }: RoutedDemand): boolean =>
  state === DemandState.ROUTED && (acceptOverdue || (acceptDueAt !== null && acceptDueAt <= new Date()));

/** Whether it came to a harbor, by whatever way: its applicant is here to answer. Lists and outside platforms have their own. */
export const isFromHarbor = ({ source }: { source: DemandSource }): boolean =>
  ![DemandSource.REFERRAL, DemandSource.PLATFORM].includes(source);

/** Refuses a move from any other state with ILLEGAL_STATE. */
export function mustBe(demand: { state: DemandState }, expected: DemandState): void {
  if (demand.state !== expected) throw new DomainError('ILLEGAL_STATE', `The demand is ${demand.state}, not ${expected}.`);
}

/** Refuses an answer of a bank whose time to accept is over with ILLEGAL_STATE. */
export function mustBeInTime(demand: RoutedDemand): void {
  if (isTooLate(demand)) throw new DomainError('ILLEGAL_STATE', 'The time to accept the demand is over: the bank has it no more.');
}

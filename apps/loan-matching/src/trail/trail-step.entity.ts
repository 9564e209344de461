import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

export enum TrailStepKind {
  SUBMITTED = 'SUBMITTED',
  MATCHED = 'MATCHED',
  /** What it says of the enterprise agrees with the enterprise master by now, or a supervisor found it right; or not. */
  VERIFIED = 'VERIFIED',
  NOT_VERIFIED = 'NOT_VERIFIED',
  /** Chosen while it was not verified: it is CHOSEN when it is. */
  CHOICE_KEPT = 'CHOICE_KEPT',
  CHOSEN = 'CHOSEN',
  /** Which documents the applicant has by now. */
  DOCUMENTS_STATED = 'DOCUMENTS_STATED',
  ROUTED = 'ROUTED',
  /** The working-day calendar does not reach far enough, so that no accept clock runs. */
  CLOCK_NOT_COVERED = 'CLOCK_NOT_COVERED',
  ACCEPT_OVERDUE = 'ACCEPT_OVERDUE',
  /** Another of its clocks ran out; `dueAt` says which end it was. */
  CLOCK_OVERDUE = 'CLOCK_OVERDUE',
  ACCEPTED = 'ACCEPTED',
  /** Its bank claimed the referral that it comes from. */
  CLAIMED = 'CLAIMED',
  CONTACT_VIEWED = 'CONTACT_VIEWED',
  /** From then on nothing more is disclosed. */
  CONSENT_WITHDRAWN = 'CONSENT_WITHDRAWN',
  /** The bank examines it. */
  EXAMINED = 'EXAMINED',
  /** The bank asked the enterprise something, which answered, or the bank took the question back. */
  ASKED = 'ASKED',
  ANSWERED = 'ANSWERED',
  QUESTION_RETRACTED = 'QUESTION_RETRACTED',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
  DOCKED = 'DOCKED',
  LENT = 'LENT',
  ENDED = 'ENDED',
  /** Taken back by the enterprise, or the row that it comes from was recalled. */
  WITHDRAWN = 'WITHDRAWN',
  /** The bank did not accept in time, and others are asked. */
  EXPIRED = 'EXPIRED',
  /** The bank proposed other terms, which the enterprise took, or the bank took back. */
  COUNTER_OFFERED = 'COUNTER_OFFERED',
  OFFER_TAKEN = 'OFFER_TAKEN',
  OFFER_RETRACTED = 'OFFER_RETRACTED',
  /** The enterprise did not take what the bank offered or approved. */
  CUSTOMER_DECLINED = 'CUSTOMER_DECLINED',
  /** Of the application, whose own steps no bank sees: into the pool and out of it, on to the next bank, to another, to the supervisor. */
  POOLED = 'POOLED',
  POOL_CLOSED = 'POOL_CLOSED',
  CASCADED = 'CASCADED',
  REASSIGNED = 'REASSIGNED',
  EXHAUSTED = 'EXHAUSTED',
  FUNDED = 'FUNDED',
  /** Likewise: the outside platform confirmed that it has the need, or took it back; what its banks did has `by` platform. */
  PLATFORM_RECEIVED = 'PLATFORM_RECEIVED',
  PLATFORM_RECALLED = 'PLATFORM_RECALLED',
  CONTACTED = 'CONTACTED',
}

registerEnumType(TrailStepKind, { name: 'TrailStepKind', description: 'What happened to a demand.' });

/** Ids and facts only: a step never says who the enterprise is, so that it can be read before a bank may know. */
@ObjectType({ description: 'One step in the trail of a demand (全程留痕), never changed. A bank reads its own part alone.' })
@Entity({ schema: 'loan_matching', name: 'trail_steps' })
export class TrailStep {
  @Property(() => ID, { description: 'Id of the step; rises with time.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The demand.', column: {} })
  demandId: string;

  @Property(() => TrailStepKind, { description: 'What happened.', enum: TrailStepKind, enumName: 'TrailStepKind', column: {} })
  step: TrailStepKind;

  @Property(() => String, { description: 'Role of who did it; `service` for the suite itself.', column: {} })
  by: string;

  @Property(() => Date, { description: 'When.', column: {} })
  at: Date;

  @Property(() => ID, { description: 'The product that was chosen.', nullable: true, column: {} })
  productId: string | null;

  @Property(() => ID, { description: 'The consent under which the identity or the contact was disclosed.', nullable: true, column: {} })
  consentId: string | null;

  @Property(() => ReasonCode, { description: 'Why the bank decided so.', nullable: true, enum: ReasonCode, enumName: 'ReasonCode', column: {} })
  reasonCode: ReasonCode | null;

  @Property(() => Date, { description: 'By when the next step is due.', nullable: true, column: {} })
  dueAt: Date | null;

  /** Who held the demand then, and so may see the step. */
  @Hidden({ type: 'uuid' })
  orgId: string;
}

import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

export enum TrailStepKind {
  SUBMITTED = 'SUBMITTED',
  MATCHED = 'MATCHED',
  CHOSEN = 'CHOSEN',
  ROUTED = 'ROUTED',
  /** The working-day calendar does not reach far enough, so that no accept clock runs. */
  CLOCK_NOT_COVERED = 'CLOCK_NOT_COVERED',
  ACCEPT_OVERDUE = 'ACCEPT_OVERDUE',
  ACCEPTED = 'ACCEPTED',
  /** Its bank claimed the referral that it comes from. */
  CLAIMED = 'CLAIMED',
  CONTACT_VIEWED = 'CONTACT_VIEWED',
  /** From then on nothing more is disclosed. */
  CONSENT_WITHDRAWN = 'CONSENT_WITHDRAWN',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
  DOCKED = 'DOCKED',
  LENT = 'LENT',
  ENDED = 'ENDED',
  /** The row that it comes from was recalled. */
  WITHDRAWN = 'WITHDRAWN',
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

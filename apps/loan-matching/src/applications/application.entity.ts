import { ApplicantKind } from '@finharbor/contracts/eligibility/facts';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { LocalDate } from '@finharbor/platform/subgraph/scalars';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { Demand } from '../demands/demand.entity.js';
import { MissingItem } from './documents.js';
import { ApplicationSource, ApplicationState, RoutingMode, Verification } from './application-states.js';

/** Its row lies with the intake for ever. What names the enterprise stands in its demands, under the rules of `Disclosure`. */
@ObjectType({ description: 'An application for finance (融资申请): the enterprise’s side of its demands, one of which each bank has.' })
@Entity({ schema: 'loan_matching', name: 'applications' })
export class Application {
  @Property(() => ID, { description: 'Id of the application, and of its first demand.', column: { primary: true } }) id: string;
  @Property(() => ApplicationState, { description: 'How far it came.', enum: ApplicationState, enumName: 'ApplicationState', column: {} })
  state: ApplicationState;
  @Property(() => RoutingMode, { description: 'How it finds its bank.', enum: RoutingMode, enumName: 'RoutingMode', column: {} })
  mode: RoutingMode;
  @Property(() => Int, { description: 'The round that it is in, from 1.', column: {} }) round: number;
  @Property(() => ApplicationSource, { description: 'How it came in.', enum: ApplicationSource, enumName: 'ApplicationSource', column: {} })
  source: ApplicationSource;
  @Property(() => ApplicantKind, { description: 'What the applicant is.', enum: ApplicantKind, enumName: 'ApplicantKind', column: {} })
  applicantKind: ApplicantKind;
  @Property(() => Verification, { description: 'What came of comparing it with the enterprise master.', enum: Verification, enumName: 'Verification', column: {} })
  verification: Verification;
  @Property(() => ID, { description: 'The harbor that it came to, for ever.', nullable: true, column: {} }) harborId: string | null;
  @Property(() => String, { description: 'Where in the grid it was taken down.', nullable: true, column: {} }) gridPlace: string | null;
  @Property(() => String, { description: 'First responder (首问负责人, H-100): whoever signed in and took it down, never changed.', nullable: true, column: {} })
  firstResponder: string | null;
  @Property(() => String, { description: 'What the harbor that sent it in calls it.', nullable: true, column: {} }) clientRef: string | null;
  @Property(() => Boolean, { description: 'Whether it goes through the green channel of the special groups (H-112), before others.', column: {} })
  greenChannel: boolean;
  @Property(() => Boolean, { description: 'Whether it is about relief (纾困, A-03).', column: {} }) relief: boolean;
  @Property(() => Int, { description: 'Jobs that the applicant gives (A-03), persons.', nullable: true, column: {} }) jobs: number | null;
  @Property(() => LocalDate, { description: 'Of a renewal: when the loan that it renews ends.', nullable: true, column: {} }) maturesOn: string | null;
  @Property(() => [String], { description: 'Kinds of documents that the applicant has.', column: {} }) documents: string[];
  @Property(() => ReasonCode, { description: 'Why it ended.', nullable: true, enum: ReasonCode, enumName: 'ReasonCode', column: {} })
  reasonCode: ReasonCode | null;
  @Property(() => String, { description: 'Why it ended, in words.', nullable: true, column: {} }) reasonText: string | null;
  @Property(() => Date, { description: 'Since when the enterprise agrees that it goes on to further banks unasked.', nullable: true, column: {} })
  onwardConsentAt: Date | null;
  @Property(() => Date, { description: 'Since when the enterprise agrees that the outside platform (长江渝融通) is told its need, and not who asks.', nullable: true, column: {} })
  platformConsentAt: Date | null;
  @Property(() => Date, { description: 'When its need went to that platform; null until the platform confirmed that it has it.', nullable: true, column: {} })
  platformSentAt: Date | null;
  @Property(() => Date, { description: 'When the signed receipt of the platform for it was read back.', nullable: true, column: {} })
  platformReceivedAt: Date | null;
  @Property(() => Date, { description: 'Since when it is taken back from the platform: it ended, or the enterprise agrees no more.', nullable: true, column: {} })
  platformRecalledAt: Date | null;
  @Property(() => Date, { description: 'When the signed receipt of the platform for that was read back.', nullable: true, column: {} })
  platformRecallReceivedAt: Date | null;
  @Property(() => Date, { description: 'When it was taken down, where it came in later, in a batch, and the harbor said so.', nullable: true, column: {} })
  takenAt: Date | null;
  @Property(() => Date, { description: 'When it was submitted, or claimed; of a batch, when it came in.', column: {} }) submittedAt: Date;
  @Property(() => Date, { description: 'When it ended.', nullable: true, column: {} }) closedAt: Date | null;
  @Property(() => [MissingItem], { description: 'Everything that it lacks, in one notice (一次性告知, H-101).' }) missing: MissingItem[];
  @Property(() => [Demand], { description: 'Its demands, one of each bank; the staff of a harbor sees none.' }) demands: Demand[];
  @Hidden({ type: 'uuid' }) orgId: string;
  @Hidden({ type: 'integer' }) version: number;
  @Hidden({ type: 'uuid', nullable: true }) enterpriseId: string | null;
  @Hidden({ type: 'uuid', nullable: true }) platformConsentId: string | null;
  /** What the platform calls it: an id of its own, so that no bank there can tell it from a demand that it has here. */
  @Hidden({ type: 'uuid', nullable: true }) platformOfferId: string | null;
  @Hidden({ type: 'uuid', nullable: true }) loanCodeId: string | null;
  @Hidden({ type: 'text', nullable: true }) accessSecretHash: string | null;
  @Hidden({ type: 'text', nullable: true }) residentIdEncrypted: string | null;
  /** Special groups and age, which it was matched with. Beside `facts`, under the key of the contact. */
  @Hidden({ type: 'text', nullable: true }) personalFactsEncrypted: string | null;
  @Hidden({ type: 'uuid', array: true, nullable: true }) chosenProductIds: string[] | null;
  @Hidden({ type: 'uuid', nullable: true }) responderOrgId: string | null;
  @Hidden({ type: 'jsonb' }) facts: object;
  @Hidden({ type: 'bigint', nullable: true }) catalogueVersion: string | null;
  @Hidden({ type: 'integer', nullable: true }) rankingVersion: number | null;
}

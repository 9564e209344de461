import { GuaranteeType, ReasonCode, SizeClass } from '@finharbor/contracts/vocabulary';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { Decimal } from '@finharbor/platform/subgraph/scalars';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { CapitalBand, Channel, DecisionOutcome, ReferralState } from '../vocabulary.js';

/** One row of a list given to one bank. Facts are those of the day it was sent and name nobody; identity comes with the claim. */
@ObjectType({ description: 'A row of a list given to one bank. Until the bank claims it, the fields that tell who it is are null to the bank.' })
@Entity({ schema: 'enterprise_lists', name: 'referrals' })
export class Referral {
  @Property(() => ID, { description: 'Id of the referral.', column: { primary: true } }) id: string;
  @Property(() => ID, { description: 'The bank.', column: { name: 'org_id' } }) bankId: string;
  @Property(() => ID, { description: 'The list that it stands on.', column: {} }) pushListId: string;
  @Property(() => Channel, { description: 'Channel it came through first.', enum: Channel, enumName: 'Channel', column: {} })
  channel: Channel;
  @Property(() => Channel, { description: 'The other channel, where it came through both.', nullable: true, enum: Channel, enumName: 'Channel', column: {} })
  secondChannel: Channel | null;
  @Property(() => Int, { description: 'How often the row was offered: to its first banks, then to others that had it not; at most 3.', column: {} })
  round: number;
  @Property(() => ReferralState, { description: 'Where it stands.', enum: ReferralState, enumName: 'ReferralState', column: {} })
  state: ReferralState;
  @Property(() => String, { description: 'Region, GB/T 2260.', nullable: true, column: {} }) regionCode: string | null;
  @Property(() => String, { description: 'Industry, GB/T 4754-2017.', nullable: true, column: {} }) industryCode: string | null;
  @Property(() => SizeClass, { description: 'Size class.', enum: SizeClass, enumName: 'SizeClass', column: {} })
  sizeClass: SizeClass;
  @Property(() => Int, { description: 'Year of registration.', nullable: true, column: {} }) establishedYear: number | null;
  @Property(() => CapitalBand, { description: 'Registered capital.', nullable: true, enum: CapitalBand, enumName: 'CapitalBand', column: {} })
  capitalBand: CapitalBand | null;
  @Property(() => String, { description: 'Category of the green catalogue.', nullable: true, column: {} })
  greenCategory: string | null;
  @Property(() => Boolean, { description: 'Criterion 发展前景好.', nullable: true, column: {} }) goodProspects: boolean | null;
  @Property(() => Boolean, { description: 'Criterion 信贷需求强.', nullable: true, column: {} }) strongDemand: boolean | null;
  @Property(() => Boolean, { description: 'Criterion 信用记录好.', nullable: true, column: {} }) soundCredit: boolean | null;
  @Property(() => Decimal, { description: 'Amount wanted, yuan.', nullable: true, column: {} }) demandAmount: string | null;
  @Property(() => Int, { description: 'Term wanted, months.', nullable: true, column: {} }) demandTermMonths: number | null;
  @Property(() => GuaranteeType, { description: 'How it would be secured.', nullable: true, enum: GuaranteeType, enumName: 'GuaranteeType', column: {} })
  guaranteeType: GuaranteeType | null;
  @Property(() => ID, { description: 'The enterprise; null to a bank that did not claim it.', nullable: true })
  enterpriseId: string | null;
  @Property(() => String, { description: 'Its credit code; null like enterpriseId.', nullable: true })
  creditCode: string | null;
  @Property(() => String, { description: 'Its name; null like enterpriseId.', nullable: true })
  enterpriseName: string | null;
  @Property(() => String, { description: 'What the money is for, in the department’s words; null like enterpriseId.', nullable: true })
  demandPurpose: string | null;
  @Property(() => Boolean, { description: 'Whether the list names a consent, under which the bank may see the contact once it claimed the row.' })
  mayContact: boolean;
  @Property(() => ID, { description: 'The consent under which the bank was told; null like enterpriseId, and where there is none.', nullable: true, column: {} })
  consentId: string | null;
  @Property(() => ReasonCode, { description: 'Why it ended without a loan.', nullable: true, enum: ReasonCode, enumName: 'ReasonCode', column: {} })
  reasonCode: ReasonCode | null;
  @Property(() => String, { description: 'The same in the bank’s words.', nullable: true, column: {} })
  reasonText: string | null;
  @Property(() => DecisionOutcome, { description: 'The bank’s decision on a demand of it.', nullable: true, enum: DecisionOutcome, enumName: 'DecisionOutcome', column: {} })
  loanOutcome: DecisionOutcome | null;
  @Property(() => ReasonCode, { description: 'Reason of that decision.', nullable: true, enum: ReasonCode, enumName: 'ReasonCode', column: {} })
  loanReasonCode: ReasonCode | null;
  @Property(() => Date, { description: 'When the bank received it; while it is SENT, when it was handed to the platform.', column: {} })
  deliveredAt: Date;
  @Property(() => Date, { description: 'When the bank acknowledged it.', nullable: true, column: {} })
  acknowledgedAt: Date | null;
  @Property(() => Date, { description: 'When the bank claimed it.', nullable: true, column: {} }) claimedAt: Date | null;
  @Property(() => Date, { description: 'When the bank last answered.', nullable: true, column: {} }) answeredAt: Date | null;
  @Property(() => Date, { description: 'When it was offered onward, for want of an answer.', nullable: true, column: {} })
  expiredAt: Date | null;
  @Property(() => Date, { description: 'When it was withdrawn.', nullable: true, column: {} }) recalledAt: Date | null;
  @Property(() => ID, { description: 'The recall that withdrew it.', nullable: true, column: {} }) recallId: string | null;

  /** Whom the row is about: known to us always, told to the bank after its claim. */
  @Hidden({ type: 'uuid', name: 'enterprise_id' }) subjectId: string;
  /** Free text may name the enterprise, so it comes with the claim too. */
  @Hidden({ type: 'text', name: 'demand_purpose', nullable: true }) purposeText: string | null;
  @Hidden({ type: 'uuid' }) dispatchId: string;
  /** Where the consent is found, in the department's words. */
  @Hidden({ type: 'text', nullable: true }) consentRef: string | null;
}

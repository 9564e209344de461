import { GuaranteeType, ReasonCode, SizeClass } from '@finharbor/contracts/vocabulary';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { Decimal, LocalDate } from '@finharbor/platform/subgraph/scalars';
import { Directive, ID, Int, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { Decision } from '../decisions/decision.entity.js';
import { DemandProgress } from '../progress/demand-progress.entity.js';
import { DemandKind, DemandSource, DemandState, nobody, or } from './demand-states.js';

/** Stored, and may be missing. */
const optional = { nullable: true, column: {} } as const;

/** Until a bank accepts, what names the enterprise or could single it out is null for banks: see `Disclosure`. */
@ObjectType({ description: 'A demand for finance (融资需求): through a loan code (H-036), or by any other way that its source names.' })
@Directive('@key(fields: "id")')
@Entity({ schema: 'loan_matching', name: 'demands' })
export class Demand {
  @Property(() => ID, { description: 'Id of the demand.', column: { primary: true } }) id: string;
  @Property(() => ID, { description: 'The harbor that it came to; the nil UUID for a demand of a referral or an outside platform.', column: or(nobody) })
  harborId: string;
  @Property(() => DemandState, { description: 'How far it came.', enum: DemandState, enumName: 'DemandState', column: {} })
  state: DemandState;
  @Property(() => DemandKind, { description: 'First loan (首贷), renewal (续贷) or other (H-101).', enum: DemandKind, enumName: 'DemandKind', column: {} })
  kind: DemandKind;
  @Property(() => Decimal, { description: 'Amount asked for, in yuan; 0 where the list of a referral states none.', column: or('0.00') })
  amount: string;
  @Property(() => Int, { description: 'Term asked for, in months; 0 likewise.', column: or(0) }) termMonths: number;
  @Property(() => String, { description: 'What the money is for; empty likewise.', column: or('') }) purpose: string;
  @Property(() => [GuaranteeType], { description: 'Security that can be offered; empty where nothing was said.', enum: GuaranteeType, enumName: 'GuaranteeType', column: {} })
  guaranteeTypes: GuaranteeType[];
  @Property(() => String, { description: 'Region (GB/T 2260, streets, zones).', ...optional }) regionCode: string | null;
  @Property(() => String, { description: 'Industry (GB/T 4754-2017).', ...optional }) industryCode: string | null;
  @Property(() => SizeClass, { description: 'Size class (国统字〔2017〕213号).', enum: SizeClass, enumName: 'SizeClass', column: {} })
  sizeClass: SizeClass;
  @Property(() => String, { description: 'Name of the enterprise; withheld from a bank until it accepts.', ...optional })
  enterpriseName: string | null;
  @Property(() => String, { description: 'Unified social credit code; withheld likewise, and null for a demand of a referral or an outside platform, whose enterprise has it.', ...optional })
  creditCode: string | null;
  @Property(() => ID, { description: 'Id of the enterprise; withheld likewise.', ...optional }) enterpriseId: string | null;
  @Property(() => LocalDate, { description: 'Day of registration; withheld likewise.', ...optional }) establishedOn: string | null;
  @Property(() => Int, { description: 'Employees (从业人员), persons; withheld likewise.', ...optional }) employees: number | null;
  @Property(() => Decimal, { description: 'Revenue of a year (营业收入), in 万元; withheld likewise.', ...optional }) revenue: string | null;
  @Property(() => Decimal, { description: 'Total assets (资产总额), in 万元; withheld likewise.', ...optional }) assets: string | null;
  @Property(() => String, { description: 'Contact, masked; withheld likewise.', nullable: true }) contactName: string | null = null;
  @Property(() => String, { description: 'Phone of the contact, masked; withheld likewise.', nullable: true })
  contactPhone: string | null = null;
  @Property(() => ID, { description: 'The consent under which the bank that accepts may know the enterprise (PIPL art. 23); the nil UUID where a list named none.', column: or(nobody) })
  consentId: string;
  @Property(() => Date, { description: 'Since when that consent holds no more: from then on no bank is told who the enterprise is.', ...optional })
  consentWithdrawnAt: Date | null;
  @Property(() => ID, { description: 'The product that the enterprise chose.', ...optional }) productId: string | null;
  @Property(() => ID, { description: 'The bank that it went to.', ...optional }) bankId: string | null;
  @Property(() => Date, { description: 'By when the bank must accept: from then on it has the demand no more. Null before the choice, and where the calendar does not reach.', ...optional })
  acceptDueAt: Date | null;
  @Property(() => Boolean, { description: 'Whether that time ran out before the bank accepted.', column: {} }) acceptOverdue: boolean;
  @Property(() => Date, { description: 'When it was submitted, or claimed; for its bank, when it came to it.', column: {} }) submittedAt: Date;
  @Property(() => DemandSource, { description: 'How it came in.', enum: DemandSource, enumName: 'DemandSource', column: {} })
  source: DemandSource;
  @Property(() => ID, { description: 'The referral that it comes from.', ...optional }) referralId: string | null;
  @Property(() => [DemandProgress], { description: 'What became of it since the bank took it on, in order.' }) progress: DemandProgress[];
  @Property(() => [Decision], { description: 'What the bank decided; empty until then.' }) decisions: Decision[];
  @Property(() => Boolean, { description: 'Whether it goes through the green channel of special groups (H-112): before others.', column: {} })
  greenChannel: boolean;
  @Hidden({ type: 'uuid', nullable: true }) furtherOf: string | null;
  /** Made by the database of the two: the first demand has the id of its application. */
  @Hidden({ type: 'uuid', insert: false, update: false }) applicationId: string;
  @Property(() => ReasonCode, { description: 'Why it ended without a loan.', enum: ReasonCode, enumName: 'ReasonCode', ...optional })
  endReasonCode: ReasonCode | null;
  @Property(() => String, { description: 'The same in words for the other side.', ...optional }) endReasonText: string | null;
  /** What it goes back to when the enterprise answered. */
  @Hidden({ type: 'text', nullable: true }) resumeState: DemandState | null;
  /** Whether the bank refused it before it accepted, and so never knew the enterprise. */
  @Hidden({ type: 'boolean' }) declined: boolean;
  /** Whether CUSTOMER_DECLINED is what its bank told after it approved, and not the enterprise: the bank goes on knowing whom it served. */
  @Hidden({ type: 'boolean' }) endedByBank: boolean;
  /** When it came to its bank, which is told that as its `submittedAt`: never how long others had it before. */
  @Hidden({ type: 'timestamptz', nullable: true }) routedAt: Date | null;
  @Hidden({ type: 'uuid' }) orgId: string;
  @Hidden({ type: 'uuid', nullable: true }) loanCodeId: string | null;
  @Hidden({ type: 'uuid', nullable: true }) listEntryId: string | null;
  @Hidden({ type: 'integer' }) version: number;
  @Hidden({ type: 'text', nullable: true }) accessSecretHash: string | null;
  @Hidden({ type: 'text', nullable: true }) contactNameEncrypted: string | null;
  @Hidden({ type: 'text', nullable: true }) contactPhoneEncrypted: string | null;
}

import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Property } from '@finharbor/platform/subgraph/property';
import { Decimal } from '@finharbor/platform/subgraph/scalars';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { ApplicationState } from '../applications/application-states.js';
import { DemandKind, DemandSource, DemandState } from '../demands/demand-states.js';

@ObjectType({ description: 'A row of the demand ledger (融资需求台账): a demand as it stood at the end of a day.' })
export class DemandLedgerRow {
  @Property(() => ID, { description: 'The demand.' })
  demandId: string;
  @Property(() => ID, { description: 'The application it belongs to, once with each of its banks: needs are counted by it. Null for a bank.', nullable: true })
  applicationId: string | null;
  @Property(() => ApplicationState, { description: 'How far the application is; null as of a day, and for a bank.', nullable: true, enum: ApplicationState, enumName: 'ApplicationState' })
  applicationState: ApplicationState | null;
  @Property(() => DemandState, { description: 'How far it was.', enum: DemandState, enumName: 'DemandState' })
  state: DemandState;
  @Property(() => Date, { description: 'Since when it was so far.' })
  since: Date;
  @Property(() => ID, { description: 'The bank that had it; null while the enterprise had not chosen.', nullable: true })
  bankId: string | null;
  @Property(() => DemandKind, { description: 'First loan, renewal or other.', enum: DemandKind, enumName: 'DemandKind' })
  kind: DemandKind;
  @Property(() => DemandSource, { description: 'How it came in.', enum: DemandSource, enumName: 'DemandSource' })
  source: DemandSource;
  @Property(() => ID, { description: 'The harbor; the nil UUID for a demand of a referral or an outside platform.' })
  harborId: string;
  @Property(() => ID, { description: 'The product that was chosen.', nullable: true })
  productId: string | null;
  @Property(() => Decimal, { description: 'Amount asked for, in yuan.' })
  amount: string;
  @Property(() => Int, { description: 'Term asked for, in months.' })
  termMonths: number;
  @Property(() => String, { description: 'What the money is for.' })
  purpose: string;
  @Property(() => String, { description: 'Region.', nullable: true })
  regionCode: string | null;
  @Property(() => String, { description: 'Industry.', nullable: true })
  industryCode: string | null;
  @Property(() => ID, { description: 'The enterprise; null for whoever may not know it now.', nullable: true })
  enterpriseId: string | null;
  @Property(() => String, { description: 'Its name; null likewise.', nullable: true })
  enterpriseName: string | null;
  @Property(() => String, { description: 'Its unified social credit code; null likewise.', nullable: true })
  creditCode: string | null;
  @Property(() => Date, { description: 'When it was submitted, or came to the bank.' })
  submittedAt: Date;
  @Property(() => Date, { description: 'When the bank got in touch.', nullable: true })
  dockedAt: Date | null;
  @Property(() => Decimal, { description: 'What was approved by then, in yuan.', nullable: true })
  creditedAmount: string | null;
  @Property(() => Decimal, { description: 'What was lent by then, in yuan.', nullable: true })
  lentAmount: string | null;
  @Property(() => ReasonCode, { description: 'Why it had ended without a loan.', nullable: true, enum: ReasonCode, enumName: 'ReasonCode' })
  reasonCode: ReasonCode | null;
}

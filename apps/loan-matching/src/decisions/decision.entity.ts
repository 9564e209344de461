import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Property } from '@finharbor/platform/subgraph/property';
import { Decimal } from '@finharbor/platform/subgraph/scalars';
import { ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

export enum DecisionOutcome {
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
}

registerEnumType(DecisionOutcome, { name: 'DecisionOutcome', description: 'What a bank decided.' });
registerEnumType(ReasonCode, { name: 'ReasonCode', description: 'Why an application or a referral ended as it did.' });

@ObjectType({ description: 'A bank’s word on a demand, final. The platform never decides credit (H-005).' })
@Entity({ schema: 'loan_matching', name: 'decisions' })
export class Decision {
  @Property(() => ID, { description: 'Id of the decision.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The demand.', column: {} })
  demandId: string;

  @Property(() => ID, { description: 'The bank that decided.', column: { name: 'org_id' } })
  bankId: string;

  @Property(() => DecisionOutcome, { description: 'Approved or rejected.', enum: DecisionOutcome, enumName: 'DecisionOutcome', column: {} })
  outcome: DecisionOutcome;

  @Property(() => ReasonCode, { description: 'Why.', enum: ReasonCode, enumName: 'ReasonCode', column: {} })
  reasonCode: ReasonCode;

  @Property(() => String, { description: 'Why, in words for the enterprise; always given with a rejection (拒单有原因).', nullable: true, column: {} })
  reasonText: string | null;

  @Property(() => Decimal, { description: 'Approved amount, in yuan; null with a rejection.', nullable: true, column: {} })
  approvedAmount: string | null;

  @Property(() => Decimal, { description: 'Rate in percent a year.', nullable: true, column: {} })
  annualRate: string | null;

  @Property(() => Date, { description: 'When.', column: {} })
  decidedAt: Date;
}

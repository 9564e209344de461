import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { Decimal } from '@finharbor/platform/subgraph/scalars';
import { ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** DOCKED → CREDITED → LENT; whatever did not come to a loan is ENDED (domain.md 2.13, 2.14). */
export enum ProgressStage {
  /** 对接: the bank spoke with the enterprise. */
  DOCKED = 'DOCKED',
  /** 授信: the bank approved an amount. */
  CREDITED = 'CREDITED',
  /** 放款 */
  LENT = 'LENT',
  ENDED = 'ENDED',
}

registerEnumType(ProgressStage, { name: 'ProgressStage', description: 'How far a demand came with its bank: docked (对接), credited (授信), lent (放款), or ended without a loan.' });

@ObjectType({ description: 'A stage that a demand reached with its bank, each once, never changed.' })
@Entity({ schema: 'loan_matching', name: 'demand_progress' })
export class DemandProgress {
  @Property(() => ID, { description: 'Id of the stage; rises with time.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The demand.', column: {} })
  demandId: string;

  @Property(() => ProgressStage, { description: 'The stage.', enum: ProgressStage, enumName: 'ProgressStage', column: {} })
  stage: ProgressStage;

  @Property(() => Decimal, { description: 'In yuan, credited or lent; null with other stages.', nullable: true, column: {} })
  amount: string | null;

  @Property(() => ReasonCode, { description: 'Why it ended, or was approved.', nullable: true, enum: ReasonCode, enumName: 'ReasonCode', column: {} })
  reasonCode: ReasonCode | null;

  @Property(() => String, { description: 'The same in words for the enterprise.', nullable: true, column: {} })
  reasonText: string | null;

  @Property(() => Date, { description: 'When the bank told it.', column: {} })
  at: Date;

  /** The bank. */
  @Hidden({ type: 'uuid' })
  orgId: string;
}

import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

@ObjectType({ description: 'What a bank asks the enterprise about a demand that it works on or approved, and the answer. Meanwhile the demand is ACTION_REQUIRED, or APPROVED_ACTION_REQUIRED.' })
@Entity({ schema: 'loan_matching', name: 'demand_questions' })
export class DemandQuestion {
  @Property(() => ID, { description: 'Id of the question; rises with time.', column: { primary: true } })
  id: string;
  @Property(() => ID, { description: 'The demand.', column: {} })
  demandId: string;
  @Property(() => ID, { description: 'The bank that asks.', column: { name: 'org_id' } })
  bankId: string;
  @Property(() => String, { description: 'The question; null when it was erased.', nullable: true })
  question: string | null;
  @Property(() => [String], { description: 'Documents that are asked for.', column: {} })
  documents: string[];
  @Property(() => Date, { description: 'When it was asked.', column: {} })
  askedAt: Date;
  @Property(() => String, { description: 'The answer; null until then, when it was erased, and for a bank that may know the enterprise no more.', nullable: true })
  answer: string | null;
  @Property(() => Date, { description: 'When it was answered.', nullable: true, column: {} })
  answeredAt: Date | null;
  @Property(() => Date, { description: 'When the bank took it back.', nullable: true, column: {} })
  retractedAt: Date | null;
  @Hidden({ type: 'uuid' }) applicationId: string;
  @Hidden({ type: 'text' }) questionEncrypted: string;
  @Hidden({ type: 'text', nullable: true }) answerEncrypted: string | null;
}

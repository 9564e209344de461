import { Property } from '@finharbor/platform/subgraph/property';
import { ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** OPEN until whoever offers the product answers: it was CORRECTED, or the report REFUSED. */
export enum ProductReportState {
  OPEN = 'OPEN',
  CORRECTED = 'CORRECTED',
  REFUSED = 'REFUSED',
}

registerEnumType(ProductReportState, { name: 'ProductReportState', description: 'Whether a report was answered, and how.' });

@ObjectType({ description: 'Somebody found a product wrong; whoever offers it must answer.' })
@Entity({ schema: 'product_catalog', name: 'product_reports' })
export class ProductReport {
  @Property(() => ID, { description: 'Id of the report.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'Who must answer.', column: { name: 'org_id' } })
  bankId: string;

  @Property(() => ID, { description: 'The product.', column: {} })
  productId: string;

  @Property(() => Int, { description: 'The version that was on offer then.', column: {} })
  productVersion: number;

  @Property(() => ID, { description: 'Who reported it.', column: {} })
  reporterId: string;

  @Property(() => String, { description: 'Path of the field that is wrong.', nullable: true, column: {} })
  field: string | null;

  @Property(() => String, { description: 'What is wrong.', column: {} })
  text: string;

  @Property(() => ProductReportState, { description: 'Whether it was answered.', enum: ProductReportState, enumName: 'ProductReportState', column: {} })
  state: ProductReportState;

  @Property(() => String, { description: 'The answer.', nullable: true, column: {} })
  answer: string | null;

  @Property(() => Date, { description: 'By when it should be answered; null where the calendar does not reach.', nullable: true, column: {} })
  dueAt: Date | null;

  @Property(() => Boolean, { description: 'Whether that time ran out first.', column: {} })
  overdue: boolean;

  @Property(() => Date, { description: 'When it was reported.', column: {} })
  reportedAt: Date;

  @Property(() => Date, { description: 'When it was answered.', nullable: true, column: {} })
  answeredAt: Date | null;
}

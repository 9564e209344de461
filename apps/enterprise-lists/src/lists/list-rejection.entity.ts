import { Property } from '@finharbor/platform/subgraph/property';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** One reason why a row was rejected. A row with two problems has two. */
@ObjectType({ description: 'One reason why a row was rejected: row, field, rule, and what would be right.' })
@Entity({ schema: 'enterprise_lists', name: 'list_rejections' })
export class ListRejection {
  @Property(() => ID, { description: 'Id of the rejection.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The list it belongs to.', column: {} })
  pushListId: string;

  @Property(() => Int, { description: 'Row in the file as a spreadsheet counts, the header being row 1.', column: { name: 'row_number' } })
  row: number;

  @Property(() => String, { description: 'The column, by its English header; null where the row as a whole is wrong.', nullable: true, column: {} })
  field: string | null;

  @Property(() => String, { description: 'The rule that is broken, such as `checksum`, `duplicate` or `columnCount`.', column: {} })
  rule: string;

  @Property(() => String, { description: 'What is wrong and what would be right.', column: {} })
  message: string;

  @Property(() => String, { description: 'The cell, at most 200 characters; null for personal data.', nullable: true, column: {} })
  value: string | null;
}

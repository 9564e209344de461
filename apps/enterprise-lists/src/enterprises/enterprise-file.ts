import { Property } from '@finharbor/platform/subgraph/property';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { Enterprise } from './enterprise.entity.js';

@ObjectType({ description: 'Where a field of the master comes from (信息来源).' })
export class FieldOrigin {
  @Property(() => String, { description: 'The field, as MasterField has it.' }) field: string;
  @Property(() => String, { description: 'Its value, as text.' }) value: string;
  @Property(() => ID, { description: 'The department that says it.' }) source: string;
  @Property(() => Date, { description: 'When it said it.' }) statedAt: Date;
  @Property(() => ID, { description: 'The row of its list.' }) entryId: string;
  @Property(() => ID, { description: 'The list.' }) pushListId: string;
  @Property(() => ID, { description: 'The import that brought it; null for a list of before imports.', nullable: true }) importId: string | null;
}

@ObjectType({ description: 'A field that a statement states.' })
export class StatedField {
  @Property(() => String, { description: 'The field.' }) field: string;
  @Property(() => String, { description: 'What is stated, as text.' }) value: string;
}

@ObjectType({ description: 'What one list says of an enterprise (申报信息).' })
export class EnterpriseStatement {
  @Property(() => ID, { description: 'The row of the list.' }) entryId: string;
  @Property(() => ID, { description: 'The list.' }) pushListId: string;
  @Property(() => ID, { description: 'The import that brought it; null for a list of before imports.', nullable: true }) importId: string | null;
  @Property(() => ID, { description: 'The department that says it.' }) source: string;
  @Property(() => Date, { description: 'When.' }) statedAt: Date;
  @Property(() => String, { description: 'Title of the list.' }) title: string;
  @Property(() => String, { description: 'Period of the list.' }) period: string;
  @Property(() => [StatedField], { description: 'All that it states of the enterprise.' }) states: StatedField[];
}

@ObjectType({ description: 'All that is known of an enterprise and that the caller may know (信息档案): a department finds its own statements, a supervisor those of all.' })
export class EnterpriseFile {
  @Property(() => Enterprise, { description: 'The enterprise, as all its statements together say.' }) enterprise: Enterprise;
  @Property(() => [FieldOrigin], { description: 'Where its fields come from.' }) origins: FieldOrigin[];
  @Property(() => [EnterpriseStatement], { description: 'What was stated of it, the newest first.' }) statements: EnterpriseStatement[];
  @Property(() => Int, { description: 'How often it was referred to a bank.', nullable: true }) referralCount: number | null;
  @Property(() => Int, { description: 'How many of those referrals a bank claimed.', nullable: true }) claimedCount: number | null;
}

import { type Connection, connectionOf, PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { Property } from '@finharbor/platform/subgraph/property';
import { ArgsType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import { ListChangeKind } from '../vocabulary.js';
import { IsPeriod } from './list.inputs.js';

@ObjectType({ description: 'A field that two lists state differently.' })
export class ListFieldChange {
  @Property(() => String, { description: 'The field, by its name in the graph; criteria and their evidence included.' })
  field: string;

  @Property(() => String, { description: 'What the older says, as text; null where it is silent.', nullable: true })
  old: string | null;

  @Property(() => String, { description: 'What the newer says, as text; null where it is silent.', nullable: true })
  new: string | null;
}

/** An enterprise that two lists treat differently. */
@ObjectType({ description: 'An enterprise that only one of two lists holds, or of which they state different things.' })
export class ListChange {
  @Property(() => ID, { description: 'The enterprise.' })
  enterpriseId: string;

  @Property(() => String, { description: 'Its credit code.' })
  creditCode: string;

  @Property(() => String, { description: 'Its name, as the newer list that holds it writes it.' })
  name: string;

  @Property(() => ListChangeKind, { description: 'What became of it.', enum: ListChangeKind, enumName: 'ListChangeKind' })
  kind: ListChangeKind;

  @Property(() => ID, { description: 'Its row in the older list.', nullable: true })
  oldEntryId: string | null;

  @Property(() => ID, { description: 'Its row in the newer list.', nullable: true })
  newEntryId: string | null;

  @Property(() => [ListFieldChange], { description: 'With CHANGED: what changed.' })
  fields: ListFieldChange[];
}

@ObjectType({ description: 'A page of changes, by enterprise.' })
export class ListChangeConnection extends connectionOf(ListChange, 'ListChange') {}

/** How many enterprises became what. */
@ObjectType({ isAbstract: true })
class DifferenceCounts {
  @Property(() => Int, { description: 'Enterprises that only the newer holds.' })
  newCount: number;

  @Property(() => Int, { description: 'Enterprises of which the two state different things.' })
  changedCount: number;

  @Property(() => Int, { description: 'Enterprises of which both state the same.' })
  unchangedCount: number;

  @Property(() => Int, { description: 'Enterprises that the newer holds no more, or of which it was withdrawn.' })
  withdrawnCount: number;
}

/** How many enterprises became what, and those that did not stay the same. */
@ObjectType({ description: 'The difference of two lists, or of the lists of two periods.' })
export class ListDifference extends DifferenceCounts {
  @Field(() => ListChangeConnection, { description: 'Enterprises that did not stay the same, by page.' })
  changes: Connection<ListChange>;
}

/** The same with a page of changes, for REST. */
export class ListDifferencePage extends DifferenceCounts {
  @Property(() => [ListChange], { description: 'The changes of this page, by enterprise.' })
  items: ListChange[];

  @Property(() => String, { description: 'Ask for the next page with it; null on the last page.', nullable: true })
  nextCursor: string | null;
}

const since = 'The older list, of the same department; the revision before it when left out, else the newest list with the same title for an earlier period.';
const sincePeriod = 'Instead of one list: all lists for this period, with all for the period of the newer one, the newest revision of each series.';

/** With what a list is compared, for REST. */
export class ListDifferenceQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: since })
  @IsOptional() @IsUUID()
  since?: string;

  @ApiPropertyOptional({ description: sincePeriod, example: '2026-Q3' })
  @IsOptional() @IsPeriod()
  sincePeriod?: string;
}

/** With what a list is compared, for GraphQL. */
@ArgsType()
export class ListDifferenceArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: since })
  @IsOptional() @IsUUID()
  since?: string;

  @Field(() => String, { nullable: true, description: sincePeriod })
  @IsOptional() @IsPeriod()
  sincePeriod?: string;
}

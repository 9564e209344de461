import { Property } from '@finharbor/platform/subgraph/property';
import { LocalDate } from '@finharbor/platform/subgraph/scalars';
import { connectionOf } from '@finharbor/platform/http/page';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { Criterion, CriterionGapKind } from '../vocabulary.js';
import type { ListEntrySelection } from './selection.js';

/** Who vouches for a criterion of a row, by what and when: as entered, else as the row's own columns say. */
@ObjectType({ description: 'Whether a criterion of a row is met, by what that is known, who says so and when: as entered, else as the row itself says.' })
export class Assertion {
  @Property(() => Criterion, { description: 'The criterion.', enum: Criterion, enumName: 'Criterion' })
  criterion: Criterion;

  @Property(() => Boolean, { description: 'Whether it is met; null where nobody says.', nullable: true })
  met: boolean | null;

  @Property(() => String, { description: 'By what that is known.', nullable: true })
  evidence: string | null;

  @Property(() => String, { description: 'Office that vouches for it; null where nobody does.', nullable: true })
  author: string | null;

  @Property(() => LocalDate, { description: 'Day of it; of the row’s own columns the day on which the list was pushed.', nullable: true })
  assertedOn: string | null;

  @Property(() => Boolean, { description: 'Whether it was entered for the review; otherwise it is the row’s own.' })
  isEntered: boolean;
}

/** The criteria of a row, for REST. */
export class ListEntryAssertions {
  @Property(() => [Assertion], { description: 'All eight.' })
  items: Assertion[];
}

@ObjectType({ description: 'What one criterion of a row lacks.' })
export class CriterionGap {
  @Property(() => Criterion, { description: 'The criterion.', enum: Criterion, enumName: 'Criterion' })
  criterion: Criterion;

  @Property(() => CriterionGapKind, { description: 'What it lacks.', enum: CriterionGapKind, enumName: 'CriterionGapKind' })
  kind: CriterionGapKind;
}

/** A row that may not be recommended, and why. */
@ObjectType({ description: 'A row that may not be recommended, and all that stands in the way.' })
export class ListEntryGap {
  @Property(() => ID, { description: 'Id of the entry.' })
  id: string;

  @Property(() => ID, { description: 'The list.' })
  pushListId: string;

  @Property(() => Int, { description: 'Row in the file as a spreadsheet counts.' })
  row: number;

  @Property(() => String, { description: 'Credit code of the row.' })
  creditCode: string;

  @Property(() => String, { description: 'Name as the row writes it.' })
  name: string;

  @Property(() => [CriterionGap], { description: 'Criteria that lack something.' })
  gaps: CriterionGap[];

  @Property(() => String, { description: 'Why its enterprise is outside the programme; such a row is never recommended.', nullable: true })
  outsideReason: string | null;
}

@ObjectType({ description: 'A page of rows that may not be recommended, in the order of the file.' })
export class ListEntryGapConnection extends connectionOf(ListEntryGap, 'ListEntryGap') {}

/** What a recommendation did with the rows that it was asked for. */
@ObjectType({ description: 'What a recommendation did, or would do, with the rows that it was asked for.' })
export class Recommendation {
  @Property(() => ID, { description: 'The list.' })
  pushListId: string;

  @Property(() => Int, { description: 'Rows that are recommended now and were not before.' })
  recommendedCount: number;

  @Property(() => Int, { description: 'Rows that something stands in the way of; `gaps` tells what.' })
  gapCount: number;

  @Property(() => Boolean, { description: 'Whether nothing was done.' })
  isDryRun: boolean;

  /** Which rows were asked for: `gaps` pages through those of them. */
  selection: ListEntrySelection;
}

/** How many rows something was done with. */
@ObjectType({ description: 'What was done with rows of a list.' })
export class ListEntryBatch {
  @Property(() => ID, { description: 'The list.' })
  pushListId: string;

  @Property(() => Int, { description: 'Rows that it was done with.' })
  entryCount: number;

  @Property(() => Boolean, { description: 'Whether nothing was done.' })
  isDryRun: boolean;
}

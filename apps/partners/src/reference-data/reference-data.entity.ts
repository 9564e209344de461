import { ReferenceDataKind } from '@finharbor/contracts/vocabulary';
import { Property } from '@finharbor/platform/subgraph/property';
import { ID } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** A row as it was imported. Rows are never changed: a correction is another row, and ends this one. */
@Entity({ schema: 'partners', name: 'reference_rows' })
export class ReferenceDataRow {
  @Property(() => ID, { description: 'Id of the row.', column: { primary: true } })
  id: string;

  @Property(() => String, { description: 'What it is part of.', enum: ReferenceDataKind, enumName: 'ReferenceDataKind', column: {} })
  kind: ReferenceDataKind;

  @Property(() => String, { description: 'What it is about: a day, or a year that is stated whole; a region’s code and first day; the day of a quote; a clock and the first day of its terms.', column: {} })
  key: string;

  @Property(() => Object, { description: 'What it says, in the fields of the import.', column: { type: 'jsonb' } })
  data: Record<string, unknown>;

  @Property(() => ID, { description: 'The import that brought it.', column: {} })
  importId: string;

  @Property(() => Date, { description: 'When an import corrected or withdrew it; null while it holds.', nullable: true, column: {} })
  supersededAt: Date | null;

  @Property(() => ID, { description: 'The import that did so.', nullable: true, column: {} })
  supersededBy: string | null;
}

/** Who imported what when: what changed then is told by the rows that name it. */
@Entity({ schema: 'partners', name: 'reference_imports' })
export class ReferenceDataImport {
  @Property(() => ID, { description: 'Id of the import; of a dry run, of nothing.', column: { primary: true } })
  id: string;

  @Property(() => String, { description: 'What was imported.', enum: ReferenceDataKind, enumName: 'ReferenceDataKind', column: {} })
  kind: ReferenceDataKind;

  @Property(() => String, { description: 'Client or person who imported it.', column: {} })
  importedBy: string;

  @Property(() => Date, { description: 'When.', column: {} })
  importedAt: Date;

  @Property(() => Number, { description: 'Rows that were new.', column: { type: 'integer' } })
  added: number;

  @Property(() => Number, { description: 'Rows that were corrected.', column: { type: 'integer' } })
  changed: number;

  @Property(() => Number, { description: 'Rows of a year that is stated whole, which the import does not have any more.', column: { type: 'integer' } })
  withdrawn: number;

  @Property(() => String, { description: 'Where it comes from, such as the number of the notice.', nullable: true, column: {} })
  note: string | null;

  @Property(() => Boolean, { description: 'Whether it was a dry run, which changes nothing.' })
  dryRun: boolean = false;
}

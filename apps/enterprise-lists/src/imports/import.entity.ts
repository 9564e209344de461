import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { ListWarning } from '../lists/push-list.entity.js';
import type { HeaderMapping } from './headers.js';
import { ImportAtomicity, ImportMode, ImportState, type Wanted } from './import-kinds.js';
import { ImportCause, ImportFailure, ImportPart, ImportProgress } from './import-report.js';

/** An upload of a list (导入), from its announcement to its effect: ADR 24. */
@ObjectType({ description: 'An upload of a list, from its announcement to its effect. A dry run has the same report as the real run.' })
@Entity({ schema: 'enterprise_lists', name: 'imports' })
export class Import {
  @Property(() => ID, { description: 'Id of the import.', column: { primary: true } }) id: string;
  @Property(() => ID, { description: 'The department that imports.', column: { name: 'org_id' } }) departmentId: string;
  @Property(() => String, { description: 'Title of the list.', column: {} }) title: string;
  @Property(() => String, { description: 'Period of the list, as in PushList.', column: {} }) period: string;
  @Property(() => ImportMode, { description: 'Which enterprises it may touch.', enum: ImportMode, enumName: 'ImportMode', column: {} }) mode: ImportMode;
  @Property(() => ImportAtomicity, { description: 'What a rejected row means for the others.', enum: ImportAtomicity, enumName: 'ImportAtomicity', column: {} })
  atomicity: ImportAtomicity;

  @Property(() => Boolean, { description: 'Whether it ends when it was checked, and is applied only when that is asked for.', column: {} }) dryRun: boolean;
  @Property(() => String, { description: 'Name of the sheet to read; the first when not given.', nullable: true, column: {} }) sheet: string | null;
  @Property(() => String, { description: 'Name of the file, as its sender gave it.', nullable: true, column: {} }) fileName: string | null;
  @Property(() => Int, { description: 'Size of the file, as announced or as it is.', nullable: true, column: { name: 'file_bytes' } }) bytes: number | null;
  @Property(() => String, { description: 'SHA-256 of the file in hexadecimal.', nullable: true, column: {} }) fileSha256: string | null;
  @Property(() => ImportState, { description: 'Where it stands.', enum: ImportState, enumName: 'ImportState', column: {} }) state: ImportState;
  @Property(() => String, { description: '`CSV`, `XLSX` or `NDJSON`, as found.', nullable: true, column: {} }) format: string | null;
  @Property(() => String, { description: 'How text is encoded, as found.', nullable: true, column: {} }) encoding: string | null;
  @Property(() => String, { description: 'The sheet that was read.', nullable: true, column: {} }) readSheet: string | null;
  @Property(() => Int, { description: 'Rows that are not blank: accepted and rejected together.', column: {} }) rowCount: number;
  @Property(() => Int, { description: 'Rows without an error.', column: {} }) acceptedCount: number;
  @Property(() => Int, { description: 'Rows with an error.', column: {} }) rejectedCount: number;
  @Property(() => Int, { description: 'Rows with a warning.', column: {} }) warnedCount: number;
  @Property(() => Int, { description: 'Accepted rows of enterprises new to the master.', nullable: true, column: {} }) addedCount: number | null;
  @Property(() => Int, { description: 'Accepted rows that change an enterprise.', nullable: true, column: {} }) changedCount: number | null;
  @Property(() => Int, { description: 'Accepted rows that say nothing new.', nullable: true, column: {} }) unchangedCount: number | null;
  @Property(() => Int, { description: 'Accepted rows that the mode leaves out.', nullable: true, column: {} }) skippedCount: number | null;
  @Property(() => [ImportCause], { description: 'Causes of errors and warnings, most frequent first.', column: { type: 'jsonb', array: false } }) causes: ImportCause[];
  @Property(() => [ListWarning], { description: 'What should be known of the list as a whole.', column: { type: 'jsonb', array: false } })
  warnings: ListWarning[];

  @Property(() => ImportFailure, { description: 'Why it failed.', nullable: true, column: { type: 'jsonb', array: false } }) failure: ImportFailure | null;
  @Property(() => ID, { description: 'The list that it made, or that the same file made before.', nullable: true, column: {} }) pushListId: string | null;
  @Property(() => ID, { description: 'The import of the same file whose result this is: nothing was written.', nullable: true, column: {} }) repeatOf: string | null;
  @Property(() => Date, { description: 'When it was announced.', column: {} }) createdAt: Date;
  @Property(() => Date, { description: 'When its file was there.', nullable: true, column: {} }) uploadedAt: Date | null;
  @Property(() => Date, { description: 'When it was checked.', nullable: true, column: {} }) validatedAt: Date | null;
  @Property(() => Date, { description: 'When it was applied, failed or was aborted.', nullable: true, column: {} }) endedAt: Date | null;
  @Property(() => Date, { description: 'When it was undone.', nullable: true, column: {} }) undoneAt: Date | null;
  @Property(() => Boolean, { description: 'Whether something of it is still under way.' }) get busy(): boolean { return this.wanted !== null; }
  @Property(() => [ImportPart], { description: 'The parts that are there, while it is not complete.', nullable: true }) parts: ImportPart[] | null;

  @Property(() => ImportProgress, { description: 'How far the file was read.' })
  get progress(): ImportProgress {
    const isRead = this.validatedAt !== null || this.repeatOf !== null;
    const bytes = isRead ? this.bytes ?? 0 : this.readBytes;
    return { bytes, rows: this.rowCount, percent: isRead ? 100 : Math.floor(bytes * 100 / Math.max(this.bytes ?? 0, 1)) };
  }

  @Hidden({ type: 'integer' }) version: number;
  @Hidden({ type: 'integer' }) readBytes: number;
  @Hidden({ type: 'text', nullable: true }) wanted: Wanted | null;
  @Hidden({ type: 'text', nullable: true }) delimiter: string | null;
  @Hidden({ type: 'jsonb' }) mapping: HeaderMapping;
  @Hidden({ type: 'boolean' }) applyAsked: boolean;
  @Hidden({ type: 'integer', nullable: true }) expectedBytes: number | null;
  @Hidden({ type: 'uuid', nullable: true }) fileId: string | null;
  @Hidden({ type: 'text', nullable: true }) fileKeyEncrypted: string | null;
  @Hidden({ type: 'timestamptz', nullable: true }) fileDeletedAt: Date | null;
  @Hidden({ type: 'jsonb', nullable: true }) checkpoint: object | null;
  @Hidden({ type: 'text', nullable: true }) contentHash: string | null;
}

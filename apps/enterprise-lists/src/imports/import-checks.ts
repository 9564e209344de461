import { StoredFiles } from '@finharbor/platform/files/stored-files';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import type { FieldPlace } from '@finharbor/security/encryption/field-place';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { Applying, type ApplyCounts } from '../enterprises/applying.js';
import { Staging } from '../enterprises/staging.js';
import { findingColumns } from './finding-lines.js';
import { maxRows } from '@finharbor/spreadsheets/row-source';
import { ImportAtomicity, ImportMode, ImportState } from './import-kinds.js';
import { ImportLeases } from './import-leases.js';
import { Import } from './import.entity.js';
import { newestRows, resultOf } from './repeats.js';
import type { ReadFacts, ValidatedChunk, ValidationState } from './validation.js';
import { validateInThread } from './validation-thread.js';

const codesPage = 20_000;
/** Counting what an import would do looks at all of its rows. */
export const longMs = 300_000;

/** The check of an import: reads the stored file in a thread of its own, and saves chunk by chunk what it says. */
@Injectable()
export class ImportChecks {
  constructor(
    private readonly tenancy: Tenancy, private readonly leases: ImportLeases, private readonly files: StoredFiles,
    private readonly cipher: FieldCipher, private readonly staging: Staging, private readonly applying: Applying,
  ) {}

  /** Begins the check, or goes on behind the last chunk that was saved. */
  async run(imported: Import, signal: AbortSignal): Promise<void> {
    const [from, exceptions, newest] = await this.tenancy.worker(async (tx) => (
      [await this.begin(tx, imported), await codeExceptions(tx), await newestRows(tx, imported)] as const));
    const key = this.cipher.decrypt(imported.fileKeyEncrypted!, filePlace('imports', imported));
    const { id, sheet, delimiter, mapping, fileId, fileSha256 } = imported;
    const known = from ? null : newest?.known ?? null;
    const order = { importId: id, sheet, delimiter, mapping, exceptions, maxRows, from, known, today: localDate(imported.uploadedAt!) };
    const task = { folder: this.files.folder, file: { id: fileId!, key, sha256: fileSha256! }, order };
    for await (const chunk of validateInThread(task, this.codes(id, from), signal)) {
      if ('same' in chunk) return this.tenancy.worker((tx) => this.repeat(tx, imported, newest!.id, chunk.same));
      await this.tenancy.worker((tx) => this.save(tx, id, chunk), { repeatable: true });
    }
    await this.tenancy.worker((tx) => this.end(tx, id));
  }

  /** APPLIED, with the result of the import that has the same rows; else it is looked at anew, as another list came between. */
  private async repeat(tx: Tx, { id }: Import, earlier: string, facts: ReadFacts): Promise<void> {
    const imported = await this.leases.lock(tx, id);
    if ((await newestRows(tx, imported))?.id !== earlier) return;
    const result = { ...await resultOf(tx, earlier), ...facts, readBytes: imported.bytes!, version: imported.version + 1 };
    await tx.manager.update(Import, { id }, result as never);
    await audit(tx, { action: 'import.repeat', resource: 'import', resourceId: id, detail: { pushListId: result.pushListId } });
  }

  /** Saves a chunk with how far the check came; both or neither. */
  private async save(tx: Tx, id: string, { rows, findings, state }: ValidatedChunk): Promise<void> {
    await this.leases.keep(tx, id, {
      attempts: 0, checkpoint: state, read_bytes: state.reader.offset ?? 0, row_count: state.accepted + state.rejected,
      accepted_count: state.accepted, rejected_count: state.rejected, warned_count: state.warned, causes: state.causes,
      warnings: state.warnings, format: state.format, encoding: state.encoding, read_sheet: state.readSheet,
    });
    await copyChunk(tx, this.staging, id, { rows, findings });
  }

  private async begin(tx: Tx, { id }: Import): Promise<ValidationState | null> {
    await this.leases.keep(tx, id, { state: ImportState.VALIDATING });
    const [{ checkpoint }] = await tx.query<{ checkpoint: ValidationState | null }>('select checkpoint from enterprise_lists.imports where id = $1', [id]);
    // Staged rows are not logged: when PostgreSQL crashed, they are gone, and the file is read anew.
    if (checkpoint && await this.staging.count(tx, id) === checkpoint.accepted) return checkpoint;
    await forget(tx, this.staging, id);
    const counts = { row_count: 0, accepted_count: 0, rejected_count: 0, warned_count: 0 };
    await this.leases.keep(tx, id, { checkpoint: null, read_bytes: 0, ...counts, causes: [], warnings: [] });
    return null;
  }

  /** VALIDATED, with what it would do where nothing more is asked of it; FAILED where all or no rows were to be taken. */
  private async end(tx: Tx, id: string): Promise<void> {
    const imported = await this.leases.lock(tx, id);
    const validated = { validated_at: new Date(), read_bytes: imported.bytes };
    if (imported.atomicity === ImportAtomicity.ALL && imported.rejectedCount > 0) {
      const detail = `${imported.rejectedCount} of ${imported.rowCount} rows were rejected, and all or none were to be applied.`;
      const failure = { code: 'ROWS_REJECTED', detail, problems: [] };
      await tx.patiently(longMs, () => this.staging.clear(tx, id));
      return this.leases.keep(tx, id, { ...validated, state: ImportState.FAILED, failure, ended_at: new Date(), wanted: null });
    }
    const counts = imported.applyAsked ? {} : await tx.patiently(longMs, () => this.preview(tx, imported));
    await this.leases.keep(tx, id, { ...validated, ...counts, state: ImportState.VALIDATED, wanted: imported.applyAsked ? 'APPLY' : null });
  }

  private async preview(tx: Tx, imported: Import): Promise<Record<string, number>> {
    const same = imported.acceptedCount > 0 && await this.applying.sameAs(tx, imported, imported);
    const counts = same ? nothingNew(imported) : await this.applying.preview(tx, imported);
    if (counts.skipped > 0) await noteSkipped(tx, this.applying, imported);
    return countColumns(counts);
  }

  private async* codes(importId: string, from: ValidationState | null): AsyncGenerator<[row: number, code: string][]> {
    for (let after = 0; from;) {
      const page = await this.tenancy.worker((tx) => this.staging.codes(tx, importId, after, codesPage));
      if (page.length > 0) yield page.map(({ row, creditCode }) => [row, creditCode]);
      if (page.length < codesPage) return;
      after = page[page.length - 1].row;
    }
  }
}

/** What the key of a stored file is bound to. */
export const filePlace = (table: 'imports' | 'import_parts', { id, departmentId }: { id: string; departmentId: string }): FieldPlace =>
  ({ column: `enterprise_lists.${table}.file_key_encrypted`, rowId: id, organisationId: departmentId });

/** The counts of an import whose rows a list of its series says already. */
export const nothingNew = ({ acceptedCount }: Import): ApplyCounts => ({ added: 0, changed: 0, unchanged: acceptedCount, skipped: 0 });

export const countColumns = ({ added, changed, unchanged, skipped }: ApplyCounts): Record<string, number> =>
  ({ added_count: added, changed_count: changed, unchanged_count: unchanged, skipped_count: skipped });

export const codeExceptions = async (tx: Tx): Promise<string[]> =>
  (await tx.query<{ code: string }>('select credit_code as code from enterprise_lists.code_exceptions where revoked_at is null')).map(({ code }) => code);

export async function copyChunk(tx: Tx, staging: Staging, importId: string, { rows, findings }: Pick<ValidatedChunk, 'rows' | 'findings'>): Promise<void> {
  if (rows.count > 0) await staging.copy(tx, importId, rows);
  if (findings.length > 0) await tx.copyFrom(`copy enterprise_lists.import_findings (${findingColumns}) from stdin`, findings);
}

/** Takes back what the check of an import wrote. */
export async function forget(tx: Tx, staging: Staging, importId: string): Promise<void> {
  await tx.patiently(longMs, async () => {
    await staging.clear(tx, importId);
    await tx.query('delete from enterprise_lists.import_findings where import_id = $1', [importId]);
  });
}

/** Behind all that the check may have found in a row. */
const skippedOrdinal = 1_000;
const skippedPage = 5_000;

/** Notes which rows the mode leaves out, as long as the master is what it was. */
export async function noteSkipped(tx: Tx, applying: Applying, imported: Pick<Import, 'id' | 'departmentId' | 'mode'>): Promise<void> {
  const { id, mode } = imported;
  if (mode === ImportMode.UPSERT) return;
  const [rule, message] = mode === ImportMode.ADD ? ['known', 'only new enterprises are added, and this one was stated before']
    : ['unknown', 'only known enterprises are updated, and this one was not stated before'];
  await tx.query(`delete from enterprise_lists.import_findings where import_id = $1 and ordinal = ${skippedOrdinal}`, [id]);
  for (let after = 0, rows = skippedPage; rows === skippedPage;) {
    const page = await applying.skipped(tx, imported, { after, limit: skippedPage });
    await tx.query(
      `insert into enterprise_lists.import_findings (import_id, row_number, ordinal, severity, rule, message)
       select $1, row_number, ${skippedOrdinal}, 'SKIPPED', $2, $3 from unnest($4::int[]) as skipped (row_number)`, [id, rule, message, page.map(({ row }) => row)]);
    rows = page.length;
    after = page.at(-1)?.row ?? after;
  }
}

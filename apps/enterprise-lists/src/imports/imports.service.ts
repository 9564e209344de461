import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { StoredFiles } from '@finharbor/platform/files/stored-files';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, type PageQuery, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { Applying } from '../enterprises/applying.js';
import { Staging } from '../enterprises/staging.js';
import { importReason } from './direct-imports.service.js';
import { forget } from './import-checks.js';
import type { HeaderMapping } from './headers.js';
import { ImportState } from './import-kinds.js';
import { ImportChange, ImportFieldChange, ImportPart } from './import-report.js';
import { ImportLeases } from './import-leases.js';
import { ImportWork } from './import-work.js';
import { Import } from './import.entity.js';
import type { CreateImportInput, ImportArgs, ImportQuery } from './import.inputs.js';
import { mappingOf, MappingsService } from './mappings.service.js';

const unfinished = [ImportState.CREATED, ImportState.UPLOADED, ImportState.VALIDATING, ImportState.VALIDATED];

/** Imports as a resource: announced here, uploaded by UploadsService, worked at by ImportWork. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly mappings: MappingsService,
    private readonly leases: ImportLeases, private readonly work: ImportWork, private readonly files: StoredFiles,
    private readonly staging: Staging, private readonly applying: Applying,
  ) {}

  create(caller: Caller, input: CreateImportInput): Promise<Import> {
    return this.tenancy.run(caller, (tx) => this.announce(tx, input));
  }

  /** CREATED, in the transaction that it is given. */
  async announce(tx: Tx, input: CreateImportInput): Promise<Import> {
    const { title, period, mode, atomicity, dryRun, sheet, delimiter, mapping: given, fileName, bytes } = input;
    const { headers } = await this.mappings.saved(tx, tx.organisationId);
    const saved = Object.fromEntries(headers.map(({ header, column }) => [header, column]));
    const imported = tx.manager.create(Import, {
      id: newId(), departmentId: tx.organisationId, title, period, mode, atomicity, dryRun, applyAsked: !dryRun, sheet: sheet ?? null,
      delimiter: delimiter ?? null, mapping: { ...saved, ...mappingOf(given ?? {}) } as HeaderMapping, fileName: fileName ?? null,
      expectedBytes: bytes ?? null, bytes: bytes ?? null, state: ImportState.CREATED, createdAt: new Date(),
      rowCount: 0, acceptedCount: 0, rejectedCount: 0, warnedCount: 0,
      causes: [], warnings: [], wanted: null, readBytes: 0, version: 1,
    });
    await tx.manager.insert(Import, imported);
    await audit(tx, { action: 'import.create', resource: 'import', resourceId: imported.id, detail: { mode, atomicity, dryRun } });
    return tx.manager.findOneByOrFail(Import, { id: imported.id });
  }

  list(caller: Caller, filter: ImportQuery | ImportArgs): Promise<Page<Import>> {
    return this.tenancy.run(caller, (tx) => {
      const query = tx.manager.createQueryBuilder(Import, 'import');
      const { state, period } = filter;
      if (state) query.andWhere('import.state = :state', { state });
      if (period) query.andWhere('import.period = :period', { period });
      return readPage(query, filter, this.cursors, { list: 'imports', organisationId: caller.organisationId, filter: { state, period } });
    });
  }

  async find(caller: Caller, id: string): Promise<Import | null> {
    if (!isUUID(id)) return null;
    return this.tenancy.run(caller, async (tx) => {
      const imported = await tx.manager.findOneBy(Import, { id });
      if (imported?.state === ImportState.CREATED) imported.parts = await partsOf(tx, imported);
      return imported;
    });
  }

  async get(caller: Caller, id: string): Promise<Import> {
    const imported = await this.find(caller, id);
    if (!imported) throw notFound('import');
    return imported;
  }

  /** Applies a dry run that was checked. */
  apply(caller: Caller, id: string, version?: number): Promise<Import> {
    return this.tenancy.run(caller, async (tx) => {
      const imported = await lockImport(tx, id, version);
      if (imported.state !== ImportState.VALIDATED || imported.applyAsked) throw illegal(imported, 'applied');
      await audit(tx, { action: 'import.ask-apply', resource: 'import', resourceId: id });
      return this.ask(tx, imported, { applyAsked: true, wanted: 'APPLY' });
    });
  }

  /** Takes back what was applied, as long as nothing was dispatched from it. */
  undo(caller: Caller, id: string, version?: number): Promise<Import> {
    return this.tenancy.run(caller, async (tx) => {
      const imported = await lockImport(tx, id, version);
      if (imported.repeatOf) throw new DomainError('ILLEGAL_STATE', `The import wrote nothing: undo ${imported.repeatOf}, whose result it has.`);
      if (imported.state !== ImportState.APPLIED || imported.undoneAt || imported.wanted || !imported.pushListId) throw illegal(imported, 'undone');
      const [list] = await tx.query<{ state: string }>('select state from enterprise_lists.push_lists where org_id = $1 and id = $2', [tx.organisationId, imported.pushListId]);
      if (['DISPATCHED', 'CLOSED'].includes(list.state)) throw new DomainError('ILLEGAL_STATE', 'Rows of it were dispatched: withdraw them instead.');
      await audit(tx, { action: 'import.ask-undo', resource: 'import', resourceId: id });
      return this.ask(tx, imported, { failure: null, wanted: 'UNDO' });
    });
  }

  /** Ends what is not applied, and deletes what was sent for it. */
  async abort(caller: Caller, id: string, version?: number): Promise<Import> {
    const files: string[] = [];
    const aborted = await this.tenancy.asWorker(importReason, caller, async (tx) => {
      // Whoever applies it holds the row until that is done.
      const [seen] = await tx.query<{ wanted: string | null }>('select wanted from enterprise_lists.imports where org_id = $1 and id = $2', [tx.organisationId, id]);
      if (seen?.wanted === 'APPLY') throw new DomainError('ILLEGAL_STATE', 'The import is being applied.');
      const imported = await lockImport(tx, id, version);
      if (!unfinished.includes(imported.state)) throw illegal(imported, 'aborted');
      files.push(...await this.end(tx, imported));
      await audit(tx, { action: 'import.abort', resource: 'import', resourceId: id });
      return tx.manager.findOneByOrFail(Import, { id });
    });
    await this.files.delete(files);
    return aborted;
  }

  /** ABORTED, without anything left of its rows; gives the files that are to be deleted once that is committed. Runs as worker. */
  async end(tx: Tx, { id, departmentId, fileId, version }: Import): Promise<string[]> {
    const parts = await tx.query<{ fileId: string }>(
      'delete from enterprise_lists.import_parts where org_id = $1 and import_id = $2 returning file_id as "fileId"', [departmentId, id]);
    await forget(tx, this.staging, id);
    const gone = { fileId: null, fileKeyEncrypted: null, fileDeletedAt: fileId ? new Date() : null };
    const ended = { state: ImportState.ABORTED, wanted: null, endedAt: new Date(), version: version + 1 };
    await tx.manager.update(Import, { id }, { ...gone, ...ended });
    return [...fileId ? [fileId] : [], ...parts.map((part) => part.fileId)];
  }

  /** What a checked import would change, field by field; for whoever may read it, as long as its rows wait. */
  async changes(caller: Caller, id: string, { limit, cursor }: PageQuery): Promise<{ items: ImportChange[]; nextCursor: string | null }> {
    const imported = await this.get(caller, id);
    if (imported.state !== ImportState.VALIDATED) throw illegal(imported, 'compared');
    const scope = { list: 'import-changes', organisationId: caller.organisationId, filter: id };
    const after = cursor ? Number(this.cursors.open(cursor, scope)) : 0;
    const found = await this.tenancy.worker((tx) => this.applying.changes(tx, imported, { after, limit }), { awaited: true });
    const items = found.map(({ changes, ...row }) => Object.assign(new ImportChange(), {
      ...row, fields: changes.map(([field, oldValue, newValue]) => Object.assign(new ImportFieldChange(), { field, oldValue, newValue })),
    }));
    return { items, nextCursor: items.length === limit ? this.cursors.seal(String(items[items.length - 1].row), scope) : null };
  }

  private async ask(tx: Tx, imported: Import, change: Partial<Import>): Promise<Import> {
    const next = { ...change, version: imported.version + 1 };
    await tx.query('update enterprise_lists.imports set attempts = 0 where org_id = $1 and id = $2', [imported.departmentId, imported.id]);
    await tx.manager.update(Import, { id: imported.id }, next as never);
    await this.leases.wake(tx, imported);
    tx.onCommit(() => this.work.nudge(imported));
    return Object.assign(imported, next);
  }
}

/** The caller's import, locked. PRECONDITION_FAILED where a version is given and another is there. */
export async function lockImport(tx: Tx, id: string, version?: number): Promise<Import> {
  const imported = await tx.manager.findOne(Import, { where: { id, departmentId: tx.organisationId }, lock: { mode: 'pessimistic_write' } });
  if (!imported) throw notFound('import');
  if (version !== undefined && version !== imported.version) throw new DomainError('PRECONDITION_FAILED');
  return imported;
}

export const illegal = ({ state }: Import, verb: string): DomainError => new DomainError('ILLEGAL_STATE', `The import is ${state} and cannot be ${verb}.`);

export async function partsOf(tx: Tx, { id, departmentId }: Import): Promise<ImportPart[]> {
  const rows = await tx.query<ImportPart>(
    'select number, bytes, sha256 from enterprise_lists.import_parts where org_id = $1 and import_id = $2 order by number', [departmentId, id]);
  return rows.map((row) => Object.assign(new ImportPart(), row));
}

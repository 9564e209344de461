import { DomainError } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { ReferenceDataKind } from '@finharbor/contracts/vocabulary';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, type PageQuery, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import type { Region } from '@finharbor/standards/regions';
import { addWorkingDays, CalendarNotCoveredError, OFFICIAL_CALENDAR, type ReferenceRow, withImportedDays } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { readCsv } from './csv.js';
import { ReferenceDataImport, ReferenceDataRow } from './reference-data.entity.js';
import { type ImportReferenceDataQuery, kinds, type ReferenceDataQuery, type WorkingDaysQuery } from './reference-data.inputs.js';
import { readRows } from './reference-rows.js';

const mostRows = 5_000;
const rowsToAnEvent = 500;

/** What an import does to the rows that hold. */
interface Changes {
  added: ReferenceRow[];
  changed: { row: ReferenceRow; former: ReferenceDataRow }[];
  withdrawn: ReferenceDataRow[];
}

/**
 * The district's reference data: calendar, regions, quotes, terms of clocks; corrected by import and kept with their history. What was
 * never imported is built into libs/standards. Services answer from copies, which events keep.
 */
@Injectable()
export class ReferenceDataService {
  constructor(private readonly tenancy: Tenancy, private readonly publisher: Publisher, private readonly cursors: Cursors) {}

  /** Imports rows, all or none; a dry run reports the same and changes nothing. Refused with every row and field that is wrong. */
  import(caller: Caller, path: keyof typeof kinds, query: ImportReferenceDataQuery, body: unknown): Promise<ReferenceDataImport> {
    const kind = ReferenceDataKind[kinds[path]];
    if (caller.role === 'supervisor' && kind !== ReferenceDataKind.SLA) throw new DomainError('FORBIDDEN', 'Supervisors import the terms of clocks alone.');
    return this.tenancy.run(caller, async (tx) => {
      const rows = rowsIn(kind, query, body);
      // Imports of one kind are put in order: the versions of their events rise as they are committed.
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`partners.reference_rows ${kind}`]);
      const changes = await this.compare(tx, kind, rows);
      const report = Object.assign(new ReferenceDataImport(), {
        id: newId(), kind, importedBy: caller.clientId ?? caller.role, importedAt: new Date(), note: query.note ?? null,
        added: changes.added.length, changed: changes.changed.length, withdrawn: changes.withdrawn.length, dryRun: query.dry_run,
      });
      if (!query.dry_run) await this.apply(tx, report, changes);
      return report;
    });
  }

  /** Imported rows, the newest first. */
  list(caller: Caller, path: keyof typeof kinds, query: ReferenceDataQuery): Promise<Page<ReferenceDataRow>> {
    return this.tenancy.run(caller, (tx) => {
      const rows = tx.manager.createQueryBuilder(ReferenceDataRow, 'row').where('row.kind = :kind', { kind: kinds[path] });
      if (!query.history) rows.andWhere('row.supersededAt is null');
      if (query.key) rows.andWhere('starts_with(row.key, :key)', { key: query.key });
      return readPage(rows, query, this.cursors, { list: `reference-data ${path}`, organisationId: caller.organisationId, filter: `${query.history} ${query.key}` });
    });
  }

  imports(caller: Caller, path: keyof typeof kinds, page: PageQuery): Promise<Page<ReferenceDataImport>> {
    return this.tenancy.run(caller, (tx) => {
      const imports = tx.manager.createQueryBuilder(ReferenceDataImport, 'import').where('import.kind = :kind', { kind: kinds[path] });
      return readPage(imports, page, this.cursors, { list: `reference-data imports ${path}`, organisationId: caller.organisationId });
    });
  }

  /** The last day of a period of working days. CALENDAR_NOT_COVERED where it reaches a year that nobody announced. */
  async workingDay(caller: Caller, { start, days }: WorkingDaysQuery): Promise<{ date: string }> {
    const rows = await this.tenancy.run(caller, (tx) => currentRows(tx, ReferenceDataKind.CALENDAR));
    try {
      return { date: addWorkingDays(start, days, withImportedDays(OFFICIAL_CALENDAR, rows)) };
    } catch (error) {
      if (error instanceof CalendarNotCoveredError) throw new DomainError('CALENDAR_NOT_COVERED', `The holidays of ${error.year} are not announced here.`);
      throw error;
    }
  }

  private async compare(tx: Tx, kind: ReferenceDataKind, rows: ReferenceRow[]): Promise<Changes> {
    const current = new Map((await tx.manager.findBy(ReferenceDataRow, { kind, supersededAt: IsNull() })).map((row) => [row.key, row]));
    const changes: Changes = { added: [], changed: [], withdrawn: [] };
    for (const row of rows) {
      const former = current.get(row.key);
      if (!former) changes.added.push(row);
      else if (!isSame(former.data, row.data)) changes.changed.push({ row, former });
    }
    const keys = new Set(rows.map(({ key }) => key));
    const years = rows.filter(({ key }) => kind === ReferenceDataKind.CALENDAR && key.length === 4).map(({ key }) => key);
    changes.withdrawn = [...current.values()].filter(({ key }) => years.includes(key.slice(0, 4)) && !keys.has(key));
    return changes;
  }

  private async apply(tx: Tx, report: ReferenceDataImport, { added, changed, withdrawn }: Changes): Promise<void> {
    const { id: importId, kind, importedAt } = report;
    const { dryRun: _, ...stored } = report;
    await tx.manager.insert(ReferenceDataImport, stored);
    const former = [...changed.map((one) => one.former), ...withdrawn];
    await tx.query('update partners.reference_rows set superseded_at = $2, superseded_by = $3 where id = any($1::uuid[])', [former.map(({ id }) => id), importedAt, importId]);
    const fresh = [...added, ...changed.map(({ row }) => row)];
    await tx.query(
      `insert into partners.reference_rows (id, kind, key, data, import_id)
       select id, $1, key, data, $2 from jsonb_to_recordset($3) as given (id uuid, key text, data jsonb)`,
      [kind, importId, JSON.stringify(fresh.map(({ key, data }) => ({ id: newId(), key, data })))],
    );
    const told = [...fresh, ...withdrawn.map(({ key }) => ({ key, data: null }))];
    for (let first = 0; first < told.length; first += rowsToAnEvent) {
      const [{ version }] = await tx.query<{ version: number }>(`select nextval('partners.reference_versions')::int as version`);
      await this.publisher.publish(tx, 'reference-data.changed', {
        organisationId: tx.organisationId, aggregateId: importId, version,
        payload: { kind, rows: told.slice(first, first + rowsToAnEvent) },
      });
    }
    await audit(tx, {
      action: 'reference-data.import', resource: 'reference-data', resourceId: importId,
      detail: { kind, note: report.note, added: report.added, changed: report.changed, withdrawn: report.withdrawn },
    });
  }
}

/** The rows of a kind that hold, in the transaction that asks. */
const currentRows = (tx: Tx, kind: ReferenceDataKind): Promise<ReferenceRow[]> =>
  tx.query<ReferenceRow>('select key, data from partners.reference_rows where kind = $1 and superseded_at is null', [kind]);

/** The regions to lay over the built-in ones. */
export const importedRegions = async (tx: Tx): Promise<Region[]> =>
  (await currentRows(tx, ReferenceDataKind.REGIONS)).map(({ data }) => data as unknown as Region);

function rowsIn(kind: ReferenceDataKind, { years: stated }: ImportReferenceDataQuery, body: unknown): ReferenceRow[] {
  const given = typeof body === 'string' ? readCsv(body) : (body as { rows?: unknown } | null)?.rows;
  if (!Array.isArray(given)) throw invalid('rows', 'isArray', 'the body is CSV, or JSON with the array `rows`');
  if (given.length > mostRows) throw invalid('rows', 'size', `an import has at most ${mostRows} rows`);
  if (stated && kind !== ReferenceDataKind.CALENDAR) throw invalid('years', 'calendarOnly', 'only a calendar states years');
  const { rows, problems } = readRows(kind, given, stated?.split(',') ?? []);
  if (problems.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, problems);
  if (rows.length === 0) throw new DomainError('LIST_EMPTY');
  return rows;
}

const invalid = (field: string, rule: string, message: string): DomainError => new DomainError('VALIDATION_FAILED', undefined, [{ field, rule, message }]);

/** PostgreSQL orders the keys of jsonb in its own way. */
const isSame = (one: object, other: object): boolean => ordered(one) === ordered(other);
const ordered = (data: object): string => JSON.stringify(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1)));

import { newId } from '@finharbor/contracts/ids';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';
import { type ApplyCounts, Applying, type RowChange } from '../src/enterprises/applying.js';
import { RowEncoder } from '../src/enterprises/encoding.js';
import { Staging } from '../src/enterprises/staging.js';
import { columnKeys } from '../src/imports/columns.js';
import type { ImportedRow } from '../src/imports/row-rules.js';

/** What a row states, and when its list was pushed. */
export type Stated = Partial<ImportedRow> & { creditCode: string; tagsUntil?: string | null };

export interface Push {
  title?: string;
  period?: string;
  at?: Date;
  mode?: 'UPSERT' | 'ADD' | 'UPDATE';
}

const nothing = { ...Object.fromEntries(columnKeys.map((key) => [key, null])), regionCode: '500101' };
export const rowOf = (stated: Stated): ImportedRow => ({ ...nothing, name: `万州企业${stated.creditCode.slice(-6)}`, ...stated }) as ImportedRow;

/** The service with departments that push rows past the reading of files: staged, applied and undone as imports do it. */
export class Master {
  readonly departments = [callerOf('department'), callerOf('department'), callerOf('department')];
  readonly supervisor = callerOf('supervisor');
  readonly administrator = callerOf('system-administrator');

  private constructor(readonly app: TestApp) {}

  static async begin(): Promise<Master> {
    const master = new Master(await startTestApp(AppModule, 'enterprise-lists'));
    for (const [number, { organisationId }] of master.departments.entries()) {
      await master.app.deliver('organisation.registered', { organisationId: organisationId!, kind: OrganisationKind.DEPARTMENT, name: `部门${number}` });
    }
    return master;
  }

  /** Stages rows; gives the import. */
  async stage(by: Caller, rows: Stated[], mode: Push['mode'] = 'UPSERT'): Promise<{ id: string; departmentId: string; mode: 'UPSERT' | 'ADD' | 'UPDATE' }> {
    const id = newId();
    const encoder = new RowEncoder(id);
    for (const [index, stated] of rows.entries()) encoder.add({ row: index + 2, stated: rowOf(stated) });
    await this.run((staging, _, tx) => staging.copy(tx, id, encoder.take()));
    return { id, departmentId: by.organisationId!, mode };
  }

  async push(by: Caller, rows: Stated[], push: Push = {}): Promise<ApplyCounts & { importId: string; listId: string }> {
    return this.apply(await this.stage(by, rows, push.mode), rows.length, push);
  }

  apply(imported: Awaited<ReturnType<Master['stage']>>, count: number, { title = '名单', period = '2026-Q4', at = new Date() }: Push = {}): Promise<ApplyCounts & { importId: string; listId: string }> {
    const listId = newId();
    return this.run(async (_, applying, tx) => {
      await tx.query(
        `insert into enterprise_lists.push_lists (id, org_id, import_id, title, period, state, encoding, file_sha256, row_count, accepted_count, rejected_count, warnings, submitted_at)
         values ($1, $2, $3, $4, $5, 'UNDER_REVIEW', 'UTF-8', '', $6, $6, 0, '[]', $7)`, [listId, imported.departmentId, imported.id, title, period, count, at]);
      const counts = await applying.apply(tx, imported, { id: listId, submittedAt: at });
      return { ...counts, importId: imported.id, listId };
    });
  }

  changes(imported: Awaited<ReturnType<Master['stage']>>): Promise<RowChange[]> {
    return this.run((_, applying, tx) => applying.changes(tx, imported, { after: 0, limit: 100 }));
  }

  undo(by: Caller, { importId, listId }: { importId: string; listId: string }): Promise<{ withdrawn: number }> {
    return this.run((_, applying, tx) => applying.undo(tx, { id: importId, departmentId: by.organisationId!, pushListId: listId }));
  }

  /** The master's row, without what tells when and how often it was written. */
  async facts(code: string): Promise<Record<string, unknown>> {
    const written = ['version', 'recorded_at', 'changed_at', 'contact_entry_id', 'contact_fingerprint'];
    return Object.fromEntries(Object.entries(await this.row(code)).filter(([name]) => !written.includes(name)));
  }

  async row(code: string): Promise<Record<string, unknown>> {
    return (await this.app.database.query('select *, xmin::text from enterprise_lists.enterprises where credit_code = $1', [code]))[0];
  }

  /** What other services were told of an enterprise, the newest first. */
  async told(code: string): Promise<Record<string, unknown>[]> {
    const rows = await this.app.database.query<{ one: Record<string, unknown> }>(
      `select one from (
         select jsonb_array_elements(payload -> 'enterprises') as one from enterprise_lists.outbox where name = 'enterprises.recorded' union all
         select jsonb_array_elements(e -> 'p' -> 'enterprises') from enterprise_lists.delivery, jsonb_array_elements(body::jsonb) e where e ->> 'n' = 'enterprises.recorded') t
       where one ->> 'enterpriseId' = (select id::text from enterprise_lists.enterprises where credit_code = $1) order by (one ->> 'version')::int desc`, [code]);
    return rows.map(({ one }) => one);
  }

  run<T>(work: (staging: Staging, applying: Applying, tx: Parameters<Applying['preview']>[0]) => Promise<T>): Promise<T> {
    const { app } = this.app;
    return app.get(Tenancy).worker((tx) => work(app.get(Staging), app.get(Applying), tx));
  }
}

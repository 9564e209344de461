import { notFound } from '@finharbor/contracts/errors';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, PageArgs } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { intakeId } from '../demands/demand-states.js';
import { responsible } from './cultivation.js';
import { CultivationCategory, CultivationCause, CultivationEntry, CultivationStep } from './cultivation-entry.js';
import type { CultivationArgs, CultivationQuery } from './cultivation.inputs.js';

type Filter = Pick<CultivationQuery, 'state' | 'category' | 'departmentId' | 'enterpriseId' | 'asOf'>;

interface Place {
  ids?: string[];
  /** Behind this entry. */
  position?: string | null;
  limit?: number;
}

/** Reading the cultivation ledger, today's or as of a day: an entry is what its last step until then says. */
@Injectable()
export class CultivationLedgerService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors) {}

  /** Newest first. A department sees what it is responsible for, supervisors all. */
  list(caller: Caller, query: CultivationQuery | CultivationArgs): Promise<Page<CultivationEntry>> {
    const { state, category, departmentId, enterpriseId, asOf } = query;
    const filter: Filter = { state, category, departmentId, enterpriseId, asOf };
    const [limit, cursor] = query instanceof PageArgs ? [query.first, query.after] : [query.limit, query.cursor];
    const scope = { list: 'cultivation-entries', organisationId: caller.organisationId, filter };
    const position = cursor ? this.cursors.open(cursor, scope) : null;
    return this.tenancy.run(caller, async (tx) => {
      const rows = await readEntries(tx, filter, { position, limit: limit + 1 });
      const items = rows.slice(0, limit);
      const cursorOf = (entry: CultivationEntry): string => this.cursors.seal(entry.id, scope);
      return { items, nextCursor: rows.length > limit ? cursorOf(items[limit - 1]) : null, cursorOf };
    });
  }

  async get(caller: Caller, id: string): Promise<CultivationEntry> {
    const entry = await this.find(caller, id);
    if (!entry) throw notFound('cultivation entry');
    return entry;
  }

  /** One entry; null when there is none with this id for the caller. */
  async find(caller: Caller, id: string): Promise<CultivationEntry | null> {
    if (!isUUID(id)) return null;
    return this.tenancy.run(caller, async (tx) => (await readEntries(tx, {}, { ids: [id] }))[0] ?? null);
  }

  /** What can be mended, as this district sets it. */
  categories(caller: Caller): Promise<CultivationCategory[]> {
    return this.tenancy.run(caller, (tx) => readCategories(tx));
  }
}

/** Categories as they are set, or the one with a code. */
export async function readCategories(tx: Tx, code: string | null = null): Promise<CultivationCategory[]> {
  const rows = await tx.query<CultivationCategory>(
    `select c.code, c.problem, c.reason_codes as "reasonCodes", c.measure, c.department_name as "departmentName", ${responsible} as "departmentId",
       c.source, c.version from loan_matching.cultivation_categories c where $1::text is null or c.code = $1 order by c.code`, [code]);
  return rows.map((row) => Object.assign(new CultivationCategory(), row));
}

const organisation = (column: string): string => `nullif(${column}, '${intakeId}')`;

/** Entries that the transaction may see, newest first, as they were at the end of a day or are now. */
export async function readEntries(
  tx: Tx, { state, category, departmentId, enterpriseId, asOf }: Filter, { ids, position, limit }: Place,
): Promise<CultivationEntry[]> {
  const [{ until }] = await tx.query<{ until: string }>(
    `select coalesce(((($1::date) + 1)::timestamp at time zone 'Asia/Shanghai'), 'infinity')::text as until`, [asOf ?? null]);
  const rows = await tx.query<CultivationEntry>(
    `select e.id, ${organisation('s.org_id')} as "departmentId", e.enterprise_id as "enterpriseId", e.enterprise_name as "enterpriseName",
       e.list_entry_id as "entryId", e.source, e.reason_code as "reasonCode", s.category, c.problem, s.state, s.measure, s.result,
       e.opened_at as "openedAt", s.at as "changedAt", e.version
     from loan_matching.cultivation_entries e
     cross join lateral (select org_id, state, category, measure, result, at from loan_matching.cultivation_steps step
       where step.cultivation_id = e.id and step.at < $1::timestamptz order by step.id desc limit 1) s
     left join loan_matching.cultivation_categories c on c.code = s.category
     where ($2::uuid[] is null or e.id = any($2)) and ($3::uuid is null or e.id < $3) and ($4::text is null or s.state = $4)
       and ($5::text is null or s.category = $5) and ($6::uuid is null or s.org_id = $6) and ($7::uuid is null or e.enterprise_id = $7)
     order by e.id desc limit $8`,
    [until, ids ?? null, position ?? null, state ?? null, category ?? null, departmentId ?? null, enterpriseId ?? null, limit ?? null],
  );
  const found = rows.map(({ id }) => id);
  const steps = await tx.query<CultivationStep & { cultivationId: string }>(
    `select id, cultivation_id as "cultivationId", ${organisation('org_id')} as "departmentId", state, category, measure, result, by, at
     from loan_matching.cultivation_steps where cultivation_id = any($1) and at < $2::timestamptz order by id`, [found, until]);
  const causes = await tx.query<CultivationCause & { cultivationId: string }>(
    `select id, cultivation_id as "cultivationId", org_id as "bankId", rejected_id as "rejectedId", reason_code as "reasonCode", reason_text as "reasonText", at
     from loan_matching.cultivation_causes where cultivation_id = any($1) and at < $2::timestamptz order by id`, [found, until]);
  return rows.map((row) => Object.assign(new CultivationEntry(), row, {
    steps: steps.filter(({ cultivationId }) => cultivationId === row.id).map((step) => Object.assign(new CultivationStep(), step)),
    causes: causes.filter(({ cultivationId }) => cultivationId === row.id).map((cause) => Object.assign(new CultivationCause(), cause)),
  }));
}

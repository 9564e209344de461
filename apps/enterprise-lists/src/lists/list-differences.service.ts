import { DomainError, notFound } from '@finharbor/contracts/errors';
import { type CursorScope, Cursors } from '@finharbor/platform/http/cursors';
import { type Page, PageArgs } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { ListChangeKind } from '../vocabulary.js';
import { bulkMs } from './assertions.service.js';
import { ListChange, type ListDifferenceArgs, type ListDifferenceQuery, ListFieldChange } from './list-difference.types.js';

const start = '00000000-0000-0000-0000-000000000000';

/** What a row states, by the columns of list_entries. */
const statedColumns = [
  'name', 'source', 'stated_kind', 'entity_type', 'established_on', 'registered_capital', 'capital_currency', 'business_scope', 'province', 'district',
  'region_code', 'address', 'street_code', 'zone_code', 'industry_code', 'employees', 'revenue', 'assets', 'stated_private', 'stated_tags', 'tags_until',
  'green_category', 'green_edition', 'registration_status', 'good_prospects', 'strong_demand', 'sound_credit', 'lawful_operation', 'fixed_premises', 'real_demand',
  'good_credit_standing', 'lawful_purpose', 'evidence', 'consent_ref', 'demand_amount', 'demand_term_months', 'demand_purpose', 'guarantee_type',
];

type Asked = ListDifferenceArgs | ListDifferenceQuery;

export type DifferenceCounts = Record<'newCount' | 'changedCount' | 'unchangedCount' | 'withdrawnCount', number>;

/** The two sides of a difference: lists of one department. */
interface Sides {
  departmentId: string;
  old: string[];
  new: string[];
}

interface Row {
  enterpriseId: string;
  kind: ListChangeKind;
  oldEntryId: string | null;
  newEntryId: string | null;
  creditCode: string;
  name: string;
  old: Record<string, unknown> | null;
  new: Record<string, unknown> | null;
}

/**
 * Every enterprise of either side with its newest row there and the hash of all that it states. A withdrawn row is none. Rows of before
 * there were hashes are taken for changed, and show what did.
 */
const sides = `with sides as materialized (
  select enterprise_id, o.id as old_id, n.id as new_id, case when n.id is null then 'WITHDRAWN' when o.id is null then 'NEW'
    when o.facts_hash = n.facts_hash then 'UNCHANGED' else 'CHANGED' end as kind
  from (select distinct on (e.enterprise_id) e.enterprise_id, e.id, e.facts_hash from enterprise_lists.list_entries e
    where e.org_id = $1 and e.push_list_id = any($2::uuid[]) and e.state <> 'WITHDRAWN' order by e.enterprise_id, e.id desc) as o
  full join (select distinct on (e.enterprise_id) e.enterprise_id, e.id, e.facts_hash from enterprise_lists.list_entries e
    where e.org_id = $1 and e.push_list_id = any($3::uuid[]) and e.state <> 'WITHDRAWN' order by e.enterprise_id, e.id desc) as n using (enterprise_id))`;

/** What became of enterprises between two lists, or two periods. */
@Injectable()
export class ListDifferencesService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors) {}

  /** What a list and an older one of its department differ in: the counts, and a page of what did not stay the same. */
  async compare(caller: Caller, id: string, asked: Asked): Promise<{ counts: DifferenceCounts; changes: Page<ListChange> }> {
    const { since, sincePeriod } = asked;
    const scope: CursorScope = { list: 'list-difference', organisationId: caller.organisationId, filter: { id, since, sincePeriod } };
    const [limit, cursor] = asked instanceof PageArgs ? [asked.first, asked.after] : [asked.limit, asked.cursor];
    const position = cursor ? this.cursors.open(cursor, scope) : start;
    return this.tenancy.run(caller, (tx) => tx.patiently(bulkMs, async () => {
      const of = await sidesOf(tx, id, asked);
      const [counts] = await tx.query<DifferenceCounts>(
        `${sides} select ${['NEW', 'CHANGED', 'UNCHANGED', 'WITHDRAWN'].map((kind) =>
          `count(*) filter (where kind = '${kind}')::int as "${kind.toLowerCase()}Count"`).join(', ')} from sides`, [of.departmentId, of.old, of.new]);
      const rows = await tx.query<Row>(
        `${sides} select s.enterprise_id as "enterpriseId", s.kind, s.old_id as "oldEntryId", s.new_id as "newEntryId",
           coalesce(n.credit_code, o.credit_code) as "creditCode", coalesce(n.name, o.name) as name,
           case when s.kind = 'CHANGED' then to_jsonb(o) end as old, case when s.kind = 'CHANGED' then to_jsonb(n) end as new
         from (select * from sides where kind <> 'UNCHANGED' and enterprise_id > $4 order by enterprise_id limit $5) s
         left join enterprise_lists.list_entries o on o.id = s.old_id left join enterprise_lists.list_entries n on n.id = s.new_id
         order by s.enterprise_id`, [of.departmentId, of.old, of.new, position, limit + 1]);
      const items = rows.slice(0, limit).map(changeOf);
      const cursorOf = (item: ListChange): string => this.cursors.seal(item.enterpriseId, scope);
      return {
        counts,
        changes: { items, nextCursor: rows.length > limit ? cursorOf(items[limit - 1]) : null, cursorOf },
      };
    }));
  }
}

async function sidesOf(tx: Tx, id: string, { since, sincePeriod }: Asked): Promise<Sides> {
  if (since && sincePeriod) throw new DomainError('VALIDATION_FAILED', 'A list is compared with one list (since) or with a period (sincePeriod).');
  const lists = await tx.query<{ id: string; departmentId: string; title: string; period: string; revision: number }>(
    'select id, org_id as "departmentId", title, period, revision from enterprise_lists.push_lists where id = any($1::uuid[])', [[id, ...(since ? [since] : [])]]);
  const list = lists.find((one) => one.id === id);
  const older = lists.find((one) => one.id === since);
  if (!list || (since && older?.departmentId !== list.departmentId)) throw notFound('push list');
  const { departmentId } = list;
  if (sincePeriod) {
    return { departmentId, old: await standing(tx, departmentId, sincePeriod), new: await standing(tx, departmentId, list.period) };
  }
  if (since) return { departmentId, old: [since], new: [id] };
  const before = await tx.query<{ id: string }>(
    `select id from enterprise_lists.push_lists where org_id = $1 and title = $2 and state <> 'UNDONE' and (period < $3 or (period = $3 and revision < $4))
     order by period = $3 desc, period desc, revision desc limit 1`, [departmentId, list.title, list.period, list.revision]);
  return { departmentId, old: before.map((one) => one.id), new: [id] };
}

/** The newest revision of each series of a period; what was undone never was. */
async function standing(tx: Tx, departmentId: string, period: string): Promise<string[]> {
  const lists = await tx.query<{ id: string }>(
    `select distinct on (title) id from enterprise_lists.push_lists where org_id = $1 and period = $2 and state <> 'UNDONE' order by title, revision desc`,
    [departmentId, period]);
  return lists.map(({ id }) => id);
}

function changeOf({ old, new: fresh, ...facts }: Row): ListChange {
  return Object.assign(new ListChange(), facts, { fields: old && fresh ? fieldChanges(old, fresh) : [] });
}

function fieldChanges(old: Record<string, unknown>, fresh: Record<string, unknown>): ListFieldChange[] {
  return statedColumns.flatMap((column) => {
    const [before, after] = [textOf(old[column]), textOf(fresh[column])];
    if (before === after) return [];
    return [Object.assign(new ListFieldChange(), { field: column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), old: before, new: after })];
  });
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

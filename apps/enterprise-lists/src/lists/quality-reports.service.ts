import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { type CursorScope, Cursors } from '@finharbor/platform/http/cursors';
import { type Page, PageArgs } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { withoutSmallCounts } from '@finharbor/security/aggregates/small-counts';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { figuresAsTold, figuresOfLists, noFigures } from '../figures/bank-figures.js';
import { bulkMs } from './assertions.service.js';
import { dutyStateOf, firstSubmissions, keyOf } from './duties.service.js';
import { bankFigures, QualityReport, type QualityReportArgs, type QualityReportQuery, RuleCount } from './quality-report.types.js';

interface Key {
  departmentId: string;
  period: string;
  dueOn: string | null;
}

/** Why a department's report reads what banks did: it sees no referral of theirs, and is told counts. */
export const qualityReason = 'read the figures of banks';

/** The newest revision of each series of the periods asked for. */
const standing = `keys as (select * from unnest($1::uuid[], $2::text[]) as k (org_id, period)),
  standing as materialized (select distinct on (l.org_id, l.period, l.title) l.* from enterprise_lists.push_lists l join keys k using (org_id, period)
    where l.state <> 'UNDONE' order by l.org_id, l.period, l.title, l.revision desc)`;

const counted = (condition: string, name: string): string => `count(*) filter (where ${condition})::int as "${name}"`;

/** Rows of a list by what became of them. */
const outcomes = [
  counted(`state = 'PENDING'`, 'pendingCount'), counted(`state = 'NOT_RECOMMENDED'`, 'notRecommendedCount'), counted(`state = 'WITHDRAWN'`, 'withdrawnCount'),
  counted(`state in ('RECOMMENDED', 'DISPATCHED', 'CULTIVATING', 'RE_RECOMMENDED')`, 'recommendedCount'),
  counted(`state in ('DISPATCHED', 'CULTIVATING', 'RE_RECOMMENDED')`, 'dispatchedCount'),
  counted('claimed_count + no_need_count + rejected_count > 0', 'reachableCount'),
  counted('unreachable_count > 0 and claimed_count + no_need_count + rejected_count = 0', 'unreachableCount'),
  counted('claimed_count > 0', 'claimedCount'), counted('docked_count > 0', 'contactedCount'), counted('approved_count > 0', 'creditedCount'),
  counted('lent_count > 0', 'fundedCount'),
].join(', ');

/** What is wrong with a credit code, rather than that there is none or twice the same. */
const invalidCode = `field = 'creditCode' and rule not in ('required', 'duplicate')`;

/** What departments' lists are worth (domain.md 2.13): of each department and period. */
@Injectable()
export class QualityReportsService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly reference: ReferenceCopies) {}

  /** Newest period first. A department sees its own, without what would tell of a single bank. */
  async list(caller: Caller, asked: QualityReportQuery | QualityReportArgs): Promise<Page<QualityReport>> {
    const { departmentId, period } = asked;
    const [limit, cursor] = asked instanceof PageArgs ? [asked.first, asked.after] : [asked.limit, asked.cursor];
    const scope: CursorScope = { list: 'quality-reports', organisationId: caller.organisationId, filter: { departmentId, period } };
    const position = cursor ? this.cursors.open(cursor, scope).split(' ') : [];
    const { lists, ...page } = await this.tenancy.run(caller, (tx) => tx.patiently(bulkMs, async () => {
      const keys = await keysOf(tx, [departmentId ?? null, period ?? null, position[0] ?? null, position[1] ?? null, limit + 1]);
      const { reports, lists } = await reportsOf(tx, keys.slice(0, limit));
      const cursorOf = (report: QualityReport): string => this.cursors.seal(`${report.period} ${report.departmentId}`, scope);
      const nextCursor = keys.length > limit ? cursorOf(reports[limit - 1]) : null;
      return { items: reports, lists, nextCursor, cursorOf };
    }));
    await this.addBankFigures(caller, page.items, lists);
    return { ...page, items: page.items.map((report) => asTold(caller, report)) };
  }

  /** What banks made of these lists, which the caller was found to see. */
  private async addBankFigures(caller: Caller, reports: QualityReport[], lists: { id: string; key: string }[]): Promise<void> {
    const read = async (tx: Tx): ReturnType<typeof figuresOfLists> =>
      tx.patiently(bulkMs, async () => figuresOfLists(tx, await this.reference.calendar(tx), lists));
    const figures = await (caller.role === 'department' ? this.tenancy.asWorker(qualityReason, caller, read) : this.tenancy.run(caller, read));
    for (const report of reports) {
      const { deliveredCount: _, ...told } = figures.get(keyOf(report)) ?? noFigures();
      Object.assign(report, told);
    }
  }
}

/** Departments and periods of which there is a list or a duty. */
const keysOf = (tx: Tx, parameters: unknown[]): Promise<Key[]> => tx.query<Key>(
  `select org_id as "departmentId", period, max(due_on)::text as "dueOn" from (
     select /* every row */ distinct org_id, period, null::date as due_on from enterprise_lists.push_lists where state <> 'UNDONE'
     union all select org_id, period, due_on from enterprise_lists.duty_periods
     union all select org_id, period, due_on from enterprise_lists.push_duties) as known
   where ($1::uuid is null or org_id = $1) and ($2::text is null or period = $2) and ($3::text is null or (period, org_id) < ($3, $4::uuid))
   group by org_id, period order by period desc, org_id desc limit $5`, parameters);

/** The reports but for what is read of banks, and the lists that they are about. */
async function reportsOf(tx: Tx, keys: readonly Key[]): Promise<{ reports: QualityReport[]; lists: { id: string; key: string }[] }> {
  const parameters = [keys.map(({ departmentId }) => departmentId), keys.map(({ period }) => period)];
  const lists = await tx.query<QualityReport & { ids: string[] }>(
    `with ${standing} select org_id as "departmentId", period, count(*)::int as "listCount", sum(revision)::int as "revisionCount",
       sum(row_count)::int as "rowCount", sum(accepted_count)::int as "acceptedCount", sum(rejected_count)::int as "rejectedCount",
       min(submitted_at) as "submittedAt", array_agg(id) as ids from standing group by 1, 2`, parameters);
  const entries = await tx.query<QualityReport>(
    `with ${standing} select s.org_id as "departmentId", s.period, sum("outsideCount")::int as "outsideCount", ${sumOf(outcomes)} from standing s
     join lateral (select ${outcomes} from enterprise_lists.list_entries where org_id = s.org_id and push_list_id = s.id) as e on true
     join lateral (select count(*)::int as "outsideCount" from enterprise_lists.list_entries o join enterprise_lists.enterprises m on m.id = o.enterprise_id
       where o.org_id = s.org_id and o.push_list_id = s.id and m.outside_reason is not null) as m on true group by 1, 2`, parameters);
  const rules = await tx.query<{ departmentId: string; period: string; rule: string | null; count: number }>(
    `with ${standing}, broken as (
       select s.org_id, s.period, s.id, r.row_number, r.field, r.rule from standing s
       join enterprise_lists.list_rejections r on r.org_id = s.org_id and r.push_list_id = s.id)
     select org_id as "departmentId", period, rule, count(distinct (id, row_number))::int as count from broken group by 1, 2, 3
     union all select org_id, period, null, count(distinct (id, row_number))::int from broken where ${invalidCode} group by 1, 2`, parameters);
  const first = await firstSubmissions(tx, keys as (Key & { dueOn: string })[]);
  const find = <T extends { departmentId: string; period: string }>(rows: T[], key: Key): T[] =>
    rows.filter((row) => keyOf(row) === keyOf(key));
  const reports = keys.map((key) => {
    const submittedAt = first.get(keyOf(key));
    const own = find(rules, key);
    const report = Object.assign(new QualityReport(), none, ...find(lists, key), ...find(entries, key), {
      departmentId: key.departmentId, period: key.period, dueOn: key.dueOn, submittedAt: submittedAt ?? null,
      dutyState: key.dueOn === null ? null : dutyStateOf(key.dueOn, submittedAt),
      invalidCodeCount: own.find(({ rule }) => rule === null)?.count ?? 0,
      rejectedByRule: own.filter(({ rule }) => rule !== null).sort((a, b) => b.count - a.count || a.rule!.localeCompare(b.rule!))
        .map(({ rule, count }) => Object.assign(new RuleCount(), { rule, count })),
    }) as QualityReport;
    return Object.assign(report, { conversion: percentage(report.fundedCount!, report.acceptedCount) });
  });
  return { reports, lists: lists.flatMap((list) => list.ids.map((id) => ({ id, key: keyOf(list) }))) };
}

const sumOf = (columns: string): string => [...columns.matchAll(/"(\w+)"/g)].map(([name]) => `sum(${name})::int as ${name}`).join(', ');

/** Of a period for which nothing was pushed. */
const none = Object.fromEntries(['listCount', 'revisionCount', 'rowCount', 'acceptedCount', 'rejectedCount', 'outsideCount',
  ...[...outcomes.matchAll(/"(\w+)"/g)].map(([, name]) => name)].map((name) => [name, 0]));

const percentage = (part: number, whole: number): string | null => (whole === 0 ? null : (part * 100 / whole).toFixed(2));

function asTold(caller: Caller, report: QualityReport): QualityReport {
  const told = figuresAsTold(caller.role, withoutSmallCounts(caller.role, report, ...bankFigures));
  return told.fundedCount === null ? Object.assign(told, { conversion: null }) : told;
}

import { reasons } from '@finharbor/contracts/reasons';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { withoutSmallCounts } from '@finharbor/security/aggregates/small-counts';
import type { Role } from '@finharbor/security/tokens/caller';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { addDays } from '@finharbor/standards/dates';
import { isWorkingDay, type WorkingDayCalendar } from '@finharbor/standards/working-days';
import { ReasonCount, ResponseTime } from './bank-figures.types.js';

/** What banks did with rows. */
export interface BankFigures {
  deliveredCount: number;
  acknowledgementTime: ResponseTime;
  answerTime: ResponseTime;
  rejectedByReason: ReasonCount[];
}

type Step = 'acknowledged' | 'answered';
type Counted = { key: string; delivered: number } & Record<ReasonCode, number>
  & Record<`${Step}Rows` | `${Step}Banks`, number> & Record<`${Step}Days`, [number, number] | null>;

const codes = Object.values(ReasonCode);
/** What was claimed is turned down by the end of its demand, where that is the bank's word and not the customer's. */
const banksOwn = codes.filter((code) => reasons[code].side === 'BANK').map((code) => `'${code}'`).join(', ');

/** Days of a stretch of years are numbered on their own: across years that nobody announced nothing is counted. */
const stretch = 1_000_000;
const dayOf = (instant: string): string => `(${instant} at time zone 'Asia/Shanghai')::date`;
const figuresOf = (step: Step): string => `count(${step})::int as "${step}Rows",
  count(distinct org_id) filter (where ${step} is not null)::int as "${step}Banks",
  percentile_disc(array[0.5, 0.9]) within group (order by ${step}) as "${step}Days"`;

/** A row on its way holds when it was sent in both columns, and keeps it when it is recalled before its receipt. */
const isDelivered = 'r.delivered_at is distinct from r.sent_at';

/** What was delivered, whatever became of it since; `source` gives `key` and the rows `r`. The calendar is $1 and $2. */
const counted = (source: string): string => `with days as materialized (select * from unnest($1::date[], $2::int[]) as d (day, number)),
  rows as (select key, org_id, case when a.number - d.number < ${stretch} then a.number - d.number end as acknowledged,
      case when n.number - d.number < ${stretch} then n.number - d.number end as answered, reason
    from (select key, r.org_id, ${dayOf('r.delivered_at')} as delivered_on, ${dayOf('r.acknowledged_at')} as acknowledged_on,
        ${dayOf('coalesce(r.claimed_at, r.answered_at)')} as answered_on,
        case when r.state = 'REJECTED' then r.reason_code
          when r.loan_outcome = 'REJECTED' and r.loan_reason_code in (${banksOwn}) then r.loan_reason_code end as reason
      ${source} and ${isDelivered}) as x
    left join days d on d.day = delivered_on left join days a on a.day = acknowledged_on left join days n on n.day = answered_on)
  select key, count(*)::int as delivered, ${figuresOf('acknowledged')}, ${figuresOf('answered')},
    ${codes.map((code) => `count(*) filter (where reason = '${code}')::int as "${code}"`).join(', ')} from rows group by key`;

/** Each row of a bank, one bank after the other by its index, whoever asks. */
const ofBanks = counted(`from unnest($3::uuid[]) as b (id) join lateral (
  select b.id::text as key, r.* from enterprise_lists.referrals r where r.org_id = b.id
  and ($4::date is null or ${dayOf('r.delivered_at')} >= $4) and ($5::date is null or ${dayOf('r.delivered_at')} <= $5)) r on true where true`);

const ofLists = counted(`from unnest($3::uuid[], $4::text[]) as l (id, key)
  join enterprise_lists.dispatches x on x.push_list_id = l.id
  join lateral (select * from enterprise_lists.referrals where org_id = x.org_id and dispatch_id = x.id) r on true where true`);

/** By bank: what came to them in these days. */
export const figuresOfBanks = (
  tx: Tx, calendar: WorkingDayCalendar, bankIds: readonly string[], from?: string, to?: string,
): Promise<Map<string, BankFigures>> =>
  read(tx, ofBanks, calendar, [bankIds, from ?? null, to ?? null]);

/** By the key that each list is given: what all banks together made of these lists. */
export const figuresOfLists = (
  tx: Tx, calendar: WorkingDayCalendar, lists: readonly { id: string; key: string }[],
): Promise<Map<string, BankFigures>> =>
  read(tx, ofLists, calendar, [lists.map(({ id }) => id), lists.map(({ key }) => key)]);

async function read(tx: Tx, sql: string, calendar: WorkingDayCalendar, parameters: unknown[]): Promise<Map<string, BankFigures>> {
  const days = numbered(calendar);
  const rows = await tx.query<Counted>(sql, [days.map(({ day }) => day), days.map(({ number }) => number), ...parameters]);
  return new Map(rows.map((row) => [row.key, {
    deliveredCount: row.delivered, acknowledgementTime: timeOf(row, 'acknowledged'), answerTime: timeOf(row, 'answered'),
    rejectedByReason: codes.filter((code) => row[code] > 0).sort((a, b) => row[b] - row[a] || a.localeCompare(b))
      .map((reasonCode) => Object.assign(new ReasonCount(), { reasonCode, count: row[reasonCode] })),
  }]));
}

const timeOf = (row: Counted, step: Step): ResponseTime => Object.assign(new ResponseTime(), {
  count: row[`${step}Rows`], bankCount: row[`${step}Banks`],
  medianDays: row[`${step}Days`]?.[0] ?? null, percentile90Days: row[`${step}Days`]?.[1] ?? null,
});

/** Of rows that no bank was given. */
export const noFigures = (): BankFigures =>
  ({ deliveredCount: 0, rejectedByReason: [], acknowledgementTime: noTime(), answerTime: noTime() });

const noTime = (): ResponseTime => Object.assign(new ResponseTime(), { count: 0, bankCount: 0, medianDays: null, percentile90Days: null });

/** How many working days there were up to each day that the calendar knows: a difference is what lies between. */
function numbered(calendar: WorkingDayCalendar): { day: string; number: number }[] {
  let number = 0;
  return [...calendar.years].sort((a, b) => a - b).flatMap((year) => {
    if (!calendar.years.has(year - 1)) number += stretch;
    const days: { day: string; number: number }[] = [];
    for (let day = `${year}-01-01`; day.startsWith(`${year}-`); day = addDays(day, 1)) {
      if (isWorkingDay(day, calendar)) number += 1;
      days.push({ day, number });
    }
    return days;
  });
}

/** Without what would tell a role of a single bank: three banks hide which of them was slow, and three rows who turned them down. */
export function figuresAsTold<T extends Omit<BankFigures, 'deliveredCount'>>(role: Role, figures: T): T {
  const counts = Object.fromEntries(
    figures.rejectedByReason.map(({ reasonCode, count }) => [reasonCode, count])) as Record<ReasonCode, number | null>;
  const told = withoutSmallCounts(role, counts, Object.keys(counts) as ReasonCode[]);
  const named = figures.rejectedByReason.map(({ reasonCode }) =>
    Object.assign(new ReasonCount(), { reasonCode, count: told[reasonCode] }));
  // Their order would tell which is the most frequent.
  if (named.some(({ count }) => count === null)) named.sort((a, b) => a.reasonCode.localeCompare(b.reasonCode));
  return Object.assign(Object.create(Object.getPrototypeOf(figures) as object), figures, {
    rejectedByReason: named,
    acknowledgementTime: timeAsTold(role, figures.acknowledgementTime), answerTime: timeAsTold(role, figures.answerTime),
  }) as T;
}

function timeAsTold(role: Role, time: ResponseTime): ResponseTime {
  const told = withoutSmallCounts(role, time, ['count', 'bankCount']);
  return told.count === null ? Object.assign(told, { medianDays: null, percentile90Days: null }) : told;
}

import { DomainError, notFound } from '@finharbor/contracts/errors';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { OrganisationCopies } from '@finharbor/platform/copies/organisation-copies';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, PageArgs, type PageQuery } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { deadlineEnd, localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { DutyState } from '../vocabulary.js';
import { dutyPeriodAfter, dutyPeriodOf, keepingPeriods } from './duty-periods.js';
import { PushDuty, type SetPushDutyArgs } from './push-duty.entity.js';

const clock = 'push-duty';
/** Whose lists there are. */
const pushing: ReadonlySet<string> = new Set(
  [OrganisationKind.DEPARTMENT, OrganisationKind.COURT, OrganisationKind.POLICE, OrganisationKind.MARKET_REGULATOR]);

/** A period of a duty as a list keeps it, or does not. */
export interface KeptPeriod {
  departmentId: string;
  period: string;
  dueOn: string;
}

/** Departments push regularly (H-040): a supervisor says how often, and a clock tells of what is overdue. */
@Injectable()
export class DutiesService {
  constructor(
    private readonly tenancy: Tenancy, private readonly organisations: OrganisationCopies, private readonly due: Due,
    private readonly publisher: Publisher, private readonly cursors: Cursors,
  ) {}

  /** Sets or changes a duty. It begins with the period in which today lies; with the same frequency the open period stays. */
  set(caller: Caller, { id: departmentId, frequency, graceDays }: SetPushDutyArgs): Promise<PushDuty> {
    return this.tenancy.run(caller, async (tx) => {
      const department = await this.organisations.find(tx, departmentId);
      if (!department) throw notFound('department');
      if (!pushing.has(department.kind)) {
        throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'id', rule: 'department', message: 'id is no department that pushes lists' }]);
      }
      const before = await tx.manager.findOne(PushDuty, { where: { departmentId }, lock: { mode: 'pessimistic_write' } });
      const today = localDate(new Date());
      const open = dutyPeriodOf(before?.frequency === frequency ? firstDayOf(before.period) : today, frequency, graceDays);
      const version = (before?.version ?? 0) + 1;
      const duty = tx.manager.create(PushDuty, { departmentId, frequency, graceDays, ...open, version, changedAt: new Date() });
      await tx.manager.save(PushDuty, duty);
      await this.setClock(tx, duty);
      await audit(tx, { action: 'push-duty.set', resource: 'organisation', resourceId: departmentId, detail: { frequency, graceDays } });
      return (await shown(tx, [duty]))[0];
    });
  }

  /** The duties that the caller sees, by department. */
  list(caller: Caller, page: PageQuery | PageArgs): Promise<Page<PushDuty>> {
    const [limit, cursor] = page instanceof PageArgs ? [page.first, page.after] : [page.limit, page.cursor];
    const scope = { list: 'push-duties', organisationId: caller.organisationId };
    const where = cursor ? { departmentId: MoreThan(this.cursors.open(cursor, scope)) } : {};
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.manager.find(PushDuty, { where, order: { departmentId: 'ASC' }, take: limit + 1 });
      const cursorOf = (duty: PushDuty): string => this.cursors.seal(duty.departmentId, scope);
      return { items: await shown(tx, rows.slice(0, limit)), nextCursor: rows.length > limit ? cursorOf(rows[limit - 1]) : null, cursorOf };
    });
  }

  /** The last day of a period is over: tells of it where no list was pushed, and goes on with the next. */
  @OnDue(clock)
  async ranOut({ aggregateId }: DueClock, tx: Tx): Promise<void> {
    const duty = await tx.manager.findOne(PushDuty, { where: { departmentId: aggregateId }, lock: { mode: 'pessimistic_write' } });
    if (!duty) return;
    const { departmentId, period, dueOn, frequency, graceDays } = duty;
    const isOverdue = !(await firstSubmissions(tx, [duty])).has(keyOf(duty));
    await tx.query(
      `insert into enterprise_lists.duty_periods (org_id, period, due_on, is_overdue) values ($1, $2, $3, $4) on conflict (org_id, period) do nothing`,
      [departmentId, period, dueOn, isOverdue]);
    Object.assign(duty, dutyPeriodAfter(period, frequency, graceDays), { version: duty.version + 1 });
    await tx.manager.save(PushDuty, duty);
    await this.setClock(tx, duty);
    if (!isOverdue) return;
    await this.publisher.publish(tx, 'push-duty.overdue', {
      organisationId: departmentId, aggregateId: departmentId, version: duty.version, payload: { departmentId, period, dueOn },
    });
  }

  private setClock(tx: Tx, { departmentId, dueOn }: PushDuty): Promise<void> {
    return this.due.set(tx, { kind: clock, aggregateId: departmentId, organisationId: departmentId, dueAt: deadlineEnd(dueOn) });
  }
}

/** How a department stands with a period of its duty, by its first list. */
export function dutyStateOf(dueOn: string, submittedAt: Date | undefined, now = new Date()): DutyState {
  const end = deadlineEnd(dueOn);
  if (submittedAt) return submittedAt <= end ? DutyState.IN_TIME : DutyState.LATE;
  return now <= end ? DutyState.OPEN : DutyState.OVERDUE;
}

export const keyOf = ({ departmentId, period }: Pick<KeptPeriod, 'departmentId' | 'period'>): string => `${departmentId} ${period}`;

/** When the first list of each of these periods was pushed; what was undone or withdrawn is none. */
export async function firstSubmissions(tx: Tx, periods: readonly KeptPeriod[]): Promise<Map<string, Date>> {
  const kept = periods.flatMap(({ departmentId, period }) => keepingPeriods(period).map((one) => ({ departmentId, period, one })));
  const rows = await tx.query<{ departmentId: string; period: string; at: Date }>(
    `select k.org_id as "departmentId", k.period, min(l.submitted_at) as at
     from unnest($1::uuid[], $2::text[], $3::text[]) as k (org_id, period, keeping)
     join enterprise_lists.push_lists l on l.org_id = k.org_id and l.period = k.keeping and l.state not in ('UNDONE', 'WITHDRAWN') group by 1, 2`,
    [kept.map(({ departmentId }) => departmentId), kept.map(({ period }) => period), kept.map(({ one }) => one)]);
  return new Map(rows.map((row) => [keyOf(row), row.at]));
}

async function shown(tx: Tx, duties: PushDuty[]): Promise<PushDuty[]> {
  const first = await firstSubmissions(tx, duties);
  return duties.map((duty) => {
    const submittedAt = first.get(keyOf(duty));
    return Object.assign(duty, { submittedAt: submittedAt ?? null, state: dutyStateOf(duty.dueOn, submittedAt) });
  });
}

const firstDayOf = (period: string): string =>
  (period[5] === 'Q' ? `${period.slice(0, 4)}-${String(Number(period[6]) * 3 - 2).padStart(2, '0')}-01` : `${period}-01`);

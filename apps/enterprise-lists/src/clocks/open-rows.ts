import { ClockKind } from '@finharbor/contracts/clocks';
import type { Tx } from '@finharbor/platform/tenancy/tx';

interface Step {
  /** When a row's clock begins. */
  since: string;
  /** Whether a row is open. */
  open: string;
  /** When a row was done; null where nobody wrote it down. */
  done: string;
}

const ended = 'r.expired_at, r.recalled_at';
const answered = { since: 'r.delivered_at', open: `r.state in ('DELIVERED', 'ACKNOWLEDGED')`, done: `coalesce(r.claimed_at, r.answered_at, ${ended})` };
const decided = { since: 'r.claimed_at', open: `r.state = 'CLAIMED' and r.loan_outcome is null`, done: 'coalesce(r.loan_decided_at, r.answered_at)' };

/** The clocks of referrals: from which column on each row's runs, and what ends it. */
export const referralSteps: Partial<Record<ClockKind, Step>> = {
  [ClockKind.REFERRAL_ACKNOWLEDGE]: { since: 'r.delivered_at', open: `r.state = 'DELIVERED'`, done: `coalesce(r.acknowledged_at, ${ended})` },
  [ClockKind.REFERRAL_CONTACT]: answered,
  [ClockKind.REFERRAL_DECISION]: decided,
  [ClockKind.REFERRAL_DECISION_LIMIT]: decided,
};

export const referralClocks = Object.keys(referralSteps) as ClockKind[];

/** Rows that share a clock. */
export interface Group { kind: ClockKind; organisationId: string; subjectId: string; startedAt: Date }

/** Those of a dispatch whose step began on one day. Parameters: bank, dispatch, an instant of the day. */
const rows = ({ since }: Step): string => `from enterprise_lists.referrals r where r.org_id = $1 and r.dispatch_id = $2
  and ${since} >= ${dayOf('$3::timestamptz')} at time zone 'Asia/Shanghai' and ${since} < (${dayOf('$3::timestamptz')} + interval '1 day') at time zone 'Asia/Shanghai'`;

const dayOf = (instant: string): string => `date_trunc('day', ${instant} at time zone 'Asia/Shanghai')`;

/** How many rows are open of those that share a clock. */
export async function openRows(tx: Tx, { kind, organisationId, subjectId, startedAt }: Group): Promise<number> {
  const step = referralSteps[kind]!;
  const [{ count }] = await tx.query<{ count: number }>(`select count(*)::int as count ${rows(step)} and ${step.open}`, [organisationId, subjectId, startedAt]);
  return count;
}

export async function openIds(tx: Tx, { kind, organisationId, subjectId, startedAt }: Group): Promise<string[]> {
  const step = referralSteps[kind]!;
  const open = await tx.query<{ id: string }>(`select r.id ${rows(step)} and ${step.open} order by r.id`, [organisationId, subjectId, startedAt]);
  return open.map(({ id }) => id);
}

/** When the last of them was done; undefined while one is open. */
export async function lastDone(tx: Tx, { kind, organisationId, subjectId, startedAt }: Group): Promise<Date | undefined> {
  const step = referralSteps[kind]!;
  const [{ open, done }] = await tx.query<{ open: boolean; done: Date | null }>(
    `with open as (select exists (select 1 ${rows(step)} and ${step.open}) as open)
     select open.open, case when not open.open then (select max(${step.done}) ${rows(step)}) end as done from open`,
    [organisationId, subjectId, startedAt],
  );
  return open ? undefined : done ?? new Date();
}

/** On which days rows of these dispatches of a bank began a step that is open: an instant of each. */
export function begun(tx: Tx, kind: ClockKind, bankId: string, dispatchIds: readonly string[]): Promise<{ subjectId: string; at: Date }[]> {
  const { since, open } = referralSteps[kind]!;
  return tx.query<{ subjectId: string; at: Date }>(
    `select r.dispatch_id as "subjectId", min(${since}) as at from enterprise_lists.referrals r
     where r.org_id = $1 and r.dispatch_id = any($2::uuid[]) and ${open} group by r.dispatch_id, ${dayOf(since)} order by 1, 2`,
    [bankId, dispatchIds],
  );
}

import { newId } from '@finharbor/contracts/ids';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { Dispatching } from '../dispatches/dispatching.js';
import { fits } from '../dispatches/targets.js';
import { DispatchTarget } from '../vocabulary.js';

const onwardClock = 'referrals.onward';
/** How often a row may be offered: to its first banks, then twice to banks that had it not; then the supervisor sees to it. */
export const mostRounds = 3;

/** A row that nobody answered, and what can still be done. */
interface Stuck {
  id: string;
  round: number;
  hasFitting: boolean;
  hasOthers: boolean;
}

const bankIds = `select id from enterprise_lists.organisation_copies where kind = 'BANK'`;
const had = (bank: string): string => `exists (select from enterprise_lists.referrals r where r.org_id = ${bank} and r.entry_id = e.id and r.cycle = e.cycle)`;

/** Offers rows onward that their banks did not answer in time (domain.md 2.9). */
@Injectable()
export class OnwardService {
  constructor(private readonly due: Due, private readonly publisher: Publisher, private readonly dispatching: Dispatching) {}

  /**
   * Takes referrals from banks that let a clock run out: DELIVERED or ACKNOWLEDGED → EXPIRED. Others stay as they are. The rows are
   * offered to other banks a moment later, those of a list together. Runs as worker.
   */
  async offerOnward(tx: Tx, referralIds: readonly string[]): Promise<void> {
    const expired = await tx.query<{ id: string }>(
      `update enterprise_lists.referrals set state = 'EXPIRED', expired_at = now()
       where id = any(array(select id from enterprise_lists.referrals where id = any($1::uuid[]) order by id for update)) and state in ('DELIVERED', 'ACKNOWLEDGED')
       returning id`, [referralIds]);
    await this.startFor(tx, expired.map(({ id }) => id));
  }

  /** Looks after the lists of these referrals, where a row of them was left unanswered. */
  async startFor(tx: Tx, referralIds: readonly string[]): Promise<void> {
    const lists = await tx.query<{ id: string; organisationId: string }>(
      `select distinct l.id, l.org_id as "organisationId" from enterprise_lists.referrals r join enterprise_lists.push_lists l on l.id = r.push_list_id
       where r.id = any($1::uuid[]) and exists (select from enterprise_lists.referrals x where x.entry_id = r.entry_id and x.state = 'EXPIRED') order by l.id`, [referralIds]);
    const dueAt = new Date();
    for (const { id, organisationId } of lists) await this.due.start(tx, { kind: onwardClock, aggregateId: id, organisationId, dueAt });
  }

  /** Offers the stuck rows of a list to banks that had them not: with a fitting product first, then all. */
  @OnDue(onwardClock)
  async offer({ aggregateId: pushListId, organisationId: departmentId }: DueClock, tx: Tx): Promise<void> {
    await tx.query('select from enterprise_lists.push_lists where id = $1 for update', [pushListId]);
    const stuck = await this.stuck(tx, departmentId, pushListId);
    const open = stuck.filter(({ round, hasOthers }) => round < mostRounds && hasOthers);
    const fitting = open.filter(({ round, hasFitting }) => round === 1 && hasFitting);
    const others = open.filter((row) => !fitting.includes(row));
    await tx.query('update enterprise_lists.list_entries set round = round + 1 where id = any($1::uuid[])', [open.map(({ id }) => id)]);
    const banks = (await tx.query<{ id: string }>(`${bankIds} order by id`)).map(({ id }) => id);
    for (const [target, rows] of [[DispatchTarget.FITTING_BANKS, fitting], [DispatchTarget.ALL_BANKS, others]] as const) {
      const selection = { departmentId, pushListId, target, channels: null, entryIds: rows.map(({ id }) => id) };
      if (rows.length > 0) await this.dispatching.order(tx, selection, banks);
    }
    await this.escalate(tx, departmentId, pushListId, stuck.filter((row) => !open.includes(row)).map(({ id }) => id));
  }

  /** Rows that no bank holds or has claimed, and that one let run out. Where the enterprise needs nothing, nobody is asked again. */
  private stuck(tx: Tx, departmentId: string, pushListId: string): Promise<Stuck[]> {
    return tx.patiently(60_000, () => tx.query<Stuck>(
      `select e.id, e.round, exists (select from enterprise_lists.product_copies p where p.published and p.bank_id = any(array(${bankIds}))
           and not ${had('p.bank_id')} and ${fits}) as "hasFitting",
         exists (select from (${bankIds}) b where not ${had('b.id')}) as "hasOthers"
       from enterprise_lists.list_entries e join enterprise_lists.enterprises m on m.id = e.enterprise_id
       where e.org_id = $1 and e.push_list_id = $2 and e.state = 'DISPATCHED' and e.unanswered_at is null
         and (select bool_or(r.state = 'EXPIRED') and bool_and(r.state in ('EXPIRED', 'REJECTED', 'UNREACHABLE'))
           from enterprise_lists.referrals r where r.entry_id = e.id and r.cycle = e.cycle)
       order by e.id for update of e`, [departmentId, pushListId]));
  }

  /** Three rounds, or no bank left: the supervisor is told. */
  private async escalate(tx: Tx, departmentId: string, pushListId: string, entryIds: string[]): Promise<void> {
    if (entryIds.length === 0) return;
    await tx.query('update enterprise_lists.list_entries set unanswered_at = now() where id = any($1::uuid[])', [entryIds]);
    await this.publisher.publish(tx, 'list-entries.unanswered', {
      organisationId: departmentId, aggregateId: newId(), version: 1, payload: { pushListId, count: entryIds.length },
    });
  }
}

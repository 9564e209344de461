import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import { CONFIG, type ServiceConfig } from '@finharbor/platform/config/config';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Inject, Injectable } from '@nestjs/common';
import { sandboxClock } from './sandbox-clock.js';

/** For the rows of one list, of which 100,000 took some twelve seconds. */
const dispatchMs = 120_000;

const answeredClock = 'push-list-answered';
/** How long answers are gathered before the department is told of them. */
const gatherMs = 15 * 60_000;

/** What happens between a department's list and a bank's referrals: rows of two organisations, so it runs as worker, by event. */
@Injectable()
export class ReferralsConsumer {
  constructor(@Inject(CONFIG) private readonly config: ServiceConfig, private readonly publisher: Publisher, private readonly due: Due) {}

  /** Gives the bank every row of the list, each once, however often it is sent or told, and tells it how many there are. */
  @On('push-list.dispatched')
  async dispatched(event: EventOf<'push-list.dispatched'>, tx: Tx): Promise<void> {
    const { dispatchId, pushListId, bankId, channel } = event.payload;
    const [{ count }] = await tx.patiently(dispatchMs, () => tx.query<{ count: number }>(
      `with given as (insert into enterprise_lists.referrals (
         id, org_id, push_list_id, dispatch_id, entry_id, enterprise_id, channel, state, region_code, industry_code, size_class, established_year,
         capital_band, good_prospects, strong_demand, sound_credit, demand_amount, demand_term_months, demand_purpose, guarantee_type, delivered_at)
       select enterprise_lists.new_id(), $2, e.push_list_id, $3, e.id, e.enterprise_id, $4, 'DELIVERED', m.region_code, m.industry_code, m.size_class,
         extract(year from m.established_on)::int, m.capital_band, e.good_prospects, e.strong_demand, e.sound_credit, e.demand_amount,
         e.demand_term_months, e.demand_purpose, e.guarantee_type, now()
       from enterprise_lists.push_lists l
       join enterprise_lists.list_entries e on e.org_id = l.org_id and e.push_list_id = l.id
       join enterprise_lists.enterprises m on m.id = e.enterprise_id
       where l.id = $1 order by e.id
       on conflict on constraint referrals_once do nothing returning 1) select count(*)::int as count from given`,
      [pushListId, bankId, dispatchId, channel],
    ));
    if (count === 0) return;
    await this.publisher.publish(tx, 'referrals.dispatched', {
      organisationId: bankId, aggregateId: dispatchId, version: 1, payload: { dispatchId, channel, count },
    });
    if (this.config.SANDBOX) await this.due.set(tx, sandboxClock(dispatchId, bankId));
  }

  /** Counts for the department what banks did with its rows. Counters commute, so the order of events does not matter. */
  @On('referrals.progressed')
  async progressed(event: EventOf<'referrals.progressed'>, tx: Tx): Promise<void> {
    const { moves } = event.payload;
    const columns = [moves.map((move) => move.referralId), moves.map((move) => move.from), moves.map((move) => move.to)];
    // Rows are locked in one order first: two batches that touch the same list would otherwise wait for each other for ever.
    await tx.query(
      `select e.id from enterprise_lists.list_entries e
       where e.id = any(array(select entry_id from enterprise_lists.referrals where id = any($1::uuid[]))) order by e.id for update`,
      [columns[0]],
    );
    await tx.query(
      `update enterprise_lists.list_entries e set
         acknowledged_count = acknowledged_count + d.acknowledged, claimed_count = claimed_count + d.claimed, no_need_count = no_need_count + d.no_need,
         unreachable_count = unreachable_count + d.unreachable, rejected_count = rejected_count + d.rejected
       from (select r.entry_id, count(*) filter (where was = 'DELIVERED') as acknowledged, ${change('CLAIMED')} as claimed,
           ${change('NO_NEED')} as no_need, ${change('UNREACHABLE')} as unreachable, ${change('REJECTED')} as rejected
         from unnest($1::uuid[], $2::text[], $3::text[]) as move (referral_id, was, becomes)
         join enterprise_lists.referrals r on r.id = move.referral_id group by r.entry_id) d
       where e.id = d.entry_id`,
      columns,
    );
    const lists = await tx.query<{ id: string; organisationId: string }>(
      `select id, org_id as "organisationId" from enterprise_lists.push_lists
       where id = any(array(select push_list_id from enterprise_lists.referrals where id = any($1::uuid[]))) order by id`, [columns[0]],
    );
    const dueAt = new Date(Date.now() + gatherMs);
    for (const { id, organisationId } of lists) await this.due.start(tx, { kind: answeredClock, aggregateId: id, organisationId, dueAt });
  }

  /** Tells the department that banks did something, once for all within a while: a single answer names its bank too easily. */
  @OnDue(answeredClock)
  async answered({ aggregateId, organisationId }: DueClock, tx: Tx): Promise<void> {
    const [{ version }] = await tx.query<{ version: number }>(
      'update enterprise_lists.push_lists set version = version + 1 where id = $1 returning version', [aggregateId]);
    await this.publisher.publish(tx, 'push-list.answered', {
      organisationId, aggregateId, version, payload: { pushListId: aggregateId, departmentId: organisationId },
    });
  }
}

/** By how much the number of banks in a state changes. */
const change = (state: string): string => `count(*) filter (where becomes = '${state}') - count(*) filter (where was = '${state}')`;

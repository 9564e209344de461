import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';

/** For the rows of one list, of which 100,000 took some twelve seconds. */
const dispatchMs = 120_000;

/** What happens between a department's list and a bank's referrals: rows of two organisations, so it runs as worker, by event. */
@Injectable()
export class ReferralsConsumer {
  /** Gives the bank every row of the list, each once, however often it is sent or told. */
  @On('push-list.dispatched')
  async dispatched(event: EventOf<'push-list.dispatched'>, tx: Tx): Promise<void> {
    const { dispatchId, pushListId, bankId, channel } = event.payload;
    await tx.patiently(dispatchMs, () => tx.query(
      `insert into enterprise_lists.referrals (
         id, org_id, push_list_id, dispatch_id, entry_id, enterprise_id, channel, state, region_code, industry_code, size_class, established_year,
         capital_band, good_prospects, strong_demand, sound_credit, demand_amount, demand_term_months, demand_purpose, guarantee_type, delivered_at)
       select enterprise_lists.new_id(), $2, e.push_list_id, $3, e.id, e.enterprise_id, $4, 'DELIVERED', m.region_code, m.industry_code, m.size_class,
         extract(year from m.established_on)::int, m.capital_band, e.good_prospects, e.strong_demand, e.sound_credit, e.demand_amount,
         e.demand_term_months, e.demand_purpose, e.guarantee_type, now()
       from enterprise_lists.push_lists l
       join enterprise_lists.list_entries e on e.org_id = l.org_id and e.push_list_id = l.id
       join enterprise_lists.enterprises m on m.id = e.enterprise_id
       where l.id = $1 order by e.id
       on conflict on constraint referrals_once do nothing`,
      [pushListId, bankId, dispatchId, channel],
    ));
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
  }
}

/** By how much the number of banks in a state changes. */
const change = (state: string): string => `count(*) filter (where becomes = '${state}') - count(*) filter (where was = '${state}')`;

import { newId } from '@finharbor/contracts/ids';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { DispatchCounts } from './dispatch.entity.js';
import { cycle, given, parametersOf, type Selection } from './targets.js';

/** For the one statement over every row of a list and every bank: of 10,000 rows and 40 banks it takes some seconds. */
const patienceMs = 60_000;

/**
 * Gives rows of a list to banks: one statement finds who gets what and marks the rows, and one event for each bank and channel carries
 * it out. Whatever a bank has got already is left out.
 */
@Injectable()
export class Dispatching {
  constructor(private readonly publisher: Publisher) {}

  /** What an order would give to each bank, nothing left out but those that would get nothing. */
  preview(tx: Tx, selection: Selection, bankIds: string[]): Promise<DispatchCounts[]> {
    return tx.patiently(patienceMs, () => this.count(tx, selection, bankIds, ''));
  }

  /** Carries an order out; gives what each bank gets through which channel. The list is locked by the caller. */
  async order(tx: Tx, selection: Selection, bankIds: string[]): Promise<DispatchCounts[]> {
    const counts = await tx.patiently(patienceMs, () => this.count(tx, selection, bankIds, marking));
    if (counts.length === 0) return counts;
    const { pushListId, target, channels, entryIds } = selection;
    const orderId = newId();
    await tx.query(
      'insert into enterprise_lists.dispatch_orders (id, push_list_id, target, channels, entry_ids) values ($1, $2, $3, $4, $5)',
      [orderId, pushListId, target, channels, entryIds]);
    const dispatches = await tx.query<{ id: string; bankId: string; channel: 'GREEN' | 'INCLUSIVE'; version: number }>(
      `insert into enterprise_lists.dispatches as d (id, org_id, push_list_id, channel, dispatched_at)
       select id, bank_id, $4, channel, now() from unnest($1::uuid[], $2::uuid[], $3::text[]) as new (id, bank_id, channel)
       on conflict on constraint dispatches_once do update set version = d.version + 1
       returning id, org_id as "bankId", channel, version`,
      [counts.map(() => newId()), counts.map(({ bankId }) => bankId), counts.map(({ channel }) => channel), pushListId]);
    for (const { id, bankId, channel, version } of dispatches) {
      await this.publisher.publish(tx, 'push-list.dispatched', {
        organisationId: bankId, aggregateId: id, version, payload: { dispatchId: id, pushListId, bankId, channel, orderId },
      });
    }
    return counts;
  }

  private async count(tx: Tx, selection: Selection, bankIds: string[], mark: string): Promise<DispatchCounts[]> {
    const rows = await tx.query<DispatchCounts>(
      `with candidates as materialized (select e.id as entry_id, ${cycle} as cycle, b.bank_id, c.channel ${given(selection.target)}),
       targets as materialized (
         select t.*, g.id is null as is_new, g.channel <> t.channel and g.second_channel is null and g.state in ('SENT', 'DELIVERED', 'ACKNOWLEDGED') as is_further
         from candidates t left join enterprise_lists.referrals g on g.org_id = t.bank_id and g.entry_id = t.entry_id and g.cycle = t.cycle)
       ${mark}
       select bank_id as "bankId", channel, count(*) filter (where is_new)::int as "newCount", count(*) filter (where is_further)::int as "furtherCount"
       from targets group by bank_id, channel having bool_or(is_new or is_further) order by bank_id, channel`,
      parametersOf(selection, bankIds));
    return rows.map((row) => Object.assign(new DispatchCounts(), row));
  }
}

const marking = `, marked as (
  update enterprise_lists.list_entries e set state = 'DISPATCHED', state_at = now(), cycle = ${cycle},
    round = case when e.state = 'RE_RECOMMENDED' then 1 else e.round end, unanswered_at = null
  from (select distinct entry_id from targets where is_new) t
  where e.id = t.entry_id and e.org_id = $1 and e.state in ('RECOMMENDED', 'RE_RECOMMENDED'))`;

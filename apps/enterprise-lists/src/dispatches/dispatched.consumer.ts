import type { EventOf, Payload } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { ReferralDeliveries } from '../referrals/referral-deliveries.js';
import { ExchangeFiles } from './exchange/exchange-files.js';
import { cycle, dispatchable, given, parametersOf, type Selection } from './targets.js';

/** For the rows of one list, of which 100,000 took some twelve seconds. */
const patienceMs = 120_000;

/** Carries out what was ordered: rows of a department become referrals of a bank, so it runs as worker, by event. */
@Injectable()
export class DispatchedConsumer {
  constructor(private readonly files: ExchangeFiles, private readonly deliveries: ReferralDeliveries) {}

  /**
   * Gives the bank every row that is for it, each once, however often it is sent or told. Where the channel's platform must confirm them
   * the rows wait for its receipt; otherwise the bank has them now. A row that came by the other channel before goes through this one too.
   */
  @On('push-list.dispatched')
  async dispatched(event: EventOf<'push-list.dispatched'>, tx: Tx): Promise<void> {
    const { dispatchId, pushListId, bankId, channel, orderId } = event.payload;
    // A withdrawal waits for the rows that are being given, and what is given later finds it done.
    await tx.query('select from enterprise_lists.push_lists where id = $1 for share', [pushListId]);
    const selection = await this.selection(tx, event.payload);
    const fileId = this.files.isExchanged(channel) ? newId() : null;
    const [{ delivered, rows }] = await tx.patiently(patienceMs, () => tx.query<{ delivered: number; rows: number }>(
      `with referred as (insert into enterprise_lists.referrals as r (
         id, org_id, push_list_id, dispatch_id, entry_id, enterprise_id, channel, state, region_code, industry_code, size_class, established_year,
         capital_band, green_category, good_prospects, strong_demand, sound_credit, demand_amount, demand_term_months, demand_purpose, guarantee_type,
         consent_ref, round, cycle, sent_at, delivered_at)
       select enterprise_lists.new_id(), b.bank_id, e.push_list_id, $6, e.id, e.enterprise_id, c.channel, $8, m.region_code, m.industry_code, m.size_class,
         extract(year from m.established_on)::int, m.capital_band, e.green_category, e.good_prospects, e.strong_demand, e.sound_credit, e.demand_amount,
         e.demand_term_months, e.demand_purpose, e.guarantee_type, e.consent_ref, e.round, ${cycle},
         case when $8 = 'SENT' then now() end, now()
       ${given(selection.target, orderId ? `'DISPATCHED'` : dispatchable)} and c.channel = $7 order by e.id
       on conflict on constraint referrals_once do update set second_channel = excluded.channel,
         state = case when excluded.state = 'DELIVERED' and r.state = 'SENT' then 'DELIVERED' else r.state end,
         delivered_at = case when excluded.state = 'DELIVERED' and r.state = 'SENT' then now() else r.delivered_at end
         where r.channel <> excluded.channel and r.second_channel is null and r.state in ('SENT', 'DELIVERED', 'ACKNOWLEDGED')
       returning r.id, r.state = 'DELIVERED' and r.delivered_at = now() as is_delivered),
       filed as (insert into enterprise_lists.exchange_rows (file_id, referral_id) select $9, id from referred where $9::uuid is not null)
       select count(*) filter (where is_delivered)::int as delivered, count(*)::int as rows from referred`,
      [...parametersOf(selection, [bankId]), dispatchId, channel, fileId ? 'SENT' : 'DELIVERED', fileId],
    ));
    if (fileId && rows > 0) await this.files.add(tx, { id: fileId, kind: 'DISPATCH', bankId, channel, dispatchId, recallId: null, rowCount: rows });
    await this.deliveries.delivered(tx, { dispatchId, bankId, channel, count: delivered });
  }

  /** What was ordered. An event of before there were orders means the whole list, through its channel. */
  private async selection(tx: Tx, { pushListId, channel, orderId }: Payload<'push-list.dispatched'>): Promise<Selection> {
    const [selection] = await tx.query<Selection>(
      `select l.org_id as "departmentId", l.id as "pushListId", coalesce(o.target, 'ALL_BANKS') as target, o.entry_ids as "entryIds",
         case when $2::uuid is null then array[$3] else o.channels end as channels
       from enterprise_lists.push_lists l left join enterprise_lists.dispatch_orders o on o.id = $2 where l.id = $1`,
      [pushListId, orderId ?? null, channel]);
    return selection;
  }
}

import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On, OnBatch } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';

type Total = 'demand_total' | 'approved_total' | 'open_issue_total';

/** What harbors learn from the others: outlets that may carry a harbor, and what happens at each harbor, as counts. */
@Injectable()
export class HarborsConsumer {
  @On('outlet.registered')
  async outletRegistered(event: EventOf<'outlet.registered'>, tx: Tx): Promise<void> {
    const { outletId, organisationId, name, areaCode } = event.payload;
    await tx.query(
      `insert into harbors.outlet_copies (id, organisation_id, name, area_code) values ($1, $2, $3, $4) on conflict (id) do nothing`,
      [outletId, organisationId, name, areaCode],
    );
  }

  @OnBatch('demand.submitted')
  demandsSubmitted(events: EventOf<'demand.submitted'>[], tx: Tx): Promise<void> {
    return this.count(tx, events, 'demand_total', 1);
  }

  @OnBatch('demand.decided')
  demandsDecided(events: EventOf<'demand.decided'>[], tx: Tx): Promise<void> {
    return this.count(tx, events.filter(({ payload }) => payload.outcome === 'APPROVED'), 'approved_total', 1);
  }

  @OnBatch('issue.registered')
  issuesRegistered(events: EventOf<'issue.registered'>[], tx: Tx): Promise<void> {
    return this.count(tx, events, 'open_issue_total', 1);
  }

  @OnBatch('issue.closed')
  issuesClosed(events: EventOf<'issue.closed'>[], tx: Tx): Promise<void> {
    return this.count(tx, events, 'open_issue_total', -1);
  }

  /** Counters commute: the order in which events arrive does not matter. Rows are touched in one order, so that batches do not deadlock. */
  private async count(tx: Tx, events: { payload: { harborId: string } }[], total: Total, by: number): Promise<void> {
    await tx.query(
      `insert into harbors.harbor_totals as totals (harbor_id, ${total})
       select id, count(*) * $2 from unnest($1::uuid[]) as id group by id order by id
       on conflict (harbor_id) do update set ${total} = totals.${total} + excluded.${total}`,
      [events.map(({ payload }) => payload.harborId), by],
    );
  }
}

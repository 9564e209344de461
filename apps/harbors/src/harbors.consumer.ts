import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
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

  @On('demand.submitted')
  demandSubmitted(event: EventOf<'demand.submitted'>, tx: Tx): Promise<void> {
    return this.count(tx, event.payload.harborId, 'demand_total', 1);
  }

  @On('demand.decided')
  async demandDecided(event: EventOf<'demand.decided'>, tx: Tx): Promise<void> {
    if (event.payload.outcome === 'APPROVED') await this.count(tx, event.payload.harborId, 'approved_total', 1);
  }

  @On('issue.registered')
  issueRegistered(event: EventOf<'issue.registered'>, tx: Tx): Promise<void> {
    return this.count(tx, event.payload.harborId, 'open_issue_total', 1);
  }

  @On('issue.closed')
  issueClosed(event: EventOf<'issue.closed'>, tx: Tx): Promise<void> {
    return this.count(tx, event.payload.harborId, 'open_issue_total', -1);
  }

  /** Counters commute: the order in which events arrive does not matter. */
  private async count(tx: Tx, harborId: string, total: Total, by: number): Promise<void> {
    await tx.query(
      `insert into harbors.harbor_totals as totals (harbor_id, ${total}) values ($1, $2)
       on conflict (harbor_id) do update set ${total} = totals.${total} + excluded.${total}`,
      [harborId, by],
    );
  }
}

import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { oneByOne } from '@finharbor/platform/delivery/handlers';
import { OnBatch } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { Onward } from '../routing/onward.js';
import { Cultivation } from './cultivation.js';
import { lockAll } from './locks.js';

/**
 * Every no that a bank said or was told feeds the cultivation ledger, reasons of the customer included (domain.md 4, decision 2). What ran
 * out or was withdrawn ends without one (`Endings`): nobody said what there is to mend.
 */
@Injectable()
export class CultivationConsumer {
  constructor(private readonly cultivation: Cultivation, private readonly onward: Onward) {}

  @OnBatch('demand.progressed')
  async progressed(events: EventOf<'demand.progressed'>[], tx: Tx): Promise<void> {
    const ended = events.filter(({ payload: { stage, reasonCode } }) => stage === 'ENDED' && reasonCode);
    if (ended.length > 0) await lockAll(tx, 'enterprise', ended.map(({ payload: { enterpriseId } }) => enterpriseId));
    await oneByOne<'demand.progressed'>((event) => this.follow(tx, event))(events, tx);
  }

  private async follow(tx: Tx, { payload: { demandId, bankId, enterpriseId, stage, reasonCode } }: EventOf<'demand.progressed'>): Promise<void> {
    if (stage === 'LENT') await this.onward.lent(tx, demandId);
    if (stage !== 'ENDED' || !reasonCode) return;
    const [told = { listEntryId: null, reasonText: null }] = await tx.query<{ listEntryId: string | null; reasonText: string | null }>(
      `select d.list_entry_id as "listEntryId", p.reason_text as "reasonText" from loan_matching.demands d
       left join loan_matching.demand_progress p on p.org_id = d.org_id and p.demand_id = d.id and p.stage = 'ENDED' where d.id = $1`, [demandId]);
    await this.cultivation.add(tx, { source: 'DEMAND', rejectedId: demandId, bankId, enterpriseId, reasonCode, ...told });
  }
}

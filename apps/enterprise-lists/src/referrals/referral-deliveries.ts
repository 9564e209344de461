import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Due } from '@finharbor/platform/due/due';
import { CONFIG, type ServiceConfig } from '@finharbor/platform/config/config';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Inject, Injectable } from '@nestjs/common';
import type { Channel } from '../vocabulary.js';
import { sandboxClock } from './sandbox-clock.js';

/** Rows that a bank has from now on. */
export interface Delivery {
  dispatchId: string;
  bankId: string;
  channel: `${Channel}`;
  count: number;
}

/** The moment at which rows are with their bank: at once, or when an outside platform has confirmed them. */
@Injectable()
export class ReferralDeliveries {
  constructor(@Inject(CONFIG) private readonly config: ServiceConfig, private readonly publisher: Publisher, private readonly due: Due) {}

  /** Tells the bank how many there are; its clocks begin with what it is told. Runs as worker. */
  async delivered(tx: Tx, { dispatchId, bankId, channel, count }: Delivery): Promise<void> {
    if (count === 0) return;
    const [{ version }] = await tx.query<{ version: number }>(
      'update enterprise_lists.dispatches set version = version + 1 where org_id = $1 and id = $2 returning version', [bankId, dispatchId]);
    await this.publisher.publish(tx, 'referrals.dispatched', {
      organisationId: bankId, aggregateId: dispatchId, version, payload: { dispatchId, channel, count },
    });
    if (this.config.SANDBOX) await this.due.set(tx, sandboxClock(dispatchId, bankId));
  }
}

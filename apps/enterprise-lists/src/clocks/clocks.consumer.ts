import { clockDefinitions } from '@finharbor/contracts/clocks';
import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { timeOfId } from '@finharbor/contracts/ids';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { OnwardService } from '../referrals/onward.service.js';
import { ListClocks } from './list-clocks.js';

/** What starts and stops the clocks of lists. What banks answer comes from the consumer of `referrals.progressed`. */
@Injectable()
export class ClocksConsumer {
  constructor(private readonly clocks: ListClocks, private readonly onward: OnwardService) {}

  @On('push-list.submitted')
  async submitted({ id, payload: { pushListId, departmentId } }: EventOf<'push-list.submitted'>, tx: Tx): Promise<void> {
    await this.clocks.submitted(tx, pushListId, departmentId, timeOfId(id));
  }

  @On('push-list.reviewed')
  async reviewed({ payload: { pushListId } }: EventOf<'push-list.reviewed'>, tx: Tx): Promise<void> {
    await this.clocks.reviewed(tx, pushListId);
  }

  @On('referrals.dispatched')
  async dispatched({ organisationId, payload: { dispatchId } }: EventOf<'referrals.dispatched'>, tx: Tx): Promise<void> {
    await this.clocks.delivered(tx, organisationId, dispatchId);
  }

  /** Rows that a bank left open go to the next one; what it had to do with them is over. */
  @On('list-clock.breached')
  async breached({ payload: { clockId, kind } }: EventOf<'list-clock.breached'>, tx: Tx): Promise<void> {
    if (clockDefinitions[kind].escalation !== 'OFFER_ONWARD') return;
    const ids = await this.clocks.openReferrals(tx, clockId);
    if (ids.length === 0) return;
    await this.onward.offerOnward(tx, ids);
    await this.clocks.progressed(tx, ids);
  }
}

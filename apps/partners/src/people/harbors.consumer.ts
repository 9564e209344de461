import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { FeedWriter } from '../feed/feed-writer.js';

/** Which harbors there are, and whose: people are entered at one. */
@Injectable()
export class HarborsConsumer {
  constructor(private readonly feed: FeedWriter) {}

  @On('harbor.registered')
  async registered(event: EventOf<'harbor.registered'>, tx: Tx): Promise<void> {
    const { payload } = event;
    await tx.query('insert into partners.harbor_copies (id, host_bank_id) values ($1, $2) on conflict (id) do nothing', [payload.harborId, payload.hostBankId]);
    this.feed.tell(tx, event);
  }
}

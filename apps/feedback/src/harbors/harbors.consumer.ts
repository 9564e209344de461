import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';

/** What feedback learns of harbors: that they exist, and which bank answers for what is registered there. */
@Injectable()
export class HarborsConsumer {
  @On('harbor.registered')
  async harborRegistered(event: EventOf<'harbor.registered'>, tx: Tx): Promise<void> {
    const { harborId, hostBankId } = event.payload;
    await tx.query(
      `insert into feedback.harbor_copies as copy (id, host_bank_id, version) values ($1, $2, $3)
       on conflict (id) do update set host_bank_id = excluded.host_bank_id, version = excluded.version where copy.version < excluded.version`,
      [harborId, hostBankId, event.version],
    );
  }
}

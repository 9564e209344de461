import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';

/** Which harbors there are, and whose: people are entered at one. */
@Injectable()
export class HarborsConsumer {
  @On('harbor.registered')
  async registered({ payload }: EventOf<'harbor.registered'>, tx: Tx): Promise<void> {
    await tx.query('insert into partners.harbor_copies (id, host_bank_id) values ($1, $2) on conflict (id) do nothing', [payload.harborId, payload.hostBankId]);
  }
}

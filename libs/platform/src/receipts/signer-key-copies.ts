import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { Injectable } from '@nestjs/common';
import { On } from '../delivery/on.js';
import type { Tx } from '../tenancy/tx.js';

/** What clients sign with, told by partners. A service whose routes may be signed lists this class among its providers. */
@Injectable()
export class SignerKeyCopies {
  @On('api-client.keys-changed')
  async keysChanged(event: EventOf<'api-client.keys-changed'>, tx: Tx): Promise<void> {
    const { clientId, organisationId, keys, signatureRequired } = event.payload;
    await tx.query(
      `insert into ${tx.schema}.signer_keys as copy (org_id, client_id, keys, required, version) values ($1, $2, $3, $4, $5)
       on conflict (org_id, client_id) do update set keys = excluded.keys, required = excluded.required, version = excluded.version
       where copy.version < excluded.version`,
      [organisationId, clientId, JSON.stringify(keys), signatureRequired, event.version],
    );
  }
}

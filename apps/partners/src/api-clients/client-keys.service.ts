import { DomainError, notFound } from '@finharbor/contracts/errors';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { thumbprintOf } from '@finharbor/security/dpop/thumbprint';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { ClientKey, ClientKeyList } from './api-client.entity.js';
import type { AddClientKeysInput, RemoveClientKeysInput } from './api-client.inputs.js';
import { readClientKeys, type StoredKey } from './client-keys.js';

/** The keys of clients. A client looks after its own; those of others are the system administrator's. */
@Injectable()
export class ClientKeysService {
  constructor(private readonly tenancy: Tenancy) {}

  list(caller: Caller, id: string): Promise<ClientKeyList> {
    return this.tenancy.run(caller, async (tx) => listed((await this.find(tx, caller, id)).keys ?? []));
  }

  /** Adds keys; those that are there stay. Throws VALIDATION_FAILED when one is not good, ILLEGAL_STATE for a client without keys. */
  add(caller: Caller, id: string, { jwks }: AddClientKeysInput): Promise<ClientKeyList> {
    return this.change(caller, id, 'api-client.add-keys', (keys) => {
      const added = readClientKeys(jwks, keys);
      return { keys: [...keys, ...added], kids: added.map(({ kid }) => kid) };
    });
  }

  /** Removes keys, of which there must be others: names that are not there are as good as removed. */
  remove(caller: Caller, id: string, { kids }: RemoveClientKeysInput): Promise<ClientKeyList> {
    return this.change(caller, id, 'api-client.remove-keys', (keys) => {
      const left = keys.filter(({ kid }) => !kids.includes(kid));
      if (left.length === 0) throw new DomainError('ILLEGAL_STATE', 'A client needs a key: add the next one before the last is removed, or have the client locked.');
      return { keys: left, kids };
    });
  }

  private change(
    caller: Caller, id: string, action: string, work: (keys: StoredKey[]) => { keys: StoredKey[]; kids: string[] },
  ): Promise<ClientKeyList> {
    return this.tenancy.run(caller, async (tx) => {
      const client = await this.find(tx, caller, id, 'for update');
      if (!client.keys) throw new DomainError('ILLEGAL_STATE', 'A sandbox client has a secret and no keys.');
      if (client.isLocked) throw new DomainError('ILLEGAL_STATE', 'The client is locked.');
      const { keys, kids } = work(client.keys);
      await tx.query('update partners.api_clients set keys = $2 where id = $1', [id, JSON.stringify(keys)]);
      await audit(tx, { action, resource: 'api-client', resourceId: id, detail: { kids } });
      return listed(keys);
    });
  }

  /** Supervisors see all rows, so that what belongs to whom is asked here. */
  private async find(tx: Tx, caller: Caller, id: string, lock = ''): Promise<{ keys: StoredKey[] | null; isLocked: boolean }> {
    const mayAll = caller.role === 'system-administrator' || (!lock && caller.role === 'security-administrator');
    const [client] = mayAll || caller.clientId === id
      ? await tx.query<{ keys: StoredKey[] | null; isLocked: boolean }>(
        `select keys, locked_at is not null as "isLocked" from partners.api_clients where id = $1 ${lock}`, [id])
      : [];
    if (!client) throw notFound('API client');
    return client;
  }
}

const listed = (keys: StoredKey[]): ClientKeyList => Object.assign(new ClientKeyList(), {
  items: keys.map((key) => Object.assign(new ClientKey(), { kid: key.kid, kty: key.kty, thumbprint: thumbprintOf(key) })),
});

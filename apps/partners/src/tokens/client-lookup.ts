import { CONFIG } from '@finharbor/platform/config/config';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { ApiClient } from '../api-clients/api-client.entity.js';
import type { PartnersConfig } from '../config.js';

/** A client as the token endpoint sees it. */
export type KnownClient = Pick<ApiClient, 'id' | 'organisationId' | 'role' | 'sandbox' | 'secretHash' | 'keys' | 'senderConstraint'>;

/** Finds clients for authentication, in nobody's name: who calls is what it helps to find out. */
@Injectable()
export class ClientLookup implements OnModuleInit {
  constructor(private readonly tenancy: Tenancy, @Inject(CONFIG) private readonly config: PartnersConfig) {}

  /** Ends the start where clients of a sandbox could get tokens that are bound to nobody. */
  async onModuleInit(): Promise<void> {
    if (this.config.SANDBOX) return;
    const clients = await this.tenancy.worker((tx) => tx.query<{ id: string }>(
      'select id from partners.api_clients where sandbox and locked_at is null order by id limit 10'));
    if (clients.length === 0) return;
    throw new Error(`This installation is no sandbox, and there are clients with a secret: ${clients.map(({ id }) => id).join(', ')}. `
      + 'Start it once more with SANDBOX=true, give their organisations clients with keys, and lock these.');
  }

  /** A client that may get tokens; nothing when it is unknown or locked, or of a sandbox where this is none. */
  async find(id: string): Promise<KnownClient | undefined> {
    if (!isUUID(id)) return undefined;
    const [client] = await this.tenancy.worker((tx) => tx.query<KnownClient>(
      `select id, org_id as "organisationId", role, sandbox, secret_hash as "secretHash", keys, sender_constraint as "senderConstraint"
       from partners.api_clients where id = $1 and locked_at is null and (not sandbox or $2)`, [id, this.config.SANDBOX],
    ), { awaited: true });
    return client;
  }
}

import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { hashSecret, newSecret } from '@finharbor/security/tokens/secrets';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { ClientRole } from '../api-clients/client-roles.js';

/** A client as the token endpoint sees it. */
export interface KnownClient {
  id: string;
  organisationId: string;
  role: ClientRole;
  secretHash: string;
}

const nobody = '00000000-0000-0000-0000-000000000000';

/** Finds clients for authentication, in nobody's name: who calls is what it helps to find out. */
@Injectable()
export class ClientLookup {
  /**
   * Stands in for every client that is unknown or locked, with the hash of a secret that nobody has: so they are
   * refused after the same work and with the same words as a client whose secret is wrong.
   */
  private readonly decoy: KnownClient = { id: nobody, organisationId: nobody, role: 'department', secretHash: hashSecret(newSecret('decoy')) };

  constructor(private readonly tenancy: Tenancy) {}

  async find(id: string): Promise<KnownClient> {
    const [client] = await this.tenancy.worker((tx) => tx.query<KnownClient>(
      `select id, org_id as "organisationId", role, secret_hash as "secretHash" from partners.api_clients where id = $1 and locked_at is null`,
      [isUUID(id) ? id : nobody],
    ), { awaited: true });
    return client ?? this.decoy;
  }
}

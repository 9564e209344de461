import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, type PageQuery, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { hashSecret, newSecret } from '@finharbor/security/tokens/secrets';
import { Injectable } from '@nestjs/common';
import { Organisation } from '../organisations/organisation.entity.js';
import { ApiClient, ApiClientCredentials } from './api-client.entity.js';
import type { CreateApiClientInput } from './api-client.inputs.js';
import { rolesOf } from './client-roles.js';

@Injectable()
export class ApiClientsService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors) {}

  /** Makes a client. Its secret is in the answer and nowhere else; the stored answer of a repeated request is encrypted. */
  create(caller: Caller, input: CreateApiClientInput): Promise<ApiClientCredentials> {
    return this.tenancy.run(caller, async (tx) => {
      const { organisationId, role } = input;
      const organisation = await tx.manager.findOneBy(Organisation, { id: organisationId });
      if (!organisation) throw notFound('organisation');
      const roles = rolesOf(organisation.kind);
      if (!roles.includes(role)) {
        const message = `clients of a ${organisation.kind} have the role ${roles.join(' or ')}`;
        throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'role', rule: 'roleOfKind', message }]);
      }
      const clientId = newId();
      const clientSecret = newSecret('fhs');
      const secretHash = hashSecret(clientSecret);
      await tx.manager.insert(ApiClient, { ...input, id: clientId, secretHash, createdAt: new Date(), lockedAt: null });
      await audit(tx, { action: 'api-client.create', resource: 'api-client', resourceId: clientId, detail: { ...input } });
      return Object.assign(new ApiClientCredentials(), { clientId, clientSecret, organisationId, role });
    });
  }

  list(caller: Caller, page: PageQuery): Promise<Page<ApiClient>> {
    return this.tenancy.run(caller, (tx) => readPage(tx.manager.createQueryBuilder(ApiClient, 'client'), page, this.cursors, {
      list: 'api-clients', organisationId: caller.organisationId,
    }));
  }

  /** Takes the client out of use for good. Tokens that it holds run out within five minutes. */
  lock(caller: Caller, id: string): Promise<ApiClient> {
    return this.tenancy.run(caller, async (tx) => {
      const client = await tx.manager.findOneBy(ApiClient, { id });
      if (!client) throw notFound('API client');
      if (client.lockedAt) return client;
      client.lockedAt = new Date();
      await tx.manager.update(ApiClient, { id }, { lockedAt: client.lockedAt });
      await audit(tx, { action: 'api-client.lock', resource: 'api-client', resourceId: id });
      return client;
    });
  }
}

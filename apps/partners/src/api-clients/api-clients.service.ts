import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { CONFIG } from '@finharbor/platform/config/config';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, type PageQuery, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { hashSecret, newSecret } from '@finharbor/security/tokens/secrets';
import { Inject, Injectable } from '@nestjs/common';
import type { PartnersConfig } from '../config.js';
import { Organisation } from '../organisations/organisation.entity.js';
import { rolesIn } from '../organisations/supervising.js';
import { ApiClient, ApiClientCredentials } from './api-client.entity.js';
import type { CreateApiClientInput } from './api-client.inputs.js';
import { readClientKeys } from './client-keys.js';

@Injectable()
export class ApiClientsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly publisher: Publisher,
    private readonly cursors: Cursors,
    @Inject(CONFIG) private readonly config: PartnersConfig,
  ) {}

  /**
   * Makes a client in a sandbox, or the first ones of an installation, which comes without an organisation. Everybody else gets one
   * by an onboarding, which another administrator approves (FORBIDDEN).
   */
  create(caller: Caller, input: CreateApiClientInput): Promise<ApiClientCredentials> {
    this.authenticationOf(input);
    if (!this.config.SANDBOX && caller.organisationId !== null) throw new DomainError('FORBIDDEN', 'Outside a sandbox a client comes by an onboarding.');
    return this.tenancy.run(caller, (tx) => this.createIn(tx, input));
  }

  /** Makes a client. A secret is in the answer and nowhere else; the stored answer of a repeated request is encrypted. */
  async createIn(tx: Tx, input: CreateApiClientInput): Promise<ApiClientCredentials> {
    const ways = this.authenticationOf(input);
    const { organisationId, role, name } = input;
    const organisation = await tx.manager.findOneBy(Organisation, { id: organisationId });
    if (!organisation) throw notFound('organisation');
    const roles = await rolesIn(tx, organisation);
    if (!roles.includes(role)) throw invalid('role', 'roleOfKind', `clients of a ${organisation.kind} have the role ${roles.join(' or ')}`);
    const clientId = newId();
    const clientSecret = ways.sandbox ? newSecret('fhs') : null;
    const secretHash = clientSecret && hashSecret(clientSecret);
    const times = { createdAt: new Date(), lockedAt: null };
    await tx.manager.insert(ApiClient, { id: clientId, organisationId, role, name, ...ways, secretHash, ...times });
    const { keys, ...told } = ways;
    const detail = { organisationId, role, name, ...told, kids: keys?.map(({ kid }) => kid) };
    await audit(tx, { action: 'api-client.create', resource: 'api-client', resourceId: clientId, detail });
    return Object.assign(new ApiClientCredentials(), { clientId, clientSecret, organisationId, role });
  }

  list(caller: Caller, page: PageQuery): Promise<Page<ApiClient>> {
    return this.tenancy.run(caller, (tx) => readPage(tx.manager.createQueryBuilder(ApiClient, 'client'), page, this.cursors, {
      list: 'api-clients', organisationId: caller.organisationId,
    }));
  }

  /** Takes the client out of use for good. Within a second no gateway takes the tokens that it holds (Revocations). */
  lock(caller: Caller, id: string): Promise<ApiClient> {
    return this.tenancy.run(caller, async (tx) => {
      const client = await tx.manager.findOneBy(ApiClient, { id });
      if (!client) throw notFound('API client');
      if (client.lockedAt) return client;
      client.lockedAt = new Date();
      await tx.manager.update(ApiClient, { id }, { lockedAt: client.lockedAt });
      const { organisationId } = client;
      const [{ version }] = await tx.query<{ version: number }>(
        'select coalesce(max(version), 0) + 1 as version from partners.signature_keys where org_id = $1 and client_id = $2', [organisationId, id]);
      await this.publisher.publish(tx, 'api-client.locked', { organisationId, aggregateId: id, version, payload: { clientId: id, organisationId } });
      await audit(tx, { action: 'api-client.lock', resource: 'api-client', resourceId: id });
      return client;
    });
  }

  /** How the client will authenticate. Throws what is wrong with what was asked for. */
  private authenticationOf({ sandbox = false, jwks, senderConstraint }: CreateApiClientInput): Pick<ApiClient, 'sandbox' | 'keys' | 'senderConstraint'> {
    if (!sandbox) {
      if (senderConstraint === 'CERTIFICATE' && !this.config.CLIENT_CERTIFICATE_HEADER) {
        throw invalid('senderConstraint', 'certificate', 'no proxy of this installation passes certificates on; bind tokens by DPOP');
      }
      return { sandbox, keys: readClientKeys(jwks), senderConstraint: senderConstraint ?? 'DPOP' };
    }
    if (!this.config.SANDBOX) throw invalid('sandbox', 'sandbox', 'this installation is no sandbox: a client authenticates with its keys');
    if (jwks ?? senderConstraint) throw invalid('sandbox', 'sandbox', 'a sandbox client has a secret, and neither keys nor bound tokens');
    return { sandbox, keys: null, senderConstraint: null };
  }
}

const invalid = (field: string, rule: string, message: string): DomainError => new DomainError('VALIDATION_FAILED', undefined, [{ field, rule, message }]);

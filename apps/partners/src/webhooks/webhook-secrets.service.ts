import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import type { Caller } from '@finharbor/security/tokens/caller';
import { type NewWebhookKey, newWebhookKey } from '@finharbor/security/webhooks/webhook-keys';
import { Injectable } from '@nestjs/common';
import type { RotateWebhookSecretInput } from './endpoint.inputs.js';
import { lockEndpoint } from './lock-endpoint.js';
import { secretColumn } from './sending/signers.js';
import { NewWebhookEndpoint, type WebhookEndpoint, WebhookSecret } from './webhook-endpoint.entity.js';

/** Keys that sign at a time. */
const most = 4;
const usualOverlapHours = 24;

/** The keys of endpoints. Only the worker reads what is secret of them; their owners see a shared secret once. */
@Injectable()
export class WebhookSecretsService {
  constructor(private readonly tenancy: Tenancy, private readonly cipher: FieldCipher) {}

  /** Adds a key to an endpoint and lets the earlier ones run out. ILLEGAL_STATE where too many have not yet. */
  rotate(caller: Caller, endpointId: string, { overlapHours = usualOverlapHours }: RotateWebhookSecretInput): Promise<NewWebhookEndpoint> {
    return this.tenancy.run(caller, async (tx) => {
      const endpoint = await lockEndpoint(tx, endpointId);
      await tx.query(
        `update partners.webhook_secrets set expires_at = least(coalesce(expires_at, 'infinity'), now() + make_interval(hours => $3))
         where org_id = $1 and endpoint_id = $2`, [tx.organisationId, endpointId, overlapHours]);
      const key = newWebhookKey(endpoint.scheme);
      await this.add(tx, endpoint, key);
      await this.fill(tx, [endpoint]);
      if (endpoint.secrets.length > most) throw new DomainError('ILLEGAL_STATE', `No more than ${most} keys sign at a time: expire an earlier one.`);
      await audit(tx, { action: 'webhook-endpoint.rotate', resource: 'webhook-endpoint', resourceId: endpointId, detail: { overlapHours } });
      return asNew(endpoint, key);
    });
  }

  /** Lets a key run out at once. ILLEGAL_STATE for the latest, which deliveries need. */
  async expire(caller: Caller, endpointId: string, secretId: string): Promise<void> {
    await this.tenancy.run(caller, async (tx) => {
      const endpoint = await lockEndpoint(tx, endpointId);
      await this.fill(tx, [endpoint]);
      if (endpoint.secrets[0]?.id === secretId) throw new DomainError('ILLEGAL_STATE', 'This is the latest key: rotate first.');
      const gone = await tx.query('update partners.webhook_secrets set expires_at = now() where org_id = $1 and endpoint_id = $2 and id = $3 and expires_at > now() returning 1', [
        tx.organisationId, endpointId, secretId,
      ]);
      if (gone.length === 0) throw notFound('key of the endpoint');
      await audit(tx, { action: 'webhook-endpoint.expire-secret', resource: 'webhook-endpoint', resourceId: endpointId, detail: { secretId } });
    });
  }

  /** Keeps a key of an endpoint. */
  async add(tx: Tx, { id: endpointId, organisationId, scheme }: WebhookEndpoint, { secret, publicKey }: NewWebhookKey): Promise<void> {
    const id = newId();
    await tx.query(
      'insert into partners.webhook_secrets (id, org_id, endpoint_id, scheme, public_key, secret_encrypted, created_at) values ($1, $2, $3, $4, $5, $6, clock_timestamp())',
      [id, organisationId, endpointId, scheme, publicKey, this.cipher.encrypt(secret, { column: secretColumn, rowId: id, organisationId })],
    );
  }

  /** Tells the endpoints' keys, the latest first. */
  async fill(tx: Tx, endpoints: WebhookEndpoint[]): Promise<void> {
    const rows = await tx.query<WebhookSecret & { endpointId: string }>(
      `select id, endpoint_id as "endpointId", public_key as "publicKey", created_at as "createdAt", expires_at as "expiresAt" from partners.webhook_secrets
       where org_id = $1 and endpoint_id = any($2::uuid[]) and (expires_at is null or expires_at > now()) order by created_at desc, id desc`,
      [tx.organisationId, endpoints.map(({ id }) => id)],
    );
    for (const endpoint of endpoints) {
      endpoint.secrets = rows.filter(({ endpointId }) => endpointId === endpoint.id)
        .map(({ id, publicKey, createdAt, expiresAt }) => Object.assign(new WebhookSecret(), { id, publicKey, createdAt, expiresAt }));
      endpoint.publicKey = endpoint.secrets[0]?.publicKey ?? null;
    }
  }
}

/** The endpoint with what is shown of its new key this once. */
export const asNew = (endpoint: WebhookEndpoint, { secret, publicKey }: NewWebhookKey): NewWebhookEndpoint =>
  Object.assign(new NewWebhookEndpoint(), endpoint, { publicKey, secret: endpoint.scheme === 'HMAC' ? secret : null });

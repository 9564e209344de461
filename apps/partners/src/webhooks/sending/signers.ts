import type { Tx } from '@finharbor/platform/tenancy/tx';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { type WebhookSigner, webhookSigner } from '@finharbor/security/webhooks/webhook-keys';
import { Injectable } from '@nestjs/common';

const maxKept = 5_000;

/** Where the secret of an endpoint lies encrypted. */
export const secretColumn = 'partners.webhook_secrets.secret_encrypted';

/** The keys of endpoints, ready to sign with: several of one while they rotate, the latest first. */
@Injectable()
export class Signers {
  /** By the id of the secret, which never changes. */
  private readonly kept = new Map<string, WebhookSigner>();

  constructor(private readonly cipher: FieldCipher) {}

  /** By the id of the endpoint. */
  async of(tx: Tx, endpoints: { id: string; organisationId: string }[]): Promise<Map<string, WebhookSigner[]>> {
    const rows = await tx.query<{ id: string; org_id: string; endpoint_id: string; secret_encrypted: string }>(
      `select s.id, s.org_id, s.endpoint_id, s.secret_encrypted from unnest($1::uuid[], $2::uuid[]) e(org_id, id)
       join partners.webhook_secrets s on s.org_id = e.org_id and s.endpoint_id = e.id
       where s.expires_at is null or s.expires_at > now() order by s.created_at desc, s.id desc`,
      [endpoints.map(({ organisationId }) => organisationId), endpoints.map(({ id }) => id)]);
    const found = new Map<string, WebhookSigner[]>();
    for (const { id, org_id: organisationId, endpoint_id: endpointId, secret_encrypted: sealed } of rows) {
      found.set(endpointId, [...found.get(endpointId) ?? [], this.signer(id, organisationId, sealed)]);
    }
    return found;
  }

  private signer(id: string, organisationId: string, sealed: string): WebhookSigner {
    const known = this.kept.get(id);
    if (known) return known;
    if (this.kept.size >= maxKept) this.kept.clear();
    const signer = webhookSigner(this.cipher.decrypt(sealed, { column: secretColumn, rowId: id, organisationId }));
    this.kept.set(id, signer);
    return signer;
  }
}

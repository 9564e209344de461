import { notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { audit } from '@finharbor/security/audit/audit';
import { AuditKeys } from '@finharbor/security/audit/seal';
import { type Receipt, receiptDigest, signReceipt } from '@finharbor/security/receipts/receipt';
import { contentDigest } from '@finharbor/security/signatures/content-digest';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { CONFIG, type ServiceConfig } from '../config/config.js';
import { currentContext } from '../logs/context.js';
import { Tenancy } from '../tenancy/tenancy.js';
import type { Tx } from '../tenancy/tx.js';

/** Signed receipts: what a sender can show to anybody later, without us. */
@Injectable()
export class Receipts {
  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @Inject(CONFIG) private readonly config: ServiceConfig,
    private readonly tenancy: Tenancy,
    private readonly keys: AuditKeys,
  ) {}

  /**
   * Issues the receipt of the request that is being served, in the transaction of its effect; the answer then has its address in
   * Link. Its digest is a row of the audit trail, and so part of the one sealed chain. Only where the route is `@Signable`.
   *
   * @param sha256 in hexadecimal: of a body that is read as a stream, by whoever read it
   */
  async issue(tx: Tx, resource: string, resourceId: string, sha256?: string): Promise<void> {
    const { receiving, idempotency } = currentContext() ?? {};
    const digest = receiving?.contentDigest ?? (sha256 && contentDigest({ 'sha-256': Buffer.from(sha256, 'hex') }));
    if (!receiving || !idempotency || !digest) throw new Error(`A receipt is issued for a request of a signable route alone: ${resource}.`);
    const { method, targetUri, sender = null } = receiving;
    const receipt = signReceipt(this.keys, {
      id: newId(), issuer: this.config.PUBLIC_URL, service: this.service.name, receivedAt: new Date().toISOString(),
      organisationId: tx.organisationId, clientId: tx.caller!.clientId, method, targetUri, idempotencyKey: idempotency.key,
      contentDigest: digest, resource, resourceId, sender,
    });
    await tx.query(`insert into ${tx.schema}.receipts (org_id, id, document) values ($1, $2, $3)`, [tx.organisationId, receipt.id, JSON.stringify(receipt)]);
    await audit(tx, { action: 'receipt.issue', resource: 'receipt', resourceId: receipt.id, detail: { resource, resourceId, sha256: receiptDigest(receipt) } });
    idempotency.receiptId = receipt.id;
  }

  /** The receipt, for the organisation that sent what it is of; to everybody else there is none. */
  async get(caller: Caller, id: string): Promise<Receipt> {
    const [row] = await this.tenancy.run(caller, (tx) => tx.query<{ document: string }>(
      `select document from ${tx.schema}.receipts where org_id = $1 and id = $2`, [tx.organisationId, id],
    ));
    if (!row) throw notFound('receipt');
    return JSON.parse(row.document) as Receipt;
  }

  /** The public keys that receipts are verified with. */
  publicKeys(): AuditKeys['jwks'] {
    return this.keys.jwks;
  }
}

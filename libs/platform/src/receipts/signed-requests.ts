import { DomainError } from '@finharbor/contracts/errors';
import { signerKey, type SignerJwk, type SignerKey } from '@finharbor/security/signatures/keys';
import { claimsSignature, type VerifiedSignature, verifyRequest } from '@finharbor/security/signatures/signature';
import type { SignedMessage } from '@finharbor/security/signatures/signature-base';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { Tenancy } from '../tenancy/tenancy.js';

interface Registered {
  keys: SignerJwk[];
  required: boolean;
  version: number;
}

/** Verifies what clients sign, with the keys that they registered with partners. */
@Injectable()
export class SignedRequests {
  /** Keys as they are verified with, since reading one costs as much as verifying with it. */
  private readonly read = new Map<string, { version: number; keys: SignerKey[] }>();

  constructor(private readonly tenancy: Tenancy) {}

  /**
   * What a request's signature shows; undefined when it claims none. SIGNATURE_INVALID for one that does not hold, SIGNATURE_REQUIRED
   * where the client must sign and did not. Asked before anything is done, and before a streamed body is read.
   */
  async verify(caller: Caller, message: SignedMessage): Promise<VerifiedSignature | undefined> {
    const registered = await this.registered(caller);
    if (!claimsSignature(message)) {
      if (registered?.required) throw new DomainError('SIGNATURE_REQUIRED', 'Sign it after RFC 9421: docs/signing.md says how.');
      return undefined;
    }
    return verifyRequest(message, registered ? this.keysOf(caller.clientId!, registered) : []);
  }

  private async registered({ organisationId, clientId }: Caller): Promise<Registered | undefined> {
    if (!organisationId || !clientId) return undefined;
    const rows = await this.tenancy.worker((tx) => tx.query<Registered>(
      `select keys, required, version from ${tx.schema}.signer_keys where org_id = $1 and client_id = $2`, [organisationId, clientId],
    ), { awaited: true });
    return rows[0];
  }

  private keysOf(clientId: string, { keys, version }: Registered): SignerKey[] {
    const known = this.read.get(clientId);
    if (known?.version === version) return known.keys;
    if (this.read.size >= 1_000) this.read.clear();
    const made = keys.map((jwk) => signerKey(jwk));
    this.read.set(clientId, { version, keys: made });
    return made;
  }
}

import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import type { FieldPlace } from '@finharbor/security/encryption/field-place';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { calculateJwkThumbprint } from 'jose';
import { type CodeJwk, keyIdOf } from './code-token.js';
import { LoanCodeKey } from './loan-code-key.js';

/** Why a use case here runs as worker: nobody else reads the keys. */
export const ROTATE_LOAN_CODE_KEYS = 'rotate-loan-code-keys';

/**
 * The keys that sign loan codes (Ed25519), stored encrypted. The latest signs. None is ever withdrawn: what hangs on a wall is verified
 * with the key that signed it, for as long as it hangs there. A key that somebody stole opens nothing here, since every code has its row.
 */
@Injectable()
export class LoanCodeKeysService {
  constructor(private readonly tenancy: Tenancy, private readonly cipher: FieldCipher) {}

  /** The public keys, the latest first (RFC 7517). */
  publicKeys(): Promise<{ keys: CodeJwk[] }> {
    return this.tenancy.worker(async (tx) => {
      const keys = await tx.query<{ kid: string; x: string }>(
        'select kid, public_key as x from loan_matching.loan_code_keys order by created_at desc, kid limit 200',
      );
      return { keys: keys.map((key) => ({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', ...key })) };
    }, { awaited: true, repeatable: true });
  }

  /** The key that signs now; the first is made when it is asked for. */
  signing(): Promise<{ keyId: string; privateKey: KeyObject }> {
    return this.tenancy.worker(async (tx) => {
      let latest = await this.latest(tx);
      if (!latest) {
        await tx.query(`select pg_advisory_xact_lock(hashtextextended('loan_matching.loan_code_keys', 0))`);
        if (!await this.latest(tx)) await this.make(tx);
        latest = (await this.latest(tx))!;
      }
      const jwk = JSON.parse(this.cipher.decrypt(latest.sealed, placeOf(latest.kid))) as JsonWebKey;
      return { keyId: keyIdOf(latest.kid), privateKey: createPrivateKey({ key: jwk as never, format: 'jwk' }) };
    }, { awaited: true });
  }

  /** Makes the next key, which signs from now on. Codes that were signed before stay good. */
  rotate(caller: Caller): Promise<LoanCodeKey> {
    return this.tenancy.asWorker(ROTATE_LOAN_CODE_KEYS, caller, async (tx) => {
      await this.make(tx);
      const { kid, createdAt } = (await this.latest(tx))!;
      return Object.assign(new LoanCodeKey(), { kid, createdAt });
    });
  }

  private async latest(tx: Tx): Promise<{ kid: string; createdAt: Date; sealed: string } | undefined> {
    const [latest] = await tx.query<{ kid: string; createdAt: Date; sealed: string }>(
      `select kid, created_at as "createdAt", private_key_encrypted as sealed from loan_matching.loan_code_keys order by created_at desc, kid limit 1`,
    );
    return latest;
  }

  private async make(tx: Tx): Promise<void> {
    const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
    const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x: jwk.x! });
    await tx.query(
      'insert into loan_matching.loan_code_keys (kid, key_id, public_key, private_key_encrypted, created_at) values ($1, $2, $3, $4, clock_timestamp())',
      [kid, keyIdOf(kid), jwk.x, this.cipher.encrypt(JSON.stringify(jwk), placeOf(kid))],
    );
    await audit(tx, { action: 'loan-code-key.make', resource: 'loan-code-key', resourceId: null, detail: { kid } });
  }
}

/** Keys of loan codes belong to the suite, not to an organisation. */
const placeOf = (kid: string): FieldPlace => ({ column: 'loan_matching.loan_code_keys.private_key_encrypted', rowId: kid, organisationId: '' });

import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { FieldCipher, type FieldPlace } from '@finharbor/security/encryption/field-cipher';
import { Injectable } from '@nestjs/common';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

/** The keys that sign access tokens (ES256), stored encrypted, so that every replica signs with the same. */
@Injectable()
export class SigningKeys {
  constructor(private readonly tenancy: Tenancy, private readonly cipher: FieldCipher) {}

  /** The keys in use, private parts included, the one that signs first. Makes the first key where there is none yet. */
  load(): Promise<JWK[]> {
    return this.tenancy.worker(async (tx) => {
      // Of replicas that start at once, one makes the key and the others wait here and find it.
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('partners.signing_keys', 0))`);
      const rows = await tx.query<{ kid: string; private_jwk_encrypted: string }>(
        'select kid, private_jwk_encrypted from partners.signing_keys where retired_at is null order by created_at desc',
      );
      if (rows.length === 0) return [await this.make(tx)];
      return rows.map((row) => JSON.parse(this.cipher.decrypt(row.private_jwk_encrypted, placeOf(row.kid))) as JWK);
    });
  }

  private async make(tx: Tx): Promise<JWK> {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const publicJwk = await exportJWK(pair.publicKey);
    const kid = await calculateJwkThumbprint(publicJwk);
    const described = { kid, alg: 'ES256', use: 'sig' };
    const key: JWK = { ...await exportJWK(pair.privateKey), ...described };
    await tx.query('insert into partners.signing_keys (kid, public_jwk, private_jwk_encrypted) values ($1, $2, $3)', [
      kid, JSON.stringify({ ...publicJwk, ...described }), this.cipher.encrypt(JSON.stringify(key), placeOf(kid)),
    ]);
    await audit(tx, { action: 'signing-key.make', resource: 'signing-key', resourceId: null, detail: { kid } });
    return key;
  }
}

/** Signing keys belong to the suite, not to an organisation. */
const placeOf = (kid: string): FieldPlace => ({ column: 'partners.signing_keys.private_jwk_encrypted', rowId: kid, organisationId: '' });

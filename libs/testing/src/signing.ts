import { createHash, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { readSm2PrivateKey } from '@finharbor/security/national/sm2';
import { type Sm2PrivateKey, toSm2Jwk } from '@finharbor/security/national/sm2-keys';
import { contentDigest } from '@finharbor/security/signatures/content-digest';
import type { SignatureAlgorithm, SignerJwk } from '@finharbor/security/signatures/keys';
import { signRequest } from '@finharbor/security/signatures/signature';

/** A POST as its sender knows it before signing. */
export interface Sending {
  path: string;
  body: Buffer | string;
  key: string;
  contentType?: string;
  /** Seconds since 1970; now unless given. */
  created?: number;
  /** Where the sender thinks it sends it. */
  origin?: string;
}

/** A client that signs. */
export class TestSigner {
  private constructor(readonly jwk: SignerJwk, private readonly secret: KeyObject | Sm2PrivateKey) {}

  static of(algorithm: SignatureAlgorithm, kid = `${algorithm}-1`): TestSigner {
    if (algorithm === 'sm2-sm3') {
      const secret = readSm2PrivateKey(randomBytes(31).toString('hex').padStart(64, '0'));
      return new TestSigner({ ...toSm2Jwk(secret), kid }, secret);
    }
    const { publicKey, privateKey } = algorithm === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return new TestSigner({ ...publicKey.export({ format: 'jwk' }) as Omit<SignerJwk, 'kid'>, kid }, privateKey);
  }

  /** The headers of a signed request, its own Idempotency-Key and Content-Type among them. */
  headers({ path, body, key, contentType = 'application/json', created = Math.floor(Date.now() / 1_000), origin = 'http://127.0.0.1:3000' }: Sending): Record<string, string> {
    const headers = {
      'content-type': contentType, 'idempotency-key': key, 'content-digest': contentDigest({ 'sha-256': createHash('sha256').update(body).digest() }),
    };
    return { ...headers, ...signRequest({ method: 'POST', targetUri: origin + path, headers }, this.secret, { created, keyid: this.jwk.kid }) };
  }
}

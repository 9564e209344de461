import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { ClientKey } from './client-key.js';

/** What is signed of a request. */
export interface SignedRequest {
  method: string;
  /** Under the public address of the installation, with path and query. */
  target: string;
  contentType: string;
  idempotencyKey: string;
  body: string | Uint8Array;
}

/** Signs requests (RFC 9421, with the digest of RFC 9530) with Ed25519 or P-256. docs/signing.md says how, and how SM2 is done. */
export class RequestSigner {
  private readonly key: KeyObject;
  private readonly keyId: string;

  /** @param jwk private, with the `kid` under which its public key is registered for signing */
  constructor(jwk: ClientKey) {
    const isFit = (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') || (jwk.kty === 'EC' && jwk.crv === 'P-256');
    if (!isFit || !jwk.kid) throw new Error('A signing key is a JWK of Ed25519 or P-256 with the kid under which it is registered.');
    this.key = createPrivateKey({ key: jwk, format: 'jwk' });
    this.keyId = jwk.kid;
  }

  /** The headers to add. A retry is signed anew: a signature is believed for five minutes. */
  headers({ method, target, contentType, idempotencyKey, body }: SignedRequest): Record<string, string> {
    const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
    const covered = { '@method': method, '@target-uri': target, 'content-digest': digest, 'content-type': contentType, 'idempotency-key': idempotencyKey };
    const names = Object.keys(covered).map((name) => `"${name}"`).join(' ');
    const parameters = `(${names});created=${Math.floor(Date.now() / 1_000)};keyid="${this.keyId.replaceAll(/["\\]/g, '\\$&')}"`;
    const lines = Object.entries(covered).map(([name, value]) => `"${name}": ${value}`);
    const base = Buffer.from([...lines, `"@signature-params": ${parameters}`].join('\n'));
    const signature = this.key.asymmetricKeyType === 'ed25519' ? sign(null, base, this.key) : sign('sha256', base, { key: this.key, dsaEncoding: 'ieee-p1363' });
    return { 'content-digest': digest, 'signature-input': `sig=${parameters}`, signature: `sig=:${signature.toString('base64')}:` };
  }
}

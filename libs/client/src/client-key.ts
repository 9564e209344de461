import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID, sign } from 'node:crypto';

/** The private key of a client as a JWK: EC P-256 (ES256), RSA (PS256) or Ed25519 (EdDSA). `kid` as it was registered. */
export type ClientKey = JsonWebKey & { kid?: string };

const algorithms: Record<string, string> = { EC: 'ES256', RSA: 'PS256', OKP: 'EdDSA' };
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = (): number => Math.floor(Date.now() / 1000);

/** A JWT, or any JWS over JSON, by the key of a client (RFC 7515). */
export function signJwt(header: object, claims: object, key: KeyObject, kty: string): string {
  const text = `${encode({ alg: algorithms[kty], ...header })}.${encode(claims)}`;
  const how = { EC: { dsaEncoding: 'ieee-p1363' as const }, RSA: { padding: 6, saltLength: 32 }, OKP: {} }[kty];
  return `${text}.${sign(kty === 'OKP' ? null : 'sha256', Buffer.from(text), { key, ...how }).toString('base64url')}`;
}

/** Says who a client is: by an assertion for a token (RFC 7523), and with a key of its own making for each request (DPoP, RFC 9449). */
export class Possession {
  private readonly key: KeyObject;
  private readonly proofKey: KeyObject;
  private readonly proofJwk: JsonWebKey;
  private nonce?: { value: string; at: number };

  constructor(private readonly clientId: string, private readonly jwk: ClientKey) {
    this.key = createPrivateKey({ key: jwk, format: 'jwk' });
    this.proofKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    this.proofJwk = createPublicKey(this.proofKey).export({ format: 'jwk' });
  }

  /** Whether the nonce is so old that the next proof may be refused. */
  get isStale(): boolean {
    return !this.nonce || Date.now() - this.nonce.at > 100_000;
  }

  /** Good once, for a minute. */
  assertion(issuer: string): string {
    const claims = { iss: this.clientId, sub: this.clientId, aud: issuer, jti: randomUUID(), iat: seconds(), exp: seconds() + 60 };
    return signJwt({ ...(this.jwk.kid && { kid: this.jwk.kid }) }, claims, this.key, this.jwk.kty!);
  }

  /** Good once, for one request, and with a token for that token alone. */
  proof(method: string, url: string, token?: string): string {
    const ath = token && createHash('sha256').update(token).digest('base64url');
    const claims = { jti: randomUUID(), htm: method, htu: url.replace(/[?#].*$/s, ''), iat: seconds(), nonce: this.nonce?.value, ath };
    return signJwt({ typ: 'dpop+jwt', jwk: this.proofJwk }, claims, this.proofKey, 'EC');
  }

  /** Takes the nonce of an answer. Whether the request was refused for want of it, and may be sent again. */
  learn(answer: Response, error: string | null | undefined): boolean {
    const value = answer.headers.get('dpop-nonce');
    if (value) this.nonce = { value, at: Date.now() };
    return value !== null && (error?.includes('use_dpop_nonce') ?? false);
  }
}

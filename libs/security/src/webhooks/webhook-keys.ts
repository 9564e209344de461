import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign, timingSafeEqual, verify } from 'node:crypto';
import { isWeakPoint } from '../signatures/weak-points.js';

/** How webhooks are signed (Standard Webhooks 1.0): `v1a` with a private key that nobody else has, `v1` with a secret that both know. */
export type WebhookKeyScheme = 'ED25519' | 'HMAC';

/** A key as it is kept and told: base64 behind a prefix that says which it is. */
export interface NewWebhookKey {
  /** `whsk_…` or `whsec_…`: kept encrypted. */
  secret: string;
  /** `whpk_…`, for the receiver; null of HMAC, where the receiver is given the secret. */
  publicKey: string | null;
}

/** A key that signs; `version` is what its signatures begin with. */
export interface WebhookSigner {
  readonly version: 'v1' | 'v1a';
  sign(content: Buffer): Buffer;
}

/** A key that verifies. */
export interface WebhookVerifier {
  readonly version: 'v1' | 'v1a';
  verify(content: Buffer, signature: Buffer): boolean;
}

const prefixes = { secret: 'whsec_', privateKey: 'whsk_', publicKey: 'whpk_' } as const;
/** The standard wants 24 to 64 bytes. */
const secretBytes = 32;
/** Ed25519 in DER: what stands before the 32 bytes of a private key (PKCS #8). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

export function newWebhookKey(scheme: WebhookKeyScheme): NewWebhookKey {
  if (scheme === 'HMAC') return { secret: prefixes.secret + randomBytes(secretBytes).toString('base64'), publicKey: null };
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d, x } = privateKey.export({ format: 'jwk' });
  const [seed, point] = [d, x].map((part) => Buffer.from(part!, 'base64url'));
  return {
    secret: prefixes.privateKey + Buffer.concat([seed, point]).toString('base64'),
    publicKey: prefixes.publicKey + point.toString('base64'),
  };
}

/** Reads `whsk_…` (32 bytes, or 64 with the public key behind) or `whsec_…` (24 to 64 bytes). Throws when it is neither. */
export function webhookSigner(secret: string): WebhookSigner {
  if (!secret.startsWith(prefixes.privateKey)) {
    const key = sharedSecret(secret);
    return { version: 'v1', sign: (content) => hmac(key, content) };
  }
  const bytes = decode(secret, prefixes.privateKey);
  if (bytes.length !== 32 && bytes.length !== 64) throw new Error('A private key of a webhook has 32 bytes, or 64 with its public key.');
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Head, bytes.subarray(0, 32)]), format: 'der', type: 'pkcs8' });
  if (bytes.length === 64 && !pointOf(createPublicKey(key)).equals(bytes.subarray(32))) throw new Error('The two halves of a webhook key do not belong together.');
  return { version: 'v1a', sign: (content) => sign(null, content, key) };
}

/** Reads `whpk_…` (32 bytes) or `whsec_…`. Throws when it is neither, and for a private key, which no receiver should have. */
export function webhookVerifier(text: string): WebhookVerifier {
  if (text.startsWith(prefixes.privateKey)) throw new Error('A private key of a webhook does not verify: that is what whpk_… is for.');
  if (!text.startsWith(prefixes.publicKey)) {
    const key = sharedSecret(text);
    return {
      version: 'v1',
      verify: (content, signature) => {
        const expected = hmac(key, content);
        return signature.length === expected.length && timingSafeEqual(signature, expected);
      },
    };
  }
  const bytes = decode(text, prefixes.publicKey);
  if (bytes.length !== 32 || isWeakPoint(bytes)) throw new Error('A public key of a webhook has 32 bytes, and is no point of small order.');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' });
  return { version: 'v1a', verify: (content, signature) => signature.length === 64 && verify(null, content, key, signature) };
}

function sharedSecret(text: string): Buffer {
  const bytes = decode(text, prefixes.secret);
  if (bytes.length < 24 || bytes.length > 64) throw new Error('A secret of a webhook has 24 to 64 bytes.');
  return bytes;
}

function decode(text: string, prefix: string): Buffer {
  const base64 = text.slice(prefix.length);
  if (!text.startsWith(prefix) || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new Error('A key of a webhook is whsk_…, whpk_… or whsec_…, and base64.');
  return Buffer.from(base64, 'base64');
}

const hmac = (key: Buffer, content: Buffer): Buffer => createHmac('sha256', key).update(content).digest();

const pointOf = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'jwk' }).x!, 'base64url');

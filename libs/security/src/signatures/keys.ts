import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { sm2Sign, sm2Verify } from '../national/sm2.js';
import { isSm2Jwk, type Sm2Jwk, type Sm2PrivateKey, sm2PublicKey } from '../national/sm2-keys.js';
import { isWeakPoint } from './weak-points.js';

/**
 * How requests are signed. The first two are of RFC 9421, 3.3. `sm2-sm3` is our own name, since there is no registered one:
 * SM2 with SM3 (GB/T 32918.2-2016) for the user id 1234567812345678; the signature is r || s, 64 bytes, as that of ecdsa-p256-sha256.
 */
export const signatureAlgorithms = ['ed25519', 'ecdsa-p256-sha256', 'sm2-sm3'] as const;

export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

/** A public key as a client registers it (RFC 7517), and as services keep it. */
export interface SignerJwk {
  kty: string;
  crv: string;
  x: string;
  y?: string;
  kid: string;
  use?: string;
}

/** A public key with which requests are verified. */
export interface SignerKey {
  readonly id: string;
  readonly jwk: SignerJwk;
  readonly algorithm: SignatureAlgorithm;
  verify(base: Buffer, signature: Buffer): boolean;
}

/**
 * Reads a key that may sign requests: Ed25519 (OKP), P-256 or SM2 (EC). Throws for every other kind, for a key that is not on
 * its curve, for a private one, and for one without `kid` or with another `use` than `sig`.
 */
export function signerKey(jwk: SignerJwk): SignerKey {
  const { kid: id } = jwk;
  if (typeof id !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(id)) throw new Error('A key needs a kid, of at most 200 characters of ASCII without spaces.');
  if ('d' in jwk) throw new Error(`The key ${id} is a private one: keep it, and register the public one.`);
  if (jwk.use !== undefined && jwk.use !== 'sig') throw new Error(`The key ${id} is not one to sign with: its use must be sig.`);
  if (isSm2Jwk(jwk)) {
    const key = sm2PublicKey(jwk as Sm2Jwk);
    return { id, jwk, algorithm: 'sm2-sm3', verify: (base, signature) => sm2Verify(key, base, signature) };
  }
  const algorithm = jwk.kty === 'OKP' && jwk.crv === 'Ed25519' ? 'ed25519' : jwk.kty === 'EC' && jwk.crv === 'P-256' ? 'ecdsa-p256-sha256' : undefined;
  if (!algorithm) throw new Error(`The key ${id} cannot sign requests: it must be Ed25519, P-256 or SM2.`);
  const { kty, crv, x, y } = jwk;
  if (algorithm === 'ed25519' && isWeakPoint(Buffer.from(x, 'base64url'))) throw new Error(`The key ${id} is a point of small order: anybody could sign with it.`);
  const key = createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
  return { id, jwk, algorithm, verify: (base, signature) => verifyWith(algorithm, key, base, signature) };
}

/** Whether the key may sign requests; other keys of a client have other uses. */
export function isSignerKey(jwk: object): jwk is SignerJwk {
  try {
    signerKey(jwk as SignerJwk);
    return true;
  } catch {
    return false;
  }
}

function verifyWith(algorithm: SignatureAlgorithm, key: KeyObject, base: Buffer, signature: Buffer): boolean {
  if (signature.length !== 64) return false;
  return algorithm === 'ed25519' ? verify(null, base, key, signature) : verify('sha256', base, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

/** Signs a signature base, for clients, tools and tests. */
export function signBase(key: KeyObject | Sm2PrivateKey, base: Buffer): Buffer {
  if ('secret' in key) return sm2Sign(key, base);
  return key.asymmetricKeyType === 'ed25519' ? sign(null, base, key) : sign('sha256', base, { key, dsaEncoding: 'ieee-p1363' });
}

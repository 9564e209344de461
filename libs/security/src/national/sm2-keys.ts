import { isOnCurve, isPrivate } from './sm2-curve.js';

/** A public key of SM2: its point, x and y of 32 bytes each, known to lie on the curve. */
export interface Sm2PublicKey {
  readonly point: Buffer;
}

/** A private key of SM2, 32 bytes, with its public one. */
export interface Sm2PrivateKey extends Sm2PublicKey {
  readonly secret: Buffer;
}

/** A key of SM2 written as a JWK. No registry knows `SM2`: the form is ours, after RFC 7518 6.2. */
export interface Sm2Jwk {
  kty: string;
  crv: string;
  x: string;
  y: string;
  d?: string;
}

/** The beginning of every SubjectPublicKeyInfo with an uncompressed point of the curve. */
export const spkiPrefix = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d03420004', 'hex');

/** PKCS #8 as OpenSSL writes it (with the public key) and as others do (without). */
const pkcs8 = /^30(?:81)?..020100301306072a8648ce3d020106082a811ccf5501822d04(?:81)?..30(?:81)?..0201010420([0-9a-f]{64})/;

const isPem = (text: string): boolean => text.includes('-----BEGIN');
const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');

function fail(what: string): never {
  throw new Error(`This is no ${what} of SM2.`);
}

/**
 * Reads a public key: PEM (SubjectPublicKeyInfo), hexadecimal (x || y, `04` before it or not), or a JWK with `crv` SM2.
 * Throws for anything else, and for a point that is not on the curve.
 */
export function sm2PublicKey(input: string | Sm2Jwk): Sm2PublicKey {
  const point = pointOf(input);
  if (!point || !isOnCurve(point)) fail('public key');
  return { point };
}

function pointOf(input: string | Sm2Jwk): Buffer | undefined {
  if (typeof input !== 'string') return isSm2Jwk(input) ? Buffer.concat([coordinate(input.x), coordinate(input.y)]) : undefined;
  if (!isPem(input)) return /^(04)?[0-9a-f]{128}$/i.test(input) ? Buffer.from(input.slice(-128), 'hex') : undefined;
  const der = derOf(input);
  return der.subarray(0, spkiPrefix.length).equals(spkiPrefix) ? der.subarray(spkiPrefix.length) : undefined;
}

/** Whether a JWK says of itself that it is of this curve. */
export const isSm2Jwk = (jwk: { kty?: unknown; crv?: unknown }): boolean => jwk.kty === 'EC' && jwk.crv === 'SM2';

/** RFC 7518, 6.2.1.2: the full 32 bytes, leading zeros too. */
const coordinate = (text: unknown): Buffer =>
  (typeof text === 'string' && /^[\w-]{43}$/.test(text) ? Buffer.from(text, 'base64url') : Buffer.alloc(0));

/**
 * Reads a private key: PEM (PKCS #8), hexadecimal (32 bytes), or a JWK with `d`; `publicOf` makes the public one of it.
 * Throws for anything else, for a number out of range, and for a JWK whose two halves do not belong together.
 */
export function sm2PrivateKey(input: string | Sm2Jwk, publicOf: (secret: Buffer) => Buffer): Sm2PrivateKey {
  const secret = secretOf(input);
  if (!isPrivate(secret)) fail('private key');
  const point = publicOf(secret);
  if (typeof input !== 'string' && !sm2PublicKey(input).point.equals(point)) fail('pair of keys');
  return { secret, point };
}

function secretOf(input: string | Sm2Jwk): Buffer {
  if (typeof input !== 'string') return isSm2Jwk(input) ? coordinate(input.d) : Buffer.alloc(0);
  const hex = isPem(input) ? pkcs8.exec(derOf(input).toString('hex'))?.[1] : /^[0-9a-f]{64}$/i.exec(input)?.[0];
  return Buffer.from(hex ?? '', 'hex');
}

/** The key as a JWK, which is how it is registered. */
export const toSm2Jwk = ({ point }: Sm2PublicKey): Sm2Jwk => ({
  kty: 'EC', crv: 'SM2', x: point.subarray(0, 32).toString('base64url'), y: point.subarray(32).toString('base64url'),
});

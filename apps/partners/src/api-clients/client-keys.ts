import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { DomainError, type FieldError } from '@finharbor/contracts/errors';
import { publicPartOf, thumbprintOf } from '@finharbor/security/dpop/thumbprint';
import { isWeakPoint } from '@finharbor/security/signatures/weak-points';
import type { JWK } from 'jose';

/** A public key of a client, as it is kept: what makes it up, its name and what it is for. */
export interface StoredKey extends JWK {
  kid: string;
  kty: string;
}

const most = 10;
const kidShape = /^[\x21-\x7e]{1,200}$/;

/** Parts of private and of shared keys (RFC 7518, 6). */
const privateParts = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** The algorithm that each kind of key signs with; a key that says another is refused. Ed25519 is the name of RFC 9864. */
const algorithms: Record<string, readonly string[]> = { 'EC P-256': ['ES256'], RSA: ['PS256'], 'OKP Ed25519': ['EdDSA', 'Ed25519'] };

/**
 * The keys of a JWKS as they are kept, when all are public, strong enough and named each by its own name; a key without one gets its
 * thumbprint. Throws VALIDATION_FAILED with what is wrong with which.
 * @param taken names that other keys of the client have
 */
export function readClientKeys(jwks: unknown, taken: readonly StoredKey[] = []): StoredKey[] {
  const { keys } = (jwks ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys) || keys.length === 0 || keys.length + taken.length > most) {
    throw invalid([{ field: 'jwks.keys', rule: 'size', message: `a client has from one to ${most} keys` }]);
  }
  const names = new Set(taken.map(({ kid }) => kid));
  const points = new Set(taken.map((key) => thumbprintOf(key)));
  const problems: FieldError[] = [];
  const read = keys.map((key: unknown, index): StoredKey | undefined => {
    const problem = problemOf(key);
    const jwk = key as JWK;
    const kid = problem ? '' : String(jwk.kid ?? thumbprintOf(jwk));
    const repeated = !problem && (names.has(kid) || points.has(thumbprintOf(jwk)));
    names.add(kid);
    if (!problem) points.add(thumbprintOf(jwk));
    if (problem || repeated) problems.push({ field: `jwks.keys.${index}`, rule: 'clientKey', message: problem ?? 'the key or its kid is there already' });
    return problem || repeated ? undefined : { kty: jwk.kty!, ...publicPartOf(jwk), kid, use: 'sig', ...(jwk.kty !== 'OKP' && { alg: algorithms[kindOf(jwk)][0] }) };
  });
  if (problems.length > 0) throw invalid(problems);
  return read as StoredKey[];
}

const invalid = (problems: FieldError[]): DomainError => new DomainError('VALIDATION_FAILED', undefined, problems);

const kindOf = ({ kty, crv }: JWK): string => (crv === undefined ? String(kty) : `${kty} ${crv}`);

/** What is wrong with a key; undefined when it is good. */
function problemOf(key: unknown): string | undefined {
  if (key === null || typeof key !== 'object' || Array.isArray(key)) return 'a key is a JWK, a JSON object';
  const jwk = key as JWK & { key_ops?: unknown };
  const kind = kindOf(jwk);
  if (privateParts.some((part) => part in jwk)) return 'this is a private key: whoever has seen it may sign with it now; make another and send its public part';
  if (!Object.hasOwn(algorithms, kind)) return 'a key is RSA (PS256), EC P-256 (ES256) or OKP Ed25519 (EdDSA)';
  if (jwk.kid !== undefined && (typeof jwk.kid !== 'string' || !kidShape.test(jwk.kid))) return 'kid is from 1 to 200 ASCII characters without spaces';
  if (jwk.alg !== undefined && !algorithms[kind].includes(jwk.alg)) return `alg of a key ${kind} is ${algorithms[kind].join(' or ')}`;
  if (jwk.use !== undefined && jwk.use !== 'sig') return 'use is sig';
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.every((one) => one === 'verify'))) return 'key_ops is verify alone';
  return publicPartOf(jwk) ? weaknessOf(jwk) : 'the key is not whole';
}

function weaknessOf(jwk: JWK): string | undefined {
  try {
    const { asymmetricKeyDetails: details } = createPublicKey({ key: publicPartOf(jwk) as JsonWebKey, format: 'jwk' });
    if (jwk.kty === 'RSA') {
      const bits = details!.modulusLength!;
      const isOdd = (Buffer.from(jwk.n!, 'base64url').at(-1)! & 1) === 1;
      const exponent = details!.publicExponent!;
      if (bits < 2048 || bits > 4096 || !isOdd) return 'an RSA key has from 2048 to 4096 bits';
      if (exponent < 65_537n || exponent > 0xffff_ffffn || exponent % 2n === 0n) return 'the exponent of an RSA key is 65537, or odd and not above 32 bits';
    }
    if (jwk.kty === 'OKP') {
      const point = Buffer.from(jwk.x!, 'base64url');
      if (isWeakPoint(point)) return 'the key is a point of small order';
    }
    return undefined;
  } catch {
    return 'the key cannot be read: it is no point of its curve, or not written as base64url';
  }
}

import { hash } from 'node:crypto';
import type { JWK } from 'jose';

/** What makes up a public key, in the order of RFC 7638. */
const members: Record<string, readonly (keyof JWK & string)[]> = {
  EC: ['crv', 'kty', 'x', 'y'], OKP: ['crv', 'kty', 'x'], RSA: ['e', 'kty', 'n'],
};

/** The public key and nothing else that came with it; undefined when it is not whole, or symmetric. */
export function publicPartOf(jwk: JWK): JWK | undefined {
  const names = Object.hasOwn(members, String(jwk.kty)) ? members[jwk.kty!] : undefined;
  if (!names?.every((name) => typeof jwk[name] === 'string')) return undefined;
  return Object.fromEntries(names.map((name) => [name, jwk[name]]));
}

/** The thumbprint of a public key (RFC 7638, SHA-256, base64url); undefined when it is none. */
export function thumbprintOf(jwk: JWK): string | undefined {
  const key = publicPartOf(jwk);
  return key && hash('sha256', JSON.stringify(key), 'base64url');
}

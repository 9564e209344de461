import type { JWTPayload } from 'jose';

/** How far a client's clock may be ahead of ours (FAPI 2.0, 5.3.2.1: 10 s are accepted, more than 60 s refused), and how far `exp`. */
export const clockSeconds = 10;
const longestSeconds = 300;

/**
 * What is wrong with a client's assertion beyond what oidc-provider checks, which takes several audiences, an `iat` of next week and an
 * `exp` of next year; undefined when nothing is.
 */
export function assertionProblem({ aud, iat, nbf, exp }: JWTPayload, issuer: string, now = Date.now() / 1000): string | undefined {
  if (aud !== issuer) return 'aud must be the issuer, as a string';
  if (typeof exp !== 'number' || exp > now + longestSeconds + clockSeconds) return `exp must lie within ${longestSeconds} s`;
  for (const time of [iat, nbf]) if (time !== undefined && !(typeof time === 'number' && time <= now + clockSeconds)) return 'iat and nbf must not lie in the future';
  return undefined;
}

import { hash } from 'node:crypto';
import { createRemoteJWKSet, type CryptoKey, customFetch, errors, type JWTHeaderParameters, type JWTPayload, jwtVerify } from 'jose';
import { type Caller, isSignedInRole } from './caller.js';

/** The audience of every access token that partners issues. */
export const accessTokenAudience = 'urn:finharbor:api';

export interface AccessTokenRules {
  /** The issuer, exactly as it stands in `iss`. */
  issuer: string;
  jwksUrl: URL;
  /** Sent when the keys are fetched, made anew each time: a service token lives for a minute only. */
  headers?: () => Record<string, string>;
  /** Fetches them, where not as everything else is fetched. */
  fetch?: typeof fetch;
  /** Of an issuer that is not ours: whom its tokens are for, how they are signed, and what they say. */
  foreign?: {
    audience: string;
    algorithms: string[];
    requiredClaims: string[];
    read: (claims: JWTPayload, hash: string) => VerifiedToken | undefined;
  };
}

/** How tokens of ours are. */
const ours = {
  audience: accessTokenAudience, algorithms: ['ES256'], requiredClaims: ['exp', 'iat', 'jti', 'client_id', 'org', 'role'],
  read: (claims: JWTPayload, fingerprint: string): VerifiedToken | undefined => read(claims, fingerprint),
};

/** What a good access token says. */
export interface VerifiedToken {
  caller: Caller;
  /** Its `jti`, by which it is revoked. */
  id: string;
  /** SHA-256 of the token in base64url, the `ath` of proofs made for it. */
  hash: string;
  /** What it is bound to (RFC 7800): the thumbprint of a DPoP key or of a certificate. Without either whoever holds it may use it. */
  jkt?: string;
  certificate?: string;
}

/** How often the keys are fetched while tokens are verified, and how long a key that is not among them is no reason to fetch them again. */
const refreshMs = 15_000;
const cooldownMs = 2_000;

/**
 * Verifies the access tokens of partners: ES256 only, our issuer and audience, not expired, clocks at most 10 s apart.
 * A verified token is remembered until it expires, since checking its signature costs a hundred times a look-up.
 *
 * The keys are fetched in the background, long before the next one signs; once they are known, tokens are verified with them
 * for as long as partners is away.
 */
export class AccessTokens {
  private readonly keys: ReturnType<typeof createRemoteJWKSet>;
  /** Keys that were found among them, by algorithm and name, until they are fetched anew: to look for one costs time, too. */
  private found = new Map<string, CryptoKey>();
  private readonly keyOf = async (header: JWTHeaderParameters): Promise<CryptoKey> => {
    const name = `${header.alg} ${header.kid}`;
    let key = this.found.get(name);
    if (!key) this.found.set(name, key = await this.keys(header));
    return key;
  };

  private fetchedAt = performance.now();
  private readonly verified = new Map<string, { token: VerifiedToken; expiresAt: number }>();

  constructor(private readonly rules: AccessTokenRules) {
    this.keys = createRemoteJWKSet(rules.jwksUrl, {
      cooldownDuration: cooldownMs,
      cacheMaxAge: Infinity,
      timeoutDuration: 2_000,
      [customFetch]: (url, { headers, ...options }) =>
        (rules.fetch ?? fetch)(url, { ...options, headers: { ...Object.fromEntries(headers), ...rules.headers?.() } }),
    });
  }

  /** What a token says that was verified before and has not run out; undefined of any other, however good. */
  remembered(text: string): VerifiedToken | undefined {
    this.refresh();
    const known = this.verified.get(hash('sha256', text, 'base64url'));
    return known && known.expiresAt > Date.now() ? known.token : undefined;
  }

  /** What the token says; undefined when it is not valid. Throws when the keys cannot be fetched. */
  async verify(text: string): Promise<VerifiedToken | undefined> {
    this.refresh();
    const fingerprint = hash('sha256', text, 'base64url');
    const known = this.verified.get(fingerprint);
    if (known && known.expiresAt > Date.now()) return known.token;
    this.verified.delete(fingerprint);
    try {
      const { read: readClaims, ...expected } = this.rules.foreign ?? ours;
      const { payload } = await jwtVerify(text, this.keyOf, { ...expected, issuer: this.rules.issuer, clockTolerance: 10 });
      const token = readClaims(payload, fingerprint);
      if (token) this.remember(token, payload.exp! * 1000);
      return token;
    } catch (error) {
      if (error instanceof errors.JOSEError && !keysAreAway(error)) return undefined;
      throw error;
    }
  }

  /** Nobody waits for it, and when it fails the keys stay as they are until the next time. */
  private refresh(): void {
    if (performance.now() - this.fetchedAt < refreshMs || !this.keys.jwks()) return;
    this.fetchedAt = performance.now();
    void this.keys.reload().then(() => { this.found = new Map(); }, () => undefined);
  }

  private remember(token: VerifiedToken, expiresAt: number): void {
    if (this.verified.size >= 10_000) this.verified.delete(this.verified.keys().next().value!);
    this.verified.set(token.hash, { token, expiresAt });
  }
}

/** A token that is bound in a way that is not understood here is not a good one. */
function read({ role, org, client_id: clientId, jti, aud, cnf }: JWTPayload, fingerprint: string): VerifiedToken | undefined {
  if (!isSignedInRole(role) || typeof org !== 'string' || typeof clientId !== 'string' || typeof jti !== 'string' || typeof aud !== 'string') return undefined;
  const token = { caller: { role, organisationId: org, clientId }, id: jti, hash: fingerprint };
  if (cnf === undefined) return token;
  const { jkt, 'x5t#S256': certificate } = (cnf ?? {}) as Record<string, unknown>;
  if (typeof jkt === 'string' && certificate === undefined) return { ...token, jkt };
  if (typeof certificate === 'string' && jkt === undefined) return { ...token, certificate };
  return undefined;
}

/** jose tells a refused or unreadable answer of the JWKS from a bad token by the generic code alone. */
const keysAreAway = (error: errors.JOSEError): boolean =>
  error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === 'ERR_JOSE_GENERIC';

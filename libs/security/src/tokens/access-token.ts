import { createHash } from 'node:crypto';
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import { type Caller, isRole, type Role } from './caller.js';

/** The audience of every access token that partners issues. */
export const accessTokenAudience = 'urn:finharbor:api';

/** A token never makes an applicant or nobody of its bearer. */
const signedIn = new Set<Role>(['department', 'supervisor', 'bank', 'dashboard', 'administrator']);

export interface AccessTokenRules {
  /** The issuer, exactly as it stands in `iss`. */
  issuer: string;
  jwksUrl: URL;
  /** Sent when the keys are fetched, made anew each time: a service token lives for a minute only. */
  headers?: () => Record<string, string>;
  /** Fetches them, where not as everything else is fetched. */
  fetch?: typeof fetch;
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
  private fetchedAt = Date.now();
  private readonly verified = new Map<string, { caller: Caller; expiresAt: number }>();

  constructor(private readonly rules: AccessTokenRules) {
    this.keys = createRemoteJWKSet(rules.jwksUrl, {
      cooldownDuration: cooldownMs,
      cacheMaxAge: Infinity,
      timeoutDuration: 2_000,
      [customFetch]: (url, { headers, ...options }) =>
        (rules.fetch ?? fetch)(url, { ...options, headers: { ...Object.fromEntries(headers), ...rules.headers?.() } }),
    });
  }

  /** The caller named by the token; undefined when the token is not valid. Throws when the keys cannot be fetched. */
  async verify(token: string): Promise<Caller | undefined> {
    this.refresh();
    const fingerprint = createHash('sha256').update(token).digest('base64');
    const known = this.verified.get(fingerprint);
    if (known && known.expiresAt > Date.now()) return known.caller;
    this.verified.delete(fingerprint);
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        issuer: this.rules.issuer,
        audience: accessTokenAudience,
        algorithms: ['ES256'],
        clockTolerance: 10,
        requiredClaims: ['exp', 'iat', 'client_id', 'org', 'role'],
      });
      if (!isRole(payload.role) || !signedIn.has(payload.role) || typeof payload.org !== 'string' || typeof payload.client_id !== 'string') return undefined;
      const caller: Caller = { role: payload.role, organisationId: payload.org, clientId: payload.client_id };
      this.remember(fingerprint, caller, payload.exp! * 1000);
      return caller;
    } catch (error) {
      if (error instanceof errors.JOSEError && !keysAreAway(error)) return undefined;
      throw error;
    }
  }

  /** Nobody waits for it, and when it fails the keys stay as they are until the next time. */
  private refresh(): void {
    if (Date.now() - this.fetchedAt < refreshMs || !this.keys.jwks()) return;
    this.fetchedAt = Date.now();
    void this.keys.reload().catch(() => undefined);
  }

  private remember(fingerprint: string, caller: Caller, expiresAt: number): void {
    if (this.verified.size >= 10_000) this.verified.delete(this.verified.keys().next().value!);
    this.verified.set(fingerprint, { caller, expiresAt });
  }
}

/** jose tells a refused or unreadable answer of the JWKS from a bad token by the generic code alone. */
const keysAreAway = (error: errors.JOSEError): boolean =>
  error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === 'ERR_JOSE_GENERIC';

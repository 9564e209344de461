import { parseClaimMapping, peopleRules } from '@finharbor/security/people/people';
import { AccessTokens, type VerifiedToken } from '@finharbor/security/tokens/access-token';
import { decodeJwt, errors } from 'jose';
import type { GatewayConfig } from '../config.js';

/** Verifies the tokens of people, which the district's OpenID Connect provider gives them. */
export class People {
  private tokens?: Promise<AccessTokens>;

  constructor(private readonly config: GatewayConfig) {}

  /** Whether the token says that it comes from there. */
  issued(text: string): boolean {
    if (!this.config.PEOPLE_ISSUER) return false;
    try {
      return decodeJwt(text).iss === this.config.PEOPLE_ISSUER;
    } catch (error) {
      if (error instanceof errors.JOSEError) return false;
      throw error;
    }
  }

  /** What the token says; undefined when it is not valid. Throws when the provider's keys cannot be had. */
  async verify(text: string): Promise<VerifiedToken | undefined> {
    this.tokens ??= this.discover();
    // What could not be had now is asked for again by the next.
    this.tokens.catch(() => { this.tokens = undefined; });
    return (await this.tokens).verify(text);
  }

  private async discover(): Promise<AccessTokens> {
    const { PEOPLE_ISSUER: issuer, PEOPLE_AUDIENCE: audience, PEOPLE_JWKS_URL: given, PEOPLE_CLAIMS: claims, PEOPLE_ACR } = this.config;
    const mapping = parseClaimMapping(claims);
    const jwksUrl = new URL(given || await jwksOf(issuer));
    return new AccessTokens(peopleRules({ issuer, audience, jwksUrl, mapping, acr: PEOPLE_ACR.split(',').filter(Boolean) }));
  }
}

const patienceMs = 2_000;

async function jwksOf(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(patienceMs), redirect: 'error' });
  const document = await answer.json() as { issuer?: string; jwks_uri?: string };
  if (document.issuer !== issuer || !document.jwks_uri) throw new Error(`${url} is not the document of ${issuer}.`);
  return document.jwks_uri;
}

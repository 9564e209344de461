import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { AccessTokenRules, VerifiedToken } from '../tokens/access-token.js';

/** The roles in which people sign in. What else an organisation does, its programs do. */
export const peopleRoles = ['supervisor', 'dashboard', 'harbor-staff', 'system-administrator', 'security-administrator', 'audit-administrator'] as const;

/** How the claims of the district's OpenID Connect provider are read. */
const claimMapping = z.strictObject({
  /** The claim that names what the person may be: a text, or a list of which the first that is known counts. */
  roleClaim: z.string().min(1).default('role'),
  /** The provider's words for our roles; a word that is not here is taken for the role itself. */
  roles: z.record(z.string(), z.enum(peopleRoles)).default({}),
  /** The claim that names the person's organisation. */
  organisationClaim: z.string().min(1).default('org'),
  /** The provider's words for our organisations, whose ids are UUIDs; a word that is not here is taken for the id itself. */
  organisations: z.record(z.string(), z.uuid()).default({}),
});

export type ClaimMapping = z.infer<typeof claimMapping>;

/** Reads the mapping from JSON; from nothing the one in which claims speak our own words. Throws when it is neither. */
export const parseClaimMapping = (text: string): ClaimMapping => claimMapping.parse(JSON.parse(text || '{}'));

export interface PeopleSettings {
  issuer: string;
  audience: string;
  jwksUrl: URL;
  mapping: ClaimMapping;
  /** The authentication context classes that count as signing in with two factors (GB/T 22239-2019, 8.1.4.1); any where there are none. */
  acr: readonly string[];
}

/** People are signed in for so long at most, whatever their provider says, in seconds. */
const longestSeconds = 12 * 3_600;

/** The rules by which tokens of people are verified: signed by their provider, for us, by somebody whose role and organisation we know. */
export const peopleRules = (settings: PeopleSettings): AccessTokenRules => ({
  issuer: settings.issuer,
  jwksUrl: settings.jwksUrl,
  foreign: {
    audience: settings.audience,
    algorithms: ['ES256', 'PS256', 'RS256', 'EdDSA'],
    requiredClaims: ['exp', 'iat', 'sub', settings.mapping.roleClaim, settings.mapping.organisationClaim],
    read: (claims, hash) => readPerson(settings, claims, hash),
  },
});

function readPerson({ mapping, acr }: PeopleSettings, claims: JWTPayload, hash: string): VerifiedToken | undefined {
  const words = [claims[mapping.roleClaim]].flat().map((word) => find(mapping.roles, word));
  const role = words.find((word) => peopleRoles.includes(word as never));
  const organisationId = find(mapping.organisations, claims[mapping.organisationClaim]);
  const isKnown = role !== undefined && z.uuid().safeParse(organisationId).success && /^[\w.:@|-]{1,100}$/.test(claims.sub ?? '');
  const isShort = claims.exp! - claims.iat! <= longestSeconds;
  const isStrong = acr.length === 0 || acr.includes(String(claims.acr));
  if (!isKnown || !isShort || !isStrong || claims.cnf !== undefined) return undefined;
  const caller = { role: role as (typeof peopleRoles)[number], organisationId: organisationId as string, clientId: `person:${claims.sub}` };
  return { caller, id: String(claims.jti ?? hash), hash };
}

const find = (words: Record<string, string>, word: unknown): unknown => (typeof word === 'string' && Object.hasOwn(words, word) ? words[word] : word);

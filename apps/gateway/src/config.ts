import type { ServiceName } from '@finharbor/contracts/services';
import { parsed, processConfig } from '@finharbor/platform/config/config';
import { parseRedisUrl } from '@finharbor/platform/redis/redis-url';
import { parseClaimMapping } from '@finharbor/security/people/people';
import { accessTokenAudience } from '@finharbor/security/tokens/access-token';
import { z } from 'zod';
import { limitSettings } from './graph/limits.js';
import { parseProxies } from './proxies.js';

/** Where a service is, as an origin: the gateway adds the paths. */
const origin = z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin);

/** Empty where there is none. */
const urlOrNone = z.union([z.literal(''), z.url()]).default('');

const milliseconds = z.coerce.number().int().min(1);

export const gatewayConfig = processConfig.extend({
  PARTNERS_URL: origin,
  ENTERPRISE_LISTS_URL: origin,
  PRODUCT_CATALOG_URL: origin,
  LOAN_MATCHING_URL: origin,
  FEEDBACK_URL: origin,
  HARBORS_URL: origin,
  /** How long a service may take until it begins to answer a REST request. */
  ANSWER_TIMEOUT_MS: milliseconds.default(10_000),
  /** How long a service may pause within an answer, or until it answers an upload. */
  STREAM_TIMEOUT_MS: milliseconds.default(60_000),
  /** How long a service may take for its part of a GraphQL query. */
  GRAPHQL_TIMEOUT_MS: milliseconds.default(5_000),
  /** Where requests are counted for all gateways together (parseRedisUrl); without it each counts its own. */
  REDIS_URL: parsed(parseRedisUrl).optional(),
  QUEUE_PREFIX: z.string().min(1).default('{finharbor}'),
  /** Times the rates of rates/policies.ts; 0 for none. */
  RATE_LIMIT_FACTOR: z.coerce.number().min(0).default(1),
  /**
   * Proxies in front of the gateway, as addresses or networks separated by commas: they alone are believed about who calls
   * (`X-Forwarded-For`).
   */
  TRUSTED_PROXIES: parsed(parseProxies).default(''),
  /**
   * In which header such a proxy passes on the certificate that a client showed it (see certificateThumbprint); it must replace or drop
   * what clients send under that name themselves. Without it no token is bound to a certificate.
   */
  CLIENT_CERTIFICATE_HEADER: z.string().regex(/^[!-9;-~]+$/).transform((name) => name.toLowerCase()).optional(),
  /**
   * The district's OpenID Connect provider, where people sign in: its issuer, the audience that its access tokens have for us, and where
   * its keys are (what its discovery document says, unless set). Without an issuer only programs sign in.
   */
  PEOPLE_ISSUER: urlOrNone,
  PEOPLE_AUDIENCE: z.string().min(1).default(accessTokenAudience),
  PEOPLE_JWKS_URL: urlOrNone,
  /** How its claims are read: see parseClaimMapping. */
  PEOPLE_CLAIMS: parsed(parseClaimMapping).default(''),
  /** The `acr` values, separated by commas, that count as signing in with two factors; any when empty. */
  PEOPLE_ACR: z.string().default(''),
  ...limitSettings,
});

export type GatewayConfig = z.infer<typeof gatewayConfig>;

export const serviceUrls = (config: GatewayConfig): Record<ServiceName, string> => ({
  partners: config.PARTNERS_URL,
  'enterprise-lists': config.ENTERPRISE_LISTS_URL,
  'product-catalog': config.PRODUCT_CATALOG_URL,
  'loan-matching': config.LOAN_MATCHING_URL,
  feedback: config.FEEDBACK_URL,
  harbors: config.HARBORS_URL,
});

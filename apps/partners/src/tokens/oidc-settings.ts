import { proofAlgorithms } from '@finharbor/security/dpop/dpop-proofs';
import { dpopNonceSecret } from '@finharbor/security/dpop/dpop-nonces';
import { accessTokenAudience } from '@finharbor/security/tokens/access-token';
import { parseServiceKeys } from '@finharbor/security/tokens/service-token';
import type { JWK } from 'jose';
import type * as Oidc from 'oidc-provider';
import type { Adapter, AllClientMetadata, Configuration } from 'oidc-provider';
import type { PartnersConfig } from '../config.js';
import { assertionProblem, clockSeconds } from './assertion-rules.js';
import type { KnownClient } from './client-lookup.js';

/** What stands in the discovery documents: the rest of oidc-provider's answer is about signing people in, which it does not do here. */
export const metadataFields = [
  'issuer', 'token_endpoint', 'jwks_uri', 'introspection_endpoint', 'revocation_endpoint', 'grant_types_supported', 'response_types_supported',
  'subject_types_supported', 'id_token_signing_alg_values_supported', 'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported', 'dpop_signing_alg_values_supported', 'tls_client_certificate_bound_access_tokens',
];

/** oidc-provider as an authorization server of FAPI 2.0 for programs alone. */
export function oidcSettings(oidc: typeof Oidc, config: PartnersConfig, keys: JWK[], adapter: (model: string) => Adapter): Configuration {
  const { InvalidClientAuth, InvalidTarget } = oidc.errors;
  const [serviceKey] = parseServiceKeys(config.SERVICE_KEY);
  return {
    adapter,
    jwks: { keys: keys as never },
    routes: { token: '/oauth/token', jwks: '/oauth/jwks', introspection: '/oauth/introspection', revocation: '/oauth/revocation' },
    clientAuthMethods: config.SANDBOX ? ['private_key_jwt', 'client_secret_basic'] : ['private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: proofAlgorithms as never, dPoPSigningAlgValues: proofAlgorithms as never },
    clockTolerance: clockSeconds,
    assertJwtClientAuthClaimsAndHeader: async (_ctx, claims) => {
      const problem = assertionProblem(claims, config.PUBLIC_URL);
      if (problem) throw new InvalidClientAuth(problem);
    },
    clientDefaults: { grant_types: ['client_credentials'], response_types: [], redirect_uris: [], id_token_signed_response_alg: 'ES256' },
    extraClientMetadata: { properties: ['org', 'role'] },
    responseTypes: [],
    scopes: [],
    ttl: { ClientCredentials: config.ACCESS_TOKEN_SECONDS },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      fapi: { enabled: true, profile: '2.0' },
      dPoP: { enabled: true, nonceSecret: dpopNonceSecret(serviceKey), requireNonce: () => true },
      // The gateway alone speaks to this service: what it says of certificates, a proxy of ours has seen.
      mTLS: { enabled: config.CLIENT_CERTIFICATE_HEADER !== undefined, certificateBoundAccessTokens: true, getCertificate: (ctx) => ctx.get('x-client-certificate') || undefined },
      introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      // Every token is for the one API, as a JWT.
      resourceIndicators: {
        enabled: true,
        defaultResource: () => accessTokenAudience,
        getResourceServerInfo: (_ctx, resource) => {
          if (resource !== accessTokenAudience) throw new InvalidTarget();
          return { scope: '', audience: accessTokenAudience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
        },
      },
    },
    extraTokenClaims: (_ctx, token) => ({ org: token.client?.org, role: token.client?.role }),
    clientBasedCORS: () => false,
    // In OAuth's own form even for a browser.
    renderError: (ctx, out) => { ctx.body = out; },
  };
}

/** A client as oidc-provider knows clients. */
export function oidcClient({ id, organisationId, role, secretHash, keys, senderConstraint }: KnownClient): AllClientMetadata {
  const both = { client_id: id, org: organisationId, role };
  if (!keys) return { ...both, token_endpoint_auth_method: 'client_secret_basic', client_secret: secretHash! };
  return {
    ...both,
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: keys as never },
    ...(senderConstraint === 'CERTIFICATE' ? { tls_client_certificate_bound_access_tokens: true } : { dpop_bound_access_tokens: true }),
  };
}

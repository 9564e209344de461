import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CONFIG } from '@finharbor/platform/config/config';
import { toDomainError } from '@finharbor/platform/errors/to-domain-error';
import { LOGGER } from '@finharbor/platform/logs/token';
import { accessTokenAudience } from '@finharbor/security/tokens/access-token';
import { secretMatches } from '@finharbor/security/tokens/secrets';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { JWK } from 'jose';
import type * as Oidc from 'oidc-provider';
import type { Adapter, Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Logger } from 'pino';
import type { PartnersConfig } from '../config.js';
import { ClientLookup } from './client-lookup.js';
import { loadOidcProvider } from './oidc.js';
import { SigningKeys } from './signing-keys.js';

/** No request is answered with keys that were read longer ago: so all replicas follow a rotation, without being told. */
const followMs = 2_000;

/** What stands in the discovery documents: the rest of oidc-provider's answer is about signing people in, which it does not do here. */
const metadataFields = [
  'issuer', 'token_endpoint', 'jwks_uri', 'grant_types_supported', 'response_types_supported', 'subject_types_supported',
  'id_token_signing_alg_values_supported', 'token_endpoint_auth_methods_supported',
];

/** The authorization server (oidc-provider): client credentials for access tokens, and the keys to verify them by. */
@Injectable()
export class TokenServer implements OnModuleInit {
  private oidc: typeof Oidc;
  private respond: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** The keys that it answers with, by their names in order. */
  private kids?: string;
  private readAt = -Infinity;
  private reading?: Promise<void>;

  constructor(
    @Inject(CONFIG) private readonly config: PartnersConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly keys: SigningKeys,
    private readonly clients: ClientLookup,
  ) {}

  async onModuleInit(): Promise<void> {
    this.oidc = await loadOidcProvider(this.logger);
    await this.follow();
  }

  /** Answers a request whose body nobody has read yet. Keys that cannot be read anew are shown as they were, but sign nothing. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.follow();
    } catch (error) {
      this.logger.warn({ err: error }, 'signing keys');
      if (request.method === 'POST') return sayAway(response);
    }
    return this.respond(request, response);
  }

  /** Reads the keys again where that was too long ago, once for all who wait. Requests under way end with the keys that they began with. */
  private async follow(): Promise<void> {
    if (performance.now() - this.readAt < followMs) return;
    this.reading ??= this.read().finally(() => { this.reading = undefined; });
    await this.reading;
  }

  private async read(): Promise<void> {
    const begun = performance.now();
    const keys = await this.keys.load();
    const kids = keys.map(({ kid }) => kid).join();
    if (kids !== this.kids) {
      const provider = new this.oidc.Provider(this.config.PUBLIC_URL, this.configuration(keys));
      this.compareSecretsByHash(provider);
      this.nameOurselvesByIssuer(provider);
      this.log(provider);
      this.respond = provider.callback();
      this.kids = kids;
    }
    this.readAt = begun;
  }

  private configuration(keys: JWK[]): Configuration {
    const { InvalidTarget } = this.oidc.errors;
    return {
      adapter: (model) => this.adapterOf(model),
      jwks: { keys: keys as never },
      routes: { token: '/oauth/token', jwks: '/oauth/jwks' },
      clientAuthMethods: ['client_secret_basic'],
      clientDefaults: { grant_types: ['client_credentials'], response_types: [], redirect_uris: [], id_token_signed_response_alg: 'ES256' },
      extraClientMetadata: { properties: ['org', 'role'] },
      responseTypes: [],
      scopes: [],
      ttl: { ClientCredentials: this.config.ACCESS_TOKEN_SECONDS },
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: false },
        dPoP: { enabled: false },
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

  /** Clients are ours; nothing else is stored, since a JWT needs no row. */
  private adapterOf(model: string): Adapter {
    const nothing = (): Promise<never> => Promise.reject(new Error(`${model} is not stored here.`));
    const find = async (id: string): Promise<Record<string, string>> => {
      const client = await this.clients.find(id);
      return { client_id: client.id, client_secret: client.secretHash, org: client.organisationId, role: client.role };
    };
    return {
      find: model === 'Client' ? find : nothing,
      upsert: nothing, findByUserCode: nothing, findByUid: nothing, consume: nothing, destroy: nothing, revokeByGrantId: nothing,
    };
  }

  private compareSecretsByHash(provider: Provider): void {
    provider.Client.prototype.compareClientSecret = function compare(given: string) {
      return secretMatches(given, this.clientSecret!);
    };
  }

  /** Requests come through the gateway with this service's own address: the URLs in answers are the issuer's all the same. */
  private nameOurselvesByIssuer(provider: Provider): void {
    provider.OIDCContext.prototype.urlFor = (name) => provider.urlFor(name);
    provider.use(async (ctx, next) => {
      await next();
      if (ctx.oidc?.route !== 'discovery' || ctx.status !== 200) return;
      const metadata = ctx.body as Record<string, unknown>;
      ctx.body = Object.fromEntries(metadataFields.map((field) => [field, metadata[field]]));
    });
  }

  private log(provider: Provider): void {
    provider.on('grant.success', (ctx: KoaContextWithOIDC) => this.logger.info({ client: ctx.oidc.client?.clientId }, 'token issued'));
    provider.on('grant.error', (ctx: KoaContextWithOIDC, error: Error) =>
      this.logger.info({ client: ctx.oidc.client?.clientId, error: error.message }, 'token refused'));
    provider.on('server_error', (ctx: KoaContextWithOIDC, error: Error) => {
      this.logger.error({ err: error }, 'token endpoint');
      if (toDomainError(error)?.status !== 503) return;
      ctx.status = 503;
      ctx.set('retry-after', '2');
      ctx.body = away;
    });
    // Koa's own, without which it would write to stderr.
    (provider as EventEmitter).on('error', (error: Error) => this.logger.error({ err: error }, 'token endpoint'));
  }
}

/** In OAuth's form, while the database is away. */
const away = { error: 'temporarily_unavailable', error_description: 'a service that this needs is away' };

function sayAway(response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'retry-after': '2' }).end(JSON.stringify(away));
}

import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CONFIG } from '@finharbor/platform/config/config';
import { toDomainError } from '@finharbor/platform/errors/to-domain-error';
import { LOGGER } from '@finharbor/platform/logs/token';
import { secretMatches } from '@finharbor/security/tokens/secrets';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { JSONWebKeySet } from 'jose';
import type * as Oidc from 'oidc-provider';
import type { Adapter, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Logger } from 'pino';
import type { PartnersConfig } from '../config.js';
import { ClientLookup } from './client-lookup.js';
import { FailedTries } from './failed-tries.js';
import { loadOidcProvider } from './oidc.js';
import { metadataFields, oidcClient, oidcSettings } from './oidc-settings.js';
import { PresentedTokens } from './presented-tokens.js';
import { Revocations } from './revocations.js';
import { SigningKeys } from './signing-keys.js';
import { UsedJtis } from './used-jtis.js';

/** No request is answered with keys that were read longer ago: so all replicas follow a rotation, without being told. */
const followMs = 2_000;

/** Where a token is presented that is not the caller's authorization. */
const presenting = /^\/oauth\/(introspection|revocation)([?]|$)/;

/** The authorization server (oidc-provider): client credentials for access tokens, and the keys to verify them by. */
@Injectable()
export class TokenServer implements OnModuleInit {
  private oidc: typeof Oidc;
  private respond: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** The keys that it answers with, by their names in order, and their public parts. */
  private kids?: string;
  private published: JSONWebKeySet = { keys: [] };
  private readAt = -Infinity;
  private reading?: Promise<void>;
  private readonly failed = new FailedTries();
  private readonly presented: PresentedTokens;

  constructor(
    @Inject(CONFIG) private readonly config: PartnersConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly keys: SigningKeys,
    private readonly clients: ClientLookup,
    private readonly usedJtis: UsedJtis,
    private readonly revocations: Revocations,
  ) {
    this.presented = new PresentedTokens(config.PUBLIC_URL);
  }

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
    if (!presenting.test(request.url ?? '')) return this.respond(request, response);
    return this.presented.answer(request, this.published, (replayed) => this.respond(replayed, response));
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
      const settings = oidcSettings(this.oidc, this.config, keys, (model) => this.adapterOf(model));
      const provider = new this.oidc.Provider(this.config.PUBLIC_URL, settings);
      this.compareSecretsByHash(provider);
      this.useNamesOnce(provider);
      this.bindToThumbprints(provider);
      this.slowDownFailures(provider);
      this.nameOurselvesByIssuer(provider);
      this.log(provider);
      this.respond = provider.callback();
      this.published = { keys: keys.map(({ d: _private, ...key }) => key) };
      this.kids = kids;
    }
    this.readAt = begun;
  }

  /**
   * Clients are ours, and a token is the one that was presented: a JWT needs no row. That assertions and proofs are used once, UsedJtis
   * looks after.
   */
  private adapterOf(model: string): Adapter {
    const nothing = (): Promise<never> => Promise.reject(new Error(`${model} is not stored here.`));
    const find = async (id: string): Promise<object | undefined> => {
      if (model === 'Client') {
        const client = await this.clients.find(id);
        return client && oidcClient(client);
      }
      const token = model === 'ClientCredentials' ? this.presented.current : undefined;
      return token && !await this.revocations.isRevoked(token.jti) ? token : undefined;
    };
    const destroy = async (): Promise<void> => {
      if (this.presented.current) await this.revocations.revoke(this.presented.current);
    };
    return {
      find: find as never, destroy,
      upsert: nothing, findByUserCode: nothing, findByUid: nothing, consume: nothing, revokeByGrantId: nothing,
    };
  }

  /** oidc-provider looks first and writes then: fifty who come at once would all find nothing. */
  private useNamesOnce(provider: Provider): void {
    type Unique = (clientId: string, jti: string, until: number) => Promise<boolean>;
    const models = provider as unknown as { ReplayDetection: { unique: Unique } };
    models.ReplayDetection.unique = (clientId, jti, until) => this.usedJtis.isNew(clientId, jti, Math.max(1, until - Date.now() / 1000));
  }

  /** What the gateway passes on is the thumbprint already. */
  private bindToThumbprints(provider: Provider): void {
    const { prototype } = provider.ClientCredentials;
    const { setThumbprint } = prototype;
    prototype.setThumbprint = function set(kind: string, value: string) {
      if (kind === 'x5t') this['x5t#S256'] = value;
      else setThumbprint.call(this, kind as 'jkt', value);
    };
  }

  /** Whoever could not authenticate learns nothing from how long that took. */
  private slowDownFailures(provider: Provider): void {
    provider.use(async (ctx, next) => {
      const begun = performance.now();
      await next();
      if (ctx.status === 401) await this.failed.wait(ctx.oidc?.params?.client_id as string ?? ctx.oidc?.client?.clientId ?? '', begun);
    });
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

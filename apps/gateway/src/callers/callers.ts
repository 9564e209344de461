import type { BlockList } from 'node:net';
import { DomainError } from '@finharbor/contracts/errors';
import type { ServiceName } from '@finharbor/contracts/services';
import { CONFIG } from '@finharbor/platform/config/config';
import { LOGGER } from '@finharbor/platform/logs/token';
import { FirstUses } from '@finharbor/platform/redis/first-uses';
import { DpopNonces } from '@finharbor/security/dpop/dpop-nonces';
import { DpopProofs, proofAlgorithms, type ProofError, proofMs } from '@finharbor/security/dpop/dpop-proofs';
import { AccessTokens, type VerifiedToken } from '@finharbor/security/tokens/access-token';
import { anonymous, type Caller } from '@finharbor/security/tokens/caller';
import { internalAudience, parseServiceKeys, type ServiceKeys, signServiceToken } from '@finharbor/security/tokens/service-token';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { fetch, type RequestInit } from 'undici';
import type { GatewayConfig } from '../config.js';
import { isTrusted, parseProxies } from '../proxies.js';
import { Services } from '../services.js';
import { certificateThumbprint } from './client-certificate.js';
import { People } from './people.js';
import { Revocations } from './revocations.js';

/** What a request shows of who sent it. */
export interface Shown {
  authorization: string | undefined;
  /** The proof in the DPoP header. */
  proof: string | undefined;
  method: string;
  /** The path as it was asked for, with or without its query. */
  path: string;
  /** The thumbprint of the certificate that the client showed to a proxy of ours. */
  certificate: string | undefined;
}

/** A refusal with what WWW-Authenticate says to it (RFC 6750, 3; RFC 9449, 7.1). */
export class Unproven extends DomainError {
  constructor(readonly challenge: string, detail = 'The access token is malformed, expired, revoked or not one of ours.') {
    super('UNAUTHENTICATED', detail);
  }
}

/** In whose name the gateway asks partners what only those who verify tokens need to know. */
const itself: Caller = { role: 'security-administrator', organisationId: null, clientId: 'gateway' };

const bearerRefused = 'Bearer error="invalid_token"';
const dpopRefused = (error: ProofError | 'invalid_token'): string => `DPoP error="${error}", algs="${proofAlgorithms.join(' ')}"`;

const proofDetails: Record<ProofError, string> = {
  invalid_dpop_proof: 'The DPoP proof is missing, used before, or not for this request, this token and this key.',
  use_dpop_nonce: 'The DPoP proof needs the nonce of the DPoP-Nonce header.',
};

/** Finds out who calls, and vouches for them to the services. */
@Injectable()
export class Callers implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly tokens: AccessTokens;
  private readonly people: People;
  private readonly proofs: DpopProofs;
  private readonly nonces: DpopNonces;
  private readonly uses: FirstUses;
  private readonly revocations: Revocations;
  private readonly serviceKeys: ServiceKeys;
  /** What a client puts before a path to come here. */
  private readonly base: string;
  private readonly proxies: BlockList;
  private readonly certificateHeader?: string;

  constructor(@Inject(CONFIG) config: GatewayConfig, @Inject(LOGGER) logger: Logger, services: Services) {
    this.serviceKeys = parseServiceKeys(config.SERVICE_KEY);
    this.people = new People(config);
    this.base = config.PUBLIC_URL.replace(/\/$/, '');
    this.proxies = parseProxies(config.TRUSTED_PROXIES);
    this.certificateHeader = config.CLIENT_CERTIFICATE_HEADER;
    // On the connections of the services, which bear that a process is replaced.
    const ask = (url: string | URL, options: RequestInit): Promise<Response> =>
      fetch(url, { ...options, dispatcher: services.agent }) as never;
    this.tokens = new AccessTokens({
      issuer: config.PUBLIC_URL,
      jwksUrl: new URL('/oauth/jwks', config.PARTNERS_URL),
      fetch: ask as never,
      headers: () => ({ 'x-service-token': this.vouch(anonymous, 'partners') }),
    });
    this.revocations = new Revocations((etag, signal) => ask(new URL('/v1/revocations', config.PARTNERS_URL), {
      signal, headers: { 'x-service-token': this.vouch(itself, 'partners'), ...(etag && { 'if-none-match': etag }) },
    }), logger);
    this.nonces = new DpopNonces(this.serviceKeys);
    this.uses = new FirstUses(config.REDIS_URL, `${config.QUEUE_PREFIX}:dpop`, proofMs, logger);
    this.proofs = new DpopProofs(this.nonces, (id) => this.uses.isNew(id));
  }

  async onApplicationBootstrap(): Promise<void> {
    this.revocations.start();
    await this.uses.connected();
  }

  async onApplicationShutdown(): Promise<void> {
    this.uses.close();
    await this.revocations.stop();
  }

  /** For the next proof of a client that uses DPoP. */
  get nonce(): string {
    return this.nonces.next();
  }

  /** Without a token nobody in particular; a token that is not good is refused and never taken for none. */
  async identify(shown: Shown): Promise<Caller> {
    if (shown.authorization === undefined) return anonymous;
    const [, scheme, text] = /^(Bearer|DPoP) +([\w.~+/-]+=*)$/i.exec(shown.authorization) ?? [];
    const isDpop = scheme?.toLowerCase() === 'dpop';
    const token = text === undefined ? undefined : await this.verify(text);
    // Each kind of token is good in its own way alone: a bound one never goes as a plain one.
    if (!token || isDpop !== (token.jkt !== undefined)) throw new Unproven(isDpop ? dpopRefused('invalid_token') : bearerRefused);
    if (token.certificate !== undefined && token.certificate !== shown.certificate) {
      throw new Unproven(bearerRefused, 'The access token is bound to another certificate.');
    }
    if (isDpop) await this.checkProof(shown, token);
    return token.caller;
  }

  /** The thumbprint of the certificate that a client showed to a proxy of ours. Nobody else is believed about that, whatever they send. */
  certificateOf({ headers, socket }: Pick<FastifyRequest, 'headers' | 'socket'>): string | undefined {
    if (!this.certificateHeader || !isTrusted(this.proxies, socket.remoteAddress ?? '')) return undefined;
    return certificateThumbprint(headers[this.certificateHeader]);
  }

  /** The gateway's word to a service about who is calling; no other service takes it. */
  vouch(caller: Caller, service: ServiceName): string {
    return signServiceToken(this.serviceKeys, caller, service);
  }

  /** The gateway's word to a service for itself, which opens the service's internal routes alone. */
  vouchForItself(service: ServiceName): string {
    return signServiceToken(this.serviceKeys, itself, internalAudience(service));
  }

  private async checkProof({ proof, method, path }: Shown, { hash: tokenHash, jkt }: VerifiedToken): Promise<void> {
    const error = proof === undefined ? 'invalid_dpop_proof' : await this.proofs.check({ proof, method, url: this.base + path, tokenHash, jkt: jkt! });
    if (error) throw new Unproven(dpopRefused(error), proofDetails[error]);
  }

  private async verify(text: string): Promise<VerifiedToken | undefined> {
    let token: VerifiedToken | undefined;
    try {
      token = this.tokens.remembered(text) ?? await (this.people.issued(text) ? this.people : this.tokens).verify(text);
      await this.revocations.known();
    } catch {
      throw new DomainError('SERVICE_UNAVAILABLE', 'Access tokens cannot be checked at the moment.');
    }
    return token && !this.revocations.has(token) ? token : undefined;
  }
}

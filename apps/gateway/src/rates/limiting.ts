import { createHmac } from 'node:crypto';
import { DomainError } from '@finharbor/contracts/errors';
import { CONFIG } from '@finharbor/platform/config/config';
import { LOGGER } from '@finharbor/platform/logs/token';
import { type Rate, type RatePolicy, Rates } from '@finharbor/platform/rates/rates';
import { anonymous, type Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { contextOf } from '../callers/request-context.js';
import type { GatewayConfig } from '../config.js';
import { type CountedBy, ruleFor, wrongSecrets } from './policies.js';

/** Holds callers to their rates, and tells each what is left (draft-ietf-httpapi-ratelimit-headers). */
@Injectable()
export class Limiting implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rates?: Rates;
  private readonly factor: number;
  private readonly key: Buffer;

  constructor(@Inject(CONFIG) config: GatewayConfig, @Inject(LOGGER) logger: Logger) {
    this.factor = config.RATE_LIMIT_FACTOR;
    this.key = Buffer.from(config.SERVICE_KEY);
    if (this.factor > 0) this.rates = new Rates(config.REDIS_URL, config.QUEUE_PREFIX, logger);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.rates?.connected();
  }

  onApplicationShutdown(): void {
    this.rates?.close();
  }

  /** A hook that counts the request, and refuses it when there were too many. Comes when it is known who calls. */
  readonly count = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (!this.rates) return;
    const caller = contextOf(request).caller ?? anonymous;
    const secret = caller.role === 'anonymous' ? request.headers['access-secret'] : undefined;
    if (secret !== undefined) {
      const guesses = await this.rates.look(this.scaled(wrongSecrets), this.keyOf('address', request, caller));
      if (guesses.isExceeded) this.refuse(reply, guesses);
    }
    const path = request.routeOptions.url!.replaceAll(/:(\w+)/g, '{$1}');
    const { by, ...policy } = ruleFor(caller.role, request.method, path, secret !== undefined);
    const rate = await this.rates.take(this.scaled(policy), this.keyOf(by, request, caller));
    void reply.headers({
      'ratelimit-policy': `"${policy.name}";q=${rate.policy.requests};w=${rate.policy.seconds}`,
      'ratelimit': `"${policy.name}";r=${rate.remaining};t=${rate.resetSeconds}`,
    });
    if (rate.isExceeded) this.refuse(reply, rate);
  };

  /** A hook that remembers who tried an access secret that opens nothing. */
  readonly countWrongSecret = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const isWrong = request.headers['access-secret'] !== undefined && [401, 403, 404].includes(reply.statusCode);
    if (isWrong) await this.rates?.take(this.scaled(wrongSecrets), this.keyOf('address', request, anonymous));
  };

  private scaled(policy: RatePolicy): RatePolicy {
    return { ...policy, requests: Math.max(1, Math.round(policy.requests * this.factor)) };
  }

  private refuse(reply: FastifyReply, { policy, resetSeconds }: Rate): never {
    void reply.header('retry-after', String(Math.max(1, resetSeconds)));
    throw new DomainError('RATE_LIMITED', `No more than ${policy.requests} requests in ${policy.seconds} s (${policy.name}); again in ${resetSeconds} s.`);
  }

  /** Addresses and secrets are not for Redis: what stands there is a keyed fingerprint. */
  private keyOf(by: CountedBy, request: FastifyRequest, caller: Caller): string {
    const whole = { address: request.ip, client: caller.clientId, organisation: caller.organisationId, secret: String(request.headers['access-secret']) }[by];
    return createHmac('sha256', this.key).update(whole ?? request.ip).digest('base64url').slice(0, 22);
  }
}

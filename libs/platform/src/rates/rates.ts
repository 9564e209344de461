import { once } from 'node:events';
import type { Logger } from 'pino';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, RLWrapperTimeouts } from 'rate-limiter-flexible';
import { within } from '../boot/grace.js';
import { connectRedis, type RedisConnection } from '../redis/connect-redis.js';

/** So many requests within so many seconds, counted from the first of them. */
export interface RatePolicy {
  name: string;
  requests: number;
  seconds: number;
}

/** What is left of a policy for one key. */
export interface Rate {
  policy: RatePolicy;
  isExceeded: boolean;
  remaining: number;
  /** Until all is there again. */
  resetSeconds: number;
}

type Limiter = Pick<RLWrapperTimeouts, 'consume' | 'get'>;

/** A request waits no longer than this to be counted with those of the other processes. */
const patienceMs = 100;
const connectMs = 1_000;

/** Counts requests in Redis, for all processes together; with Redis away or silent each process counts its own. */
export class Rates {
  private readonly redis?: RedisConnection;
  private readonly limiters = new Map<string, Limiter>();

  /** @param redisUrl without it this process counts for itself. @param prefix of the keys, with the braces of a Redis Cluster */
  constructor(redisUrl: string | undefined, private readonly prefix: string, logger: Logger) {
    this.redis = redisUrl === undefined ? undefined : connectRedis(redisUrl, logger);
  }

  /** Counts one request. */
  take(policy: RatePolicy, key: string): Promise<Rate> {
    return told(policy, this.limiter(policy).consume(key));
  }

  /** Looks without counting. */
  async look(policy: RatePolicy, key: string): Promise<Rate> {
    return told(policy, this.limiter(policy).get(key), 1);
  }

  /** Waits for Redis, but not long: the first requests are then counted with those of the others. */
  async connected(): Promise<void> {
    if (this.redis && this.redis.status !== 'ready') await within(connectMs, once(this.redis, 'ready'));
  }

  close(): void {
    this.redis?.disconnect();
  }

  private limiter(policy: RatePolicy): Limiter {
    let limiter = this.limiters.get(policy.name);
    if (!limiter) this.limiters.set(policy.name, limiter = this.create(policy));
    return limiter;
  }

  private create({ name, requests, seconds }: RatePolicy): Limiter {
    const options = { keyPrefix: `${this.prefix}:rate:${name}`, points: requests, duration: seconds };
    const local = new RateLimiterMemory(options);
    if (!this.redis) return local;
    const shared = new RateLimiterRedis({ ...options, storeClient: this.redis, rejectIfRedisNotReady: true, insuranceLimiter: local });
    return new RLWrapperTimeouts({ limiter: shared, timeoutMs: patienceMs, insuranceLimiter: local } as never);
  }
}

/** @param next how many requests are asked for beyond what is counted */
async function told(policy: RatePolicy, counting: Promise<RateLimiterRes | null>, next = 0): Promise<Rate> {
  const result = await counting.catch((refused: unknown) => {
    if (refused instanceof RateLimiterRes) return refused;
    throw refused;
  });
  return {
    policy,
    isExceeded: (result?.consumedPoints ?? 0) + next > policy.requests,
    remaining: Math.max(0, policy.requests - (result?.consumedPoints ?? 0)),
    resetSeconds: Math.ceil((result?.msBeforeNext ?? 0) / 1_000),
  };
}

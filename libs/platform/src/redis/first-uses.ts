import { once } from 'node:events';
import type { Logger } from 'pino';
import { within } from '../boot/grace.js';
import { connectRedis, type RedisConnection } from './connect-redis.js';

/** Nobody waits longer than this for Redis to answer. */
const patienceMs = 100;
const connectMs = 1_000;

/**
 * Tells what is used for the first time from what is used again, among all processes that share a Redis. With Redis away or silent
 * each process knows its own uses alone.
 */
export class FirstUses {
  private readonly redis?: RedisConnection;
  /** Until when each use is remembered, the oldest first. */
  private readonly seen = new Map<string, number>();

  /** @param prefix of the keys, with the braces of a Redis Cluster @param ms how long a use is remembered */
  constructor(redisUrl: string | undefined, private readonly prefix: string, private readonly ms: number, logger: Logger) {
    this.redis = redisUrl === undefined ? undefined : connectRedis(redisUrl, logger);
  }

  /** Whether nobody used the id within the time; of several who ask at once one is told so. */
  async isNew(id: string): Promise<boolean> {
    const now = performance.now();
    for (const [old, until] of this.seen) {
      if (until > now) break;
      this.seen.delete(old);
    }
    if (this.seen.has(id)) return false;
    this.seen.set(id, now + this.ms);
    if (this.redis?.status !== 'ready') return true;
    let isFirst = true;
    await within(patienceMs, this.redis.set(`${this.prefix}:${id}`, '1', 'PX', this.ms, 'NX').then((answer) => { isFirst = answer === 'OK'; }));
    return isFirst;
  }

  /** Waits for Redis, but not long: the first uses are then known to the others. */
  async connected(): Promise<void> {
    if (this.redis && this.redis.status !== 'ready') await within(connectMs, once(this.redis, 'ready'));
  }

  close(): void {
    this.redis?.disconnect();
  }
}

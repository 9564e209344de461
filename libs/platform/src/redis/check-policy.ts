import { Cluster } from 'ioredis';
import type { Logger } from 'pino';
import type { RedisConnection } from './connect-redis.js';

const patienceMs = 2_000;
const right = 'noeviction';

/**
 * Refuses a Redis that may throw keys away when it is full: they would be jobs. One that is away is asked when it comes
 * back, and then all that can be done is to say so; what it evicts is sent again by the sweep.
 */
export async function checkPolicy(redis: RedisConnection, logger: Logger): Promise<void> {
  const complain = (error: unknown): void => logger.error({ err: error }, 'Redis is wrongly configured');
  if (await isReady(redis)) await check(redis);
  redis.on('ready', () => void check(redis).catch(complain));
}

async function check(redis: RedisConnection): Promise<void> {
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis];
  for (const server of servers) {
    const policy = /maxmemory_policy:(\S+)/.exec(await server.info('memory'))?.[1];
    if (policy && policy !== right) {
      throw new Error(`Redis has maxmemory-policy ${policy}, under which it loses jobs when it is full. Set it to ${right}.`);
    }
  }
}

/** Whether the connection is made at once; a failure is an answer too. */
function isReady(redis: RedisConnection): Promise<boolean> {
  if (redis.status === 'ready') return Promise.resolve(true);
  return new Promise((resolve) => {
    const ready = (): void => end(true);
    const failed = (): void => end(false);
    const timer = setTimeout(failed, patienceMs);
    const end = (answer: boolean): void => {
      clearTimeout(timer);
      redis.off('ready', ready).off('error', failed).off('close', failed);
      resolve(answer);
    };
    redis.on('ready', ready).on('error', failed).on('close', failed);
  });
}

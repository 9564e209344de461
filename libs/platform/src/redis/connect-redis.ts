import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { ServiceConfig } from '../config/config.js';

/**
 * Connects and does not wait for it: a service runs without Redis. What is asked of it meanwhile waits, however long;
 * whoever must not wait asks `status` first.
 */
export function connectRedis(config: ServiceConfig, logger: Logger): Redis {
  const redis = new Redis(config.REDIS_URL, {
    maxRetriesPerRequest: null,
    disconnectTimeout: 200,
    retryStrategy: (tries) => Math.min(100 * tries, 1_000),
  });
  let down = false;
  redis.on('error', (error) => {
    if (!down) logger.warn({ err: error }, 'Redis is away; events wait in the outbox');
    down = true;
  });
  redis.on('ready', () => {
    if (down) logger.info('Redis is back');
    down = false;
  });
  return redis;
}

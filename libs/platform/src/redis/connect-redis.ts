import { once } from 'node:events';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import { within } from '../boot/grace.js';
import { parseRedisUrl, type RedisAddress } from './redis-url.js';

export type RedisConnection = Redis | Cluster;

const retry = (tries: number): number => Math.min(100 * tries, 1_000);

const common: RedisOptions = {
  maxRetriesPerRequest: null,
  disconnectTimeout: 200,
  connectTimeout: 3_000,
  retryStrategy: retry,
  /** A server that became a replica takes no writes: ask again who the master is, and send the command there. */
  reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
};

const pingMs = 1_000;
/** A server that is silent so long is gone, although its connection was never closed. */
const silenceMs = 3_000;

/**
 * Connects and does not wait for it: a service runs without Redis. What is asked of it meanwhile waits, however long;
 * whoever must not wait asks `status` first.
 */
export function connectRedis(url: string, logger: Logger): RedisConnection {
  const redis = create(parseRedisUrl(url));
  let down = false;
  redis.on('error', (error: Error) => {
    if (!down) logger.warn({ err: error }, 'Redis is away; events wait in the outbox');
    down = true;
  });
  redis.on('ready', () => {
    if (down) logger.info('Redis is back');
    down = false;
  });
  let listening = false;
  const heart = setInterval(() => {
    if (listening) return; // what was asked before is asked again on the next connection, and would break that one too
    listening = true;
    void listen(redis).finally(() => { listening = false; });
  }, pingMs).unref();
  redis.on('end', () => clearInterval(heart));
  return redis;
}

/**
 * Connects anew when nothing is heard, not even a greeting on a connection that was just made; BullMQ does the same for the
 * connections on which it waits for jobs.
 */
async function listen(redis: RedisConnection): Promise<void> {
  const { status } = redis;
  if (status !== 'ready' && status !== 'connect') return;
  const heard = status === 'ready' ? redis.ping() : once(redis, 'ready', { signal: AbortSignal.timeout(silenceMs) });
  if (!await within(silenceMs, heard)) redis.disconnect(true);
}

function create({ kind, nodes, tls, database, name, ...login }: RedisAddress): RedisConnection {
  const options: RedisOptions = { ...common, ...login, ...(tls && { tls: {} }) };
  if (kind === 'single') return new Redis({ ...options, ...nodes[0], db: database });
  if (kind === 'cluster') return new Cluster(nodes, { redisOptions: { ...options, socketTimeout: silenceMs }, clusterRetryStrategy: retry, slotsRefreshTimeout: 2_000 });
  return new Redis({
    ...options, sentinels: nodes, name, sentinelPassword: login.password, sentinelRetryStrategy: retry,
    enableTLSForSentinelMode: tls, ...(tls && { sentinelTLS: {} }),
  });
}

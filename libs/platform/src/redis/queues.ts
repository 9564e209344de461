import type { ServiceName } from '@finharbor/contracts/services';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type ConnectionOptions, type Processor, Queue, type WorkerOptions } from 'bullmq';
import type { Logger } from 'pino';
import { Grace, within } from '../boot/grace.js';
import { CONFIG, type ServiceConfig } from '../config/config.js';
import { LOGGER } from '../logs/token.js';
import { connectRedis, type RedisConnection } from './connect-redis.js';
import { checkPolicy } from './check-policy.js';
import { WatchedWorker } from './watched-worker.js';

/**
 * How soon another worker takes over the jobs of one that died, and how soon a worker tries again that lost Redis:
 * BullMQ's own 30 s and 15 s are too slow. A job that stalls is never given up, since its events would be. An idle worker
 * asks every two seconds, so that a connection which does not answer is soon known to be dead.
 */
const workerOptions = { lockDuration: 4_000, stalledInterval: 1_500, runRetryDelay: 500, maxStalledCount: 50, drainDelay: 2 };
const pingMs = 1_000;
/** No job is put off for longer: see the relay's backoff. */
const longestDelayMs = 7_000;
const connectionTrouble = /ECONN|EPIPE|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|Connection is closed|Stream isn't writeable|Socket timeout/;

/** The process's connections to Redis, and BullMQ on them. Redis is disposable: nothing here is the only copy of anything. */
@Injectable()
export class Queues implements OnModuleInit, OnApplicationShutdown {
  redis!: RedisConnection;
  private readonly queues = new Map<string, Queue>();

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly grace: Grace,
  ) {}

  get prefix(): string {
    return this.config.QUEUE_PREFIX;
  }

  async onModuleInit(): Promise<void> {
    this.redis = connectRedis(this.config.REDIS_URL, this.logger);
    if (this.redis.isCluster && !/\{.+\}/.test(this.prefix)) throw new Error('QUEUE_PREFIX needs braces, so that a Redis Cluster keeps a queue in one slot.');
    await checkPolicy(this.redis, this.logger);
  }

  /** The queue in which a service receives events, or the acknowledgements of its own. */
  queue(name: ServiceName | `${ServiceName}-acks`): Queue {
    let queue = this.queues.get(name);
    if (!queue) {
      queue = new Queue(name, { connection: this.connection, prefix: this.prefix, skipVersionCheck: true });
      queue.on('error', () => undefined);
      this.queues.set(name, queue);
    }
    return queue;
  }

  /** How many jobs of a queue wait for a worker, now or after a pause. */
  async waiting(name: string): Promise<number> {
    const answers = await this.redis.pipeline().llen(`${this.prefix}:${name}:wait`).zcard(`${this.prefix}:${name}:delayed`).exec() ?? [];
    return answers.reduce((sum, [error, length]) => { if (error) throw error; return sum + Number(length); }, 0);
  }

  work(queue: string, process: Processor, options: Partial<WorkerOptions> = {}): WatchedWorker {
    return new WatchedWorker(process, {
      queue, logger: this.logger,
      options: { connection: this.connection, prefix: this.prefix, skipVersionCheck: true, ...workerOptions, ...options },
      waiting: async () => {
        if (!this.isConnected) return undefined;
        await this.fetchBack(queue);
        return this.redis.llen(`${this.prefix}:${queue}:wait`);
      },
      onError: (error) => this.logger[connectionTrouble.test(error.message) ? 'debug' : 'warn']({ err: error, queue }, 'queue'),
    });
  }

  /** A job that a process put off whose clock is ahead would wait until this clock gets there. */
  private async fetchBack(queue: string): Promise<void> {
    const after = (Date.now() + longestDelayMs) * 0x1000; // BullMQ keeps the time in front of a counter
    const ids = await this.redis.zrangebyscore(`${this.prefix}:${queue}:delayed`, after, '+inf', 'LIMIT', 0, 100);
    for (const id of ids) await (await this.queue(queue as ServiceName).getJob(id))?.promote().catch(() => undefined);
  }

  /** Ends a worker when its running jobs are done, or without waiting for them when Redis is away or the time is up. */
  async end(worker: WatchedWorker | undefined): Promise<void> {
    if (worker) await this.grace.wait(worker.close(!this.isConnected));
  }

  get isConnected(): boolean {
    return this.redis?.status === 'ready';
  }

  /** Whether Redis answers now. A service goes on without it: events wait in the outbox. */
  async isUp(): Promise<boolean> {
    return this.isConnected && within(pingMs, this.redis.ping());
  }

  async onApplicationShutdown(): Promise<void> {
    if (!this.redis) return;
    await this.grace.wait(Promise.all([...this.queues.values()].map((queue) => queue.close())));
    this.redis.disconnect();
  }

  private get connection(): ConnectionOptions {
    return this.redis as ConnectionOptions;
  }
}

import type { ServiceName } from '@finharbor/contracts/services';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type Processor, Queue, Worker, type WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { Grace, within } from '../boot/grace.js';
import { CONFIG, type ServiceConfig } from '../config/config.js';
import { LOGGER } from '../logs/token.js';
import { connectRedis } from '../redis/connect-redis.js';

/**
 * How soon another worker takes over the jobs of one that died, and how soon a worker tries again that lost Redis:
 * BullMQ's own 30 s and 15 s are too slow. A job that stalls is never given up, since its events would be.
 */
const workerOptions = { lockDuration: 4_000, stalledInterval: 1_500, runRetryDelay: 500, maxStalledCount: 50 };
const pingMs = 1_000;
const connectionTrouble = /ECONN|EPIPE|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|Connection is closed|Stream isn't writeable/;

/** The process's connections to Redis, and BullMQ on them. Redis is disposable: nothing here is the only copy of anything. */
@Injectable()
export class Queues implements OnModuleInit, OnApplicationShutdown {
  redis!: Redis;
  private readonly queues = new Map<string, Queue>();

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly grace: Grace,
  ) {}

  get prefix(): string {
    return this.config.QUEUE_PREFIX;
  }

  onModuleInit(): void {
    this.redis = connectRedis(this.config, this.logger);
  }

  /** The queue in which a service receives events, or the acknowledgements of its own. */
  queue(name: ServiceName | `${ServiceName}-acks`): Queue {
    let queue = this.queues.get(name);
    if (!queue) {
      queue = new Queue(name, { connection: this.redis, prefix: this.prefix, skipVersionCheck: true });
      queue.on('error', () => undefined);
      this.queues.set(name, queue);
    }
    return queue;
  }

  work(name: string, process: Processor, options: Partial<WorkerOptions> = {}): Worker {
    const worker = new Worker(name, process, {
      connection: this.redis, prefix: this.prefix, skipVersionCheck: true, ...workerOptions, ...options,
    });
    worker.on('error', (error) => this.logger[connectionTrouble.test(error.message) ? 'debug' : 'warn']({ err: error, queue: name }, 'queue'));
    return worker;
  }

  /** Ends a worker when its running jobs are done, or without waiting for them when Redis is away or the time is up. */
  async end(worker: Worker | undefined): Promise<void> {
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
}

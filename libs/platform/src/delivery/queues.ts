import type { ServiceName } from '@finharbor/contracts/services';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Processor, Queue, Worker, type WorkerOptions } from 'bullmq';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { CONFIG, type ServiceConfig } from '../config/config.js';
import { LOGGER } from '../logs/token.js';

/** The process's connections to Redis, and BullMQ on them. Redis is disposable: nothing here is the only copy of anything. */
@Injectable()
export class Queues implements OnApplicationShutdown {
  readonly redis: Redis;
  private readonly queues = new Map<string, Queue>();
  private readonly workers: Worker[] = [];

  constructor(@Inject(CONFIG) private readonly config: ServiceConfig, @Inject(LOGGER) private readonly logger: Logger) {
    this.redis = this.connect();
  }

  get prefix(): string {
    return this.config.QUEUE_PREFIX;
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
      connection: this.redis, prefix: this.prefix, skipVersionCheck: true,
      lockDuration: 10_000, stalledInterval: 3_000, maxStalledCount: 50, ...options,
    });
    worker.on('error', (error) => this.logger.debug({ err: error, queue: name }, 'queue connection'));
    this.workers.push(worker);
    return worker;
  }

  /** Whether Redis answers now. A service goes on without it: events wait in the outbox. */
  async isUp(): Promise<boolean> {
    if (this.redis.status !== 'ready') return false;
    return this.redis.ping().then(() => true, () => false);
  }

  async onApplicationShutdown(): Promise<void> {
    const up = this.redis.status === 'ready';
    await Promise.allSettled(this.workers.map((worker) => worker.close(!up)));
    await Promise.allSettled([...this.queues.values()].map((queue) => (up ? queue.close() : queue.disconnect())));
    this.redis.disconnect();
  }

  private connect(): Redis {
    const redis = new Redis(this.config.REDIS_URL, {
      maxRetriesPerRequest: null,
      retryStrategy: (tries) => Math.min(100 * tries, 1_000),
    });
    let down = false;
    redis.on('error', (error) => {
      if (!down) this.logger.warn({ err: error }, 'Redis is away; events wait in the outbox');
      down = true;
    });
    redis.on('ready', () => {
      if (down) this.logger.info('Redis is back');
      down = false;
    });
    return redis;
  }
}

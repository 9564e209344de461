import type { ServiceName } from '@finharbor/contracts/services';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Grace } from '../boot/grace.js';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { Tenancy } from '../tenancy/tenancy.js';
import { Queues } from '../redis/queues.js';
import type { WatchedWorker } from '../redis/watched-worker.js';

const batchSize = 50;
const batchMs = 50;
const jobOptions = { removeOnComplete: true, removeOnFail: true, attempts: 5, backoff: 200 };

/** Tells producers which envelopes took effect, in batches, and marks one's own. A lost one is made good by the sweep. */
@Injectable()
export class Acknowledgements implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly waiting = new Map<string, string[]>();
  private timer?: NodeJS.Timeout;
  private worker?: WatchedWorker;

  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    private readonly tenancy: Tenancy,
    private readonly queues: Queues,
    private readonly grace: Grace,
  ) {}

  onApplicationBootstrap(): void {
    this.worker = this.queues.work(`${this.service.name}-acks`, (job) => this.mark(job.data as string[]), { concurrency: 2 });
  }

  /** Comes after the consumer's, which depends on this: what it applied last is acknowledged too. */
  async onModuleDestroy(): Promise<void> {
    if (this.queues.isConnected) await this.grace.wait(this.flush());
    await this.queues.end(this.worker);
  }

  acknowledge(producer: string, envelopeId: string): void {
    const ids = this.waiting.get(producer) ?? [];
    ids.push(envelopeId);
    this.waiting.set(producer, ids);
    if (ids.length >= batchSize) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), batchMs);
  }

  /** Marks deliveries as done: they are kept a while as evidence, but never sent again. */
  async mark(ids: string[]): Promise<void> {
    await this.tenancy.worker(async (tx) =>
      tx.queryLast(`update ${this.service.schema}.delivery set acked_at = now() where id = any($1::uuid[]) and acked_at is null`, [ids]), { repeatable: true });
  }

  private async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batches = [...this.waiting];
    this.waiting.clear();
    await Promise.all(batches.map(([producer, ids]) =>
      this.queues.queue(`${producer as ServiceName}-acks`).add('acks', ids, jobOptions).catch(() => undefined)));
  }
}

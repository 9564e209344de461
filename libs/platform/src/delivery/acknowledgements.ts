import type { ServiceName } from '@finharbor/contracts/services';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { Tenancy } from '../tenancy/tenancy.js';
import { Queues } from './queues.js';

const batchSize = 50;
const batchMs = 10;

/** Tells producers which envelopes took effect, in batches, and marks one's own. A lost one is made good by the sweep. */
@Injectable()
export class Acknowledgements implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly waiting = new Map<string, string[]>();
  private timer?: NodeJS.Timeout;

  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    private readonly tenancy: Tenancy,
    private readonly queues: Queues,
  ) {}

  onApplicationBootstrap(): void {
    this.queues.work(`${this.service.name}-acks`, (job) => this.mark(job.data as string[]), { concurrency: 2 });
  }

  onModuleDestroy(): void {
    this.flush();
  }

  acknowledge(producer: string, envelopeId: string): void {
    const ids = this.waiting.get(producer) ?? [];
    ids.push(envelopeId);
    this.waiting.set(producer, ids);
    if (ids.length >= batchSize) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), batchMs);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const [producer, ids] of this.waiting) {
      const queue = this.queues.queue(`${producer as ServiceName}-acks`);
      queue.add('acks', ids, { removeOnComplete: true, removeOnFail: true, attempts: 5, backoff: 200 }).catch(() => undefined);
    }
    this.waiting.clear();
  }

  private async mark(ids: string[]): Promise<void> {
    await this.tenancy.worker((tx) =>
      tx.query(`update ${this.service.schema}.delivery set acked_at = now() where id = any($1::uuid[]) and acked_at is null`, [ids]));
  }
}

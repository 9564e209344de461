import { Grace } from '@finharbor/platform/boot/grace';
import { Recurring } from '@finharbor/platform/boot/recurring';
import { LOGGER } from '@finharbor/platform/logs/token';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { Callers } from '../callers/callers.js';
import { Metrics } from '../health/metrics.js';
import { Services } from '../services.js';

/** What support may know of a request: its route and how it ended. Never a path, a query, a body or a person. */
export interface RequestRecord {
  id: string;
  method: string;
  route: string;
  status: number;
  ms: number;
  /** The service that answered; null where the gateway did. */
  service: string | null;
  /** The error code of the answer. */
  code: string | null;
  role: string;
  organisationId: string | null;
  clientId: string | null;
  /** What it used that is deprecated. */
  deprecated: string[];
}

const everyMs = 1_000;
const batchSize = 1_000;
/** While partners is away the youngest are kept; the logs have them all. */
const most = 10_000;

/** Sends partners a record of every request, about once a second and many at a time, so that support finds it by its id. */
@Injectable()
export class RequestRecords implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private waiting: RequestRecord[] = [];
  private readonly sending: Recurring;

  constructor(
    @Inject(LOGGER) logger: Logger,
    private readonly services: Services,
    private readonly callers: Callers,
    private readonly metrics: Metrics,
  ) {
    this.sending = new Recurring('request records', logger, everyMs, () => this.send());
  }

  onApplicationBootstrap(): void {
    this.sending.start();
  }

  /** What is answered after this is in the logs alone. */
  async beforeApplicationShutdown(): Promise<void> {
    const grace = new Grace();
    await this.sending.stop(grace);
    await grace.wait(this.send());
  }

  add(record: RequestRecord): void {
    for (const element of record.deprecated) this.metrics.deprecatedUsed(element, record.organisationId ?? 'none');
    this.waiting.push(record);
    if (this.waiting.length < 2 * most) return;
    this.waiting.splice(0, most);
    this.metrics.recordsDropped(most);
  }

  /** Sends what waits. What partners does not take now waits on; what it refuses is given up. */
  private async send(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, batchSize);
      const status = await this.post(batch);
      if (status >= 500) return;
      // Others may have been dropped meanwhile.
      const sent = new Set(batch);
      this.waiting = this.waiting.filter((record) => !sent.has(record));
      if (status >= 400) this.metrics.recordsDropped(batch.length);
    }
  }

  /** Sent again it does nothing: a record is kept once. */
  private async post(batch: RequestRecord[]): Promise<number> {
    try {
      const answer = await this.services.agent.request({
        origin: this.services.urls.partners, path: '/internal/request-records', method: 'POST', body: JSON.stringify(batch), idempotent: true,
        headers: { authorization: `Bearer ${this.callers.vouchForItself('partners')}`, 'content-type': 'application/json' },
      });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return 503;
    }
  }
}

import { Grace } from '@finharbor/platform/boot/grace';
import { Recurring } from '@finharbor/platform/boot/recurring';
import { Metrics } from '@finharbor/platform/health/metrics';
import { LOGGER } from '@finharbor/platform/logs/token';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { ExchangeFiles, nameOf } from './exchange-files.js';
import { ExchangeReceipts } from './exchange-receipts.js';

const everyMs = 2_000;

/**
 * Exchanges files with the outside platforms, any number of replicas at once: a file is claimed on the database's clock, and a receipt
 * that two read takes effect once. A file is in the folder before it counts as sent, and a receipt in the database before it leaves the
 * folder, so that whoever dies in between is followed by somebody who does it again.
 */
@Injectable()
export class Exchange implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recurring: Recurring;

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly tenancy: Tenancy,
    private readonly grace: Grace,
    private readonly metrics: Metrics,
    private readonly files: ExchangeFiles,
    private readonly receipts: ExchangeReceipts,
  ) {
    this.recurring = new Recurring('exchange', logger, everyMs, () => this.run());
  }

  onApplicationBootstrap(): void {
    if (this.files.exchanged.length === 0) return;
    this.figure('finharbor_exchange_unconfirmed_files', 'Files to outside platforms that wait for their receipt', 'count(*) from enterprise_lists.exchange_files where receipted_at is null');
    this.figure('finharbor_exchange_oldest_seconds', 'How long ago the oldest of them was made',
      'coalesce(extract(epoch from now() - min(made_at)), 0) from enterprise_lists.exchange_files where receipted_at is null');
    this.figure('finharbor_exchange_refused_receipts', 'Receipts that were not believed and are kept aside', 'count(*) from enterprise_lists.exchange_refusals');
    this.recurring.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.recurring.stop(this.grace);
  }

  /** Sends what is to be sent and reads what came back. */
  async run(): Promise<void> {
    while (!this.recurring.isStopped && await this.sendNext());
    for (const channel of this.files.exchanged) await this.readAll(channel);
  }

  private async sendNext(): Promise<boolean> {
    const claimed = await this.tenancy.worker((tx) => this.files.claim(tx));
    if (!claimed) return false;
    await this.files.write(claimed.file, claimed.bytes);
    await this.tenancy.worker((tx) => this.files.sent(tx, claimed.file));
    return true;
  }

  private async readAll(channel: string): Promise<void> {
    const folder = this.files.folder(channel);
    for await (const incoming of folder.incoming()) {
      if (this.recurring.isStopped) return;
      const reading = await this.tenancy.worker((tx) => this.receipts.record(tx, channel, incoming));
      if (reading.result === 'REFUSED') {
        this.logger.warn({ channel, receipt: incoming.name, reason: reading.reason }, 'a receipt of an outside platform was refused');
        await folder.refuse(incoming);
        continue;
      }
      await folder.done(incoming);
      await folder.remove(nameOf(reading.fileId));
    }
  }

  private figure(name: string, help: string, what: string): void {
    this.metrics.gauge(name, help, async () => [[await this.tenancy.worker(async (tx) => {
      const [{ value }] = await tx.query<{ value: string }>(`select ${what.replace(' from', ' as value from')}`);
      return Number(value);
    })]]);
  }
}

import { Grace } from '@finharbor/platform/boot/grace';
import { Recurring } from '@finharbor/platform/boot/recurring';
import { isSlow, isTransient } from '@finharbor/platform/errors/is-transient';
import { Metrics } from '@finharbor/platform/health/metrics';
import { LOGGER } from '@finharbor/platform/logs/token';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { demandChannel } from './exchange-demands.js';
import { ExchangeFiles, nameOf } from './exchange-files.js';
import type { ExchangeFolder, Incoming } from './exchange-folder.js';
import { ExchangeIncoming } from './exchange-incoming.js';
import { ExchangeReceipts, type Reading } from './exchange-receipts.js';

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
    private readonly theirs: ExchangeIncoming,
  ) {
    this.recurring = new Recurring('exchange', logger, everyMs, () => this.run());
  }

  onApplicationBootstrap(): void {
    if (this.files.exchanged.length === 0) return;
    this.figure('finharbor_exchange_unconfirmed_files', 'Files to outside platforms that wait for their receipt', 'count(*) from enterprise_lists.exchange_files where receipted_at is null');
    this.figure('finharbor_exchange_oldest_seconds', 'How long ago the oldest of them was made',
      'coalesce(extract(epoch from now() - min(made_at)), 0) from enterprise_lists.exchange_files where receipted_at is null');
    this.figure('finharbor_exchange_refused_receipts', 'Receipts and files of the platforms that were not believed and are kept aside', 'count(*) from enterprise_lists.exchange_refusals');
    this.recurring.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.recurring.stop(this.grace);
  }

  /** Sends what is to be sent and reads what came back, and what the platforms sent of themselves. */
  async run(): Promise<void> {
    await this.tenancy.worker((tx) => this.files.addDemands(tx));
    while (!this.recurring.isStopped && await this.sendNext());
    for (const channel of this.files.exchanged) await this.readReceipts(channel);
    if (this.files.isExchanged(demandChannel)) await this.readTheirs();
  }

  private async sendNext(): Promise<boolean> {
    const claimed = await this.tenancy.worker((tx) => this.files.claim(tx));
    if (!claimed) return false;
    await this.files.write(claimed.file, claimed.bytes);
    await this.tenancy.worker((tx) => this.files.sent(tx, claimed.file));
    return true;
  }

  private async readReceipts(channel: string): Promise<void> {
    const folder = this.files.folder(channel);
    for await (const incoming of folder.incoming('.json')) {
      if (this.recurring.isStopped) return;
      const reading = await this.record(channel, incoming, (tx) => this.receipts.record(tx, channel, incoming));
      const fileId = await this.believe(channel, folder, incoming, reading);
      if (fileId) await folder.remove(nameOf(fileId));
    }
  }

  /** Their file leaves the folder when our receipt lies there. */
  private async readTheirs(): Promise<void> {
    const folder = this.files.folder(demandChannel);
    for await (const incoming of folder.incoming('.ndjson')) {
      if (this.recurring.isStopped) return;
      const reading = await this.record(demandChannel, incoming, (tx) => this.theirs.record(tx, incoming));
      if (reading.result !== 'REFUSED') await this.tenancy.worker((tx) => this.theirs.answer(tx, reading.fileId));
      await this.believe(demandChannel, folder, incoming, reading);
    }
  }

  /** What will never be recorded is refused too: it would be tried again and again, before all that lies behind it. */
  private async record(channel: string, incoming: Incoming, record: (tx: Tx) => Promise<Reading>): Promise<Reading> {
    try {
      return await this.tenancy.worker(record);
    } catch (error) {
      if (isTransient(error) || isSlow(error)) throw error;
      this.logger.error({ err: error, channel, file: incoming.name }, 'what an outside platform sent cannot be recorded');
      return this.tenancy.worker((tx) => this.receipts.refuse(tx, channel, incoming, 'FORM'));
    }
  }

  /** Takes out of the folder what was read; what was refused is kept aside, and names no file. */
  private async believe(channel: string, folder: ExchangeFolder, incoming: Incoming, reading: Reading): Promise<string | undefined> {
    if (reading.result !== 'REFUSED') {
      await folder.done(incoming);
      return reading.fileId;
    }
    this.logger.warn({ channel, file: incoming.name, reason: reading.reason }, 'what an outside platform sent was refused');
    await folder.refuse(incoming);
    return undefined;
  }

  private figure(name: string, help: string, what: string): void {
    this.metrics.gauge(name, help, async () => [[await this.tenancy.worker(async (tx) => {
      const [{ value }] = await tx.query<{ value: string }>(`select ${what.replace(' from', ' as value from')}`);
      return Number(value);
    })]]);
  }
}

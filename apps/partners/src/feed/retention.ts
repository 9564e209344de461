import { Grace } from '@finharbor/platform/boot/grace';
import { Recurring } from '@finharbor/platform/boot/recurring';
import { LOGGER } from '@finharbor/platform/logs/token';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';

/** How long feeds, deliveries and attempts are kept. */
export const keptDays = 90;

const everyMs = 10 * 60_000;
const batch = 5_000;

/** Forgets what organisations were told 90 days ago, and how it was delivered. */
@Injectable()
export class FeedRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recurring: Recurring;

  constructor(@Inject(LOGGER) logger: Logger, private readonly tenancy: Tenancy, private readonly grace: Grace) {
    this.recurring = new Recurring('feed retention', logger, everyMs, () => this.run());
  }

  onApplicationBootstrap(): void {
    this.recurring.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.recurring.stop(this.grace);
  }

  /** Deletes all that is old enough, a few rows at a time. */
  async run(): Promise<void> {
    for (const [table, time] of [['webhook_attempts', 'at'], ['webhook_deliveries', 'created_at'], ['feed_events', 'at']]) {
      const statement = `delete from partners.${table} where ctid = any(array(
        select ctid from partners.${table} where ${time} < now() - interval '${keptDays} days' order by ${time} limit ${batch})) returning 1`;
      for (let deleted = batch; deleted === batch && !this.recurring.isStopped;) {
        deleted = (await this.tenancy.worker((tx) => tx.query(statement))).length;
      }
    }
  }
}

import { Grace } from '@finharbor/platform/boot/grace';
import { Recurring } from '@finharbor/platform/boot/recurring';
import { LOGGER } from '@finharbor/platform/logs/token';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';

const everyMs = 60_000;
const batch = 1_000;

/** Cancels what waits for endpoints that are disabled: it would not go out, and comes back only by a replay. */
@Injectable()
export class Tidy implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recurring: Recurring;

  constructor(@Inject(LOGGER) logger: Logger, private readonly tenancy: Tenancy, private readonly grace: Grace) {
    this.recurring = new Recurring('webhooks tidy', logger, everyMs, () => this.run());
  }

  onApplicationBootstrap(): void {
    this.recurring.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.recurring.stop(this.grace);
  }

  async run(): Promise<void> {
    for (let cancelled = batch; cancelled === batch && !this.recurring.isStopped;) {
      cancelled = (await this.tenancy.worker((tx) => tx.query(
        `update partners.webhook_deliveries set state = 'CANCELLED', next_attempt_at = null, claimed_by = null, claimed_until = null
         where id = any(array(
           select d.id from partners.webhook_endpoints e join partners.webhook_deliveries d on d.endpoint_id = e.id
           where e.state = 'DISABLED' and d.state = 'PENDING' order by d.id limit ${batch} for update of d skip locked))
         returning id`))).length;
    }
  }
}

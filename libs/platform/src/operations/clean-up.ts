import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { Grace } from '../boot/grace.js';
import { Recurring } from '../boot/recurring.js';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { CONFIG, type ServiceConfig } from '../config/config.js';
import { LOGGER } from '../logs/token.js';
import { Tenancy } from '../tenancy/tenancy.js';

const everyMs = 60_000;
const batch = 5_000;
const day = 86_400_000;

/**
 * Forgets what served its time, a few rows at a time: acknowledged deliveries after 7 days, the inbox after 30 (longer than
 * anything that was applied can come again), stored answers of POST requests after 7, receipts when the trail that has their
 * digests is pruned.
 */
@Injectable()
export class CleanUp implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recurring: Recurring;

  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @Inject(CONFIG) private readonly config: ServiceConfig,
    @Inject(LOGGER) logger: Logger,
    private readonly tenancy: Tenancy,
    private readonly grace: Grace,
  ) {
    this.recurring = new Recurring('clean-up', logger, everyMs, () => this.run());
  }

  onApplicationBootstrap(): void {
    this.recurring.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.recurring.stop(this.grace);
  }

  /** Deletes all that is old enough. */
  async run(): Promise<void> {
    const { schema } = this.service;
    await this.empty(`${schema}.delivery`, 'id', `id < $1 and acked_at < now() - interval '7 days'`, [firstIdOf(Date.now() - 7 * day)]);
    await this.empty(`${schema}.inbox`, 'event_id', `event_id < $1 and at < now() - interval '30 days'`, [firstIdOf(Date.now() - 30 * day)]);
    await this.empty(`${schema}.idempotency_keys`, 'ctid', `created_at < now() - interval '7 days'`, []);
    await this.empty(`${schema}.receipts`, 'ctid', `at < now() - make_interval(months => $1)`, [this.config.AUDIT_RETENTION_MONTHS]);
  }

  private async empty(table: string, key: string, where: string, parameters: unknown[]): Promise<void> {
    const statement = `delete from ${table} where ${key} = any(array(
      select ${key} from ${table} where ${where} order by ${key} limit ${batch})) returning 1`;
    for (let deleted = batch; deleted === batch && !this.recurring.isStopped;) {
      deleted = (await this.tenancy.worker((tx) => tx.query(statement, parameters))).length;
    }
  }
}

/** The least UUID version 7 of a time: ids of what is older lie below it. */
const firstIdOf = (time: number): string => {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { Logger } from 'pino';
import { newContext, runInContext } from '../logs/context.js';
import { LOGGER } from '../logs/token.js';
import { Tenancy } from '../tenancy/tenancy.js';
import type { Tx } from '../tenancy/tx.js';
import { type DueHandler, ON_DUE } from './on-due.js';

const everyMs = 1_000;

/**
 * Clocks as rows: business time never rests on a queue. A clock is one per kind and aggregate; whoever sets it again
 * moves it. Any replica claims what is due, on the database's clock.
 */
@Injectable()
export class Due implements OnApplicationBootstrap, OnModuleDestroy {
  private handlers = new Map<string, DueHandler>();
  private timer?: NodeJS.Timeout;
  private running: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly tenancy: Tenancy,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** Sets or moves the clock of an aggregate. `organisationId` is who must act before it runs out. */
  async set(tx: Tx, clock: { kind: string; aggregateId: string; organisationId: string; dueAt: Date }): Promise<void> {
    await tx.query(
      `insert into ${tx.schema}.due (kind, aggregate_id, org_id, due_at) values ($1, $2, $3, $4)
       on conflict (kind, aggregate_id) do update set org_id = excluded.org_id, due_at = excluded.due_at`,
      [clock.kind, clock.aggregateId, clock.organisationId, clock.dueAt],
    );
  }

  /** Stops the clock, if it still runs. */
  async cancel(tx: Tx, kind: string, aggregateId: string): Promise<void> {
    await tx.query(`delete from ${tx.schema}.due where kind = $1 and aggregate_id = $2`, [kind, aggregateId]);
  }

  /** Handles one clock that ran out; false when there is none. */
  async handleNext(): Promise<boolean> {
    return runInContext(newContext(), () => this.tenancy.worker(async (tx) => {
      const [row] = await tx.query<{ kind: string; aggregate_id: string; org_id: string; due_at: Date }>(
        `delete from ${tx.schema}.due where (kind, aggregate_id) = (
           select kind, aggregate_id from ${tx.schema}.due where due_at <= now() and kind = any($1) order by due_at limit 1 for update skip locked)
         returning kind, aggregate_id, org_id, due_at`,
        [[...this.handlers.keys()]],
      );
      if (!row) return false;
      await this.handlers.get(row.kind)!({ kind: row.kind, aggregateId: row.aggregate_id, organisationId: row.org_id, dueAt: row.due_at }, tx);
      return true;
    }));
  }

  onApplicationBootstrap(): void {
    for (const { instance } of this.discovery.getProviders()) {
      if (!instance || typeof instance !== 'object') continue;
      for (const method of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance))) {
        const handler = (instance as Record<string, DueHandler>)[method];
        const kind = typeof handler === 'function' ? (Reflect.getMetadata(ON_DUE, handler) as string | undefined) : undefined;
        if (kind && this.handlers.has(kind)) throw new Error(`Clocks of kind ${kind} have two handlers.`);
        if (kind) this.handlers.set(kind, handler.bind(instance));
      }
    }
    if (this.handlers.size > 0) this.schedule();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.handleAll().catch((error: unknown) => this.logger.warn({ err: error }, 'due')).finally(() => this.schedule());
    }, everyMs);
  }

  private async handleAll(): Promise<void> {
    while (!this.stopped && await this.handleNext());
  }
}

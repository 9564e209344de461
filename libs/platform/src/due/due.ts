import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { Grace } from '../boot/grace.js';
import { Recurring } from '../boot/recurring.js';
import { MarkedMethods } from '../boot/marked-methods.js';
import { newContext, runInContext } from '../logs/context.js';
import { LOGGER } from '../logs/token.js';
import { Tenancy } from '../tenancy/tenancy.js';
import type { Tx } from '../tenancy/tx.js';
import { type DueHandler, ON_DUE } from './on-due.js';

const everyMs = 1_000;
/** A clock whose handler fails is tried again after a second, then after twice as long each time, but no longer than this. */
const longestPauseMs = 60_000;

/**
 * Clocks as rows: business time never rests on a queue. A clock is one per kind and aggregate; whoever sets it again
 * moves it. Any replica claims what is due, on the database's clock.
 */
@Injectable()
export class Due implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private handlers = new Map<string, DueHandler>();
  /** Clocks that failed here, so that one which always fails does not hold up those behind it. */
  private readonly failing = new Map<string, { pauseMs: number; until: number }>();
  private readonly recurring: Recurring;

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly tenancy: Tenancy,
    private readonly methods: MarkedMethods,
    private readonly grace: Grace,
  ) {
    this.recurring = new Recurring('due', logger, everyMs, () => this.handleAll());
  }

  /** Sets or moves the clock of an aggregate. `organisationId` is who must act before it runs out. */
  async set(tx: Tx, clock: { kind: string; aggregateId: string; organisationId: string; dueAt: Date }): Promise<void> {
    await tx.query(
      `insert into ${tx.schema}.due (kind, aggregate_id, org_id, due_at) values ($1, $2, $3, $4)
       on conflict (kind, aggregate_id) do update set org_id = excluded.org_id, due_at = excluded.due_at`,
      [clock.kind, clock.aggregateId, clock.organisationId, clock.dueAt],
    );
  }

  /** Sets a clock of an aggregate that is new, and so has none of the kind. */
  begin(tx: Tx, clock: { kind: string; aggregateId: string; organisationId: string; dueAt: Date }): void {
    tx.later(
      `insert into ${tx.schema}.due (kind, aggregate_id, org_id, due_at) values ($1, $2, $3, $4)`,
      [clock.kind, clock.aggregateId, clock.organisationId, clock.dueAt],
    );
  }

  /** Sets the clock of an aggregate unless one runs already: that one stays as it is. */
  async start(tx: Tx, clock: { kind: string; aggregateId: string; organisationId: string; dueAt: Date }): Promise<void> {
    await tx.query(
      `insert into ${tx.schema}.due (kind, aggregate_id, org_id, due_at) values ($1, $2, $3, $4) on conflict (kind, aggregate_id) do nothing`,
      [clock.kind, clock.aggregateId, clock.organisationId, clock.dueAt],
    );
  }

  /** Stops the clock, if it still runs. */
  async cancel(tx: Tx, kind: string, aggregateId: string): Promise<void> {
    await tx.query(`delete from ${tx.schema}.due where kind = $1 and aggregate_id = $2`, [kind, aggregateId]);
  }

  /** Handles one clock that ran out; false when there is none. Throws what its handler throws: the clock then stays. */
  async handleNext(): Promise<boolean> {
    let name: string | undefined;
    try {
      const found = await runInContext(newContext(), () => this.tenancy.worker(async (tx) => {
        const [row] = await tx.query<{ kind: string; aggregate_id: string; org_id: string; due_at: Date }>(
          `delete from ${tx.schema}.due where (kind, aggregate_id) = (
             select kind, aggregate_id from ${tx.schema}.due
             where due_at <= now() and kind = any($1) and kind || ' ' || aggregate_id <> all($2)
             order by due_at limit 1 for update skip locked)
           returning kind, aggregate_id, org_id, due_at`,
          [[...this.handlers.keys()], this.resting()],
        );
        if (!row) return false;
        name = `${row.kind} ${row.aggregate_id}`;
        const clock = { kind: row.kind, aggregateId: row.aggregate_id, organisationId: row.org_id, dueAt: row.due_at };
        await this.handlers.get(row.kind)!(clock, tx);
        return true;
      }));
      if (name) this.failing.delete(name);
      return found;
    } catch (error) {
      if (name) this.rest(name);
      throw error;
    }
  }

  onModuleInit(): void {
    this.handlers = this.methods.find<string, DueHandler>(ON_DUE);
  }

  onApplicationBootstrap(): void {
    if (this.handlers.size > 0) this.recurring.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.recurring.stop(this.grace);
  }

  private async handleAll(): Promise<void> {
    for (;;) {
      const failing = this.resting().length;
      try {
        if (this.recurring.isStopped || !await this.handleNext()) return;
      } catch (error) {
        if (!this.recurring.isStopped) this.logger.warn({ err: error }, 'due');
        // Nothing was claimed: the database is away, and the next round will see.
        if (this.resting().length === failing) return;
      }
    }
  }

  private resting(): string[] {
    const now = performance.now();
    for (const [name, { until }] of this.failing) if (until < now - longestPauseMs) this.failing.delete(name);
    return [...this.failing].filter(([, { until }]) => until > now).map(([name]) => name);
  }

  private rest(name: string): void {
    const pauseMs = Math.min((this.failing.get(name)?.pauseMs ?? 500) * 2, longestPauseMs);
    this.failing.set(name, { pauseMs, until: performance.now() + pauseMs });
  }
}

import { randomUUID } from 'node:crypto';
import type { ServiceName } from '@finharbor/contracts/services';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { Grace } from '../boot/grace.js';
import { Recurring } from '../boot/recurring.js';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { LOGGER } from '../logs/token.js';
import { Tenancy } from '../tenancy/tenancy.js';
import { Acknowledgements } from './acknowledgements.js';
import { type Delivery, insertDeliveries, repack } from './envelope.js';
import { Queues } from '../redis/queues.js';
import { Relay } from './relay.js';
import { Room } from './room.js';

const everyMs = 1_000;
/** The same while envelopes are held back and there is room for them. */
const soonMs = 100;
/** A delivery this old and not acknowledged is asked after. */
const ageMs = 5_000;
/** The same when Redis lost its data, which the missing epoch key tells. */
const ageAfterLossMs = 250;
const pageSize = 1_000;
/** So many are sent at a time, with a transaction of their own; they become one where they are small. */
const batchSize = 50;

/**
 * Sends again what Redis no longer holds, not by a timer but because the job is provably gone; and sends what was held back
 * while a consumer's queue was full.
 */
@Injectable()
export class Sweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recurring: Recurring;
  private sweepAt = 0;

  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @Inject(LOGGER) logger: Logger,
    private readonly tenancy: Tenancy,
    private readonly queues: Queues,
    private readonly relay: Relay,
    private readonly room: Room,
    private readonly acknowledgements: Acknowledgements,
    private readonly grace: Grace,
  ) {
    this.recurring = new Recurring('sweep', logger, everyMs, () => this.tick());
  }

  onApplicationBootstrap(): void {
    this.recurring.start();
  }

  async onModuleDestroy(): Promise<void> {
    const stopped = this.recurring.stop(this.grace);
    if (this.queues.isConnected) await stopped;
  }

  /** The pause until it is to be done again: a short one when something that was held back was sent, and more may be. */
  private async tick(): Promise<number> {
    if (!this.queues.isConnected) return everyMs;
    if (performance.now() >= this.sweepAt) await this.round();
    return await this.feed() ? soonMs : everyMs;
  }

  private async round(): Promise<void> {
    this.sweepAt = performance.now() + everyMs;
    const epochKey = `${this.queues.prefix}:epoch:${this.service.name}`;
    const lost = await this.queues.redis.set(epochKey, randomUUID(), 'NX') === 'OK';
    await this.sweep(lost ? ageAfterLossMs : ageMs);
  }

  /** Sends what was held back, oldest first, as far as there is room. */
  private async feed(): Promise<boolean> {
    const held = await this.tenancy.worker((tx) => tx.query<Pick<Delivery, 'consumer'>>(
      `select distinct consumer from ${this.service.schema}.delivery where published_at = 'infinity'`));
    let sent = false;
    for (const consumer of new Set([...held.map((one) => one.consumer), ...this.room.full()])) {
      for (let left = await this.room.left(consumer); left > 0 && !this.recurring.isStopped;) {
        const deliveries = await this.takeHeld(consumer, left);
        if (deliveries.length === 0) break;
        await this.relay.publish(deliveries);
        left -= deliveries.length;
        sent = true;
      }
    }
    return sent;
  }

  /** Held envelopes are often small: what waited together travels together. None was sent, so this is no other attempt. */
  private takeHeld(consumer: ServiceName, left: number): Promise<Delivery[]> {
    const { schema } = this.service;
    return this.tenancy.worker(async (tx) => {
      const rows = await tx.query<Delivery>(
        `delete from ${schema}.delivery where id = any(array(
           select id from ${schema}.delivery where consumer = $1 and published_at = 'infinity' order by id limit $2 for update skip locked))
         returning id, consumer, attempt - 1 as attempt, body`, [consumer, Math.min(left, batchSize)]);
      const deliveries = repack(rows);
      if (deliveries.length > 0) tx.queryLast(...insertDeliveries(schema, deliveries));
      return deliveries;
    });
  }

  private async sweep(age: number): Promise<void> {
    const { schema } = this.service;
    let [at, id] = ['-infinity', '00000000-0000-0000-0000-000000000000'];
    while (!this.recurring.isStopped) {
      const open = await this.tenancy.worker((tx) => tx.query<Delivery & { at: string }>(
        `select id, consumer, attempt, published_at::text as at from ${schema}.delivery
         where acked_at is null and published_at < now() - $1 * interval '1 ms' and (published_at, id) > ($2::timestamptz, $3::uuid)
         order by published_at, id limit ${pageSize}`,
        [age, at, id],
      ));
      const { missing, finished } = await this.ask(open);
      if (finished.length > 0) await this.acknowledgements.mark(finished);
      for (let from = 0; from < missing.length; from += batchSize) await this.resend(missing.slice(from, from + batchSize));
      if (open.length < pageSize) return;
      ({ at, id } = open.at(-1)!);
    }
  }

  /** What Redis no longer has, and what it has as finished: that took effect, but its acknowledgement was lost. */
  private async ask(open: Delivery[]): Promise<{ missing: Delivery[]; finished: string[] }> {
    const pipeline = this.queues.redis.pipeline();
    for (const one of open) pipeline.hmget(`${this.queues.prefix}:${one.consumer}:${one.id}-${one.attempt}`, 'timestamp', 'finishedOn');
    const answers = (await pipeline.exec() ?? []) as [Error | null, [string | null, string | null]][];
    const failed = answers.find(([error]) => error);
    if (failed) throw failed[0]!;
    return {
      missing: open.filter((_, index) => answers[index][1][0] === null),
      finished: open.filter((_, index) => answers[index][1][1] !== null).map((one) => one.id),
    };
  }

  /**
   * In envelopes packed anew, since what was lost was often small. Who takes the rows out sends them: of two sweeps at once, one
   * finds nothing left. An envelope that someone still works at does no harm: the inbox knows its events.
   */
  private async resend(missing: Delivery[]): Promise<void> {
    const { schema } = this.service;
    await this.relay.publish(await this.tenancy.worker(async (tx) => {
      const rows = await tx.query<Delivery>(
        `delete from ${schema}.delivery d using unnest($1::uuid[], $2::int[]) as t (id, attempt)
         where d.id = t.id and d.attempt = t.attempt and d.acked_at is null
         returning d.id, d.consumer, d.attempt, d.body`,
        [missing.map((one) => one.id), missing.map((one) => one.attempt)],
      );
      const deliveries = repack(rows);
      if (deliveries.length > 0) tx.queryLast(...insertDeliveries(schema, deliveries));
      return deliveries;
    }));
  }
}

import { eventsProducedBy } from '@finharbor/contracts/events/catalogue';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { Grace } from '../boot/grace.js';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { LOGGER } from '../logs/token.js';
import { Tenancy } from '../tenancy/tenancy.js';
import { type Delivery, envelopes, insertDeliveries, type OutboxRow } from './envelope.js';
import { Publisher } from './publisher.js';
import { Queues } from '../redis/queues.js';
import { Room } from './room.js';

const claimSize = 500;
/** In bytes as stored, which may be a tenth of the text: so much lies in memory at a time, whatever the events are. */
const claimBytes = 500_000;
const pollMs = 1_000;
/**
 * Finished envelopes are kept for a while, since one whose acknowledgement is under way must not look lost. Failed ones go at
 * once, for the sweep to send again: the backoff doubles, and more attempts would mean waiting for hours.
 */
const jobOptions = { removeOnComplete: { count: 500 }, removeOnFail: true, attempts: 10, backoff: { type: 'exponential', delay: 100 } };

/**
 * Moves committed events from the outbox into envelopes, one kind for each consumer, and puts these into the consumers' queues
 * (architecture.md rule 3, ADR 16). Any number of relays may run.
 */
@Injectable()
export class Relay implements OnApplicationBootstrap, OnModuleDestroy {
  private stopped = false;
  private dirty = false;
  private wake: (committed: OutboxRow[]) => void = () => undefined;
  private running: Promise<void> = Promise.resolve();
  private publishing: Promise<void> = Promise.resolve();

  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly tenancy: Tenancy,
    private readonly queues: Queues,
    private readonly room: Room,
    private readonly grace: Grace,
    publisher: Publisher,
  ) {
    publisher.onPublish((committed) => this.poke(committed));
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.wake([]);
    // With Redis away the loop waits for it; the sweep of the next start, or of another replica, sends what it held.
    if (this.queues.isConnected) await this.grace.wait(this.running);
  }

  /** Tells that something was committed to the outbox, and what, where the caller knows all that its transaction wrote. */
  poke(committed: OutboxRow[] = []): void {
    this.dirty = true;
    this.wake(committed);
  }

  /** Puts envelopes into their queues. With Redis away it waits; the sweep makes good what a crash loses meanwhile. */
  async publish(deliveries: Delivery[]): Promise<void> {
    const consumers = [...new Set(deliveries.map((delivery) => delivery.consumer))];
    await Promise.all(consumers.map(async (consumer) => {
      const queue = this.queues.queue(consumer);
      const jobs = deliveries.filter((delivery) => delivery.consumer === consumer).map((delivery) => ({
        name: this.service.name,
        data: delivery.body,
        // The attempt is in the job id, since a job that is still kept swallows another one of the same id.
        opts: { ...jobOptions, jobId: `${delivery.id}-${delivery.attempt}` },
      }));
      const [one] = jobs;
      // One alone, as most are when little happens, is there sooner than a bulk of one.
      await (jobs.length === 1 ? queue.add(one.name, one.data, one.opts) : queue.addBulk(jobs));
      await this.room.take(consumer, jobs.length);
    }));
  }

  /** Claims the next batch while the one before is on its way to Redis, and never more than that. */
  private async run(): Promise<void> {
    for (let known: OutboxRow[] = []; !this.stopped;) {
      this.dirty = false;
      const before = this.publishing;
      const more = await this.claim(known).catch((error: unknown) => this.failed(error));
      known = [];
      await before;
      if (more) continue;
      await this.publishing;
      if (!this.dirty && !this.stopped) known = await this.pause();
    }
    await this.publishing;
  }

  private send(deliveries: Delivery[]): void {
    if (deliveries.length === 0) return;
    this.publishing = this.publishing.then(() => this.publish(deliveries)).catch((error: unknown) => this.failed(error));
  }

  private failed(error: unknown): void {
    if (!this.stopped) this.logger.warn({ err: error }, 'relay');
  }

  /** Until something is committed, whose events it gives, or the time of polling. */
  private pause(): Promise<OutboxRow[]> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake([]), pollMs);
      this.wake = (committed) => {
        this.wake = () => undefined;
        clearTimeout(timer);
        resolve(committed);
      };
    });
  }

  /**
   * One transaction: takes committed events out of the outbox and writes the deliveries that hold them from now on. The envelopes
   * do not wait for its commit. What they tell was committed before, so that one whose claim comes to nothing is a duplicate of
   * what will be claimed again, and the inbox knows its events. For the same reason the events that are known already, as they are
   * when little happens, do not even wait to be claimed. Gives whether there is more.
   */
  private claim(known: OutboxRow[]): Promise<boolean> {
    const { schema } = this.service;
    const early = this.room.full().length > 0 ? [] : envelopes(known);
    const ahead = new Set(early.length > 0 ? known.map((row) => row.i) : []);
    if (early.length > 0) this.send(early);
    return this.tenancy.worker(async (tx) => {
      const rows = await tx.query<OutboxRow & { id: string }>(
        `delete from ${schema}.outbox where id = any(array(
           select id from (select id, sum(size) over (order by id) - size as before from (
             select id, pg_column_size(payload) as size from ${schema}.outbox where array_position($1::text[], name) is not null order by id limit ${claimSize}
             for update skip locked) locked) sized where before < ${claimBytes}))
         returning id, event_id as i, name as n, org_id as o, aggregate_id as a, aggregate_version as v, payload::text as p, traceparent as t`,
        // What a newer version wrote beside this one waits for its own relay. Not `= any`: without statistics PostgreSQL expects few rows
        // to match, and reads and sorts the whole outbox for each claim.
        [eventsProducedBy(this.service.name)],
      );
      if (rows.length === 0) return false;
      rows.sort((one, other) => Number(BigInt(one.id) - BigInt(other.id)));
      // Another relay may have claimed some of what went ahead, and sends it: then its envelope is not on record, and ours goes again.
      const isWhole = rows.filter((row) => ahead.has(row.i)).length === ahead.size;
      const deliveries = envelopes(isWhole ? rows.filter((row) => !ahead.has(row.i)) : rows);
      const full = this.room.full();
      tx.queryLast(...insertDeliveries(schema, isWhole ? [...early, ...deliveries] : deliveries, full));
      this.send(deliveries.filter((one) => !full.includes(one.consumer)));
      const length = rows.reduce((sum, row) => sum + row.p.length, 0);
      return rows.length === claimSize || length > claimBytes / 4;
    }, { repeatable: true });
  }
}

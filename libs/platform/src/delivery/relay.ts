import { catalogue, eventsProducedBy } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import type { ServiceName } from '@finharbor/contracts/services';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { Grace } from '../boot/grace.js';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { LOGGER } from '../logs/token.js';
import { Tenancy } from '../tenancy/tenancy.js';
import type { WireEvent } from './envelope.js';
import { Publisher } from './publisher.js';
import { Queues } from './queues.js';

const claimSize = 500;
const envelopeSize = 50;
/** In characters: Redis keeps finished envelopes for a while, and one event may cover hundreds of rows. */
const envelopeLength = 256 * 1024;
const pollMs = 1_000;
/**
 * Finished envelopes are kept for a while, since one whose acknowledgement is under way must not look lost. Failed ones go at
 * once, for the sweep to send again: the backoff doubles, and more attempts would mean waiting for hours.
 */
const jobOptions = { removeOnComplete: { count: 500 }, removeOnFail: true, attempts: 10, backoff: { type: 'exponential', delay: 100 } };

export interface Delivery {
  id: string;
  consumer: ServiceName;
  attempt: number;
  body: string;
}

/**
 * Moves committed events from the outbox into envelopes, one kind for each consumer, and after that commit puts the
 * envelopes into the consumers' queues (architecture.md rule 3). Any number of relays may run.
 */
@Injectable()
export class Relay implements OnApplicationBootstrap, OnModuleDestroy {
  private stopped = false;
  private dirty = false;
  private wake: () => void = () => undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly tenancy: Tenancy,
    private readonly queues: Queues,
    private readonly grace: Grace,
    publisher: Publisher,
  ) {
    publisher.onPublish(() => this.poke());
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.wake();
    // With Redis away the loop waits for it; the sweep of the next start, or of another replica, sends what it held.
    if (this.queues.isConnected) await this.grace.wait(this.running);
  }

  /** Tells that something was committed to the outbox. */
  poke(): void {
    this.dirty = true;
    this.wake();
  }

  /** Puts envelopes into their queues. With Redis away it waits; the sweep makes good what a crash loses meanwhile. */
  async publish(deliveries: Delivery[]): Promise<void> {
    const consumers = [...new Set(deliveries.map((delivery) => delivery.consumer))];
    await Promise.all(consumers.map((consumer) => this.queues.queue(consumer).addBulk(
      deliveries.filter((delivery) => delivery.consumer === consumer).map((delivery) => ({
        name: this.service.name,
        data: delivery.body,
        // The attempt is in the job id, since a job that is still kept swallows another one of the same id.
        opts: { ...jobOptions, jobId: `${delivery.id}-${delivery.attempt}` },
      })),
    )));
  }

  /** Claims the next batch while the one before is on its way to Redis, and never more than that. */
  private async run(): Promise<void> {
    let publishing: Promise<void> = Promise.resolve();
    while (!this.stopped) {
      this.dirty = false;
      let claimed = 0;
      try {
        const batch = await this.claim();
        claimed = batch.events;
        await publishing;
        if (batch.deliveries.length > 0) publishing = this.publish(batch.deliveries).catch((error: unknown) => this.failed(error));
      } catch (error) {
        this.failed(error);
      }
      if (claimed === claimSize) continue;
      await publishing;
      if (!this.dirty && !this.stopped) await this.pause();
    }
    await publishing;
  }

  private failed(error: unknown): void {
    if (!this.stopped) this.logger.warn({ err: error }, 'relay');
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** One transaction: takes committed events out of the outbox and writes the deliveries that hold them from now on. */
  private claim(): Promise<{ events: number; deliveries: Delivery[] }> {
    const { schema } = this.service;
    return this.tenancy.worker(async (tx) => {
      const rows = await tx.query<OutboxRow>(
        `delete from ${schema}.outbox where id = any(array(
           select id from ${schema}.outbox where name = any($1) order by id limit ${claimSize} for update skip locked))
         returning id, event_id as i, name as n, org_id as o, aggregate_id as a, aggregate_version as v, payload as p, traceparent as t`,
        [eventsProducedBy(this.service.name)], // what a newer version wrote beside this one waits for its own relay
      );
      if (rows.length === 0) return { events: 0, deliveries: [] };
      rows.sort((one, other) => Number(BigInt(one.id) - BigInt(other.id)));
      const deliveries = envelopes(rows);
      await tx.query(
        `insert into ${schema}.delivery (id, consumer, body) select * from unnest($1::uuid[], $2::text[], $3::text[])`,
        [deliveries.map((one) => one.id), deliveries.map((one) => one.consumer), deliveries.map((one) => one.body)],
      );
      return { events: rows.length, deliveries };
    });
  }
}

interface OutboxRow extends Omit<WireEvent, 't'> {
  id: string;
  t: string | null;
}

function envelopes(rows: OutboxRow[]): Delivery[] {
  const deliveries: Delivery[] = [];
  const open = new Map<ServiceName, { events: string[]; length: number }>();
  const close = (consumer: ServiceName): void => {
    deliveries.push({ id: newId(), consumer, attempt: 1, body: `[${open.get(consumer)!.events.join()}]` });
    open.delete(consumer);
  };
  for (const row of rows) {
    const event = JSON.stringify(toWire(row));
    for (const consumer of catalogue[row.n].consumers) {
      const full = open.get(consumer);
      if (full && (full.events.length === envelopeSize || full.length + event.length > envelopeLength)) close(consumer);
      const envelope = open.get(consumer) ?? { events: [], length: 0 };
      envelope.events.push(event);
      envelope.length += event.length;
      open.set(consumer, envelope);
    }
  }
  for (const consumer of open.keys()) close(consumer);
  return deliveries;
}

const toWire = ({ id: _id, t, ...event }: OutboxRow): WireEvent => ({ ...event, t: t ?? undefined });

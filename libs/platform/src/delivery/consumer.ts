import { type EventName, eventsConsumedBy } from '@finharbor/contracts/events/catalogue';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { Job } from 'bullmq';
import type { Logger } from 'pino';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { newContext, runInContext } from '../logs/context.js';
import { LOGGER } from '../logs/token.js';
import { Tenancy } from '../tenancy/tenancy.js';
import { Acknowledgements } from './acknowledgements.js';
import { parseEvent, type WireEvent } from './envelope.js';
import { type Handler, ON_EVENT } from './on.js';
import { Queues } from './queues.js';

/** How often an event that fails by itself is tried before it is parked. */
const maxAttempts = 5;

/** Receives envelopes and applies their events, each exactly once: inbox row and effect commit together. */
@Injectable()
export class Consumer implements OnApplicationBootstrap, OnModuleDestroy {
  private handlers: Map<EventName, Handler>;
  private closing: () => Promise<void> = async () => undefined;

  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly tenancy: Tenancy,
    private readonly queues: Queues,
    private readonly acknowledgements: Acknowledgements,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    this.handlers = this.findHandlers();
    const worker = this.queues.work(this.service.name, (job) => this.receive(job), { concurrency: 2 });
    this.closing = () => worker.close(this.queues.redis.status !== 'ready');
  }

  async onModuleDestroy(): Promise<void> {
    await this.closing();
  }

  /** Applies the events of one envelope that were not applied before. */
  async receive(job: Pick<Job<string>, 'id' | 'name' | 'data' | 'attemptsMade'>): Promise<void> {
    const events = JSON.parse(job.data) as WireEvent[];
    try {
      await this.apply(events);
    } catch (error) {
      this.logger.warn({ err: error, envelope: job.id }, 'an envelope failed; its events are tried one by one');
      await this.oneByOne(events, job.attemptsMade + 1);
    }
    this.acknowledgements.acknowledge(job.name, job.id!.slice(0, 36));
  }

  private apply(events: WireEvent[]): Promise<void> {
    return runInContext(newContext(events[0].t), () => this.tenancy.worker(async (tx) => {
      const fresh = await tx.query<{ event_id: string }>(
        `insert into ${this.service.schema}.inbox (event_id) select unnest($1::uuid[]) on conflict do nothing returning event_id`,
        [events.map((event) => event.i)],
      );
      const unseen = new Set(fresh.map((row) => row.event_id));
      for (const wire of events) {
        if (!unseen.has(wire.i)) continue;
        const event = parseEvent(wire);
        await this.handlers.get(event.name)!(event, tx);
      }
    }));
  }

  /** Keeps a poison event from holding up its neighbours, and parks it when it will not be cured. */
  private async oneByOne(events: WireEvent[], attempt: number): Promise<void> {
    const failures: unknown[] = [];
    for (const event of events) {
      try {
        await this.apply([event]);
      } catch (error) {
        if (attempt >= maxAttempts) await this.park(event, error);
        else failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  private async park(event: WireEvent, error: unknown): Promise<void> {
    this.logger.error({ err: error, event: event.i, name: event.n }, 'an event was parked as a dead letter');
    await this.tenancy.worker(async (tx) => {
      await tx.query(
        `insert into ${this.service.schema}.dead_letters (event_id, name, org_id, body, error) values ($1, $2, $3, $4, $5) on conflict do nothing`,
        [event.i, event.n, event.o, JSON.stringify(event), error instanceof Error ? error.message : String(error)],
      );
    });
  }

  /** Every event that the catalogue sends here has exactly one handler, or the service does not start. */
  private findHandlers(): Map<EventName, Handler> {
    const found = new Map<EventName, Handler>();
    const wanted = eventsConsumedBy(this.service.name);
    for (const { instance } of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      if (!instance || typeof instance !== 'object') continue;
      for (const method of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance))) {
        const handler = (instance as Record<string, Handler>)[method];
        const name = typeof handler === 'function' ? (Reflect.getMetadata(ON_EVENT, handler) as EventName | undefined) : undefined;
        if (!name) continue;
        if (found.has(name)) throw new Error(`${name} has two handlers in ${this.service.name}.`);
        if (!wanted.includes(name)) throw new Error(`${this.service.name} handles ${name}, but the catalogue does not send it there.`);
        found.set(name, handler.bind(instance));
      }
    }
    const missing = wanted.filter((name) => !found.has(name));
    if (missing.length > 0) throw new Error(`${this.service.name} has no @On handler for ${missing.join(', ')}.`);
    return found;
  }
}

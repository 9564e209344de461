import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DelayedError, type Job } from 'bullmq';
import type { Logger } from 'pino';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { isSlow, isTransient } from '../errors/is-transient.js';
import { newContext, runInContext } from '../logs/context.js';
import { describeError } from '../logs/describe-error.js';
import { LOGGER } from '../logs/token.js';
import { Tenancy } from '../tenancy/tenancy.js';
import { Acknowledgements } from './acknowledgements.js';
import { DeadLetters } from './dead-letters.js';
import { parseEvent, UnknownEvent, type WireEvent } from './envelope.js';
import { Handlers } from './handlers.js';
import { Queues } from '../redis/queues.js';
import type { WatchedWorker } from '../redis/watched-worker.js';

/** How often an event that fails by itself is tried before it is parked: with the relay's backoff, over some 12 seconds. */
const maxAttempts = 8;
/** Envelopes at a time: commits then share a flush, and two of the pool's connections are left for callers. */
const concurrency = 4;
/** After which an envelope is tried again that failed for want of a database. */
const troubleMs = 500;
/** The same for one that holds an event of a newer version: it waits until a process of that version takes it. */
const unknownMs = 5_000;

/** Receives envelopes and applies their events, each exactly once: inbox row and effect commit together. */
@Injectable()
export class Consumer implements OnApplicationBootstrap, OnModuleDestroy {
  private worker?: WatchedWorker;

  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly tenancy: Tenancy,
    private readonly queues: Queues,
    private readonly acknowledgements: Acknowledgements,
    private readonly handlers: Handlers,
    private readonly deadLetters: DeadLetters,
  ) {}

  onApplicationBootstrap(): void {
    this.worker = this.queues.work(this.service.name, (job, token) => this.receiveOrPutOff(job as Job<string>, token), { concurrency });
  }

  onModuleDestroy(): Promise<void> {
    return this.queues.end(this.worker);
  }

  /** Applies the events of one envelope that were not applied before. */
  async receive(job: Pick<Job<string>, 'id' | 'name' | 'data' | 'attemptsMade'>): Promise<void> {
    const events = JSON.parse(job.data) as WireEvent[];
    await runInContext(newContext(events[0].t), async () => {
      try {
        await this.apply(events);
      } catch (error) {
        if (isTransient(error) && !isSlow(error)) throw error;
        this.logger.warn({ err: error, envelope: job.id }, 'an envelope failed; its events are tried one by one');
        await this.oneByOne(events, job.attemptsMade + 1);
      }
    });
    this.acknowledgements.acknowledge(job.name, job.id!.slice(0, 36));
  }

  /** An absent database is no fault of the events and counts as no attempt, or an outage would park them all. */
  private async receiveOrPutOff(job: Job<string>, token?: string): Promise<void> {
    try {
      await this.receive(job);
    } catch (error) {
      const isUnknown = error instanceof UnknownEvent;
      if (!isUnknown && !isTransient(error) && !isSlow(error)) throw error;
      this.logger.warn({ err: error, envelope: job.id }, 'an envelope is put off');
      await job.moveToDelayed(Date.now() + (isUnknown ? unknownMs : troubleMs), token);
      throw new DelayedError();
    }
  }

  private apply(events: WireEvent[]): Promise<void> {
    return this.tenancy.worker(async (tx) => {
      const fresh = await tx.query<{ event_id: string }>(
        `insert into ${this.service.schema}.inbox (event_id) select unnest($1::uuid[]) on conflict do nothing returning event_id`,
        [events.map((event) => event.i)],
      );
      const unseen = new Set(fresh.map((row) => row.event_id));
      await this.handlers.handle(events.filter((event) => unseen.delete(event.i)).map(parseEvent), tx);
    });
  }

  /**
   * Keeps a poison event from holding up its neighbours, and parks it when it will not be cured. One that waits too long for a lock
   * or for its statement is not poison, since a busy database does the same to all: it is put off, without its neighbours. So is one
   * that this version does not know: while versions run side by side, or after a step back, the newer one will come for it.
   */
  private async oneByOne(events: WireEvent[], attempt: number): Promise<void> {
    const failures: unknown[] = [];
    for (const event of events) {
      await runInContext(newContext(event.t), async () => {
        try {
          await this.apply([event]);
        } catch (error) {
          if (isTransient(error) && !isSlow(error)) throw error;
          if (isSlow(error) || error instanceof UnknownEvent) failures.unshift(error);
          else if (attempt >= maxAttempts) await this.park(event, error);
          else failures.push(error);
        }
      });
    }
    if (failures.length > 0) throw failures[0];
  }

  private async park(event: WireEvent, error: unknown): Promise<void> {
    this.logger.error({ err: error, event: event.i, name: event.n }, 'an event was parked as a dead letter');
    await this.deadLetters.park(event, describeError(error).message);
  }
}

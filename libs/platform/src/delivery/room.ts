import type { ServiceName } from '@finharbor/contracts/services';
import { Injectable } from '@nestjs/common';
import { Queues } from '../redis/queues.js';

/** So many envelopes may wait for one consumer. */
const roomFor = 500;
/** After so many of ours the queue is looked at. */
const lookAfter = 50;

/**
 * Keeps a consumer's queue in Redis short: what comes while it is full stays in the database, until the sweep sees room. A
 * consumer that is behind by a million events would otherwise fill Redis, and from a full Redis nobody can take jobs either.
 */
@Injectable()
export class Room {
  private readonly taken = new Map<ServiceName, number>();
  private readonly crowded = new Set<ServiceName>();

  constructor(private readonly queues: Queues) {}

  /** Consumers whose queue is full. */
  full(): ServiceName[] {
    return [...this.crowded];
  }

  /** Tells that envelopes were put into a queue. */
  async take(consumer: ServiceName, envelopes: number): Promise<void> {
    const taken = (this.taken.get(consumer) ?? 0) + envelopes;
    this.taken.set(consumer, taken);
    if (taken >= lookAfter) await this.left(consumer);
  }

  /** For how many envelopes there is room. */
  async left(consumer: ServiceName): Promise<number> {
    this.taken.set(consumer, 0);
    const left = Math.max(0, roomFor - await this.queues.waiting(consumer));
    if (left > 0) this.crowded.delete(consumer);
    else this.crowded.add(consumer);
    return left;
  }
}

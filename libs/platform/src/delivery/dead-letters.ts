import { Inject, Injectable } from '@nestjs/common';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { Tenancy } from '../tenancy/tenancy.js';
import type { Tx } from '../tenancy/tx.js';
import { parseEvent, type WireEvent } from './envelope.js';
import { Handlers } from './handlers.js';

/** Events that this service could not apply. Each is either applied, or here, or still on its way: never two of them. */
@Injectable()
export class DeadLetters {
  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    private readonly tenancy: Tenancy,
    private readonly handlers: Handlers,
  ) {}

  /** Puts an event aside, unless it was applied meanwhile. Whether it did. */
  park(event: WireEvent, reason: string): Promise<boolean> {
    return this.tenancy.worker((tx) => this.parkWithin(tx, event, reason));
  }

  /** The inbox takes it for done, so that an envelope which is sent again does not bring it back. */
  async parkWithin(tx: Tx, event: WireEvent, reason: string): Promise<boolean> {
    const { schema } = this.service;
    const fresh = await tx.query(`insert into ${schema}.inbox (event_id) values ($1) on conflict do nothing returning event_id`, [event.i]);
    if (fresh.length === 0) return false;
    await tx.query(
      `insert into ${schema}.dead_letters (event_id, name, org_id, body, error) values ($1, $2, $3, $4, $5) on conflict do nothing`,
      [event.i, event.n, event.o, JSON.stringify(event), reason],
    );
    return true;
  }

  /** Applies a dead letter; false when there is none of this id. Throws what its handler throws: it then stays. */
  async replay(tx: Tx, eventId: string): Promise<boolean> {
    const [letter] = await tx.query<{ body: WireEvent }>(
      `delete from ${this.service.schema}.dead_letters where event_id = $1 returning body`, [eventId]);
    if (!letter) return false;
    await this.handlers.handle([parseEvent(letter.body)], tx);
    return true;
  }
}

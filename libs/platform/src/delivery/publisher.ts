import { catalogue, type EventName, type Payload } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import { Inject, Injectable } from '@nestjs/common';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { currentContext } from '../logs/context.js';
import type { Tx } from '../tenancy/tx.js';
import { envelopeSize, type OutboxRow } from './envelope.js';

export interface Publication<Name extends EventName> {
  /** The organisation the fact belongs to. */
  organisationId: string;
  aggregateId: string;
  /** Rises with every event of the aggregate, so that a late event cannot undo a newer one. */
  version: number;
  payload: Payload<Name>;
}

/** Writes events into the outbox, in the transaction of their effect; the relay sends them on after the commit. */
@Injectable()
export class Publisher {
  private poke: (committed: OutboxRow[]) => void = () => undefined;
  private readonly written = new WeakMap<Tx, OutboxRow[]>();
  private readonly bySql = new WeakSet<Tx>();

  constructor(@Inject(SERVICE) private readonly service: ServiceIdentity) {}

  /** Tells whom to wake when there is something to relay, and with what, where that is little. */
  onPublish(poke: (committed: OutboxRow[]) => void): void {
    this.poke = poke;
  }

  async publish<Name extends EventName>(tx: Tx, name: Name, event: Publication<Name>): Promise<void> {
    const definition = catalogue[name];
    if (definition.producer !== this.service.name) throw new Error(`${this.service.name} does not produce ${name}.`);
    const row = {
      i: newId(), n: name, o: event.organisationId, a: event.aggregateId, v: event.version,
      p: JSON.stringify(definition.payload.parse(event.payload)), t: currentContext()?.traceparent ?? null,
    };
    tx.later(
      `insert into ${tx.schema}.outbox (event_id, name, org_id, aggregate_id, aggregate_version, payload, traceparent)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [row.i, row.n, row.o, row.a, row.v, row.p, row.t],
    );
    const written = this.written.get(tx) ?? this.begin(tx);
    // An import tells thousands, which are read back when their turn comes rather than kept until then.
    if (written.length <= envelopeSize) written.push(row);
  }

  /** Wakes the relay after the commit, for events that a statement of the caller's own writes into the outbox. */
  wake(tx: Tx): void {
    this.bySql.add(tx);
    if (!this.written.has(tx)) this.begin(tx);
  }

  private begin(tx: Tx): OutboxRow[] {
    const rows: OutboxRow[] = [];
    this.written.set(tx, rows);
    tx.onCommit(() => this.poke(rows.length > envelopeSize || this.bySql.has(tx) ? [] : rows));
    return rows;
  }
}

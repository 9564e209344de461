import { catalogue, type EventName, type EventOf } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import type { ServiceName } from '@finharbor/contracts/services';

/** An event as it travels: short names, since thousands of them lie in Redis at a time. */
export interface WireEvent {
  i: string;
  n: EventName;
  o: string;
  a: string;
  v: number;
  p: unknown;
  t?: string;
}

/** An event as it lies in the outbox, the payload still as JSON text. */
export interface OutboxRow {
  i: string;
  n: EventName;
  o: string;
  a: string;
  v: number;
  p: string;
  t: string | null;
}

/** Up to 50 events of one producer for one consumer. */
export interface Delivery {
  id: string;
  consumer: ServiceName;
  attempt: number;
  body: string;
}

const envelopeSize = 50;
/** In characters: Redis keeps finished envelopes for a while, and one event may cover hundreds of rows. */
const envelopeLength = 256 * 1024;

/** That an event is of a kind which this version does not know: a newer one, beside or before it, told it. */
export class UnknownEvent extends Error {}

/** Reads an event and checks its payload against the catalogue. UnknownEvent for one that this version does not know. */
export function parseEvent(wire: WireEvent): EventOf {
  const definition = catalogue[wire.n];
  if (!definition) throw new UnknownEvent(`No event is called ${String(wire.n)}.`);
  return {
    id: wire.i, name: wire.n, organisationId: wire.o, aggregateId: wire.a, version: wire.v,
    payload: definition.payload.parse(wire.p), traceparent: wire.t,
  } as EventOf;
}

/** Puts events into envelopes, in their order, one kind for each consumer. */
export function envelopes(rows: OutboxRow[]): Delivery[] {
  const deliveries: Delivery[] = [];
  const open = new Map<ServiceName, { events: string[]; length: number }>();
  const close = (consumer: ServiceName): void => {
    deliveries.push({ id: newId(), consumer, attempt: 1, body: `[${open.get(consumer)!.events.join()}]` });
    open.delete(consumer);
  };
  for (const row of rows) {
    const event = toWire(row);
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

/** The payload is JSON already; ids and names need no escaping. */
const toWire = ({ i, n, o, a, v, p, t }: OutboxRow): string =>
  `{"i":"${i}","n":"${n}","o":"${o}","a":"${a}","v":${v},"p":${p}${t === null ? '' : `,"t":${JSON.stringify(t)}`}}`;

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

export const envelopeSize = 50;
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
  const events = new Map<ServiceName, string[]>();
  for (const row of rows) {
    const event = toWire(row);
    for (const consumer of catalogue[row.n].consumers) {
      const mine = events.get(consumer);
      if (mine) mine.push(event);
      else events.set(consumer, [event]);
    }
  }
  return [...events].flatMap(([consumer, mine]) => pack(consumer, mine));
}

/** Packs events, each as JSON, into as few envelopes as they fit. */
function pack(consumer: ServiceName, events: string[]): Delivery[] {
  const packed: string[][] = [];
  let length = Infinity;
  for (const event of events) {
    const isFull = length + event.length > envelopeLength || packed.at(-1)!.length === envelopeSize;
    if (isFull) [packed[packed.length], length] = [[], 0];
    packed.at(-1)!.push(event);
    length += event.length;
  }
  return packed.map((inside) => ({ id: newId(), consumer, attempt: 1, body: `[${inside.join()}]` }));
}

/** Packs anew what lay in these envelopes, as the next attempt to send it. */
export function repack(old: Delivery[]): Delivery[] {
  const sorted = [...old].sort((one, other) => (one.id < other.id ? -1 : 1));
  return [...new Set(sorted.map((one) => one.consumer))].flatMap((consumer) => {
    const mine = sorted.filter((one) => one.consumer === consumer);
    const attempt = Math.max(...mine.map((one) => one.attempt)) + 1;
    const events = mine.flatMap(({ body }) => (JSON.parse(body) as unknown[]).map((event) => JSON.stringify(event)));
    return pack(consumer, events).map((one) => ({ ...one, attempt }));
  });
}

/** The statement that saves deliveries, those for the consumers in `held` as not to be sent yet; and its parameters. */
export const insertDeliveries = (schema: string, deliveries: Delivery[], held: ServiceName[] = []): [string, unknown[]] => [
  `insert into ${schema}.delivery (id, consumer, attempt, body, published_at)
   select id, consumer, attempt, body, case when consumer = any($5) then 'infinity' else now() end
   from unnest($1::uuid[], $2::text[], $3::int[], $4::text[]) as t (id, consumer, attempt, body)`,
  [...(['id', 'consumer', 'attempt', 'body'] as const).map((column) => deliveries.map((one) => one[column])), held],
];

/** The payload is JSON already; ids and names need no escaping. */
const toWire = ({ i, n, o, a, v, p, t }: OutboxRow): string =>
  `{"i":"${i}","n":"${n}","o":"${o}","a":"${a}","v":${v},"p":${p}${t === null ? '' : `,"t":${JSON.stringify(t)}`}}`;

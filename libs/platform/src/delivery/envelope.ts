import { catalogue, type EventName, type EventOf } from '@finharbor/contracts/events/catalogue';

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

/** Reads an event and checks its payload against the catalogue. Throws for one that this version does not know. */
export function parseEvent(wire: WireEvent): EventOf {
  const definition = catalogue[wire.n];
  if (!definition) throw new Error(`No event is called ${String(wire.n)}.`);
  return {
    id: wire.i, name: wire.n, organisationId: wire.o, aggregateId: wire.a, version: wire.v,
    payload: definition.payload.parse(wire.p), traceparent: wire.t,
  } as EventOf;
}

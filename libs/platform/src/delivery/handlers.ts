import { type EventName, type EventOf, eventsConsumedBy } from '@finharbor/contracts/events/catalogue';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { MarkedMethods } from '../boot/marked-methods.js';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { newContext, runInContext } from '../logs/context.js';
import type { Tx } from '../tenancy/tx.js';
import { type BatchHandler, type Handler, ON_BATCH, ON_EVENT } from './on.js';

/** What the service does with each event that the catalogue sends to it. */
@Injectable()
export class Handlers implements OnModuleInit {
  private handlers: Map<EventName, BatchHandler>;

  constructor(@Inject(SERVICE) private readonly service: ServiceIdentity, private readonly methods: MarkedMethods) {}

  /** Every event that the catalogue sends here has exactly one handler, or the service does not start. */
  onModuleInit(): void {
    const { name } = this.service;
    const wanted = eventsConsumedBy(name);
    const single = this.methods.find<EventName, Handler>(ON_EVENT);
    this.handlers = this.methods.find<EventName, BatchHandler>(ON_BATCH);
    for (const [event, handler] of single) {
      if (this.handlers.has(event)) throw new Error(`${event} has two handlers: one @On and one @OnBatch.`);
      this.handlers.set(event, oneByOne(handler));
    }
    const foreign = [...this.handlers.keys()].filter((event) => !wanted.includes(event));
    if (foreign.length > 0) throw new Error(`${name} handles ${foreign.join(', ')}, but the catalogue does not send it there.`);
    const missing = wanted.filter((event) => !this.handlers.has(event));
    if (missing.length > 0) throw new Error(`${name} has no @On or @OnBatch handler for ${missing.join(', ')}.`);
  }

  /** Applies events in their order; those of one name that follow each other go to their handler together. */
  async handle(events: EventOf[], tx: Tx): Promise<void> {
    for (let from = 0, to: number; from < events.length; from = to) {
      const { name, traceparent } = events[from];
      for (to = from + 1; events[to]?.name === name;) to += 1;
      await runInContext(newContext(traceparent), () => this.handlers.get(name)!(events.slice(from, to), tx));
    }
  }
}

/** What a handler publishes goes on in the trace of its event, not in that of its neighbour. */
export const oneByOne = <Name extends EventName>(handler: Handler<Name>): BatchHandler<Name> => async (events, tx) => {
  for (const event of events) await runInContext(newContext(event.traceparent), () => handler(event, tx));
};

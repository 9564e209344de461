import type { EventName, EventOf } from '@finharbor/contracts/events/catalogue';
import { SetMetadata } from '@nestjs/common';
import type { Tx } from '../tenancy/tx.js';

export const ON_EVENT = 'finharbor:on-event';
export const ON_BATCH = 'finharbor:on-batch';

export type Handler<Name extends EventName = EventName> = (event: EventOf<Name>, tx: Tx) => Promise<void>;
export type BatchHandler<Name extends EventName = EventName> = (events: EventOf<Name>[], tx: Tx) => Promise<void>;

/**
 * Marks the one method that handles an event: `(event, tx) => Promise<void>`. It runs as `_worker`, in the transaction
 * that also remembers the event in the inbox, and so exactly once. Copies of foreign facts upsert where the version is newer.
 */
export const On = <Name extends EventName>(name: Name) =>
  (target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<Handler<Name>>): void => {
    SetMetadata(ON_EVENT, name)(target, key, descriptor);
  };

/**
 * The same for events that come in floods: `(events, tx) => Promise<void>` gets those that travelled together, in their
 * order, at most 50, and applies them with a few statements. If it throws it is called again for each event alone.
 */
export const OnBatch = <Name extends EventName>(name: Name) =>
  (target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<BatchHandler<Name>>): void => {
    SetMetadata(ON_BATCH, name)(target, key, descriptor);
  };

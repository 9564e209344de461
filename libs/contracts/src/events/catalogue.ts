import type { z } from 'zod';
import type { ServiceName } from '../services.js';
import { enterpriseListsEvents } from './enterprise-lists.js';
import { feedbackEvents } from './feedback.js';
import { harborsEvents } from './harbors.js';
import { loanMatchingEvents } from './loan-matching.js';
import { partnersEvents } from './partners.js';
import { productCatalogEvents } from './product-catalog.js';

/** Everything services tell each other: the only way a fact crosses from one to another (architecture.md rules 4 and 5). */
export const catalogue = {
  ...partnersEvents,
  ...enterpriseListsEvents,
  ...productCatalogEvents,
  ...loanMatchingEvents,
  ...feedbackEvents,
  ...harborsEvents,
};

export type EventName = keyof typeof catalogue;
export type Payload<Name extends EventName> = z.infer<(typeof catalogue)[Name]['payload']>;

/** An event as a consumer receives it. `version` rises with each event of the same aggregate. */
export interface EventOf<Name extends EventName = EventName> {
  id: string;
  name: Name;
  organisationId: string;
  aggregateId: string;
  version: number;
  payload: Payload<Name>;
  traceparent?: string;
}

export const eventsProducedBy = (service: ServiceName): EventName[] =>
  (Object.keys(catalogue) as EventName[]).filter((name) => catalogue[name].producer === service);

export const eventsConsumedBy = (service: ServiceName): EventName[] =>
  (Object.keys(catalogue) as EventName[]).filter((name) => catalogue[name].consumers.includes(service));

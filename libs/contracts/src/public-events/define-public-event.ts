import type { z } from 'zod';
import type { EventName, EventOf } from '../events/catalogue.js';
import type { OrganisationKind } from '../vocabulary.js';

/** Where something is to be fetched, by its path. */
export type Href = (path: string) => string;

/**
 * Terminology. A *public event* is what an organisation is told, in its change feed and by webhook: a CloudEvent made of an internal
 * event. Its *data* says what became true of which record and where to fetch it; it is small whatever happened, names no person, and
 * says nothing that its recipient could not read over the API.
 */
export interface PublicEventDefinition<Name extends EventName = EventName, Data extends z.ZodObject = z.ZodObject> {
  /** What became true, for the reference. */
  readonly description: string;
  /** The internal event that it is made of. */
  readonly from: Name;
  /** Who is told: the organisation that the internal event belongs to, or all of a kind. */
  readonly to: readonly ('HOLDER' | OrganisationKind)[];
  /** Of these, whom one event names; all of them where that is left out. */
  readonly named?: (event: EventOf<Name>) => readonly string[];
  /** The record, as `kind/id`; `sequence` counts what became of it. */
  readonly subject: (event: EventOf<Name>) => string;
  readonly data: (event: EventOf<Name>, href: Href) => z.input<Data>;
  readonly schema: Data;
  readonly example: z.input<Data>;
}

/** Keeps the names of the internal event and of the data apart while it is written, and forgets them for the table. */
export const definePublicEvent = <Name extends EventName, Data extends z.ZodObject>(
  definition: PublicEventDefinition<Name, Data>,
): PublicEventDefinition => definition as never;

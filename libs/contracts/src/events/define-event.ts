import type { z } from 'zod';
import type { ServiceName } from '../services.js';

/**
 * Terminology. An *event* is a fact about one aggregate, told by its producer in the transaction that made it true.
 * Its *payload* carries ids and facts, never personal data, and only ever grows: jobs outlive deploys.
 */
export interface EventDefinition<Schema extends z.ZodType = z.ZodType> {
  /** What became true, for the generated reference. */
  readonly description: string;
  readonly producer: ServiceName;
  readonly consumers: readonly ServiceName[];
  readonly payload: Schema;
}

export const defineEvent = <Schema extends z.ZodType>(definition: EventDefinition<Schema>): EventDefinition<Schema> => definition;

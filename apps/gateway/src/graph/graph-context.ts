import type { Context } from '@finharbor/platform/logs/context';

/** What a GraphQL request carries through the runtime. */
export interface GraphContext {
  requestContext: Context;
  /** Sent to every service that takes part: who calls, and the ids of the request. */
  serviceHeaders: Record<string, string>;
}

import type { Context } from '@finharbor/platform/logs/context';

/** What a GraphQL request carries through the runtime. */
export interface GraphContext {
  requestContext: Context;
  /** Ends when the request has taken as long as it may. */
  deadline: AbortSignal;
}

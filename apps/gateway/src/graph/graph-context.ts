import type { GatewayContext } from '../callers/request-context.js';

/** What a GraphQL request carries through the runtime. */
export interface GraphContext {
  requestContext: GatewayContext;
  /** Ends when the request has taken as long as it may. */
  deadline: AbortSignal;
}

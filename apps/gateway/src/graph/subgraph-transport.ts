import { type ErrorCode, errorCodes } from '@finharbor/contracts/errors';
import type { ServiceName } from '@finharbor/contracts/services';
import { traceIdOf } from '@finharbor/platform/logs/context';
import { anonymous } from '@finharbor/security/tokens/caller';
import type { Transport } from '@graphql-mesh/transport-common';
import type { ExecutionRequest, ExecutionResult } from '@graphql-tools/utils';
import { type DocumentNode, GraphQLError, type GraphQLFormattedError, print } from 'graphql';
import type { Logger } from 'pino';
import type { Callers } from '../callers/callers.js';
import type { GatewayConfig } from '../config.js';
import { failureOf, type Services } from '../services.js';
import type { GraphContext } from './graph-context.js';
import { tooLate } from './limits.js';

const printed = new WeakMap<DocumentNode, string>();

function textOf(document: DocumentNode): string {
  const text = printed.get(document) ?? print(document);
  printed.set(document, text);
  return text;
}

/** One thing that went wrong, as a part of the answer: the rest of the query goes on. */
const failure = (code: ErrorCode): ExecutionResult => ({ errors: [new GraphQLError(errorCodes[code][1], { extensions: { code } })] });

/**
 * How the gateway asks a service for its part of a query. Ours instead of the runtime's own, which answers equal queries of
 * several callers from one request (`deduplicateInflightRequests`) and puts request bodies and addresses into its errors.
 */
export const subgraphTransport = (services: Services, callers: Callers, config: GatewayConfig, logger: Logger): Transport => ({
  getSubgraphExecutor: ({ subgraphName, transportEntry }) => {
    const { origin, pathname: path } = new URL(transportEntry.location!);
    const { GRAPHQL_TIMEOUT_MS: timeout, GRAPHQL_REQUEST_TIMEOUT_MS: whole } = config;
    const away = (code: ErrorCode, reason: unknown, traceId: string): ExecutionResult => {
      logger.warn({ subgraph: subgraphName, reason: String(reason), traceId }, 'a subgraph failed');
      return failure(code);
    };
    return async (request: ExecutionRequest): Promise<ExecutionResult> => {
      const { requestContext, deadline } = request.context as GraphContext;
      const { caller = anonymous, traceparent, requestId, clientRequestId } = requestContext;
      const body = JSON.stringify({ query: textOf(request.document), variables: request.variables });
      try {
        const answer = await services.agent.request({
          origin, path, method: 'POST', body, headersTimeout: timeout, bodyTimeout: timeout, signal: deadline,
          idempotent: request.operationType === 'query',
          headers: {
            authorization: `Bearer ${callers.vouch(caller, subgraphName as ServiceName)}`, traceparent,
            'request-id': requestId, 'x-request-id': clientRequestId, 'content-type': 'application/json', accept: 'application/json',
          },
        });
        const text = await answer.body.text();
        return resultOf(text) ?? away('SERVICE_UNAVAILABLE', `HTTP ${answer.statusCode}`, traceIdOf(requestContext));
      } catch (error) {
        if (deadline.aborted) return { errors: [tooLate(whole)] };
        const code = failureOf(error);
        if (!code) throw error;
        return away(code, (error as { code?: string }).code, traceIdOf(requestContext));
      }
    };
  },
});

/** The result in a service's answer; undefined when it is none, such as the problem document of a service that cannot serve. */
function resultOf(text: string): ExecutionResult | undefined {
  let result: { data?: unknown; errors?: GraphQLFormattedError[] };
  try {
    result = JSON.parse(text) as typeof result;
  } catch {
    return undefined;
  }
  if (result?.data == null && !Array.isArray(result?.errors)) return undefined;
  const errors = Array.isArray(result.errors) ? result.errors : [];
  if (errors.length === 0) return { data: result.data };
  return { data: result.data, errors: errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions })) };
}

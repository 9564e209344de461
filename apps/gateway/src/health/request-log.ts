import { runInContext } from '@finharbor/platform/logs/context';
import { anonymous } from '@finharbor/security/tokens/caller';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { contextOf } from '../callers/request-context.js';
import type { RequestRecords } from '../requests/request-records.js';
import type { Metrics } from './metrics.js';

/** Asked by machines or pages all the time, and of little interest. */
const quiet = /^\/(health\/|metrics|docs|graphiql|$)/;

/** What partners call: of this support is asked. */
const recorded = /^\/(v1\/|oauth\/|graphql$|\*)/;

/**
 * One line, one record and one measurement per request: its route, not its path, which may hold a loan code, and no query, header or
 * body. How the client names the request stands in the line alone.
 */
export function registerRequestLog(server: FastifyInstance, logger: Logger, metrics: Metrics, records: RequestRecords): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? '*';
    const { statusCode: status, elapsedTime } = reply;
    metrics.answered(method, route, status, elapsedTime / 1000);
    const context = contextOf(request);
    const { caller, requestId, clientRequestId, service } = context;
    const { role, organisationId, clientId } = caller ?? anonymous;
    const ms = Math.round(elapsedTime);
    const code = context.errorCode ?? reply.getHeader('x-error-code');
    const level = quiet.test(route) ? 'debug' : status >= 500 ? 'warn' : 'info';
    runInContext(context, () => logger[level]({
      method, route, status, ms, code, role: caller?.role, client: caller?.clientId,
      ...(clientRequestId !== requestId && { clientRequestId }),
    }, 'request'));
    if (recorded.test(route)) {
      records.add({
        id: requestId, method, route, status, ms, service: service ?? null, code: code === undefined ? null : String(code),
        role, organisationId, clientId, deprecated: context.deprecated ?? [],
      });
    }
    done();
  });
}

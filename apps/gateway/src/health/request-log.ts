import { runInContext } from '@finharbor/platform/logs/context';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { contextOf } from '../callers/request-context.js';
import type { Metrics } from './metrics.js';

/** Asked by machines or pages all the time, and of little interest. */
const quiet = /^\/(health\/|metrics|docs|graphiql|$)/;

/** One line and one measurement per request: its route, not its path, which may hold a loan code, and no query, header or body. */
export function registerRequestLog(server: FastifyInstance, logger: Logger, metrics: Metrics): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? '*';
    const { statusCode: status, elapsedTime } = reply;
    metrics.answered(method, route, status, elapsedTime / 1000);
    const context = contextOf(request);
    const level = quiet.test(route) ? 'debug' : status >= 500 ? 'warn' : 'info';
    runInContext(context, () => logger[level]({
      method, route, status, ms: Math.round(elapsedTime), role: context.caller?.role, client: context.caller?.clientId,
    }, 'request'));
    done();
  });
}

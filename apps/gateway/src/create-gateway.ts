import 'reflect-metadata';
import { DomainError, type ErrorCode, problem } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { registerDrain } from '@finharbor/platform/leaving/drain';
import { CONFIG } from '@finharbor/platform/config/config';
import { ProblemFilter } from '@finharbor/platform/errors/problem.filter';
import { NestLogger } from '@finharbor/platform/logs/logger';
import { LOGGER } from '@finharbor/platform/logs/token';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { Callers } from './callers/callers.js';
import { registerRequestContext } from './callers/request-context.js';
import type { GatewayConfig } from './config.js';
import { committedDocuments, type Documents } from './documents.js';
import { registerGraph } from './graph/endpoint.js';
import { Graph } from './graph/graph.js';
import { Metrics } from './health/metrics.js';
import { registerRequestLog } from './health/request-log.js';
import { Status } from './health/status.js';
import { registerPages } from './pages/pages.js';
import { registerSecurityHeaders } from './pages/security-headers.js';
import { knownMethods, refuse } from './routes/methods.js';
import { isTrusted, parseProxies } from './proxies.js';
import { Limiting } from './rates/limiting.js';
import { RequestRecords } from './requests/request-records.js';
import { answerUnreadable } from './requests/unreadable.js';
import { registerRest } from './routes/rest.js';
import { Services } from './services.js';

/** A connection on which nothing moves for this long is closed; longer than any service may take. */
const idleTimeout = 75_000;

/** Builds the gateway, not yet listening. Tests and the process share it, so that they run the same thing. */
export async function createGateway(documents: Documents = committedDocuments()): Promise<NestFastifyApplication> {
  let proxies = parseProxies('');
  const adapter = new FastifyAdapter({
    trustProxy: (address: string) => isTrusted(proxies, address),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    connectionTimeout: idleTimeout,
    routerOptions: { maxParamLength: 200 },
    // What cannot be routed at all, such as a path with broken escapes.
    frameworkErrors: (_error: unknown, _request: FastifyRequest, reply: FastifyReply) => sendProblem(reply, 'MALFORMED_REQUEST'),
    clientErrorHandler: answerUnreadable,
  } as never);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.for(documents), adapter, {
    bufferLogs: true, abortOnError: false, bodyParser: false,
  });
  const config = app.get<GatewayConfig>(CONFIG);
  proxies = parseProxies(config.TRUSTED_PROXIES);
  const logger = app.get<Logger>(LOGGER);
  const [services, callers, graph, limiting] = [app.get(Services), app.get(Callers), app.get(Graph), app.get(Limiting)];
  app.useLogger(new NestLogger(logger));
  app.useGlobalFilters(new ProblemFilter(logger));
  const server = adapter.getInstance() as unknown as FastifyInstance;
  registerDrain(server);
  registerRequestContext(server);
  server.addHook('onRequest', async (request, reply) => {
    if (!(knownMethods as readonly string[]).includes(request.method)) await refuse(knownMethods.join(', '))(request, reply);
  });
  registerSecurityHeaders(server);
  registerRequestLog(server, logger, app.get(Metrics), app.get(RequestRecords));
  registerPages(server, documents.openapi);
  await registerGraph(server, graph, callers, limiting, logger);
  await registerRest(server, documents.openapi, config, services, callers, limiting, logger, { 'GET /v1/status': () => app.get(Status).get() });
  server.all('/*', { onRequest: async () => { throw new DomainError('NOT_FOUND', 'There is nothing at this path.'); } }, () => undefined);
  return app;
}

function sendProblem(reply: FastifyReply, code: ErrorCode): void {
  const body = problem(code);
  void reply.status(body.status).headers({ 'request-id': newId(), 'x-error-code': code, 'content-type': 'application/problem+json; charset=utf-8' })
    .send(JSON.stringify(body));
}

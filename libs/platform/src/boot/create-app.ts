import 'reflect-metadata';
import { parseServiceKeys } from '@finharbor/security/tokens/service-token';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { CONFIG, type ProcessConfig } from '../config/config.js';
import { ProblemFilter } from '../errors/problem.filter.js';
import { registerAuthorisation } from '../http/authorisation.js';
import { registerIdempotency } from '../idempotency/idempotency.js';
import { registerSignatures } from '../receipts/receiving.js';
import { SignedRequests } from '../receipts/signed-requests.js';
import { registerPresentation } from '../http/present.js';
import { registerRequestContext } from '../http/request-context.js';
import { InputPipe, registerContentTypes } from '../http/validation.js';
import { NestLogger } from '../logs/logger.js';
import { LOGGER } from '../logs/token.js';
import { registerDrain } from '../leaving/drain.js';
import { SERVICE, type ServiceIdentity } from './service-identity.js';

/** JSON bodies are at most this large; streamed uploads have their own limits. */
const bodyLimit = 1_048_576;

/** Builds a service's application, not yet listening. Tests and `boot` share it, so that they run the same thing. */
export async function createApp(module: Type): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit,
    forceCloseConnections: 'idle',
    return503OnClosing: false, // what still arrives when it closes is answered, on a connection that then ends
    routerOptions: { maxParamLength: 200 },
    // A path that cannot be decoded.
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) => void filter.answer(error, reply),
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { bufferLogs: true, abortOnError: false });
  const config = app.get<ProcessConfig>(CONFIG);
  const logger = app.get<Logger>(LOGGER);
  app.useLogger(new NestLogger(logger));
  const server = adapter.getInstance() as unknown as FastifyInstance;
  registerDrain(server);
  registerRequestContext(server, parseServiceKeys(config.SERVICE_KEY), app.get<ServiceIdentity>(SERVICE).name);
  registerAuthorisation(server);
  registerContentTypes(server);
  registerIdempotency(server);
  registerSignatures(server, app.get(SignedRequests), config.PUBLIC_URL, app.get<ServiceIdentity>(SERVICE).name);
  registerPresentation(server);
  const filter = new ProblemFilter(logger);
  app.useGlobalFilters(filter);
  server.setErrorHandler((error, _request, reply) => filter.answer(error, reply));
  // Nest would set its own after the routes are bound, too late for what fails before a handler.
  adapter.setErrorHandler = () => adapter as never;
  app.useGlobalPipes(new InputPipe());
  return app;
}

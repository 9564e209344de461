import type { Readable } from 'node:stream';
import { DomainError } from '@finharbor/contracts/errors';
import type { ServiceName } from '@finharbor/contracts/services';
import { anonymous } from '@finharbor/security/tokens/caller';
import replyFrom, { type FastifyReplyFromHooks } from '@fastify/reply-from';
import type { FastifyInstance, FastifyReply, RouteHandlerMethod } from 'fastify';
import type { Logger } from 'pino';
import type { Callers } from '../callers/callers.js';
import { contextOf, identifying } from '../callers/request-context.js';
import type { GatewayConfig } from '../config.js';
import type { OpenApi } from '../documents.js';
import { failureOf, type Services } from '../services.js';
import { oauthRequestHeaders, requestHeaders, responseHeaders } from './headers.js';
import { type Method, registerPath } from './methods.js';
import { answerProblems } from './problems.js';
import { shielded } from './shielded.js';

/** Where clients speak OAuth to partners and say themselves who they are. */
const isOauth = (path: string): boolean => path.startsWith('/oauth/') || path.startsWith('/.well-known/');

/** Registers every path of the OpenAPI document and passes its requests to the service that owns it, streaming both ways. */
export async function registerRest(
  server: FastifyInstance, openapi: OpenApi, config: GatewayConfig, services: Services, callers: Callers, logger: Logger,
): Promise<void> {
  await server.register(async (scope) => {
    answerProblems(scope, logger);
    await scope.register(replyFrom, { undici: services.agent as never, disableRequestLogging: true, disableCache: true });
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, shielded(payload)));
    const onRequest = identifying(callers);
    for (const [template, operations] of Object.entries(openapi.paths)) {
      const handlers = Object.fromEntries(Object.entries(operations).map(([method, operation]) =>
        [method.toUpperCase() as Method, forward(template, operation['x-service'], config, services, callers)]));
      registerPath(scope, template.replaceAll(/{(\w+)}/g, ':$1'), handlers, isOauth(template) ? {} : { onRequest });
    }
  });
}

/** The handler of one operation. The service must be known, or the gateway does not boot. */
function forward(template: string, service: ServiceName, config: GatewayConfig, services: Services, callers: Callers): RouteHandlerMethod {
  const url = services.urls[service];
  if (!url) throw new Error(`openapi.json gives ${template} to ${service}, which is no service.`);
  const headersFor = isOauth(template) ? oauthRequestHeaders : requestHeaders;
  return (request, reply) => {
    const word = callers.vouch(contextOf(request).caller ?? anonymous);
    const isUpload = request.body !== undefined && !request.headers['content-type']?.startsWith('application/json');
    const options: FastifyReplyFromHooks = {
      method: request.method === 'HEAD' ? 'GET' : request.method as 'GET',
      getUpstream: () => url,
      rewriteRequestHeaders: () => headersFor(request.headers, contextOf(request), word, request.body !== undefined),
      rewriteHeaders: (headers) => responseHeaders(headers, url, config.PUBLIC_URL),
      onError: (_reply, { error }) => fail(reply, error),
      // Never by ourselves: a repeated POST is the client's to decide, and a body that was streamed is gone.
      retryDelay: () => null as never,
      ...(isUpload && { timeout: config.STREAM_TIMEOUT_MS }),
      onResponse: (_request, _reply, { stream }) => (request.method === 'HEAD' ? answerHead(reply, stream) : answer(reply, stream)),
    };
    return reply.from(pathOf(template, request.params as Record<string, string>), options);
  };
}

/** The path to ask for, built anew from its parameters, so that no trick in a path reaches another route of a service. */
export function pathOf(template: string, parameters: Record<string, string>): string {
  return template.replaceAll(/{(\w+)}/g, (_, name: string) => {
    const value = parameters[name] ?? '';
    if (/^\.{1,2}$/.test(value)) throw new DomainError('NOT_FOUND');
    return encodeURIComponent(value);
  });
}

/**
 * Passes an answer on. Where the client still sends, reply-from would close the connection behind the answer, and the client
 * might never get to read it. The body's shield is dropped instead, when the answer is complete.
 */
function answer(reply: FastifyReply, stream: Readable): void {
  const body = reply.request.body as Readable | undefined;
  stream.once('close', () => body?.destroy());
  void reply.removeHeader('connection').send(stream);
}

/** HEAD is answered as GET, without the body. */
function answerHead(reply: FastifyReply, stream: Readable): void {
  stream.destroy();
  void reply.send();
}

function fail(reply: FastifyReply, error: unknown): void {
  // What the client still sends has nowhere to go.
  if (!reply.request.raw.complete) void reply.header('connection', 'close');
  const code = failureOf(error);
  void reply.send(code ? new DomainError(code) : error);
}

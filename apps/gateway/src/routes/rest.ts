import { Readable } from 'node:stream';
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
import type { Limiting } from '../rates/limiting.js';
import { failureOf, type Services } from '../services.js';
import { tellingDeprecation } from './deprecated.js';
import { bodyOf } from './held-body.js';
import { oauthRequestHeaders, requestHeaders, responseHeaders } from './headers.js';
import { type Method, registerPath } from './methods.js';
import { answerProblems } from './problems.js';

/** Where clients speak OAuth to partners and say themselves who they are. */
const isOauth = (path: string): boolean => path.startsWith('/oauth/') || path.startsWith('/.well-known/');

/**
 * What may take a service longer than an answer should: the change feed waits when it is asked to, endpoints are challenged, the parts of
 * a file are put together, and what became of a list is written out.
 */
const takesItsTime = /^\/v1\/(events|webhook-endpoints.*|imports\/{id}\/(complete|abort|changes|results.*))$/;

/**
 * Registers every path of the OpenAPI document and passes its requests to the service that owns it, streaming both ways.
 * @param own what the gateway answers itself, by `METHOD /path`
 */
export async function registerRest(
  server: FastifyInstance, openapi: OpenApi, config: GatewayConfig,
  services: Services, callers: Callers, limiting: Limiting, logger: Logger,
  own: Record<string, RouteHandlerMethod> = {},
): Promise<void> {
  await server.register(async (scope) => {
    answerProblems(scope, logger);
    await scope.register(replyFrom, { undici: services.agent as never, disableRequestLogging: true, disableCache: true });
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', bodyOf);
    const identify = identifying(callers);
    for (const [template, operations] of Object.entries(openapi.paths)) {
      // Outside a sandbox there is nothing at these paths.
      if (template.startsWith('/v1/sandbox/') && !config.SANDBOX) continue;
      const handlers = Object.fromEntries(Object.entries(operations).map(([name, operation]): [Method, RouteHandlerMethod] => {
        const method = name.toUpperCase() as Method;
        return [method, own[`${method} ${template}`] ?? forward(template, operation['x-service'], config, services, callers)];
      }));
      const told = tellingDeprecation(template, Object.keys(operations));
      registerPath(scope, template.replaceAll(/{(\w+)}/g, ':$1'), handlers, {
        onRequest: [...told.onRequest, ...isOauth(template) ? [] : [identify], limiting.count],
        onSend: told.onSend,
        onResponse: limiting.countWrongSecret,
      });
    }
  });
}

/** The handler of one operation. Its service must be known, or the gateway does not boot; one that all have names it in the path. */
function forward(
  template: string, service: ServiceName | undefined, config: GatewayConfig, services: Services, callers: Callers,
): RouteHandlerMethod {
  if (!template.includes('{service}') && !services.urls[service!]) throw new Error(`openapi.json gives ${template} to ${service}, which is no service.`);
  const headersFor = isOauth(template) ? oauthRequestHeaders : requestHeaders;
  return (request, reply) => {
    const parameters = request.params as Record<string, string>;
    const name = service ?? parameters.service as ServiceName;
    if (!Object.hasOwn(services.urls, name)) throw new DomainError('NOT_FOUND');
    const url = services.urls[name];
    const context = contextOf(request);
    context.service = name;
    const word = callers.vouch(context.caller ?? anonymous, name);
    const certificate = isOauth(template) ? callers.certificateOf(request) : undefined;
    const isUpload = request.body !== undefined && !request.headers['content-type']?.startsWith('application/json');
    const options: FastifyReplyFromHooks = {
      method: request.method === 'HEAD' ? 'GET' : request.method as 'GET',
      getUpstream: () => url,
      rewriteRequestHeaders: () => headersFor(request.headers, context, word, request.body !== undefined, certificate),
      rewriteHeaders: (headers) => responseHeaders(headers, url, config.PUBLIC_URL),
      onError: (_reply, { error }) => fail(reply, error),
      ...(Buffer.isBuffer(request.body) && { body: request.body, contentType: request.headers['content-type'] ?? 'application/octet-stream' }),
      // A broken connection is tried again further down (secondTry); an answer is an answer.
      retryDelay: () => null as never,
      ...((isUpload || takesItsTime.test(template)) && { timeout: config.STREAM_TIMEOUT_MS }),
      onResponse: (_request, _reply, { stream }) => (request.method === 'HEAD' ? answerHead(reply, stream) : answer(reply, stream)),
    };
    return reply.from(pathOf(template, parameters), options);
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
  const { body } = reply.request;
  if (body instanceof Readable) stream.once('close', () => body.destroy());
  // Not removed: node would then leave it out, and a client could not tell that this process is leaving.
  if (reply.hasHeader('connection')) void reply.header('connection', reply.raw.shouldKeepAlive ? 'keep-alive' : 'close');
  void reply.send(stream);
}

/** HEAD is answered as GET, without the body. */
function answerHead(reply: FastifyReply, stream: Readable): void {
  stream.destroy();
  void reply.send();
}

function fail(reply: FastifyReply, error: unknown): void {
  // What the client still sends has nowhere to go: it is dropped, so that the client gets to read the answer.
  const { body } = reply.request;
  if (body instanceof Readable) body.destroy();
  const code = failureOf(error);
  void reply.send(code ? new DomainError(code) : error);
}

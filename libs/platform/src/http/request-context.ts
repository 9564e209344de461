import { DomainError } from '@finharbor/contracts/errors';
import { internalAudience, type ServiceKeys, type ServiceToken, verifyServiceToken } from '@finharbor/security/tokens/service-token';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Context, newContext, runInContext } from '../logs/context.js';
import { hookRoutes } from './route-hooks.js';

const contexts = new WeakMap<FastifyRequest, Context>();

/** The context of a request, for code that runs outside its asynchronous chain. */
export const contextOf = (request: FastifyRequest): Context => contexts.get(request)!;

/** Health and metrics are for the machines beside the service, who have no token; the gateway does not pass them on. */
export const isOpen = (url: string | undefined): boolean => url === '/metrics' || (url?.startsWith('/health/') ?? false);

/** Routes for the gateway itself, which no client reaches: they take its own word alone, and it gives it for nothing else. */
export const isInternal = (url: string | undefined): boolean => url?.startsWith('/internal/') ?? false;

/**
 * Gives every request its ids and its caller, and refuses whoever does not come with the gateway's word to this service,
 * whatever the path: so nobody else learns which paths there are. Runs twice, since reading a body leaves the asynchronous chain.
 */
export function registerRequestContext(server: FastifyInstance, keys: ServiceKeys, audience: string): void {
  const wordOf = rememberingWordOf(keys, audience);
  const internalWordOf = rememberingWordOf(keys, internalAudience(audience));
  server.addHook('onRequest', (request, reply, done) => {
    const named = header(request, 'x-request-id')?.slice(0, 100);
    const context = newContext(header(request, 'traceparent'), header(request, 'request-id') ?? named, named);
    // Where the client's own Authorization must arrive untouched (the token endpoint), the gateway's word has a header of its own.
    const token = header(request, 'x-service-token') ?? header(request, 'authorization')?.replace(/^Bearer /i, '');
    const caller = token ? (isInternal(request.routeOptions.url) ? internalWordOf : wordOf)(token)?.caller : undefined;
    const accessSecret = header(request, 'access-secret');
    context.caller = caller?.role === 'anonymous' && accessSecret ? { ...caller, role: 'applicant', accessSecret } : caller;
    contexts.set(request, context);
    void reply.header('x-request-id', context.requestId);
    if (!caller && !isOpen(request.routeOptions.url)) return done(new DomainError('UNAUTHENTICATED'));
    runInContext(context, done);
  });
  hookRoutes(server, (_url, methods) => methods.some((method) => method !== 'GET' && method !== 'HEAD'), {
    preValidation: (request, _reply, done) => runInContext(contextOf(request), done),
  });
}

const rememberMs = 5_000;

/** Remembers the tokens of the last seconds, and none beyond its end: checking a signature costs more than answering many a request. */
function rememberingWordOf(keys: ServiceKeys, audience: string): (token: string) => ServiceToken | undefined {
  const seen = new Map<string, { word: ServiceToken | undefined; until: number }>();
  return (token) => {
    const now = Date.now();
    const known = seen.get(token);
    if (known && known.until > now) return known.word;
    if (seen.size >= 1_000) seen.clear();
    const word = verifyServiceToken(keys, token, audience, now);
    seen.set(token, { word, until: Math.min(now + rememberMs, word?.expiresAt ?? Infinity) });
    return word;
  };
}

const header = (request: FastifyRequest, name: string): string | undefined => [request.headers[name]].flat()[0];

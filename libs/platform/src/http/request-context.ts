import type { Caller } from '@finharbor/security/tokens/caller';
import { verifyServiceToken } from '@finharbor/security/tokens/service-token';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Context, newContext, runInContext } from '../logs/context.js';
import { hookRoutes } from './route-hooks.js';

const contexts = new WeakMap<FastifyRequest, Context>();

/** The context of a request, for code that runs outside its asynchronous chain. */
export const contextOf = (request: FastifyRequest): Context => contexts.get(request)!;

/** Gives every request its ids and its caller. Runs twice, since reading a body leaves the asynchronous chain. */
export function registerRequestContext(server: FastifyInstance, serviceKey: Buffer): void {
  const callerOf = rememberingCallerOf(serviceKey);
  server.addHook('onRequest', (request, reply, done) => {
    const context = newContext(header(request, 'traceparent'), header(request, 'x-request-id')?.slice(0, 100));
    // Where the client's own Authorization must arrive untouched (the token endpoint), the gateway's word has a header of its own.
    const token = header(request, 'x-service-token') ?? header(request, 'authorization')?.replace(/^Bearer /i, '');
    const caller = token ? callerOf(token) : undefined;
    const accessSecret = header(request, 'access-secret');
    context.caller = caller?.role === 'anonymous' && accessSecret ? { ...caller, role: 'applicant', accessSecret } : caller;
    contexts.set(request, context);
    void reply.header('x-request-id', context.requestId);
    runInContext(context, done);
  });
  hookRoutes(server, (_url, methods) => methods.some((method) => method !== 'GET' && method !== 'HEAD'), {
    preValidation: (request, _reply, done) => runInContext(contextOf(request), done),
  });
}

const rememberMs = 5_000;

/** Remembers the tokens of the last seconds: checking a signature costs more than answering many a request. */
function rememberingCallerOf(serviceKey: Buffer): (token: string) => Caller | undefined {
  const seen = new Map<string, { caller: Caller | undefined; until: number }>();
  return (token) => {
    const now = Date.now();
    const known = seen.get(token);
    if (known && known.until > now) return known.caller;
    if (seen.size >= 1_000) seen.clear();
    const caller = verifyServiceToken(serviceKey, token, now);
    seen.set(token, { caller, until: now + rememberMs });
    return caller;
  };
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

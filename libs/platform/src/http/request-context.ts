import { verifyServiceToken } from '@finharbor/security/tokens/service-token';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Context, newContext, runInContext } from '../logs/context.js';

const contexts = new WeakMap<FastifyRequest, Context>();

/** The context of a request, for code that runs outside its asynchronous chain. */
export const contextOf = (request: FastifyRequest): Context => contexts.get(request)!;

/** Gives every request its ids and its caller. Runs twice, since reading a body leaves the asynchronous chain. */
export function registerRequestContext(server: FastifyInstance, serviceKey: Buffer): void {
  server.addHook('onRequest', (request, reply, done) => {
    const context = newContext(header(request, 'traceparent'), header(request, 'x-request-id')?.slice(0, 100));
    const token = header(request, 'authorization')?.replace(/^Bearer /i, '');
    const caller = token ? verifyServiceToken(serviceKey, token) : undefined;
    const accessSecret = header(request, 'access-secret');
    context.caller = caller?.role === 'anonymous' && accessSecret ? { ...caller, role: 'applicant', accessSecret } : caller;
    contexts.set(request, context);
    void reply.header('x-request-id', context.requestId);
    runInContext(context, done);
  });
  server.addHook('preValidation', (request, _reply, done) => runInContext(contextOf(request), done));
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

import { newId } from '@finharbor/contracts/ids';
import type { ServiceName } from '@finharbor/contracts/services';
import { type Context, newContext, runInContext } from '@finharbor/platform/logs/context';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Callers, Unproven } from './callers.js';

/** What the gateway knows of a request. Its `requestId` is ours alone, and told in Request-Id. */
export interface GatewayContext extends Context {
  /** How the client names the request (X-Request-Id); the id where it does not. */
  readonly clientRequestId: string;
  /** The service that the request was passed to. */
  service?: ServiceName;
  /** Of an answer of the graph: the code of its first error. */
  errorCode?: string;
  /** What it uses that is deprecated. */
  deprecated?: string[];
}

const contexts = new WeakMap<FastifyRequest, GatewayContext>();

/** The ids and, once it was identified, the caller of a request. */
export const contextOf = (request: FastifyRequest): GatewayContext => contexts.get(request)!;

/** A client may name its request, for its own logs and ours, in up to a hundred plain characters. */
const requestIdShape = /^[\w.:-]{1,100}$/;

/** Gives every request its ids. Runs twice, since reading a body leaves the asynchronous chain. */
export function registerRequestContext(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const given = request.headers['x-request-id'];
    const traceparent = request.headers.traceparent;
    const requestId = newId();
    const clientRequestId = typeof given === 'string' && requestIdShape.test(given) ? given : requestId;
    const context = Object.assign(newContext(typeof traceparent === 'string' ? traceparent : undefined, requestId), { clientRequestId });
    contexts.set(request, context);
    void reply.header('request-id', requestId).header('x-request-id', clientRequestId);
    runInContext(context, done);
  });
  server.addHook('preValidation', (request, _reply, done) => runInContext(contextOf(request), done));
}

/** A hook for the routes where it matters who calls. Runs before the body is read. */
export const identifying = (callers: Callers) => async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  const { headers: { authorization, dpop: proof }, method, url: path } = request;
  if (proof !== undefined) void reply.header('dpop-nonce', callers.nonce);
  try {
    contextOf(request).caller = await callers.identify({
      authorization, proof: typeof proof === 'string' ? proof : undefined, method, path, certificate: callers.certificateOf(request),
    });
  } catch (error) {
    if (error instanceof Unproven) void reply.header('www-authenticate', error.challenge);
    throw error;
  }
};

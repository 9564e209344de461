import { DomainError } from '@finharbor/contracts/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod, RouteOptions } from 'fastify';

/** The methods that the router knows; any other is refused before it looks at the path. */
export const knownMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

export type Method = (typeof knownMethods)[number];

/** Registers a path with what it can do. OPTIONS tells that, and every other method is answered with 405 and Allow. */
export function registerPath(
  server: FastifyInstance, url: string, handlers: Partial<Record<Method, RouteHandlerMethod>>, options: Partial<RouteOptions> = {},
): void {
  const all: Partial<Record<Method, RouteHandlerMethod>> = { ...(handlers.GET && { HEAD: handlers.GET }), ...handlers };
  const allow = knownMethods.filter((method) => method === 'OPTIONS' || all[method]).join(', ');
  for (const method of knownMethods) {
    const handler = all[method];
    const route = handler ? { ...options, handler } : { onRequest: method === 'OPTIONS' ? tell(allow) : refuse(allow), handler: unreachable };
    server.route({ ...route, method, url, exposeHeadRoute: false });
  }
}

const unreachable: RouteHandlerMethod = () => { throw new Error('The hook before has answered.'); };

/** A hook that answers OPTIONS. */
const tell = (allow: string) => async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
  reply.status(204).header('allow', allow).send();

/** A hook that answers 405 before the body is read. */
export const refuse = (allow: string) => async (_request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  void reply.header('allow', allow);
  throw new DomainError('METHOD_NOT_ALLOWED');
};

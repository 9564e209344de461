import { DomainError } from '@finharbor/contracts/errors';
import { mayCall } from '@finharbor/security/authorisation/policy';
import type { FastifyInstance } from 'fastify';
import { contextOf, isInternal, isOpen } from './request-context.js';
import { hookRoutes } from './route-hooks.js';

/** `METHOD /path/{parameter}` of a route, as the authorisation table writes it. */
export const routeOf = (method: string, url: string): string => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`;

/** The graph is checked by field, and what is internal by the word that it takes. */
const isExempt = (url: string): boolean => isOpen(url) || isInternal(url) || url === '/graphql';

/** Refuses every route that the authorisation table does not give to the caller's role, before a body is read. */
export function registerAuthorisation(server: FastifyInstance): void {
  const names = new Map<string, string>();
  hookRoutes(server, (url) => !isExempt(url), {
    onRequest: (request, _reply, done) => {
      const { role } = contextOf(request).caller!;
      // A HEAD asks for what a GET would say, and nothing more.
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      const key = `${method} ${request.routeOptions.url}`;
      let route = names.get(key);
      if (!route) names.set(key, route = routeOf(method, request.routeOptions.url!));
      if (mayCall(role, route)) return done();
      done(new DomainError(role === 'anonymous' || role === 'applicant' ? 'UNAUTHENTICATED' : 'FORBIDDEN'));
    },
  });
}

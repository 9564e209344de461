import { DomainError } from '@finharbor/contracts/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { Logger } from 'pino';
import type { Callers } from '../callers/callers.js';
import { contextOf, identifying } from '../callers/request-context.js';
import type { Limiting } from '../rates/limiting.js';
import { registerPath } from '../routes/methods.js';
import { answerProblems } from '../routes/problems.js';
import type { Graph } from './graph.js';

const bodyLimit = 1_048_576;

/**
 * `/graphql`: POST of `application/json` and nothing else, so that no form of another site can send one, and GET for
 * queries. A browser that comes looking is shown the page to explore the graph with.
 */
export async function registerGraph(
  server: FastifyInstance, graph: Graph, callers: Callers, limiting: Limiting, logger: Logger,
): Promise<void> {
  await server.register(async (scope) => {
    answerProblems(scope, logger);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit }, (_request, body, done) => done(null, body));
    const answer: RouteHandlerMethod = (request, reply) => respond(graph, request, reply);
    const get: RouteHandlerMethod = (request, reply) => (isVisit(request) ? reply.redirect('/graphiql', 303) : answer.call(scope, request, reply));
    registerPath(scope, '/graphql', { GET: get, POST: answer }, { onRequest: [identifying(callers), limiting.count] });
  });
}

const isVisit = (request: FastifyRequest): boolean => !request.url.includes('?') && (request.headers.accept ?? '').includes('text/html');

async function respond(graph: Graph, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (request.method === 'POST' && typeof request.body !== 'string') throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'GraphQL is sent as application/json.');
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const answer = await graph.answer({
    method,
    url: `/graphql${method === 'GET' ? request.url.slice('/graphql'.length) : ''}`,
    headers: { accept: request.headers.accept ?? 'application/json', ...(method === 'POST' && { 'content-type': 'application/json' }) },
    body: method === 'POST' ? request.body as string : undefined,
  }, contextOf(request));
  for (const name of ['content-type', 'www-authenticate', ...(answer.status === 405 ? ['allow'] : [])]) {
    const value = answer.headers.get(name);
    if (value !== null) void reply.header(name, value);
  }
  return reply.status(answer.status).send(await answer.text());
}

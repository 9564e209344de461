import federation from '@mercuriusjs/federation';
import type { FastifyInstance } from 'fastify';
import mercurius from 'mercurius';
import type { Caller } from '@finharbor/security/tokens/caller';
import { vouchedFor } from './fixture.js';

/** The part of partners' graph that the tests cross. */
export const organisationsSdl = `
  type Query { organisations: [Organisation!]! me: String! fail(how: String!): String secret: String! }
  type Mutation { rename(name: String!): String }
  type Organisation @key(fields: "id") { id: ID! name: String upper: Organisation }
  type Outlet @key(fields: "id") { id: ID! name: String }
`;

export interface Asked {
  query: string;
  headers: Record<string, unknown>;
  caller: Caller | undefined;
}

/**
 * A real Mercurius subgraph beside the harbors service: only one code-first service fits into a process. It counts what it
 * is asked, and can be made to fail or to wait.
 */
export async function serveOrganisations(server: FastifyInstance): Promise<{ asked: Asked[]; release: () => void; hold: () => void }> {
  const asked: Asked[] = [];
  let held: Promise<void> | undefined;
  let release = (): void => undefined;
  server.addHook('preHandler', async (request) => {
    if (request.url !== '/graphql') return;
    const { query } = request.body as { query: string };
    asked.push({ query, headers: request.headers, caller: vouchedFor(request.headers, 'partners') });
    await held;
  });
  const organisation = (id: string) => ({ id, name: `bank ${id}` });
  await server.register(mercurius, {
    schema: federation.buildFederationSchema(organisationsSdl),
    context: (request) => ({ caller: vouchedFor(request.headers, 'partners') }),
    resolvers: {
      Query: {
        organisations: () => [organisation('a')],
        me: (_root: unknown, _arguments: unknown, { caller }: { caller: Caller }) => String(caller.organisationId),
        fail: (_root: unknown, { how }: { how: string }) => {
          const { ErrorWithProps } = mercurius;
          if (how === 'known') throw new ErrorWithProps('The bank is not in a state that allows this.', { code: 'ILLEGAL_STATE', secret: 'kept' });
          throw new ErrorWithProps('password=hunter2 at /srv/app.js:1:2', { code: 'DATABASE_ON_FIRE', stacktrace: ['x'] });
        },
        secret: () => null,
      },
      Mutation: { rename: (_root: unknown, { name }: { name: string }) => name },
      Organisation: {
        __resolveReference: ({ id }: { id: string }) => organisation(id),
        upper: ({ id }: { id: string }) => organisation(id),
      },
      Outlet: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `outlet ${id}` }) },
    } as never,
  });
  return {
    asked,
    hold: () => { held = new Promise((resolve) => { release = resolve; }); },
    release: () => { held = undefined; release(); },
  };
}

import { callerOf } from '@finharbor/testing/callers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getIntrospectionQuery } from 'graphql';
import request, { type Test } from 'supertest';
import type { GraphqlAnswer } from '@finharbor/testing/app';
import { type Issuer, startGateway, startIssuer } from './fixture.js';
import { serveOrganisations } from './organisations-peer.js';
import { compose } from './supergraph.js';

describe('what the graph refuses', () => {
  let issuer: Issuer;
  let peer: Awaited<ReturnType<typeof serveOrganisations>>;
  let gateway: { app: NestFastifyApplication; url: string };
  const supervisor = callerOf('supervisor');
  let bearer: string;

  const send = (query: string, variables?: object): Test =>
    request(gateway.url).post('/graphql').set('authorization', bearer).send({ query, variables });
  const ask = async (query: string): Promise<GraphqlAnswer> => (await send(query)).body;
  const codeOf = async (query: string): Promise<string | undefined> => (await ask(query)).errors?.[0].extensions?.code;

  beforeAll(async () => {
    issuer = await startIssuer(async (server) => { peer = await serveOrganisations(server); });
    bearer = await issuer.bearer(supervisor);
    gateway = await startGateway({ partners: issuer.url }, { supergraph: compose(), openapi: { paths: {} } });
  });
  afterAll(async () => {
    await gateway.app.close();
    await issuer.server.close();
  });
  beforeEach(() => { peer.asked.length = 0; });

  describe('without a token', () => {
    const anonymously = (body: object, accept = 'application/json'): Test => request(gateway.url).post('/graphql').set('accept', accept).send(body);

    it('answers { __typename }', async () => {
      expect((await anonymously({ query: '{ __typename }' }).expect(200)).body).toEqual({ data: { __typename: 'Query' } });
      expect((await anonymously({ query: 'query Greeting { kind: __typename }' }).expect(200)).body).toEqual({ data: { kind: 'Query' } });
    });

    it('answers nothing more, introspection and the names of types included', async () => {
      const queries = [
        getIntrospectionQuery(), '{ __schema { types { name } } }', '{ __type(name: "Harbor") { name } }', '{ harbors { edges { node { id } } } }', '{ harbor }',
        '{ __typename ... on Harbor { __typename } }', 'query ($a: Harbor) { __typename }', '{ __typename @include(if: $a) }', '{ __typename @harbor }',
        'fragment F on Harbor { __typename } query { __typename }', 'mutation { __typename }', '{ __typename', 'subscription { a }', '',
      ];
      for (const query of queries) {
        const { body } = await anonymously({ query }).expect(200);
        expect([query, body]).toEqual([query, { errors: [{ message: 'The graph needs an access token.', extensions: { code: 'UNAUTHENTICATED' } }] }]);
      }
      expect(peer.asked).toHaveLength(0);
      const get = await request(gateway.url).get('/graphql').query({ query: '{ __schema { types { name } } }' });
      expect(get.body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
    });

    it('says so with the status, where the client speaks GraphQL over HTTP', async () => {
      const answer = await anonymously({ query: '{ me }' }, 'application/graphql-response+json').expect(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    });

    it('is not let in by what was asked with a token before', async () => {
      expect(await ask('{ me }')).toHaveProperty('data.me');
      expect((await anonymously({ query: '{ me }' })).body.data).toBeUndefined();
      expect(await ask('{ me }')).toHaveProperty('data.me');
    });
  });

  describe('over HTTP', () => {
    it('takes JSON alone', async () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/graphql']) {
        const answer = await request(gateway.url).post('/graphql').set({ authorization: bearer, 'content-type': type }).send('query=%7Bme%7D').expect(415);
        expect(answer.body.code).toBe('UNSUPPORTED_MEDIA_TYPE');
      }
      expect(peer.asked).toHaveLength(0);
    });

    it('refuses bodies that are no request, lists of requests and bodies over a megabyte', async () => {
      const raw = (body: string): Test => request(gateway.url).post('/graphql').set({ authorization: bearer, 'content-type': 'application/json' }).send(body);
      for (const body of ['', '{', '"{me}"', '[]', '[{"query":"{me}"},{"query":"{me}"}]', '{"query":1}', '{"query":"{me}","variables":"x"}', '{"query":"{me}","other":1}']) {
        const answer = await raw(body);
        expect([body, answer.body.data, answer.body.errors?.length ?? answer.body.code]).toEqual([body, undefined, 1]);
      }
      expect((await raw(JSON.stringify({ query: '{me}', variables: { a: 'x'.repeat(1_100_000) } })).expect(413)).body.code).toBe('PAYLOAD_TOO_LARGE');
      expect(peer.asked).toHaveLength(0);
    });

    it('takes queries by GET and no mutations, and shows a browser the explorer', async () => {
      const get = (query: string): Test => request(gateway.url).get('/graphql').query({ query }).set('authorization', bearer);
      expect((await get('{ me }').expect(200)).body.data.me).toBe(supervisor.organisationId);
      expect((await get('mutation { rename(name: "a") }').expect(405)).body.data).toBeUndefined();
      expect(peer.asked).toHaveLength(1);
      const visit = await request(gateway.url).get('/graphql').set('accept', 'text/html,*/*').expect(303);
      expect(visit.headers.location).toBe('/graphiql');
    });
  });

  describe('limits', () => {
    const nested = (depth: number): string => `{ organisations ${'{ upper '.repeat(depth - 2)}{ id }${' }'.repeat(depth - 2)} }`;
    const repeated = (count: number, part: (n: number) => string): string => Array.from({ length: count }, (_, n) => part(n)).join(' ');

    it('lets a query be 12 levels deep', async () => {
      expect(await codeOf(nested(12))).toBeUndefined();
      expect(await codeOf(nested(13))).toBe('VALIDATION_FAILED');
      const inFragments = 'fragment A on Organisation { upper { upper { upper { ...B } } } } fragment B on Organisation { upper { upper { upper { ...C } } } }'
        + 'fragment C on Organisation { upper { upper { upper { upper { upper { id } } } } } } { organisations { ...A } }';
      expect(await codeOf(inFragments)).toBe('VALIDATION_FAILED');
    });

    it('lets a query have 20 root fields, 50 aliases and 1,000 fields', async () => {
      expect(await codeOf(`{ ${repeated(20, (n) => `a${n}: me`)} }`)).toBeUndefined();
      expect(await codeOf(`{ ${repeated(21, (n) => `a${n}: me`)} }`)).toBe('VALIDATION_FAILED');
      expect(await codeOf(`{ organisations { ${repeated(51, (n) => `a${n}: id`)} } }`)).toBe('VALIDATION_FAILED');
      const bomb = repeated(12, (n) => `fragment F${n} on Organisation { ...F${n + 1} ...F${n + 1} }`);
      expect(await codeOf(`${bomb} fragment F12 on Organisation { id } { organisations { ...F0 } }`)).toBe('VALIDATION_FAILED');
    });

    it('reads no query without end', async () => {
      expect(await codeOf(`{ me ${'#'.repeat(20_000)}\n }`)).toBe('VALIDATION_FAILED');
      expect(await codeOf(`{ ${'me '.repeat(2_000)} }`)).toBe('GRAPHQL_PARSE_FAILED');
      expect(await codeOf('{a'.repeat(5_000))).toBe('GRAPHQL_PARSE_FAILED');
      expect(await codeOf('fragment A on Organisation { ...A } { organisations { ...A } }')).toBe('GRAPHQL_VALIDATION_FAILED');
      expect(peer.asked).toHaveLength(0);
    });

    it('lets introspection pass with a token', async () => {
      expect((await ask(getIntrospectionQuery())).data.__schema.queryType.name).toBe('Query');
    });
  });
});

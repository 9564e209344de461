import { createHash } from 'node:crypto';
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
        '{ harbour { id } }', 'query ($id: Harbr) { __typename }', `{ ${'harbor '.repeat(5_000)} }`,
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

    it('says that there are no subscriptions, however they are asked for', async () => {
      for (const accept of ['application/json', 'text/event-stream', 'application/graphql-response+json']) {
        const answer = await send('subscription { organisations { id } }').set('accept', accept).buffer(true).parse((response, done) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('end', () => done(null, text));
        });
        expect([accept, answer.body]).toEqual([accept, expect.stringContaining('"errors":[{"message":"The graph has no subscriptions.","extensions":{"code":"VALIDATION_FAILED"}}]')]);
      }
    });

    it('keeps no query for later: what is sent by its hash alone is no query', async () => {
      const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update('{ me }').digest('hex') } };
      const post = (body: object): Test => request(gateway.url).post('/graphql').set('authorization', bearer).send(body);
      expect((await post({ query: '{ me }', extensions })).body).toHaveProperty('data.me');
      const { body } = await post({ extensions });
      expect([body.data, body.errors[0].extensions.code]).toEqual([undefined, 'MALFORMED_REQUEST']);
      // Nor does the hash stand for another query.
      expect((await post({ query: '{ organisations { id } }', extensions })).body.data).toEqual({ organisations: [{ id: 'a' }] });
    });

    it('is not led by what is nested deeply beside the query', async () => {
      const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
      for (const body of [`{"query":"query ($name: String!) { me }","variables":{"name":${deep}}}`, `{"query":"{ me }","extensions":{"a":${deep}}}`, `{"query":${deep}}`]) {
        const answer = await request(gateway.url).post('/graphql').set({ authorization: bearer, 'content-type': 'application/json' }).send(body);
        expect(JSON.stringify(answer.body)).not.toMatch(/INTERNAL|stack|node_modules/);
      }
      expect(await ask('{ me }')).toHaveProperty('data.me');
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
});

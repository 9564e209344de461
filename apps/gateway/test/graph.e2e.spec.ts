import type { Server } from 'node:http';
import { type GraphqlAnswer, startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request, { type Test } from 'supertest';
import { type Issuer, startGateway, startIssuer } from './fixture.js';
import { serveOrganisations } from './organisations-peer.js';
import { compose } from './supergraph.js';

const rows = 50;

describe('the graph', () => {
  let issuer: Issuer;
  let harbors: TestApp;
  let peer: Awaited<ReturnType<typeof serveOrganisations>>;
  let gateway: { app: NestFastifyApplication; url: string };
  let harborsAsked = 0;
  const supervisor = callerOf('supervisor');
  let bearer: string;

  const send = (query: string, variables?: object, authorization = bearer): Test =>
    request(gateway.url).post('/graphql').set('authorization', authorization).send({ query, variables });
  const ask = async (query: string, variables?: object): Promise<GraphqlAnswer> => (await send(query, variables)).body;
  const codeOf = async (query: string): Promise<string | undefined> => (await ask(query)).errors?.[0].extensions?.code;

  beforeAll(async () => {
    issuer = await startIssuer(async (server) => { peer = await serveOrganisations(server); });
    bearer = await issuer.bearer(supervisor);
    // Only to run the service, as the network does between the two; the gateway itself imports none.
    // eslint-disable-next-line @nx/enforce-module-boundaries
    const { AppModule } = await import('@finharbor/harbors/app.module');
    harbors = await startTestApp(AppModule, 'harbors');
    await harbors.database.query(
      `insert into harbors.harbors (id, number, name, host_bank_id, outlet_id, area_code, area_name, registered_at)
       select gen_random_uuid(), 'WZ-HB-' || n, '金融服务港湾', gen_random_uuid(), gen_random_uuid(), '500101001', '高笋塘街道', now()
       from generate_series(1, ${rows}) n`);
    const server = harbors.app.getHttpServer() as Server;
    server.on('request', (incoming) => { if (incoming.url === '/graphql') harborsAsked += 1; });
    await harbors.app.listen(0, '127.0.0.1');
    gateway = await startGateway(
      { partners: issuer.url, harbors: await harbors.app.getUrl() }, { supergraph: compose(), openapi: { paths: {} } },
    );
  });
  afterAll(async () => {
    await gateway.app.close();
    await harbors.close();
    await issuer.server.close();
  });
  beforeEach(() => {
    peer.asked.length = 0;
    harborsAsked = 0;
  });

  describe('across services', () => {
    it(`asks each service once for ${rows} rows`, async () => {
      const { data, errors } = await ask(`{ harbors(first: ${rows}) { edges { node { number hostBank { id name } outlet { name } demandTotal } } } }`);
      expect(errors).toBeUndefined();
      expect(data.harbors.edges).toHaveLength(rows);
      for (const { node } of data.harbors.edges) expect(node).toMatchObject({ hostBank: { name: `bank ${node.hostBank.id}` }, demandTotal: 0 });
      expect([harborsAsked, peer.asked.length]).toEqual([1, 1]);
      expect(peer.asked[0].query).toContain('_entities');
    });

    it('tells every service who calls, with the ids of the request and nothing of the client', async () => {
      const trace = 'c'.repeat(32);
      const answer = await send('{ me }').set({
        traceparent: `00-${trace}-${'d'.repeat(16)}-01`, 'x-request-id': 'mine-2', 'x-service-token': 'forged', cookie: 'c=1',
      }).expect(200);
      expect(answer.body).toEqual({ data: { me: supervisor.organisationId } });
      const { headers, caller } = peer.asked[0];
      expect(caller).toEqual(supervisor);
      expect(headers).toMatchObject({ 'x-request-id': 'mine-2', traceparent: expect.stringMatching(new RegExp(`^00-${trace}-`)) });
      expect(Object.keys(headers).sort()).toEqual(['accept', 'authorization', 'connection', 'content-length', 'content-type', 'host', 'request-id', 'traceparent', 'x-request-id']);
      expect(headers.authorization).not.toBe(bearer);
    });

    it('never answers one caller with what another was told, however alike and simultaneous their queries', async () => {
      const callers = [callerOf('bank'), callerOf('bank'), callerOf('bank')];
      peer.hold();
      const answers = callers.map(async (caller) => (await send('{ me }', {}, await issuer.bearer(caller))).body.data.me);
      while (peer.asked.length < callers.length) await new Promise(setImmediate);
      peer.release();
      expect(await Promise.all(answers)).toEqual(callers.map(({ organisationId }) => organisationId));
    });

    it('mutates', async () => {
      expect(await ask('mutation ($name: String!) { rename(name: $name) }', { name: '新名' })).toEqual({ data: { rename: '新名' } });
    });
  });

  describe('errors', () => {
    it('of a service keep message, path and code, and the rest is served', async () => {
      expect(await ask('{ fail(how: "known") me }')).toEqual({
        errors: [{ message: 'The bank is not in a state that allows this.', path: ['fail'], extensions: { code: 'ILLEGAL_STATE' } }],
        data: { fail: null, me: supervisor.organisationId },
      });
    });

    it('that nobody foresaw are masked', async () => {
      const { data, errors } = await ask('{ fail(how: "other") me }');
      expect(data).toEqual({ fail: null, me: supervisor.organisationId });
      expect(errors).toEqual([{ message: expect.stringMatching(/^Something went wrong here. Tell the operator this id: [0-9a-f-]{36}$/), path: ['fail'], extensions: { code: 'INTERNAL' } }]);
    });

    it('about the query say what is wrong with it', async () => {
      expect(await codeOf('{ nothing }')).toBe('GRAPHQL_VALIDATION_FAILED');
      expect(await codeOf('query ($id: ID!) { harbor(id: $id) { id } }')).toBe('VALIDATION_FAILED');
      expect(await codeOf('{ harbor(id: "1")')).toBe('GRAPHQL_PARSE_FAILED');
    });
  });

  describe('a service that fails', () => {
    const crossing = '{ harbors(first: 2) { edges { node { number hostBank { id name } } } } organisations { name } }';
    const expectPartial = ({ data, errors }: GraphqlAnswer, code: string): void => {
      expect(data.organisations).toBeNull();
      expect(data.harbors.edges.map(({ node }: { node: { number: string; hostBank: object } }) => [typeof node.number, node.hostBank]))
        .toEqual(Array.from({ length: 2 }, () => ['string', { id: expect.any(String), name: null }]));
      expect(errors!.map(({ path }) => path?.join('.')).sort()).toEqual(['harbors.edges.0.node.hostBank.name', 'harbors.edges.1.node.hostBank.name', 'organisations']);
      expect(new Set(errors!.map(({ extensions }) => JSON.stringify(extensions)))).toEqual(new Set([JSON.stringify({ code })]));
      expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|localhost|http|_entities|ECONN|:\d+:\d+/);
    };

    it('by being slow takes along what is its own', async () => {
      peer.hold();
      const answer = await ask(crossing);
      peer.release();
      expectPartial(answer, 'SERVICE_TIMEOUT');
    });

    it('by being away takes along what is its own, be it a root field that is never null', async () => {
      issuer.server.server.closeAllConnections();
      await issuer.server.close();
      expectPartial(await ask(crossing), 'SERVICE_UNAVAILABLE');
      expect((await request(gateway.url).get('/health/live').expect(200)).body).toEqual({ status: 'ok' });
    });

    it('wholly, leaves errors and no data', async () => {
      const server = harbors.app.getHttpServer() as Server;
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      const { data, errors } = await ask(crossing);
      expect(data).toEqual({ harbors: null, organisations: null });
      expect(errors!.map(({ extensions }) => extensions!.code)).toEqual(['SERVICE_UNAVAILABLE', 'SERVICE_UNAVAILABLE']);
    });
  });
});

import { deprecations } from '@finharbor/contracts/deprecations';
import { callerOf } from '@finharbor/testing/callers';
import { until } from '@finharbor/testing/until';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance } from 'fastify';
import request, { type Response } from 'supertest';
import type { OpenApi } from '../src/documents.js';
import type { RequestRecord } from '../src/requests/request-records.js';
import { type Issuer, listen, startGateway, startIssuer } from './fixture.js';
import { serveOrganisations } from './organisations-peer.js';
import { compose } from './supergraph.js';

const paths = {
  '/v1/things': { get: { 'x-service': 'harbors' }, post: { 'x-service': 'harbors' } },
  '/v1/parts': { get: { 'x-service': 'harbors' } },
} as OpenApi['paths'];

const entry = { deprecatedAt: '2026-12-01', sunsetAt: '2027-07-01', link: 'https://api.example.cn/changes#things', replacement: 'Use GET /v1/parts.' };

describe('what is deprecated', () => {
  let issuer: Issuer;
  let harbors: FastifyInstance;
  let app: NestFastifyApplication;
  let url: string;
  let bank: string;
  const caller = callerOf('bank');
  const told: RequestRecord[] = [];

  beforeAll(async () => {
    Object.assign(deprecations, { 'GET /v1/things': entry, 'GET /v1/parts?kind': entry, 'Organisation.name': entry });
    issuer = await startIssuer(async (server) => {
      await serveOrganisations(server);
      server.post('/internal/request-records', async (incoming, reply) => {
        told.push(...incoming.body as RequestRecord[]);
        return reply.status(204).send();
      });
    });
    harbors = fastify();
    harbors.all('/*', (incoming, reply) => reply.headers(incoming.url.includes('linked') ? { link: '<https://x.example/1>; rel="receipt"' } : {}).send({}));
    const urls = { partners: issuer.url, harbors: await listen(harbors) };
    ({ app, url } = await startGateway(urls, { supergraph: compose(), openapi: { paths } }));
    bank = await issuer.bearer(caller);
  });
  afterAll(async () => {
    for (const element of Object.keys(deprecations)) delete deprecations[element];
    await app.close();
    await issuer.server.close();
    await harbors.close();
  });

  const get = (path: string, authorization = bank): Promise<Response> => request(url).get(path).set('authorization', authorization).then((answer) => answer);
  const usedBy = async (answer: Response): Promise<string[]> => (await until('a record', () => told.find(({ id }) => id === answer.headers['request-id']))).deprecated;

  it('says since when, until when and where to read on, in every answer of the route', async () => {
    const headers = {
      deprecation: '@1796054400', sunset: 'Wed, 30 Jun 2027 16:00:00 GMT',
      link: '<https://api.example.cn/changes#things>; rel="deprecation"; type="text/html", <https://api.example.cn/changes#things>; rel="sunset"; type="text/html"',
    };
    expect((await get('/v1/things')).headers).toMatchObject(headers);
    expect((await request(url).head('/v1/things').set('authorization', bank)).headers).toMatchObject(headers);
    const refused = await get('/v1/things', 'Bearer bad');
    expect([refused.status, refused.headers]).toEqual([401, expect.objectContaining(headers)]);
    expect((await get('/v1/things?linked')).headers.link).toBe(`<https://x.example/1>; rel="receipt", ${headers.link}`);
  });

  it('says nothing at other routes, other methods and other parameters', async () => {
    const others = [await request(url).post('/v1/things').set('authorization', bank).send({}), await get('/v1/parts?other=1'), await get('/v1/parts?kind=1')];
    for (const { headers } of others) for (const name of ['deprecation', 'sunset', 'link']) expect(headers).not.toHaveProperty(name);
    expect(await Promise.all(others.map(usedBy))).toEqual([[], [], ['GET /v1/parts?kind']]);
  });

  it('is counted when it is used: routes, and fields of the graph', async () => {
    expect(await usedBy(await get('/v1/things'))).toEqual(['GET /v1/things']);
    const ask = (query: string): Promise<Response> => request(url).post('/graphql').set('authorization', bank).send({ query }).then((answer) => answer);
    const plain = await ask('{ organisations { id } }');
    const query = 'query A { organisations { ...a upper { name } } } fragment a on Organisation { other: name }';
    const used = await ask(query);
    expect(used.body.data.organisations[0].other).toBe('bank a');
    const again = await ask(query);
    expect([await usedBy(plain), await usedBy(used), await usedBy(again)]).toEqual([[], ['Organisation.name'], ['Organisation.name']]);
    const { text } = await get('/metrics');
    expect(text).toContain(`finharbor_deprecated_uses_total{element="Organisation.name",organisation="${caller.organisationId}",service="gateway"} 2`);
  });
});

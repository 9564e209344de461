import { once } from 'node:events';
import { connect } from 'node:net';
import { internalAudience, parseServiceKeys, verifyServiceToken } from '@finharbor/security/tokens/service-token';
import { callerOf, testServiceKey } from '@finharbor/testing/callers';
import { until } from '@finharbor/testing/until';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import request, { type Response } from 'supertest';
import { committedDocuments, type OpenApi } from '../src/documents.js';
import type { RequestRecord } from '../src/requests/request-records.js';
import { type Issuer, listen, startGateway, startIssuer } from './fixture.js';

const paths = {
  '/v1/things/{id}': { get: { 'x-service': 'harbors' } },
  '/v1/away': { get: { 'x-service': 'feedback' } },
} as OpenApi['paths'];

const ids = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;

describe('the id of a request', () => {
  let issuer: Issuer;
  let harbors: FastifyInstance;
  let app: NestFastifyApplication;
  let url: string;
  let bank: string;
  const caller = callerOf('bank');
  const seen: FastifyRequest[] = [];
  /** What partners was told, and how it answers the next times; after that it takes everything. */
  const told: RequestRecord[] = [];
  const answers: number[] = [];
  const words: (string | undefined)[] = [];

  beforeAll(async () => {
    issuer = await startIssuer(async (server) => server.post('/internal/request-records', async (incoming, reply) => {
      words.push(incoming.headers.authorization?.slice('Bearer '.length));
      const status = answers.shift() ?? 204;
      if (status === 204) told.push(...incoming.body as RequestRecord[]);
      return reply.status(status).send();
    }));
    harbors = fastify();
    harbors.get('/v1/things/:id', (incoming, reply) => {
      seen.push(incoming);
      const { id } = incoming.params as { id: string };
      if (id === 'none') return reply.status(404).header('x-error-code', 'NOT_FOUND').send({ code: 'NOT_FOUND' });
      return reply.header('request-id', 'the-service-s').send({});
    });
    const urls = { partners: issuer.url, harbors: await listen(harbors) };
    ({ app, url } = await startGateway(urls, { ...committedDocuments(), openapi: { paths } }));
    bank = await issuer.bearer(caller);
  });
  afterAll(async () => {
    await app.close();
    await issuer.server.close();
    await harbors.close();
  });

  const idOf = (answer: Response): string => answer.headers['request-id'];
  const recordOf = (id: string): Promise<RequestRecord> => until(`a record of ${id}`, () => told.find((one) => one.id === id));
  const get = (path: string): Promise<Response> => request(url).get(path).set('authorization', bank).then((answer) => answer);

  it('is in every answer, whoever gives it and however it ends, and never twice', async () => {
    const all = [
      await get('/v1/things/1'), await get('/v1/things/none'), await get('/v1/away'), await get('/v1/nothing'), await get('/v1/things/%zz'),
      await request(url).get('/v1/things/1').set('authorization', 'Bearer bad'), await request(url).put('/v1/things/1'), await request(url).options('/v1/things/1'),
      await request(url).head('/v1/things/1').set('authorization', bank), await get('/docs'), await get('/health/live'),
      await request(url).post('/graphql').set('authorization', bank).send({ query: '{ nothing }' }), await request(url).post('/graphql').send({ query: '{ harbors { id } }' }),
      await request(url).post('/graphql').set('authorization', bank).send({ query: 'x'.repeat(1_100_000) }),
    ];
    expect(all.map(({ status }) => status)).toEqual([200, 404, 503, 404, 400, 401, 405, 204, 200, 200, 200, 200, 200, 413]);
    for (const answer of all) expect(idOf(answer)).toMatch(ids);
    expect(new Set(all.map(idOf)).size).toBe(all.length);
  });

  it('is in the answer to what is no HTTP too', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('data', (more: string) => { text += more; }).write('nonsense\r\n\r\n');
    await once(socket, 'close');
    const [head, body] = text.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(/^request-id: (.*)$/im.exec(head)![1]).toMatch(ids);
    expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'MALFORMED_REQUEST' });
  });

  it('is ours alone: a client’s own name for the request travels beside it', async () => {
    const answer = await request(url).get('/v1/things/1').set({ authorization: bank, 'x-request-id': 'mine', 'request-id': 'forged' }).expect(200);
    expect(idOf(answer)).toMatch(ids);
    expect(answer.headers['x-request-id']).toBe('mine');
    expect(seen.at(-1)!.headers).toMatchObject({ 'request-id': idOf(answer), 'x-request-id': 'mine' });
  });

  it('leads to a record: route, status, code, service, caller; and nothing that was said', async () => {
    const common = { method: 'GET', role: 'bank', organisationId: caller.organisationId, clientId: caller.clientId, deprecated: [], ms: expect.any(Number) };
    const found = await get('/v1/things/confidential?q=confidential');
    const [none, away, lost] = [await get('/v1/things/none'), await get('/v1/away'), await get('/confidential')];
    const refused = await request(url).get('/v1/things/1').set('authorization', 'Bearer confidential');
    const graph = await request(url).post('/graphql').set('authorization', bank).send({ query: '{ confidential }' });
    expect(await recordOf(idOf(found))).toEqual({ ...common, id: idOf(found), route: '/v1/things/:id', status: 200, code: null, service: 'harbors' });
    expect(await recordOf(idOf(none))).toMatchObject({ status: 404, code: 'NOT_FOUND', service: 'harbors' });
    expect(await recordOf(idOf(away))).toMatchObject({ status: 503, code: 'SERVICE_UNAVAILABLE', service: 'feedback' });
    expect(await recordOf(idOf(lost))).toMatchObject({ status: 404, code: 'NOT_FOUND', service: null, route: '/*', role: 'anonymous', organisationId: null });
    expect(await recordOf(idOf(refused))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED', role: 'anonymous', clientId: null });
    expect(await recordOf(idOf(graph))).toMatchObject({ method: 'POST', route: '/graphql', code: 'GRAPHQL_VALIDATION_FAILED', service: null });
    expect(JSON.stringify(told)).not.toMatch(/confidential|eyJ/);
  });

  it('leads to one record, also when partners was away for a while or answered too late', async () => {
    answers.push(503, 500);
    const waiting = [idOf(await get('/v1/things/1')), idOf(await get('/v1/things/2'))];
    await Promise.all(waiting.map(recordOf));
    expect(answers).toEqual([]);
    for (const id of waiting) expect(told.filter((one) => one.id === id)).toHaveLength(1);
  });

  it('leads to the logs alone where partners refuses the record, and the metrics tell how often', async () => {
    answers.push(404);
    const id = idOf(await get('/v1/things/1'));
    await until('partners refused it', () => answers.length === 0);
    const next = idOf(await get('/v1/things/1'));
    await recordOf(next);
    expect(told.some((one) => one.id === id)).toBe(false);
    expect((await get('/metrics')).text).toMatch(/finharbor_request_records_dropped_total\{service="gateway"\} 1\n/);
  });

  it('is told to partners in the gateway’s own word, which opens nothing else', () => {
    const keys = parseServiceKeys(testServiceKey);
    expect(verifyServiceToken(keys, words.at(-1)!, internalAudience('partners'))?.caller).toMatchObject({ clientId: 'gateway', organisationId: null });
    expect(verifyServiceToken(keys, words.at(-1)!, 'partners')).toBeUndefined();
  });
});

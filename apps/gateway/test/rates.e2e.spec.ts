import { newId } from '@finharbor/contracts/ids';
import type { Caller } from '@finharbor/security/tokens/caller';
import { callerOf } from '@finharbor/testing/callers';
import { testServers } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance } from 'fastify';
import request, { type Response, type Test } from 'supertest';
import { committedDocuments, type OpenApi } from '../src/documents.js';
import { type Issuer, listen, startGateway, startIssuer } from './fixture.js';

const paths: OpenApi['paths'] = {
  '/v1/harbors': { get: { 'x-service': 'harbors' }, post: { 'x-service': 'harbors' } },
  '/v1/demands/{id}': { get: { 'x-service': 'harbors' } },
  '/v1/push-lists': { post: { 'x-service': 'harbors' } },
  '/oauth/token': { post: { 'x-service': 'partners' } },
} as OpenApi['paths'];

describe('rates', () => {
  let issuer: Issuer;
  let harbors: FastifyInstance;
  const gateways: { app: NestFastifyApplication; url: string }[] = [];
  let prefix: string;

  /** A gateway at a tenth of the usual rates: 300 reads a minute, 60 for those nobody knows. */
  async function gateway(environment: Record<string, string> = {}): Promise<string> {
    const urls = { partners: issuer.url, harbors: await harborsUrl };
    const started = await startGateway(urls, { ...committedDocuments(), openapi: { ...committedDocuments().openapi, paths } }, {
      REDIS_URL: testServers().redisUrl, QUEUE_PREFIX: prefix, RATE_LIMIT_FACTOR: '0.1', TRUSTED_PROXIES: '127.0.0.1', ...environment,
    });
    gateways.push(started);
    return started.url;
  }

  let harborsUrl: Promise<string>;
  beforeAll(async () => {
    issuer = await startIssuer();
    harbors = fastify();
    harbors.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    harbors.all('/*', async (req, reply) => reply.status(req.headers['access-secret'] === 'wrong' ? 404 : 200).send({}));
    harborsUrl = listen(harbors);
  }, 60_000);
  beforeEach(() => { prefix = `{${newId()}}`; });
  afterEach(async () => { await Promise.all(gateways.splice(0).map(({ app }) => app.close())); });
  afterAll(async () => {
    await Promise.all([issuer?.server.close(), harbors?.close()]);
  });

  /** Counts to the last one: of those that wait too long for Redis, each gateway keeps a count of its own. */
  const alone = { REDIS_URL: 'redis://127.0.0.1:9' };
  /** Asks so many times, ten at once, for of more some would wait too long. */
  const ask = async (times: number, one: (at: number) => Test): Promise<Response[]> => {
    const answers: Response[] = [];
    while (answers.length < times) {
      const next = Array.from({ length: Math.min(10, times - answers.length) }, (_, at) => one(answers.length + at));
      answers.push(...await Promise.all(next));
    }
    return answers;
  };
  const statuses = (answers: Response[]): Record<number, number> =>
    answers.reduce<Record<number, number>>((found, { status }) => ({ ...found, [status]: (found[status] ?? 0) + 1 }), {});
  const read = (url: string, address: string, headers: Record<string, string> = {}) => (): Test =>
    request(url).get('/v1/harbors').set({ 'x-forwarded-for': address, ...headers });
  const as = async (caller: Caller): Promise<Record<string, string>> => ({ authorization: await issuer.bearer(caller) });

  it('tell each caller what is left, and refuse with the time to wait when nothing is', async () => {
    const url = await gateway(alone);
    const first = await read(url, '203.0.113.7')();
    expect(first.headers).toMatchObject({ 'ratelimit-policy': '"visits";q=60;w=60', 'ratelimit': '"visits";r=59;t=60' });
    expect(statuses(await ask(70, read(url, '203.0.113.7')))).toEqual({ 200: 59, 429: 11 });
    const refused = await read(url, '203.0.113.7')();
    expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(refused.body.detail).toMatch(/^No more than 60 requests in 60 s \(visits\); again in \d+ s\.$/);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await read(url, '203.0.113.8')()).status).toBe(200);
  });

  it('count for all gateways together, each program by itself, whatever address it comes from', async () => {
    const [one, other] = [await gateway(), await gateway()];
    const [bank, rival] = [await as(callerOf('bank')), await as({ ...callerOf('bank'), clientId: newId() })];
    const answers = [...await ask(200, read(one, '203.0.113.1', bank)), ...await ask(200, read(other, '203.0.113.2', bank))];
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0); // neither gave out its 300
    expect((await read(one, '203.0.113.1', rival)()).status).toBe(200);
    const upload = await request(one).post('/v1/push-lists').set(bank).set('content-type', 'text/csv').send('x');
    expect(upload.headers['ratelimit-policy']).toBe('"uploads";q=3;w=60');
  });

  it('hold what gets tokens and what asks the graph', async () => {
    const url = await gateway(alone);
    expect(statuses(await ask(30, () => request(url).post('/oauth/token').set('x-forwarded-for', '203.0.113.9').type('form').send('a=b')))).toEqual({ 200: 24, 429: 6 });
    const graph = await request(url).post('/graphql').set(await as(callerOf('supervisor'))).send({ query: '{ __typename }' });
    expect(graph.headers['ratelimit-policy']).toBe('"graphql";q=120;w=60');
  });

  it('make whoever guesses access secrets wait, and nobody else', async () => {
    const url = await gateway({ RATE_LIMIT_FACTOR: '0.5' });
    const guess = (address: string, secret: string) => (): Test =>
      request(url).get(`/v1/demands/${newId()}`).set({ 'x-forwarded-for': address, 'access-secret': secret });
    for (let guesses = 0; guesses < 10; guesses += 1) expect((await guess('203.0.113.5', 'wrong')()).status).toBe(404);
    const refused = await until('it is refused', async () => {
      const answer = await guess('203.0.113.5', 'right')();
      return answer.status === 429 && answer;
    });
    expect(refused.body.detail).toContain('wrong-access-secrets');
    expect((await guess('203.0.113.6', 'right')()).status).toBe(200);
    expect((await read(url, '203.0.113.5')()).status).toBe(200);
  });

  it('believe nobody but their proxies about an address', async () => {
    const url = await gateway({ ...alone, TRUSTED_PROXIES: '10.0.0.0/8' });
    const answers = await ask(70, (at) => read(url, `198.51.100.${at}`)());
    expect(statuses(answers)).toEqual({ 200: 60, 429: 10 });
  });

  it('are none where the factor is 0', async () => {
    const url = await gateway({ RATE_LIMIT_FACTOR: '0' });
    const [answer] = await ask(70, read(url, '203.0.113.7'));
    expect([answer.status, answer.headers.ratelimit]).toEqual([200, undefined]);
  });

  it('go on in each gateway alone while Redis is away, at once', async () => {
    const url = await gateway(alone);
    expect(statuses(await ask(70, read(url, '203.0.113.3')))).toEqual({ 200: 60, 429: 10 });
  });
});

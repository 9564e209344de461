import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { PassThrough } from 'node:stream';
import type { ServiceName } from '@finharbor/contracts/services';
import { callerOf } from '@finharbor/testing/callers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import request, { type Response } from 'supertest';
import { committedDocuments, type OpenApi } from '../src/documents.js';
import { type Issuer, listen, startGateway, startIssuer, vouchedFor } from './fixture.js';

const owns = (service: ServiceName, ...methods: string[]): OpenApi['paths'][string] =>
  Object.fromEntries(methods.map((method) => [method, { 'x-service': service }]));

const paths: OpenApi['paths'] = {
  '/v1/things': owns('harbors', 'get', 'post'),
  '/v1/things/{id}': owns('harbors', 'get', 'patch'),
  '/v1/things/{id}/parts/{part}': owns('harbors', 'get'),
  '/v1/lists': owns('enterprise-lists', 'post'),
  '/v1/hasty': owns('enterprise-lists', 'post'),
  '/v1/files': owns('enterprise-lists', 'get'),
  '/v1/slow': owns('feedback', 'get'),
  '/v1/busy': owns('feedback', 'get'),
  '/v1/away': owns('loan-matching', 'get', 'post'),
  '/oauth/token': owns('partners', 'post'),
  '/.well-known/openid-configuration': owns('partners', 'get'),
};

describe('REST through the gateway', () => {
  let issuer: Issuer;
  let harbors: FastifyInstance;
  let lists: FastifyInstance;
  let feedback: FastifyInstance;
  let harborsUrl: string;
  let app: NestFastifyApplication;
  let url: string;
  let bank: string;
  const seen: FastifyRequest[] = [];
  const arrived = new PassThrough();
  const file = new PassThrough();
  const caller = callerOf('bank');
  const last = (): FastifyRequest => seen.at(-1)!;

  beforeAll(async () => {
    issuer = await startIssuer();
    harbors = fastify();
    harbors.all('/*', async (req, reply) => {
      seen.push(req);
      return reply.headers({
        etag: '"1"', location: `${harborsUrl}/v1/things/1`, 'x-powered-by': 'us', server: 'us', 'access-control-allow-origin': '*',
        'keep-alive': 'timeout=72', 'idempotent-replayed': 'true',
      }).status(req.method === 'POST' ? 201 : 200).send({ url: req.url, body: req.body ?? null });
    });
    harborsUrl = await listen(harbors);
    lists = fastify();
    lists.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    lists.post('/v1/lists', async (req) => {
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const chunk of req.body as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        hash.update(chunk);
        arrived.write('some');
      }
      return { bytes, hash: hash.digest('hex'), type: req.headers['content-type'] };
    });
    lists.post('/v1/hasty', (_request, reply) => reply.status(422).send({ code: 'LIST_MALFORMED' }));
    lists.get('/v1/files', (_request, reply) => reply.type('text/csv').send(file));
    feedback = fastify();
    feedback.get('/v1/slow', () => new Promise(() => {}));
    feedback.get('/v1/busy', async (req, reply) => {
      seen.push(req);
      return reply.status(503).header('retry-after', '7').send({ code: 'SERVICE_UNAVAILABLE' });
    });
    const urls = { partners: issuer.url, harbors: harborsUrl, feedback: await listen(feedback), 'enterprise-lists': await listen(lists) };
    ({ app, url } = await startGateway(urls, { ...committedDocuments(), openapi: { paths } }));
    bank = await issuer.bearer(caller);
  });
  afterAll(async () => {
    await app.close();
    for (const server of [issuer.server, harbors, lists, feedback]) {
      server.server.closeAllConnections();
      await server.close();
    }
  });

  const code = (answer: Response, status: number): string => {
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    return answer.body.code;
  };

  describe('routing', () => {
    it('passes a request to the service that owns the path, query and body untouched', async () => {
      const answer = await request(url).post('/v1/things?a=1&b=%2F..%2F&a=2').set('authorization', bank).send({ name: '港湾' }).expect(201);
      expect(answer.body).toEqual({ url: '/v1/things?a=1&b=%2F..%2F&a=2', body: { name: '港湾' } });
      expect(last().method).toBe('POST');
    });

    it('passes parameters on as they were written', async () => {
      for (const path of ['/v1/things/a%2Fb', '/v1/things/%E6%B8%AF', '/v1/things/a/parts/b%3Fc', '/v1/things/a%252e']) {
        expect((await request(url).get(path).expect(200)).body.url).toBe(path);
      }
    });

    it('routes no trick in a path anywhere else', async () => {
      const count = seen.length;
      const raw = (path: string): Promise<number> => new Promise((resolve, reject) => {
        httpRequest(`${url}/`, { path }, (answer) => { answer.resume(); resolve(answer.statusCode!); }).on('error', reject).end();
      });
      const tricks = ['//v1/things', '/v1//things', '/v1/../v1/things', '/v1/things/..', '/v1/things/%2e%2e', '/v1/things/%2e', '/v1/things/..%2f..%2fhealth',
        '/v1/things/a%2f..%2f..%2foauth', '/v1/things/%2e%2e/parts/x', '/V1/things', '/v1/things/1/', '/v1/things/%zz', '/v1/%74hings/../x', '/graphql/../v1/things'];
      for (const path of tricks) expect([path, [400, 404].includes(await raw(path))]).toEqual([path, true]);
      expect(seen).toHaveLength(count);
    });

    it('answers an unknown path with 404 and a wrong method with 405 and what is allowed', async () => {
      expect(code(await request(url).get('/v1/nothing'), 404)).toBe('NOT_FOUND');
      expect(code(await request(url).post('/v1/nothing').type('text/csv').send('a'), 404)).toBe('NOT_FOUND');
      expect(code(await request(url).get('/health/ready/x'), 404)).toBe('NOT_FOUND');
      for (const method of ['put', 'delete', 'trace', 'propfind'] as const) {
        const answer = await request(url)[method]('/v1/things');
        expect(code(answer, 405)).toBe('METHOD_NOT_ALLOWED');
        expect(answer.headers.allow).toContain('GET, HEAD, POST');
      }
    });

    it('answers HEAD as GET without the body, and OPTIONS with what is allowed and no CORS', async () => {
      const head = await request(url).head('/v1/things').set('authorization', bank).expect(200);
      expect([head.headers.etag, head.text]).toEqual(['"1"', undefined]);
      expect(last().method).toBe('GET');
      const options = await request(url).options('/v1/things/1').set({ origin: 'https://evil.example', 'access-control-request-method': 'PATCH' }).expect(204);
      expect(options.headers.allow).toBe('GET, HEAD, PATCH, OPTIONS');
      expect(Object.keys(options.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    });
  });

  describe('headers', () => {
    it('sends a service what it may know: the gateway’s word for the caller and listed headers, no more', async () => {
      const trace = 'a'.repeat(32);
      await request(url).patch('/v1/things/1').set({
        authorization: bank, accept: 'application/json', 'if-match': '"1"', 'idempotency-key': 'k', 'access-secret': 's', 'x-request-id': 'mine-1',
        'content-digest': 'sha-256=:AA==:', signature: 'sig=:AA==:', 'signature-input': 'sig=("@method");created=1',
        traceparent: `00-${trace}-${'b'.repeat(16)}-01`, 'x-service-token': 'forged', 'x-forwarded-for': '1.2.3.4', cookie: 'c=1', 'user-agent': 'u', 'x-anything': 'y',
      }).send({}).expect(200);
      const { headers } = last();
      expect(vouchedFor(headers, 'harbors')).toEqual({ role: 'bank', organisationId: caller.organisationId, clientId: caller.clientId });
      expect(vouchedFor(headers, 'partners')).toBeUndefined();
      const { authorization: _, traceparent, ...rest } = headers;
      expect(traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
      expect(traceparent).not.toContain('b'.repeat(16));
      expect(rest).toEqual({
        host: new URL(harborsUrl).host, connection: 'keep-alive', accept: 'application/json', 'if-match': '"1"', 'idempotency-key': 'k', 'access-secret': 's',
        'content-digest': 'sha-256=:AA==:', signature: 'sig=:AA==:', 'signature-input': 'sig=("@method");created=1',
        'request-id': expect.stringMatching(/^[\da-f-]{36}$/), 'x-request-id': 'mine-1', 'content-type': 'application/json', 'content-length': '2',
      });
    });

    it('gives a request an id of its own where the client’s is none', async () => {
      for (const bad of ['a b', 'x'.repeat(101), 'ü', '<script>']) {
        const answer = await request(url).get('/v1/things').set('x-request-id', Buffer.from(bad).toString('latin1'));
        expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
        expect(last().headers['x-request-id']).toBe(answer.headers['x-request-id']);
      }
    });

    it('keeps the connection’s headers and the service’s address to itself', async () => {
      const { headers } = await request(url).get('/v1/things').set('authorization', bank).expect(200);
      expect(headers).toMatchObject({ etag: '"1"', location: 'http://127.0.0.1:3000/v1/things/1', 'idempotent-replayed': 'true', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
      for (const name of ['x-powered-by', 'server', 'access-control-allow-origin']) expect(headers[name]).toBeUndefined();
      expect(JSON.stringify(headers)).not.toContain(harborsUrl);
    });

    it('leaves the client’s own Authorization to OAuth and says who speaks beside it', async () => {
      const basic = `Basic ${Buffer.from('id:secret').toString('base64')}`;
      await request(url).post('/oauth/token').set({ authorization: basic, 'x-service-token': 'forged' }).type('form').send('grant_type=client_credentials').expect(200);
      const [first] = issuer.asked;
      expect(first.headers.authorization).toBe(basic);
      expect(vouchedFor({ authorization: first.headers['x-service-token'] }, 'partners')).toMatchObject({ role: 'anonymous' });
      await request(url).post('/oauth/token').type('form').send('grant_type=client_credentials').expect(200);
      expect(issuer.asked[1].headers.authorization).toBeUndefined();
    });
  });

  describe('a service that fails', () => {
    it('is away: 503, when to try again, and nothing about where it was', async () => {
      const answer = await request(url).get('/v1/away');
      expect(code(answer, 503)).toBe('SERVICE_UNAVAILABLE');
      expect(answer.headers['retry-after']).toBe('2');
      expect(answer.text).not.toMatch(/127\.0\.0\.1|localhost|ECONN|:\d+:\d+/);
      expect(code(await request(url).post('/v1/away').send({ a: 1 }), 503)).toBe('SERVICE_UNAVAILABLE');
    });

    it('says so itself: it is believed, and not asked again', async () => {
      const count = seen.length;
      const answer = await request(url).get('/v1/busy').expect(503);
      expect([answer.headers['retry-after'], answer.body, seen.length - count]).toEqual(['7', { code: 'SERVICE_UNAVAILABLE' }, 1]);
    });

    it('is slow: 504', async () => {
      const answer = await request(url).get('/v1/slow');
      expect(code(answer, 504)).toBe('SERVICE_TIMEOUT');
    });
  });

  describe('large bodies', () => {
    it('stream up: the service reads the first part before the client has sent the last', async () => {
      const [first, rest] = [randomBytes(1_000_000), randomBytes(19_000_000)];
      const upload = httpRequest(`${url}/v1/lists`, { method: 'POST', headers: { authorization: bank, 'content-type': 'text/csv' } });
      upload.write(first);
      await once(arrived, 'data');
      upload.end(rest);
      const [answer] = await once(upload, 'response') as [AsyncIterable<Buffer>];
      const parts = [];
      for await (const part of answer) parts.push(part);
      expect(JSON.parse(Buffer.concat(parts).toString())).toEqual({
        bytes: 20_000_000, hash: createHash('sha256').update(first).update(rest).digest('hex'), type: 'text/csv',
      });
    });

    it('let a client that still sends read the answer of a service that reads no more', async () => {
      const body = Buffer.alloc(30_000_000, 'a');
      for (let round = 0; round < 20; round++) {
        const headers = { authorization: bank, 'content-type': 'text/csv' };
        const upload = httpRequest(`${url}/v1/hasty`, { method: 'POST', headers }).end(body);
        const [answer] = await once(upload, 'response') as [NodeJS.ReadableStream & { statusCode: number }];
        answer.resume();
        expect([round, answer.statusCode]).toEqual([round, 422]);
      }
    });

    it('let a client that still sends read that the service is away', async () => {
      const body = Buffer.alloc(30_000_000, 'a');
      for (let round = 0; round < 5; round++) {
        const upload = httpRequest(`${url}/v1/away`, { method: 'POST', headers: { authorization: bank, 'content-type': 'text/csv' } }).end(body);
        const [answer] = await once(upload, 'response') as [NodeJS.ReadableStream & { statusCode: number }];
        answer.resume();
        expect([round, answer.statusCode]).toEqual([round, 503]);
      }
    });

    it('stream down: the client reads the first part before the service has sent the last', async () => {
      file.write('first');
      const download = httpRequest(`${url}/v1/files`, { headers: { authorization: bank } }).end();
      const [answer] = await once(download, 'response') as [NodeJS.ReadableStream];
      const [chunk] = await once(answer, 'data') as [Buffer];
      expect(chunk.toString()).toBe('first');
      file.end('last');
      const [end] = await once(answer, 'data') as [Buffer];
      expect(end.toString()).toBe('last');
    });
  });
});

import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { FinHarborClient } from './client.js';
import type { PublicEvent } from './events.js';
import type { FinHarborError } from './problem.js';

interface Seen { method: string; url: string; headers: IncomingHttpHeaders; body: string }
type Reply = [status: number, body?: unknown, headers?: Record<string, string>] | 'BREAK' | 'HANG';

describe('the client', () => {
  let server: Server;
  let seen: Seen[];
  /** What is answered, one after the other; the last for ever. */
  let replies: Reply[];
  let client: FinHarborClient;
  let baseUrl: string;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const { method = '', url = '', headers: sent } = request;
      seen.push({ method, url, headers: sent, body: Buffer.concat(await request.toArray() as Buffer[]).toString() });
      const told: Reply = [200, { issuer: 'https://harbor.example' }];
      const reply = url.startsWith('/.well-known/') ? told : replies.length > 1 ? replies.shift()! : replies[0];
      if (reply === 'BREAK') return void request.socket.destroy();
      if (reply === 'HANG') return;
      const [status, body, headers = {}] = reply;
      response.writeHead(status, { 'request-id': 'r-1', ...headers }).end(body === undefined ? '' : JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    seen = [];
    client = new FinHarborClient({ baseUrl });
  });

  const refusal = (status: number, code: string): unknown => ({ type: 'about:blank', title: 'No', status, code });
  const soon = { 'retry-after': '0' };

  it('fills in the path, the query and the body of an operation', async () => {
    replies = [[201, { id: '1' }, { etag: '"4"' }]];
    const { answer, headers } = await client.exchange('POST /v1/demands/{id}/contact-views', { path: { id: 'a/b' }, body: { reason: '核实' }, ifMatch: '"3"' });
    expect([answer, headers.get('etag')]).toEqual([{ id: '1' }, '"4"']);
    await client.call('GET /v1/referrals', { query: { state: 'DELIVERED', limit: 2, cursor: undefined } });
    expect(seen.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', '/v1/demands/a%2Fb/contact-views', '{"reason":"核实"}'], ['GET', '/v1/referrals?state=DELIVERED&limit=2', ''],
    ]);
    expect(seen[0].headers).toMatchObject({ 'content-type': 'application/json', 'if-match': '"3"', 'idempotency-key': expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(seen[1].headers['idempotency-key']).toBeUndefined();
  });

  it('has nothing to read in an answer without a body', async () => {
    replies = [[204]];
    expect(await client.call('DELETE /v1/webhook-endpoints/{id}', { path: { id: '1' } })).toBeUndefined();
  });

  it('reads a list page by page', async () => {
    replies = [[200, { items: [1, 2], nextCursor: 'c&1' }], [200, { items: [3], nextCursor: null }]];
    const all = [];
    for await (const one of client.each('GET /v1/issues', { query: { state: 'REOPENED' } })) all.push(one);
    expect([all, seen.map(({ url }) => url)]).toEqual([[1, 2, 3], ['/v1/issues?limit=200&state=REOPENED', '/v1/issues?limit=200&state=REOPENED&cursor=c%261']]);
  });

  it.each<[string, Reply]>([
    ['429', [429, refusal(429, 'RATE_LIMITED'), soon]], ['503', [503, refusal(503, 'SERVICE_UNAVAILABLE'), soon]], ['a broken connection', 'BREAK'],
    ['504', [504, refusal(504, 'SERVICE_TIMEOUT'), soon]], ['IDEMPOTENCY_IN_FLIGHT', [409, refusal(409, 'IDEMPOTENCY_IN_FLIGHT'), soon]],
    ['a proxy that says 502', [502, 'no JSON of ours', soon]],
  ])('repeats a POST after %s, with the same key', async (_what, reply) => {
    replies = [reply, [201, { id: '1' }]];
    expect(await client.post('/v1/things', { a: 1 })).toEqual({ id: '1' });
    expect(seen.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}']);
    expect(seen[1].headers['idempotency-key']).toBe(seen[0].headers['idempotency-key']);
  });

  it('repeats a PATCH or DELETE only where it was not carried out', async () => {
    for (const operation of ['PATCH /v1/webhook-endpoints/{id}', 'DELETE /v1/webhook-endpoints/{id}'] as const) {
      for (const [reply, count] of [[[503, undefined, soon], 2], [[504, undefined, soon], 1], ['BREAK', 1]] as [Reply, number][]) {
        seen = [];
        replies = [reply, [200, {}]];
        await client.call(operation, { path: { id: '1' }, body: {} } as never).catch(() => undefined);
        expect([operation, reply, seen.length]).toEqual([operation, reply, count]);
      }
    }
  });

  it('gives up after the attempts, and at once where it is told to wait longer than a minute', async () => {
    replies = [[503, refusal(503, 'SERVICE_UNAVAILABLE'), soon]];
    await expect(new FinHarborClient({ baseUrl, attempts: 3 }).get('/v1/things')).rejects.toMatchObject({ problem: { code: 'SERVICE_UNAVAILABLE' }, requestId: 'r-1' });
    expect(seen).toHaveLength(3);
    for (const [told, ms] of [['3600', 3_600_000], [new Date(Date.now() + 7_200_000).toUTCString(), 7_190_000]] as const) {
      replies = [[429, refusal(429, 'RATE_LIMITED'), { 'retry-after': told }]];
      const error = await client.get('/v1/things').catch((caught: unknown) => caught as FinHarborError) as FinHarborError;
      expect(error.retryAfterMs).toBeGreaterThanOrEqual(ms);
    }
    expect(seen).toHaveLength(5);
  });

  it('does not repeat what was refused', async () => {
    const errors = [{ field: 'reason', rule: 'length', message: 'too short' }];
    replies = [[400, { ...refusal(400, 'VALIDATION_FAILED') as object, detail: 'Bad.', errors }]];
    await expect(client.post('/v1/things', {})).rejects.toThrow('VALIDATION_FAILED: Bad. (reason: too short) [request r-1]');
    replies = [[404, 'not ours']];
    await expect(client.get('/v1/things')).rejects.toThrow('HTTP_404');
    expect(seen).toHaveLength(2);
  });

  it('sends a stream once, and does not sign what it has not whole', async () => {
    replies = [[503, undefined, soon], [201, { id: '1' }]];
    await client.post('/v1/push-lists', Readable.from(['a', 'b']), { contentType: 'text/csv' }).catch(() => undefined);
    expect(seen.map(({ body, headers }) => [body, headers['content-type']])).toEqual([['ab', 'text/csv']]);
    const signing = new FinHarborClient({ baseUrl, signingKey: { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'k' } });
    await expect(signing.post('/v1/push-lists', Readable.from(['a']), { contentType: 'text/csv' })).rejects.toThrow('signed');
  });

  it('signs under the public address, and takes the receipt', async () => {
    const receipts: unknown[] = [];
    const signingKey = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'k' };
    const signing = new FinHarborClient({ baseUrl, signingKey, onReceipt: (receipt) => receipts.push(receipt) });
    const link = '</docs>; rel="deprecation", <https://harbor.example/v1/receipts/loan-matching/7>; rel="receipt"';
    replies = [[201, { state: 'APPROVED' }, { link }], [200, { id: '7' }]];
    expect(await signing.post('/v1/demands/1/decision', { outcome: 'APPROVED' })).toEqual({ state: 'APPROVED' });
    expect(receipts).toEqual([{ id: '7' }]);
    const [, { headers }, receipt] = seen;
    const base = [
      '"@method": POST', '"@target-uri": https://harbor.example/v1/demands/1/decision',
      ...['content-digest', 'content-type', 'idempotency-key'].map((name) => `"${name}": ${headers[name] as string}`),
      `"@signature-params": ${(headers['signature-input'] as string).slice('sig='.length)}`,
    ].join('\n');
    const { d: _secret, ...publicKey } = signingKey;
    const signature = Buffer.from((headers.signature as string).slice('sig=:'.length, -1), 'base64');
    expect(verify(null, Buffer.from(base), createPublicKey({ key: publicKey, format: 'jwk' }), signature)).toBe(true);
    expect([receipt.method, receipt.url, receipt.headers.signature]).toEqual(['GET', '/v1/receipts/loan-matching/7', undefined]);
  });

  describe('the change feed', () => {
    const event = (id: string): PublicEvent => ({ id, type: 'cn.finharbor.webhook.test.v1' }) as PublicEvent;

    it('is read to its end, and from where it was left', async () => {
      replies = [[200, { items: [event('1'), event('2')], nextCursor: 'c1' }], [200, { items: [event('3')], nextCursor: 'c2' }], [200, { items: [], nextCursor: 'c3' }]];
      const told: string[] = [];
      for await (const { id } of client.events({ after: 'c0', types: ['demand.chosen', 'issue.registered'], waitSeconds: 0, onCursor: (cursor) => told.push(cursor) })) told.push(id);
      expect(told).toEqual(['1', '2', 'c1', '3', 'c2', 'c3']);
      expect(seen.map(({ url }) => url)).toEqual(['c0', 'c1', 'c2'].map((cursor) => `/v1/events?after=${cursor}&types=demand.chosen%2Cissue.registered&wait=0`));
    });

    it('is read again from the cursor before what was not taken', async () => {
      replies = [[200, { items: [event('1'), event('2')], nextCursor: 'c1' }]];
      const told: string[] = [];
      for await (const { id } of client.events({ onCursor: (cursor) => told.push(cursor) })) if (id === '1') break;
      expect([told, seen[0].url]).toEqual([[], '/v1/events?wait=30']);
    });

    it('is waited on until it is ended, and through a service that is away', async () => {
      const stop = new AbortController();
      replies = [[503, undefined, soon], [200, { items: [], nextCursor: 'c1' }], [200, { items: [event('1')], nextCursor: 'c2' }], 'HANG'];
      const ids = [];
      for await (const { id } of client.events({ signal: stop.signal, onCursor: (cursor) => { if (cursor === 'c2') setTimeout(() => stop.abort(), 20); } })) ids.push(id);
      expect(ids).toEqual(['1']);
    });
  });
});

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { committedDocuments, type OpenApi } from '../src/documents.js';
import { startGateway } from './fixture.js';

const paths = {
  '/v1/things': { get: { 'x-service': 'harbors' }, post: { 'x-service': 'harbors' } },
  '/v1/secret': { get: { 'x-service': 'harbors' } },
} as OpenApi['paths'];

/** What an attacker hopes the service takes for a request of its own, with whatever the gateway says of the next client. */
const hidden = 'GET /v1/secret HTTP/1.1\r\nHost: x\r\n\r\n';
const post = (headers: string, body: string): string => `POST /v1/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;

describe('a request that two readers may understand in two ways', () => {
  let service: Server;
  let app: NestFastifyApplication;
  let port: number;
  /** What the service understood. */
  const understood: { url: string; method: string; headers: IncomingMessage['headers']; body: string }[] = [];

  beforeAll(async () => {
    service = createServer((request, response) => {
      let body = '';
      request.setEncoding('latin1').on('data', (text: string) => { body += text; }).on('end', () => {
        understood.push({ url: request.url!, method: request.method!, headers: request.headers, body });
        response.setHeader('content-type', 'application/json').end('{"answer":1}');
      });
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    const started = await startGateway({ harbors: url }, { ...committedDocuments(), openapi: { ...committedDocuments().openapi, paths } }, { RATE_LIMIT_FACTOR: '0' });
    app = started.app;
    port = Number(new URL(started.url).port);
  });
  beforeEach(() => { understood.length = 0; });
  afterAll(async () => {
    await app.close();
    service.close();
  });

  /** Sends bytes and gives the status lines of what comes back until the gateway ends the connection, or answers so many times. */
  async function send(bytes: string, answers = 2): Promise<number[]> {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('error', () => undefined).write(bytes, 'latin1');
    const statuses = (): number[] => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)).filter((status) => status !== 100);
    await new Promise<void>((resolve) => {
      socket.on('data', (more: string) => {
        text += more;
        if (statuses().length >= answers) resolve();
      });
      socket.on('close', () => resolve());
      socket.setTimeout(5_000, () => resolve());
    });
    socket.destroy();
    expect(text).not.toMatch(/node_modules|at \w+ \(|ECONN|127\.0\.0\.1/);
    return statuses();
  }

  it.each([
    ['two lengths', post('Content-Length: 2\r\nContent-Length: 42', `{}${hidden}`)],
    ['two lengths in one header', post('Content-Length: 2, 42', `{}${hidden}`)],
    ['a length with a sign', post('Content-Length: +2', `{}${hidden}`)],
    ['a negative length', post('Content-Length: -2', `{}${hidden}`)],
    ['a length in another base', post('Content-Length: 0x2', `{}${hidden}`)],
    ['a length and chunks', post('Content-Length: 4\r\nTransfer-Encoding: chunked', `2\r\n{}\r\n0\r\n\r\n${hidden}`)],
    ['chunks and a length', post('Transfer-Encoding: chunked\r\nContent-Length: 4', `2\r\n{}\r\n0\r\n\r\n${hidden}`)],
    ['an encoding that nobody knows', post('Transfer-Encoding: xchunked\r\nContent-Length: 2', `{}${hidden}`)],
    ['chunks that are not last', post('Transfer-Encoding: chunked, identity', `2\r\n{}\r\n0\r\n\r\n${hidden}`)],
    ['two encodings', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', `2\r\n{}\r\n0\r\n\r\n${hidden}`)],
    ['a space before the colon', post('Transfer-Encoding : chunked', `2\r\n{}\r\n0\r\n\r\n${hidden}`)],
    ['a header that goes on in the next line', post('Content-Length: 2\r\nX-A: b\r\n Transfer-Encoding: chunked', `{}${hidden}`)],
    ['a header name with a NUL', post('Content-Length: 2\r\nTransfer-Encoding\0: chunked', `{}${hidden}`)],
    ['a line that ends with CR alone', post('Content-Length: 2\rTransfer-Encoding: chunked', `{}${hidden}`)],
    ['a chunk whose size is negative', post('Transfer-Encoding: chunked', `-1\r\n{}\r\n0\r\n\r\n${hidden}`)],
    ['a chunk whose size is no number', post('Transfer-Encoding: chunked', `0x2\r\n{}\r\n0\r\n\r\n${hidden}`)],
    ['a chunk larger than any', post('Transfer-Encoding: chunked', `fffffffffffffffff\r\n{}\r\n0\r\n\r\n${hidden}`)],
    ['a chunk longer than it says', post('Transfer-Encoding: chunked', `2\r\n{}xx\r\n0\r\n\r\n${hidden}`)],
    ['no host', 'GET /v1/things HTTP/1.1\r\n\r\n'],
    ['a method that is none', 'G ET /v1/things HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['another protocol', 'GET /v1/things HTTP/9.9\r\nHost: x\r\n\r\n'],
  ])('is refused, and its connection with it: %s', async (_what, bytes) => {
    expect(await send(bytes)).toEqual([400]);
    expect(understood).toEqual([]);
  });

  it.each([
    ['a body of GET', `GET /v1/things HTTP/1.1\r\nHost: x\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`],
    ['a chunk extension', post('Transfer-Encoding: chunked', '2;a=b\r\n{}\r\n0\r\n\r\n')],
    ['trailers', post('Transfer-Encoding: chunked\r\nTrailer: X-Role', '2\r\n{}\r\n0\r\nX-Role: supervisor\r\nContent-Length: 9\r\n\r\n')],
    ['headers named as hop by hop', post('Content-Length: 2\r\nConnection: authorization, content-length, x-request-id', '{}')],
    ['an address in the request line', 'GET http://elsewhere/v1/things HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['other methods beside it', `${post('Content-Length: 2\r\nX-HTTP-Method-Override: GET\r\nX-Method-Override: DELETE', '{}')}`],
    ['other addresses beside it', 'GET /v1/things HTTP/1.1\r\nHost: x\r\nX-Original-URL: /v1/secret\r\nX-Rewrite-URL: /v1/secret\r\nX-Forwarded-Host: y\r\nForwarded: host=y\r\n\r\n'],
    ['an upgrade', 'GET /v1/things HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n'],
    ['an expectation', post('Content-Length: 2\r\nExpect: 100-continue', '{}')],
  ])('means to the service what it means to the gateway: %s', async (_what, bytes) => {
    const statuses = await send(bytes, 1);
    expect(statuses.every((status) => [200, 400, 404, 417].includes(status))).toBe(true);
    expect(understood.length).toBeLessThanOrEqual(1);
    for (const { url, method, headers, body } of understood) {
      expect([url, method, body]).toEqual(['/v1/things', bytes.slice(0, bytes.indexOf(' ')), method === 'GET' ? '' : '{}']);
      expect(headers.authorization).toMatch(/^Bearer /);
      expect(Object.keys(headers).filter((name) => /^(x-(http-)?method|x-original|x-rewrite|x-forwarded|forwarded|upgrade|http2|x-role|te|trailer|expect)/.test(name))).toEqual([]);
    }
  });

  it('leaves the next request of the connection its own', async () => {
    expect(await send(`${post('Content-Length: 2', '{}')}${hidden.replace('secret', 'things')}`)).toEqual([200, 200]);
    expect(understood.map(({ method, body }) => [method, body])).toEqual([['POST', '{}'], ['GET', '']]);
  });
});

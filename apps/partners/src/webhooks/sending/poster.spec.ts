import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { accept, answer, type Behaviour, drip, hang, raw, Receiver, reset } from '@finharbor/testing/receiver';
import { until } from '@finharbor/testing/until';
import { type Answer, Poster } from './poster.js';

const timeout = 'There was no whole answer within 1 s.';
const broken = 'The connection broke.';

describe('a POST', () => {
  let receiver: Receiver;
  /** What is asked beside time must not depend on how slow the machine is. */
  const poster = new Poster({ allowsLoopback: true, limitMs: 25_000 });
  const hasty = new Poster({ allowsLoopback: true, limitMs: 1_000 });
  let paths = 0;

  const to = (behaviour: Behaviour, body = '{}', by = poster): Promise<Answer> => {
    const path = `/${paths += 1}?of=this`;
    receiver.behave(path, behaviour);
    return by.post(new URL(receiver.url(path)), { 'x-of-this': '1' }, body);
  };
  const outcome = async (behaviour: Behaviour, by = poster): Promise<[number | null, string | null]> => {
    const { status, error } = await to(behaviour, '{}', by);
    return [status, error];
  };

  beforeAll(async () => {
    receiver = await Receiver.start();
  });
  afterAll(async () => {
    await Promise.all([poster.close(), hasty.close()]);
    await receiver.stop();
  });

  it('arrives as it was sent, and gives what was answered', async () => {
    const sent = await to(answer(201, '收到'), '{"名":"称"}');
    expect(sent).toEqual({ status: 201, error: null, text: '收到', retryAfterSeconds: 0, durationMs: expect.any(Number) });
    const [{ headers, body }] = receiver.at('/1?of=this');
    expect([body, headers['x-of-this'], headers['user-agent'], headers['accept-encoding'], headers['content-length']]).toEqual(['{"名":"称"}', '1', 'FinHarbor-Webhooks/1', undefined, '13']);
  });

  it('keeps its connection for the next', async () => {
    await to(accept);
    const before = receiver.connections;
    for (let times = 0; times < 5; times += 1) await to(accept);
    expect(receiver.connections).toBe(before);
  });

  it('gives whichever status there is, and follows no redirect', async () => {
    for (const status of [200, 204, 299, 301, 302, 307, 400, 401, 404, 410, 429, 500, 503, 599, 999]) {
      expect(await outcome(answer(status, '', { location: receiver.url('/elsewhere') }))).toEqual([status, null]);
    }
    expect(receiver.at('/elsewhere')).toEqual([]);
  });

  it('reads Retry-After', async () => {
    expect((await to(answer(429, '', { 'retry-after': '17' }))).retryAfterSeconds).toBe(17);
    expect((await to(answer(429, '', { 'retry-after': ['18', '19'] }))).retryAfterSeconds).toBe(18);
    expect((await to(answer(429, '', { 'retry-after': 'never' }))).retryAfterSeconds).toBe(0);
  });

  it('has one time limit for everything: for an answer that does not come, for one that does not end, and for one that is not read', async () => {
    const endlessHeaders: Behaviour = (_, { socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('x: y\r\n'), 20);
      socket.on('close', () => clearInterval(timer)).on('error', () => undefined);
    };
    const continues: Behaviour = (_, { socket }) => void socket.write('HTTP/1.1 103 Early Hints\r\n\r\n');
    const outcomes = await Promise.all([hang, drip, endlessHeaders, continues].map((behaviour) => outcome(behaviour, hasty)));
    expect(outcomes).toEqual([[null, timeout], [200, timeout], [null, timeout], [null, timeout]]);
    await until('all are cut off', () => [...receiver.open.values()].every(({ now }) => now === 0));
    const server = createTcpServer((socket) => void socket.pause()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { error } = await hasty.post(new URL(`http://127.0.0.1:${port}/`), {}, 'x'.repeat(20_000_000));
    server.close();
    expect(error).toBe(timeout);
  });

  it('is lost on a connection that breaks, at whichever moment', async () => {
    expect(await outcome(reset)).toEqual([null, broken]);
    expect(await outcome((_, { socket }) => void socket.end())).toEqual([null, broken]);
    expect(await outcome((response) => { response.writeHead(200, { 'content-length': '10' }).write('x'); setImmediate(() => response.destroy()); })).toEqual([200, broken]);
    expect(await outcome(raw('HTTP/1.1 200 OK\r\ncontent-le'))).toEqual([null, broken]);
  });

  it('is refused where nobody listens', async () => {
    const gone = await Receiver.start();
    const url = new URL(gone.url());
    await gone.stop();
    const { status, error } = await poster.post(url, {}, '{}');
    expect([status, error]).toEqual([null, 'The connection was refused.']);
  });

  it('reads no more than 64 KiB of an answer without end, and takes it as it is', async () => {
    let written = 0;
    const endless: Behaviour = (response) => {
      response.writeHead(200, { 'content-length': String(2 ** 30) });
      const chunk = Buffer.alloc(16_384, 'g');
      const more = (): void => {
        while (!response.destroyed) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
      };
      more();
    };
    const { status, error, text } = await to(endless);
    expect([status, error, text]).toEqual([200, null, 'g'.repeat(1_000)]);
    await until('it is cut off', () => [...receiver.open.values()].every(({ now }) => now === 0));
    expect(written).toBeLessThan(20_000_000); // what sockets hold on both sides
  });

  it('inflates nothing', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const before = process.memoryUsage().rss;
    const { status, error, text } = await to((response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    expect([status, error, text!.length <= 1_000]).toEqual([200, null, true]);
    expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
  });

  it('shows bytes that are no text as such, and never NUL, which no column holds', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0xc3, 0x28, 0x00, 0xed, 0xa0, 0x80, 0x62]);
    const { text } = await to((response) => void response.writeHead(500).end(bytes));
    expect(text).toMatch(/^a\ufffd+\(\ufffd+b$/);
    expect((await to(answer(500, `${'x'.repeat(999)}𠮷`))).text).toHaveLength(1_000);
  });

  it('takes answers with odd headers for what they are', async () => {
    const head = 'HTTP/1.1 200 OK\r\n';
    const odd: Record<string, [number | null, string | null]> = {
      [`${head}content-length: 2\r\ncontent-length: 3\r\n\r\nab`]: [null, 'The answer is not as long as it says.'],
      [`${head}content-length: -1\r\n\r\n`]: [null, 'The answer is no HTTP.'],
      [`${head}transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\nab`]: [null, 'The answer is no HTTP.'],
      [`${head}x: ${'y'.repeat(20_000)}\r\n\r\n`]: [null, 'The answer has too many headers.'],
      [`${head}a b: c\r\n\r\n`]: [null, 'The answer is no HTTP.'],
      [`${head}a: b\n folded\r\n\r\n`]: [null, 'The answer is no HTTP.'],
      ['SSH-2.0-OpenSSH_9.2\r\n']: [null, 'The answer is no HTTP.'],
      ['-ERR wrong number of arguments\r\n']: [null, 'The answer is no HTTP.'],
      ['HTTP/1.1 100 Continue\r\n\r\n']: [null, broken],
      ['HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n']: [null, broken],
      [`${head}connection: close\r\n\r\nuntil the end`]: [200, null],
    };
    const found: typeof odd = {};
    for (const bytes of Object.keys(odd)) found[bytes] = await outcome(raw(bytes));
    expect(found).toEqual(odd);
  });

  it('is not made where the certificate is none', async () => {
    const { status, error } = await poster.post(new URL(receiver.url().replace('http:', 'https:')), {}, '{}');
    expect(status).toBeNull();
    expect(error).toMatch(/certificate|connection/);
  });
});

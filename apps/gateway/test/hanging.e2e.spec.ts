import { type Server, type Socket, createServer } from 'node:net';
import { once } from 'node:events';
import { callerOf } from '@finharbor/testing/callers';
import { until } from '@finharbor/testing/until';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { type Issuer, startGateway, startIssuer } from './fixture.js';

const timeoutMs = 1_500;

describe('a service that hangs', () => {
  let issuer: Issuer;
  let service: Server;
  let gateway: { app: NestFastifyApplication; url: string };
  let authorization: string;
  let hangs = false;
  /** How often the service was asked for something. */
  let asked = 0;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    issuer = await startIssuer();
    service = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      socket.on('data', (data) => {
        if (data.includes('/v1/things')) asked += 1;
        if (!hangs) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: application/json\r\n\r\n{}');
      });
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const paths = { '/v1/things': { get: { 'x-service': 'harbors' as const } } };
    const harbors = `http://127.0.0.1:${(service.address() as { port: number }).port}`;
    gateway = await startGateway({ partners: issuer.url, harbors }, { supergraph: 'type Query { a: Int }', openapi: { paths } }, { ANSWER_TIMEOUT_MS: String(timeoutMs) });
    authorization = await issuer.bearer(callerOf('supervisor'));
  });
  afterAll(async () => {
    await gateway.app.close();
    service.close();
    for (const socket of sockets) socket.destroy();
    await issuer.server.close();
  });

  const get = async (): Promise<[status: number, ms: number]> => {
    const started = performance.now();
    const { status } = await request(gateway.url).get('/v1/things').set('authorization', authorization);
    return [status, performance.now() - started];
  };

  it('is waited for by the first who ask, then by nobody, and is asked again when it lives', async () => {
    expect((await get())[0]).toBe(200);
    hangs = true;
    expect((await Promise.all([get(), get(), get()])).map(([status]) => status)).toEqual([504, 504, 504]);
    const before = asked;
    const later = await Promise.all(Array.from({ length: 20 }, get));
    expect(later.map(([status]) => status)).toEqual(later.map(() => 504));
    expect(asked).toBe(before);
    hangs = false;
    await until('it is asked again', async () => (await get())[0] === 200);
  });

  it('is not one that is slow with some and answers others', async () => {
    let turn = 0;
    hangs = true;
    for (let round = 0; round < 3; round += 1) {
      turn += 1;
      expect([turn, (await get())[0]]).toEqual([turn, 504]);
      hangs = false;
      expect([turn, (await get())[0]]).toEqual([turn, 200]);
      hangs = true;
    }
    const [, ms] = await get();
    expect(ms).toBeGreaterThan(timeoutMs / 2); // it was waited for
    hangs = false;
  });
});

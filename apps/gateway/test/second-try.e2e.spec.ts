import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { callerOf } from '@finharbor/testing/callers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { type Issuer, startGateway, startIssuer } from './fixture.js';
import { compose } from './supergraph.js';

/** A service that reads requests whole and then breaks so many connections before it answers one. */
class Breaking {
  readonly read: string[] = [];
  breaks = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Breaking> {
    const server = createServer();
    const service = new Breaking(server);
    server.on('connection', (socket) => service.serve(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  close(): void {
    this.server.close();
  }

  private serve(socket: Socket): void {
    let text = '';
    socket.on('error', () => undefined).on('data', (part) => {
      text += part.toString('latin1');
      const [head, body] = text.split('\r\n\r\n');
      if (body === undefined || body.length < Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)) return;
      this.read.push(text);
      text = '';
      if (this.breaks-- > 0) return void socket.resetAndDestroy();
      const answer = JSON.stringify({ data: { harbors: { edges: [] } } });
      socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`);
    });
  }
}

describe('a service whose connection breaks before it answers', () => {
  let issuer: Issuer;
  let service: Breaking;
  let gateway: { app: NestFastifyApplication; url: string };
  let authorization: string;

  beforeAll(async () => {
    issuer = await startIssuer();
    service = await Breaking.start();
    const paths = { '/v1/things': { get: { 'x-service': 'harbors' as const }, post: { 'x-service': 'harbors' as const } } };
    gateway = await startGateway({ partners: issuer.url, harbors: service.url }, { supergraph: compose(), openapi: { paths } });
    authorization = await issuer.bearer(callerOf('supervisor'));
  });
  afterAll(async () => {
    await gateway.app.close();
    service.close();
    await issuer.server.close();
  });
  beforeEach(() => { service.read.length = 0; });

  /** The status, and how often the service read the request. */
  async function ask(breaks: number, method: 'get' | 'post', headers: Record<string, string> = {}, body?: object): Promise<[number, number]> {
    service.breaks = breaks;
    const { status } = await request(gateway.url)[method]('/v1/things').set({ authorization, ...headers }).send(body);
    return [status, service.read.length];
  }

  it('is asked once more for what may be asked twice', async () => {
    expect(await ask(1, 'get')).toEqual([200, 2]);
    service.read.length = 0;
    expect(await ask(1, 'post', { 'idempotency-key': 'key-1' }, { name: '港湾' })).toEqual([200, 2]);
    const [first, second] = service.read.map((text) => Buffer.from(text, 'latin1').toString());
    expect(second).toBe(first);
    expect(second).toMatch(/idempotency-key: key-1[^]*{"name":"港湾"}$/);
  });

  it('is asked once more and not again', async () => {
    expect(await ask(2, 'get')).toEqual([503, 2]);
    service.breaks = 0;
  });

  it('is asked once for what it may have done', async () => {
    expect(await ask(1, 'post', {}, { name: '港湾' })).toEqual([503, 1]);
  });

  it('is asked once for a body that was passed on as it came', async () => {
    expect(await ask(1, 'post', { 'idempotency-key': 'key-2' }, { name: 'x'.repeat(70_000) })).toEqual([503, 1]);
  });

  it('is asked once more for a query of the graph', async () => {
    service.breaks = 1;
    const { body } = await request(gateway.url).post('/graphql').set('authorization', authorization).send({ query: '{ harbors { edges { node { id } } } }' });
    expect([body, service.read.length]).toEqual([{ data: { harbors: { edges: [] } } }, 2]);
  });
});

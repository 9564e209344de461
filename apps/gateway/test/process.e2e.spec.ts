import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { serviceNames } from '@finharbor/contracts/services';
import { callerOf, testServiceKey } from '@finharbor/testing/callers';
import fastify, { type FastifyInstance } from 'fastify';
import request, { type Response } from 'supertest';
import { type Issuer, listen, publicUrl, startIssuer } from './fixture.js';

/** What `npm test` has just built: the process as it runs in production, on the committed documents. */
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

interface Line {
  msg: string; url?: string; route?: string; status?: number; requestId?: string; clientRequestId?: string; traceId?: string; role?: string;
}

interface Launched {
  child: ChildProcess;
  lines: string[];
  /** The first line of its log that is wanted, when it comes. */
  logged: (wanted: (line: Line) => boolean) => Promise<Line>;
}

/** Starts the gateway as a process; nothing of this process's environment but what is given. */
function launch(environment: Record<string, string>): Launched {
  const child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  createInterface(child.stdout!).on('line', (line) => {
    lines.push(line);
    for (const check of waiting) check();
  });
  const logged = (wanted: (line: Line) => boolean): Promise<Line> => new Promise((resolve) => {
    const check = (): void => {
      const found = lines.map((line) => JSON.parse(line) as Line).find(wanted);
      if (!found) return;
      waiting.delete(check);
      resolve(found);
    };
    waiting.add(check);
    check();
  });
  return { child, lines, logged };
}

describe('the gateway as a process', () => {
  let issuer: Issuer;
  let service: FastifyInstance;
  let environment: Record<string, string>;
  let hold: Promise<void> | undefined;
  const arrived: string[] = [];
  let onArrival = (): void => undefined;

  beforeAll(async () => {
    issuer = await startIssuer(async (server) => {
      server.post('/graphql', async () => ({ data: { _entities: [{ __typename: 'Organisation', id: 'b', name: '万州银行' }] } }));
    });
    service = fastify();
    service.all('/*', async (incoming) => {
      arrived.push(incoming.url);
      onArrival();
      await hold;
      return incoming.url === '/graphql' ? { data: { harbors: { edges: [{ node: { __typename: 'Harbor', id: 'h', hostBank: { __typename: 'Organisation', id: 'b' } } }] } } } : {};
    });
    const url = await listen(service);
    environment = {
      PORT: '0', PUBLIC_URL: publicUrl, SERVICE_KEY: testServiceKey, LOG_LEVEL: 'info',
      ...Object.fromEntries(serviceNames.map((name) => [`${name.replaceAll('-', '_').toUpperCase()}_URL`, name === 'partners' ? issuer.url : url])),
    };
  });
  afterAll(async () => {
    await service.close();
    await issuer.server.close();
  });

  it('writes one line for each request, with ids and without anything that was said', async () => {
    const { child, lines, logged } = launch(environment);
    const { url } = await logged(({ msg }) => msg === 'listening');
    const bearer = await issuer.bearer(callerOf('bank'));
    const id = 'k'.repeat(12);
    await request(url!).post('/v1/harbors?q=confidential').set({ authorization: bearer, 'idempotency-key': 'confidential', 'x-request-id': id }).send({ name: 'confidential' });
    await request(url!).get('/v1/scans/confidential/qr.svg').set('access-secret', 'confidential');
    await request(url!).post('/graphql').set('authorization', bearer).send({ query: '{ harbors { edges { node { id confidential } } } }', variables: { a: 'confidential' } });
    await request(url!).get('/graphql?query={confidential}').set('authorization', 'Bearer confidential');
    await request(url!).get('/confidential');
    await logged(({ route }) => route === '/*');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    const requests = lines.map((line) => JSON.parse(line) as Line).filter(({ msg }) => msg === 'request');
    expect(requests.map(({ route, status, role }) => [route, status, role])).toEqual([
      ['/v1/harbors', 200, 'bank'], ['/v1/scans/:code/qr.svg', 200, 'anonymous'], ['/graphql', 200, 'bank'], ['/graphql', 401, undefined], ['/*', 404, undefined],
    ]);
    expect(requests[0]).toMatchObject({ requestId: expect.stringMatching(/^[\da-f-]{36}$/), clientRequestId: id, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(lines.join('\n')).not.toMatch(/confidential|eyJ/);
  });

  it('finishes what it has begun when it is told to stop, the graph included', async () => {
    const { child, logged } = launch(environment);
    const { url } = await logged(({ msg }) => msg === 'listening');
    const bearer = await issuer.bearer(callerOf('bank'));
    let release = (): void => undefined;
    hold = new Promise((resolve) => { release = resolve; });
    arrived.length = 0;
    const both = new Promise<void>((resolve) => { onArrival = () => { if (arrived.length === 2) resolve(); }; });
    const answers: Promise<Response>[] = [
      request(url!).get('/v1/harbors').set('authorization', bearer).then((answer) => answer),
      request(url!).post('/graphql').set('authorization', bearer).send({ query: '{ harbors { edges { node { hostBank { name } } } } }' }).then((answer) => answer),
    ];
    await both;
    child.kill('SIGTERM');
    const stopped = once(child, 'exit');
    await refused(url!);
    release();
    // The graph asks a second service after the first has answered, which is after the signal.
    const graph = { data: { harbors: { edges: [{ node: { hostBank: { name: '万州银行' } } }] } } };
    expect((await Promise.all(answers)).map(({ status, body }) => [status, body])).toEqual([[200, {}], [200, graph]]);
    expect(await stopped).toEqual([0, null]);
  });

  it('serves on for as long as it lingers, and tells with every answer that its connection ends', async () => {
    hold = undefined;
    const { child, logged } = launch({ ...environment, SHUTDOWN_LINGER_MS: '60000' });
    const { url } = await logged(({ msg }) => msg === 'listening');
    const [authorization, agent] = [await issuer.bearer(callerOf('bank')), new Agent({ keepAlive: true })];
    const ask = async (method: 'get' | 'post', path: string): Promise<[number, string | undefined]> => {
      const { status, headers } = await request(url!)[method](path).agent(agent).set({ authorization, 'idempotency-key': 'k' }).send(method === 'post' ? { query: '{ __typename }' } : undefined);
      return [status, headers.connection];
    };
    expect(await ask('get', '/v1/harbors')).toEqual([200, 'keep-alive']);
    child.kill('SIGTERM');
    while ((await ask('get', '/health/ready'))[0] !== 503) await new Promise(setImmediate);
    for (const [method, path] of [['get', '/v1/harbors'], ['post', '/v1/harbors'], ['post', '/graphql'], ['get', '/health/live']] as const) {
      expect([path, await ask(method, path)]).toEqual([path, [200, 'close']]);
    }
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    agent.destroy();
  });

  it('names everything that is wrong with its configuration at once', async () => {
    const { child } = launch({ ...environment, PORT: 'x', HARBORS_URL: 'ftp://a', PARTNERS_URL: '' });
    let said = '';
    child.stderr!.on('data', (part) => { said += String(part); });
    expect(await once(child, 'exit')).toEqual([1, null]);
    for (const name of ['PORT', 'HARBORS_URL', 'PARTNERS_URL']) expect(said).toContain(`${name}: `);
  });
});

/** Resolves when nobody accepts connections there any more. */
async function refused(url: string): Promise<void> {
  for (;;) {
    try {
      await request(url).get('/health/live');
    } catch {
      return;
    }
  }
}

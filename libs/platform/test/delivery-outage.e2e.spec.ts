import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { newId } from '@finharbor/contracts/ids';
import { Queues } from '@finharbor/platform/redis/queues';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { type TestDatabase, testServers } from '@finharbor/testing/database';
import { createDatabase, eventually, FeedbackModule, handling, Harbors, HarborsModule } from './harness.js';
import { TcpProxy } from './tcp-proxy.js';

describe('without Redis', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  const running: TestApp[] = [];
  const bank = callerOf('bank');

  beforeEach(async () => {
    database = await createDatabase();
    proxy = new TcpProxy(new URL(testServers().redisUrl));
    await proxy.open();
  });
  afterEach(async () => {
    handling.then = undefined;
    for (const app of running.splice(0)) await app.close();
    await proxy.cut();
    await database.drop();
  });

  async function start(module: typeof FeedbackModule, service: 'feedback' | 'harbors', url = proxy.url): Promise<TestApp> {
    const app = await startTestApp(module, service, { REDIS_URL: url }, database);
    running.push(app);
    return app;
  }

  async function closesQuickly(app: TestApp): Promise<void> {
    running.splice(running.indexOf(app), 1);
    const started = performance.now();
    await app.close();
    expect(performance.now() - started).toBeLessThan(3_000);
  }

  const readiness = async (app: TestApp): Promise<unknown> => (await app.get(undefined, '/health/ready').expect(200)).body;
  const count = async (sql: string): Promise<number> => (await database.query<{ count: number }>(`select count(*)::int from ${sql}`))[0].count;
  const pending = `(select event_id from feedback.outbox union select (e ->> 'i')::uuid from feedback.delivery, jsonb_array_elements(body::jsonb) e) as told`;

  it('starts, serves, keeps its events and says so when Redis was never there; sends them when it comes', async () => {
    await proxy.cut();
    const feedback = await start(FeedbackModule, 'feedback');
    expect(await readiness(feedback)).toEqual({ status: 'ok', database: 'up', redis: 'down' });
    for (let request = 0; request < 3; request++) await feedback.post(bank, '/v1/issues', { text: 'without Redis' }).expect(201);
    expect(await count(pending)).toBe(3);
    await proxy.open();
    await eventually('Redis is seen', async () => (await readiness(feedback) as { redis: string }).redis === 'up');
    const redis = feedback.app.get(Queues).redis;
    await eventually('the envelopes arrived', async () => await redis.llen(`{${database.name}}:harbors:wait`) 
      === await count(`feedback.delivery where consumer = 'harbors'`) && await count('feedback.outbox') === 0);
    expect(await count('feedback.delivery where attempt > 1')).toBe(0);
  });

  it('takes up its work when Redis comes back, on both sides', async () => {
    const harbors = await start(HarborsModule, 'harbors');
    await start(FeedbackModule, 'feedback');
    await harbors.app.get(Harbors).register('before');
    await eventually('it took effect', async () => await count('feedback.effects') === 1);
    await proxy.cut();
    await harbors.app.get(Harbors).register('during');
    expect(await readiness(harbors)).toMatchObject({ redis: 'down' });
    await proxy.open();
    await harbors.app.get(Harbors).register('after');
    await eventually('all took effect', async () => await count('feedback.effects') === 3);
    await eventually('all is acknowledged', async () => await count(`harbors.delivery where consumer = 'feedback' and acked_at is null`) === 0);
    expect(await count('feedback.effects')).toBe(3);
  });

  it('stops in good time with Redis away, gone in mid-work, or silent', async () => {
    await proxy.cut();
    await closesQuickly(await start(FeedbackModule, 'feedback'));
    await proxy.open();
    const cut = await start(FeedbackModule, 'feedback');
    await cut.app.get(Queues).redis.ping();
    await proxy.cut();
    await cut.post(bank, '/v1/issues', { text: 'stays in the outbox' }).expect(201);
    await closesQuickly(cut);
    await proxy.open();
    const silent = await start(FeedbackModule, 'feedback');
    await silent.app.get(Queues).redis.ping();
    proxy.hush();
    await silent.post(bank, '/v1/issues', { text: 'into the silence' }).expect(201);
    expect(await readiness(silent)).toMatchObject({ redis: 'down' });
    await closesQuickly(silent);
    expect(await count(pending)).toBe(2);
  });

  it('stops in good time with a handler that does not end, and loses nothing by it', async () => {
    const harbors = await start(HarborsModule, 'harbors');
    const feedback = await start(FeedbackModule, 'feedback');
    let started = false;
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => { release = resolve; });
    handling.then = () => {
      started = true;
      return held;
    };
    await harbors.app.get(Harbors).register('stuck');
    await eventually('the handler runs', async () => started);
    await closesQuickly(feedback);
    expect([await count('feedback.effects'), await count('feedback.inbox')]).toEqual([0, 0]);
    handling.then = undefined;
    await start(FeedbackModule, 'feedback');
    await eventually('another worker took it over', async () => await count('feedback.effects') === 1);
    release(); // into a transaction that has long been rolled back
    expect(await count('feedback.effects')).toBe(1);
  });

  it('survives a Redis that is killed and begins empty, scripts and all', async () => {
    const server = await PrivateRedis.start();
    try {
      const harbors = await start(HarborsModule, 'harbors', server.url);
      await start(FeedbackModule, 'feedback', server.url);
      await harbors.app.get(Harbors).register('before');
      await eventually('it took effect', async () => await count('feedback.effects') === 1);
      await server.kill();
      await harbors.app.get(Harbors).register('during');
      await server.begin();
      await harbors.app.get(Harbors).register('after');
      await eventually('all took effect', async () => await count('feedback.effects') === 3);
      expect(await count('harbors.outbox')).toBe(0);
    } finally {
      await Promise.all(running.splice(0).map((app) => app.close()));
      await server.kill();
    }
  });

  it('waits for a database that is away: the envelope takes effect when it is back, and nothing is parked', async () => {
    const postgres = new TcpProxy(new URL(database.urlOf('feedback')));
    await postgres.open();
    const harbors = await start(HarborsModule, 'harbors');
    const feedback = await startTestApp(FeedbackModule, 'feedback', { DATABASE_URL: postgres.url }, database);
    running.push(feedback);
    await feedback.app.get(Queues).redis.ping();
    await postgres.cut();
    expect((await feedback.get(undefined, '/health/ready').expect(503)).body).toMatchObject({ status: 'unavailable', database: 'down', redis: 'up' });
    expect((await feedback.get(bank, `/v1/issues/${newId()}`).expect(503)).body.code).toBe('SERVICE_UNAVAILABLE');
    await harbors.app.get(Harbors).register('patient');
    const jobs = async (): Promise<number> => harbors.app.get(Queues).redis.zcard(`{${database.name}}:feedback:delayed`);
    await eventually('the envelope is put off', async () => await jobs() > 0);
    await postgres.open();
    await eventually('it took effect', async () => await count('feedback.effects') === 1);
    expect(await count('feedback.dead_letters')).toBe(0);
    running.splice(running.indexOf(feedback), 1);
    await feedback.close();
    await postgres.cut();
  });
});

/** A Redis of this test's own, of the same program as the shared one, that may be killed. */
class PrivateRedis {
  private child?: ChildProcess;

  private constructor(private readonly program: string, private readonly port: number) {}

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  static async start(): Promise<PrivateRedis> {
    const { Redis } = await import('ioredis');
    const shared = new Redis(testServers().redisUrl);
    const program = /^executable:(.+)$/m.exec(await shared.info('server'))![1].trim();
    shared.disconnect();
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    const server = new PrivateRedis(program, port);
    await server.begin();
    return server;
  }

  async begin(): Promise<void> {
    // One that the launcher unpacked has its libraries beside it.
    const libraries = join(dirname(this.program), '../lib');
    const env = { LD_LIBRARY_PATH: readdirSync(libraries).filter((name) => name.endsWith('-linux-gnu')).map((name) => join(libraries, name)).join(':') };
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.child = spawn(this.program, settings, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    await new Promise<void>((resolve, reject) => {
      this.child!.stdout!.on('data', (text) => { if ((said += text).includes('Ready to accept connections')) resolve(); });
      this.child!.once('exit', () => reject(new Error(`Redis ended: ${said}`)));
    });
  }

  async kill(): Promise<void> {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}

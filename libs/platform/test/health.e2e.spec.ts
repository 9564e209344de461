import { Harbors, createDatabase, eventually, FeedbackModule, HarborsModule } from './harness.js';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import type { TestDatabase } from '@finharbor/testing/database';
import { TcpProxy } from './tcp-proxy.js';

describe('health and metrics', () => {
  let database: TestDatabase;
  let postgres: TcpProxy;
  let app: TestApp;

  beforeAll(async () => {
    database = await createDatabase();
    postgres = new TcpProxy(new URL(database.urlOf('feedback')));
    await postgres.open();
    app = await startTestApp(FeedbackModule, 'feedback', { DATABASE_URL: postgres.url }, database);
    await app.get(undefined, '/health/ready');
  });
  afterAll(async () => {
    await app.close();
    await postgres.cut();
    await database.drop();
  });

  const metric = async (name: string, labels = ''): Promise<string | undefined> =>
    new RegExp(`^${name}{${labels}service="feedback"} (.+)$`, 'm').exec((await app.get(undefined, '/metrics').expect(200)).text)?.[1];

  it('are told to whoever asks beside the service, without a token', async () => {
    expect((await app.get(undefined, '/health/live').expect(200)).body).toEqual({ status: 'ok' });
    await eventually('all is up', async () => (await app.get(undefined, '/health/ready').expect(200)).body.redis === 'up');
    const metrics = await app.get(undefined, '/metrics').expect(200);
    expect(metrics.headers['content-type']).toContain('text/plain');
    expect(metrics.text).toContain('process_cpu_seconds_total');
  });

  it('count what waits, what is open and what was parked', async () => {
    await database.query(`insert into feedback.dead_letters values (gen_random_uuid(), 'x', gen_random_uuid(), '{}', 'x')`);
    await app.post(callerOf('bank'), '/v1/issues', { text: 'x' }).expect(201);
    await eventually('the envelope is open', async () => await metric('finharbor_envelopes_open', 'consumer="harbors",') === '1');
    expect([await metric('finharbor_outbox_events'), await metric('finharbor_dead_letters')]).toEqual(['0', '1']);
  });

  it('go on without the database: alive, not ready, and its figures unknown', async () => {
    await postgres.cut();
    await app.get(undefined, '/health/live').expect(200);
    await app.get(undefined, '/health/ready').expect(503);
    expect(await metric('finharbor_outbox_events')).toBe('Nan');
    await postgres.open();
    await eventually('it is ready again', async () => (await app.get(undefined, '/health/ready')).status === 200);
    expect(await metric('finharbor_dead_letters')).toBe('1');
  });

  it('do not keep who asks waiting when the database is silent', async () => {
    postgres.hush();
    const started = performance.now();
    await app.get(undefined, '/health/ready').expect(503);
    expect(performance.now() - started).toBeLessThan(3_000);
    await postgres.cut();
    await postgres.open();
  });

  it('count clocks and envelopes of a producer as well', async () => {
    const harbors = await startTestApp(HarborsModule, 'harbors', {}, database);
    await harbors.app.get(Harbors).register('one');
    await eventually('an envelope is open', async () => (await harbors.get(undefined, '/metrics')).text.includes('finharbor_envelopes_open{consumer="feedback",service="harbors"}'));
    await harbors.close();
  });
});

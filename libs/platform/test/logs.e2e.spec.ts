import { newId } from '@finharbor/contracts/ids';
import { LOGGER } from '@finharbor/platform/logs/token';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { bearerOf, callerOf } from '@finharbor/testing/callers';
import type { TestDatabase } from '@finharbor/testing/database';
import { type Logger, symbols } from 'pino';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { newContext, runInContext } from '@finharbor/platform/logs/context';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { createDatabase, eventually, FeedbackModule, handling, HarborsModule } from './harness.js';

describe('logs and traces', () => {
  let database: TestDatabase;
  let harbors: TestApp;
  let feedback: TestApp;
  const lines: string[] = [];
  const bank = callerOf('bank');

  beforeAll(async () => {
    database = await createDatabase();
    harbors = await startTestApp(HarborsModule, 'harbors', { LOG_LEVEL: 'trace' }, database);
    feedback = await startTestApp(FeedbackModule, 'feedback', { LOG_LEVEL: 'trace' }, database);
    for (const app of [harbors, feedback]) {
      const logger = app.app.get<Logger & Record<symbol, unknown>>(LOGGER);
      logger[symbols.streamSym] = { write: (line: string) => { lines.push(line); } };
    }
  });
  beforeEach(() => { lines.length = 0; });
  afterEach(() => { handling.then = undefined; });
  afterAll(async () => {
    await harbors.close();
    await feedback.close();
    await database.drop();
  });

  const trace = (): string => newId().replaceAll('-', '');

  it('a trace goes from the request through the outbox to the event', async () => {
    const id = trace();
    const answer = await feedback.post(bank, '/v1/issues', { text: 'x' }).set('traceparent', `00-${id}-00f067aa0ba902b7-01`).set('x-request-id', 'request-7').expect(201);
    expect(answer.headers['x-request-id']).toBe('request-7');
    const told = await database.query<{ t: string }>(
      `select traceparent as t from feedback.outbox union select e ->> 't' from feedback.delivery, jsonb_array_elements(body::jsonb) e`);
    expect(told.map(({ t }) => t)).toEqual([expect.stringMatching(new RegExp(`^00-${id}-[0-9a-f]{16}-01$`))]);
    expect(told[0].t).not.toContain('00f067aa0ba902b7');
    expect(await database.query('select request_id from feedback.audit')).toEqual([{ request_id: 'request-7' }]);
  });

  it('and on to the handler, each event in its own trace, also within one envelope', async () => {
    const ids = [trace(), trace(), trace()];
    const harbor = { harborId: newId(), number: 'n', hostBankId: newId(), areaCode: 'a' };
    await harbors.app.get(Tenancy).worker(async (tx) => {
      for (const id of ids) {
        await runInContext(newContext(`00-${id}-00f067aa0ba902b7-01`), () => harbors.app.get(Publisher).publish(tx, 'harbor.registered', {
          organisationId: newId(), aggregateId: newId(), version: 1, payload: { ...harbor, name: id },
        }));
      }
    });
    const effects = (): Promise<{ name: string; traceparent: string }[]> => database.query('select name, traceparent from feedback.effects order by number');
    await eventually('all took effect', async () => (await effects()).length === 3);
    await eventually('the claim is saved', async () => (await database.query('select from harbors.outbox')).length === 0);
    expect(await database.query(`select 1 from harbors.delivery where consumer = 'feedback'`)).toHaveLength(1);
    expect((await effects()).map(({ name, traceparent }) => [name, traceparent.slice(3, 35)])).toEqual(ids.map((id) => [id, id]));
  });

  it('a failing handler is logged with the trace of its event', async () => {
    const id = trace();
    let failed = false;
    handling.then = () => {
      if (failed) return;
      failed = true;
      throw new Error('once');
    };
    await runInContext(newContext(`00-${id}-00f067aa0ba902b7-01`), () => harbors.app.get(Tenancy).worker((tx) => harbors.app.get(Publisher).publish(tx, 'harbor.registered', {
      organisationId: newId(), aggregateId: newId(), version: 1, payload: { harborId: newId(), number: 'n', name: 'n', hostBankId: newId(), areaCode: 'a' },
    })));
    await eventually('it was logged', async () => lines.some((line) => line.includes('once')));
    expect(lines.find((line) => line.includes('once'))).toContain(id);
  });

  it('a request without ids is given new ones, and an overlong or malformed one is not taken over', async () => {
    const first = await feedback.get(bank, '/v1/issues').expect(200);
    const second = await feedback.get(bank, '/v1/issues').expect(200);
    expect(first.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    const long = await feedback.get(bank, '/v1/issues').set('x-request-id', 'x'.repeat(5000)).expect(200);
    expect(long.headers['x-request-id']).toHaveLength(100);
    await feedback.post(bank, '/v1/issues', { text: 'x' }).set('traceparent', 'nonsense').expect(201);
  });

  it('say nothing of bodies, tokens, keys and parameters, whatever happens', async () => {
    const key = newId();
    const texts = ['张三丰 13800138000', 'unknown', 'swallow', 'foreign', 'throw'];
    for (const then of texts) await feedback.post(bank, '/v1/issues', { text: '张三丰 13800138000', ...(then === texts[0] ? {} : { then }) }, `${key}-${then.length}`);
    await feedback.post(bank, '/v1/issues').set('content-type', 'application/json').send('{"text": "张三丰 13800138000"');
    await feedback.post(bank, '/v1/issues', { text: '张三丰 13800138000', phone: '13800138000' });
    await feedback.get(bank, '/v1/issues/13800138000');
    expect(lines.length).toBeGreaterThan(0);
    const logged = lines.join('');
    for (const secret of ['张三丰', '13800138000', bearerOf(bank, 'feedback').slice(7), bearerOf(bank, 'feedback').split('.')[2], key, process.env.SERVICE_KEY!, 'cipher']) expect(logged).not.toContain(secret);
  });
});

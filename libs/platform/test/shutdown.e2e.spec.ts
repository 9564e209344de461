import { once } from 'node:events';
import { connect } from 'node:net';
import { newId } from '@finharbor/contracts/ids';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { bearerOf, callerOf } from '@finharbor/testing/callers';
import type { TestDatabase } from '@finharbor/testing/database';
import { createDatabase, eventually, FeedbackModule } from './harness.js';

describe('a service that stops', () => {
  let database: TestDatabase;
  let app: TestApp;
  const bank = callerOf('bank');
  const authorization = bearerOf(bank, 'feedback');
  let url: string;
  let port: number;

  beforeEach(async () => {
    database = await createDatabase();
    app = await startTestApp(FeedbackModule, 'feedback', {}, database);
    await app.app.listen(0, '127.0.0.1');
    url = await app.app.getUrl();
    port = Number(new URL(url).port);
  });
  afterEach(() => database.drop());

  it('lets running requests finish, and takes no new ones', async () => {
    await database.query('begin; lock table feedback.notes in exclusive mode');
    const answer = fetch(`${url}/v1/issues`, {
      method: 'POST', headers: { authorization, 'content-type': 'application/json', 'idempotency-key': newId() }, body: '{"text": "slow"}',
    });
    await eventually('the request is running', async () => (await database.query(
      `select 1 from pg_locks where locktype = 'relation' and relation = 'feedback.notes'::regclass and not granted`)).length > 0);
    const closed = app.close();
    await eventually('the port is closed', () => fetch(`${url}/health/live`).then(() => false, () => true));
    await database.query('commit');
    expect((await answer).status).toBe(201);
    const started = performance.now();
    await closed;
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(await database.query('select text from feedback.notes')).toEqual([{ text: 'slow' }]);
  });

  it('is not held up by connections that idle, or whose request was answered before it was sent to its end', async () => {
    const [idle, half] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    for (const socket of [idle, half]) socket.on('error', () => undefined);
    idle.write(`GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n`);
    half.write(`POST /v1/issues HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"text":`);
    const answers = await Promise.all([idle, half].map((socket) => once(socket, 'data')));
    expect(answers.map(([data]) => String(data).slice(9, 12))).toEqual(['200', '401']);
    const started = performance.now();
    await app.close();
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

import { randomBytes } from 'node:crypto';
import { anonymous } from '@finharbor/security/tokens/caller';
import { parseServiceKeys, signServiceToken } from '@finharbor/security/tokens/service-token';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { bearerOf, callerOf } from '@finharbor/testing/callers';
import type { TestDatabase } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import request, { type Test } from 'supertest';
import { createDatabase, FeedbackModule } from './harness.js';

describe('a service and the gateway’s word', () => {
  let database: TestDatabase;
  let app: TestApp;
  const bank = callerOf('bank');
  const [first, second] = [0, 1].map(() => randomBytes(32).toString('base64url'));

  const get = (authorization?: string, path = '/v1/issues'): Test => {
    const test = request(app.app.getHttpServer()).get(path);
    return authorization === undefined ? test : test.set('authorization', authorization);
  };

  beforeAll(async () => {
    database = await createDatabase();
    app = await startTestApp(FeedbackModule, 'feedback', { SERVICE_KEY: `${first},${second}` }, database);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('takes it under every key that it knows', async () => {
    for (const key of [first, second]) await get(bearerOf(bank, 'feedback', key)).expect(200);
  });

  it('tells nobody else anything, not even which paths there are', async () => {
    const minuteAgo = `Bearer ${signServiceToken(parseServiceKeys(first), bank, 'feedback', Date.now() - 61_000)}`;
    const words = [undefined, '', 'Bearer', 'Basic eDp5', bearerOf(bank, 'feedback'), bearerOf(bank, 'harbors', first), bearerOf(anonymous, 'partners', second), minuteAgo];
    const answers = new Set<string>();
    for (const word of words) {
      for (const path of ['/v1/issues', '/v1/issues/7', '/v1/nothing', '/', '/health', '/metrics/', '/metrics/x', '/v1/../metrics', '/docs', '/openapi.json']) {
        const { status, text } = await get(word, path);
        answers.add(`${status} ${text}`);
      }
    }
    expect([...answers]).toEqual([expect.stringMatching(/^401 .*"code":"UNAUTHENTICATED"/)]);
    for (const path of ['/health/live', '/health/ready', '/metrics']) await get(undefined, path).expect(200);
  });

  it('does not believe it for longer than it holds, though it remembers it', async () => {
    const now = Date.now();
    const word = `Bearer ${signServiceToken(parseServiceKeys(first), bank, 'feedback', now - 56_000)}`;
    const expiresAt = (Math.floor((now - 56_000) / 1000) + 60) * 1000;
    await get(word).expect(200);
    await until('it runs out', async () => {
      const asked = Date.now();
      const { status } = await get(word);
      const answered = Date.now();
      // Within the moment in which it runs out both are right.
      if (answered < expiresAt) expect(status).toBe(200);
      if (asked >= expiresAt) expect(status).toBe(401);
      return asked >= expiresAt;
    }, 10_000);
  });
});

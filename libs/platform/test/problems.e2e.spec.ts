import { newId } from '@finharbor/contracts/ids';
import { LOGGER } from '@finharbor/platform/logs/token';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import type { TestDatabase } from '@finharbor/testing/database';
import { type Logger, symbols } from 'pino';
import type { Response } from 'supertest';
import { createDatabase, FeedbackModule } from './harness.js';

describe('problems', () => {
  let database: TestDatabase;
  let app: TestApp;
  const bank = callerOf('bank');
  const lines: string[] = [];

  beforeAll(async () => {
    database = await createDatabase();
    app = await startTestApp(FeedbackModule, 'feedback', { LOG_LEVEL: 'trace' }, database);
    const logger = app.app.get<Logger & Record<symbol, unknown>>(LOGGER);
    logger[symbols.streamSym] = { write: (line: string) => { lines.push(line); } };
  });
  beforeEach(() => { lines.length = 0; });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const path = '/v1/issues';
  function isProblem(answer: Response, status: number, code: string): void {
    expect([answer.status, answer.body.code, answer.headers['content-type']]).toEqual([status, code, 'application/problem+json; charset=utf-8']);
    expect(answer.body).toMatchObject({ type: `urn:finharbor:problem:${code.toLowerCase().replaceAll('_', '-')}`, title: expect.any(String), status, code });
  }
  const post = (body: string, type = 'application/json'): Promise<Response> =>
    app.post(bank, path).set('content-type', type).send(body).then((answer) => answer as unknown as Response);

  it.each([
    ['an unknown route', '/v1/nothing', 404, 'NOT_FOUND'],
    ['an unknown record', `${path}/${newId()}`, 404, 'NOT_FOUND'],
    ['what is no id', `${path}/7`, 400, 'MALFORMED_REQUEST'],
    ['a path that cannot be decoded', '/v1/%zz', 400, 'MALFORMED_REQUEST'],
    ['NUL in the path', `${path}/%00`, 400, 'VALIDATION_FAILED'],
    ['a page too large', `${path}?limit=201`, 400, 'VALIDATION_FAILED'],
    ['an unknown parameter', `${path}?sort=1`, 400, 'VALIDATION_FAILED'],
  ])('are the answer to %s', async (_what, url, status, code) => {
    isProblem(await app.get(bank, url).then((answer) => answer as unknown as Response), status, code);
  });

  it('are the same for a record of another organisation and for none', async () => {
    const { id } = (await app.post(callerOf('bank'), path, { text: 'not yours' }).expect(201)).body;
    const [foreign, none] = [await app.get(bank, `${path}/${id}`), await app.get(bank, `${path}/${newId()}`)];
    expect([foreign.status, foreign.text]).toEqual([none.status, none.text]);
  });

  it.each([
    ['bad JSON', '{"text": ', 'application/json', 400, 'MALFORMED_REQUEST'],
    ['an empty body', '', 'application/json', 400, 'MALFORMED_REQUEST'],
    ['a poisoned prototype', '{"text": "x", "__proto__": {"admin": true}}', 'application/json', 400, 'MALFORMED_REQUEST'],
    ['a poisoned constructor', '{"text": "x", "constructor": {"prototype": {"admin": true}}}', 'application/json', 400, 'MALFORMED_REQUEST'],
    ['text', 'text', 'text/plain', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a form', 'text=x', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['XML', '<text/>', 'application/xml', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['no object', '"text"', 'application/json', 400, 'VALIDATION_FAILED'],
    ['a list', '[{"text": "x"}]', 'application/json', 400, 'VALIDATION_FAILED'],
    ['null', 'null', 'application/json', 400, 'VALIDATION_FAILED'],
    ['an abyss', `{"text": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'application/json', 400, 'MALFORMED_REQUEST'],
    ['a deep nest', `{"text": ${'['.repeat(100)}${']'.repeat(100)}}`, 'application/json', 400, 'VALIDATION_FAILED'],
    ['too much', JSON.stringify({ text: 'x'.repeat(1_100_000) }), 'application/json', 413, 'PAYLOAD_TOO_LARGE'],
  ])('are the answer to %s', async (_what, body, type, status, code) => {
    isProblem(await post(body, type), status, code);
    expect(await database.query('select 1 from feedback.notes where org_id = $1', [bank.organisationId])).toEqual([]);
  });

  it.each([
    ['unknown fields', { text: 'x', admin: true }, 'admin', 'whitelistValidation'],
    ['fields that every object has', { text: 'x', toString: 'y' }, 'toString', 'whitelistValidation'],
    ['a constructor', { text: 'x', constructor: 'y' }, 'constructor', 'whitelistValidation'],
    ['wrong types', { text: 7 }, 'text', 'isString'],
    ['an object for a text', { text: { $ne: '' } }, 'text', 'isString'],
    ['missing fields', {}, 'text', 'isString'],
    ['NUL', { text: 'a\0b' }, 'text', 'text'],
    ['half a character', { text: '\ud800' }, 'text', 'text'],
  ])('name %s', async (_what, body, field, rule) => {
    const answer = await post(JSON.stringify(body));
    isProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body.errors).toContainEqual({ field, rule, message: expect.any(String) });
  });

  it('mask what is nobody’s business, with an id that the log has', async () => {
    const answer = await post(JSON.stringify({ text: 'x', then: 'unknown' }));
    isProblem(answer, 500, 'INTERNAL');
    expect(answer.text).not.toContain('4711');
    const id = /this id: (\S+)$/.exec(answer.body.detail)![1];
    expect(lines.filter((line) => line.includes(id))).toHaveLength(1);
  });

  it('mask a row that the database refuses, and log it without what was written', async () => {
    isProblem(await post(JSON.stringify({ text: '身份证 500101199001011234', then: 'foreign' })), 500, 'INTERNAL');
    const logged = lines.join('');
    expect(logged).toContain('42501');
    expect(logged).not.toMatch(/500101199001011234|secret/);
  });

  it('tell a caller without a token, and one whose role may not, apart', async () => {
    isProblem(await app.get(undefined, path).then((answer) => answer as unknown as Response), 401, 'UNAUTHENTICATED');
    isProblem(await app.get(callerOf('anonymous'), path).then((answer) => answer as unknown as Response), 401, 'UNAUTHENTICATED');
    isProblem(await app.get(callerOf('department'), path).then((answer) => answer as unknown as Response), 403, 'FORBIDDEN');
    await app.get(bank, path).set('authorization', 'Bearer nonsense').expect(401);
  });

  it('refuse before a body is read', async () => {
    isProblem(await app.post(callerOf('department'), path).set('content-type', 'application/json').send('{"broken').then((answer) => answer as unknown as Response), 403, 'FORBIDDEN');
  });

  it('answer HEAD as GET, without the body', async () => {
    const { default: request } = await import('supertest');
    const { bearerOf } = await import('@finharbor/testing/callers');
    await request(app.app.getHttpServer()).head(path).set('authorization', bearerOf(bank, 'feedback')).expect(200);
    await request(app.app.getHttpServer()).head(path).expect(401);
  });
});

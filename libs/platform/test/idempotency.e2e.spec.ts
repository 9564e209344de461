import { createHash } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import type { TestDatabase } from '@finharbor/testing/database';
import { createDatabase, eventually, FeedbackModule } from './harness.js';

describe('Idempotency-Key', () => {
  let database: TestDatabase;
  let app: TestApp;
  const [bank, otherBank] = [callerOf('bank'), callerOf('bank')];
  const anybody = callerOf('anonymous');

  beforeAll(async () => {
    database = await createDatabase();
    app = await startTestApp(FeedbackModule, 'feedback', {}, database);
  });
  beforeEach(() => database.query('truncate feedback.notes, feedback.idempotency_keys'));
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const count = async (table: string): Promise<number> => (await database.query<{ count: number }>(`select count(*)::int from feedback.${table}`))[0].count;
  const path = '/v1/issues';

  it('is asked of every POST, in every spelling of the path', async () => {
    for (const url of [path, '/%761/issues', '/v1/issues?x=1']) {
      const answer = await app.post(bank, url, { text: 'x' }).unset('idempotency-key').expect(400);
      expect(answer.body.code).toBe('IDEMPOTENCY_KEY_MISSING');
    }
    for (const key of ['', ' ', 'with space', 'x'.repeat(256)]) await app.post(bank, path, { text: 'x' }, key).expect(400);
    expect(await count('notes')).toBe(0);
  });

  it('gives the first answer again, byte for byte, and does nothing twice', async () => {
    const key = newId();
    const first = await app.post(bank, path, { text: 'once' }, key).expect(201);
    const again = await app.post(bank, path, { text: 'once' }, key).expect(201);
    expect(again.text).toBe(first.text);
    expect(again.headers['content-type']).toBe(first.headers['content-type']);
    expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([undefined, 'true']);
    expect(await count('notes')).toBe(1);
  });

  it('keeps no plain hash of what was asked, which may be a phone number, and knows one that an earlier version kept', async () => {
    const [body, key] = [{ text: '13800138000' }, newId()];
    const hash = createHash('sha256').update('\n').update(JSON.stringify(body)).digest('base64url');
    const [first, strangers] = [await app.post(bank, path, body, key).expect(201), await app.post(anybody, path, body, key).expect(201)];
    const [{ rows }] = await database.query<{ rows: string }>(`select string_agg(k::text, ' ') as rows from feedback.idempotency_keys k`);
    expect(rows).not.toContain(hash);
    await database.query(`update feedback.idempotency_keys set fingerprint = $1 where org_id = $2`, [hash, bank.organisationId]);
    expect((await app.post(bank, path, body, key).expect(201)).text).toBe(first.text);
    expect((await app.post(anybody, path, body, key).expect(201)).text).toBe(strangers.text);
    await app.post(bank, path, { text: '13800138001' }, key).expect(422);
    expect(await count('notes')).toBe(2);
  });

  it('gives an empty answer again as well', async () => {
    const key = newId();
    const first = await app.post(bank, path, { text: 'once', then: 'void' }, key).expect(201);
    const again = await app.post(bank, path, { text: 'once', then: 'void' }, key).expect(201);
    expect([first.text, again.text]).toEqual(['', '']);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await count('notes')).toBe(1);
  });

  it('refuses the key for another body or query', async () => {
    const key = newId();
    await app.post(bank, path, { text: 'one' }, key).expect(201);
    expect((await app.post(bank, path, { text: 'two' }, key).expect(422)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    await app.post(bank, `${path}?one=two`, { text: 'one' }, key).expect(422);
    expect(await count('notes')).toBe(1);
  });

  it('refuses the second of two at once, and answers it afterwards', async () => {
    const key = newId();
    // A lock on the table holds the first request in the midst of its work.
    await database.query('begin; lock table feedback.notes in exclusive mode');
    const first = app.post(bank, path, { text: 'slow' }, key).then((answer) => answer);
    const held = async (): Promise<boolean> => (await database.query(
      `select 1 from pg_locks where locktype = 'relation' and relation = 'feedback.notes'::regclass and not granted`)).length > 0;
    await eventually('the first waits', held);
    expect((await app.post(bank, path, { text: 'slow' }, key).expect(409)).body.code).toBe('IDEMPOTENCY_IN_FLIGHT');
    await database.query('commit');
    const answer = await first;
    expect(answer.status).toBe(201);
    expect((await app.post(bank, path, { text: 'slow' }, key).expect(201)).text).toBe(answer.text);
    expect(await count('notes')).toBe(1);
  });

  it('stores nothing when the effect was rolled back: the request may be repeated', async () => {
    const key = newId();
    await app.post(bank, path, { text: 'x', then: 'throw' }, key).expect(409);
    await app.post(bank, path, { text: 'x', then: 'unknown' }, key).expect(500);
    expect([await count('notes'), await count('idempotency_keys')]).toEqual([0, 0]);
    await app.post(bank, path, { text: 'x' }, key).expect(201);
  });

  it('is each organisation’s own', async () => {
    const key = newId();
    const first = await app.post(bank, path, { text: 'same' }, key).expect(201);
    const other = await app.post(otherBank, path, { text: 'same' }, key).expect(201);
    expect(other.headers['idempotent-replayed']).toBeUndefined();
    expect(other.body.id).not.toBe(first.body.id);
    expect(other.body.orgId).toBe(otherBank.organisationId);
    const rows = await database.query('select distinct org_id from feedback.idempotency_keys');
    expect(rows).toHaveLength(2);
  });

  it('serves those without an organisation, too', async () => {
    const key = newId();
    const first = await app.post(anybody, path, { text: 'anybody' }, key).expect(201);
    const again = await app.post(anybody, path, { text: 'anybody' }, key).expect(201);
    expect(again.text).toBe(first.text);
    expect(await count('notes')).toBe(1);
  });

  it('is each applicant’s own: who has another secret is not given the answer of the first', async () => {
    const [key, url] = [newId(), `${path}/${newId()}/confirmation`];
    const applicant = (accessSecret: string): Caller => ({ role: 'applicant', organisationId: null, clientId: null, accessSecret });
    const first = await app.post(applicant('one'), url, { text: 'mine' }, key).expect(201);
    const again = await app.post(applicant('one'), url, { text: 'mine' }, key).expect(201);
    const other = await app.post(applicant('two'), url, { text: 'mine' }, key).expect(201);
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([first.text, 'true']);
    expect([other.body.id === first.body.id, other.headers['idempotent-replayed']]).toEqual([false, undefined]);
    const stored = await database.query('select key from feedback.idempotency_keys');
    expect(JSON.stringify(stored)).not.toMatch(/"one|"two/);
  });

  it('tells whoever has no organisation and no secret apart by what is asked: a stranger with the same key is neither shown nor stopped', async () => {
    const first = await app.post(anybody, path, { text: 'mine' }, '1').expect(201);
    const stranger = await app.post(anybody, path, { text: 'another’s' }, '1').expect(201);
    const again = await app.post(anybody, path, { text: 'mine' }, '1').expect(201);
    expect([again.text, again.headers['idempotent-replayed'], stranger.headers['idempotent-replayed']]).toEqual([first.text, 'true', undefined]);
    expect(await count('notes')).toBe(2);
  });

  it('keeps the answer encrypted, bound to organisation, route and key', async () => {
    const first = await app.post(bank, path, { text: '高笋塘' }, 'key-1').expect(201);
    const [stored] = await database.query<{ body: string; key: string; status: number }>('select body, key, status from feedback.idempotency_keys');
    expect(stored).toMatchObject({ key: 'key-1', status: 201, body: expect.stringMatching(/^v1\.k1\./) });
    expect(stored.body).not.toContain(Buffer.from(first.text).toString('base64url').slice(0, 20));
    await database.query(`insert into feedback.idempotency_keys select org_id, route, 'key-2', fingerprint, status, body from feedback.idempotency_keys`);
    await app.post(bank, path, { text: '高笋塘' }, 'key-2').expect(500);
  });

  it('shows each organisation its own stored answers, supervisors included', async () => {
    await app.post(bank, path, { text: 'x' }, 'mine').expect(201);
    const see = async (role: string, org: string): Promise<number> => {
      await database.query('begin');
      await database.query(`select set_config('role', $1, true), set_config('app.org', $2, true)`, [`feedback_${role}`, org]);
      const rows = await database.query('select 1 from feedback.idempotency_keys');
      await database.query('rollback');
      return rows.length;
    };
    expect(await see('app', bank.organisationId!)).toBe(1);
    expect(await see('app', otherBank.organisationId!)).toBe(0);
    expect(await see('app', '')).toBe(0);
    expect(await see('supervisor', otherBank.organisationId!)).toBe(0);
  });

  it('does not let a POST pass that changes nothing in a transaction', async () => {
    const answer = await app.post(bank, path, { text: 'x', then: 'nothing' });
    expect([answer.status, answer.body.code]).toEqual([500, 'INTERNAL']);
  });
});

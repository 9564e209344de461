import { newId } from '@finharbor/contracts/ids';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import type { TestDatabase } from '@finharbor/testing/database';
import { createDatabase, FeedbackModule } from './harness.js';

describe('pages', () => {
  let database: TestDatabase;
  let app: TestApp;
  const [bank, otherBank] = [callerOf('bank'), callerOf('bank')];
  const ids = Array.from({ length: 7 }, () => newId());

  beforeAll(async () => {
    database = await createDatabase();
    app = await startTestApp(FeedbackModule, 'feedback', {}, database);
    for (const id of ids) await database.query('insert into feedback.notes values ($1, $2, $3)', [id, bank.organisationId, 'mine']);
    await database.query('insert into feedback.notes values ($1, $2, $3)', [newId(), otherBank.organisationId, 'not mine']);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const page = async (query: string, caller = bank): Promise<{ items: { id: string }[]; nextCursor: string | null }> =>
    (await app.get(caller, `/v1/issues?${query}`).expect(200)).body;

  it('give every row once, newest first, and end', async () => {
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { items, nextCursor } = await page(`limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...items.map((item) => item.id));
      sizes.push(items.length);
      cursor = nextCursor;
    }
    expect(seen).toEqual([...ids].reverse());
    expect(sizes).toEqual([3, 3, 1]);
  });

  it('end without a cursor when the last page is full', async () => {
    expect((await page('limit=7')).nextCursor).toBeNull();
    expect((await page('limit=200')).items).toHaveLength(7);
    expect((await page('')).items).toHaveLength(7);
  });

  it('are not moved by rows that come meanwhile', async () => {
    const first = await page('limit=2');
    const late = newId();
    await database.query('insert into feedback.notes values ($1, $2, $3)', [late, bank.organisationId, 'late']);
    const second = await page(`limit=2&cursor=${first.nextCursor}`);
    expect(second.items.map((item) => item.id)).toEqual([ids[4], ids[3]]);
    await database.query('delete from feedback.notes where id = $1', [late]);
  });

  it.each(['0', '-1', '201', '1.5', 'many', '', '1&limit=2'])('refuse a limit of %s', async (limit) => {
    const answer = await app.get(bank, `/v1/issues?limit=${limit}`).expect(400);
    expect(answer.body).toMatchObject({ code: 'VALIDATION_FAILED', errors: expect.arrayContaining([expect.objectContaining({ field: 'limit' })]) });
  });

  it('refuse a cursor that is forged, changed, or another organisation’s', async () => {
    const cursor = (await page('limit=1')).nextCursor!;
    const [body, mac] = cursor.split('.');
    const forged = Buffer.from(ids[0]).toString('base64url');
    for (const wrong of [`${forged}.${mac}`, `${body}.`, body, `${body}.${mac}x`, `${body}.${mac}.x`, '.', 'x'.repeat(40)]) {
      expect((await app.get(bank, `/v1/issues?cursor=${wrong}`).expect(400)).body.code).toBe('CURSOR_INVALID');
    }
    expect((await app.get(otherBank, `/v1/issues?cursor=${cursor}`).expect(400)).body.code).toBe('CURSOR_INVALID');
    await app.get(bank, `/v1/issues?cursor=${'x'.repeat(501)}`).expect(400);
  });
});

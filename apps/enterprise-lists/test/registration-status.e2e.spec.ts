import { createHash } from 'node:crypto';
import { RowEncoder } from '../src/enterprises/encoding.js';
import { Master, rowOf, type Stated } from './enterprises.support.js';
import { Review } from './review.support.js';
import { csv, newCreditCode, recommendable, Story } from './support.js';

const stating = (creditCode: string, registrationStatus: string | null, more: object = {}): Stated =>
  ({ creditCode, registrationStatus: registrationStatus as never, ...more });

describe('the status of a registration', () => {
  let master: Master;
  beforeAll(async () => { master = await Master.begin(); });
  afterAll(() => master.app.close());

  it('is a statement like any other: held, told, shown with where it comes from, and changed by a newer list', async () => {
    const [code, [first]] = [newCreditCode(), master.departments];
    await master.push(first, [stating(code, 'ACTIVE')]);
    expect(await master.row(code)).toMatchObject({ registration_status: 'ACTIVE', outside_reason: null });
    const imported = await master.stage(first, [stating(code, 'DEREGISTERED')]);
    expect((await master.changes(imported))[0].changes).toEqual([['registrationStatus', 'ACTIVE', 'DEREGISTERED']]);
    await master.apply(imported, 1);
    expect(await master.row(code)).toMatchObject({ registration_status: 'DEREGISTERED', outside_reason: 'NOT_ACTIVE' });
    expect(await master.told(code)).toMatchObject([
      { version: 2, registrationStatus: 'DEREGISTERED', outsideReason: 'NOT_ACTIVE' }, { version: 1, registrationStatus: 'ACTIVE', outsideReason: null }]);
    const { body } = await master.app.get(first, `/v1/enterprises/${(await master.row(code)).id as string}`).expect(200);
    expect(body.enterprise).toMatchObject({ registrationStatus: 'DEREGISTERED', outsideReason: 'NOT_ACTIVE' });
    expect(body.origins).toContainEqual(expect.objectContaining({ field: 'registrationStatus', value: 'DEREGISTERED', source: first.organisationId }));
    expect(body.statements[0].states).toContainEqual({ field: 'registrationStatus', value: 'DEREGISTERED' });
  });

  it('stays where a newer list leaves it out, goes with the list that stated it, and counts by rank and choice', async () => {
    const [code, [first, second]] = [newCreditCode(), master.departments];
    const held = async (): Promise<unknown[]> => {
      const { registration_status: status, outside_reason: outside } = await master.row(code);
      return [status, outside];
    };
    const stated = await master.push(first, [stating(code, 'REVOKED', { employees: 5 })]);
    await master.push(first, [stating(code, null, { employees: 6 })]);
    expect(await held()).toEqual(['REVOKED', 'NOT_ACTIVE']);
    await master.push(second, [stating(code, 'ACTIVE')]);
    expect(await held()).toEqual(['ACTIVE', null]);
    const { items: [found] } = (await master.app.get(master.supervisor, '/v1/contradictions?field=registrationStatus').expect(200)).body;
    expect(found).toMatchObject({ field: 'registrationStatus', state: 'OPEN', stated: expect.arrayContaining([expect.objectContaining({ value: 'REVOKED' }), expect.objectContaining({ value: 'ACTIVE' })]) });
    await master.app.post(master.supervisor, `/v1/contradictions/${found.id as string}/resolution`, { source: first.organisationId, reason: '以登记机关为准' }).expect(200);
    expect(await held()).toEqual(['REVOKED', 'NOT_ACTIVE']);
    await master.app.post(master.administrator, '/v1/precedence-rules', { sourceId: second.organisationId, field: 'registrationStatus', rank: 1 }).expect(200);
    expect(await held()).toEqual(['ACTIVE', null]);
    await master.app.post(master.administrator, '/v1/precedence-rules', { sourceId: second.organisationId, field: 'registrationStatus', rank: -1 }).expect(200);
    expect(await held()).toEqual(['REVOKED', 'NOT_ACTIVE']);
    await master.undo(first, stated);
    expect(await held()).toEqual(['ACTIVE', null]);
  });

  it('is no part of what a row without one is known by, so that it is the row that it was before there was a status', () => {
    const hashOf = (registrationStatus: string | null): string => {
      const encoder = new RowEncoder('import');
      encoder.add({ row: 2, stated: rowOf(stating('91500101MA5U00011L', registrationStatus, { employees: 5 })) });
      return Buffer.from(encoder.take().text).toString().split('\t')[5];
    };
    const before = createHash('md5').update(`万州企业00011L${'\t\\N'.repeat(13)}\t5${'\t\\N'.repeat(22)}`).digest('hex');
    expect(hashOf(null)).toBe(before);
    expect(new Set([before, hashOf('ACTIVE'), hashOf('REVOKED')]).size).toBe(3);
  });
});

describe('the status of a registration in a list', () => {
  let story: Story;
  beforeAll(async () => { story = await Story.begin(); });
  afterAll(() => story.app.close());

  const statuses = ['存续（在营、开业、在册）', '吊销，未注销', '已走访', ''];
  const listed = (text: string, words: string[]): string => {
    const [head, ...rows] = text.trim().split('\n');
    return csv(`${head},经营状态`, ...rows.map((row, at) => `${row},"${words[at]}"`));
  };

  it('is read from its column, and whoever is not active is never recommended', async () => {
    const review = new Review(story);
    const { text, codes } = recommendable(4);
    const id = await review.push(listed(text, statuses));
    expect(await review.recommend(id)).toMatchObject([3, 1, [{ row: 3, outsideReason: 'NOT_ACTIVE', gaps: [] }]]);
    const rows = await story.app.database.query<{ status: string | null }>(
      'select registration_status as status from enterprise_lists.enterprises where credit_code = any($1) order by credit_code', [codes]);
    expect(rows.map(({ status }) => status)).toEqual(['ACTIVE', 'REVOKED', null, null]);
    const later = await review.push(listed(text, ['注销', ...statuses.slice(1)]));
    const { body } = await story.app.get(story.department, `/v1/push-lists/${later}/difference`).expect(200);
    expect(body.items).toMatchObject([{ creditCode: codes[0], fields: [{ field: 'registrationStatus', old: 'ACTIVE', new: 'DEREGISTERED' }] }]);
    expect(body.items).toHaveLength(1);
  });
});

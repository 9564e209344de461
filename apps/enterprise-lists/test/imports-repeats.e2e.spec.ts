import { Importing, type Told } from './import-support.js';
import { listOf, Story } from './support.js';

describe('the rows of a list that was applied, in another file', () => {
  let story: Story;
  let importing: Importing;
  let first: Told;
  beforeAll(async () => {
    story = await Story.begin();
    importing = new Importing(story);
    first = await importing.run(text, series);
  });
  afterAll(() => story.app.close());

  const series = { title: '同样的名单' };
  const { codes } = listOf(2_500);
  // Every row is warned of: a list is known with its findings.
  const cells = [['企业名称', '统一社会信用代码', '行业'], ...codes.map((code, index) => [`万州测试企业${index}有限公司`, code, '某种行业'])];
  const written = (rows: string[][], delimiter = ',', quote = '', end = '\n'): string =>
    rows.map((row) => row.map((cell) => quote + cell + quote).join(delimiter) + end).join('');
  const text = written(cells);
  /** Whether its rows were checked one by one. */
  const wasChecked = async ({ id }: Told): Promise<boolean> =>
    (await story.app.database.query<{ checked: boolean }>('select checkpoint is not null as checked from enterprise_lists.imports where id = $1', [id]))[0].checked;
  const lists = async (): Promise<unknown> => story.app.database.query('select id, xmin::text from enterprise_lists.push_lists order by id');

  it('are known without being checked, with what was found in them', async () => {
    expect(first).toMatchObject({ state: 'APPLIED', acceptedCount: 2_500, warnedCount: 2_500, repeatOf: null });
    expect(await wasChecked(first)).toBe(true);
    const before = await lists();
    for (const other of [written(cells, ';', '"', '\r\n'), Buffer.from(`\ufeff${written(cells, '\t')}`, 'utf16le')]) {
      const again = await importing.run(other, series);
      expect(again).toMatchObject({ state: 'APPLIED', repeatOf: first.id, pushListId: first.pushListId, addedCount: 0, changedCount: 0, unchangedCount: 2_500 });
      for (const same of ['rowCount', 'acceptedCount', 'rejectedCount', 'warnedCount', 'causes', 'warnings'] as const) expect(again[same]).toEqual(first[same]);
      expect(again.encoding).toBe(typeof other === 'string' ? 'UTF-8' : 'UTF-16LE');
      expect(again.progress).toMatchObject({ percent: 100, rows: 2_500, bytes: Buffer.byteLength(other) });
      expect(await wasChecked(again)).toBe(false);
      expect(await importing.result(again.id, 'warnings')).toBe(await importing.result(first.id, 'warnings'));
    }
    expect(await lists()).toEqual(before);
  });

  it('are told by a dry run as they are, row by row', async () => {
    const dry = await importing.run(written(cells, ';'), { ...series, dryRun: true });
    expect(dry).toMatchObject({ state: 'VALIDATED', unchangedCount: 2_500, repeatOf: null });
    expect(await wasChecked(dry)).toBe(true);
    await importing.post(`${dry.id}/abort`).expect(200);
  });

  it('are checked again where something else may come of it, and change nothing all the same', async () => {
    const again = async (): Promise<void> => {
      const checked = await importing.run(written(cells, '|'), series);
      expect(checked).toMatchObject({ state: 'APPLIED', repeatOf: first.id, unchangedCount: 2_500 });
      expect(await wasChecked(checked)).toBe(true);
    };
    const known = (field: string, value: string): Promise<unknown> =>
      story.app.database.query('update enterprise_lists.imports set checkpoint = jsonb_set(checkpoint, array[$2, $3], to_jsonb($4::text)) where id = $1', [first.id, 'known', field, value]);
    const [{ today, basis }] = await story.app.database.query<{ today: string; basis: string }>(
      `select checkpoint #>> '{known,today}' as today, checkpoint #>> '{known,basis}' as basis from enterprise_lists.imports where id = $1`, [first.id]);
    await known('today', '2999-01-01');
    await again();
    await known('today', today);
    await known('basis', 'another program');
    await again();
    await known('basis', basis);
    await story.app.post(story.supervisor, '/v1/code-exceptions', { creditCode: '91350203M0001QAY9B', reason: '登记机关确认' }).expect(201);
    await again();
    await story.app.post(story.supervisor, '/v1/code-exceptions/91350203M0001QAY9B/revocation').expect(200);
    expect(await wasChecked(await importing.run(written(cells, '|', '"'), series))).toBe(false);
  });

  it('are another list where the last of them differs, and where contacts are stated they are always checked', async () => {
    const other = cells.with(-1, ['万州改名有限公司', codes[2_499], '某种行业']);
    expect(await importing.run(written(other), series)).toMatchObject({ state: 'APPLIED', repeatOf: null, changedCount: 1, unchangedCount: 2_499 });
    const contacts = cells.slice(0, 3).map((row, index) => [...row, index === 0 ? '联系人' : '示例']);
    const stated = await importing.run(written(contacts), { title: '有联系人' });
    const again = await importing.run(written(contacts, ';'), { title: '有联系人' });
    expect(again).toMatchObject({ repeatOf: stated.id, unchangedCount: 2 });
    expect(await wasChecked(again)).toBe(true);
  });
});

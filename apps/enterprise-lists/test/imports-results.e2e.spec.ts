import Excel from 'exceljs';
import { Importing, type Told } from './import-support.js';
import { csv, header, listOf, newCreditCode, Story } from './support.js';

/** What a real run and a dry run must say alike. */
const reported = [
  'rowCount', 'acceptedCount', 'rejectedCount', 'warnedCount', 'addedCount', 'changedCount', 'unchangedCount', 'skippedCount', 'causes', 'warnings',
  'format', 'encoding', 'failure',
] as const;
const reportOf = (told: Told): object => Object.fromEntries(reported.map((name) => [name, told[name]]));

describe('what imports do and tell', () => {
  let story: Story;
  let importing: Importing;
  beforeAll(async () => {
    story = await Story.begin();
    importing = new Importing(story);
  });
  afterAll(() => story.app.close());

  /** Every tuple of the master and of lists with the transaction that wrote it. */
  const written = async (): Promise<unknown> => story.app.database.query(
    `select 'e' as of, id, xmin::text as by from enterprise_lists.enterprises union all select 'l', id, xmin::text from enterprise_lists.push_lists
     union all select 'r', id, xmin::text from enterprise_lists.list_entries union all select 'a', enterprise_id, xmin::text from enterprise_lists.enterprise_access order by 1, 2`);
  const bad = '万州坏公司,91500101MA5U00011M';
  const records = (text: string): string[] => text.replace(/^\ufeff/, '').split('\r\n').filter(Boolean);

  it('a dry run says exactly what the real run says, shows old and new values, and is applied when asked', async () => {
    const [known, fresh] = [newCreditCode(), newCreditCode()];
    await importing.run(csv(`${header},从业人员`, `万州旧名公司,${known},10`), { title: '先前' });
    const list = csv(`${header},从业人员,地区`, `万州新名公司,${known},12,万州`, `万州新公司,${fresh},,天上`, bad + ',,', `万州重复,${fresh},1,`);
    const before = await written();
    const dry = await importing.run(list, { dryRun: true });
    expect(dry).toMatchObject({
      state: 'VALIDATED', rowCount: 4, acceptedCount: 2, rejectedCount: 2, addedCount: 1, changedCount: 1, pushListId: null,
      causes: expect.arrayContaining([{ severity: 'ERROR', field: 'creditCode', rule: 'checksum', count: 1 }, { severity: 'ERROR', field: 'creditCode', rule: 'duplicate', count: 1 }]),
    });
    expect(await written()).toEqual(before);
    const { body: { items, nextCursor } } = await story.app.get(story.department, `/v1/imports/${dry.id}/changes`).expect(200);
    expect(nextCursor).toBeNull();
    expect(items).toMatchObject([{ row: 2, creditCode: known, name: '万州新名公司' }]);
    expect(items[0].fields).toEqual(expect.arrayContaining([
      { field: 'name', oldValue: '万州旧名公司', newValue: '万州新名公司' }, { field: 'employees', oldValue: '10', newValue: '12' },
    ]));
    const { headers: { etag } } = await story.app.get(story.department, `/v1/imports/${dry.id}`).expect(200);
    await importing.post(`${dry.id}/apply`).set('if-match', '"1"').expect(412);
    expect((await importing.post(`${dry.id}/apply`).set('if-match', etag).expect(200)).body).toMatchObject({ state: 'VALIDATED', busy: true });
    const applied = await importing.settled(dry.id);
    expect(applied.state).toBe('APPLIED');
    expect(reportOf(applied)).toEqual(reportOf(dry));
    await importing.post(`${dry.id}/apply`).expect(409);
    await story.app.get(story.department, `/v1/imports/${dry.id}/changes`).expect(409);
  });

  it('all or nothing: one bad row, and none is taken, in a dry run as in a real one', async () => {
    const { codes: [one, two] } = listOf(2);
    const list = csv(header, `万州一公司,${one}`, bad, `万州二公司,${two}`);
    const before = await written();
    const [real, dry] = [await importing.run(list, { atomicity: 'ALL' }), await importing.run(list, { atomicity: 'ALL', dryRun: true })];
    expect(real).toMatchObject({ state: 'FAILED', failure: { code: 'ROWS_REJECTED' }, rejectedCount: 1, acceptedCount: 2, pushListId: null });
    expect([dry.state, reportOf(dry)]).toEqual(['FAILED', reportOf(real)]);
    expect(await written()).toEqual(before);
    expect(records(await importing.result(real.id, 'accepted'))).toEqual(['row,企业名称,统一社会信用代码']);
    expect(records(await importing.result(real.id, 'unprocessed'))).toEqual(['row,企业名称,统一社会信用代码', `2,万州一公司,${one}`, `4,万州二公司,${two}`]);
    expect(await importing.run(csv(header, `万州一公司,${one}`, `万州二公司,${two}`), { atomicity: 'ALL' })).toMatchObject({ state: 'APPLIED', acceptedCount: 2 });
  });

  it('adds only, or updates only, and names the rows that it leaves out', async () => {
    const [known, fresh] = [newCreditCode(), newCreditCode()];
    await importing.run(csv(header, `万州已知公司,${known}`), { title: '已知' });
    const list = csv(header, `万州已知改名,${known}`, `万州未知公司,${fresh}`);
    const add = await importing.run(list, { mode: 'ADD', title: '仅新增', dryRun: true });
    expect(add).toMatchObject({ state: 'VALIDATED', addedCount: 1, changedCount: 0, skippedCount: 1 });
    expect(records(await importing.result(add.id, 'unprocessed')).slice(1)).toEqual([`2,万州已知改名,${known}`]);
    const update = await importing.run(list, { mode: 'UPDATE', title: '仅更新' });
    expect(update).toMatchObject({ state: 'APPLIED', addedCount: 0, changedCount: 1, skippedCount: 1 });
    expect(records(await importing.result(update.id, 'unprocessed')).slice(1)).toEqual([`3,万州未知公司,${fresh}`]);
    expect(records(await importing.result(update.id, 'accepted')).slice(1)).toEqual([`2,万州已知改名,${known}`]);
    const names = await story.app.database.query('select name from enterprise_lists.enterprises where credit_code = any($1)', [[known, fresh]]);
    expect(names).toEqual([{ name: '万州已知改名' }]);
  });

  it('the same list again changes nothing and writes nothing, also in another encoding, and not under another title', async () => {
    const { text, codes } = listOf(30);
    const first = await importing.run(text, { title: '重复名单' });
    const before = await written();
    const again = await importing.run(text, { title: '重复名单' });
    expect(again).toMatchObject({ state: 'APPLIED', repeatOf: first.id, pushListId: first.pushListId, acceptedCount: 30, addedCount: 0, changedCount: 0, unchangedCount: 30 });
    const utf16 = await importing.run(Buffer.from(`\ufeff${text}`, 'utf16le'), { title: '重复名单' });
    expect(utf16).toMatchObject({ state: 'APPLIED', encoding: 'UTF-16LE', repeatOf: first.id, pushListId: first.pushListId, unchangedCount: 30 });
    expect(await written()).toEqual(before);
    expect((await importing.post(`${again.id}/undo`).expect(409)).body.code).toBe('ILLEGAL_STATE');
    const fewer = await importing.run(csv(header, ...codes.slice(1).map((code) => `万州测试企业${code.slice(-6)}有限公司,${code}`)), { title: '重复名单' });
    expect(fewer).toMatchObject({ repeatOf: null, unchangedCount: 29 });
    expect(fewer.pushListId).not.toBe(first.pushListId);
    expect(await importing.run(text, { title: '重复名单' })).toMatchObject({ repeatOf: null, unchangedCount: 30 });
    expect((await importing.run(text, { title: '另一份' })).pushListId).not.toBe(first.pushListId);
  });

  it('is undone as a whole while nothing of it was dispatched', async () => {
    const { text, codes } = listOf(3);
    const done = await importing.run(text, { title: '撤销' });
    expect((await importing.post(`${done.id}/undo`).expect(200)).body).toMatchObject({ state: 'APPLIED', busy: true });
    expect(await importing.settled(done.id)).toMatchObject({ state: 'APPLIED', undoneAt: expect.any(String), failure: null });
    expect((await importing.post(`${done.id}/undo`).expect(409)).body.code).toBe('ILLEGAL_STATE');
    const states = await story.app.database.query('select distinct state from enterprise_lists.list_entries where credit_code = any($1)', [codes]);
    expect(states).toEqual([{ state: 'WITHDRAWN' }]);
    // The same file may be imported anew, and is applied anew.
    const anew = await importing.run(text, { title: '撤销' });
    expect(anew).toMatchObject({ state: 'APPLIED', repeatOf: null });
    expect(anew.pushListId).not.toBe(done.pushListId);
    await story.app.database.query(`update enterprise_lists.push_lists set state = 'APPROVED' where id = $1`, [anew.pushListId]);
    await story.app.database.query(`update enterprise_lists.push_lists set state = 'DISPATCHED' where id = $1`, [anew.pushListId]);
    expect((await importing.post(`${anew.id}/undo`).expect(409)).body.detail).toContain('dispatched');
  });

  it('tells every rejected row as CSV and NDJSON, masks people, and writes nothing that a spreadsheet would run', async () => {
    const done = await importing.run(csv(
      `${header},来源,联系人,联系电话,注册日期`, `"=HYPERLINK(""x"")",91500101MA5U00011M,@SUM(1),张三丰,13800138000,2030-13-40`,
      `＝1+1公司,${newCreditCode()},-2+3,张三丰,13800138000,`, `万州短,${newCreditCode()}`,
    ));
    expect(done).toMatchObject({ state: 'APPLIED', rejectedCount: 2, acceptedCount: 1 });
    const rejected = records(await importing.result(done.id, 'rejected'));
    expect(rejected[0]).toBe('row,column,field,rule,value,message,fix,messageZh,fixZh');
    expect(rejected.slice(1).map((line) => line.split(',').slice(0, 5).join())).toEqual([
      '2,2,creditCode,checksum,91500101MA5U00011M', '2,6,establishedOn,date,2030-13-40', '4,,,columnCount,',
    ]);
    const findings = (await importing.result(done.id, 'rejected', 'ndjson')).trim().split('\n').map((line) => JSON.parse(line));
    expect(findings).toMatchObject([{ row: 2, rule: 'checksum', fixZh: expect.stringMatching(/营业执照/) }, { row: 2, rule: 'date' }, { row: 4, rule: 'columnCount', column: null }]);
    const [, accepted] = records(await importing.result(done.id, 'accepted'));
    expect(accepted).toMatch(/^3,'＝1\+1公司,\w+,'-2\+3,张\*\*,138\*\*\*\*8000,$/);
    await story.app.get(story.department, `/v1/imports/${done.id}/results/everything`).expect(400);
  });

  it('gives the list back as a workbook, marked and explained, that is imported again as it is', async () => {
    const [good, wrong] = [newCreditCode(), newCreditCode()];
    const done = await importing.run(csv(`${header},联系人,联系电话`, `万州好公司,${good},张三丰,13800138000`, `万州错公司,${wrong},李四,不是号码`), { title: '退回' });
    expect(done).toMatchObject({ acceptedCount: 1, rejectedCount: 1 });
    const bytes = await importing.workbook(done.id, 'rejected');
    const book = new Excel.Workbook();
    await book.xlsx.load(bytes as never);
    const sheet = book.worksheets[0];
    expect(sheet.getRow(1).values).toEqual([undefined, '企业名称', '统一社会信用代码', '联系人', '联系电话', '错误说明']);
    expect(sheet.getRow(3).getCell(4)).toMatchObject({ text: '不是号码', note: expect.anything() });
    expect(sheet.getRow(3).getCell(5).text).toMatch(/联系电话/);
    const again = await importing.run(bytes, { title: '退回' });
    expect(again).toMatchObject({ state: 'APPLIED', format: 'XLSX', acceptedCount: 1, rejectedCount: 1, unchangedCount: 1, pushListId: done.pushListId });
    sheet.getRow(3).getCell(4).value = '13900139000';
    expect(await importing.run(Buffer.from(await book.xlsx.writeBuffer()), { title: '退回' })).toMatchObject({ acceptedCount: 2, rejectedCount: 0, addedCount: 1, unchangedCount: 1 });
    const [{ read }] = await story.app.database.query<{ read: number }>(
      `select count(*)::int as read from enterprise_lists.audit where action = 'import.read-rows' and resource_id = $1`, [done.id]);
    expect(read).toBe(1);
  });

  it.each([['xlsx', /^PK/], ['csv', /统一社会信用代码/]])('offers a template as %s', async (format, pattern) => {
    const { body } = await story.app.get(story.department, `/v1/import-templates/push-list?format=${format}`).buffer(true)
      .parse((answer, done) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('end', () => done(null, text));
      }).expect(200);
    expect(body).toMatch(pattern);
  });
});

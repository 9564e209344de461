import { createHash } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import { bearerOf } from '@finharbor/testing/callers';
import Excel from 'exceljs';
import request from 'supertest';
import { ImportKeeping } from '../src/imports/import-keeping.js';
import { Importing, type Told } from './import-support.js';
import { csv, header, listOf, newCreditCode, Story } from './support.js';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('imports as a resource', () => {
  let story: Story;
  let importing: Importing;
  beforeAll(async () => {
    story = await Story.begin();
    importing = new Importing(story);
  });
  afterAll(() => story.app.close());

  const counts = async (): Promise<Record<string, number>> => (await story.app.database.query<Record<string, number>>(
    `select (select count(*) from enterprise_lists.push_lists)::int as lists, (select count(*) from enterprise_lists.list_entries)::int as entries,
       (select count(*) from enterprise_lists.enterprises)::int as enterprises, (select count(*) from enterprise_lists.import_rows)::int as staged`))[0];

  it('is announced, sent, checked and applied, and says how far it came', async () => {
    const { text, codes } = listOf(3);
    const announced = await importing.announce({ fileName: '名单.csv' }).expect(201);
    expect(announced.body).toMatchObject({ state: 'CREATED', mode: 'UPSERT', atomicity: 'VALID_ROWS', dryRun: false, busy: false, fileName: '名单.csv', progress: { percent: 0 } });
    const { id } = announced.body as Told;
    const sent = await importing.put(`${id}/file`, text, 'text/csv').expect(200);
    expect(sent.body).toMatchObject({ state: 'UPLOADED', busy: true, bytes: Buffer.byteLength(text), fileSha256: sha256(Buffer.from(text)) });
    const done = await importing.settled(id);
    expect(done).toMatchObject({
      state: 'APPLIED', format: 'CSV', encoding: 'UTF-8', rowCount: 3, acceptedCount: 3, rejectedCount: 0, addedCount: 3, changedCount: 0, unchangedCount: 0,
      progress: { percent: 100, rows: 3, bytes: Buffer.byteLength(text) }, failure: null, repeatOf: null,
    });
    const { body: list } = await story.app.get(story.department, `/v1/push-lists/${done.pushListId}`).expect(200);
    expect(list).toMatchObject({ state: 'UNDER_REVIEW', title: '测试名单', acceptedCount: 3 });
    const entries = await story.all<{ creditCode: string }>(story.department, `/v1/push-lists/${done.pushListId}/entries`);
    expect(entries.map(({ creditCode }) => creditCode)).toEqual(codes);
    const { headers: { etag } } = await story.app.get(story.department, `/v1/imports/${id}`).expect(200);
    await story.app.get(story.department, `/v1/imports/${id}`).set('if-none-match', etag).expect(304);
    await importing.put(`${id}/file`, text).expect(200);
    expect((await importing.put(`${id}/file`, `${text}\n`).expect(409)).body.code).toBe('ILLEGAL_STATE');
  });

  it('takes a form that brings its file along, once for each key', async () => {
    const { text } = listOf(2);
    const key = newId();
    const send = (body: string) => request(story.app.app.getHttpServer()).post('/v1/imports').set('authorization', bearerOf(story.department, 'enterprise-lists'))
      .set('idempotency-key', key).field({ title: '表单名单', period: '2026-11', dryRun: 'true', mapping: '{"备注":null}' }).attach('file', Buffer.from(body), '表单.csv');
    const first = await send(text).expect(201);
    expect(first.body).toMatchObject({ title: '表单名单', fileName: '表单.csv', dryRun: true, state: 'UPLOADED' });
    expect((await send(text).expect(201)).body.id).toBe(first.body.id);
    expect((await send(`${text}\n`).expect(422)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await importing.settled(first.body.id)).toMatchObject({ state: 'VALIDATED', addedCount: 2 });
    const empty = await request(story.app.app.getHttpServer()).post('/v1/imports').set('authorization', bearerOf(story.department, 'enterprise-lists'))
      .set('idempotency-key', newId()).field({ title: '表单名单' }).expect(400);
    expect(empty.body.code).toBe('VALIDATION_FAILED');
  });

  it('takes a file in parts, in any order and more than once', async () => {
    const bytes = Buffer.from(listOf(40).text);
    const parts = [bytes.subarray(0, 700), bytes.subarray(700, 1_500), bytes.subarray(1_500)];
    const { body: { id } } = await importing.announce({ bytes: bytes.length }).expect(201);
    for (const number of [3, 1, 3]) {
      const { body } = await importing.put(`${id}/parts/${number}`, parts[number - 1]).expect(200);
      expect(body).toEqual({ number, bytes: parts[number - 1].length, sha256: sha256(parts[number - 1]) });
    }
    expect((await importing.put(`${id}/parts/3`, parts[1]).expect(409)).body.code).toBe('ILLEGAL_STATE');
    expect((await importing.put(`${id}/parts/1001`, parts[1]).expect(400)).body.code).toBe('VALIDATION_FAILED');
    expect((await importing.post(`${id}/complete`, { parts: 3 }).expect(400)).body.errors).toMatchObject([{ field: 'parts', rule: 'missing', message: 'missing: 2' }]);
    expect((await importing.get(id)).parts!.map(({ number }) => number)).toEqual([1, 3]);
    await importing.put(`${id}/parts/2`, parts[1]).expect(200);
    expect((await importing.post(`${id}/complete`, { parts: 2 }).expect(400)).body.errors).toMatchObject([{ rule: 'range' }]);
    expect((await importing.post(`${id}/complete`, { parts: 3, sha256: '0'.repeat(64) }).expect(400)).body.errors).toMatchObject([{ field: 'sha256' }]);
    await importing.post(`${id}/complete`, { parts: 3, sha256: sha256(bytes) }).expect(200);
    await importing.post(`${id}/complete`, { parts: 3, sha256: sha256(bytes) }).expect(200);
    expect(await importing.settled(id)).toMatchObject({ state: 'APPLIED', acceptedCount: 40, fileSha256: sha256(bytes), parts: null });
    const [{ left }] = await story.app.database.query<{ left: number }>('select count(*)::int as left from enterprise_lists.import_parts');
    expect(left).toBe(0);
  });

  it('keeps what it stores where nobody can read it', async () => {
    const words = `万州密文${newId().slice(-6)}公司`;
    await importing.run(csv(`${header},联系人,联系电话`, `${words},${newCreditCode()},张三丰,13800138000`));
    const stored = importing.stored();
    expect(stored.length).toBeGreaterThan(0);
    for (const { text } of stored) for (const word of [words, '统一社会信用代码', '13800138000', '张三丰']) expect(text).not.toContain(word);
    const kept = JSON.stringify(await story.app.database.query('select to_jsonb(i) as row from enterprise_lists.imports i'));
    expect(kept).toMatch(/"file_key_encrypted": ?"v1\.k1\./);
    expect(kept).not.toMatch(/13800138000|张三丰/);
  });

  it('reads a workbook', async () => {
    const book = new Excel.Workbook();
    book.addWorksheet('说明').addRow(['请看第二页']);
    const [code, other] = [newCreditCode(), newCreditCode()];
    book.addWorksheet('名单').addRows([['企业名称', '统一社会信用代码', '注册日期'], ['万州表格公司', code, new Date('2010-05-06')], ['万州表格二公司', other, '2011年5月']]);
    const bytes = Buffer.from(await book.xlsx.writeBuffer());
    const done = await importing.run(bytes, { sheet: '名单', title: '表格名单' });
    expect(done).toMatchObject({ state: 'APPLIED', format: 'XLSX', readSheet: '名单', acceptedCount: done.acceptedCount });
    const [{ day }] = await story.app.database.query<{ day: string }>('select established_on::text as day from enterprise_lists.enterprises where credit_code = $1', [code]);
    expect(day).toBe('2010-05-06');
    expect(await importing.run(bytes, { sheet: '没有', title: '表格名单' })).toMatchObject({ state: 'FAILED', failure: { code: 'LIST_SHEET' } });
  });

  it.each<[string, string | Buffer, string]>([
    ['nothing but a header', csv(header), 'LIST_EMPTY'],
    ['no header that is known', csv('a,b', '1,2'), 'LIST_HEADER'],
    ['a quote that is never closed', csv(header, '"万州', 'x,y'), 'LIST_MALFORMED'],
    ['a broken workbook', Buffer.from('PK\x03\x04 this is none', 'latin1'), 'LIST_MALFORMED'],
  ])('fails for %s, and leaves nothing staged', async (_, body, code) => {
    const before = await counts();
    expect(await importing.run(body)).toMatchObject({ state: 'FAILED', failure: { code, detail: expect.any(String) }, pushListId: null });
    expect(await counts()).toEqual(before);
  });

  it('is aborted, which deletes what was sent, and not once it is applied', async () => {
    const before = importing.stored().length;
    const { body: { id } } = await importing.announce().expect(201);
    await importing.put(`${id}/parts/1`, 'x').expect(200);
    expect((await importing.post(`${id}/abort`).set('if-match', '"9"').expect(412)).body.code).toBe('PRECONDITION_FAILED');
    expect((await importing.post(`${id}/abort`).set('if-match', '"1"').expect(200)).body).toMatchObject({ state: 'ABORTED' });
    expect((await importing.put(`${id}/file`, 'x').expect(409)).body.code).toBe('ILLEGAL_STATE');
    const dry = await importing.run(listOf(2).text, { dryRun: true });
    expect((await counts()).staged).toBeGreaterThanOrEqual(2);
    await importing.post(`${dry.id}/abort`).expect(200);
    expect(await importing.get(dry.id)).toMatchObject({ state: 'ABORTED', fileSha256: dry.fileSha256 });
    expect(importing.stored()).toHaveLength(before);
    const done = await importing.run(listOf(1).text);
    expect((await importing.post(`${done.id}/abort`).expect(409)).body.code).toBe('ILLEGAL_STATE');
  });

  it('is its department’s: others find none, supervisors read and do nothing', async () => {
    const { id } = await importing.run(listOf(1).text);
    const other = new Importing(story, story.otherDepartment);
    await story.app.get(story.otherDepartment, `/v1/imports/${id}`).expect(404);
    await other.put(`${id}/file`, 'x').expect(404);
    for (const what of ['complete', 'apply', 'abort', 'undo']) await other.post(`${id}/${what}`, what === 'complete' ? { parts: 1 } : {}).expect(what === 'complete' ? 404 : 404);
    await story.app.get(story.otherDepartment, `/v1/imports/${id}/results/rejected`).expect(404);
    expect((await story.app.get(story.supervisor, `/v1/imports/${id}`).expect(200)).body.id).toBe(id);
    await story.app.get(story.supervisor, `/v1/imports/${id}/results/accepted`).expect(403);
    await story.app.get(story.bank, `/v1/imports/${id}`).expect(403);
    const query = 'query ($id: ID!) { import(id: $id) { state progress { percent } department { id } } imports(state: APPLIED, first: 1) { edges { node { state } } pageInfo { hasNextPage } } }';
    const { data } = await story.app.graphql(story.supervisor, query, { id });
    expect(data).toMatchObject({
      import: { state: 'APPLIED', progress: { percent: 100 }, department: { id: story.department.organisationId } },
      imports: { edges: [{ node: { state: 'APPLIED' } }], pageInfo: { hasNextPage: true } },
    });
    const page = await story.app.get(story.department, '/v1/imports?state=FAILED&limit=1').expect(200);
    expect(page.body.items).toMatchObject([{ state: 'FAILED' }]);
    expect((await story.app.get(story.department, `/v1/imports?state=APPLIED&cursor=${page.body.nextCursor}`).expect(400)).body.code).toBe('CURSOR_INVALID');
  });

  it('maps the headers that a department saved, or sends along', async () => {
    const code = newCreditCode();
    const list = csv('户名,编码,填表人', `万州映射公司,${code},某某`);
    expect(await importing.run(list)).toMatchObject({ state: 'FAILED', failure: { code: 'LIST_HEADER' } });
    expect(await importing.run(list, { mapping: { 户名: 'name', 编码: 'creditCode', 填表人: null } })).toMatchObject({ state: 'APPLIED', acceptedCount: 1 });
    const put = (version: string, mapping: object) => request(story.app.app.getHttpServer()).put('/v1/import-mappings')
      .set('authorization', bearerOf(story.department, 'enterprise-lists')).set('if-match', version).send({ mapping });
    expect((await put('"0"', { 户名: 'nothing' }).expect(400)).body.errors).toMatchObject([{ field: 'mapping.户名', rule: 'enumeration' }]);
    expect((await put('"0"', { 户名: 'name', 编码: 'creditCode' }).expect(200)).headers.etag).toBe('"1"');
    await put('"0"', {}).expect(412);
    expect(await importing.run(csv('户名,编码', `万州映射公司,${newCreditCode()}`))).toMatchObject({ state: 'APPLIED', acceptedCount: 1 });
    const { body } = await story.app.get(story.department, '/v1/import-mappings').expect(200);
    expect(body.headers).toEqual([{ header: '户名', column: 'name' }, { header: '编码', column: 'creditCode' }]);
    await put('"1"', {}).expect(200);
  });

  it('forgets files when their time is over, and imports that nobody goes on with', async () => {
    const [done, dry] = [await importing.run(listOf(1).text), await importing.run(listOf(1).text, { dryRun: true })];
    const { body: { id: begun } } = await importing.announce().expect(201);
    await story.app.database.query(
      `update enterprise_lists.imports set ended_at = ended_at - interval '8 days', validated_at = validated_at - interval '8 days', created_at = created_at - interval '8 days'
       where id = any($1)`, [[done.id, dry.id, begun]]);
    await story.app.app.get(ImportKeeping).run();
    expect(await Promise.all([done.id, dry.id, begun].map(async (id) => (await importing.get(id)).state))).toEqual(['APPLIED', 'ABORTED', 'ABORTED']);
    const files = await story.app.database.query('select file_id from enterprise_lists.imports where id = any($1) and file_id is not null', [[done.id, dry.id]]);
    expect(files).toEqual([]);
    expect((await story.app.get(story.department, `/v1/imports/${done.id}/results/accepted`).expect(409)).body.code).toBe('ILLEGAL_STATE');
    expect(await importing.result(done.id, 'rejected')).toMatch(/^\ufeffrow,column/);
  });
});

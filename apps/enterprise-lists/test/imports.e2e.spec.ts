import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { newId } from '@finharbor/contracts/ids';
import { bearerOf } from '@finharbor/testing/callers';
import { csv, header, listOf, newCreditCode, Story } from './support.js';

/** Bytes of a Chinese list in GB18030: 企业名称,统一社会信用代码, then 万州川江商贸有限公司. */
const gb18030 = {
  header: Buffer.from('c6f3d2b5c3fbb3c62ccdb3d2bbc9e7bbe1d0c5d3c3b4fac2eb', 'hex'),
  name: Buffer.from('cdf2d6ddb4a8bdadc9ccc3b3d3d0cfdeb9abcbbe', 'hex'),
};

describe('the import of push lists', () => {
  let story: Story;
  beforeAll(async () => { story = await Story.begin(); });
  afterAll(() => story.app.close());

  const rowCounts = async (): Promise<unknown> => (await story.app.database.query(
    `select (select count(*) from enterprise_lists.push_lists)::int as lists, (select count(*) from enterprise_lists.list_entries)::int as entries,
       (select count(*) from enterprise_lists.list_rejections)::int as rejections, (select count(*) from enterprise_lists.enterprises)::int as enterprises,
       (select count(*) from enterprise_lists.enterprise_access)::int as access, (select count(*) from enterprise_lists.audit)::int as audits,
       (select count(*) from enterprise_lists.idempotency_keys)::int as keys`))[0];

  const enterprise = async (code: string): Promise<Record<string, unknown>> =>
    (await story.app.database.query('select * from enterprise_lists.enterprises where credit_code = $1', [code]))[0];

  const rejectionsOf = (id: string): Promise<Record<string, unknown>[]> => story.all(story.department, `/v1/push-lists/${id}/rejections`);

  it('accepts good rows, tells of each bad one, and ignores an unknown column with a warning', async () => {
    const [good, twice] = [newCreditCode(), newCreditCode()];
    const { body } = await story.upload(csv(
      `${header},法定代表人,注册日期`,
      `万州好公司,${good},某某,2009-04-28`,
      `万州坏公司,91500101MA5U00011M,某某,2009-02-30`,
      `万州重复公司,${twice},某某,`,
      `万州重复公司,${twice},某某,`,
      `缺一格,${newCreditCode()}`,
      `有零字节\0公司,${newCreditCode()},某某,`,
    )).expect(201);
    expect(body).toMatchObject({
      state: 'UNDER_REVIEW', encoding: 'UTF-8', rowCount: 6, acceptedCount: 2, rejectedCount: 4, departmentId: story.department.organisationId,
      warnings: [{ rule: 'unknownHeader', header: '法定代表人' }],
    });
    const entries = await story.all(story.department, `/v1/push-lists/${body.id}/entries`);
    expect(entries).toMatchObject([{ row: 2, creditCode: good, goodProspects: null, demandAmount: null }, { row: 4, creditCode: twice }]);
    expect(await rejectionsOf(body.id)).toMatchObject([
      { row: 3, field: 'creditCode', rule: 'checksum', value: '91500101MA5U00011M' },
      { row: 3, field: 'establishedOn', rule: 'date', value: '2009-02-30' },
      { row: 5, field: 'creditCode', rule: 'duplicate', message: 'row 4 has the same credit code', value: twice },
      { row: 6, field: null, rule: 'columnCount', message: 'the row has 2 cells, the header 4' },
      { row: 7, field: 'name', rule: 'controlCharacter', value: '有零字节\ufffd公司' },
    ]);
  });

  it('takes every column that the programme knows, and computes region and size', async () => {
    const code = newCreditCode();
    await story.upload(csv(
      'Credit Code,Name,所在省份,地区,行业代码,从业人员,营业收入（万元）,资产总额,需求金额,需求期限,资金用途,担保方式,发展前景好,信贷需求强,信用记录好,注册资本,联系人,联系电话',
      `${code},万州全栏公司,重庆,九龙坡,C1310,300,2000,,200.5,12,购买设备,抵押,是,否,,1018(万),张三丰,13800138000`,
    )).expect(201);
    expect(await enterprise(code)).toMatchObject({
      region_code: '500107', industry_code: 'C1310', size_class: 'MEDIUM', employees: 300, revenue: '20000000', assets: null, registered_capital: '10180000',
      capital_currency: 'CNY', capital_band: 'FROM_10M_TO_50M', kind: 'ENTERPRISE', version: 1,
    });
    const [entry] = await story.app.database.query('select * from enterprise_lists.list_entries where credit_code = $1', [code]);
    expect(entry).toMatchObject({
      demand_amount: '2005000', demand_term_months: 12, demand_purpose: '购买设备', guarantee_type: 'MORTGAGE',
      good_prospects: true, strong_demand: false, sound_credit: null, org_id: story.department.organisationId,
    });
  });

  it('keeps contacts encrypted and gives them masked, to departments and supervisors alone', async () => {
    const code = newCreditCode();
    const { body } = await story.upload(csv(`${header},联系人,联系电话`, `万州联系公司,${code},张三丰,13800138000`)).expect(201);
    const stored = JSON.stringify(await story.app.database.query(
      `select to_jsonb(e) as row from enterprise_lists.enterprises e where credit_code = $1 union all select payload from enterprise_lists.outbox
       union all select body::jsonb from enterprise_lists.delivery union all select detail from enterprise_lists.audit`, [code]));
    expect(stored).toMatch(/"contact_phone_encrypted": ?"d1\.[0-9a-f-]{36}\./);
    expect(stored).not.toMatch(/张三丰|13800138000/);
    const query = 'query ($id: ID!) { pushList(id: $id) { entries { edges { node { enterprise { name contactName contactPhone } } } } } }';
    const { data } = await story.app.graphql(story.department, query, { id: body.id });
    expect(data.pushList.entries.edges[0].node.enterprise).toEqual({ name: '万州联系公司', contactName: '张**', contactPhone: '138****8000' });
  });

  it('reads GB18030 and UTF-8 with a byte order mark as the same enterprises', async () => {
    const code = newCreditCode();
    const gb = await story.upload(Buffer.concat([gb18030.header, Buffer.from('\r\n'), gb18030.name, Buffer.from(`,${code}\r\n`)])).expect(201);
    expect(gb.body).toMatchObject({ encoding: 'GB18030', acceptedCount: 1 });
    const before = await enterprise(code);
    expect(before).toMatchObject({ name: '万州川江商贸有限公司', version: 1 });
    const utf8 = await story.upload(`\ufeff${csv(header, `万州川江商贸有限公司,${code}`)}`, { type: 'application/octet-stream' }).expect(201);
    expect(utf8.body).toMatchObject({ encoding: 'UTF-8', acceptedCount: 1 });
    expect(await enterprise(code)).toEqual(before);
  });

  it('changes an enterprise only where a list says something new, and never unsays what another list stated', async () => {
    const code = newCreditCode();
    const send = async (columns: string, cells: string, as = story.department): Promise<Record<string, unknown>> => {
      await story.upload(csv(`${header}${columns}`, `万州变化公司,${code}${cells}`), { as }).expect(201);
      return enterprise(code);
    };
    expect(await send(',地区,行业代码,从业人员,联系人', ',江津,5101,10,李四')).toMatchObject({ version: 1, region_code: '500116', size_class: 'UNKNOWN' });
    const sealed = (await enterprise(code)).contact_name_encrypted;
    expect(await send(',联系人', ',李四', story.otherDepartment)).toMatchObject({ version: 1, region_code: '500116', employees: 10, contact_name_encrypted: sealed });
    expect(await send(',营业收入', ',3000', story.otherDepartment)).toMatchObject({ version: 2, size_class: 'SMALL', industry_code: 'F5101' });
    expect(await send(',营业收入', ',3000')).toMatchObject({ version: 2 });
    expect((await send(',联系人', ',王五')).contact_name_encrypted).not.toBe(sealed);
    expect(await enterprise(code)).toMatchObject({ version: 3 });
  });

  it('takes overlapping lists at once, in whatever order they name the enterprises', async () => {
    const { codes } = listOf(600);
    const rows = codes.map((code) => `万州并发企业${code.slice(-6)},${code}`);
    const answers = await Promise.all([
      story.upload(csv(header, ...rows)), story.upload(csv(header, ...rows.toReversed()), { as: story.otherDepartment, type: 'text/csv; charset=utf-8' }),
    ]);
    expect(answers.map(({ status, body }) => [status, body.acceptedCount])).toEqual([[201, 600], [201, 600]]);
    const [stored] = await story.app.database.query(
      `select count(*)::int as count, max(version) as version from enterprise_lists.enterprises where credit_code = any($1)`, [codes]);
    expect(stored).toEqual({ count: 600, version: 1 });
  });

  it('tells the other services what changed, at most 500 enterprises to an event, and nothing when nothing did', async () => {
    const events = async (id: string): Promise<number[]> => (await story.app.database.query<{ n: number }>(
      `select jsonb_array_length(p -> 'enterprises') as n from (
         select payload as p from enterprise_lists.outbox where aggregate_id = $1 and name = 'enterprises.recorded' union all
         select e -> 'p' from enterprise_lists.delivery, jsonb_array_elements(body::jsonb) e where e ->> 'a' = $1::text and e ->> 'n' = 'enterprises.recorded') t`, [id])).map(({ n }) => n);
    const { text } = listOf(501);
    const first = await story.upload(text).expect(201);
    expect((await events(first.body.id)).sort()).toEqual([1, 500]);
    const second = await story.upload(text, { as: story.otherDepartment }).expect(201);
    expect(second.body.acceptedCount).toBe(501);
    expect(await events(second.body.id)).toEqual([]);
  });

  it('answers a repeated upload with the first answer, and refuses its key for another file, title or period', async () => {
    const [key, { text }] = [newId(), listOf(2)];
    const first = await story.upload(text, { key }).expect(201);
    const again = await story.upload(text, { key }).expect(201);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect((await story.upload(`${text}\n`, { key }).expect(422)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect((await story.upload(text, { key, title: '另一份名单' }).expect(422)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect((await story.upload(text).unset('idempotency-key').expect(400)).body.code).toBe('IDEMPOTENCY_KEY_MISSING');
  });

  it.each<[string, string | Buffer, number, string, string]>([
    ['an empty file', '', 422, 'LIST_EMPTY', 'empty'],
    ['a header alone', csv(header), 422, 'LIST_EMPTY', 'no rows'],
    ['a missing header', csv('企业名称,地区', '某公司,万州'), 422, 'LIST_HEADER', 'creditCode'],
    ['doubled headers', csv(`${header},名称`, '某公司,91500101MA5U00011L,某公司'), 422, 'LIST_HEADER', '名称'],
    ['a quote that is never closed', csv(header, '万州一号,91500101MA5U00011L', '"万州二号,x'), 422, 'LIST_MALFORMED', 'line 3'],
    ['bytes of no encoding', Buffer.concat([Buffer.from(csv(header)), Buffer.from([0xff, 0xff, 0x0a])]), 422, 'LIST_ENCODING', 'line 2'],
    ['UTF-16', Buffer.from(`\ufeff${csv(header)}`, 'utf16le'), 422, 'LIST_ENCODING', 'UTF-16'],
    ['a workbook', Buffer.from('PK\x03\x04', 'latin1'), 415, 'UNSUPPORTED_MEDIA_TYPE', 'CSV'],
    ['good rows before a broken end', csv(listOf(1200).text, '"'), 422, 'LIST_MALFORMED', 'never closes'],
  ])('refuses %s with a clear problem and leaves nothing behind', async (_, body, status, code, word) => {
    const before = await rowCounts();
    const answer = await story.upload(body).expect(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ code, detail: expect.stringContaining(word) });
    expect(await rowCounts()).toEqual(before);
  });

  it('refuses other content types, wrong and unknown parameters, and roles that push nothing', async () => {
    const json = story.app.post(story.department, '/v1/push-lists?title=名单&period=2026', { rows: [] });
    expect((await json.expect(415)).body).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE', detail: expect.stringContaining('text/csv') });
    await story.upload(listOf(1).text, { type: 'application/xml' }).expect(415);
    const wrong = await story.app.post(story.department, '/v1/push-lists?title=x&period=Q4&colour=red').set('content-type', 'text/csv').send('x').expect(400);
    expect(wrong.body.errors.map((error: { field: string }) => error.field).sort()).toEqual(['colour', 'period', 'title']);
    for (const as of [story.bank, story.supervisor]) expect((await story.upload(listOf(1).text, { as }).expect(403)).body.code).toBe('FORBIDDEN');
  });

  it('refuses a line of 300 MB after little of it was sent, and a list for a route that reads JSON', async () => {
    if (!story.app.app.getHttpServer().listening) await story.app.app.listen(0, '127.0.0.1');
    const { port } = story.app.app.getHttpServer().address() as AddressInfo;
    const total = 300 * 1_048_576;
    let sent = 0;
    const line = Readable.from((function* () {
      for (; sent < total; sent += 1_048_576) yield Buffer.alloc(1_048_576, 'a');
    })(), { highWaterMark: 1 });
    const socket = connect(port, '127.0.0.1');
    socket.write([
      'POST /v1/push-lists?title=list&period=2026 HTTP/1.1', 'host: localhost', `authorization: ${bearerOf(story.department, 'enterprise-lists')}`,
      `idempotency-key: ${newId()}`, 'content-type: text/csv', `content-length: ${total}`, '', '',
    ].join('\r\n'));
    const answered = once(socket, 'data').then(([data]) => ({ sent, text: String(data) }));
    // The sender may finish: what comes after the refusal is read and thrown away.
    const [answer] = await Promise.all([answered, pipeline(line, socket, { end: false })]);
    socket.destroy();
    expect(answer.text).toMatch(/^HTTP\/1\.1 422 [\s\S]*Line 1 is longer than 1 MiB/);
    expect(answer.sent).toBeLessThan(64 * 1_048_576);
    const other = await story.app.post(story.bank, '/v1/referral-acknowledgements').set('content-type', 'text/csv').send('x').expect(415);
    expect(other.body.code).toBe('UNSUPPORTED_MEDIA_TYPE');
  });
});

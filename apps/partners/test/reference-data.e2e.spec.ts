import { newId } from '@finharbor/contracts/ids';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { bearerOf, callerOf } from '@finharbor/testing/callers';
import request, { type Test } from 'supertest';
import { AppModule } from '../src/app.module.js';

const calendar = ['date,kind,name', '2027-01-01,HOLIDAY,元旦', '2027-01-02,HOLIDAY,元旦', '2027-01-03,HOLIDAY,元旦', '2027-01-09,WORKDAY,'].join('\r\n');

describe('reference data', () => {
  let app: TestApp;
  const system = callerOf('system-administrator');
  const reader = callerOf('insurer');
  const path = '/v1/reference-data';
  const csv = (text: string, query: string): Test => request(app.app.getHttpServer()).post(`${path}/${query}`).set('idempotency-key', newId())
    .set('authorization', bearerOf(system, 'partners')).set('content-type', 'text/csv').send(text);
  const json = (kind: string, rows: object[], query = ''): Test => app.post(system, `${path}/${kind}${query}`, { rows });
  const told = async (): Promise<{ kind: string; rows: { key: string; data: object | null }[] }[]> =>
    (await app.database.query<{ payload: never }>(`select payload from partners.outbox where name = 'reference-data.changed' order by aggregate_version`)).map(({ payload }) => payload);
  const ends = async (start: string, days: number): Promise<string> => {
    const { body } = await app.get(reader, `/v1/working-days?start=${start}&days=${days}`);
    return body.date ?? body.code;
  };
  const rows = async (query: string): Promise<{ key: string; data: object; supersededAt: string | null }[]> => (await app.get(reader, `${path}/${query}`).expect(200)).body.items;

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'partners');
    // Events stay where they can be read: nothing here consumes them.
    await app.database.query('create rule stay as on delete to partners.outbox do instead nothing');
  });
  afterAll(() => app.close());

  it('is asked for no day that nobody announced, until its year is loaded', async () => {
    expect([await ends('2026-12-25', 4), await ends('2026-12-25', 5)]).toEqual(['2026-12-31', 'CALENDAR_NOT_COVERED']);
    const dry = (await csv(calendar, 'calendar?years=2027&dry_run=true').expect(201)).body;
    expect([dry.dryRun, dry.added, await ends('2026-12-25', 5)]).toEqual([true, 5, 'CALENDAR_NOT_COVERED']);
    expect([await rows('calendar'), await told()]).toEqual([[], []]);
    const done = (await csv(calendar, 'calendar?years=2027&note=%E5%9B%BD%E5%8A%9E%E5%8F%91').expect(201)).body;
    expect({ ...done, id: dry.id, importedAt: dry.importedAt, note: null }).toEqual({ ...dry, dryRun: false });
    expect([await ends('2026-12-25', 5), await ends('2027-01-08', 1)]).toEqual(['2027-01-04', '2027-01-09']);
    expect(await told()).toEqual([{ kind: 'CALENDAR', rows: expect.arrayContaining([{ key: '2027', data: {} }, { key: '2027-01-09', data: { off: false, name: null } }]) }]);
  });

  it('keeps what was corrected and withdrawn, with the import that did so, and tells just what changed', async () => {
    const corrected = calendar.replace('2027-01-03,HOLIDAY,元旦', '2027-01-03,WORKDAY,').replace('2027-01-02,HOLIDAY,元旦\r\n', '');
    const before = (await told()).length;
    const done = (await csv(corrected, 'calendar?years=2027').expect(201)).body;
    expect([done.added, done.changed, done.withdrawn]).toEqual([0, 1, 1]);
    expect((await told()).slice(before)).toEqual([{ kind: 'CALENDAR', rows: [{ key: '2027-01-03', data: { off: false, name: null } }, { key: '2027-01-02', data: null }] }]);
    const history = (await rows('calendar?history=true&key=2027-01-03')).map(({ data, supersededAt }) => [data, supersededAt !== null]);
    expect(history).toEqual([[{ off: false, name: null }, false], [{ off: true, name: '元旦' }, true]]);
    expect((await rows('calendar')).map(({ key }) => key).sort()).toEqual(['2027', '2027-01-01', '2027-01-03', '2027-01-09']);
    expect((await csv(corrected, 'calendar?years=2027').expect(201)).body).toMatchObject({ added: 0, changed: 0, withdrawn: 0 });
    const imports = (await app.get(reader, `${path}/calendar/imports`).expect(200)).body.items as { importedBy: string }[];
    expect(imports.map(({ importedBy }) => importedBy)).toEqual([system.clientId, system.clientId, system.clientId]);
  });

  it('holds the terms of clocks, which supervisors import too, and they alone', async () => {
    const supervisor = callerOf('supervisor');
    const term = { clock: 'REFERRAL_ACKNOWLEDGE', validFrom: '2027-01-01', days: 2, source: '万州区通知', reminders: [1, 0], ladder: ['0 HOLDER', '2 HOLDER FINANCE_OFFICE'] };
    const before = (await told()).length;
    expect((await app.post(supervisor, `${path}/sla`, { rows: [term] }).expect(201)).body).toMatchObject({ kind: 'SLA', added: 1 });
    const ladder = [{ after: 0, tell: ['HOLDER'] }, { after: 2, tell: ['HOLDER', 'FINANCE_OFFICE'] }];
    const data = { amount: 2, source: '万州区通知', reminders: [1, 0], ladder };
    expect((await told()).slice(before)).toEqual([{ kind: 'SLA', rows: [{ key: 'REFERRAL_ACKNOWLEDGE 2027-01-01', data }] }]);
    expect((await rows('sla?key=REFERRAL')).map((row) => row.data)).toEqual([data]);
    await app.post(supervisor, `${path}/lpr`, { rows: [{ date: '2027-02-20', oneYear: '3.00', fiveYear: '3.50' }] }).expect(403);
    await app.post(callerOf('bank'), `${path}/sla`, { rows: [term] }).expect(403);
    const bad = { clock: 'toString', validFrom: '2027-02-30', days: '0', source: '', unit: 'WEEKS', rollForward: 'BACK', reminders: 'x', ladder: '2 HOLDER; 1 HOLDER' };
    const { errors } = (await json('sla', [bad]).expect(400)).body as { errors: { field: string }[] };
    expect(errors.map(({ field }) => field)).toEqual(['validFrom', 'clock', 'days', 'source', 'unit', 'rollForward', 'reminders', 'ladder']);
    const untold = { ...term, clock: 'DEMAND_ANSWER' };
    expect((await json('sla', [untold]).expect(400)).body.errors).toMatchObject([{ field: 'reminders', rule: 'holder' }, { field: 'ladder', rule: 'holder' }]);
    await json('sla?dry_run=true', [{ ...untold, reminders: [], ladder: ['0 CENTRAL_BANK_BRANCH'] }]).expect(({ status }) => expect(status).toBeLessThan(300));
    for (const one of ['HOLDER', '0', '0 BANK', '100 HOLDER']) await json('sla', [{ ...term, ladder: [one] }]).expect(400);
  });

  it('takes all rows or none, and names row and field of each that is wrong', async () => {
    const held = (await rows('calendar?history=true')).length;
    const problems = async (test: Test): Promise<string[]> =>
      ((await test.expect(400)).body.errors as { row: number; field: string; rule: string }[]).map(({ row, field, rule }) => `${row} ${field} ${rule}`);
    const bad = 'date,kind,name\n2027-05-01,HOLIDAY,\n2027-02-29,HOLIDAY,\n2027-05-04,WORKDAY,\n2028-01-01,HOLIDAY,\n2027-05-01,HOLIDAY,\n2027-05-02,PARTY,';
    const wanted = ['2 date localDate', '2 date yearStated', '3 kind weekend', '4 date yearStated', '5 date once', '6 kind isIn'].filter((one) => one !== '2 date yearStated');
    expect(await problems(csv(bad, 'calendar?years=2027'))).toEqual(wanted);
    expect(await problems(csv(bad, 'calendar?years=2027&dry_run=true'))).toEqual(wanted);
    expect(await problems(json('lpr', [{ date: '2027-01-20', oneYear: '3', fiveYear: '3.50', tenYear: '4' }]))).toEqual(['1 tenYear known', '1 oneYear decimal']);
    expect(await problems(json('regions', [{ code: '5', name: '', kind: 'STREET', validFrom: '2027-01-02', validTo: '2027-01-01' }])))
      .toEqual(['1 code regionCode', '1 name length', '1 kind isIn', '1 validTo afterStart']);
    expect(await problems(json('lpr', [null as never]))).toEqual(['1 row object']);
    await json('lpr', [], '?years=2027').expect(400);
    await json('lpr', []).expect(422);
    await csv('date,kind\n2027-01-01', 'calendar').expect(422);
    await csv('date,"kind\n', 'calendar').expect(422);
    await json('holidays', [{}]).expect(400);
    expect((await rows('calendar?history=true')).length).toBe(held);
  });

  it('rules what areas there are, from the day on that the import says', async () => {
    const { id } = (await app.post(system, '/v1/organisations', { kind: 'BANK', name: '示范银行' }).expect(201)).body;
    const outlet = (name: string, areaCode: string): Test => app.post(system, `/v1/organisations/${id}/outlets`, { name, areaCode });
    await outlet('新城支行', '500101998').expect(400);
    const region = { code: '500101998', name: '新城街道', kind: 'SUBDISTRICT', parent: '500101', validFrom: '2026-01-01' };
    await json('regions', [region, { code: '500101018', name: '牌楼街道', kind: 'SUBDISTRICT', parent: '500101', validTo: '2026-01-01', successors: ['500101998'] }]).expect(201);
    await outlet('新城支行', '500101998').expect(201);
    await outlet('牌楼支行', '500101018').expect(400);
    await json('regions', [{ ...region, validTo: '2026-02-01' }]).expect(201);
    await outlet('新城二支行', '500101998').expect(400);
  });

  it('is imported by the system administrator, each import once for a key, and audited', async () => {
    for (const role of ['security-administrator', 'supervisor', 'bank'] as const) await app.post(callerOf(role), `${path}/lpr`, { rows: [] }).expect(403);
    const [key, body] = [newId(), { rows: [{ date: '2026-11-20', oneYear: '2.90', fiveYear: '3.40' }] }];
    const first = await app.post(system, `${path}/lpr`, body, key).expect(201);
    expect((await app.post(system, `${path}/lpr`, body, key).expect(201)).text).toBe(first.text);
    expect(await rows('lpr')).toMatchObject([{ key: '2026-11-20', data: { date: '2026-11-20', oneYear: '2.90', fiveYear: '3.40' } }]);
    const [row] = await app.database.query<{ detail: object }>(`select detail from partners.audit where resource_id = $1`, [first.body.id]);
    expect(row.detail).toMatchObject({ kind: 'LPR', added: 1 });
  });
});

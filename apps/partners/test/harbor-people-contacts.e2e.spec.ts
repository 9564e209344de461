import { newId } from '@finharbor/contracts/ids';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';

describe('somebody at a harbor', () => {
  let app: TestApp;
  let [bank, otherBank, area]: Caller[] = [];
  const harborId = newId();
  const [system, security, supervisor] = (['system-administrator', 'security-administrator', 'supervisor'] as const).map((role) => callerOf(role));

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'partners');
    const ids = await Promise.all(['BANK', 'BANK', 'AREA_ORGANISATION'].map(async (kind, index): Promise<string> =>
      (await app.post(system, '/v1/organisations', { kind, name: `单位 ${index}` }).expect(201)).body.id));
    [bank, otherBank, area] = [callerOf('bank', ids[0]), callerOf('bank', ids[1]), callerOf('area', ids[2])];
    await app.deliver('harbor.registered', { harborId, number: 'WZ-HB-0001', name: '港湾', hostBankId: ids[0], areaCode: '500101001' });
  });
  afterAll(() => app.close());

  const enter = async (caller: Caller, phone: string, change: object = {}): Promise<string> =>
    (await app.post(caller, '/v1/harbor-people', { harborId, post: 'CREDIT_OFFICER', name: '司马长风', phone, validFrom: '2024-01-01', ...change }).expect(201)).body.id;
  const view = (caller: Caller, id: string, body: object = { reason: '值班联系' }, key?: string): ReturnType<TestApp['post']> =>
    app.post(caller, `/v1/harbor-people/${id}/contact-views`, body, key);
  const views = async (id: string): Promise<unknown[]> => app.database.query(
    `select role, detail ->> 'reason' as reason from partners.audit where action = 'harbor-person.contact-view' and resource_id = $1 order by id`, [id]);

  it('is told to the own organisation and to supervisors, with a reason that is audited, and to nobody else', async () => {
    const [own, named] = [await enter(bank, '13812341001'), await enter(area, '13812341002', { post: 'LIAISON', workAddress: '街道办事处二楼' })];
    expect((await view(bank, own).expect(201)).body).toEqual({ name: '司马长风', phone: '13812341001' });
    expect((await view(area, named).expect(201)).body).toEqual({ name: '司马长风', phone: '13812341002' });
    expect((await view(supervisor, own, { reason: '督查走访' }).expect(201)).body.phone).toBe('13812341001');
    expect(await views(own)).toEqual([{ role: 'bank', reason: '值班联系' }, { role: 'supervisor', reason: '督查走访' }]);
    const unknown = await view(otherBank, newId()).expect(404);
    for (const [caller, id] of [[otherBank, own], [area, own], [bank, named]] as const) {
      expect((await view(caller, id).expect(404)).text).toBe(unknown.text);
    }
    for (const caller of [callerOf('harbor-staff', bank.organisationId!), callerOf('department'), system, security]) await view(caller, own).expect(403);
    for (const body of [{}, { reason: '  ' }, { reason: '一\t二' }]) expect((await view(bank, own, body).expect(400)).body.errors[0].field).toBe('reason');
    expect(await views(own)).toHaveLength(2);
  });

  it('is looked up once by a request that is repeated, and is nobody after an erasure', async () => {
    const [id, other, key] = [await enter(bank, '+86-13812341003'), await enter(bank, '13812341004'), newId()];
    const first = await view(bank, id, undefined, key).expect(201);
    expect(first.body).toEqual({ name: '司马长风', phone: '+86-13812341003' });
    const again = await view(bank, id, undefined, key).expect(201);
    expect([again.text, again.headers['idempotent-replayed'], (await views(id)).length]).toEqual([first.text, 'true', 1]);

    const ask = async (what: string): Promise<unknown[]> =>
      (await app.post(security, `/v1/operations/partners/${what}`, { identifier: '13812341003', reason: '本人申请' }).expect(201)).body.records;
    const record = { table: 'harbor_people', id, organisationId: bank.organisationId };
    expect(await ask('person-reports')).toEqual([{ ...record, texts: [{ column: 'name', text: '司马长风' }, { column: 'phone', text: '+86-13812341003' }] }]);
    expect(await ask('person-erasures')).toEqual([{ ...record, texts: [] }]);
    expect(await ask('person-reports')).toEqual([]);
    await view(bank, id).expect(404);
    await view(bank, id, undefined, key).expect(404);
    const { items } = (await app.get(bank, '/v1/harbor-people').expect(200)).body as { items: { id: string }[] };
    expect(items.find((one) => one.id === id)).toMatchObject({ name: null, phone: null, post: 'CREDIT_OFFICER' });
    expect((await app.post(bank, `/v1/harbor-people/${id}/departure`, { validTo: '2025-01-01' }).expect(200)).body).toMatchObject({ validTo: '2025-01-01', name: null });
    expect((await view(bank, other).expect(201)).body.phone).toBe('13812341004');
  });
});

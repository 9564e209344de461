import { newId } from '@finharbor/contracts/ids';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';

describe('people of harbors', () => {
  let app: TestApp;
  let bank: Caller;
  let otherBank: Caller;
  let area: Caller;
  const harborId = newId();
  const system = callerOf('system-administrator');
  const path = '/v1/harbor-people';
  const person = (change: object = {}): object =>
    ({ harborId, post: 'CREDIT_OFFICER', name: '欧阳明月', phone: '13912345678', validFrom: '2024-01-01', ...change });
  const liaison = { post: 'LIAISON', workAddress: '高笋塘街道办事处二楼' };

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'partners');
    const ids = await Promise.all(['BANK', 'BANK', 'AREA_ORGANISATION'].map(async (kind, index): Promise<string> =>
      (await app.post(system, '/v1/organisations', { kind, name: `单位 ${index}` }).expect(201)).body.id));
    [bank, otherBank, area] = [callerOf('bank', ids[0]), callerOf('bank', ids[1]), callerOf('area', ids[2])];
    await app.deliver('harbor.registered', { harborId, number: 'WZ-HB-0001', name: '港湾', hostBankId: ids[0], areaCode: '500101001' });
  });
  afterAll(() => app.close());

  it('are entered by their bank and by the area, masked wherever they are read, and encrypted at rest', async () => {
    const entered = (await app.post(bank, path, person()).expect(201)).body;
    expect(entered).toMatchObject({ organisationId: bank.organisationId, name: '欧***', phone: '139****5678', validTo: null, workAddress: null });
    const named = (await app.post(area, path, person(liaison)).expect(201)).body;
    const staff = callerOf('harbor-staff', bank.organisationId!);
    for (const [caller, ids] of [[bank, [entered.id]], [staff, [entered.id]], [area, [named.id]], [otherBank, []], [callerOf('supervisor'), [named.id, entered.id]]] as const) {
      const { items } = (await app.get(caller, `${path}?harborId=${harborId}`).expect(200)).body;
      expect([caller.role, items.map(({ id }: { id: string }) => id)]).toEqual([caller.role, ids]);
      const { data } = await app.graphql(caller, '{ harborPeople { edges { node { id name phone post } } } }');
      expect(data.harborPeople.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual(ids);
      expect(JSON.stringify([items, data])).not.toMatch(/明月|13912345678/);
    }
    const [row] = await app.database.query<{ row: string }>('select t::text as row from partners.harbor_people t where id = $1', [entered.id]);
    const [audit] = await app.database.query<{ row: string }>('select t::text as row from partners.audit t where resource_id = $1', [entered.id]);
    expect(`${row.row} ${audit.row}`).not.toMatch(/欧阳|明月|13912345678/);
  });

  it('leave with a day, once, and stay in the list', async () => {
    const { id } = (await app.post(bank, path, person({ post: 'HEAD' })).expect(201)).body;
    await app.post(otherBank, `${path}/${id}/departure`, { validTo: '2025-01-01' }).expect(404);
    await app.post(bank, `${path}/${id}/departure`, { validTo: '2023-01-01' }).expect(400);
    expect((await app.post(bank, `${path}/${id}/departure`, { validTo: '2025-01-01' }).expect(200)).body).toMatchObject({ validTo: '2025-01-01', name: '欧***' });
    await app.post(bank, `${path}/${id}/departure`, { validTo: '2026-01-01' }).expect(409);
    const { items } = (await app.get(bank, path).expect(200)).body as { items: { id: string }[] };
    expect(items.map((item) => item.id)).toContain(id);
  });

  it('are refused at another’s harbor, at none, and where the post does not fit', async () => {
    await app.post(otherBank, path, person()).expect(404);
    await app.post(bank, path, person({ harborId: newId() })).expect(404);
    const field = async (caller: Caller, change: object): Promise<string> =>
      (await app.post(caller, path, person(change)).expect(400)).body.errors[0].field;
    expect(await field(area, {})).toBe('post');
    expect(await field(area, { post: 'LIAISON' })).toBe('workAddress');
    expect(await field(bank, { phone: '张三' })).toBe('phone');
    expect(await field(bank, { name: '\u0000' })).toBe('name');
    for (const role of ['harbor-staff', 'supervisor', 'insurer', 'system-administrator'] as const) await app.post(callerOf(role), path, person()).expect(403);
  });
});

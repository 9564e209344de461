import { catalogue } from '@finharbor/contracts/events/catalogue';
import { newCreditCode } from './support.js';
import { Master } from './enterprises.support.js';

describe('the enterprise master', () => {
  let master: Master;
  beforeAll(async () => { master = await Master.begin(); });
  afterAll(() => master.app.close());

  it('enters what a list states, with what follows from it, and tells others in the words of the catalogue', async () => {
    const code = newCreditCode();
    const { importId: _, listId: __, ...counts } = await master.push(master.departments[0], [{
      creditCode: code, name: '万州酒店', entityType: '有限责任公司(自然人独资)', establishedOn: '2014-03-07', registeredCapital: { amount: '500000', currency: 'CNY' } as never,
      district: '万州', regionCode: '500101', address: '万州区\t太白街道\\1号', industryCode: 'H6110', employees: 9, revenue: '900000.50', tags: ['HIGH_TECH', 'GREEN_BUILDING'] as never,
      tagsUntil: '2000-01-01', greenCategory: '绿色建筑', greenEdition: 'EDITION_2021' as never, contactName: '公孙', contactPhone: '13812345678',
    }]);
    expect(counts).toEqual({ added: 1, changed: 0, unchanged: 0, skipped: 0 });
    expect(await master.row(code)).toMatchObject({
      name: '万州酒店', kind: 'ENTERPRISE', is_private: true, size_class: 'MICRO', region_code: '500101', address: '万州区\t太白街道\\1号', tags: ['GREEN_BUILDING', 'HIGH_TECH', 'LODGING'],
      green_categories: { EDITION_2021: '绿色建筑' }, default_channel: 'GREEN', outside_reason: null, sources: [master.departments[0].organisationId], revenue: '900000.5', version: 1,
    });
    const [told] = await master.told(code);
    expect(catalogue['enterprises.recorded'].payload.parse({ enterprises: [told] }).enterprises[0]).toEqual(told);
    expect(told).toMatchObject({ version: 1, kind: 'ENTERPRISE', isPrivate: true, tags: ['GREEN_BUILDING', 'HIGH_TECH', 'LODGING'], establishedOn: '2014-03-07', sizeClass: 'MICRO' });
    const { data } = await master.app.graphql(master.supervisor, `{ pushLists(first: 1) { edges { node { entries { edges { node { enterprise {
      tags greenCategories defaultChannel contactName file { origins { field value source } statements { states { field value } } referralCount } } } } } } } } }`);
    expect(data.pushLists.edges[0].node.entries.edges[0].node.enterprise).toMatchObject({
      tags: ['GREEN_BUILDING', 'LODGING'], greenCategories: ['EDITION_2021 绿色建筑'], defaultChannel: 'GREEN', contactName: '公*',
      file: { referralCount: 0, statements: [{ states: expect.arrayContaining([{ field: 'tag', value: 'HIGH_TECH 2000-01-01' }]) }] },
    });
  });

  it('writes no tuple for what it holds already, whoever states it again', async () => {
    const [code, [first, second]] = [newCreditCode(), master.departments];
    const rows = [{ creditCode: code, employees: 5, contactName: '公孙', contactPhone: '13812345679' }];
    await master.push(first, rows);
    const before = await master.row(code);
    const imported = await master.stage(first, rows);
    expect(await master.run((_, applying, tx) => applying.sameAs(tx, imported, { title: '名单', period: '2026-Q4' }))).toMatch(/^[0-9a-f-]{36}$/);
    expect(await master.run((_, applying, tx) => applying.sameAs(tx, imported, { title: '另一名单', period: '2026-Q4' }))).toBeUndefined();
    expect(await master.apply(imported, 1, { title: '另一名单' })).toMatchObject({ added: 0, changed: 0, unchanged: 1 });
    expect(await master.row(code)).toEqual(before);
    expect(await master.push(second, [{ creditCode: code, employees: 5 }])).toMatchObject({ unchanged: 1 });
    expect(await master.row(code)).toMatchObject({ version: 1, sources: [first.organisationId, second.organisationId] });
    expect(await master.told(code)).toHaveLength(1);
    const other = await master.stage(first, [{ ...rows[0], employees: 6 }]);
    expect(await master.run((_, applying, tx) => applying.sameAs(tx, other, { title: '名单', period: '2026-Q4' }))).toBeUndefined();
  });

  it('says before what it will change, row by row, and keeps contacts to itself', async () => {
    const [code, fresh, [first]] = [newCreditCode(), newCreditCode(), master.departments];
    await master.push(first, [{ creditCode: code, employees: 5, revenue: '10', contactName: '甲', contactPhone: '13812345670' }]);
    const imported = await master.stage(first, [{ creditCode: fresh }, { creditCode: code, employees: 6, revenue: '10.00', contactName: '乙', contactPhone: '13812345671' }]);
    const counts = { added: 1, changed: 1, unchanged: 0, skipped: 0 };
    expect(await master.run((_, applying, tx) => applying.preview(tx, imported))).toEqual(counts);
    expect(await master.changes(imported)).toMatchObject([{ row: 3, creditCode: code, changes: [['employees', '5', '6'], ['contact', '***', '***']] }]);
    expect(await master.apply(imported, 2)).toMatchObject(counts);
    expect(await master.row(code)).toMatchObject({ employees: 6, revenue: '10' });
    const [{ keys, staged }] = await master.app.database.query(
      `select (select count(*) from enterprise_lists.data_keys k where exists (select from enterprise_lists.enterprises e where substr(e.contact_phone_encrypted, 4, 36) = k.id::text))::int
         - (select count(*) from enterprise_lists.data_keys)::int as keys, (select count(*) from enterprise_lists.import_rows where import_id = $1)::int as staged`, [imported.id]);
    expect([keys, staged]).toEqual([0, 0]);
  });

  it('adds only, or updates only, what the department itself stated', async () => {
    const [known, fresh, [first, second]] = [newCreditCode(), newCreditCode(), master.departments];
    await master.push(first, [{ creditCode: known, employees: 5 }]);
    const both = [{ creditCode: known, employees: 7 }, { creditCode: fresh, employees: 8 }];
    const update = await master.stage(first, both, 'UPDATE');
    expect(await master.run((_, applying, tx) => applying.skipped(tx, update, { after: 0, limit: 9 }))).toEqual([{ row: 3 }]);
    expect(await master.apply(update, 2)).toMatchObject({ added: 0, changed: 1, skipped: 1 });
    expect([(await master.row(known)).employees, await master.row(fresh)]).toEqual([7, undefined]);
    expect(await master.push(first, [{ creditCode: known, employees: 9 }, { creditCode: fresh }], { mode: 'ADD' })).toMatchObject({ added: 1, changed: 0, skipped: 1 });
    expect((await master.row(known)).employees).toBe(7);
    expect(await master.push(second, [{ creditCode: known, employees: 9 }], { mode: 'ADD' })).toMatchObject({ changed: 1, skipped: 0 });
  });

  it('takes an import back while nothing was dispatched from it, and makes of the rest what it says', async () => {
    const [code, only, [first, second]] = [newCreditCode(), newCreditCode(), master.departments];
    await master.push(first, [{ creditCode: code, employees: 5, industryCode: 'F5101' }]);
    const { xmin: written, ...before } = await master.facts(code);
    const undone = await master.push(second, [
      { creditCode: code, employees: 6, revenue: '5', contactName: '丙', contactPhone: '13812345672' }, { creditCode: only, employees: 3, tags: ['TECH_SME'] as never }]);
    expect(await master.row(code)).toMatchObject({ employees: 6, size_class: 'MICRO', sources: [first.organisationId, second.organisationId] });
    expect(await master.undo(second, undone)).toEqual({ withdrawn: 2 });
    const { xmin: rewritten, ...after } = await master.facts(code);
    expect([after, rewritten === written]).toEqual([before, false]);
    expect((await master.told(code))[0]).toMatchObject({ sizeClass: 'UNKNOWN', version: (await master.row(code)).version });
    expect(await master.row(only)).toMatchObject({ sources: [], employees: null, tags: [] });
    expect((await master.app.get(second, `/v1/enterprises/${(await master.row(only)).id as string}`)).status).toBe(404);
    const [list] = await master.app.database.query('select state from enterprise_lists.push_lists where id = $1', [undone.listId]);
    expect(list).toEqual({ state: 'UNDONE' });
    await expect(master.undo(second, undone)).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    expect(await master.push(second, [{ creditCode: only, employees: 4 }])).toMatchObject({ added: 1 });
    expect(await master.row(only)).toMatchObject({ sources: [second.organisationId], employees: 4 });
  });

  it('refuses to take back what was dispatched', async () => {
    const [first] = master.departments;
    const pushed = await master.push(first, [{ creditCode: newCreditCode() }]);
    await master.app.database.query(
      `insert into enterprise_lists.dispatches (id, org_id, push_list_id, channel, dispatched_at) values (gen_random_uuid(), gen_random_uuid(), $1, 'GREEN', now())`, [pushed.listId]);
    await expect(master.undo(first, pushed)).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
  });
});

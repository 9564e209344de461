import { newId } from '@finharbor/contracts/ids';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { addDays } from '@finharbor/standards/dates';
import { localDate } from '@finharbor/standards/working-days';
import { AppModule } from '../src/app.module.js';

describe('organisations', () => {
  let app: TestApp;
  const administrator = callerOf('system-administrator');
  const bank = callerOf('bank');
  const today = localDate(new Date());

  const givenOrganisation = async (kind: string, name = '三峡示范银行', validFrom?: string): Promise<{ id: string; kind: string; name: string }> =>
    (await app.post(administrator, '/v1/organisations', { kind, name, validFrom }).expect(201)).body;

  const told = async (id: string): Promise<{ n: string; v: number; p: Record<string, string> }[]> => app.database.query(
    `select name as n, aggregate_version as v, payload as p from partners.outbox where aggregate_id = $1
     union select e ->> 'n', (e ->> 'v')::int, e -> 'p' from partners.delivery, jsonb_array_elements(body::jsonb) e where e ->> 'a' = $1::text
     order by v`, [id]);

  beforeAll(async () => { app = await startTestApp(AppModule, 'partners'); });
  afterAll(() => app.close());

  it('registers an organisation under its present name and tells the others', async () => {
    const organisation = await givenOrganisation('DEPARTMENT', '经济信息委');
    expect(organisation).toEqual({ id: expect.any(String), kind: 'DEPARTMENT', name: '经济信息委' });
    const read = await app.get(bank, `/v1/organisations/${organisation.id}`).expect(200);
    expect(read.body).toEqual({ ...organisation, names: [{ name: '经济信息委', validFrom: today, validTo: null }], outlets: [], relations: [] });
    expect(await told(organisation.id)).toEqual([
      { n: 'organisation.registered', v: 1, p: { organisationId: organisation.id, kind: 'DEPARTMENT', name: '经济信息委' } },
    ]);
  });

  it('closes the former name when a new one begins and tells the new one at once', async () => {
    const { id } = await givenOrganisation('CENTRAL_BANK_BRANCH', '人行万州中心支行', '2000-01-01');
    const added = await app.post(administrator, `/v1/organisations/${id}/names`, { name: '中国人民银行万州市分行', validFrom: '2023-08-18' }).expect(201);
    expect(added.body).toEqual({ name: '中国人民银行万州市分行', validFrom: '2023-08-18', validTo: null });
    const read = (await app.get(bank, `/v1/organisations/${id}`).expect(200)).body;
    expect(read.name).toBe('中国人民银行万州市分行');
    expect(read.names).toEqual([
      { name: '人行万州中心支行', validFrom: '2000-01-01', validTo: '2023-08-18' },
      { name: '中国人民银行万州市分行', validFrom: '2023-08-18', validTo: null },
    ]);
    expect((await told(id)).at(-1)).toEqual({
      n: 'organisation.renamed', v: 2,
      p: { organisationId: id, kind: 'CENTRAL_BANK_BRANCH', name: '中国人民银行万州市分行', validFrom: '2023-08-18' },
    });
  });

  it('keeps the present name until the day of a future one, and tells it on that day', async () => {
    const { id } = await givenOrganisation('BANK', '旧名银行', '2020-01-01');
    const tomorrow = addDays(today, 1);
    await app.post(administrator, `/v1/organisations/${id}/names`, { name: '新名银行', validFrom: tomorrow }).expect(201);
    expect((await app.get(bank, `/v1/organisations/${id}`)).body.name).toBe('旧名银行');
    expect(await told(id)).toHaveLength(1);
    const [clock] = await app.database.query<{ due_at: Date }>('select due_at from partners.due where org_id = $1', [id]);
    expect(clock.due_at.toISOString()).toBe(`${today}T16:00:00.000Z`);
    await app.database.query(`update partners.due set due_at = now() - interval '1 second' where org_id = $1`, [id]);
    await app.handleDue();
    await app.settle();
    expect(await told(id)).toEqual([
      expect.objectContaining({ n: 'organisation.registered' }),
      { n: 'organisation.renamed', v: 2, p: { organisationId: id, kind: 'BANK', name: '新名银行', validFrom: tomorrow } },
    ]);
  });

  it('refuses a name that would begin before the latest one, also when two come at once', async () => {
    const { id } = await givenOrganisation('BANK', '某银行', '2020-01-01');
    const early = await app.post(administrator, `/v1/organisations/${id}/names`, { name: '更早的名字', validFrom: '2020-01-01' }).expect(400);
    expect(early.body.errors).toEqual([{ field: 'validFrom', rule: 'afterLatestName', message: 'validFrom must be after 2020-01-01, the first day of the latest name' }]);
    const answers = await Promise.all(['甲银行', '乙银行'].map((name) =>
      app.post(administrator, `/v1/organisations/${id}/names`, { name, validFrom: '2021-05-01' })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 400]);
    expect((await app.get(bank, `/v1/organisations/${id}`)).body.names).toHaveLength(2);
  });

  it('the database itself refuses names that overlap', async () => {
    const { id } = await givenOrganisation('BANK');
    const insert = (from: string, to: string | null): Promise<unknown> => app.database.query(
      'insert into partners.organisation_names values ($1, $2, $3, $4, $5)', [newId(), id, '重叠', from, to]);
    await expect(insert('2019-01-01', null)).rejects.toThrow('organisation_names_end_unique');
    await expect(insert(today, '2099-01-01')).rejects.toThrow('organisation_names_start_unique');
    await expect(insert('2019-01-01', '2018-01-01')).rejects.toThrow('organisation_names_days');
  });

  it('names outlets of banks alone, in areas of today, each once', async () => {
    const { id } = await givenOrganisation('BANK');
    const outlet = (await app.post(administrator, `/v1/organisations/${id}/outlets`, { name: '高笋塘支行', areaCode: '500101001' }).expect(201)).body;
    expect(outlet).toEqual({ id: expect.any(String), organisationId: id, name: '高笋塘支行', areaCode: '500101001' });
    expect((await told(outlet.id)).map((event) => event.p)).toEqual([{ outletId: outlet.id, organisationId: id, name: '高笋塘支行', areaCode: '500101001' }]);
    expect((await app.get(bank, `/v1/organisations/${id}`)).body.outlets).toEqual([outlet]);
    const again = await app.post(administrator, `/v1/organisations/${id}/outlets`, { name: '高笋塘支行', areaCode: '500101001' }).expect(409);
    expect(again.body.code).toBe('ALREADY_EXISTS');
    const area = await app.post(administrator, `/v1/organisations/${id}/outlets`, { name: '无处支行', areaCode: '999999' }).expect(400);
    expect(area.body.errors[0]).toMatchObject({ field: 'areaCode', rule: 'region' });
    const department = await givenOrganisation('DEPARTMENT', '商务委');
    const other = await app.post(administrator, `/v1/organisations/${department.id}/outlets`, { name: '支行', areaCode: '500101001' }).expect(400);
    expect(other.body.errors[0]).toMatchObject({ field: 'id', rule: 'bankOnly' });
  });

  it('refuses bad input by name, and ids that nobody has', async () => {
    const refused = async (body: object): Promise<{ field: string; rule: string }[]> =>
      (await app.post(administrator, '/v1/organisations', body).expect(400)).body.errors;
    expect(await refused({ kind: 'BANK', name: '银行', id: newId() })).toEqual([expect.objectContaining({ field: 'id', rule: 'whitelistValidation' })]);
    expect(await refused({ kind: 'CIRCUS', name: '银行' })).toEqual([expect.objectContaining({ field: 'kind', rule: 'isEnum' })]);
    expect(await refused({ kind: 'BANK', name: ' 银行' })).toEqual([expect.objectContaining({ field: 'name', rule: 'matches' })]);
    expect(await refused({ kind: 'BANK', name: '银\u0000行' })).toEqual([expect.objectContaining({ field: 'name', rule: 'text' })]);
    expect(await refused({ kind: 'BANK', name: '银行', validFrom: '2023-02-29' })).toEqual([expect.objectContaining({ field: 'validFrom', rule: 'localDate' })]);
    expect(await refused({ kind: 'BANK', name: '银行', validFrom: addDays(today, 1) })).toEqual([expect.objectContaining({ field: 'validFrom', rule: 'notInFuture' })]);
    await app.post(administrator, `/v1/organisations/${newId()}/names`, { name: '新名', validFrom: '2024-01-01' }).expect(404);
    await app.post(administrator, `/v1/organisations/${newId()}/outlets`, { name: '支行', areaCode: '500101001' }).expect(404);
    await app.get(bank, `/v1/organisations/${newId()}`).expect(404);
    await app.get(bank, '/v1/organisations/1').expect(400);
    expect((await app.get(bank, '/v1/organisations?kind=CIRCUS').expect(400)).body.errors[0]).toMatchObject({ field: 'kind', rule: 'isEnum' });
    expect((await app.post(bank, '/v1/organisations', { kind: 'BANK', name: '自封银行' }).expect(403)).body.code).toBe('FORBIDDEN');
  });

  it('lists one kind by page, over REST and GraphQL', async () => {
    const created = [await givenOrganisation('FINANCIAL_REGULATOR', '万州监管分局'), await givenOrganisation('FINANCIAL_REGULATOR', '某监管分局')];
    const first = (await app.get(bank, '/v1/organisations?kind=FINANCIAL_REGULATOR&limit=1').expect(200)).body;
    expect(first.items).toEqual([created[1]]);
    const second = (await app.get(bank, `/v1/organisations?kind=FINANCIAL_REGULATOR&limit=1&cursor=${first.nextCursor}`).expect(200)).body;
    expect(second).toEqual({ items: [created[0]], nextCursor: null });
    expect((await app.get(bank, `/v1/organisations?kind=BANK&cursor=${first.nextCursor}`).expect(400)).body.code).toBe('CURSOR_INVALID');
    const graph = await app.graphql(bank, '{ organisations(kind: FINANCIAL_REGULATOR, first: 1) { edges { node { id kind name } } pageInfo { hasNextPage } } }');
    expect(graph.data.organisations).toEqual({ edges: [{ node: created[1] }], pageInfo: { hasNextPage: true } });
  });

  it('resolves organisations and outlets for the graph, many in one go, with names and outlets', async () => {
    const { id } = await givenOrganisation('BANK', '江城示范银行', '2021-01-01');
    const outlet = (await app.post(administrator, `/v1/organisations/${id}/outlets`, { name: '太白支行', areaCode: '500101Z01' }).expect(201)).body;
    const answer = await app.graphql(bank, `query ($r: [_Any!]!) { _entities(representations: $r) {
      ... on Organisation { id name names { name validFrom validTo } outlets { id } }
      ... on Outlet { id areaCode organisation { name } } } }`, {
      r: [
        { __typename: 'Organisation', id }, { __typename: 'Outlet', id: outlet.id },
        { __typename: 'Organisation', id: newId() }, { __typename: 'Outlet', id: 'no uuid' },
      ],
    });
    expect(answer.errors).toBeUndefined();
    expect(answer.data._entities).toEqual([
      { id, name: '江城示范银行', names: [{ name: '江城示范银行', validFrom: '2021-01-01', validTo: null }], outlets: [{ id: outlet.id }] },
      { id: outlet.id, areaCode: '500101Z01', organisation: { name: '江城示范银行' } },
      null, null,
    ]);
    expect((await app.graphql(bank, '{ organisation(id: "nothing") { id } }')).data).toEqual({ organisation: null });
  });

  it('leaves an audit row for each change', async () => {
    const rows = await app.database.query<{ action: string }>('select distinct action from partners.audit where client_id = $1 order by 1', [administrator.clientId]);
    expect(rows.map((row) => row.action)).toEqual(['organisation.register', 'organisation.rename', 'outlet.register']);
  });
});

import { newId } from '@finharbor/contracts/ids';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';

describe('harbors', () => {
  let app: TestApp;
  const supervisor = callerOf('supervisor');
  const bank = callerOf('bank');
  const bankId = bank.organisationId!;

  async function givenOutlet(): Promise<string> {
    const outletId = newId();
    await app.deliver('outlet.registered', { outletId, organisationId: bankId, name: '高笋塘支行', areaCode: '500101001' });
    return outletId;
  }

  const givenHarbor = async (): Promise<{ id: string; number: string }> =>
    (await app.post(supervisor, '/v1/harbors', {
      name: '高笋塘金融服务港湾', outletId: await givenOutlet(), areaCode: '500101001',
    }).expect(201)).body;

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'harbors');
    await app.deliver('organisation.registered', { organisationId: bankId, kind: OrganisationKind.BANK, name: '万州银行' });
  });
  afterAll(() => app.close());

  it('registers a harbor at an outlet, with a number of its own, and tells the others', async () => {
    const first = await givenHarbor();
    const second = await givenHarbor();
    expect(first.number).toMatch(/^WZ-HB-\d{4}$/);
    expect(second.number).not.toBe(first.number);
    const events = await app.database.query(
      `select payload from harbors.outbox union all select jsonb_array_elements(body::jsonb) -> 'p' from harbors.delivery`);
    const told = events.map(({ payload }) => (payload as { number: string }).number);
    expect(told).toEqual(expect.arrayContaining([first.number, second.number]));
  });

  it('answers a repeated request with the stored answer and refuses the key for another', async () => {
    const [key, body] = [newId(), { name: '重复港湾', outletId: await givenOutlet(), areaCode: '500101001' }];
    const first = await app.post(supervisor, '/v1/harbors', body, key).expect(201);
    const again = await app.post(supervisor, '/v1/harbors', body, key).expect(201);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotent-replayed']).toBe('true');
    const other = await app.post(supervisor, '/v1/harbors', { ...body, name: '另一个港湾' }, key).expect(422);
    expect(other.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('refuses unknown fields by name, unknown areas, unknown outlets and a missing key', async () => {
    const outletId = await givenOutlet();
    const unknown = await app.post(supervisor, '/v1/harbors', { name: '港湾', outletId, areaCode: '500101001', number: 'WZ-HB-0001' }).expect(400);
    expect(unknown.body.errors).toEqual([expect.objectContaining({ field: 'number', rule: 'whitelistValidation' })]);
    const area = await app.post(supervisor, '/v1/harbors', { name: '港湾', outletId, areaCode: '999999' }).expect(400);
    expect(area.body.errors[0]).toMatchObject({ field: 'areaCode', rule: 'region' });
    await app.post(supervisor, '/v1/harbors', { name: '港湾', outletId: newId(), areaCode: '500101001' }).expect(404);
    const keyless = await app.post(supervisor, '/v1/harbors', { name: '港湾', outletId, areaCode: '500101001' }).unset('idempotency-key').expect(400);
    expect(keyless.body.code).toBe('IDEMPOTENCY_KEY_MISSING');
  });

  it('refuses a second harbor at the same outlet', async () => {
    const body = { name: '高笋塘金融服务港湾', outletId: await givenOutlet(), areaCode: '500101001' };
    await app.post(supervisor, '/v1/harbors', body).expect(201);
    expect((await app.post(supervisor, '/v1/harbors', body).expect(409)).body.code).toBe('ALREADY_EXISTS');
  });

  it('pages through harbors over REST and GraphQL and refuses a foreign cursor', async () => {
    await givenHarbor();
    await givenHarbor();
    const page = await app.get(bank, '/v1/harbors?limit=1').expect(200);
    expect(page.body.items).toHaveLength(1);
    const next = await app.get(bank, `/v1/harbors?limit=1&cursor=${page.body.nextCursor}`).expect(200);
    expect(next.body.items[0].id).not.toBe(page.body.items[0].id);
    expect((await app.get(supervisor, `/v1/harbors?cursor=${page.body.nextCursor}`).expect(400)).body.code).toBe('CURSOR_INVALID');
    const graph = await app.graphql(bank, '{ harbors(first: 1) { edges { node { id number hostBank { id } outlet { id } } } pageInfo { hasNextPage endCursor } } }');
    expect(graph.errors).toBeUndefined();
    expect(graph.data.harbors.edges[0].node.id).toBe(page.body.items[0].id);
    expect(graph.data.harbors.pageInfo.hasNextPage).toBe(true);
  });

  it('counts demands and issues of a harbor, each event once, for supervisors alone', async () => {
    const { id } = await givenHarbor();
    await app.deliver('demand.submitted', { demandId: newId(), harborId: id });
    await app.deliver('demand.submitted', { demandId: newId(), harborId: id });
    await app.deliver('issue.registered', { issueId: newId(), harborId: id });
    await app.deliver('issue.closed', { issueId: newId(), harborId: id });
    const query = 'query ($id: ID!) { harbor(id: $id) { demandTotal approvedTotal openIssueTotal } }';
    expect((await app.graphql(supervisor, query, { id })).data.harbor).toEqual({ demandTotal: 2, approvedTotal: 0, openIssueTotal: 0 });
    expect((await app.graphql(bank, query, { id })).errors![0].extensions!.code).toBe('FORBIDDEN');
  });

  it('resolves references of the graph in one query', async () => {
    const { id } = await givenHarbor();
    const answer = await app.graphql(bank, `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Harbor { id name } } }`, {
      r: [{ __typename: 'Harbor', id }, { __typename: 'Harbor', id: newId() }],
    });
    expect(answer.data._entities).toEqual([{ id, name: '高笋塘金融服务港湾' }, null]);
  });

  it('answers nobody without the gateway’s token', async () => {
    expect((await app.get(undefined, '/v1/harbors').expect(401)).body.code).toBe('UNAUTHENTICATED');
    expect((await app.graphql(undefined, '{ __typename }')).errors![0].extensions!.code).toBe('UNAUTHENTICATED');
  });
});

import { newId } from '@finharbor/contracts/ids';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';

describe('relations of organisations', () => {
  let app: TestApp;
  const system = callerOf('system-administrator');
  const register = async (kind: string, name: string): Promise<string> => (await app.post(system, '/v1/organisations', { kind, name }).expect(201)).body.id;
  const relate = (id: string, body: object) => app.post(system, `/v1/organisations/${id}/relations`, body);
  const clientOf = async (organisationId: string, role: string): Promise<number> =>
    (await app.post(system, '/v1/api-clients', { organisationId, role, name: '系统', sandbox: true })).status;

  beforeAll(async () => { app = await startTestApp(AppModule, 'partners', { SANDBOX: 'true' }); });
  afterAll(() => app.close());

  it('have days, stand beside names and outlets, and end', async () => {
    const [branch, head] = [await register('BANK', '万州分行'), await register('BANK', '总行')];
    const relation = (await relate(branch, { kind: 'BRANCH_OF', relatedId: head, validFrom: '2021-01-01' }).expect(201)).body;
    expect(relation).toEqual({ id: expect.any(String), kind: 'BRANCH_OF', relatedId: head, validFrom: '2021-01-01', validTo: null });
    expect((await relate(branch, { kind: 'BRANCH_OF', relatedId: head, validFrom: '2022-01-01' }).expect(409)).body.code).toBe('ALREADY_EXISTS');
    const reader = callerOf('area');
    expect((await app.get(reader, `/v1/organisations/${branch}`).expect(200)).body.relations).toEqual([relation]);
    const { data } = await app.graphql(reader, `{ organisation(id: "${branch}") { relations { kind relatedId validFrom validTo } } }`);
    expect(data.organisation.relations).toEqual([{ kind: 'BRANCH_OF', relatedId: head, validFrom: '2021-01-01', validTo: null }]);
    const end = `/v1/organisation-relations/${relation.id}/end`;
    expect((await app.post(system, end, { validTo: '2021-01-01' }).expect(400)).body.errors[0].rule).toBe('afterStart');
    expect((await app.post(system, end, { validTo: '2024-01-01' }).expect(200)).body.validTo).toBe('2024-01-01');
    await app.post(system, end, { validTo: '2025-01-01' }).expect(409);
    await relate(branch, { kind: 'BRANCH_OF', relatedId: head, validFrom: '2024-01-01' }).expect(201);
    const relations = (await app.get(reader, `/v1/organisations/${branch}`).expect(200)).body.relations as { validFrom: string }[];
    expect(relations.map(({ validFrom }) => validFrom)).toEqual(['2021-01-01', '2024-01-01']);
  });

  it('are refused to oneself, to nobody and by others than the system administrator', async () => {
    const id = await register('INSURER', '示范保险');
    const field = async (body: object): Promise<string> => (await relate(id, { kind: 'MEMBER_OF', validFrom: '2021-01-01', ...body }).expect(400)).body.errors[0].field;
    expect([await field({ relatedId: id }), await field({ relatedId: newId() }), await field({ relatedId: newId(), kind: 'OWNS' })]).toEqual(['relatedId', 'relatedId', 'kind']);
    await relate(newId(), { kind: 'MEMBER_OF', relatedId: id, validFrom: '2021-01-01' }).expect(404);
    for (const role of ['security-administrator', 'supervisor', 'bank'] as const) await app.post(callerOf(role), `/v1/organisations/${id}/relations`, {}).expect(403);
  });

  it('say who the third supervising party is: by kind unless an organisation is entered, which then is the only one', async () => {
    const [operator, regulator, treasury, other] = await Promise.all(
      [['OPERATOR', '运营方'], ['FINANCIAL_REGULATOR', '监管分局'], ['DEPARTMENT', '财政局'], ['DEPARTMENT', '商务委']].map(([kind, name]) => register(kind, name)));
    const branch = await register('CENTRAL_BANK_BRANCH', '人行');
    const supervises = (): Promise<number[]> => Promise.all([regulator, treasury, other, branch].map((id) => clientOf(id, 'supervisor')));
    expect(await supervises()).toEqual([201, 400, 400, 201]);
    const { id } = (await relate(treasury, { kind: 'SUPERVISES', relatedId: operator, validFrom: '2024-01-01' }).expect(201)).body;
    expect(await supervises()).toEqual([400, 201, 400, 201]);
    expect(await clientOf(treasury, 'department')).toBe(201);
    await app.post(system, `/v1/organisation-relations/${id}/end`, { validTo: '2025-01-01' }).expect(200);
    expect(await supervises()).toEqual([201, 400, 400, 201]);
  });
});

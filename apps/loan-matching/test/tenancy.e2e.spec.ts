import type { Caller } from '@finharbor/security/tokens/caller';
import { anonymous, callerOf, District, newId, type Submitted } from './district.js';

/** Both banks hold one of everything; neither may see, count or infer anything of the other's. */
describe('two banks', () => {
  let district: District;
  let ofA: Submitted;
  let ofB: Submitted;
  let waiting: Submitted;

  beforeAll(async () => {
    district = await District.open();
    const reject = { outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: '额度已满' };
    ofA = await district.accepted(district.bankA);
    ofB = await district.accepted(district.bankB, { creditCode: '91500101MA60AB1255', contactName: '诸葛乙方' });
    waiting = await district.submit({ creditCode: '92500101MA5UW0016R' });
    await district.app.post(district.bankA, `/v1/demands/${ofA.id}/decision`, reject).expect(201);
    await district.app.post(district.bankB, `/v1/demands/${ofB.id}/decision`, reject).expect(201);
  });
  afterAll(() => district.app.close());

  const idsOf = async (caller: Caller): Promise<string[]> =>
    (await district.app.get(caller, '/v1/demands').expect(200)).body.items.map(({ id }: { id: string }) => id);

  it('list their own demands alone, supervisors all, also those that no bank holds', async () => {
    expect(await idsOf(district.bankA)).toEqual([ofA.id]);
    expect(await idsOf(district.bankB)).toEqual([ofB.id]);
    expect(await idsOf(callerOf('bank'))).toEqual([]);
    expect(await idsOf(district.supervisor)).toEqual([waiting.id, ofB.id, ofA.id]);
    expect(await idsOf(district.dashboard)).toEqual([waiting.id, ofB.id, ofA.id]);
  });

  it('get the same answer for the other’s demand, one that waits, and none at all, byte for byte', async () => {
    const { app, bankA } = district;
    const decision = { outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: '额度已满' };
    const routes: [string, object?][] = [['', undefined], ['/trail', undefined], ['/acceptance', {}], ['/decision', decision], ['/contact-views', { reason: '回访' }]];
    for (const [path, body] of routes) {
      const answers = await Promise.all([ofB.id, waiting.id, newId()].map(async (id) => {
        const url = `/v1/demands/${id}${path}`;
        const { status, text } = await (body ? app.post(bankA, url, body) : app.get(bankA, url));
        return `${status} ${text}`;
      }));
      expect(answers[0]).toMatch(/^404 /);
      expect(new Set(answers).size).toBe(1);
    }
    await app.get(bankA, `/v1/demands/${ofA.id}/matches`).expect(403);
    await app.get(callerOf('department'), `/v1/demands/${ofA.id}`).expect(403);
  });

  it('see the other’s demands in the graph neither by id, nor by reference, nor below a harbor, nor in counts', async () => {
    const { app, bankA, bankB, supervisor, harborA } = district;
    const query = `query ($a: ID!, $b: ID!, $r: [_Any!]!) {
      own: demand(id: $a) { id } other: demand(id: $b) { id trail { id } } none: demand(id: "nonsense") { id }
      _entities(representations: $r) {
        ... on Demand { id state decisions { id } }
        ... on Harbor { id demands { edges { node { id } } } demandCounts { total submitted routed accepted approved rejected } }
      }
    }`;
    const r = [{ __typename: 'Demand', id: ofA.id }, { __typename: 'Demand', id: ofB.id }, { __typename: 'Harbor', id: harborA }];
    const ask = async (caller: Caller): Promise<any> => { // eslint-disable-line @typescript-eslint/no-explicit-any
      const { data, errors } = await app.graphql(caller, query, { a: ofA.id, b: ofB.id, r });
      expect(errors).toBeUndefined();
      return data;
    };
    const seen = await ask(bankA);
    expect(seen).toMatchObject({ own: { id: ofA.id }, other: null, none: null });
    expect(seen._entities[0].decisions).toHaveLength(1);
    expect(seen._entities[1]).toBeNull();
    expect(seen._entities[2].demands.edges.map((edge: { node: { id: string } }) => edge.node.id)).toEqual([ofA.id]);
    expect(seen._entities[2].demandCounts).toEqual({ total: 1, submitted: 0, routed: 0, accepted: 0, approved: 0, rejected: 1 });
    expect((await ask(bankB))._entities[2].demandCounts.total).toBe(1);
    expect((await ask(callerOf('bank')))._entities[2].demandCounts.total).toBe(0);
    const [, , overseen] = (await ask(supervisor))._entities;
    expect(overseen.demandCounts).toEqual({ total: 3, submitted: 1, routed: 0, accepted: 0, approved: 0, rejected: 2 });
    const matches = await app.graphql(bankA, '{ demands { edges { node { matches { verdict } } } } }');
    expect(matches.errors![0].extensions!.code).toBe('FORBIDDEN');
  });

  it('are kept apart by the database in every table', async () => {
    const { app, bankA } = district;
    const seenAs = async (role: string, org: string, table: string): Promise<string[]> => {
      await app.database.query(`begin`);
      await app.database.query(`select set_config('role', $1, true), set_config('app.org', $2, true)`, [role, org]);
      const rows = await app.database.query<{ org_id: string }>(`select distinct org_id from loan_matching.${table}`);
      await app.database.query(`rollback`);
      return rows.map(({ org_id }) => org_id);
    };
    for (const table of ['demands', 'matches', 'decisions', 'trail_steps']) {
      expect([table, await seenAs('loan_matching_app', bankA.organisationId!, table)]).toEqual([table, [bankA.organisationId]]);
      expect([table, await seenAs('loan_matching_app', '', table)]).toEqual([table, []]);
      expect((await seenAs('loan_matching_supervisor', '', table)).length).toBeGreaterThan(1);
    }
  });

  it('cannot touch the trail or a decision, nor can anybody', async () => {
    const { rows } = await district.app.database.admin.query(
      `select grantee, table_name, privilege_type from information_schema.role_table_grants
       where table_schema = 'loan_matching' and table_name in ('trail_steps', 'decisions') and privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE') and grantee <> 'loan_matching_owner'`);
    expect(rows).toEqual([]);
  });
});

describe('an applicant', () => {
  let district: District;
  let one: Submitted;
  let other: Submitted;

  beforeAll(async () => {
    district = await District.open();
    await district.product(district.bankA);
    one = await district.submit();
    other = await district.submit({ creditCode: '92500101MA61CD341K' });
  });
  afterAll(() => district.app.close());

  it('reads its own demand, whole', async () => {
    const { body } = await district.app.get(one.applicant, `/v1/demands/${one.id}`).expect(200);
    expect(body).toMatchObject({ id: one.id, enterpriseName: '万州示例食品有限公司', state: 'SUBMITTED' });
    expect(body).not.toHaveProperty('accessSecretHash');
    expect(JSON.stringify(body)).not.toContain('欧阳测试');
  });

  it('with a wrong secret gets the answer of an unknown demand, byte for byte, on every route', async () => {
    const { app } = district;
    const productId = one.body.matches[0].productId;
    for (const [path, body] of [['', undefined], ['/matches', undefined], ['/trail', undefined], ['/choice', { productId }]] as [string, object?][]) {
      const answers = await Promise.all([one.id, newId()].map(async (id) => {
        const url = `/v1/demands/${id}${path}`;
        const { status, text } = await (body ? app.post(other.applicant, url, body) : app.get(other.applicant, url));
        return `${status} ${text}`;
      }));
      expect(answers[0]).toMatch(/^404 /);
      expect(answers[0]).toBe(answers[1]);
    }
    expect(await district.steps(one.applicant, one.id)).toEqual(['SUBMITTED', 'MATCHED']);
  });

  it('has nothing to do with what banks do, and without a secret reads nothing', async () => {
    const { app } = district;
    for (const path of ['acceptance', 'decision', 'contact-views']) await app.post(one.applicant, `/v1/demands/${one.id}/${path}`, {}).expect(401);
    await app.get(one.applicant, '/v1/demands').expect(401);
    await app.get(anonymous, `/v1/demands/${one.id}`).expect(401);
    const graph = await app.graphql(anonymous, 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Demand { id enterpriseName } } }', {
      r: [{ __typename: 'Demand', id: one.id }],
    });
    expect(graph.data?._entities ?? [null]).toEqual([null]);
  });
});

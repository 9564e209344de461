import { enterpriseIdOf } from '@finharbor/contracts/ids';
import { DataSource, type Logger } from 'typeorm';
import { District, newId } from './district.js';

const creditCode = '91500101MA5U00011L';

describe('the graph', () => {
  let district: District;
  beforeAll(async () => {
    district = await District.open();
  });
  afterAll(() => district.app.close());

  /** The statements on our tables while the work runs. */
  async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
    const source = district.app.app.get(DataSource);
    const seen: string[] = [];
    const { logger } = source;
    const nothing = (): void => undefined;
    source.logger = {
      logQuery: (query: string) => { if (/loan_matching"?\."?(demands|decisions|matches|trail_steps)/.test(query)) seen.push(query); },
      logQueryError: nothing, logQuerySlow: nothing, logSchemaBuild: nothing, logMigration: nothing, log: nothing,
    } satisfies Logger;
    try {
      await work();
    } finally {
      source.logger = logger;
    }
    return seen;
  }

  it('withholds from a bank who asks, until it accepts; never from supervisors', async () => {
    const { app, bankA, supervisor, dashboard, harborA } = district;
    const { id } = await district.routed(bankA);
    const query = `query ($id: ID!, $r: [_Any!]!) {
      demand(id: $id) { ...all enterprise { id } harbor { id } product { id } bank { id } trail { step } }
      demands { edges { node { ...all } } }
      _entities(representations: $r) { ... on Harbor { demands { edges { node { ...all } } } } ... on Demand { ...all } }
    }
    fragment all on Demand { id enterpriseName creditCode enterpriseId contactName contactPhone establishedOn employees revenue assets }`;
    const variables = { id, r: [{ __typename: 'Harbor', id: harborA }, { __typename: 'Demand', id }] };
    const nothing = {
      id, enterpriseName: null, creditCode: null, enterpriseId: null, contactName: null, contactPhone: null,
      establishedOn: null, employees: null, revenue: null, assets: null,
    };
    const before = await app.graphql(bankA, query, variables);
    expect(before.errors).toBeUndefined();
    const { organisationId } = bankA;
    const references = { enterprise: null, harbor: { id: harborA }, bank: { id: organisationId }, product: { id: expect.any(String) } };
    expect(before.data.demand).toMatchObject({ ...nothing, ...references });
    expect(before.data.demands.edges[0].node).toEqual(nothing);
    expect(before.data._entities[0].demands.edges[0].node).toEqual(nothing);
    expect(before.data._entities[1]).toEqual(nothing);
    expect(JSON.stringify(before.data)).not.toMatch(/万州|91500101|欧/);
    const whole = { enterpriseName: '万州示例食品有限公司', creditCode, enterpriseId: enterpriseIdOf(creditCode), contactName: '欧***', contactPhone: '139****4321', establishedOn: '2014-06-17' };
    const overseen = await app.graphql(supervisor, query, variables);
    expect(overseen.data.demand).toMatchObject({ ...whole, enterprise: { id: whole.enterpriseId } });
    expect((await app.graphql(dashboard, '{ demands { edges { node { contactName } } } }')).errors![0].extensions!.code).toBe('FORBIDDEN');
    expect((await app.graphql(dashboard, '{ demands { edges { node { enterpriseName } } } }')).data.demands.edges[0].node.enterpriseName).toBe(whole.enterpriseName);
    await app.post(bankA, `/v1/demands/${id}/acceptance`).expect(201);
    const after = await app.graphql(bankA, query, variables);
    expect(after.data.demand).toMatchObject({ ...whole, enterprise: { id: whole.enterpriseId }, employees: 32 });
    expect(after.data._entities[0].demands.edges[0].node).toMatchObject(whole);
  });

  it('asks once of a kind for many harbors and many demands', async () => {
    const { app, bankA, bankB, supervisor, harborA, harborB } = district;
    const codeB = (await district.code(bankB, harborB)).code;
    for (const code of [undefined, codeB, undefined, codeB]) await district.submit({}, code);
    await app.post(bankA, `/v1/demands/${(await district.accepted(bankA)).id}/decision`, { outcome: 'APPROVED', reasonCode: 'OTHER', approvedAmount: '1' }).expect(201);
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Harbor {
      demandCounts { total }
      demands(first: 3) { edges { node { id state decisions { outcome } trail { step } matches { verdict product { id } bank { id } } } } pageInfo { hasNextPage } }
    } } }`;
    const r = [harborA, harborB, newId()].map((id) => ({ __typename: 'Harbor', id }));
    // Applications and clocks follow the decision, by statements of their own.
    await app.settle();
    await district.app.handleDue();
    await app.settle();
    let answer = { data: undefined as any, errors: undefined as unknown }; // eslint-disable-line @typescript-eslint/no-explicit-any
    const statements = await statementsOf(async () => {
      answer = await app.graphql(supervisor, query, { r }) as never;
    });
    expect(answer.errors).toBeUndefined();
    const tables = statements.map((text) => /from "?loan_matching"?\."?(\w+)/i.exec(text)![1]).sort();
    expect(tables).toEqual(['decisions', 'demands', 'demands', 'matches', 'trail_steps']);
    const [a, b, none] = answer.data._entities;
    expect(a.demands.edges).toHaveLength(3);
    expect(a.demands.pageInfo.hasNextPage).toBe(true);
    expect(a.demands.edges[0].node).toMatchObject({ state: 'APPROVED', decisions: [{ outcome: 'APPROVED' }] });
    expect(b.demands.edges).toHaveLength(2);
    expect(b.demands.pageInfo.hasNextPage).toBe(false);
    expect(b.demandCounts.total).toBe(2);
    expect(none).toEqual({ demandCounts: { total: 0 }, demands: { edges: [], pageInfo: { hasNextPage: false } } });
  });

  it('pages below each harbor, two sizes side by side', async () => {
    const { app, supervisor, harborA } = district;
    const query = `query ($r: [_Any!]!, $after: String) { _entities(representations: $r) { ... on Harbor {
      one: demands(first: 1, after: $after) { edges { node { id } } pageInfo { endCursor hasNextPage } }
      all: demands(first: 200) { edges { node { id } } }
    } } }`;
    const r = [{ __typename: 'Harbor', id: harborA }];
    const seen: string[] = [];
    let all: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { data, errors } = await app.graphql(supervisor, query, { r, after });
      expect(errors).toBeUndefined();
      const [harbor] = data._entities;
      seen.push(harbor.one.edges[0].node.id);
      all = harbor.all.edges.map((edge: { node: { id: string } }) => edge.node.id);
      after = harbor.one.pageInfo.endCursor;
      more = harbor.one.pageInfo.hasNextPage;
    }
    expect(seen).toEqual(all);
    expect(seen).toEqual([...seen].sort().reverse());
    const foreign = await app.graphql(district.bankA, query, { r, after: 'x.y' });
    expect(foreign.errors![0].extensions!.code).toBe('CURSOR_INVALID');
  });

  it('filters and pages demands', async () => {
    const { app, supervisor } = district;
    const query = 'query ($state: DemandState, $after: String) { demands(state: $state, first: 2, after: $after) { edges { node { id state } cursor } pageInfo { hasNextPage endCursor } } }';
    const first = await app.graphql(supervisor, query, { state: 'SUBMITTED' });
    expect(first.data.demands.edges.map((edge: { node: { state: string } }) => edge.node.state)).toEqual(['SUBMITTED', 'SUBMITTED']);
    const next = await app.graphql(supervisor, query, { state: 'SUBMITTED', after: first.data.demands.pageInfo.endCursor });
    expect(next.data.demands.edges).toHaveLength(2);
    expect((await app.graphql(supervisor, query, { after: first.data.demands.pageInfo.endCursor })).errors![0].extensions!.code).toBe('CURSOR_INVALID');
    const wide = await app.graphql(supervisor, '{ demands(first: 201) { edges { cursor } } }');
    expect(wide.errors![0].extensions!.code).toMatch(/VALIDATION_FAILED$/);
  });
});

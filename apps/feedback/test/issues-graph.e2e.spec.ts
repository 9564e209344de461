import { newId } from '@finharbor/contracts/ids';
import { currentContext } from '@finharbor/platform/logs/context';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { DataSource } from 'typeorm';
import { AppModule } from '../src/app.module.js';

const telling = { nature: 'PAIN', channel: 'BOX', title: '抵押物不足', text: '厂房是租的，没有抵押物。', registrantName: '王强', registrantPhone: '023-58123456' };
const entities = 'query ($r: [_Any!]!) { _entities(representations: $r)';
const pagedEntities = entities.replace('!)', '!, $first: Int = 50, $after: String)');

describe('issues in the graph, and what banks see of each other', () => {
  let app: TestApp;
  const [bank, otherBank, branch] = [callerOf('bank'), callerOf('bank'), callerOf('supervisor')];
  const [department, dashboard, anonymous] = [callerOf('department'), callerOf('dashboard'), callerOf('anonymous')];
  /** Issues by id: two at the first harbor of the bank, one at its second, one at the other bank's. */
  let first: string, second: string, foreign: string;
  let issues: string[];

  async function givenHarbor(hostBank: Caller): Promise<string> {
    const harborId = newId();
    await app.deliver('harbor.registered', { harborId, number: 'WZ-HB-0001', name: '港湾', hostBankId: hostBank.organisationId!, areaCode: '500101001' });
    return harborId;
  }

  const register = async (harborId: string): Promise<{ issue: { id: string }; accessSecret: string }> =>
    (await app.post(anonymous, '/v1/issues', { ...telling, harborId }).expect(201)).body;

  const onHarbors = (ids: string[], fields: string, caller: Caller, page: object = {}): ReturnType<TestApp['graphql']> =>
    app.graphql(caller, `${fields.includes('$first') ? pagedEntities : entities} { ... on Harbor { ${fields} } } }`, { r: ids.map((id) => ({ __typename: 'Harbor', id })), ...page });

  const listed = (answer: { edges: { node: { id: string } }[] }): string[] => answer.edges.map((edge) => edge.node.id);

  /** How many statements on the table requests ran meanwhile: clocks look at issues in their own time. */
  async function statementsOn(table: string, work: () => Promise<unknown>): Promise<number> {
    const statements: string[] = [];
    const { subscribers } = app.app.get(DataSource);
    const watcher = { beforeQuery: ({ query }: { query: string }) => void (currentContext()?.caller && statements.push(query)) };
    subscribers.push(watcher);
    await work();
    subscribers.splice(subscribers.indexOf(watcher), 1);
    return statements.filter((sql) => sql.replaceAll('"', '').includes(`feedback.${table}`)).length;
  }

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'feedback');
    [first, second, foreign] = [await givenHarbor(bank), await givenHarbor(bank), await givenHarbor(otherBank)];
    issues = [];
    for (const harborId of [first, first, second, foreign]) issues.push((await register(harborId)).issue.id);
  });
  afterAll(() => app.close());

  it('lists a bank its own issues and supervisors all, by state and page', async () => {
    const idsOf = async (caller: Caller, query = ''): Promise<string[]> =>
      (await app.get(caller, `/v1/issues${query}`).expect(200)).body.items.map((item: { id: string }) => item.id);
    const [a, b, c, d] = issues;
    expect(await idsOf(bank)).toEqual([c, b, a]);
    expect(await idsOf(otherBank)).toEqual([d]);
    for (const caller of [branch, dashboard]) expect(await idsOf(caller)).toEqual([d, c, b, a]);
    expect(await idsOf(callerOf('bank'))).toEqual([]);
    expect(await idsOf(bank, '?state=CLOSED')).toEqual([]);
    const page = (await app.get(bank, '/v1/issues?state=REGISTERED&limit=2').expect(200)).body;
    expect(await idsOf(bank, `?state=REGISTERED&limit=2&cursor=${page.nextCursor}`)).toEqual([a]);
    await app.get(bank, `/v1/issues?cursor=${page.nextCursor}`).expect(400);
    await app.get(otherBank, `/v1/issues?state=REGISTERED&cursor=${page.nextCursor}`).expect(400);
    const graph = await app.graphql(bank, '{ issues(state: REGISTERED, first: 2) { edges { node { id state harbor { id } bank { id } } } pageInfo { hasNextPage } } }');
    expect(graph.errors).toBeUndefined();
    expect(graph.data.issues).toMatchObject({
      edges: [{ node: { id: c, state: 'REGISTERED', harbor: { id: second }, bank: { id: bank.organisationId } } }, { node: { id: b } }], pageInfo: { hasNextPage: true },
    });
  });

  it('answers another bank’s issue like one that does not exist, on every way to it', async () => {
    const [foreignId, randomId] = [issues[3], newId()];
    const unknown = await app.get(bank, `/v1/issues/${randomId}`).expect(404);
    expect((await app.get(bank, `/v1/issues/${foreignId}`).expect(404)).text).toBe(unknown.text);
    expect((await app.get(bank, `/v1/issues/${foreignId}/trail`).expect(404)).text).toBe(unknown.text);
    for (const [step, body] of [['acknowledgement', undefined], ['reply', { text: '已派专人上门' }]] as const) {
      const refused = await app.post(bank, `/v1/issues/${randomId}/${step}`, body).expect(404);
      expect((await app.post(bank, `/v1/issues/${foreignId}/${step}`, body).expect(404)).text).toBe(refused.text);
    }
    const ask = 'query ($id: ID!) { issue(id: $id) { id text trail { action } } }';
    const change = 'mutation ($id: ID!) { acknowledgeIssue(id: $id) { id } }';
    for (const id of [foreignId, randomId, 'no id']) {
      expect((await app.graphql(bank, ask, { id })).data.issue).toBeNull();
      expect((await app.graphql(bank, change, { id })).errors![0].extensions!.code).toBe('NOT_FOUND');
    }
    expect((await app.graphql(otherBank, ask, { id: foreignId })).data.issue).toMatchObject({ id: foreignId, text: telling.text });
    expect((await app.get(branch, `/v1/issues/${foreignId}/trail`)).body).toMatchObject([{ action: 'REGISTERED' }]);
  });

  it('counts the issues of many harbors in one statement, of each bank its own alone', async () => {
    const harbors = [first, second, foreign, newId()];
    let answer!: Awaited<ReturnType<typeof onHarbors>>;
    expect(await statementsOn('issues', async () => {
      answer = await onHarbors(harbors, 'issueCounts { total open closed }', bank);
    })).toBe(1);
    const none = { issueCounts: { total: 0, open: 0, closed: 0 } };
    const open = (total: number): object => ({ issueCounts: { total, open: total, closed: 0 } });
    expect(answer.data._entities).toEqual([open(2), open(1), none, none]);
    expect((await onHarbors(harbors, 'issueCounts { total open closed }', otherBank)).data._entities).toEqual([none, none, open(1), none]);
    expect((await onHarbors(harbors, 'issueCounts { total open closed }', branch)).data._entities).toEqual([open(2), open(1), open(1), none]);
  });

  it('pages through the issues of many harbors in one statement, of each bank its own alone', async () => {
    const fields = 'id issues(first: $first, after: $after) { edges { node { id title } cursor } pageInfo { hasNextPage endCursor } }';
    let answer!: Awaited<ReturnType<typeof onHarbors>>;
    expect(await statementsOn('issues', async () => {
      answer = await onHarbors([first, second, foreign], fields, bank, { first: 1 });
    })).toBe(1);
    expect(answer.errors).toBeUndefined();
    const [one, two, three] = answer.data._entities;
    expect([listed(one.issues), listed(two.issues), listed(three.issues)]).toEqual([[issues[1]], [issues[2]], []]);
    expect([one, two, three].map((harbor) => harbor.issues.pageInfo.hasNextPage)).toEqual([true, false, false]);
    const after = one.issues.pageInfo.endCursor as string;
    const next = (await onHarbors([first], fields, bank, { first: 1, after })).data._entities[0];
    expect([listed(next.issues), next.issues.pageInfo.hasNextPage]).toEqual([[issues[0]], false]);
    const wrong = await onHarbors([second], fields, bank, { first: 1, after });
    expect(wrong.errors![0].extensions!.code).toBe('CURSOR_INVALID');
    expect((await onHarbors([first, foreign], fields, branch)).data._entities.map((harbor: { issues: never }) => listed(harbor.issues)))
      .toEqual([[issues[1], issues[0]], [issues[3]]]);
  });

  it('resolves references and trails together', async () => {
    let answer!: Awaited<ReturnType<TestApp['graphql']>>;
    const ask = async (): Promise<void> => {
      answer = await app.graphql(bank, `${entities} { ... on Issue { id trail { action at note actor { id } } } } }`, { r: [...issues, newId(), 'no id'].map((id) => ({ __typename: 'Issue', id })) });
    };
    expect(await statementsOn('issues', ask)).toBe(1);
    expect(await statementsOn('issue_trail', ask)).toBe(1);
    const trail = [{ action: 'REGISTERED', at: expect.any(String), note: null, actor: null }];
    expect(answer.data._entities).toEqual([...issues.slice(0, 3).map((id) => ({ id, trail })), null, null, null]);
  });

  it('takes acknowledgements of bank and branch by mutation, each once', async () => {
    const { issue: { id }, accessSecret } = await register(await givenHarbor(bank));
    const acknowledge = (caller: Caller): ReturnType<TestApp['graphql']> =>
      app.graphql(caller, 'mutation ($id: ID!) { acknowledgeIssue(id: $id) { state bankAcknowledgementOverdue trail { action actor { id } } } }', { id });
    expect((await acknowledge(branch)).data.acknowledgeIssue).toMatchObject({ state: 'REGISTERED', bankAcknowledgementOverdue: false });
    expect((await acknowledge(bank)).data.acknowledgeIssue).toMatchObject({
      state: 'HANDLING', trail: [{}, { action: 'BRANCH_ACKNOWLEDGED', actor: { id: branch.organisationId } }, { action: 'BANK_ACKNOWLEDGED', actor: { id: bank.organisationId } }],
    });
    for (const caller of [bank, branch]) expect((await acknowledge(caller)).errors![0].extensions!.code).toBe('ILLEGAL_STATE');
    for (const caller of [department, dashboard, anonymous]) expect((await acknowledge(caller)).errors![0].extensions!.code).toBe('FORBIDDEN');
    await app.post(bank, `/v1/issues/${id}/reply`, { text: '可办信用贷款' }).expect(201);
    await app.post({ ...anonymous, role: 'applicant', accessSecret }, `/v1/issues/${id}/confirmation`, { satisfied: true }).expect(201);
    expect((await onHarbors([(await app.get(bank, `/v1/issues/${id}`)).body.harborId], 'issueCounts { total open closed }', bank)).data._entities)
      .toEqual([{ issueCounts: { total: 1, open: 0, closed: 1 } }]);
  });

  it('gives each role its routes and fields and no more', async () => {
    expect((await app.graphql(dashboard, '{ issues { edges { node { title state } } } }')).errors).toBeUndefined();
    for (const field of ['text', 'reply', 'registrantName', 'registrantPhone', 'trail { note }']) {
      expect([field, (await app.graphql(dashboard, `{ issues { edges { node { ${field} } } } }`)).errors![0].extensions!.code]).toEqual([field, 'FORBIDDEN']);
    }
    expect((await app.graphql(department, '{ issues { edges { node { id } } } }')).errors![0].extensions!.code).toBe('FORBIDDEN');
    expect((await app.graphql(bank, '{ issues { edges { node { registrantName registrantPhone } } } }')).data.issues.edges[0].node)
      .toEqual({ registrantName: '王*', registrantPhone: '023-******56' });
    await app.get(department, '/v1/issues').expect(403);
    for (const caller of [branch, dashboard, department]) await app.post(caller, '/v1/issues', { ...telling, harborId: first }).expect(403);
    await app.post(branch, `/v1/issues/${issues[0]}/reply`, { text: '已派专人上门' }).expect(403);
    await app.post(bank, `/v1/issues/${issues[0]}/confirmation`, { satisfied: true }).expect(403);
  });

  it('keeps the rows of banks apart in the database itself', async () => {
    const visible = async (role: string, caller: Caller, table: string): Promise<string[]> => {
      await app.database.admin.query('begin');
      await app.database.admin.query(`select set_config('role', $1, true), set_config('app.org', $2, true)`, [`feedback_${role}`, caller.organisationId ?? '']);
      const rows = await app.database.query<{ org_id: string }>(`select distinct org_id from feedback.${table}`);
      await app.database.admin.query('rollback');
      return rows.map((row) => row.org_id).sort();
    };
    const both = [bank.organisationId, otherBank.organisationId].sort();
    await app.handleDue();
    for (const table of ['issues', 'issue_trail', 'clocks']) {
      expect([table, await visible('app', bank, table)]).toEqual([table, [bank.organisationId]]);
      expect([table, await visible('app', otherBank, table)]).toEqual([table, [otherBank.organisationId]]);
      for (const nobody of [callerOf('bank'), anonymous]) expect([table, await visible('app', nobody, table)]).toEqual([table, []]);
      expect([table, await visible('supervisor', branch, table)]).toEqual([table, both]);
    }
  });

  it('keeps the trail as it was written', async () => {
    for (const role of ['app', 'supervisor', 'worker']) {
      for (const sql of ['update feedback.issue_trail set actor_id = null', 'update feedback.issue_trail set at = now()', 'delete from feedback.issue_trail']) {
        await app.database.admin.query('begin');
        await app.database.admin.query(`select set_config('role', $1, true), set_config('app.org', $2, true)`, [`feedback_${role}`, bank.organisationId]);
        await expect(app.database.admin.query(sql)).rejects.toMatchObject({ code: '42501' });
        await app.database.admin.query('rollback');
      }
    }
  });
});

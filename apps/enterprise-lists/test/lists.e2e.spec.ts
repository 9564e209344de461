import { newId } from '@finharbor/contracts/ids';
import { csv, header, listOf, newCreditCode, recommendAll, Story } from './support.js';

describe('push lists', () => {
  let story: Story;
  beforeAll(async () => { story = await Story.begin(); });
  afterAll(() => story.app.close());

  const push = async (text = listOf(3).text, as = story.department): Promise<string> =>
    (await story.upload(text, { as }).expect(201)).body.id;

  const recommend = (id: string): Promise<unknown> => story.app.graphql(story.supervisor, `mutation ($id: ID!) { ${recommendAll} }`, { id });

  const mutate = async (
    name: string, variables: Record<string, unknown>, as = story.supervisor,
  ): Promise<{ data?: Record<string, unknown>; code?: string; message?: string }> => {
    const types: Record<string, string> = { id: 'ID!', reason: 'String!', channel: 'Channel!', bankIds: '[ID!]' };
    const names = Object.keys(variables);
    const answer = await story.app.graphql(as, `mutation (${names.map((key) => `$${key}: ${types[key]}`).join(', ')}) {
      ${name}(${names.map((key) => `${key}: $${key}`).join(', ')}) { state bankCount returnReason reviewedAt } }`, variables);
    return { data: answer.data?.[name], code: answer.errors?.[0].extensions?.code, message: answer.errors?.[0].message };
  };

  it('goes from review to the banks, and again to others and through the other channel', async () => {
    const id = await push();
    await recommend(id);
    expect(await mutate('approvePushList', { id })).toMatchObject({ data: { state: 'APPROVED', reviewedAt: expect.any(String) } });
    expect(await mutate('dispatchPushList', { id, channel: 'GREEN', bankIds: [story.bank.organisationId] })).toMatchObject({ data: { state: 'DISPATCHED', bankCount: 1 } });
    expect(await mutate('dispatchPushList', { id, channel: 'INCLUSIVE' })).toMatchObject({ data: { state: 'DISPATCHED', bankCount: 2 } });
    expect(await mutate('dispatchPushList', { id, channel: 'INCLUSIVE' })).toMatchObject({ data: { state: 'DISPATCHED', bankCount: 2 } });
    const { data } = await story.app.graphql(story.supervisor, 'query ($id: ID!) { pushList(id: $id) { department { id } dispatches { channel bank { id } } } }', { id });
    expect(data.pushList.department).toEqual({ id: story.department.organisationId });
    expect(data.pushList.dispatches).toHaveLength(3);
    expect(data.pushList.dispatches).toContainEqual({ channel: 'GREEN', bank: { id: story.bank.organisationId } });
  });

  it('refuses what its state does not allow, naming the state', async () => {
    const [id, other] = [await push(), await push()];
    expect(await mutate('dispatchPushList', { id, channel: 'GREEN' })).toMatchObject({ code: 'ILLEGAL_STATE', message: 'The list is UNDER_REVIEW and cannot be dispatched.' });
    expect(await mutate('returnPushList', { id, reason: '请核对' })).toMatchObject({ data: { state: 'RETURNED', returnReason: '请核对' } });
    expect(await mutate('approvePushList', { id })).toMatchObject({ code: 'ILLEGAL_STATE', message: 'The list is RETURNED and cannot be approved.' });
    expect(await mutate('approvePushList', { id: other })).toMatchObject({ code: 'ILLEGAL_STATE', message: expect.stringContaining('recommended') });
    await recommend(other);
    await mutate('approvePushList', { id: other });
    expect(await mutate('returnPushList', { id: other, reason: '太迟' })).toMatchObject({ code: 'ILLEGAL_STATE', message: 'The list is APPROVED and cannot be returned.' });
    const empty = await push(csv(header, '万州一号,91500101MA5U00011M'));
    expect(await mutate('approvePushList', { id: empty })).toMatchObject({ code: 'ILLEGAL_STATE', message: expect.stringContaining('No row') });
    expect((await story.app.get(story.department, `/v1/push-lists/${id}`).expect(200)).body).toMatchObject({ state: 'RETURNED', returnReason: '请核对' });
  });

  it('refuses unknown lists, unknown banks, wrong ids and a missing reason by name', async () => {
    const id = await push();
    expect(await mutate('approvePushList', { id: newId() })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await mutate('approvePushList', { id: 'x' })).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(await mutate('returnPushList', { id, reason: '' })).toMatchObject({ code: 'VALIDATION_FAILED' });
    await story.approve(id);
    const answer = await story.app.graphql(story.supervisor, 'mutation ($id: ID!, $banks: [ID!]) { dispatchPushList(id: $id, channel: GREEN, bankIds: $banks) { id } }', {
      id, banks: [story.bank.organisationId, story.department.organisationId],
    });
    expect(answer.errors![0].extensions).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field: 'bankIds.1', rule: 'bank' }] });
    expect((await story.app.graphql(story.department, '{ pushList(id: "x") { id } }')).data).toEqual({ pushList: null });
    for (const role of ['department', 'bank'] as const) expect(await mutate('approvePushList', { id }, story[role])).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('shows a department its own lists and rows alone; a foreign list is answered like a random id', async () => {
    const [own, foreign] = [await push(), await push(undefined, story.otherDepartment)];
    const listed = await story.all<{ id: string; departmentId: string }>(story.department, '/v1/push-lists', 2);
    expect(listed.map((list) => list.id)).toContain(own);
    expect(new Set(listed.map((list) => list.departmentId))).toEqual(new Set([story.department.organisationId]));
    for (const path of ['', '/entries', '/rejections']) {
      const [refused, random] = await Promise.all([foreign, newId()].map(async (id) => (await story.app.get(story.department, `/v1/push-lists/${id}${path}`).expect(404)).text));
      expect(refused).toBe(random);
      await story.app.get(story.supervisor, `/v1/push-lists/${foreign}${path}`).expect(200);
      await story.app.get(story.bank, `/v1/push-lists/${own}${path}`).expect(403);
    }
    const everything = await story.all<{ id: string }>(story.supervisor, '/v1/push-lists');
    expect(everything.map((list) => list.id)).toEqual(expect.arrayContaining([own, foreign]));
    const answer = await story.app.graphql(story.department, 'query ($a: ID!, $b: ID!) { a: pushList(id: $a) { id } b: pushList(id: $b) { id } }', { a: own, b: foreign });
    expect(answer.data).toEqual({ a: { id: own }, b: null });
    expect((await story.app.graphql(story.department, 'query ($a: ID!) { pushList(id: $a) { dispatches { id } } }', { a: own })).errors![0].extensions!.code).toBe('FORBIDDEN');
  });

  it('pages through the rows in the order of the file, over REST and GraphQL, and keeps cursors to their list', async () => {
    const { text, codes } = listOf(7);
    const [id, other] = [await push(csv(text.trim(), '缺一格')), await push()];
    const entries = await story.all<{ creditCode: string; row: number }>(story.department, `/v1/push-lists/${id}/entries`, 3);
    expect(entries.map((entry) => entry.creditCode)).toEqual(codes);
    expect(entries.map((entry) => entry.row)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    const { body: first } = await story.app.get(story.department, `/v1/push-lists/${id}/entries?limit=3`).expect(200);
    for (const path of [`/v1/push-lists/${other}/entries`, `/v1/push-lists/${id}/rejections`, '/v1/push-lists']) {
      expect((await story.app.get(story.department, `${path}?cursor=${first.nextCursor}`).expect(400)).body.code).toBe('CURSOR_INVALID');
    }
    const query = `query ($id: ID!, $after: String) { pushList(id: $id) { entries(first: 4, after: $after) { edges { node { creditCode enterprise { creditCode } } }
      pageInfo { hasNextPage endCursor } } rejections { edges { node { row rule } } } } }`;
    const page = (await story.app.graphql(story.department, query, { id })).data.pushList;
    const next = (await story.app.graphql(story.department, query, { id, after: page.entries.pageInfo.endCursor })).data.pushList;
    const nodes = [...page.entries.edges, ...next.entries.edges].map((edge) => edge.node);
    expect(nodes).toEqual(codes.map((creditCode) => ({ creditCode, enterprise: { creditCode } })));
    expect(next.entries.pageInfo.hasNextPage).toBe(false);
    expect(page.rejections.edges).toEqual([{ node: { row: 9, rule: 'columnCount' } }]);
    expect((await story.app.graphql(story.department, '{ pushLists(first: 201) { edges { cursor } } }')).errors![0].extensions!.code).toBe('VALIDATION_FAILED');
    expect((await story.app.graphql(story.department, 'query ($id: ID!) { pushList(id: $id) { entries(first: 0) { edges { cursor } } } }', { id })).errors![0].extensions!.code)
      .toBe('VALIDATION_FAILED');
  });

  it('reads the rows of many lists in two statements, and filters lists by state', async () => {
    for (let count = 1; count <= 3; count += 1) await push(listOf(count).text, story.otherDepartment);
    const query = '{ pushLists(state: UNDER_REVIEW) { edges { node { acceptedCount entries(first: 2) { edges { node { row } } } } } } }';
    const { data } = await story.app.graphql(story.otherDepartment, query);
    const lists = data.pushLists.edges.map(({ node }: { node: { acceptedCount: number; entries: { edges: unknown[] } } }) => node);
    for (const list of lists) expect(list.entries.edges).toHaveLength(Math.min(2, list.acceptedCount));
    expect(lists.length).toBeGreaterThanOrEqual(3);
    const { body: page } = await story.app.get(story.department, '/v1/push-lists?state=UNDER_REVIEW&limit=1').expect(200);
    expect(page.items[0].state).toBe('UNDER_REVIEW');
    expect((await story.app.get(story.department, `/v1/push-lists?state=APPROVED&limit=1&cursor=${page.nextCursor}`).expect(400)).body.code).toBe('CURSOR_INVALID');
    expect((await story.app.get(story.department, '/v1/push-lists?state=LOST').expect(400)).body.errors[0]).toMatchObject({ field: 'state' });
  });

  it('records who did what, without personal data', async () => {
    const id = await push(csv(`${header},联系人`, `万州审计公司,${newCreditCode()},赵六`));
    await story.approve(id);
    const trail = await story.app.database.query('select role, org_id, action from enterprise_lists.audit where resource_id = $1 order by id', [id]);
    expect(trail).toEqual([
      { role: 'department', org_id: story.department.organisationId, action: 'push-list.submit' },
      ...['assert', 'recommend', 'approve'].map((step) => ({ role: 'supervisor', org_id: story.supervisor.organisationId, action: `push-list.${step}` })),
    ]);
  });
});

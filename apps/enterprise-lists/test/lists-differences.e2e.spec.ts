import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import { csv, newCreditCode, Story } from './support.js';

interface Change { kind: string; creditCode: string; fields: { field: string; old: string | null; new: string | null }[] }

describe('revisions of a list', () => {
  let story: Story;
  beforeAll(async () => { story = await Story.begin(); });
  afterAll(() => story.app.close());

  const head = '企业名称,统一社会信用代码,从业人员,需求金额,发展前景好';
  const push = async (title: string, rows: string[], { as = story.department, period = '2026-Q4' } = {}): Promise<{ id: string; revision: number }> => {
    const path = `/v1/push-lists?title=${encodeURIComponent(title)}&period=${period}`;
    return (await story.app.post(as, path).set('content-type', 'text/csv').send(csv(head, ...rows)).expect(201)).body;
  };
  const difference = (id: string, query = '', as = story.department) => story.app.get(as, `/v1/push-lists/${id}/difference${query}`);
  const codes = Array.from({ length: 4 }, newCreditCode).sort((a, b) => (enterpriseIdOf(a) < enterpriseIdOf(b) ? -1 : 1));
  const row = (at: number, rest = '12,50,是', name = `万州第${at}公司`): string => `${name},${codes[at]},${rest}`;

  it('are numbered within their series: department, title and period; those before stay as they are', async () => {
    const [first, second] = [await push('季度名单', [row(0)]), await push('季度名单', [row(0), row(1)])];
    const [elsewhere, later] = [await push('季度名单', [row(0)], { as: story.otherDepartment }), await push('季度名单', [row(0), row(2)], { period: '2027-Q1' })];
    expect([first, second, elsewhere, later].map(({ revision }) => revision)).toEqual([1, 2, 1, 1]);
    expect((await story.all<{ id: string }>(story.department, `/v1/push-lists?seriesOf=${first.id}`, 1)).map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(await story.all(story.otherDepartment, `/v1/push-lists?seriesOf=${first.id}`)).toEqual([]);
    expect((await story.all<{ id: string }>(story.supervisor, `/v1/push-lists?period=2027-Q1&departmentId=${story.department.organisationId}`)).map(({ id }) => id)).toEqual([later.id]);
    const { data } = await story.app.graphql(story.supervisor, 'query ($id: ID!) { pushLists(seriesOf: $id) { edges { node { revision acceptedCount } } } }', { id: second.id });
    expect(data.pushLists.edges.map(({ node }: { node: object }) => node))
      .toEqual([{ revision: 2, acceptedCount: 2 }, { revision: 1, acceptedCount: 1 }]);
  });

  it('differ in what is new, what changed, field by field, and what is withdrawn', async () => {
    await push('差异名单', [row(0), row(1), row(2)]);
    const { id } = await push('差异名单', [row(0), row(1, '15,,否'), row(3)]);
    const { body } = await difference(id).expect(200);
    expect(body).toMatchObject({ newCount: 1, changedCount: 1, unchangedCount: 1, withdrawnCount: 1, nextCursor: null });
    const changes = body.items as Change[];
    expect(changes.map(({ kind, creditCode }) => [kind, creditCode])).toEqual([['CHANGED', codes[1]], ['WITHDRAWN', codes[2]], ['NEW', codes[3]]]);
    expect(changes[0].fields).toEqual([
      { field: 'employees', old: '12', new: '15' }, { field: 'goodProspects', old: 'true', new: 'false' }, { field: 'demandAmount', old: '500000', new: null },
    ]);
    expect(changes[1].fields).toEqual([]);
    expect((await story.all<Change>(story.department, `/v1/push-lists/${id}/difference`, 1)).map(({ creditCode }) => creditCode)).toEqual(codes.slice(1));
    const graph = await story.app.graphql(story.supervisor, `query ($id: ID!) { pushList(id: $id) { difference(first: 1) {
      withdrawnCount changes { edges { node { kind name fields { field } } } pageInfo { hasNextPage } } } } }`, { id });
    expect(graph.data.pushList.difference).toEqual({
      withdrawnCount: 1, changes: { edges: [{ node: { kind: 'CHANGED', name: '万州第1公司', fields: [{ field: 'employees' }, { field: 'goodProspects' }, { field: 'demandAmount' }] } }], pageInfo: { hasNextPage: true } },
    });
  });

  it('are compared with any older list of the department, or one period with another', async () => {
    const [old, fresh] = [await push('旧名单', [row(0), row(1)], { period: '2025-Q1' }), await push('新名单', [row(1), row(2)], { period: '2025-Q2' })];
    await push('另一名单', [row(3)], { period: '2025-Q2' });
    const counts = async (query: string): Promise<number[]> => {
      const { newCount, changedCount, unchangedCount, withdrawnCount } = (await difference(fresh.id, query).expect(200)).body;
      return [newCount, changedCount, unchangedCount, withdrawnCount];
    };
    expect(await counts(`?since=${old.id}`)).toEqual([1, 0, 1, 1]);
    expect(await counts('?sincePeriod=2025-Q1')).toEqual([2, 0, 1, 1]);
    expect(await counts('?sincePeriod=2020')).toEqual([3, 0, 0, 0]);
    expect(await counts('')).toEqual([2, 0, 0, 0]);
    // The same list a period later is compared with the one before of itself.
    const next = await push('新名单', [row(1)], { period: '2025-Q3' });
    expect((await difference(next.id).expect(200)).body).toMatchObject({ unchangedCount: 1, withdrawnCount: 1 });
  });

  it('count a withdrawn row as withdrawn', async () => {
    const old = await push('撤回名单', [row(0), row(1)]);
    const { id } = await push('撤回名单', [row(0), row(1)].map((line) => line.replace('12,', '13,')));
    const [entry] = await story.all<{ id: string }>(story.department, `/v1/push-lists/${id}/entries`);
    await story.app.post(story.department, `/v1/push-lists/${id}/withdrawal`, { reason: '企业已注销', entryIds: [entry.id] }).expect(201);
    expect((await difference(id, `?since=${old.id}`).expect(200)).body).toMatchObject({ changedCount: 1, withdrawnCount: 1, newCount: 0 });
  });

  it('are compared for nobody who may not see both', async () => {
    const [own, foreign] = [await push('甲名单', [row(0)]), await push('乙名单', [row(0)], { as: story.otherDepartment })];
    const [refused, random] = await Promise.all([foreign.id, newId()].map(async (id) => (await difference(id).expect(404)).text));
    expect(refused).toBe(random);
    await difference(own.id, `?since=${foreign.id}`).expect(404);
    await difference(own.id, `?since=${foreign.id}`, story.supervisor).expect(404); // of two departments
    await difference(own.id, '', story.bank).expect(403);
    await difference(own.id, `?since=${own.id}&sincePeriod=2025-Q1`).expect(400);
    const { nextCursor } = (await difference((await push('甲名单', [row(0), row(1), row(2)])).id, '?limit=1').expect(200)).body;
    expect((await difference(own.id, `?cursor=${nextCursor}`).expect(400)).body.code).toBe('CURSOR_INVALID');
  });
});

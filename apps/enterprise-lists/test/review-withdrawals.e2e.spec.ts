import { newId } from '@finharbor/contracts/ids';
import { listOf, recommendable, Story } from './support.js';
import { Review } from './review.support.js';

describe('what a department pushed', () => {
  let story: Story;
  let review: Review;
  beforeAll(async () => {
    story = await Story.begin();
    review = new Review(story);
  });
  afterAll(() => story.app.close());

  const withdraw = (id: string, body: object, as = story.department) => story.app.post(as, `/v1/push-lists/${id}/withdrawal`, body);

  /** The events about a list, in the order in which they were published. */
  interface Told { entryIds: string[]; reason: string }
  const told = async (id: string): Promise<Told[]> => (await story.app.database.query<{ payload: Told }>(
    `select payload from (
       select payload, id::text as at from enterprise_lists.outbox where name = 'list-entries.withdrawn' union all
       select event -> 'p', d.id::text from enterprise_lists.delivery d, jsonb_array_elements(body::jsonb) event where event ->> 'n' = 'list-entries.withdrawn') told
     where payload ->> 'pushListId' = $1 order by at`, [id])).map(({ payload }) => payload);

  it('is withdrawn row by row at any time, says why, and is told wherever banks may hold it', async () => {
    const id = await review.push(recommendable(4).text);
    const rows = await review.rows(id);
    expect((await withdraw(id, { reason: '填报有误', entryIds: [rows[0].id] }).expect(201)).body).toEqual({ pushListId: id, entryCount: 1, isDryRun: false });
    expect(await told(id)).toEqual([]); // no bank can have heard of it
    await review.recommend(id);
    await review.mutate('approvePushList', { id }, 'state');
    await story.dispatch(id, [story.bank]);
    await withdraw(id, { reason: '不再需要贷款', source: 'ENTERPRISE', entryIds: [rows[2].id] }).expect(201);
    await story.app.settle();
    expect(await told(id)).toEqual([{ pushListId: id, entryIds: [rows[2].id], reason: '应企业要求：不再需要贷款' }]);
    expect((await review.rows(id)).map(({ state, stateReason }) => [state, stateReason])).toEqual([
      ['WITHDRAWN', '填报有误'], ['DISPATCHED', null], ['WITHDRAWN', '应企业要求：不再需要贷款'], ['DISPATCHED', null],
    ]);
    expect((await story.app.get(story.department, `/v1/push-lists/${id}`).expect(200)).body).toMatchObject({ state: 'DISPATCHED', recommendedCount: 2 });
    expect((await withdraw(id, { reason: '重复', entryIds: [rows[2].id] }).expect(201)).body.entryCount).toBe(0);
  });

  it('is withdrawn whole, and then neither reviewed nor dispatched', async () => {
    const id = await review.push(recommendable(2).text);
    await review.recommend(id);
    expect((await review.mutate('withdrawPushList', { id, reason: '部门来函撤回' }, 'entryCount')).data).toEqual({ entryCount: 2 });
    expect((await story.app.get(story.department, `/v1/push-lists/${id}`).expect(200)).body).toMatchObject({ state: 'WITHDRAWN', withdrawalReason: '部门来函撤回', recommendedCount: 0 });
    expect((await told(id))[0].entryIds).toHaveLength(2);
    await withdraw(id, { reason: '再次撤回' }).expect(409);
    for (const [name, more] of [['approvePushList', {}], ['returnPushList', { reason: '请核对' }]] as const) {
      expect((await review.mutate(name, { id, ...more }, 'state')).code).toBe('ILLEGAL_STATE');
    }
    const { errors } = await story.app.graphql(story.supervisor, 'mutation ($id: ID!) { dispatchPushList(id: $id, channel: INCLUSIVE) { state } }', { id });
    expect(errors![0].extensions!.code).toBe('ILLEGAL_STATE');
  });

  it('is told 500 rows at a time', async () => {
    const id = await review.push(recommendable(501).text);
    await review.recommend(id);
    await withdraw(id, { reason: '名单有误' }).expect(201);
    expect((await told(id)).map(({ entryIds }) => entryIds.length).sort((a, b) => b - a)).toEqual([500, 1]);
  });

  it('is withdrawn by nobody else', async () => {
    const [id, other] = [await review.push(listOf(1).text), await review.push(listOf(1).text)];
    const [foreign] = await review.rows(other);
    const [refused, random] = await Promise.all([id, newId()].map(async (one) => (await withdraw(one, { reason: '有误' }, story.otherDepartment).expect(404)).text));
    expect(refused).toBe(random);
    await withdraw(id, { reason: '有误' }, story.bank).expect(403);
    expect((await withdraw(id, { reason: '有误', entryIds: [foreign.id] }).expect(404)).body.errors).toMatchObject([{ field: 'entryIds.0', rule: 'unknown' }]);
    await withdraw(id, { reason: '' }).expect(400);
    expect((await review.mutate('withdrawPushList', { id, reason: '有误' }, 'entryCount', story.department)).code).toBe('FORBIDDEN');
    expect(await review.states(id)).toEqual(['PENDING']);
  });

  describe('and was rejected', () => {
    const anew = (entryId: string, measure: string | null = '欠款已结清，征信已更新'): Promise<void> =>
      story.app.deliver('cultivation.re-recommended', { cultivationId: newId(), enterpriseId: newId(), entryId, measure });
    const dispatched = async (): Promise<{ id: string; entryId: string }> => {
      const id = await review.push(recommendable(1).text);
      await review.recommend(id);
      await review.mutate('approvePushList', { id }, 'state');
      await story.dispatch(id, [story.bank]);
      return { id, entryId: (await review.rows(id))[0].id };
    };

    it('comes back recommended, its credit vouched for by the measure and the rest carried', async () => {
      const { id, entryId } = await dispatched();
      await story.app.database.query(`update enterprise_lists.list_entries set state = 'CULTIVATING' where id = $1`, [entryId]);
      await anew(entryId);
      expect(await review.rows(id)).toMatchObject([{ state: 'RE_RECOMMENDED', stateReason: null }]);
      const { items } = (await story.app.get(story.department, `/v1/list-entries/${entryId}/assertions`).expect(200)).body as { items: Record<string, unknown>[] };
      const entered = items.filter(({ isEntered }) => isEntered).map(({ criterion, evidence, author }) => [criterion, evidence, author]);
      expect(entered).toEqual(['SOUND_CREDIT', 'GOOD_CREDIT_STANDING'].map((criterion) => [criterion, '培育措施：欠款已结清，征信已更新', '融资培育台账']));
    });

    it('comes back to a list that was closed, which is open for it again', async () => {
      const { id, entryId } = await dispatched();
      await review.mutate('closePushList', { id }, 'state');
      await anew(entryId);
      const { body } = await story.app.get(story.department, `/v1/push-lists/${id}`).expect(200);
      expect([body.state, await review.states(id)]).toEqual(['DISPATCHED', ['RE_RECOMMENDED']]);
      await story.dispatch(id, [story.otherBank]);
      expect(await review.states(id)).toEqual(['DISPATCHED']);
    });

    it('stays where it is when it was withdrawn, lacks something by now, or never went anywhere', async () => {
      const [withdrawn, outside, doubtful] = [await dispatched(), await dispatched(), await dispatched()];
      const pending = await review.push(recommendable(1).text);
      await withdraw(withdrawn.id, { reason: '企业已注销' }).expect(201);
      await story.app.database.query(
        `update enterprise_lists.enterprises m set outside_reason = 'LARGE' from enterprise_lists.list_entries e where e.id = $1 and m.id = e.enterprise_id`, [outside.entryId]);
      await story.app.database.query(`update enterprise_lists.list_entries set state = 'CULTIVATING' where id = $1`, [doubtful.entryId]);
      await review.assert(doubtful.id, [{ criteria: ['LAWFUL_OPERATION'], met: false, evidence: '已列入经营异常名录' }]);
      for (const { entryId } of [withdrawn, outside, doubtful]) await anew(entryId);
      await anew((await review.rows(pending))[0].id);
      const found = await Promise.all([withdrawn.id, outside.id, doubtful.id, pending].map((id) => review.states(id)));
      expect(found).toEqual([['WITHDRAWN'], ['DISPATCHED'], ['CULTIVATING'], ['PENDING']]);
      expect(await review.rows(doubtful.id)).toMatchObject([{ stateReason: '培育已完成，推荐条件尚有缺项' }]);
    });
  });
});

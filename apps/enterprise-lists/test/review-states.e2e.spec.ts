import { newId } from '@finharbor/contracts/ids';
import fc from 'fast-check';
import { recommendable, Story } from './support.js';
import { Review } from './review.support.js';

/** How far a row may go from each state (domain.md 2.14). */
const successors: Record<string, string[]> = {
  PENDING: ['RECOMMENDED', 'NOT_RECOMMENDED', 'WITHDRAWN'],
  NOT_RECOMMENDED: ['RECOMMENDED', 'WITHDRAWN'],
  RECOMMENDED: ['DISPATCHED', 'NOT_RECOMMENDED', 'WITHDRAWN'],
  DISPATCHED: ['CULTIVATING', 'RE_RECOMMENDED', 'WITHDRAWN'],
  CULTIVATING: ['RE_RECOMMENDED', 'WITHDRAWN'],
  RE_RECOMMENDED: ['DISPATCHED', 'WITHDRAWN'],
  WITHDRAWN: [],
};
const states = Object.keys(successors);
/** A way to each state. */
const ways: Record<string, string[]> = {
  PENDING: [], NOT_RECOMMENDED: ['NOT_RECOMMENDED'], RECOMMENDED: ['RECOMMENDED'], DISPATCHED: ['RECOMMENDED', 'DISPATCHED'],
  CULTIVATING: ['RECOMMENDED', 'DISPATCHED', 'CULTIVATING'], RE_RECOMMENDED: ['RECOMMENDED', 'DISPATCHED', 'RE_RECOMMENDED'], WITHDRAWN: ['WITHDRAWN'],
};

describe('a row of a list', () => {
  let story: Story;
  let review: Review;
  beforeAll(async () => {
    story = await Story.begin();
    review = new Review(story);
  });
  afterAll(() => story.app.close());

  it('goes no way but those of its state machine, whatever statement moves it', async () => {
    const id = await review.push(recommendable(1).text);
    const [{ id: entryId }] = await review.rows(id);
    const { database } = story.app;
    const move = (to: string): Promise<unknown> => database.query('update enterprise_lists.list_entries set state = $2 where id = $1', [entryId, to]);
    for (const from of states) {
      for (const to of states.filter((one) => one !== from)) {
        await database.query('begin');
        for (const step of ways[from]) await move(step);
        const moved = await move(to).then(() => true, () => false);
        await database.query('rollback');
        expect([from, to, moved]).toEqual([from, to, successors[from].includes(to)]);
      }
    }
  });

  /** What people and banks do, as often and in whatever order they like. */
  const steps = {
    recommend: (id: string, row: string) => review.mutate('recommendListEntries', { id, entryIds: [row] }, 'pushListId'),
    return: (id: string, row: string) => review.mutate('returnListEntries', { id, entryIds: [row], reason: '请核对' }, 'pushListId'),
    approve: (id: string) => review.mutate('approvePushList', { id }, 'state'),
    returnAll: (id: string) => review.mutate('returnPushList', { id, reason: '请核对' }, 'state'),
    dispatch: (id: string) => story.app.graphql(story.supervisor, 'mutation ($id: ID!) { dispatchPushList(id: $id, channel: INCLUSIVE) { state } }', { id }),
    cultivate: (_: string, row: string) => story.app.database.query(
      `update enterprise_lists.list_entries set state = 'CULTIVATING' where id = $1 and state = 'DISPATCHED'`, [row]),
    recommendAnew: (_: string, row: string) => story.app.deliver('cultivation.re-recommended', { cultivationId: newId(), enterpriseId: newId(), entryId: row, measure: '已结清欠款' }),
    withdraw: (id: string, row: string) => story.app.post(story.department, `/v1/push-lists/${id}/withdrawal`, { reason: '企业已注销', entryIds: [row] }),
    withdrawAll: (id: string) => story.app.post(story.department, `/v1/push-lists/${id}/withdrawal`, { reason: '名单有误' }),
    close: (id: string) => review.mutate('closePushList', { id }, 'state'),
  };

  it('whatever is done to lists, in whatever order, takes legal steps alone, and counts what is recommended', async () => {
    const step = fc.tuple(
      fc.constantFrom(...Object.keys(steps) as (keyof typeof steps)[], 'recommend' as const, 'approve' as const, 'dispatch' as const), fc.nat({ max: 2 }));
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (taken) => {
      const id = await review.push(recommendable(3).text);
      const rows = await review.rows(id);
      let before = rows.map(({ state }) => state);
      for (const [name, index] of taken) {
        await steps[name](id, rows[index].id);
        const after = await review.states(id);
        const moves = after.map((state, at) => [before[at], state]).filter(([was, is]) => was !== is);
        expect(moves.filter(([was, is]) => !successors[was].includes(is))).toEqual([]);
        const { body } = await story.app.get(story.department, `/v1/push-lists/${id}`).expect(200);
        const recommended = after.filter((state) => !['PENDING', 'NOT_RECOMMENDED', 'WITHDRAWN'].includes(state)).length;
        expect([name, body.recommendedCount]).toEqual([name, recommended]);
        before = after;
      }
      await story.app.settle();
    }), { numRuns: 12, interruptAfterTimeLimit: 20_000 });
  }, 60_000);
});

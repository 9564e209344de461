import { Due } from '@finharbor/platform/due/due';
import { until } from '@finharbor/testing/until';
import { listOf, Story } from './support.js';

/** What partners is told of lists, for departments, banks and the branch. */
describe('push lists', () => {
  let story: Story;
  beforeAll(async () => { story = await Story.begin(); });
  afterAll(() => story.app.close());

  interface Told { o: string; v: number; p: Record<string, unknown> }
  const told = async (name: string, about: string): Promise<Told[]> => (await story.app.database.query<{ event: Told }>(
    `select event from (
       select jsonb_build_object('o', org_id, 'v', aggregate_version, 'p', payload) as event, name as n from enterprise_lists.outbox union
       select event - array['i', 'n', 'a', 't'], event ->> 'n' from enterprise_lists.delivery, jsonb_array_elements(body::jsonb) event) told
     where n = $1 and event::text like '%' || $2 || '%' order by event -> 'v'`, [name, about])).map(({ event }) => event);

  it('are told when they are submitted and reviewed, and each bank once how many referrals it got', async () => {
    const { id } = (await story.upload(listOf(3).text).expect(201)).body;
    const departmentId = story.department.organisationId!;
    expect(await told('push-list.submitted', id)).toEqual([{ o: departmentId, v: 1, p: { pushListId: id, departmentId, acceptedCount: 3, rejectedCount: 0 } }]);
    await story.approve(id);
    expect(await told('push-list.reviewed', id)).toEqual([{ o: departmentId, v: 2, p: { pushListId: id, departmentId, outcome: 'APPROVED' } }]);
    await story.dispatch(id, [story.bank]);
    await story.dispatch(id, [story.bank], 'GREEN'); // the same rows through another channel are no news
    const [event, ...more] = await told('referrals.dispatched', story.bank.organisationId!);
    expect([event, more]).toMatchObject([{ v: expect.any(Number), p: { channel: 'INCLUSIVE', count: 3 } }, []]);
    const found = await story.all<{ pushListId: string }>(story.bank, `/v1/referrals?dispatchId=${String(event.p.dispatchId)}`);
    expect(found.map(({ pushListId }) => pushListId)).toEqual([id, id, id]);
    expect(await story.all(story.otherBank, `/v1/referrals?dispatchId=${String(event.p.dispatchId)}`)).toEqual([]);
    const returned = (await story.upload(listOf(1).text).expect(201)).body.id;
    await story.app.graphql(story.supervisor, 'mutation ($id: ID!) { returnPushList(id: $id, reason: "材料不全") { state } }', { id: returned });
    expect(await told('push-list.reviewed', returned)).toMatchObject([{ p: { outcome: 'RETURNED' } }]);
  });

  it('are told to be answered once for all that banks did in a while, and say neither who nor what', async () => {
    const id = await story.dispatched(listOf(2).text);
    for (const bank of [story.bank, story.otherBank]) await story.acknowledge(bank, await story.referralIds(bank, id)).expect(201);
    await story.app.settle();
    await story.app.app.get(Due).handleNext();
    expect(await told('push-list.answered', id)).toEqual([]);
    const runOut = async (count: number): Promise<Told[]> => {
      await story.app.database.query(`update enterprise_lists.due set due_at = now() where kind = 'push-list-answered' and aggregate_id = $1`, [id]);
      return until('it is told', async () => {
        const events = await told('push-list.answered', id);
        return events.length >= count && events;
      });
    };
    const departmentId = story.department.organisationId!;
    expect(await runOut(1)).toEqual([{ o: departmentId, v: 3, p: { pushListId: id, departmentId } }]);
    const [referralId] = await story.referralIds(story.bank, id);
    await story.answer(story.bank, [{ referralId, outcome: 'CLAIMED' }]).expect(201);
    await story.app.settle();
    expect((await runOut(2)).map(({ v }) => v)).toEqual([3, 4]);
  });
});

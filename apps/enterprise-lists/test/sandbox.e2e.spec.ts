import { sandboxOutcomes } from '@finharbor/contracts/sandbox';
import { Due } from '@finharbor/platform/due/due';
import { until } from '@finharbor/testing/until';
import { csv, header, listOf, newCreditCode, Story } from './support.js';

describe('the sandbox', () => {
  let story: Story;
  beforeAll(async () => { story = await Story.begin(); });
  afterAll(() => story.app.close());

  interface Row { id: string; state: string; creditCode: string | null; reasonCode: string | null; claimedCount?: number }
  const referrals = (listId: string, as = story.bank): Promise<Row[]> =>
    story.all<Row & { pushListId: string }>(as, '/v1/referrals').then((rows) => rows.filter(({ pushListId }) => pushListId === listId));
  const settled = async (what: string, done: () => Promise<boolean>): Promise<void> => {
    await until(what, async () => {
      await story.app.app.get(Due).handleNext();
      return done();
    });
    await story.app.settle();
  };

  it('answers what forces an answer, by the bank’s own steps, and leaves the rest', async () => {
    const forced = sandboxOutcomes.filter(({ reasonCode }) => reasonCode);
    const codes = [...forced.map(({ creditCode }) => creditCode), newCreditCode(), sandboxOutcomes.find(({ outcome }) => outcome === 'TIME_OUT')!.creditCode];
    const listId = await story.dispatched(csv(header, ...codes.map((code) => `万州沙盒企业${code.slice(-8)}有限公司,${code}`)));
    const answered = async (bank = story.bank): Promise<boolean> => (await referrals(listId, bank)).filter(({ state }) => state !== 'DELIVERED').length === forced.length;
    await settled('every forced answer of both banks', async () => await answered() && answered(story.otherBank));
    const states = (await referrals(listId)).map(({ state, reasonCode }) => `${state} ${reasonCode}`).sort();
    expect(states).toEqual([
      'CLAIMED null', 'DELIVERED null', 'DELIVERED null', 'NO_NEED CUSTOMER_NO_NEED', 'UNREACHABLE CUSTOMER_UNREACHABLE',
      ...forced.filter(({ outcome, reasonCode }) => outcome === 'REJECTED' && !/NO_NEED|UNREACHABLE/.test(reasonCode!)).map(({ reasonCode }) => `REJECTED ${reasonCode}`),
    ].sort());
    expect((await referrals(listId)).find(({ state }) => state === 'CLAIMED')).toMatchObject({ creditCode: forced[0].creditCode });
    const entries = await story.all<Record<string, number>>(story.supervisor, `/v1/push-lists/${listId}/entries`);
    const sum = (name: string): number => entries.reduce((total, entry) => total + entry[name], 0);
    expect([sum('acknowledgedCount'), sum('claimedCount'), sum('noNeedCount'), sum('unreachableCount'), sum('rejectedCount')]).toEqual([30, 2, 2, 2, 24]);
  });

  it('refuses what is open of a bank, and of no other, when it is reset', async () => {
    const listId = await story.dispatched(listOf(3).text);
    const [first, second] = await story.referralIds(story.bank, listId);
    await story.acknowledge(story.bank, [first, second]).expect(201);
    await story.answer(story.bank, [{ referralId: first, outcome: 'CLAIMED' }]).expect(201);
    const facts = { organisationId: story.bank.organisationId! };
    await story.app.deliver('sandbox.reset', facts, facts);
    await settled('all are refused', async () => (await referrals(listId)).every(({ state, reasonCode }) => state === 'REJECTED' && reasonCode === 'OTHER'));
    expect((await referrals(listId, story.otherBank)).map(({ state }) => state)).toEqual(['DELIVERED', 'DELIVERED', 'DELIVERED']);
    const entries = await story.all<Record<string, number>>(story.supervisor, `/v1/push-lists/${listId}/entries`);
    const counts = entries.map((entry) => [entry.acknowledgedCount, entry.claimedCount, entry.rejectedCount]);
    expect(counts).toEqual([[1, 0, 1], [1, 0, 1], [1, 0, 1]]);
  });
});

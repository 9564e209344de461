import { newId } from '@finharbor/contracts/ids';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { OnwardService } from '../src/referrals/onward.service.js';
import { dispatch, moreBanks, seedList, stored, tick, told } from './dispatch-support.js';
import { Story } from './support.js';

describe('rows that nobody answers', () => {
  let story: Story;
  let fitting: Caller;
  beforeAll(async () => {
    story = await Story.begin();
    [fitting] = await moreBanks(story, 1);
    const productId = newId();
    const payload = { productId, bankId: fitting.organisationId!, name: '示例贷', eligibility: { industryCodes: ['C'] } };
    await story.app.deliver('product.published', payload, { aggregateId: productId });
  });
  afterAll(() => story.app.close());

  const onward = async (ids: string[]): Promise<void> => {
    await story.app.app.get(Tenancy).worker((tx) => story.app.app.get(OnwardService).offerOnward(tx, ids));
    await tick(story);
  };
  /** What each round gave, as banks. */
  const rounds = async (listId: string): Promise<Record<number, string[]>> => {
    const rows = await stored(story, listId);
    const given = (round: number): string[] => rows.filter((row) => row.round === round).map(({ bankId }) => bankId).sort();
    return { 1: given(1), 2: given(2), 3: given(3) };
  };
  const open = async (listId: string): Promise<string[]> => (await stored(story, listId)).filter(({ state }) => state === 'DELIVERED').map(({ id }) => id);
  const unanswered = async (listId: string): Promise<number[]> => (await told(story, 'list-entries.unanswered'))
    .filter(({ payload }) => payload.pushListId === listId).map(({ payload }) => payload.count);
  const id = ({ organisationId }: Caller): string => organisationId!;

  it('go to all others at once where no product fits, and to the supervisor where no bank is left', async () => {
    const list = await seedList(story, [{ industryCode: 'F5191' }]);
    await dispatch(story, { id: list.id, channel: 'INCLUSIVE', bankIds: [id(story.bank)] });
    await onward(await open(list.id));
    expect((await rounds(list.id))[2]).toEqual([id(story.otherBank), id(fitting)].sort());
    await onward(await open(list.id));
    expect([(await rounds(list.id))[3], await unanswered(list.id)]).toEqual([[], [1]]);
  });

  it('wait while another bank holds them, and stay where one claims them or finds no need', async () => {
    const list = await seedList(story, [{}, {}, {}]);
    await dispatch(story, { id: list.id, channel: 'INCLUSIVE', bankIds: [id(story.bank), id(story.otherBank)] });
    const rows = await stored(story, list.id);
    const of = (bank: Caller): string[] => rows.filter(({ bankId }) => bankId === id(bank)).map((row) => row.id);
    await onward(of(story.bank));
    expect((await rounds(list.id))[2]).toEqual([]);
    const [claimed, noNeed, rejected] = of(story.otherBank);
    await story.acknowledge(story.otherBank, [claimed, noNeed, rejected]).expect(201);
    const negative = { reasonCode: 'OTHER', reasonText: '不适合' };
    await story.answer(story.otherBank, [
      { referralId: claimed, outcome: 'CLAIMED' }, { referralId: noNeed, outcome: 'NO_NEED', ...negative }, { referralId: rejected, outcome: 'REJECTED', ...negative },
    ]).expect(201);
    await story.app.settle();
    await tick(story);
    // One bank rejected it, the other said nothing: only this one is offered onward.
    expect((await stored(story, list.id)).filter(({ round }) => round === 2).map(({ entryId }) => entryId)).toEqual([list.entryIds[2]]);
  });

  it('can be answered no more by the bank that was too late, and what was answered is not taken away', async () => {
    const list = await seedList(story, [{}, {}]);
    await dispatch(story, { id: list.id, channel: 'INCLUSIVE', bankIds: [id(story.bank)] });
    const [late, answered] = (await stored(story, list.id)).map((row) => row.id);
    await story.acknowledge(story.bank, [late, answered]).expect(201);
    await story.answer(story.bank, [{ referralId: answered, outcome: 'CLAIMED' }]).expect(201);
    await onward([late, answered]);
    expect((await story.answer(story.bank, [{ referralId: late, outcome: 'CLAIMED' }]).expect(409)).body.errors[0].message).toContain('EXPIRED');
    const body = (await story.app.get(story.bank, `/v1/referrals/${late}`).expect(200)).body;
    expect([body.state, body.enterpriseId, body.expiredAt]).toEqual(['EXPIRED', null, expect.any(String)]);
    expect((await story.app.get(story.bank, `/v1/referrals/${answered}`).expect(200)).body.state).toBe('CLAIMED');
  });

  it('go to banks with a fitting product, then to all others, and after the third round to the supervisor', async () => {
    const list = await seedList(story, [{ industryCode: 'C1310' }, { industryCode: 'C1310' }]);
    await dispatch(story, { id: list.id, channel: 'INCLUSIVE', bankIds: [id(story.bank)] });
    await onward(await open(list.id));
    expect(await rounds(list.id)).toEqual({ 1: [id(story.bank), id(story.bank)], 2: [id(fitting), id(fitting)], 3: [] });
    await onward(await open(list.id));
    expect((await rounds(list.id))[3]).toEqual([id(story.otherBank), id(story.otherBank)]);
    expect(await unanswered(list.id)).toEqual([]);
    // There would be one more bank now, yet three rounds are over.
    await moreBanks(story, 1);
    await onward(await open(list.id));
    expect(await unanswered(list.id)).toEqual([2]);
    expect((await stored(story, list.id)).map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'EXPIRED'));
    await tick(story);
    expect(await unanswered(list.id)).toEqual([2]);
  });
});

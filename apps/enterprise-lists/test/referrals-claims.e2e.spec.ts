import { enterpriseIdOf } from '@finharbor/contracts/ids';
import type { Caller } from '@finharbor/security/tokens/caller';
import { dispatch, type SeededList, seedList, type SeededRow, stored, told } from './dispatch-support.js';
import { Story } from './support.js';

describe('claims and rejections', () => {
  let story: Story;
  beforeAll(async () => { story = await Story.begin(); });
  afterAll(() => story.app.close());

  const negative = { reasonCode: 'NO_QUOTA', reasonText: '额度不足' };
  const acknowledged = async (rows: SeededRow[], banks = [story.bank]): Promise<Omit<SeededList, 'id'> & { listId: string; ids: string[] }> => {
    const list = await seedList(story, rows);
    await dispatch(story, { id: list.id, channel: 'INCLUSIVE', bankIds: banks.map(({ organisationId }) => organisationId) });
    const referrals = await stored(story, list.id);
    const of = ({ organisationId }: Caller): string[] => referrals.filter(({ bankId }) => bankId === organisationId).map(({ id }) => id);
    for (const bank of banks) await story.acknowledge(bank, of(bank)).expect(201);
    await story.app.settle();
    return { listId: list.id, codes: list.codes, entryIds: list.entryIds, ids: referrals.map(({ id }) => id) };
  };
  const entryStates = async (listId: string): Promise<string[]> => (await story.app.database.query<{ state: string }>(
    'select state from enterprise_lists.list_entries where push_list_id = $1 order by id', [listId])).map(({ state }) => state);

  it('are told to the matching service, with the consent of the row or none', async () => {
    const { codes, entryIds, ids } = await acknowledged([{ amount: 2_000_000, termMonths: 12, guaranteeType: 'CREDIT', consentRef: '授权书2026-1' }, {}]);
    await story.answer(story.bank, ids.map((referralId) => ({ referralId, outcome: 'CLAIMED' }))).expect(201);
    const claims = (await told(story, 'referral.claimed')).filter(({ aggregateId }) => ids.includes(aggregateId))
      .sort((one, other) => ids.indexOf(one.aggregateId) - ids.indexOf(other.aggregateId)).map(({ payload }) => payload);
    const facts = { bankId: story.bank.organisationId, purpose: '购买设备' };
    const named = (at: number): object => ({ referralId: ids[at], entryId: entryIds[at], enterpriseId: enterpriseIdOf(codes[at]) });
    expect(claims).toEqual([
      { ...facts, ...named(0), consentId: expect.any(String), amount: '2000000', termMonths: 12, guaranteeType: 'CREDIT' },
      { ...facts, ...named(1), consentId: null, amount: null, termMonths: null, guaranteeType: null },
    ]);
    const referral = (await story.app.get(story.bank, `/v1/referrals/${ids[0]}`).expect(200)).body;
    expect(referral).toMatchObject({ consentId: claims[0].consentId, mayContact: true });
    expect(JSON.stringify([claims, referral])).not.toContain('授权书');
  });

  it('of one row by two banks rest on one consent', async () => {
    const { ids } = await acknowledged([{ consentRef: '授权书2026-2' }], [story.bank, story.otherBank]);
    const referrals = await story.app.database.query<{ id: string; org_id: string }>('select id, org_id from enterprise_lists.referrals where id = any($1)', [ids]);
    for (const bank of [story.bank, story.otherBank]) {
      const { id } = referrals.find(({ org_id }) => org_id === bank.organisationId)!;
      await story.answer(bank, [{ referralId: id, outcome: 'CLAIMED' }]).expect(201);
    }
    const claims = (await told(story, 'referral.claimed')).filter(({ aggregateId }) => ids.includes(aggregateId));
    expect(claims).toHaveLength(2);
    expect(new Set(claims.map(({ payload }) => payload.consentId)).size).toBe(1);
  });

  it('tell every negative answer with its round, and a row that every bank rejected goes to cultivation', async () => {
    const { listId, entryIds } = await acknowledged([{}, {}], [story.bank, story.otherBank]);
    const referrals = await stored(story, listId);
    const reject = async (bank: typeof story.bank, rows: typeof referrals): Promise<void> => {
      await story.answer(bank, rows.map(({ id }) => ({ referralId: id, outcome: 'REJECTED', ...negative }))).expect(201);
      await story.app.settle();
    };
    const of = (bank: typeof story.bank): typeof referrals => referrals.filter(({ bankId }) => bankId === bank.organisationId);
    await reject(story.bank, of(story.bank));
    expect(await entryStates(listId)).toEqual(['DISPATCHED', 'DISPATCHED']);
    await reject(story.otherBank, of(story.otherBank).filter(({ entryId }) => entryId === entryIds[0]));
    await story.answer(story.otherBank, of(story.otherBank).filter(({ entryId }) => entryId === entryIds[1])
      .map(({ id }) => ({ referralId: id, outcome: 'NO_NEED', ...negative }))).expect(201);
    await story.app.settle();
    expect(await entryStates(listId)).toEqual(['CULTIVATING', 'DISPATCHED']);
    const rejections = (await told(story, 'referral.rejected')).filter(({ payload }) => entryIds.includes(payload.entryId));
    expect(rejections.map(({ payload }) => [payload.bankId, payload.reasonCode, payload.round])).toEqual([
      ...[story.bank, story.bank, story.otherBank, story.otherBank].map(({ organisationId }) => [organisationId, 'NO_QUOTA', 1]),
    ]);
  });

  it('show no contact before the claim, none without a consent, and none to another bank', async () => {
    const { ids } = await acknowledged([{ consentRef: '授权书2026-3' }, {}]);
    const view = (id: string, as = story.bank): ReturnType<typeof story.app.post> => story.app.post(as, `/v1/referrals/${id}/contact-views`, { reason: '联系企业' });
    expect((await view(ids[0]).expect(409)).body.code).toBe('ILLEGAL_STATE');
    await story.answer(story.bank, ids.map((referralId) => ({ referralId, outcome: 'CLAIMED' }))).expect(201);
    expect((await view(ids[1]).expect(409)).body.code).toBe('CONSENT_MISSING');
    await view(ids[0], story.otherBank).expect(404);
    await view(ids[0], story.supervisor).expect(403);
    expect((await story.app.post(story.bank, `/v1/referrals/${ids[0]}/contact-views`, { reason: '' }).expect(400)).body.errors[0].field).toBe('reason');
    // This row states no contact.
    await view(ids[0]).expect(404);
  });
});

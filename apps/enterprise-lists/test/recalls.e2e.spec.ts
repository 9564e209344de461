import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import type { Caller } from '@finharbor/security/tokens/caller';
import { dispatch, moreBanks, type SeededList, seedList, stored, told } from './dispatch-support.js';
import { Story } from './support.js';

describe('recalls', () => {
  let story: Story;
  beforeAll(async () => { story = await Story.begin(); });
  afterAll(() => story.app.close());

  const id = ({ organisationId }: Caller): string => organisationId!;
  /** As the review withdraws rows: they are WITHDRAWN first, and then it is told. */
  const withdraw = async ({ id: pushListId }: SeededList, entryIds: string[]): Promise<void> => {
    await story.app.database.query(`update enterprise_lists.list_entries set state = 'WITHDRAWN' where id = any($1)`, [entryIds]);
    await story.app.deliver('list-entries.withdrawn', { pushListId, entryIds, reason: '企业要求撤回' });
    await story.app.settle();
  };
  const recallsOf = async (bank: Caller, listId: string): Promise<{ id: string; referralCount: number }[]> =>
    (await story.app.get(bank, `/v1/referral-recalls?pushListId=${listId}`).expect(200)).body.items;
  const ofList = async (as: Caller, listId: string): Promise<Record<string, unknown>[]> => (await story.app.get(as, `/v1/push-lists/${listId}/recalls`).expect(200)).body;

  it('withdraw a row at every bank it went to, whatever the bank did with it, and each confirms it once', async () => {
    const list = await seedList(story, [{ consentRef: '授权书2026-9' }, {}]);
    await dispatch(story, { id: list.id, channel: 'INCLUSIVE', bankIds: [id(story.bank), id(story.otherBank)] });
    const own = (await stored(story, list.id)).filter(({ bankId }) => bankId === id(story.bank));
    const claimed = own.find(({ entryId }) => entryId === list.entryIds[0])!.id;
    await story.acknowledge(story.bank, [claimed]).expect(201);
    await story.answer(story.bank, [{ referralId: claimed, outcome: 'CLAIMED' }]).expect(201);
    await story.app.settle();
    expect((await story.app.get(story.bank, `/v1/referrals/${claimed}`).expect(200)).body.creditCode).toBe(list.codes[0]);

    await withdraw(list, [list.entryIds[0]]);
    const rows = await stored(story, list.id);
    expect(rows.map(({ entryId, state }) => [list.entryIds.indexOf(entryId), state]))
      .toEqual([[0, 'RECALLED'], [0, 'RECALLED'], [1, 'DELIVERED'], [1, 'DELIVERED']]);
    const gone = (await story.app.get(story.bank, `/v1/referrals/${claimed}`).expect(200)).body;
    expect(gone).toMatchObject({ state: 'RECALLED', enterpriseId: null, creditCode: null, enterpriseName: null, demandPurpose: null, consentId: null, recalledAt: expect.any(String) });
    expect((await story.app.post(story.bank, `/v1/referrals/${claimed}/contact-views`, { reason: '联系企业' }).expect(409)).body.code).toBe('ILLEGAL_STATE');
    const graph = '{ referrals(state: RECALLED) { edges { node { enterprise { name } } } } }';
    expect((await story.app.graphql(story.bank, graph)).data.referrals.edges).toEqual([{ node: { enterprise: null } }]);
    expect(await story.app.database.query('select 1 from enterprise_lists.enterprise_access where org_id = $1 and enterprise_id = $2', [id(story.bank), enterpriseIdOf(list.codes[0])])).toEqual([]);
    expect((await story.answer(story.bank, [{ referralId: claimed, outcome: 'CLAIMED' }]).expect(409)).body.errors[0].message).toContain('RECALLED');
    const [entry] = await story.all<{ claimedCount: number }>(story.supervisor, `/v1/push-lists/${list.id}/entries`);
    expect(entry.claimedCount).toBe(0);

    const [recall] = await recallsOf(story.bank, list.id);
    expect(recall).toMatchObject({ referralCount: 1, acknowledgedAt: null, reason: '企业要求撤回' });
    expect((await story.app.get(story.bank, `/v1/referrals?recallId=${recall.id}`).expect(200)).body.items.map((row: { id: string }) => row.id)).toEqual([claimed]);
    expect((await told(story, 'referrals.recalled')).map(({ organisationId, payload }) => [organisationId, payload.count])).toEqual(expect.arrayContaining([[id(story.bank), 1], [id(story.otherBank), 1]]));
    expect((await told(story, 'referrals.recalled')).flatMap(({ payload }) => payload.claimedIds)).toEqual([claimed]);
    expect(await ofList(story.supervisor, list.id)).toMatchObject([{ entryCount: 1, bankCount: 2, acknowledgedCount: 0, fileCount: 0, receiptCount: 0, reason: '企业要求撤回' }]);

    const path = `/v1/referral-recalls/${recall.id}/acknowledgement`;
    expect((await story.app.post(story.bank, path, { referralCount: 2 }).expect(400)).body.errors[0]).toMatchObject({ field: 'referralCount', rule: 'count' });
    await story.app.post(story.otherBank, path, { referralCount: 1 }).expect(404);
    await story.app.post(story.department, path, { referralCount: 1 }).expect(403);
    const done = await story.app.post(story.bank, path, { referralCount: 1 }).expect(201);
    expect(done.body).toMatchObject({ acknowledgedAt: expect.any(String), acknowledgedBy: story.bank.clientId });
    const receipt = /\/v1\/receipts\/enterprise-lists\/([^>]+)>/.exec(done.headers.link)![1];
    expect((await story.app.get(story.bank, `/v1/receipts/enterprise-lists/${receipt}`).expect(200)).body).toMatchObject({ resource: 'referral-recall', resourceId: recall.id });
    expect((await story.app.post(story.bank, path, { referralCount: 1 }).expect(409)).body.code).toBe('ILLEGAL_STATE');
    await story.app.settle();
    expect(await ofList(story.supervisor, list.id)).toMatchObject([{ bankCount: 2, acknowledgedCount: 1 }]);
  });

  it('are counted for the department, but not one or two banks at a time', async () => {
    const banks = await moreBanks(story, 4);
    const list = await seedList(story, [{}]);
    await dispatch(story, { id: list.id, channel: 'INCLUSIVE', bankIds: banks.map(id) });
    await withdraw(list, list.entryIds);
    const counted = async (as: Caller): Promise<unknown[]> => {
      const [rest] = await ofList(as, list.id);
      const { data } = await story.app.graphql(as, 'query ($id: ID!) { pushList(id: $id) { recalls { entryCount bankCount acknowledgedCount } } }', { id: list.id });
      expect(rest).toMatchObject(data.pushList.recalls[0] as object);
      return Object.values(data.pushList.recalls[0] as object);
    };
    const acknowledge = async (some: Caller[]): Promise<void> => {
      for (const bank of some) {
        const [{ id: recallId }] = await recallsOf(bank, list.id);
        await story.app.post(bank, `/v1/referral-recalls/${recallId}/acknowledgement`, { referralCount: 1 }).expect(201);
      }
      await story.app.settle();
    };
    await acknowledge(banks.slice(0, 1));
    expect([await counted(story.department), await counted(story.supervisor)]).toEqual([[1, null, null], [1, 4, 1]]);
    await acknowledge(banks.slice(1));
    expect(await counted(story.department)).toEqual([1, 4, 4]);
    const open = await story.app.get(banks[0], '/v1/referral-recalls?acknowledged=false').expect(200);
    expect(open.body.items).toEqual([]);
    await story.app.get(story.otherDepartment, `/v1/push-lists/${list.id}/recalls`).expect(404);
    await story.app.get(story.otherDepartment, `/v1/push-lists/${newId()}/recalls`).expect(404);
  });

  it('happen once, and of nothing that no bank has', async () => {
    const list = await seedList(story, [{}, {}]);
    await dispatch(story, { id: list.id, channel: 'INCLUSIVE', bankIds: [id(story.bank)], entryIds: [list.entryIds[0]] });
    for (let times = 0; times < 2; times += 1) await withdraw(list, [list.entryIds[0]]);
    expect(await recallsOf(story.bank, list.id)).toHaveLength(1);
    await withdraw(list, [list.entryIds[1]]);
    expect(await ofList(story.supervisor, list.id)).toHaveLength(1);
  });

  it('leave a bank what it knows by another row of the enterprise, or by a demand', async () => {
    const [first, second] = [await seedList(story, [{}]), await seedList(story, [{}])];
    const enterpriseId = enterpriseIdOf(first.codes[0]);
    await story.app.database.query('update enterprise_lists.list_entries set enterprise_id = $2 where id = $1', [second.entryIds[0], enterpriseId]);
    for (const list of [first, second]) {
      await dispatch(story, { id: list.id, channel: 'INCLUSIVE', bankIds: [id(story.bank)] });
      const [{ id: referralId }] = await stored(story, list.id);
      await story.acknowledge(story.bank, [referralId]).expect(201);
      await story.answer(story.bank, [{ referralId, outcome: 'CLAIMED' }]).expect(201);
    }
    await story.app.settle();
    const access = (): Promise<unknown> => story.app.database.query('select reason from enterprise_lists.enterprise_access where org_id = $1 and enterprise_id = $2', [id(story.bank), enterpriseId]);
    await withdraw(first, first.entryIds);
    expect(await access()).toEqual([{ reason: 'CLAIMED' }]);
    await story.app.deliver('demand.accepted', { demandId: newId(), bankId: id(story.bank), enterpriseId, consentId: newId() });
    await withdraw(second, second.entryIds);
    expect(await access()).toEqual([{ reason: 'DEMAND_ACCEPTED' }]);
  });
});

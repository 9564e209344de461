import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { Consumer } from '@finharbor/platform/delivery/consumer';
import type { Caller } from '@finharbor/security/tokens/caller';
import { callerOf } from '@finharbor/testing/callers';
import { csv, header, listOf, newCreditCode, Story } from './support.js';

interface ReferralRow {
  id: string;
  pushListId: string;
  state: string;
  bankId: string;
  [field: string]: unknown;
}

describe('referrals', () => {
  let story: Story;
  beforeAll(async () => { story = await Story.begin(); });
  afterAll(() => story.app.close());

  const referral = async (bank: Caller, id: string): Promise<ReferralRow> => (await story.app.get(bank, `/v1/referrals/${id}`).expect(200)).body;
  const negative = { reasonCode: 'OUT_OF_AREA', reasonText: '不在服务区域' };

  /** A dispatched list of one enterprise with everything stated, and the bank's referral. */
  async function oneReferral(banks = [story.bank]): Promise<{ code: string; listId: string; id: string }> {
    const code = newCreditCode();
    const listId = await story.dispatched(csv(
      `${header},地区,行业代码,注册日期,注册资金,发展前景好,需求金额,需求期限,资金用途,担保方式,联系人,联系电话`,
      `万州保密公司,${code},万州,C1310,2009-04-28,600万,是,200,12,万州保密公司购买设备,信用,张三丰,13800138000`,
    ), banks);
    const [id] = await story.referralIds(banks[0], listId);
    return { code, listId, id };
  }

  it('go from delivery to an answer, and supervisors read what became of the rows', async () => {
    const { text } = listOf(3);
    const listId = await story.dispatched(text);
    for (const bank of [story.bank, story.otherBank]) {
      const ids = await story.referralIds(bank, listId);
      expect(ids).toHaveLength(3);
      expect((await story.acknowledge(bank, ids).expect(201)).body).toEqual({ count: 3 });
    }
    await story.app.settle();
    const acknowledged = await story.all(story.supervisor, `/v1/push-lists/${listId}/entries`);
    expect(acknowledged.map((entry) => [entry.acknowledgedCount, entry.claimedCount])).toEqual([[2, 0], [2, 0], [2, 0]]);
    const [first, second, third] = await story.referralIds(story.bank, listId);
    await story.answer(story.bank, [
      { referralId: first, outcome: 'CLAIMED' }, { referralId: second, outcome: 'NO_NEED', ...negative }, { referralId: third, outcome: 'REJECTED', ...negative },
    ]).expect(201);
    await story.answer(story.bank, [{ referralId: first, outcome: 'UNREACHABLE', ...negative }]).expect(201);
    await story.answer(story.otherBank, (await story.referralIds(story.otherBank, listId)).map((referralId) => ({ referralId, outcome: 'CLAIMED' }))).expect(201);
    expect(await referral(story.bank, first)).toMatchObject({ state: 'UNREACHABLE', reasonCode: 'OUT_OF_AREA', reasonText: '不在服务区域', enterpriseName: expect.any(String) });
    await story.app.settle();
    const entries = await story.all(story.supervisor, `/v1/push-lists/${listId}/entries`);
    expect(entries.map((entry) => entry.acknowledgedCount)).toEqual([2, 2, 2]);
    expect(entries.map((entry) => entry.claimedCount)).toEqual([1, 1, 1]);
    const sum = (name: string): number => entries.reduce((total, entry) => total + Number(entry[name]), 0);
    expect([sum('noNeedCount'), sum('unreachableCount'), sum('rejectedCount')]).toEqual([1, 1, 1]);
    const { data } = await story.app.graphql(story.supervisor, `query ($id: ID!) { pushList(id: $id) { dispatches {
      bank { id } referralCount acknowledgedCount answeredCount claimedCount } } }`, { id: listId });
    expect(data.pushList.dispatches).toContainEqual({
      bank: { id: story.bank.organisationId }, referralCount: 3, acknowledgedCount: 3, answeredCount: 3, claimedCount: 0,
    });
    const other = { bank: { id: story.otherBank.organisationId }, claimedCount: 3 };
    expect(data.pushList.dispatches).toContainEqual(expect.objectContaining(other));
  });

  it('are counted for the department, but not one or two banks at a time', async () => {
    const banks = [story.bank, story.otherBank, callerOf('bank'), callerOf('bank')];
    for (const { organisationId } of banks.slice(2)) {
      await story.app.deliver('organisation.registered', { organisationId: organisationId!, kind: OrganisationKind.BANK, name: '丙银行' });
    }
    const few = await story.dispatched(listOf(1).text, banks.slice(0, 2));
    const listId = await story.dispatched(listOf(1).text, banks);
    const told = async (as: Caller, id = listId): Promise<unknown> => {
      const [entry] = await story.all(as, `/v1/push-lists/${id}/entries`);
      const { data } = await story.app.graphql(as, `query ($id: ID!) { pushList(id: $id) { bankCount entries { edges { node {
        acknowledgedCount claimedCount noNeedCount unreachableCount rejectedCount approvedCount declinedCount } } } } }`, { id });
      const { body: { bankCount } } = await story.app.get(as, `/v1/push-lists/${id}`).expect(200);
      const listed = (await story.all(as, '/v1/push-lists')).find((list) => list.id === id)!;
      const [{ node }] = data.pushList.entries.edges;
      expect(entry).toMatchObject(node as object);
      expect([listed.bankCount, data.pushList.bankCount]).toEqual([bankCount, bankCount]);
      return [bankCount, ...Object.values(node as object)];
    };
    expect(await told(story.department, few)).toEqual([null, 0, 0, 0, 0, 0, 0, 0]);
    expect(await told(story.supervisor, few)).toEqual([2, 0, 0, 0, 0, 0, 0, 0]);
    const referrals = await Promise.all(banks.map(async (bank) => ({ bank, ids: await story.referralIds(bank, listId) })));
    const move = async (from: number, to: number, outcome?: object): Promise<void> => {
      for (const { bank, ids } of referrals.slice(from, to)) {
        await (outcome ? story.answer(bank, [{ referralId: ids[0], ...outcome }]) : story.acknowledge(bank, ids)).expect(201);
      }
      await story.app.settle();
    };
    await move(0, 2);
    expect([await told(story.department), await told(story.supervisor)]).toEqual([[4, null, 0, 0, 0, 0, 0, 0], [4, 2, 0, 0, 0, 0, 0, 0]]);
    await move(2, 4);
    expect(await told(story.department)).toEqual([4, 4, 0, 0, 0, 0, 0, 0]);
    await move(0, 3, { outcome: 'NO_NEED', ...negative });
    expect(await told(story.department)).toEqual([4, 4, 0, 3, 0, 0, 0, 0]);
    // 4 acknowledged - 3 without need: the one that claims could be found from the others, so that those are withheld too.
    await move(3, 4, { outcome: 'CLAIMED' });
    const [{ enterpriseId }] = await story.all<{ enterpriseId: string }>(story.department, `/v1/push-lists/${listId}/entries`);
    const decided = { demandId: newId(), bankId: story.bank.organisationId!, harborId: newId(), enterpriseId };
    await story.app.deliver('demand.decided', { ...decided, outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA' as never });
    expect([await told(story.department), await told(story.supervisor), await told(callerOf('dashboard'))])
      .toEqual([[4, null, null, null, 0, 0, null, 0], [4, 4, 1, 3, 0, 0, 1, 0], [4, 4, 1, 3, 0, 0, 1, 0]]);
  });

  it('name nobody before the claim, in REST and in the graph, and tell everything but the contact after it', async () => {
    const { code, id } = await oneReferral();
    const entities = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Enterprise { id name creditCode } } }';
    const guessed = { r: [{ __typename: 'Enterprise', id: enterpriseIdOf(code) }, { __typename: 'Enterprise', id: newId() }, { __typename: 'Enterprise', id: 'x' }] };
    const graph = '{ referrals(first: 1) { edges { node { id enterpriseId creditCode enterpriseName demandPurpose enterprise { name creditCode } bank { id } } } } }';
    const before = await referral(story.bank, id);
    expect(before).toMatchObject({
      regionCode: '500101', industryCode: 'C1310', sizeClass: 'UNKNOWN', establishedYear: 2009, capitalBand: 'FROM_5M_TO_10M', goodProspects: true,
      strongDemand: null, demandAmount: '2000000', demandTermMonths: 12, guaranteeType: 'CREDIT', enterpriseId: null, creditCode: null, enterpriseName: null, demandPurpose: null,
    });
    expect(JSON.stringify(before)).not.toMatch(new RegExp(`保密|${code}|${enterpriseIdOf(code)}`));
    expect((await story.app.graphql(story.bank, graph)).data.referrals.edges[0].node).toEqual({
      id, enterpriseId: null, creditCode: null, enterpriseName: null, demandPurpose: null, enterprise: null,
      bank: { id: story.bank.organisationId },
    });
    expect((await story.app.graphql(story.bank, entities, guessed)).data._entities).toEqual([null, null, null]);

    await story.acknowledge(story.bank, [id]).expect(201);
    expect((await referral(story.bank, id)).enterpriseId).toBeNull();
    await story.answer(story.bank, [{ referralId: id, outcome: 'CLAIMED' }]).expect(201);
    const known = { enterpriseId: enterpriseIdOf(code), creditCode: code, enterpriseName: '万州保密公司', demandPurpose: '万州保密公司购买设备' };
    expect(await referral(story.bank, id)).toMatchObject(known);
    expect((await story.app.graphql(story.bank, graph)).data.referrals.edges[0].node).toMatchObject({ ...known, enterprise: { name: '万州保密公司', creditCode: code } });
    expect((await story.app.graphql(story.bank, entities, guessed)).data._entities).toEqual([expect.objectContaining({ name: '万州保密公司' }), null, null]);
    expect((await story.app.graphql(story.otherBank, entities, guessed)).data._entities).toEqual([null, null, null]);
    const contact = '{ referrals { edges { node { enterprise { contactPhone } } } } }';
    expect((await story.app.graphql(story.bank, contact)).errors![0].extensions!.code).toBe('FORBIDDEN');
    expect((await story.app.get(story.supervisor, `/v1/referrals/${id}`).expect(200)).body).toMatchObject(known);
  });

  it('show the contact in the clear to the bank that claims them, under the consent that the list names, and keep why', async () => {
    const code = newCreditCode();
    const listId = await story.dispatched(csv(`${header},联系人,联系电话,授权书编号`, `万州授权公司,${code},张三丰,13800138000,授权书2026-1`), [story.bank]);
    const [id] = await story.referralIds(story.bank, listId);
    const view = (): ReturnType<typeof story.app.post> => story.app.post(story.bank, `/v1/referrals/${id}/contact-views`, { reason: '联系企业核实' });
    expect((await referral(story.bank, id)).mayContact).toBe(true);
    await view().expect(409);
    await story.acknowledge(story.bank, [id]).expect(201);
    await story.answer(story.bank, [{ referralId: id, outcome: 'CLAIMED' }]).expect(201);
    expect((await view().expect(201)).body).toEqual({ name: '张三丰', phone: '13800138000' });
    const { consentId } = await referral(story.bank, id);
    expect(await story.app.database.query(`select org_id, detail from enterprise_lists.audit where action = 'referral.contact-view' and resource_id = $1`, [id]))
      .toEqual([{ org_id: story.bank.organisationId, detail: { reason: '联系企业核实', consentId } }]);
    await story.answer(story.bank, [{ referralId: id, outcome: 'NO_NEED', ...negative }]).expect(201);
    await view().expect(409);
  });

  it('reach each bank once, whatever is sent or told again', async () => {
    const { text } = listOf(5);
    const listId = await story.dispatched(text, [story.bank]);
    await story.dispatch(listId, [story.bank], 'GREEN');
    await story.dispatch(listId, [story.bank, story.otherBank]);
    const dispatches = await story.app.database.query<{ id: string; org_id: string; channel: 'GREEN' | 'INCLUSIVE' }>(
      'select id, org_id, channel from enterprise_lists.dispatches where push_list_id = $1', [listId]);
    expect(dispatches).toHaveLength(3);
    const event = (eventId: string): string => JSON.stringify([{
      i: eventId, n: 'push-list.dispatched', o: dispatches[0].org_id, a: dispatches[0].id, v: 1,
      p: { dispatchId: dispatches[0].id, pushListId: listId, bankId: dispatches[0].org_id, channel: dispatches[0].channel },
    }]);
    const again = newId();
    for (const eventId of [again, again, newId()]) {
      await story.app.app.get(Consumer).receive({ id: `${newId()}-1`, name: 'enterprise-lists', data: event(eventId), attemptsMade: 0 });
    }
    expect(await story.referralIds(story.bank, listId)).toHaveLength(5);
    expect(await story.referralIds(story.otherBank, listId)).toHaveLength(5);
  });

  it('are each bank’s own: the other can neither read, page, acknowledge nor answer them', async () => {
    const { id, listId } = await oneReferral();
    expect(await story.referralIds(story.otherBank, listId)).toEqual([]);
    const [foreign, random] = await Promise.all([id, newId()].map(async (one) => (await story.app.get(story.otherBank, `/v1/referrals/${one}`).expect(404)).text));
    expect(foreign).toBe(random);
    const acknowledge = async (one: string): Promise<string> => (await story.acknowledge(story.otherBank, [one]).expect(404)).text;
    const refusals = await Promise.all([id, newId()].map(acknowledge));
    expect(refusals[0]).toBe(refusals[1]);
    const answers = await Promise.all([id, newId()].map(async (one) => (await story.answer(story.otherBank, [{ referralId: one, outcome: 'CLAIMED' }]).expect(404)).text));
    expect(answers[0]).toBe(answers[1]);
    const { body: page } = await story.app.get(story.bank, '/v1/referrals?limit=1').expect(200);
    expect((await story.app.get(story.otherBank, `/v1/referrals?limit=1&cursor=${page.nextCursor}`).expect(400)).body.code).toBe('CURSOR_INVALID');
    expect(new Set((await story.all<ReferralRow>(story.otherBank, '/v1/referrals')).map((row) => row.bankId))).toEqual(new Set([story.otherBank.organisationId]));
    await story.app.get(story.department, `/v1/referrals/${id}`).expect(403);
  });

  it('are acknowledged and answered all or none, each bad item named by its place', async () => {
    const listId = await story.dispatched(listOf(3).text, [story.bank]);
    const [first, second, third] = await story.referralIds(story.bank, listId);
    const unknown = newId();
    const mixed = (await story.acknowledge(story.bank, [first, unknown, second]).expect(404)).body;
    expect(mixed).toMatchObject({ code: 'NOT_FOUND', errors: [{ field: 'referralIds.1', rule: 'unknown' }] });
    const twice = (await story.acknowledge(story.bank, [first, second, first]).expect(400)).body;
    expect(twice).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field: 'referralIds.2', rule: 'duplicate' }] });
    expect((await referral(story.bank, first)).state).toBe('DELIVERED');
    const early = (await story.answer(story.bank, [{ referralId: first, outcome: 'CLAIMED' }]).expect(409)).body;
    expect(early).toMatchObject({ code: 'ILLEGAL_STATE', errors: [{ field: 'answers.0', rule: 'state', message: expect.stringContaining('DELIVERED') }] });

    await story.acknowledge(story.bank, [first, second]).expect(201);
    expect((await story.acknowledge(story.bank, [second, third]).expect(409)).body.errors).toMatchObject([{ field: 'referralIds.0', rule: 'state' }]);
    const reasonless = (await story.answer(story.bank, [
      { referralId: first, outcome: 'CLAIMED', ...negative }, { referralId: second, outcome: 'NO_NEED', reasonCode: 'CUSTOMER_NO_NEED' },
    ]).expect(400)).body;
    expect(reasonless.errors).toMatchObject([
      { field: 'answers.0.reasonCode', rule: 'unexpected' }, { field: 'answers.0.reasonText', rule: 'unexpected' }, { field: 'answers.1.reasonText', rule: 'required' },
    ]);
    await story.answer(story.bank, [{ referralId: first, outcome: 'CLAIMED' }, { referralId: third, outcome: 'CLAIMED' }]).expect(409);
    expect((await referral(story.bank, first)).state).toBe('ACKNOWLEDGED');
    await story.answer(story.bank, [{ referralId: first, outcome: 'REJECTED', ...negative }]).expect(201);
    await story.answer(story.bank, [{ referralId: first, outcome: 'CLAIMED' }]).expect(409);
  });

  it('refuse malformed batches by name, and answer a repeated one with the first answer', async () => {
    const [{ id }, key] = [await oneReferral(), newId()];
    const wrong = async (path: string, body: object): Promise<unknown> =>
      (await story.app.post(story.bank, path, body).expect(400)).body.errors.map((error: { field: string; rule: string }) => `${error.field} ${error.rule}`);
    expect(await wrong('/v1/referral-acknowledgements', { referralIds: [] })).toEqual(['referralIds arrayMinSize']);
    expect(await wrong('/v1/referral-acknowledgements', { referralIds: Array.from({ length: 501 }, () => id) })).toEqual(['referralIds arrayMaxSize']);
    expect(await wrong('/v1/referral-acknowledgements', { referralIds: ['x'], colour: 1 })).toEqual(expect.arrayContaining(['referralIds isUuid', 'colour whitelistValidation']));
    expect(await wrong('/v1/referral-answers', { answers: [{ referralId: id, outcome: 'MAYBE', reasonCode: 'BAD_MOOD' }] }))
      .toEqual(['answers.0.outcome isEnum', 'answers.0.reasonCode isEnum']);
    const path = '/v1/referral-acknowledgements';
    const first = await story.app.post(story.bank, path, { referralIds: [id] }, key).expect(201);
    const again = await story.app.post(story.bank, path, { referralIds: [id] }, key).expect(201);
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([first.text, 'true']);
    for (const as of [story.department, story.supervisor]) await story.acknowledge(as, [id]).expect(403);
  });

  it('page with a filter, which is part of the cursor', async () => {
    const listId = await story.dispatched(listOf(5).text, [story.otherBank]);
    const ids = await story.referralIds(story.otherBank, listId);
    await story.acknowledge(story.otherBank, ids.slice(0, 3)).expect(201);
    const acknowledged = await story.all<ReferralRow>(story.otherBank, '/v1/referrals?state=ACKNOWLEDGED', 2);
    expect(acknowledged.map((row) => row.id)).toEqual(expect.arrayContaining(ids.slice(0, 3)));
    expect(new Set(acknowledged.map((row) => row.state))).toEqual(new Set(['ACKNOWLEDGED']));
    const { body: page } = await story.app.get(story.otherBank, '/v1/referrals?state=ACKNOWLEDGED&limit=1').expect(200);
    for (const path of ['/v1/referrals', '/v1/referrals?state=DELIVERED']) {
      await story.app.get(story.otherBank, `${path}${path.includes('?') ? '&' : '?'}cursor=${page.nextCursor}`).expect(400);
    }
    const graph = await story.app.graphql(story.otherBank, '{ referrals(state: ACKNOWLEDGED, first: 2) { edges { node { state } } pageInfo { hasNextPage } } }');
    expect(graph.data.referrals).toEqual({ edges: [{ node: { state: 'ACKNOWLEDGED' } }, { node: { state: 'ACKNOWLEDGED' } }], pageInfo: { hasNextPage: true } });
  });

  it('mirror what came of demands: access under the consent, the decision on claimed referrals, counts for the department', async () => {
    const { code, id, listId } = await oneReferral();
    const facts = { demandId: newId(), bankId: story.bank.organisationId!, enterpriseId: enterpriseIdOf(code) };
    const [olderConsentId, consentId] = [newId(), newId()];
    await story.app.deliver('demand.accepted', { ...facts, consentId });
    await story.app.deliver('demand.accepted', { ...facts, consentId: olderConsentId }); // told late: the newest consent stands
    expect(await story.app.database.query('select reason, consent_id from enterprise_lists.enterprise_access where org_id = $1 and enterprise_id = $2',
      [facts.bankId, facts.enterpriseId])).toEqual([{ reason: 'DEMAND_ACCEPTED', consent_id: consentId }]);
    const decided = { ...facts, harborId: newId(), reasonCode: 'MEETS_CRITERIA' as never };
    await story.app.deliver('demand.decided', { ...decided, outcome: 'APPROVED' });
    // The bank knows the enterprise by the demand, yet not that this referral is about it.
    expect(await referral(story.bank, id)).toMatchObject({ enterpriseId: null, loanOutcome: null });
    await story.acknowledge(story.bank, [id]).expect(201);
    await story.answer(story.bank, [{ referralId: id, outcome: 'CLAIMED' }]).expect(201);
    await story.app.deliver('demand.decided', { ...decided, demandId: newId(), outcome: 'REJECTED', reasonCode: 'NO_QUOTA' as never });
    expect(await referral(story.bank, id)).toMatchObject({ loanOutcome: 'REJECTED', loanReasonCode: 'NO_QUOTA' });
    expect(await story.app.database.query('select approved_count, declined_count from enterprise_lists.list_entries where push_list_id = $1', [listId]))
      .toEqual([{ approved_count: 1, declined_count: 1 }]);
    // Of two demands the newer one's decision stands, whichever is told last.
    await story.app.deliver('demand.decided', { ...decided, outcome: 'APPROVED' });
    expect(await referral(story.bank, id)).toMatchObject({ loanOutcome: 'REJECTED', loanReasonCode: 'NO_QUOTA' });
  });
});

import type { Payload } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import { GuaranteeType, SizeClass } from '@finharbor/contracts/vocabulary';
import { dispatch, moreBanks, preview, type SeededRow, seedList, stored, told } from './dispatch-support.js';
import { Story } from './support.js';

type Eligibility = Payload<'product.published'>['eligibility'];

describe('dispatches', () => {
  let story: Story;
  beforeAll(async () => { story = await Story.begin(); });
  afterAll(() => story.app.close());

  const ids = (): [string, string] => [story.bank.organisationId!, story.otherBank.organisationId!];
  const banksOf = async (listId: string, entryId: string): Promise<string[]> =>
    (await stored(story, listId)).filter((row) => row.entryId === entryId).map(({ bankId }) => bankId).sort();
  const states = async (listId: string): Promise<string[]> => (await story.app.database.query<{ state: string }>(
    'select state from enterprise_lists.list_entries where push_list_id = $1 order by id', [listId])).map(({ state }) => state);
  const publish = (bankId: string, eligibility: Eligibility, productId = newId(), version = 1): Promise<void> =>
    story.app.deliver('product.published', { productId, bankId, name: '示例贷', eligibility }, { aggregateId: productId, version });

  it('give recommended rows alone, each by its own channel, and the dry run counts the same before', async () => {
    const list = await seedList(story, [{}, { tags: ['GREEN_CIRCULAR'] }, { state: 'PENDING' }, { state: 'NOT_RECOMMENDED' }]);
    const expected = ids().flatMap((bankId) => ['GREEN', 'INCLUSIVE'].map((channel) => ({ bankId, channel, newCount: 1, furtherCount: 0 })));
    expect(await preview(story, { id: list.id })).toEqual(expected.sort((a, b) => (a.bankId + a.channel < b.bankId + b.channel ? -1 : 1)));
    expect([await stored(story, list.id), await states(list.id)]).toEqual([[], ['RECOMMENDED', 'RECOMMENDED', 'PENDING', 'NOT_RECOMMENDED']]);
    expect((await dispatch(story, { id: list.id })).code).toBeUndefined();
    const rows = await stored(story, list.id);
    expect(rows.map(({ entryId, channel, state }) => [list.entryIds.indexOf(entryId), channel, state]))
      .toEqual([[0, 'INCLUSIVE', 'DELIVERED'], [0, 'INCLUSIVE', 'DELIVERED'], [1, 'GREEN', 'DELIVERED'], [1, 'GREEN', 'DELIVERED']]);
    expect(await states(list.id)).toEqual(['DISPATCHED', 'DISPATCHED', 'PENDING', 'NOT_RECOMMENDED']);
    expect(await preview(story, { id: list.id })).toEqual([]);
  });

  it('go to the banks that are named and to the rows that are chosen; again, they add what is new', async () => {
    const list = await seedList(story, [{}, {}, {}]);
    const [first, second] = ids();
    await dispatch(story, { id: list.id, channel: 'INCLUSIVE', bankIds: [first], entryIds: list.entryIds.slice(0, 1) });
    expect(await states(list.id)).toEqual(['DISPATCHED', 'RECOMMENDED', 'RECOMMENDED']);
    expect(await preview(story, { id: list.id, channel: 'INCLUSIVE' })).toEqual(
      [{ bankId: first, channel: 'INCLUSIVE', newCount: 2, furtherCount: 0 }, { bankId: second, channel: 'INCLUSIVE', newCount: 3, furtherCount: 0 }]
        .sort((a, b) => (a.bankId < b.bankId ? -1 : 1)));
    await dispatch(story, { id: list.id, channel: 'INCLUSIVE' });
    expect(await stored(story, list.id)).toHaveLength(6);
    const events = (await told(story, 'referrals.dispatched')).filter(({ organisationId }) => organisationId === first).slice(-2);
    expect(events.map(({ payload }) => payload.count)).toEqual([1, 2]);
    expect(new Set(events.map(({ aggregateId }) => aggregateId)).size).toBe(1);
  });

  it('go through both channels: one referral, which says so', async () => {
    const list = await seedList(story, [{}]);
    await dispatch(story, { id: list.id, channels: ['INCLUSIVE', 'GREEN'], bankIds: ids().slice(0, 1) });
    const [row, ...none] = await stored(story, list.id);
    expect([[row.channel, row.secondChannel].sort(), none]).toEqual([['GREEN', 'INCLUSIVE'], []]);
    const referral = (await story.app.get(story.bank, `/v1/referrals/${row.id}`).expect(200)).body;
    expect(referral).toMatchObject({ channel: row.channel, secondChannel: row.secondChannel });
    const later = await seedList(story, [{}]);
    await dispatch(story, { id: later.id, channel: 'GREEN', bankIds: ids().slice(0, 1) });
    expect(await preview(story, { id: later.id, channels: ['GREEN', 'INCLUSIVE'], bankIds: ids().slice(0, 1) }))
      .toEqual([{ bankId: ids()[0], channel: 'INCLUSIVE', newCount: 0, furtherCount: 1 }]);
    expect(await dispatch(story, { id: later.id, channel: 'GREEN', channels: ['GREEN'] })).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field: 'channels' }] });
  });

  it('go to the host bank of the row’s street, else of its district', async () => {
    const [first, second] = ids();
    const harbor = (hostBankId: string, areaCode: string): Promise<void> =>
      story.app.deliver('harbor.registered', { harborId: newId(), number: newId(), name: '港湾', hostBankId, areaCode });
    await harbor(first, '500101001');
    await harbor(second, '500101');
    const list = await seedList(story, [{ regionCode: '500101', streetCode: '500101001' }, { regionCode: '500101', streetCode: '500101002' }, { regionCode: '500112' }, {}]);
    await dispatch(story, { id: list.id, target: 'HOST_BANK' });
    expect(await Promise.all(list.entryIds.map((id) => banksOf(list.id, id)))).toEqual([[first], [second], [], []]);
    // Whom nobody hosts stays recommended.
    expect(await states(list.id)).toEqual(['DISPATCHED', 'DISPATCHED', 'RECOMMENDED', 'RECOMMENDED']);
  });

  it.each<[string, Eligibility, SeededRow, boolean]>([
    ['no rule', {}, {}, true],
    ['an empty list of regions', { regionCodes: [] }, { regionCode: '500112' }, true],
    ['the region', { regionCodes: ['500101'] }, { regionCode: '500101', streetCode: '500101001' }, true],
    ['another region', { regionCodes: ['500101'] }, { regionCode: '500112' }, false],
    ['the whole municipality', { regionCodes: ['500000'] }, { regionCode: '500112' }, true],
    ['a district too coarse to tell', { regionCodes: ['500101001'] }, { regionCode: '500101' }, true],
    ['another street', { regionCodes: ['500101001'] }, { regionCode: '500101', streetCode: '500101002' }, false],
    ['a zone that may overlap', { regionCodes: ['500101Z01'] }, { regionCode: '500101', streetCode: '500101002' }, true],
    ['an unknown region', { regionCodes: ['500101'] }, {}, true],
    ['the section', { industryCodes: ['C'] }, { industryCode: 'C1310' }, true],
    ['the group without its letter', { industryCodes: ['131'] }, { industryCode: 'C1310' }, true],
    ['another industry', { industryCodes: ['131'] }, { industryCode: 'C1320' }, false],
    ['an industry too coarse to tell', { industryCodes: ['1310'] }, { industryCode: 'C13' }, true],
    ['the size', { sizeClasses: [SizeClass.MICRO] }, { sizeClass: 'MICRO' }, true],
    ['another size', { sizeClasses: [SizeClass.MICRO] }, { sizeClass: 'SMALL' }, false],
    ['an unknown size', { sizeClasses: [SizeClass.MICRO] }, { sizeClass: 'UNKNOWN' }, true],
    ['the limits', { amountMin: '100', amountMax: '200', termMonthsMin: 6, termMonthsMax: 12 }, { amount: 200, termMonths: 6 }, true],
    ['too much', { amountMax: '200' }, { amount: 201 }, false],
    ['too little', { amountMin: '100' }, { amount: 99 }, false],
    ['too long', { termMonthsMax: 12 }, { termMonths: 13 }, false],
    ['too short', { termMonthsMin: 6 }, { termMonths: 5 }, false],
    ['no amount stated', { amountMax: '200', termMonthsMax: 12 }, {}, true],
    ['too young', { yearsInBusinessMin: 2 }, { establishedOn: '2099-01-01' }, false],
    ['old enough', { yearsInBusinessMin: 2 }, { establishedOn: '2009-04-28' }, true],
    ['the guarantee', { guaranteeTypes: [GuaranteeType.CREDIT] }, { guaranteeType: 'CREDIT' }, true],
    ['another guarantee', { guaranteeTypes: [GuaranteeType.MORTGAGE] }, { guaranteeType: 'CREDIT' }, false],
  ])('find a fitting product: %s', async (_, eligibility, row, isFitting) => {
    const [bank] = await moreBanks(story, 1);
    await publish(bank.organisationId!, eligibility);
    const list = await seedList(story, [row]);
    const found = await preview(story, { id: list.id, target: 'FITTING_BANKS', bankIds: [bank.organisationId] });
    expect(found.map(({ newCount }) => newCount)).toEqual(isFitting ? [1] : []);
  });

  it('find no product that was suspended, in whichever order the two are told', async () => {
    const [bank] = await moreBanks(story, 1);
    const [bankId, productId] = [bank.organisationId!, newId()];
    const list = await seedList(story, [{}]);
    const asked = { id: list.id, target: 'FITTING_BANKS', bankIds: [bankId] };
    await story.app.deliver('product.suspended', { productId }, { aggregateId: productId, version: 2 });
    await publish(bankId, {}, productId, 1);
    expect(await preview(story, asked)).toEqual([]);
    await publish(bankId, {}, productId, 3);
    expect(await preview(story, asked)).toHaveLength(1);
    await dispatch(story, asked);
    expect(await banksOf(list.id, list.entryIds[0])).toEqual([bankId]);
  });

  it('give a row that is recommended anew to the same banks once more', async () => {
    const list = await seedList(story, [{}]);
    await dispatch(story, { id: list.id, bankIds: ids().slice(0, 1) });
    await story.app.database.query(`update enterprise_lists.list_entries set state = 'RE_RECOMMENDED' where id = $1`, [list.entryIds[0]]);
    expect(await preview(story, { id: list.id, bankIds: ids().slice(0, 1) })).toMatchObject([{ newCount: 1 }]);
    await dispatch(story, { id: list.id, bankIds: ids().slice(0, 1) });
    expect((await stored(story, list.id)).map(({ cycle }) => cycle)).toEqual([1, 2]);
    expect(await states(list.id)).toEqual(['DISPATCHED']);
  });

  it('are one event for each bank, however many rows and however often, and an old event means the whole list', async () => {
    const banks = (await moreBanks(story, 5)).map(({ organisationId }) => organisationId!);
    const list = await seedList(story, [{}, {}, {}, {}]);
    const before = (await told(story, 'push-list.dispatched')).length;
    for (let times = 0; times < 2; times += 1) await dispatch(story, { id: list.id, channel: 'INCLUSIVE', bankIds: banks });
    const events = (await told(story, 'push-list.dispatched')).slice(before);
    expect(events.map(({ organisationId }) => organisationId).sort()).toEqual([...banks].sort());
    expect(await stored(story, list.id)).toHaveLength(20);
    const [bank] = (await moreBanks(story, 1)).map(({ organisationId }) => organisationId!);
    const dispatchId = newId();
    await story.app.database.query(
      `insert into enterprise_lists.dispatches (id, org_id, push_list_id, channel, dispatched_at) values ($1, $2, $3, 'GREEN', now())`, [dispatchId, bank, list.id]);
    await story.app.deliver('push-list.dispatched', { dispatchId, pushListId: list.id, bankId: bank, channel: 'GREEN' }, { organisationId: bank, aggregateId: dispatchId });
    expect((await stored(story, list.id)).filter(({ bankId }) => bankId === bank).map(({ channel }) => channel)).toEqual(['GREEN', 'GREEN', 'GREEN', 'GREEN']);
  });

  it('leave out a row that is withdrawn between the order and its execution', async () => {
    const list = await seedList(story, [{}, {}]);
    const [bank] = ids();
    await story.app.database.query(`update enterprise_lists.list_entries set state = 'DISPATCHED' where push_list_id = $1`, [list.id]);
    await story.app.database.query(`update enterprise_lists.list_entries set state = 'WITHDRAWN' where id = $1`, [list.entryIds[0]]);
    await dispatch(story, { id: list.id, bankIds: [bank] });
    expect((await stored(story, list.id)).map(({ entryId }) => entryId)).toEqual([list.entryIds[1]]);
  });
});

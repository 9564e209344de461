import type { Caller } from '@finharbor/security/tokens/caller';
import { callerOf } from '@finharbor/testing/callers';
import { dispatch, moreBanks, type SeededList, seedList } from './dispatch-support.js';
import { Story } from './support.js';

interface Time { count: number | null; bankCount: number | null; medianDays: number | null; percentile90Days: number | null }
interface Figures { acknowledgementTime: Time; answerTime: Time; rejectedByReason: { reasonCode: string; count: number | null }[] }
type Response = Figures & { bankId: string; deliveredCount: number };

const time = (count: number, bankCount: number, medianDays: number | null, percentile90Days: number | null): Time =>
  ({ count, bankCount, medianDays, percentile90Days });
const never = time(0, 0, null, null);

/**
 * Thursday before the National Day of 2026, 23:30 in Asia/Shanghai, where the 28th begins at 16:00 of the 27th. 28 to 30 September are
 * worked, and the weekend day 10 October.
 */
const delivered = '2026-09-24T15:30:00Z';

describe('what banks do with rows', () => {
  let story: Story;
  let banks: Caller[];
  let list: SeededList;
  beforeAll(async () => {
    story = await Story.begin();
    banks = [story.bank, story.otherBank, ...await moreBanks(story, 2)];
    list = await seedList(story, [{}, {}, {}, {}]);
    await dispatch(story, { id: list.id, channels: ['INCLUSIVE'], target: 'ALL_BANKS' });
    // Row by bank: when it was acknowledged and answered, how, and why.
    const rejected = (reason: string) => ['REJECTED', reason];
    const rows: [acknowledged: string | null, answered: string | null, state: string, reason: string | null][][] = [
      [
        ['2026-09-24T15:59:00Z', '2026-09-28T02:00:00Z', ...rejected('CREDIT_RECORD')], ['2026-09-27T02:00:00Z', '2026-09-28T02:00:00Z', ...rejected('CREDIT_RECORD')],
        ['2026-09-28T02:00:00Z', '2026-09-28T02:00:00Z', ...rejected('CREDIT_RECORD')], ['2026-10-08T02:00:00Z', '2026-10-10T02:00:00Z', ...rejected('NO_QUOTA')],
      ] as never,
      [['2026-09-28T02:00:00Z', '2026-09-29T02:00:00Z', ...rejected('NO_QUOTA')], ['2026-09-27T16:30:00Z', null, 'ACKNOWLEDGED', null]] as never,
      [['2026-09-28T02:00:00Z', '2026-09-30T02:00:00Z', 'CLAIMED', null], ['2026-09-28T02:00:00Z', '2026-09-30T02:00:00Z', 'NO_NEED', 'CUSTOMER_NO_NEED']] as never,
    ];
    for (const [bank, answers] of rows.entries()) {
      for (const [row, [acknowledged, answered, state, reason]] of answers.entries()) {
        await story.app.database.query(
          `update enterprise_lists.referrals set delivered_at = $3, acknowledged_at = $4, answered_at = $5::timestamptz + case $6::text when 'CLAIMED' then interval '9 days' else '0' end, claimed_at = case $6::text when 'CLAIMED' then $5::timestamptz end, state = $6,
             reason_code = $7 where org_id = $1 and entry_id = $2`,
          [banks[bank].organisationId, list.entryIds[row], delivered, acknowledged, answered, state, reason]);
      }
    }
  });
  afterAll(() => story.app.close());

  const responses = (as: Caller, query = ''): Promise<Response[]> => story.all<Response>(as, `/v1/bank-responses${query}`, 3);
  const report = async (as: Caller): Promise<Figures> => (await story.all<Figures>(as, '/v1/quality-reports?period=2026-Q4'))[0];

  it('is told to a bank of itself: working days to acknowledgement and answer, and its reasons', async () => {
    const [own, ...others] = await responses(story.bank);
    expect(others).toEqual([]);
    expect(own).toEqual({
      bankId: story.bank.organisationId, deliveredCount: 4,
      // 0, 0 (a Sunday), 1 and 4: 28, 29, 30 September and 8 October. 10 October is worked.
      acknowledgementTime: time(4, 1, 0, 4), answerTime: time(4, 1, 1, 6),
      rejectedByReason: [{ reasonCode: 'CREDIT_RECORD', count: 3 }, { reasonCode: 'NO_QUOTA', count: 1 }],
    });
    expect(await responses(story.bank, `?bankId=${story.otherBank.organisationId}`)).toEqual([]);
    await story.app.get(story.department, '/v1/bank-responses').expect(403);
  });

  it('is told to supervisors by bank, page by page, of the days asked for', async () => {
    const all = await responses(story.supervisor);
    expect(all.map(({ bankId }) => bankId)).toEqual(banks.map(({ organisationId }) => organisationId).sort().reverse());
    const of = (bank: Caller, from = all): Response => from.find(({ bankId }) => bankId === bank.organisationId)!;
    expect(of(banks[1])).toMatchObject({ deliveredCount: 4, acknowledgementTime: time(2, 1, 1, 1), answerTime: time(1, 1, 2, 2), rejectedByReason: [{ reasonCode: 'NO_QUOTA', count: 1 }] });
    expect(of(banks[2])).toMatchObject({ acknowledgementTime: time(2, 1, 1, 1), answerTime: time(2, 1, 3, 3), rejectedByReason: [] });
    expect(of(banks[3])).toMatchObject({ deliveredCount: 4, acknowledgementTime: never, answerTime: never, rejectedByReason: [] });
    // The day is one of Asia/Shanghai.
    expect(of(banks[1], await responses(story.supervisor, '?from=2026-09-24&to=2026-09-24')).deliveredCount).toBe(2);
    expect(of(banks[1], await responses(story.supervisor, '?to=2026-09-23'))).toMatchObject({ deliveredCount: 0, answerTime: never, rejectedByReason: [] });
    await story.app.get(story.supervisor, '/v1/bank-responses?from=2026-02-30').expect(400);
    const { data } = await story.app.graphql(callerOf('dashboard'),
      '{ bankResponses(first: 1) { edges { node { bank { id } deliveredCount answerTime { medianDays } } } pageInfo { hasNextPage } } }');
    expect(data.bankResponses.pageInfo).toEqual({ hasNextPage: true });
    expect(data.bankResponses.edges).toMatchObject([{ node: { bank: { id: all[0].bankId }, deliveredCount: 4 } }]);
  });

  it('is told of all banks together in the report of the lists, without what would tell of one', async () => {
    const together = {
      acknowledgementTime: time(8, 3, 1, 4), answerTime: time(7, 3, 2, 6), rejectedByReason: [{ reasonCode: 'CREDIT_RECORD', count: 3 }, { reasonCode: 'NO_QUOTA', count: 2 }],
    };
    expect(await report(story.supervisor)).toMatchObject(together);
    // Twice NO_QUOTA is too few, and the other would be found from what is left; three banks are enough for the times.
    const withheld = [{ reasonCode: 'CREDIT_RECORD', count: null }, { reasonCode: 'NO_QUOTA', count: null }];
    expect(await report(story.department)).toMatchObject({ ...together, rejectedByReason: withheld });
    // What was claimed and then ended for a reason of the bank's counts, what the customer ended does not.
    const end = (reason: string) => story.app.database.query(
      `update enterprise_lists.referrals set loan_outcome = 'REJECTED', loan_reason_code = $2 where org_id = $1 and state = 'CLAIMED'`, [banks[2].organisationId, reason]);
    await end('CUSTOMER_TOO_EXPENSIVE');
    expect(await report(story.department)).toMatchObject({ rejectedByReason: withheld });
    await end('NO_QUOTA');
    expect((await report(story.department)).rejectedByReason).toEqual([{ reasonCode: 'CREDIT_RECORD', count: 3 }, { reasonCode: 'NO_QUOTA', count: 3 }]);
    // Of two banks, each knows what the other did.
    await story.app.database.query('update enterprise_lists.referrals set acknowledged_at = null where org_id = $1', [banks[1].organisationId]);
    const untold = { count: null, bankCount: null, medianDays: null, percentile90Days: null };
    expect((await report(story.department)).acknowledgementTime).toEqual(untold);
    expect((await report(story.supervisor)).acknowledgementTime).toEqual(time(6, 2, 1, 4));
  });

  it('is of the own lists alone', async () => {
    await seedList(story, [{}], story.otherDepartment);
    expect(await report(story.otherDepartment)).toMatchObject({ acknowledgementTime: never, answerTime: never, rejectedByReason: [] });
  });

  it('guesses no working day: what leaves the calendar is not measured', async () => {
    await story.app.database.query(`update enterprise_lists.referrals set acknowledged_at = '2027-03-01' where org_id = $1 and acknowledged_at is not null`, [banks[0].organisationId]);
    expect((await responses(story.bank))[0]).toMatchObject({ deliveredCount: 4, acknowledgementTime: never, answerTime: time(4, 1, 1, 6) });
  });
});

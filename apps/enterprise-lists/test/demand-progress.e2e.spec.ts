import type { Payload } from '@finharbor/contracts/events/catalogue';
import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import { OrganisationKind, ReasonCode } from '@finharbor/contracts/vocabulary';
import { callerOf } from '@finharbor/testing/callers';
import { newCreditCode, Story } from './support.js';

type Told = Payload<'demand.progressed'>;

describe('what becomes of demands', () => {
  let story: Story;
  beforeAll(async () => { story = await Story.begin(); });
  afterAll(() => story.app.close());

  /** A dispatched list of one row, claimed by so many banks. */
  async function claimedRow(banks: number, creditCode = newCreditCode()) {
    const { database } = story.app;
    const [listId, entryId, enterpriseId] = [newId(), newId(), enterpriseIdOf(creditCode)];
    await database.query(
      `insert into enterprise_lists.push_lists (id, org_id, title, period, state, encoding, file_sha256, row_count, accepted_count, rejected_count, warnings, submitted_at)
       values ($1, $2, $3, '2026-Q4', 'DISPATCHED', 'UTF-8', '', 1, 1, 0, '[]', now())`, [listId, story.department.organisationId, listId]);
    await database.query(
      `insert into enterprise_lists.enterprises (id, credit_code, name, kind, size_class, version) values ($1, $2, '万州进展公司', 'ENTERPRISE', 'SMALL', 1) on conflict do nothing`, [enterpriseId, creditCode]);
    await database.query(
      `insert into enterprise_lists.list_entries (id, org_id, push_list_id, row_number, enterprise_id, credit_code, name) values ($1, $2, $3, 2, $4, $5, '万州进展公司')`,
      [entryId, story.department.organisationId, listId, enterpriseId, creditCode]);
    const referrals = Array.from({ length: banks }, () => ({ referralId: newId(), bankId: newId(), demandId: newId(), enterpriseId }));
    for (const { referralId, bankId } of referrals) {
      await database.query(
        `insert into enterprise_lists.referrals (id, org_id, push_list_id, dispatch_id, entry_id, enterprise_id, channel, state, size_class, delivered_at, claimed_at)
         values ($1, $2, $3, $4, $5, $6, 'INCLUSIVE', 'CLAIMED', 'SMALL', now(), now())`, [referralId, bankId, listId, newId(), entryId, enterpriseId]);
    }
    return { listId, enterpriseId, referrals };
  }
  const tell = (told: Told): Promise<void> => story.app.deliver('demand.progressed', told);
  const stage = (demand: Omit<Told, 'stage' | 'amount' | 'reasonCode'>, of: Told['stage'], amount: string | null = null): Told =>
    ({ ...demand, stage: of, amount, reasonCode: of === 'ENDED' ? ReasonCode.NO_QUOTA : null });
  const rowOf = async (listId: string, as = story.supervisor): Promise<Record<string, unknown>> =>
    (await story.app.get(as, `/v1/push-lists/${listId}/entries`).expect(200)).body.items[0];
  const figures = (row: Record<string, unknown>): unknown[] =>
    ['dockedCount', 'approvedCount', 'lentCount', 'declinedCount', 'creditedAmount', 'lentAmount'].map((name) => row[name]);

  it('counts each stage on its row once, in any order, however often it is told, and sums exactly', async () => {
    const { listId, referrals } = await claimedRow(4);
    const [a, b, c, d] = referrals;
    const events = [
      ...referrals.map((one) => stage(one, 'DOCKED')), stage(a, 'CREDITED', '100000.10'), stage(b, 'CREDITED', '200000.20'), stage(c, 'CREDITED', '0.03'),
      stage(a, 'LENT', '100000.10'), stage(b, 'LENT', '199999.99'), stage(c, 'LENT', '0.01'), stage(d, 'ENDED'),
    ];
    // The last told first, and half of it again at the end.
    for (const told of [...[...events].reverse(), ...events.filter((_, index) => index % 2)]) await tell(told);
    const row = await rowOf(listId);
    expect(figures(row)).toEqual([4, 3, 3, 1, '300000.33', '300000.10']);
    // One bank of them can be told from the declined one: a department hears of none.
    expect(figures(await rowOf(listId, story.department))).toEqual([null, null, null, null, null, null]);
    await tell(stage({ ...d, demandId: newId() }, 'ENDED'));
    await tell(stage({ ...c, demandId: newId() }, 'ENDED'));
    expect(figures(await rowOf(listId, story.department))).toEqual([4, 3, 3, 3, '300000.33', '300000.10']);
  });

  it('counts a demand of a referral on that row, and one through a loan code on every dispatched row of the enterprise', async () => {
    const code = newCreditCode();
    const [one, other] = [await claimedRow(1, code), await claimedRow(1, code)];
    await tell(stage(one.referrals[0], 'DOCKED'));
    await tell(stage({ ...one.referrals[0], demandId: newId(), referralId: null }, 'DOCKED'));
    expect([figures(await rowOf(one.listId))[0], figures(await rowOf(other.listId))[0]]).toEqual([2, 1]);
  });

  it('hears of a decision by either event, and counts it once, with its amount', async () => {
    const { listId, enterpriseId, referrals: [{ bankId, referralId }] } = await claimedRow(1);
    const decided = (demandId: string, outcome: 'APPROVED' | 'REJECTED'): Promise<void> => story.app.deliver('demand.decided', {
      demandId, bankId, enterpriseId, harborId: newId(), outcome, reasonCode: outcome === 'APPROVED' ? ReasonCode.MEETS_CRITERIA : ReasonCode.NO_QUOTA,
    });
    const credited = (demandId: string): Promise<void> => tell({ ...stage({ demandId, bankId, enterpriseId, referralId: null }, 'CREDITED', '5.50'), reasonCode: ReasonCode.MEETS_CRITERIA });
    const [first, second] = [newId(), newId()];
    await decided(first, 'APPROVED');
    await credited(first);
    await credited(second);
    await decided(second, 'APPROVED');
    await decided(newId(), 'REJECTED');
    expect(figures(await rowOf(listId))).toEqual([0, 2, 0, 1, '11.00', '0']);
    const bank = callerOf('bank', bankId);
    await story.app.deliver('organisation.registered', { organisationId: bankId, kind: OrganisationKind.BANK, name: '丙银行' });
    expect((await story.app.get(bank, `/v1/referrals/${referralId}`).expect(200)).body).toMatchObject({ loanOutcome: 'REJECTED', loanReasonCode: 'NO_QUOTA' });
  });

  it('mirrors the decision on the claimed referral that it comes from, and what was approved stays approved', async () => {
    const { referrals: [one, other] } = await claimedRow(2);
    await tell(stage(one, 'ENDED'));
    await tell({ ...stage(one, 'CREDITED', '1'), reasonCode: ReasonCode.OTHER });
    await tell(stage(other, 'ENDED'));
    const outcomes = await story.app.database.query('select loan_outcome, loan_reason_code from enterprise_lists.referrals where id = any($1) order by id', [[one.referralId, other.referralId]]);
    expect(outcomes).toEqual([{ loan_outcome: 'APPROVED', loan_reason_code: 'OTHER' }, { loan_outcome: 'REJECTED', loan_reason_code: 'NO_QUOTA' }]);
  });
});

import { readFileSync } from 'node:fs';
import { enterpriseIdOf } from '@finharbor/contracts/ids';
import { District, newId } from './district.js';
import { type Bank, banksOf, Routed } from './routing.js';

const bankSide = { stage: 'ENDED', reasonCode: 'NO_QUOTA', reasonText: '本行额度已用完' };
const customerSide = { stage: 'ENDED', reasonCode: 'CUSTOMER_TOO_EXPENSIVE', reasonText: '企业嫌利率高' };
const decline = { reasonCode: 'CUSTOMER_NO_NEED', reasonText: '不需要了' };

describe('a bank that ends without a loan what it approved', () => {
  let district: District;
  let [a, b, c, d]: Bank[] = [];
  beforeAll(async () => {
    district = await District.open();
    [a, b, c, d] = await banksOf(district, 4);
  });
  afterAll(() => district.app.close());

  const approved = async (productIds = [a.productId], more: object = {}): Promise<Routed> => {
    const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds, ...more });
    await routed.accept(a);
    await routed.approve(a);
    expect((await routed.state())[0]).toBe('APPROVED');
    return routed;
  };
  const rows = (sql: string, id: string): Promise<Record<string, unknown>[]> => district.app.database.query(sql, [id]);

  it('ends it for good, for a reason of its own, and the application goes on to the next bank', async () => {
    const { app } = district;
    const routed = await approved([a.productId], { onward: true });
    const ended = await routed.act(a, 'progress', bankSide);
    expect(ended).toMatchObject({
      state: 'REJECTED', endReasonCode: 'NO_QUOTA', endReasonText: '本行额度已用完', enterpriseName: '万州示例食品有限公司', contactName: '欧***',
      decisions: [{ outcome: 'APPROVED' }], progress: [{ stage: 'DOCKED' }, { stage: 'CREDITED' }, { stage: 'ENDED' }],
    });
    expect(await routed.state()).toEqual(['ROUTED', 2]);
    expect(await routed.demands()).toHaveLength(2);
    expect((await district.steps(district.supervisor, routed.id)).slice(-3)).toEqual(expect.arrayContaining(['ENDED', 'CASCADED', 'CHOSEN']));
    await routed.act(a, 'progress', bankSide, 409);
    const problem = await app.post(routed.submitted.applicant, `/v1/demands/${ended.id}/withdrawal`, decline).expect(409);
    expect(problem.body.code).toBe('ILLEGAL_STATE');
    expect(await rows(`select event -> 'p' ->> 'to' as "to" from loan_matching.delivery, jsonb_array_elements(body::jsonb) event
      where event ->> 'n' = 'demand.moved' and event ->> 'a' = $1 and event -> 'p' ->> 'action' = 'call-off' group by event`, ended.id)).toEqual([{ to: 'REJECTED' }]);
  });

  it('ends it for the enterprise’s reason, which chooses again: nothing goes on by itself, and the bank keeps what it knew', async () => {
    const { app } = district;
    const routed = await approved([a.productId], { onward: true });
    const ended = await routed.act(a, 'progress', customerSide);
    expect(ended).toMatchObject({ state: 'CUSTOMER_DECLINED', endReasonCode: 'CUSTOMER_TOO_EXPENSIVE', enterpriseName: '万州示例食品有限公司' });
    expect(await routed.state()).toEqual(['SUBMITTED', 1]);
    expect(await routed.at(a)).toMatchObject({ enterpriseName: '万州示例食品有限公司', decisions: [{ outcome: 'APPROVED' }], progress: [{}, {}, { stage: 'ENDED' }] });
    await app.post(a, `/v1/demands/${ended.id}/contact-views`, { reason: '回访' }).expect(201);
    await routed.route({ mode: 'MATCH_FIRST', productIds: [b.productId] });
    expect(await routed.state()).toEqual(['ROUTED', 2]);
  });

  it('knows no more what the enterprise itself declined', async () => {
    const routed = await approved();
    const { id } = await routed.at(a);
    await district.app.post(routed.submitted.applicant, `/v1/demands/${id}/withdrawal`, decline).expect(201);
    expect(await routed.at(a)).toMatchObject({ state: 'CUSTOMER_DECLINED', enterpriseName: null });
  });

  it('gives its place to another, while the others keep theirs', async () => {
    const routed = await approved([a.productId, b.productId, c.productId]);
    expect((await routed.route({ mode: 'MATCH_FIRST', productIds: [d.productId] }, 400)).errors).toMatchObject([{ rule: 'limit' }]);
    await routed.act(a, 'progress', bankSide);
    expect(await routed.state()).toEqual(['ROUTED', 1]);
    await routed.route({ mode: 'MATCH_FIRST', productIds: [d.productId] });
    expect((await routed.demands()).map(({ state }) => state).sort()).toEqual(['REJECTED', 'ROUTED', 'ROUTED', 'ROUTED']);
  });

  it.each([bankSide, customerSide])('makes one entry of the cultivation ledger, ends the clock of the loan and counts as what it is: $reasonCode', async (report) => {
    const creditCode = '91500101MA5UABCD0Y';
    const submitted = await district.routed(a, { creditCode });
    await district.app.post(a, `/v1/demands/${submitted.id}/acceptance`).expect(201);
    await district.app.post(a, `/v1/demands/${submitted.id}/decision`, { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '300000' }).expect(201);
    await district.app.handleDue();
    await district.app.post(a, `/v1/demands/${submitted.id}/progress`, report).expect(201);
    await district.app.settle();
    await district.app.handleDue();
    expect(await rows('select reason_code, reason_text from loan_matching.cultivation_causes where rejected_id = $1', submitted.id))
      .toEqual([{ reason_code: report.reasonCode, reason_text: report.reasonText }]);
    const { body } = await district.app.get(a, `/v1/demand-clocks?demandId=${submitted.id}&limit=200`).expect(200);
    expect(body.items.find(({ kind }: { kind: string }) => kind === 'DEMAND_LENDING').state).toBe('MET');
    const ledger = await district.app.get(a, `/v1/demand-ledger?limit=200`).expect(200);
    expect(ledger.body.items.find(({ demandId }: { demandId: string }) => demandId === submitted.id)).toMatchObject({
      state: report === bankSide ? 'REJECTED' : 'CUSTOMER_DECLINED', reasonCode: report.reasonCode, creditedAmount: '300000.00', enterpriseId: enterpriseIdOf(creditCode),
    });
  });

  it('needs a reason that is a bank’s to give, and says of a loan that there is one', async () => {
    const routed = await approved();
    expect((await routed.act(a, 'progress', { ...customerSide, reasonCode: 'CUSTOMER_CHOSE_OTHER' }, 400)).errors).toMatchObject([{ field: 'reasonCode', rule: 'giver' }]);
    expect((await routed.at(a)).state).toBe('APPROVED');
    await routed.act(a, 'progress', { stage: 'LENT', amount: '300000' });
    expect((await routed.act(a, 'progress', bankSide, 409)).detail).toBe('The demand is LENT already.');
    expect((await routed.at(a)).state).toBe('APPROVED');
  });

  it.each([bankSide, customerSide])('did so before there was a move for it: the demand and its application follow: $reasonCode', async ({ reasonCode, reasonText }) => {
    const routed = await approved();
    const { id } = await routed.at(a);
    await district.app.database.query(
      `insert into loan_matching.demand_progress (id, org_id, demand_id, stage, reason_code, reason_text, at) values ($1, $2, $3, 'ENDED', $4, $5, now())`,
      [newId(), a.organisationId, id, reasonCode, reasonText]);
    const [found] = /insert into loan_matching\.due[^;]+/.exec(readFileSync(new URL('../migrations/0023-ended-approvals.sql', import.meta.url), 'utf8'))!;
    await district.app.database.query(found);
    await district.app.handleDue();
    expect((await routed.state())[0]).toBe('SUBMITTED');
    expect(await routed.at(a)).toMatchObject({
      state: reasonCode === 'NO_QUOTA' ? 'REJECTED' : 'CUSTOMER_DECLINED', endReasonCode: reasonCode, endReasonText: reasonText, enterpriseName: '万州示例食品有限公司',
    });
  });
});

import { District } from './district.js';
import { type Bank, banksOf, Routed } from './routing.js';

const terms = { amount: '300000', termMonths: 24, annualRate: '4.1', text: '可先授信三十万元' };

describe('a counter-offer', () => {
  let district: District;
  let a: Bank, b: Bank;
  beforeAll(async () => {
    district = await District.open();
    [a, b] = await banksOf(district, 2);
  });
  afterAll(() => district.app.close());

  const accepted = async (): Promise<Routed> => {
    const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId, b.productId] });
    await routed.accept(a);
    return routed;
  };
  const answer = async (routed: Routed, what: string, body?: object) =>
    district.app.post(routed.submitted.applicant, `/v1/demands/${(await routed.at(a)).id}/${what}`, body);

  it('waits for the enterprise, is taken, and the bank decides where it was', async () => {
    const routed = await accepted();
    await routed.act(b, 'counter-offers', terms, 409);
    await routed.act(a, 'counter-offers', { ...terms, amount: '-1' }, 400);
    const offer = await routed.act(a, 'counter-offers', terms);
    expect(offer).toMatchObject({ amount: '300000.00', termMonths: 24, annualRate: '4.1', answer: null });
    expect([(await routed.at(a)).state, await routed.state()]).toEqual(['COUNTER_OFFERED', ['ACTION_REQUIRED', 1]]);
    await routed.act(a, 'counter-offers', terms, 409);
    await routed.act(a, 'decision', { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '300000' }, 409);
    const path = `/v1/demands/${offer.demandId}/counter-offers`;
    for (const caller of [a, routed.submitted.applicant, district.supervisor]) {
      expect((await district.app.get(caller, path).expect(200)).body).toHaveLength(1);
    }
    await district.app.get(b, path).expect(404);
    expect((await answer(routed, 'counter-offer-acceptance')).body).toMatchObject({ state: 'ACCEPTED' });
    expect((await answer(routed, 'counter-offer-acceptance')).status).toBe(409);
    expect((await district.app.get(a, path)).body).toMatchObject([{ answer: 'TAKEN' }]);
    expect(await routed.state()).toEqual(['ACCEPTED', 1]);
    await routed.approve(a);
  });

  it('is declined with a reason, which ends the demand with that bank alone', async () => {
    const routed = await accepted();
    await routed.act(a, 'counter-offers', terms);
    expect((await answer(routed, 'withdrawal', { reasonCode: 'CUSTOMER_QUOTA_TOO_SMALL' })).status).toBe(400);
    const declined = await answer(routed, 'withdrawal', { reasonCode: 'CUSTOMER_QUOTA_TOO_SMALL', reasonText: '额度不够' });
    expect(declined.body).toMatchObject({ state: 'CUSTOMER_DECLINED', endReasonCode: 'CUSTOMER_QUOTA_TOO_SMALL', endReasonText: '额度不够' });
    expect(await routed.at(a)).toMatchObject({ state: 'CUSTOMER_DECLINED', enterpriseName: null, contactName: null });
    expect([(await routed.at(b)).state, await routed.state()]).toEqual(['ROUTED', ['ROUTED', 1]]);
    const causes = await district.app.database.query('select reason_code from loan_matching.cultivation_causes where rejected_id = $1', [declined.body.id]);
    expect(causes).toEqual([{ reason_code: 'CUSTOMER_QUOTA_TOO_SMALL' }]);
  });

  it('is taken back by its bank before it is answered', async () => {
    const routed = await accepted();
    await routed.act(a, 'counter-offer-retraction', undefined, 409);
    await routed.act(a, 'counter-offers', terms);
    expect(await routed.act(a, 'counter-offer-retraction')).toMatchObject({ state: 'ACCEPTED' });
    expect((await answer(routed, 'counter-offer-acceptance')).status).toBe(409);
    await routed.act(a, 'counter-offers', { ...terms, amount: '400000' });
    expect(await routed.state()).toEqual(['ACTION_REQUIRED', 1]);
  });
});

import { enterpriseIdOf } from '@finharbor/contracts/ids';
import { SizeClass } from '@finharbor/contracts/vocabulary';
import { District } from './district.js';
import { type Bank, banksOf, Routed } from './routing.js';

/** An event as it left the service: organisation, version, payload. */
interface Left { o: string; v: number; p: Record<string, unknown> }

const intake = '00000000-0000-4000-8000-000000000001';
const creditCode = '91500101MA60AB1255';

describe('what waits for somebody', () => {
  let district: District;
  let a: Bank, b: Bank, c: Bank;
  beforeAll(async () => {
    district = await District.open({ SANDBOX: 'false' });
    [a, b, c] = await banksOf(district, 3);
  });
  afterAll(() => district.app.close());

  /** All that left under a name about a record, each once. */
  const left = async (name: string, id: string): Promise<Left[]> => {
    await district.app.settle();
    const rows = await district.app.database.query<{ event: Left }>(
      `select distinct on (event ->> 'i') event from loan_matching.delivery, jsonb_array_elements(body::jsonb) event
       where event ->> 'n' = $1 and event ->> 'a' = $2 order by event ->> 'i'`, [name, id]);
    return rows.map(({ event: { o, v, p } }) => ({ o, v, p }));
  };
  const runsOut = async (kind: string, id: string): Promise<void> => {
    await district.app.database.query('update loan_matching.due set due_at = now() where kind = $1 and aggregate_id = $2', [kind, id]);
    await district.app.handleDue();
  };
  const refuse = (routed: Routed, bank: Bank): Promise<unknown> => routed.act(bank, 'refusal', { reasonCode: 'NO_QUOTA', reasonText: '额度已满' });

  it('an application that had its three rounds is told of once, to nobody’s bank', async () => {
    const routed = await Routed.of(district);
    for (const bank of [a, b, c]) {
      expect(await left('application.exhausted', routed.id)).toEqual([]);
      await routed.route({ mode: 'MATCH_FIRST', productIds: [bank.productId] });
      await refuse(routed, bank);
      await district.app.settle();
    }
    expect(await routed.state()).toEqual(['EXHAUSTED', 3]);
    expect(await left('application.exhausted', routed.id)).toEqual([{ o: intake, v: expect.any(Number), p: { applicationId: routed.id, rounds: 3 } }]);
  });

  it('so is one that nobody took from the pool', async () => {
    const routed = await Routed.of(district, { mode: 'OPEN_POOL' });
    const { id } = await routed.entry(a);
    await runsOut('pool.close', id);
    expect(await routed.state()).toEqual(['EXHAUSTED', 1]);
    expect(await left('application.exhausted', routed.id)).toMatchObject([{ o: intake, p: { applicationId: routed.id, rounds: 1 } }]);
  });

  it('an application that stays unverified is told of once, whatever the master says of it later', async () => {
    const { id } = await district.submitUnknown({ creditCode });
    await runsOut('application.recheck', id);
    expect(await left('application.unverified', id)).toEqual([]);
    await runsOut('application.unverified', id);
    const told = [{ o: intake, v: 1, p: { applicationId: id } }];
    expect(await left('application.unverified', id)).toEqual(told);
    await district.app.deliver('enterprises.recorded', { enterprises: [{
      enterpriseId: enterpriseIdOf(creditCode), version: 1, name: '另一家公司', regionCode: null, industryCode: null, sizeClass: SizeClass.UNKNOWN, establishedOn: null,
    }] });
    await district.app.handleDue();
    expect((await district.app.get(district.supervisor, `/v1/applications/${id}`).expect(200)).body.verification).toBe('NAME_MISMATCH');
    await runsOut('application.unverified', id);
    expect(await left('application.unverified', id)).toEqual(told);
  });

  it('nobody is told of one that was verified, or taken back, in time', async () => {
    const [good, back] = [await district.submitUnknown({ creditCode: '93500101MA5UH0014B' }), await district.submitUnknown({ creditCode: '93500101MA5UH0014B' })];
    await district.app.post(district.supervisor, `/v1/applications/${good.id}/verification`, { outcome: 'VERIFIED', reasonText: '已核对营业执照' }).expect(201);
    await district.app.post(back.applicant, `/v1/applications/${back.id}/withdrawal`, { reasonCode: 'CUSTOMER_NO_NEED', reasonText: '资金已周转' }).expect(201);
    for (const { id } of [good, back]) {
      await runsOut('application.unverified', id);
      expect(await left('application.unverified', id)).toEqual([]);
    }
  });

  it('an answer is told to the bank that asked, and to no other of the application, without a word of it', async () => {
    const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId, b.productId] });
    await routed.accept(a);
    await routed.accept(b);
    const asked = await routed.act(a, 'questions', { question: '请补充近三个月的银行流水' });
    const { id } = await routed.at(a);
    expect(await left('demand.answered', id)).toEqual([]);
    await district.app.post(routed.submitted.applicant, `/v1/applications/${routed.id}/questions/${asked.id}/answer`, { answer: '张三经办，流水已发' }).expect(201);
    expect(await left('demand.answered', id)).toEqual([{ o: a.organisationId, v: expect.any(Number), p: { demandId: id, questionId: asked.id } }]);
    expect(await left('demand.answered', (await routed.at(b)).id)).toEqual([]);
  });

  it('so is what the enterprise makes of other terms, and nothing where the bank took them back', async () => {
    const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId] });
    await routed.accept(a);
    const offer = (): Promise<{ id: string }> => routed.act(a, 'counter-offers', { amount: '300000', termMonths: 6, text: '先放一半' });
    const { id } = await routed.at(a);
    const applicant = (what: string, body?: object) => district.app.post(routed.submitted.applicant, `/v1/demands/${id}/${what}`, body).expect(201);
    const [back, taken, declined] = [await offer(), await routed.act(a, 'counter-offer-retraction').then(offer), await applicant('counter-offer-acceptance').then(offer)];
    await applicant('withdrawal', { reasonCode: 'CUSTOMER_QUOTA_TOO_SMALL', reasonText: '额度不够' });
    expect(await left('counter-offer.answered', back.id)).toEqual([]);
    for (const [one, answer] of [[taken, 'TAKEN'], [declined, 'DECLINED']] as const) {
      expect(await left('counter-offer.answered', one.id)).toEqual([{ o: a.organisationId, v: 2, p: { offerId: one.id, demandId: id, answer } }]);
    }
  });
});

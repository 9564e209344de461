import { enterpriseIdOf } from '@finharbor/contracts/ids';
import { sandboxOutcomes } from '@finharbor/contracts/sandbox';
import { ReasonCode, SizeClass } from '@finharbor/contracts/vocabulary';
import type { Caller } from '@finharbor/security/tokens/caller';
import { until } from '@finharbor/testing/until';
import { callerOf, District, GuaranteeType, newId } from './district.js';

const nobody = '00000000-0000-0000-0000-000000000000';

describe('a claimed referral', () => {
  let district: District;
  beforeAll(async () => { district = await District.open(); });
  afterAll(() => district.app.close());

  type Claim = Record<'referralId' | 'entryId' | 'enterpriseId' | 'consentId', string>;
  const claimed = async (more: Record<string, unknown> = {}, bank = district.bankA): Promise<Claim> => {
    const bankId = bank.organisationId!;
    const facts = { referralId: newId(), entryId: newId(), bankId, enterpriseId: enterpriseIdOf(newId()), consentId: newId() };
    const payload = { ...facts, amount: '2000000', termMonths: 12, purpose: '购买设备', guaranteeType: GuaranteeType.CREDIT, ...more };
    await district.app.deliver('referral.claimed', payload as never, { aggregateId: facts.referralId });
    return payload;
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const demandOf = async (referralId: string, caller: Caller = district.bankA): Promise<any> => {
    const { body } = await district.app.get(caller, '/v1/demands?source=REFERRAL&limit=200').expect(200);
    return body.items.find((one: { referralId: string }) => one.referralId === referralId);
  };
  const recorded = (enterpriseId: string, version = 1): Promise<void> => district.app.deliver('enterprises.recorded', { enterprises: [{
    enterpriseId, version, name: '万州推荐企业', regionCode: '500101', industryCode: 'C1310', sizeClass: SizeClass.SMALL, establishedOn: '2015-03-01',
  }] });
  const told = async (demandId: string): Promise<{ n: string; p: Record<string, unknown> }[]> => {
    const rows = await district.app.database.query<{ i: string; n: string; v: number; p: Record<string, unknown> }>(
      `select event ->> 'i' as i, event ->> 'n' as n, (event ->> 'v')::int as v, event -> 'p' as p from loan_matching.delivery, jsonb_array_elements(body::jsonb) event where event ->> 'a' = $1
       union select event_id::text, name, aggregate_version, payload from loan_matching.outbox where aggregate_id = $1::uuid`, [demandId]);
    return [...new Map(rows.map((row) => [row.i, row])).values()].filter(({ n }) => n !== 'demand.moved').sort((a, b) => a.v - b.v);
  };

  it('becomes a demand of its bank once, with what the list states and the master knows', async () => {
    const { app, bankA, bankB, supervisor } = district;
    const enterpriseId = enterpriseIdOf('91500101MA5UABCD0Y');
    await recorded(enterpriseId);
    const payload = await claimed({ enterpriseId });
    await app.deliver('referral.claimed', payload as never);
    const { body } = await app.get(bankA, '/v1/demands?source=REFERRAL').expect(200);
    expect(body.items).toHaveLength(1);
    const [demand] = body.items;
    expect(demand).toMatchObject({
      source: 'REFERRAL', referralId: payload.referralId, state: 'ACCEPTED', kind: 'OTHER', amount: '2000000.00', termMonths: 12, purpose: '购买设备', guaranteeTypes: ['CREDIT'],
      enterpriseId, enterpriseName: '万州推荐企业', creditCode: null, regionCode: '500101', industryCode: 'C1310', sizeClass: 'SMALL', establishedOn: '2015-03-01',
      consentId: payload.consentId, harborId: nobody, productId: null, bankId: bankA.organisationId, contactName: null, progress: [],
      decisions: [],
    });
    expect(await district.steps(bankA, demand.id)).toEqual(['CLAIMED']);
    await app.get(bankB, `/v1/demands/${demand.id}`).expect(404);
    await app.get({ role: 'applicant', organisationId: null, clientId: null, accessSecret: 'demand_guess' }, `/v1/demands/${demand.id}`).expect(404);
    expect((await app.get(supervisor, `/v1/demands/${demand.id}`).expect(200)).body.enterpriseName).toBe('万州推荐企业');
    expect((await app.graphql(bankA, 'query ($id: ID!) { demand(id: $id) { source harbor { id } product { id } enterprise { id } } }', { id: demand.id })).data.demand)
      .toEqual({ source: 'REFERRAL', harbor: null, product: null, enterprise: { id: enterpriseId } });
    await app.post(bankA, `/v1/demands/${demand.id}/contact-views`, { reason: '约定上门' }).expect(404);
    await app.post(bankA, `/v1/demands/${demand.id}/acceptance`).expect(409);
    expect(await app.database.query(`select role, detail from loan_matching.audit where action = 'demand.claim' and resource_id = $1`, [demand.id]))
      .toEqual([{ role: 'service', detail: { referralId: payload.referralId, consentId: demand.consentId } }]);
    const others = (await app.get(bankA, '/v1/demands?source=LOAN_CODE').expect(200)).body.items;
    expect(others).toEqual([]);
  });

  it('that states nothing, of an enterprise that is told of later, is a demand all the same', async () => {
    const none = { amount: null, termMonths: null, purpose: null, guaranteeType: null, consentId: null };
    const [bare, odd] = [await claimed(none), await claimed({ amount: '0.001', termMonths: 0 })];
    expect(await demandOf(bare.referralId)).toMatchObject({
      amount: '0.00', termMonths: 0, purpose: '', guaranteeTypes: [], consentId: nobody, enterpriseName: null, sizeClass: 'UNKNOWN', state: 'ACCEPTED',
    });
    expect(await demandOf(odd.referralId)).toMatchObject({ amount: '0.00', termMonths: 0 });
    await recorded(bare.enterpriseId, 3);
    expect(await demandOf(bare.referralId)).toMatchObject({ enterpriseName: '万州推荐企业', sizeClass: 'SMALL', regionCode: '500101' });
  });

  it('goes from contact to lending, and tells each stage once', async () => {
    const { app, bankA, bankB } = district;
    const { referralId, enterpriseId } = await claimed();
    const { id } = await demandOf(referralId);
    const report = (body: object, as = bankA) => app.post(as, `/v1/demands/${id}/progress`, body);
    await report({ stage: 'LENT', amount: '1' }).expect(409);
    await report({ stage: 'DOCKED' }, bankB).expect(404);
    await report({ stage: 'DOCKED' }, district.supervisor).expect(403);
    await report({ stage: 'CREDITED', amount: '1' }).expect(400);
    expect((await report({ stage: 'DOCKED' }).expect(201)).body.progress).toMatchObject([{ stage: 'DOCKED', amount: null }]);
    await report({ stage: 'DOCKED' }).expect(409);
    const decision = { outcome: 'APPROVED', reasonCode: 'OTHER', approvedAmount: '1500000.5', annualRate: '3.65' };
    await app.post(bankA, `/v1/demands/${id}/decision`, decision).expect(201);
    const wrong = async (body: object): Promise<unknown> => (await report(body).expect(400)).body.errors.map(({ field, rule }: { field: string; rule: string }) => `${field} ${rule}`);
    expect(await wrong({ stage: 'LENT' })).toEqual(['amount required']);
    expect(await wrong({ stage: 'LENT', amount: '1500000.51' })).toEqual(['amount approved']);
    expect(await wrong({ stage: 'ENDED', amount: '1', reasonCode: 'MEETS_CRITERIA' })).toEqual(['amount stage', 'reasonText required', 'reasonCode stage']);
    const lent = await report({ stage: 'LENT', amount: '1500000.50' }).expect(201);
    expect(lent.body).toMatchObject({ state: 'APPROVED', progress: [{ stage: 'DOCKED' }, { stage: 'CREDITED', amount: '1500000.50' }, { stage: 'LENT', amount: '1500000.50' }] });
    for (const body of [{ stage: 'LENT', amount: '1' }, { stage: 'ENDED', reasonCode: 'CUSTOMER_NO_NEED', reasonText: '客户放弃' }]) await report(body).expect(409);
    expect(await district.steps(bankA, id)).toEqual(['CLAIMED', 'DOCKED', 'APPROVED', 'LENT']);
    const facts = { demandId: id, referralId, bankId: bankA.organisationId, enterpriseId };
    expect((await told(id)).map(({ n, p }) => [n, p])).toEqual([
      ['demand.progressed', { ...facts, stage: 'DOCKED', amount: null, reasonCode: null }],
      ['demand.progressed', { ...facts, stage: 'CREDITED', amount: '1500000.50', reasonCode: 'OTHER' }],
      ['demand.progressed', { ...facts, stage: 'LENT', amount: '1500000.50', reasonCode: null }],
    ]);
  });

  it('that is approved without a word of contact was docked', async () => {
    const { id } = await demandOf((await claimed()).referralId);
    await district.app.post(district.bankA, `/v1/demands/${id}/decision`, { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '1' }).expect(201);
    const { body } = await district.app.post(district.bankA, `/v1/demands/${id}/progress`, { stage: 'ENDED', reasonCode: 'CUSTOMER_QUOTA_TOO_SMALL', reasonText: '额度不足' }).expect(201);
    expect(body.progress.map(({ stage }: { stage: string }) => stage)).toEqual(['DOCKED', 'CREDITED', 'ENDED']);
    expect((await told(id)).map(({ p }) => p.stage)).toEqual(['DOCKED', 'CREDITED', 'ENDED']);
  });

  it('that its bank rejects after all ends, and one that was rejected first is no demand', async () => {
    const { app, bankA } = district;
    const { referralId, entryId, enterpriseId } = await claimed();
    const rejection = { referralId, entryId, enterpriseId, bankId: bankA.organisationId!, reasonCode: ReasonCode.CREDIT_RECORD, round: 1 };
    await app.deliver('referral.rejected', rejection);
    await app.deliver('referral.rejected', rejection);
    const { id, ...demand } = await demandOf(referralId);
    expect(demand).toMatchObject({ state: 'REJECTED', decisions: [{ reasonCode: 'CREDIT_RECORD' }], progress: [{ stage: 'ENDED', reasonCode: 'CREDIT_RECORD' }] });
    expect((await told(id)).map(({ n, p }) => [n, p.stage])).toEqual([['demand.progressed', 'ENDED']]);
    const late = newId();
    await app.deliver('referral.rejected', { ...rejection, referralId: late });
    await claimed({ referralId: late, entryId, enterpriseId });
    expect(await demandOf(late)).toBeUndefined();
  });

  it('is withdrawn with its row, in whatever order that is told, unless it was decided', async () => {
    const { app, bankA, supervisor } = district;
    const [open, decided, late] = [await claimed(), await claimed(), newId()];
    await recorded(open.enterpriseId);
    const { id } = await demandOf(decided.referralId);
    const approval = { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '1' };
    await app.post(bankA, `/v1/demands/${id}/decision`, approval).expect(201);
    const claimedIds = [open.referralId, decided.referralId, late];
    for (let times = 0; times < 2; times += 1) {
      await app.deliver('referrals.recalled', { recallId: newId(), count: 3, claimedIds }, { organisationId: bankA.organisationId! });
    }
    await claimed({ referralId: late });
    const withdrawn = await demandOf(open.referralId);
    expect(withdrawn).toMatchObject({ state: 'WITHDRAWN', enterpriseName: null, enterpriseId: null });
    expect([await demandOf(late), (await demandOf(decided.referralId)).state]).toEqual([undefined, 'APPROVED']);
    expect(await district.steps(bankA, withdrawn.id)).toEqual(['CLAIMED', 'WITHDRAWN']);
    await app.post(bankA, `/v1/demands/${withdrawn.id}/decision`, approval).expect(409);
    expect(await demandOf(open.referralId, supervisor)).toMatchObject({ enterpriseName: '万州推荐企业' });
  });

  it('names nobody any more when the consent that covers it is withdrawn, at every bank', async () => {
    const { app, bankA, bankB, supervisor } = district;
    const consentId = newId();
    const [one, other] = [await claimed({ consentId }), await claimed({ consentId }, bankB)];
    await recorded(one.enterpriseId);
    await app.deliver('consent.withdrawn', {
      consentId, recordKind: 'DEMAND' as never, recordId: newId(), recipientId: bankA.organisationId!, cause: 'WITHDRAWN', withdrawnAt: new Date().toISOString(),
    });
    for (const [bank, { referralId }] of [[bankA, one], [bankB, other]] as const) {
      const unnamed = { enterpriseName: null, enterpriseId: null, consentWithdrawnAt: expect.any(String) as string };
      expect(await demandOf(referralId, bank)).toMatchObject(unnamed);
    }
    expect(await demandOf(one.referralId, supervisor)).toMatchObject({ enterpriseName: '万州推荐企业' });
  });

  it('is approved in the sandbox where its credit code says so, and closed by a reset', async () => {
    const { app, bankA } = district;
    const forced = await claimed({ enterpriseId: enterpriseIdOf(sandboxOutcomes.find(({ outcome }) => outcome === 'APPROVED')!.creditCode), amount: null });
    const demand = await until('it is approved', async () => {
      await district.app.handleDue();
      const found = await demandOf(forced.referralId);
      return found.state === 'APPROVED' && found;
    });
    expect(demand).toMatchObject({ decisions: [{ approvedAmount: '100000.00', reasonCode: 'MEETS_CRITERIA' }] });
    const open = await claimed();
    await app.deliver('sandbox.reset', { organisationId: bankA.organisationId! }, { organisationId: bankA.organisationId! });
    await until('it is closed', async () => {
      await district.app.handleDue();
      return (await demandOf(open.referralId)).state === 'REJECTED';
    });
  });

  it('is read by people at harbors of its bank, and by nobody else’s', async () => {
    const { bankA } = district;
    const { referralId } = await claimed();
    expect(await demandOf(referralId, callerOf('harbor-staff', bankA.organisationId!))).toMatchObject({ state: 'ACCEPTED' });
    expect(await demandOf(referralId, callerOf('harbor-staff'))).toBeUndefined();
  });
});

import { eventsProducedBy } from '@finharbor/contracts/events/catalogue';
import { enterpriseIdOf } from '@finharbor/contracts/ids';
import { SizeClass } from '@finharbor/contracts/vocabulary';
import { application, District, GuaranteeType, newId, onDay, type Submitted } from './district.js';

describe('a demand', () => {
  let district: District;
  beforeAll(async () => {
    district = await District.open();
  });
  afterAll(() => district.app.close());

  const events = async (demandId: string): Promise<{ n: string; o: string; v: number; p: object }[]> => {
    const rows = await district.app.database.query<{ event: { n: string; o: string; v: number; p: object } }>(
      `select jsonb_array_elements(body::jsonb) as event from loan_matching.delivery union all
       select jsonb_build_object('n', name, 'o', org_id, 'v', aggregate_version, 'p', payload) from loan_matching.outbox`,
    );
    const own = rows.map(({ event }) => event).filter(({ n, p }) => n.startsWith('demand.') && !['demand.progressed', 'demand.moved'].includes(n) && JSON.stringify(p).includes(demandId));
    return [...new Map(own.map((event) => [event.v, event])).values()].sort((a, b) => a.v - b.v);
  };

  it('goes from the scan to the bank’s answer, every step in its trail', async () => {
    const { app, bankA, supervisor, harborA } = district;
    const productId = await district.product(bankA, '小微信用快贷', {
      regionCodes: ['500101'], sizeClasses: [SizeClass.SMALL, SizeClass.MICRO], amountMin: '10000', amountMax: '3000000', guaranteeTypes: [GuaranteeType.CREDIT],
    });
    const { id, applicant, body } = await district.submit({ amount: '500000' });
    expect(body.demand).toMatchObject({ harborId: harborA, state: 'SUBMITTED', amount: '500000.00', sizeClass: 'SMALL', enterpriseName: '万州示例食品有限公司', decisions: [] });
    expect(body.accessSecret).toMatch(/^demand_/);
    expect(body.matches.find((match: { productId: string }) => match.productId === productId)).toMatchObject({
      productName: '小微信用快贷', bankId: bankA.organisationId, bankName: '三峡示范银行', verdict: 'PASS',
      rules: [
        { rule: 'REGION', outcome: 'PASS', expected: '500101', actual: '500101001', source: 'APPLICANT', missing: [] },
        { rule: 'SIZE_CLASS', outcome: 'PASS', expected: 'SMALL, MICRO', actual: 'SMALL' },
        { rule: 'AMOUNT_MIN', outcome: 'PASS' }, { rule: 'AMOUNT_MAX', outcome: 'PASS' }, { rule: 'GUARANTEE_TYPES', outcome: 'PASS' },
      ],
    });
    expect((await app.get(applicant, `/v1/demands/${id}/matches`).expect(200)).body).toEqual(body.matches);

    const chosen = await app.post(applicant, `/v1/demands/${id}/choice`, { productId }).expect(201);
    expect(chosen.body).toMatchObject({ state: 'ROUTED', productId, bankId: bankA.organisationId });
    const routed = (await app.get(bankA, `/v1/demands/${id}`).expect(200)).body;
    expect(routed).toMatchObject({
      state: 'ROUTED', amount: '500000.00', purpose: '采购原材料', enterpriseName: null, creditCode: null, enterpriseId: null, contactName: null, contactPhone: null,
      establishedOn: null, employees: null, revenue: null, assets: null,
    });

    const accepted = await app.post(bankA, `/v1/demands/${id}/acceptance`).expect(201);
    expect(accepted.body).toMatchObject({
      state: 'ACCEPTED', enterpriseName: '万州示例食品有限公司', creditCode: '91500101MA5U00011L', enterpriseId: enterpriseIdOf('91500101MA5U00011L'),
      contactName: '欧***', contactPhone: '139****4321', employees: 32, revenue: '320.000000', establishedOn: '2014-06-17',
    });
    const decided = await app.post(bankA, `/v1/demands/${id}/decision`, {
      outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '300000', annualRate: '3.65',
    }).expect(201);
    expect(decided.body).toMatchObject({ state: 'APPROVED', decisions: [{ outcome: 'APPROVED', approvedAmount: '300000.00', annualRate: '3.6500', bankId: bankA.organisationId }], source: 'LOAN_CODE', referralId: null, progress: [{ stage: 'DOCKED' }, { stage: 'CREDITED', amount: '300000.00' }] });
    const read = (await app.get(applicant, `/v1/demands/${id}`).expect(200)).body;
    expect(read.decisions).toEqual(decided.body.decisions);
    expect(read).not.toHaveProperty('contactPhone');

    const whole = ['SUBMITTED', 'MATCHED', 'CHOSEN', 'ROUTED', 'ACCEPTED', 'APPROVED'];
    expect((await district.steps(applicant, id)).filter((step) => step !== 'CLOCK_NOT_COVERED')).toEqual(whole);
    expect(await district.steps(supervisor, id)).toEqual(await district.steps(applicant, id));
    expect((await district.steps(bankA, id)).filter((step) => step !== 'CLOCK_NOT_COVERED')).toEqual(whole.slice(3));
    expect(await events(id)).toMatchObject([
      { n: 'demand.submitted', p: { demandId: id, harborId: harborA } },
      { n: 'demand.chosen', o: bankA.organisationId, v: 2, p: { demandId: id, bankId: bankA.organisationId, productId, harborId: harborA, acceptBy: routed.acceptDueAt } },
      { n: 'demand.accepted', o: bankA.organisationId, p: { demandId: id, bankId: bankA.organisationId, enterpriseId: enterpriseIdOf('91500101MA5U00011L'), consentId: read.consentId } },
      { n: 'demand.decided', o: bankA.organisationId, p: { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', harborId: harborA } },
    ]);
  });

  it('is rejected with a code and a text that the enterprise reads', async () => {
    const { app, bankA, dashboard } = district;
    const { id, applicant } = await district.accepted(bankA);
    await app.post(bankA, `/v1/demands/${id}/decision`, { outcome: 'REJECTED', reasonCode: 'CREDIT_RECORD', reasonText: '近期有逾期记录' }).expect(201);
    const expected = { state: 'REJECTED', decisions: [{ outcome: 'REJECTED', reasonCode: 'CREDIT_RECORD', reasonText: '近期有逾期记录', approvedAmount: null }] };
    expect((await app.get(applicant, `/v1/demands/${id}`).expect(200)).body).toMatchObject(expected);
    expect((await app.get(dashboard, `/v1/demands/${id}`).expect(200)).body).toMatchObject(expected);
    expect((await app.get(applicant, `/v1/demands/${id}/trail`)).body.at(-1)).toMatchObject({ step: 'REJECTED', by: 'bank', reasonCode: 'CREDIT_RECORD' });
  });

  it('is matched with what the enterprise master knows, newest version, and unknown stays unknown', async () => {
    const { app, bankA } = district;
    const creditCode = '91500101MA5UABCD0Y';
    const enterpriseId = enterpriseIdOf(creditCode);
    const record = (version: number, regionCode: string): Promise<void> => app.deliver('enterprises.recorded', {
      enterprises: [{ enterpriseId, version, name: '已知企业', regionCode, industryCode: null, sizeClass: SizeClass.LARGE, establishedOn: '2026-01-01' }],
    });
    await record(2, '500102');
    await record(1, '500101');
    const eligibility = { regionCodes: ['500101'], industryCodes: ['A'], sizeClasses: [SizeClass.LARGE], yearsInBusinessMin: 50 };
    const productId = await district.product(bankA, '大企业贷', eligibility);
    const matchOf = ({ body }: Submitted): unknown => body.matches.find((match: { productId: string }) => match.productId === productId);
    expect(matchOf(await district.submit({ creditCode, enterpriseName: '已知企业', industryCode: undefined }))).toMatchObject({
      verdict: 'FAIL',
      rules: [
        { rule: 'REGION', outcome: 'FAIL', actual: '500102', source: 'ENTERPRISE_MASTER' },
        { rule: 'INDUSTRY', outcome: 'UNKNOWN', actual: null, source: null, missing: ['industryCode'] },
        { rule: 'SIZE_CLASS', outcome: 'PASS', source: 'ENTERPRISE_MASTER' },
        { rule: 'YEARS_IN_BUSINESS', outcome: 'FAIL', source: 'ENTERPRISE_MASTER' },
      ],
    });
  });

  it('is not matched with a suspended product, in whatever order the events come', async () => {
    const { app, bankA } = district;
    const [late, early] = [newId(), newId()];
    const published = (productId: string, version: number): Promise<void> =>
      app.deliver('product.published', { productId, bankId: bankA.organisationId!, name: '停售贷', eligibility: {} }, { version });
    await published(late, 1);
    await app.deliver('product.suspended', { productId: late }, { version: 2 });
    await app.deliver('product.suspended', { productId: early }, { version: 2 });
    await published(early, 1);
    const { body } = await district.submit();
    expect(body.matches.filter(({ productId }: { productId: string }) => [late, early].includes(productId))).toEqual([]);
    await published(early, 3);
    expect((await district.submit()).body.matches.map(({ productId }: { productId: string }) => productId)).toContain(early);
  });

  it('may go to a product that fits or may fit, on offer, among its matches; to no other', async () => {
    const { app, bankA } = district;
    const fails = await district.product(bankA, '大额贷', { amountMin: '9000000000' });
    const maybe = await district.product(bankA, '农业贷', { industryCodes: ['A'] });
    const suspended = await district.product(bankA, '将停贷');
    const { id, applicant } = await district.submit({ industryCode: undefined });
    const later = await district.product(bankA, '新品贷');
    await app.deliver('product.suspended', { productId: suspended }, { version: 2 });
    for (const [productId, rule] of [[fails, 'verdict'], [later, 'match'], [newId(), 'match'], [suspended, 'onOffer']]) {
      const refused = await app.post(applicant, `/v1/demands/${id}/choice`, { productId }).expect(400);
      expect(refused.body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field: 'productId', rule }] });
    }
    await app.post(applicant, `/v1/demands/${id}/choice`, { productId: maybe }).expect(201);
  });

  it('is chosen once and accepted once, however many try at the same time', async () => {
    const { app, bankA, bankB } = district;
    const [one, other] = [await district.product(bankA, '并发甲'), await district.product(bankB, '并发乙')];
    const { id, applicant } = await district.submit();
    const choices = await Promise.all([one, other, one, other].map((productId) => app.post(applicant, `/v1/demands/${id}/choice`, { productId })));
    expect(choices.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(choices.filter(({ status }) => status === 409).map(({ body }) => body.code)).toEqual(Array(3).fill('ILLEGAL_STATE'));
    const winner = choices.find(({ status }) => status === 201)!.body.bankId === bankA.organisationId ? bankA : bankB;
    const acceptances = await Promise.all([1, 2, 3].map(() => app.post(winner, `/v1/demands/${id}/acceptance`)));
    expect(acceptances.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const decision = { outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: '额度已满' };
    const decisions = await Promise.all([1, 2, 3].map(() => app.post(winner, `/v1/demands/${id}/decision`, decision)));
    expect(decisions.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const steps = await district.steps(applicant, id);
    expect(steps.filter((step) => ['ROUTED', 'ACCEPTED', 'REJECTED'].includes(step))).toEqual(['ROUTED', 'ACCEPTED', 'REJECTED']);
  });

  it('keeps to its states', async () => {
    const { app, bankA } = district;
    const { id, applicant } = await district.routed(bankA);
    const decision = { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '1' };
    const illegal = async (caller: typeof bankA, path: string, body: object = {}): Promise<void> =>
      expect((await app.post(caller, `/v1/demands/${id}/${path}`, body).expect(409)).body.code).toBe('ILLEGAL_STATE');
    await illegal(bankA, 'decision', decision);
    await illegal(bankA, 'contact-views', { reason: '回访' });
    await app.post(bankA, `/v1/demands/${id}/acceptance`).expect(201);
    await illegal(bankA, 'acceptance');
    await illegal(applicant, 'choice', { productId: newId() });
    await app.post(bankA, `/v1/demands/${id}/decision`, decision).expect(201);
    await illegal(bankA, 'decision', decision);
    await illegal(bankA, 'acceptance');
  });

  it('is due by the end of the next working day, and is its bank’s no more when that passes', async () => {
    const { app, bankA, supervisor } = district;
    const { id } = await onDay('2025-09-30T04:00:00Z', () => district.routed(bankA));
    const acceptDueAt = '2025-10-09T16:00:00.000Z';
    expect((await app.get(bankA, `/v1/demands/${id}/trail`)).body[0]).toMatchObject({ step: 'ROUTED', dueAt: acceptDueAt });
    await district.routedAt(id, '2025-09-30T04:00:00Z');
    await app.settle();
    expect((await app.get(bankA, `/v1/demands/${id}`)).body)
      .toMatchObject({ state: 'EXPIRED', endReasonCode: 'TOO_SLOW', acceptOverdue: true, acceptDueAt, enterpriseName: null });
    expect((await app.get(supervisor, `/v1/demands/${id}/trail`)).body.slice(-2))
      .toMatchObject([{ step: 'ACCEPT_OVERDUE', by: 'service', dueAt: acceptDueAt }, { step: 'EXPIRED', by: 'service', reasonCode: 'TOO_SLOW' }]);
    expect((await app.post(bankA, `/v1/demands/${id}/acceptance`).expect(409)).body.code).toBe('ILLEGAL_STATE');
  });

  it('stops its clock when it is accepted, and at nothing else', async () => {
    const { app, bankA, bankB } = district;
    const { id, applicant } = await district.routed(bankA);
    await district.setClock(id, '1 day');
    await app.post(bankB, `/v1/demands/${id}/acceptance`).expect(404);
    await district.app.handleDue();
    expect(await district.clocksOf(id)).toEqual([{ kind: 'DEMAND_ACCEPT', org_id: bankA.organisationId }]);
    await app.post(bankA, `/v1/demands/${id}/acceptance`).expect(201);
    await district.setClock(id, '-1 second');
    await district.app.handleDue();
    expect(await district.clocksOf(id)).not.toContainEqual(expect.objectContaining({ kind: 'DEMAND_ACCEPT' }));
    expect(await district.steps(applicant, id)).not.toContain('ACCEPT_OVERDUE');
  });

  it('is routed without a clock where the calendar does not reach, and its trail says so', async () => {
    const { app, bankA } = district;
    const { id, applicant } = await onDay('2041-05-06T04:00:00Z', () => district.routed(bankA));
    expect((await app.get(applicant, `/v1/demands/${id}`)).body).toMatchObject({ state: 'ROUTED', acceptDueAt: null });
    expect(await district.steps(bankA, id)).toEqual(['ROUTED', 'CLOCK_NOT_COVERED']);
    await district.routedAt(id, '2041-05-06T04:00:00Z');
    expect(await district.clocksOf(id)).toEqual([]);
  });

  it('shows its contact to nobody in the clear but the bank that accepted, for a reason that is kept', async () => {
    const { app, bankA, bankB, supervisor, dashboard } = district;
    const { id, applicant } = await district.accepted(bankA);
    await app.post(bankB, `/v1/demands/${id}/contact-views`, { reason: '回访' }).expect(404);
    await app.post(supervisor, `/v1/demands/${id}/contact-views`, { reason: '回访' }).expect(403);
    await app.post(bankA, `/v1/demands/${id}/contact-views`, { reason: ' ' }).expect(400);
    const seen = await app.post(bankA, `/v1/demands/${id}/contact-views`, { reason: '约定上门时间' }).expect(201);
    expect(seen.body).toEqual({ name: '欧阳测试', phone: '13987654321' });
    const audited = await app.database.query(
      `select role, org_id, detail ->> 'reason' as reason from loan_matching.audit where action = 'demand.contact-view' and resource_id = $1`, [id]);
    expect(audited).toEqual([{ role: 'bank', org_id: bankA.organisationId, reason: '约定上门时间' }]);
    expect((await district.steps(applicant, id)).at(-1)).toBe('CONTACT_VIEWED');
    for (const caller of [bankA, supervisor]) expect((await app.get(caller, `/v1/demands/${id}`)).body).toMatchObject({ contactName: '欧***', contactPhone: '139****4321' });
    for (const caller of [applicant, dashboard]) expect((await app.get(caller, `/v1/demands/${id}`)).body).not.toHaveProperty('contactName');
  });

  it('leaves no personal data in events, nor in any column in the clear', async () => {
    const { app, bankA } = district;
    await district.accepted(bankA, { contactName: '司马隐私', contactPhone: '13812345678' });
    const tables = await app.database.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'loan_matching'`);
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) {
      const [{ found }] = await app.database.query<{ found: number }>(
        `select count(*)::int as found from loan_matching.${name} t where t::text like '%13812345678%' or t::text like '%司马隐私%'`);
      expect([name, found]).toEqual([name, 0]);
    }
    const bodies = await app.database.query<{ body: string }>('select body from loan_matching.delivery union all select payload::text from loan_matching.outbox');
    expect(bodies.length).toBeGreaterThan(0);
    for (const { body } of bodies) expect(body).not.toMatch(/[\u4e00-\u9fff]|91500101/);
    expect(eventsProducedBy('loan-matching')).toHaveLength(20);
  });

  it('is submitted once however often the request is repeated, and its choice is answered to its secret alone', async () => {
    const { app, bankA } = district;
    const productId = await district.product(bankA, '重复贷');
    const { code } = await district.code();
    const [key, choiceKey] = [newId(), newId()];
    const anybody = { role: 'anonymous' as const, organisationId: null, clientId: null };
    const first = await app.post(anybody, `/v1/scans/${code}/demands`, application(), key).expect(201);
    expect((await app.post(anybody, `/v1/scans/${code}/demands`, application(), key).expect(201)).text).toBe(first.text);
    const path = `/v1/demands/${first.body.demand.id}/choice`;
    const holder = { role: 'applicant' as const, organisationId: null, clientId: null, accessSecret: first.body.accessSecret as string };
    const chosen = await app.post(holder, path, { productId }, choiceKey).expect(201);
    expect((await app.post(holder, path, { productId }, choiceKey).expect(201)).text).toBe(chosen.text);
    const stranger = { ...holder, accessSecret: 'demand_guess' };
    expect((await app.post(stranger, path, { productId }, choiceKey).expect(404)).body.code).toBe('NOT_FOUND');
  });
});

import { enterpriseIdOf } from '@finharbor/contracts/ids';
import { SizeClass } from '@finharbor/contracts/vocabulary';
import { anonymous, application, District, newId, type Submitted } from './district.js';

const creditCode = '91500101MA60AB1255';
const name = '万州示例食品有限公司';

describe('an application', () => {
  let district: District;
  beforeAll(async () => {
    district = await District.open({ SANDBOX: 'false' });
    await district.record('91500101MA5U00011L', name);
  });
  afterAll(() => district.app.close());

  const read = async (caller: Submitted['applicant'], id: string): Promise<Record<string, unknown>> =>
    (await district.app.get(caller, `/v1/applications/${id}`).expect(200)).body;
  /** The master tells of an enterprise anew. */
  const told = (version: number, changed: object): Promise<void> => district.app.deliver('enterprises.recorded', { enterprises: [{
    enterpriseId: enterpriseIdOf(creditCode), version, name, regionCode: null, industryCode: null, sizeClass: SizeClass.UNKNOWN,
    establishedOn: null, ...changed,
  }] });
  const choose = (submitted: Submitted, productId: string) => district.app.post(submitted.applicant, `/v1/demands/${submitted.id}/choice`, { productId });

  it('goes to no bank while the master does not hold it, and to the chosen one as soon as it does', async () => {
    const { app, bankA, supervisor } = district;
    const productId = await district.product(bankA);
    const submitted = await district.submitUnknown({ creditCode });
    expect(submitted.body.demand.state).toBe('SUBMITTED');
    expect(submitted.body.application).toMatchObject({ id: submitted.id, state: 'UNVERIFIED', source: 'LOAN_CODE' });
    expect(submitted.body.application).not.toHaveProperty('verification');
    expect(await read(supervisor, submitted.id)).toMatchObject({ state: 'UNVERIFIED', verification: 'ABSENT' });
    expect((await choose(submitted, productId).expect(201)).body).toMatchObject({ state: 'SUBMITTED', bankId: null });
    await app.get(bankA, `/v1/demands/${submitted.id}`).expect(404);

    await told(1, { name: '另一家公司' });
    await district.app.handleDue();
    expect(await read(supervisor, submitted.id)).toMatchObject({ state: 'UNVERIFIED', verification: 'NAME_MISMATCH' });
    await told(2, {});
    await district.app.handleDue();
    await app.settle();
    expect((await app.get(bankA, `/v1/demands/${submitted.id}`).expect(200)).body).toMatchObject({ state: 'ROUTED', productId, enterpriseName: null });
    expect(await read(submitted.applicant, submitted.id)).toMatchObject({ state: 'ROUTED', demands: [{ id: submitted.id, bankId: bankA.organisationId }] });
    expect(await district.steps(supervisor, submitted.id)).toEqual(expect.arrayContaining(['SUBMITTED', 'MATCHED', 'VERIFIED', 'CHOSEN', 'ROUTED']));
  });

  it('is answered the same for a code that is in the master, one that is not, and one that is outside of the programme', async () => {
    const { code } = await district.code();
    await district.record('92500101MA5UW0016R', '登记在册的企业');
    await district.record('92500101MA61CD341K', '万州区某机关', 'PUBLIC_BODY');
    await district.app.deliver('enterprises.recorded', { enterprises: [{
      enterpriseId: enterpriseIdOf('92500101MA5UW0016R'), version: 2, name: '登记在册的企业', regionCode: '500102', industryCode: 'A', sizeClass: SizeClass.LARGE, establishedOn: '2001-01-01',
    }] });
    await district.product(district.bankA, '有条件贷', { regionCodes: ['500101'], sizeClasses: [SizeClass.SMALL], yearsInBusinessMin: 5 });
    const answers = [];
    for (const one of [{ creditCode: '92500101MA5UW0016R' }, { creditCode: '92500101MA5UW0024L' }, { creditCode: '92500101MA61CD341K', enterpriseName: '万州区某机关' }]) {
      const { body } = await district.submitUnknown({ ...one, regionCode: undefined, establishedOn: undefined }, code);
      const text = JSON.stringify({ ...body, matches: [...body.matches].sort((a, b) => (a.productId < b.productId ? -1 : 1)) });
      answers.push(text.replaceAll(/"[\da-f]{8}-[\da-f-]{27}"|"demand_[\w-]+"|"20\d\d-[\dT:.-]+Z"|"9[\dA-Z]{17}"|"万州[^"]*"/g, '…'));
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('"state":"UNVERIFIED"');
  });

  it('is verified or refused by a supervisor, once, and what is refused says why', async () => {
    const { app, supervisor, dashboard, bankA } = district;
    const [good, bad] = [await district.submitUnknown({ creditCode: '91500000676129728J' }), await district.submitUnknown({ creditCode: '91500000676129728J' })];
    const verify = (caller: typeof supervisor, id: string, outcome: string) => app.post(caller, `/v1/applications/${id}/verification`, { outcome, reasonText: '已核对营业执照' });
    await verify(dashboard, good.id, 'VERIFIED').expect(403);
    await verify(bankA, good.id, 'VERIFIED').expect(403);
    const productId = await district.product(bankA);
    const later = await district.submitUnknown({ creditCode: '91500000676129728J' });
    await choose(later, productId).expect(201);
    expect((await verify(supervisor, later.id, 'VERIFIED').expect(201)).body).toMatchObject({ verification: 'BY_SUPERVISOR', demands: [{ state: 'ROUTED' }] });
    expect((await verify(supervisor, good.id, 'VERIFIED').expect(201)).body.state).toBe('SUBMITTED');
    expect((await verify(supervisor, good.id, 'REFUSED').expect(409)).body.code).toBe('ILLEGAL_STATE');
    await verify(supervisor, bad.id, 'REFUSED').expect(201);
    expect(await read(bad.applicant, bad.id)).toMatchObject({ state: 'CLOSED', reasonCode: 'NOT_VERIFIED', reasonText: '已核对营业执照', demands: [{ state: 'WITHDRAWN' }] });
    expect((await choose(bad, productId).expect(409)).body.code).toBe('ILLEGAL_STATE');
    await verify(supervisor, newId(), 'VERIFIED').expect(404);
  });

  it('is withdrawn by its applicant, with a reason that applicants give, from every bank', async () => {
    const { app, bankA, supervisor } = district;
    const accepted = await district.accepted(bankA);
    const withdraw = (caller: Submitted['applicant'], body: object) => app.post(caller, `/v1/applications/${accepted.id}/withdrawal`, body);
    const reason = { reasonCode: 'CUSTOMER_NO_NEED', reasonText: '资金已周转' };
    await withdraw({ ...accepted.applicant, accessSecret: 'demand_guess' }, reason).expect(404);
    await withdraw(supervisor, reason).expect(403);
    await withdraw(accepted.applicant, { reasonCode: 'CUSTOMER_NO_NEED' }).expect(400);
    expect((await withdraw(accepted.applicant, { ...reason, reasonCode: 'NO_QUOTA' }).expect(400)).body.errors).toMatchObject([{ field: 'reasonCode' }]);
    expect((await withdraw(accepted.applicant, reason).expect(201)).body).toMatchObject({ state: 'WITHDRAWN', reasonText: '资金已周转' });
    expect((await app.get(bankA, `/v1/demands/${accepted.id}`).expect(200)).body).toMatchObject({ state: 'WITHDRAWN', enterpriseName: null, contactPhone: null });
    expect((await withdraw(accepted.applicant, reason).expect(409)).body.code).toBe('ILLEGAL_STATE');
    const early = await district.submit();
    await app.post(early.applicant, `/v1/applications/${early.id}/withdrawal`, reason).expect(201);
    expect(await read(early.applicant, early.id)).toMatchObject({ state: 'WITHDRAWN', demands: [{ state: 'WITHDRAWN' }] });
  });

  it('names in one notice all that is missing, and again when documents come', async () => {
    const { app } = district;
    const { id, applicant, body } = await district.submit({ kind: 'RENEWAL', maturesOn: '2099-01-01', guaranteeTypes: ['MORTGAGE'], documents: ['BUSINESS_LICENCE'], jobs: 12, relief: true });
    const items = (missing: { item: string }[]): string[] => missing.map(({ item }) => item);
    expect(body.application).toMatchObject({ jobs: 12, relief: true, greenChannel: false });
    expect(items(body.application.missing)).toEqual([
      'RESIDENT_ID', 'OPERATING_RECORDS', 'FINANCIAL_STATEMENTS', 'TAX_RECORDS', 'PURPOSE_EVIDENCE', 'PREMISES', 'COLLATERAL_TITLE', 'PRESENT_LOAN_CONTRACT', 'REPAYMENT_RECORD',
    ]);
    const stated = await app.post(applicant, `/v1/applications/${id}/documents`, { documents: ['BUSINESS_LICENCE', 'RESIDENT_ID', 'COLLATERAL_TITLE'] }).expect(201);
    expect(items(stated.body.missing)).not.toEqual(expect.arrayContaining(['RESIDENT_ID']));
    const whole = await app.post(applicant, `/v1/applications/${id}/documents`, { documents: ['BUSINESS_LICENCE', ...items(body.application.missing)] }).expect(201);
    expect(whole.body).toMatchObject({ maturesOn: '2099-01-01', missing: [] });
    await app.post(applicant, `/v1/applications/${id}/documents`, { documents: ['PASSPORT'] }).expect(400);
  });

  it('is of what its credit code says where the applicant does not, and lacks accordingly', async () => {
    const { application: household } = (await district.submitUnknown({ creditCode: '92500101MA5UW0032F' })).body;
    expect([household.applicantKind, household.missing.map(({ item }: { item: string }) => item)])
      .toEqual(['SELF_EMPLOYED', ['BUSINESS_LICENCE', 'RESIDENT_ID', 'OPERATING_RECORDS', 'PURPOSE_EVIDENCE', 'PREMISES']]);
    expect((await district.submitUnknown({ creditCode: '92500101MA5UW0032F', applicantKind: 'FAMILY_FARM' })).body.application.applicantKind).toBe('FAMILY_FARM');
  });

  it.each([
    ['a household by its code that says it is an enterprise', { creditCode: '92500101MA5UW0032F', applicantKind: 'ENTERPRISE', maturesOn: '2099-01-01' }, 'applicantKind creditCode, maturesOn renewal'],
    ['a renewal on or after the day that the loan ends', { kind: 'RENEWAL', maturesOn: '2026-01-01' }, 'maturesOn maturity'],
    ['a renewal of a loan that ends on no day', { kind: 'RENEWAL', maturesOn: '2027-02-30' }, 'maturesOn maturity'],
    ['a renewal that does not say when the loan ends', { kind: 'RENEWAL', regionCode: '999999' }, 'regionCode region, maturesOn required'],
    ['the end of a loan that is not renewed', { kind: 'FIRST_LOAN', maturesOn: '2099-01-01' }, 'maturesOn renewal'],
    ['fewer than no jobs', { jobs: -1 }, 'jobs min'],
    ['a resident id of an enterprise', { residentId: '11010519491231002X' }, 'residentId naturalPerson'],
  ])('refuses %s', async (_what, changed, problem) => {
    const { code } = await district.code();
    const { body } = await district.app.post(anonymous, `/v1/scans/${code}/demands`, application(changed)).expect(400);
    expect(body.errors.map(({ field, rule }: { field: string; rule: string }) => `${field} ${rule}`).join(', ')).toBe(problem);
  });

  it('is made of a claimed referral too, and follows its bank', async () => {
    const { app, bankA, supervisor } = district;
    await app.deliver('referral.claimed', {
      referralId: newId(), entryId: newId(), bankId: bankA.organisationId!, enterpriseId: newId(), consentId: newId(),
      claimedAt: new Date().toISOString(), amount: '10000', termMonths: 6, purpose: null, guaranteeType: null,
    } as never);
    const { items } = (await app.get(supervisor, '/v1/applications?source=REFERRAL').expect(200)).body;
    expect(items).toMatchObject([{ state: 'ACCEPTED', mode: 'DESIGNATED', source: 'REFERRAL', harborId: null, demands: [{ source: 'REFERRAL' }] }]);
  });
});

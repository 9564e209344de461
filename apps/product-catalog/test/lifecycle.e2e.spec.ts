import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';

const draft = { name: '港湾信用贷', eligibility: { amountMax: '3000000' } };
const whole = {
  ...draft, description: '面向小微企业的信用贷款', repaymentModes: ['BORROW_REPAY_ANYTIME'],
  eligibility: { amountMax: '3000000', termMonthsMax: 36, guaranteeTypes: ['CREDIT'] },
  eligibilityRules: { v: 1, rules: [{ any: [{ fact: 'taxGrade', in: ['A', 'B'] }, { fact: 'tags', has: ['专精特新'] }] }, { text: '有固定经营场所' }] },
  terms: {
    purposes: ['WORKING_CAPITAL'], origin: 'COMMERCIAL', stages: ['FIRST_LOAN'], pricing: { kind: 'LPR', lprTerm: 'ONE_YEAR', basisPointsMin: 45, basisPointsMax: 135 },
    tiers: [{ amountFrom: '0', amountTo: '500000', pricing: { kind: 'FIXED', rateMin: '3.5', rateMax: '3.5' } }], fees: [{ name: '评估费', amount: '500' }],
    collaterals: ['RECEIVABLES'], monetaryTools: ['SMALL_BUSINESS_RELENDING'], riskSchemes: ['市级风险补偿资金池'], greenCategory: '4.1', specialGroups: ['VETERAN'],
    channels: ['OUTLET'], documents: ['营业执照'], handlingWorkingDays: 5, department: { name: '普惠金融部', telephone: '023-58000000' },
  },
};

describe('the life of a product', () => {
  let app: TestApp;
  const [bank, supervisor, anonymous, insurer] = [callerOf('bank'), callerOf('supervisor'), callerOf('anonymous'), callerOf('insurer')];
  const made = async (input: object = draft, caller = bank): Promise<{ id: string; revision: number }> => (await app.post(caller, '/v1/products', input).expect(201)).body;
  const step = (id: string, name: string, body?: object, caller = bank) => app.post(caller, `/v1/products/${id}/${name}`, body);

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'product-catalog', { PRODUCT_REVIEW: 'true', PRODUCT_QUALITY_MIN: '60' });
  });
  afterAll(() => app.close());

  it('keeps the whole model, and reckons rates from the quote of the day', async () => {
    const { id } = await made(whole);
    const product = (await app.get(bank, `/v1/products/${id}`).expect(200)).body;
    expect(product).toMatchObject({
      line: 'LOAN', eligibilityRules: whole.eligibilityRules, annualRateMin: '3.4500', annualRateMax: '4.3500', rateQuotedOn: '2026-04-20',
      terms: { ...whole.terms, insurance: null },
    });
    const insurance = { classes: ['EMPLOYER_LIABILITY', 'DISASTER'], premiumBasis: '工资总额', premiumPercent: '0.5', simplifiedClaim: true };
    expect((await made({ name: '雇主责任险', line: 'INSURANCE', eligibility: {}, terms: { insurance } }, insurer))).toMatchObject({ line: 'INSURANCE', terms: { insurance } });
  });

  it('is judged, submitted, reviewed, published, suspended and retired', async () => {
    const { id } = await made(whole);
    const quality = (await app.get(bank, `/v1/products/${id}/quality`).expect(200)).body;
    expect(quality).toMatchObject({ rules: 6, executable: 5, executablePercent: 83, texts: ['有固定经营场所'], completenessPercent: 100, missing: [], contradictions: [] });
    expect((await step(id, 'publication').expect(409)).body.code).toBe('ILLEGAL_STATE');
    expect((await step(id, 'submission').expect(201)).body).toMatchObject({ state: 'SUBMITTED', reviewState: 'PENDING' });
    expect((await step(id, 'review', { outcome: 'RETURNED' }, supervisor).expect(400)).body.errors[0].field).toBe('reason');
    expect((await step(id, 'review', { outcome: 'RETURNED', reason: '缺少说明' }, supervisor).expect(201)).body).toMatchObject({ state: 'DRAFT', reviewState: 'RETURNED', reviewReason: '缺少说明' });
    await step(id, 'review', { outcome: 'APPROVED' }, supervisor).expect(409);
    await step(id, 'submission').expect(201);
    await step(id, 'review', { outcome: 'APPROVED' }, bank).expect(403);
    const waiting = (await app.get(supervisor, '/v1/products?reviewState=PENDING').expect(200)).body.items;
    expect(waiting.map((one: { id: string }) => one.id)).toEqual([id]);
    const approve = 'mutation ($id: ID!) { reviewProduct(id: $id, outcome: APPROVED) { id reviewState } }';
    expect((await app.graphql(bank, approve, { id })).errors![0].extensions!.code).toBe('FORBIDDEN');
    expect((await app.graphql(supervisor, approve, { id })).data.reviewProduct).toEqual({ id, reviewState: 'APPROVED' });
    expect((await step(id, 'publication').expect(201)).body).toMatchObject({ state: 'PUBLISHED', version: 1, publishedRevision: 1 });
    const seen = (await app.get(anonymous, `/v1/published-products/${id}`).expect(200)).body;
    expect(seen).toMatchObject({ terms: { greenCategory: '4.1' } });
    for (const hidden of ['state', 'externalId', 'revision', 'reviewState', 'cdr']) expect(seen).not.toHaveProperty(hidden);
    expect((await step(id, 'suspension').expect(201)).body).toMatchObject({ state: 'SUSPENDED', version: 2 });
    expect((await step(id, 'retirement').expect(201)).body).toMatchObject({ state: 'RETIRED', version: 3 });
    for (const name of ['publication', 'suspension', 'submission', 'retirement']) await step(id, name).expect(409);
  });

  it('is not published below the quality that is asked, and says what is missing', async () => {
    const { id } = await made({ name: '说不清贷', eligibility: {}, eligibilityRules: { v: 1, rules: [{ text: '银行另行规定' }] } });
    await step(id, 'submission').expect(201);
    await step(id, 'review', { outcome: 'APPROVED' }, supervisor).expect(201);
    const refused = (await step(id, 'publication').expect(409)).body;
    expect(refused.code).toBe('QUALITY_TOO_LOW');
    expect(refused.errors.map(({ field }: { field: string }) => field)).toContain('terms.handlingWorkingDays');
  });

  it('tells near duplicates of the same bank', async () => {
    const [one, other] = [await made({ ...whole, name: '万州柑橘产业贷款一号' }), await made({ ...whole, name: '万州柑橘产业贷款一号 ' })];
    expect((await app.get(bank, `/v1/products/${other.id}/quality`).expect(200)).body.nearDuplicates).toEqual([one.id]);
  });

  it('is written anew as it was read, and what is published stays until it is published again', async () => {
    const { id } = await made(whole);
    const read = await app.get(bank, `/v1/products/${id}`).expect(200);
    expect(read.headers.etag).toBe('"1"');
    const put = (body: object, etag?: string, caller = bank) => (etag ? app.put(caller, `/v1/products/${id}`, body).set('if-match', etag) : app.put(caller, `/v1/products/${id}`, body));
    expect((await put(whole).expect(428)).body.code).toBe('PRECONDITION_REQUIRED');
    for (const stale of ['"2"', '*', 'W/"1"']) expect((await put(whole, stale).expect(412)).body.code).toBe('PRECONDITION_FAILED');
    await put(whole, '"1"', callerOf('bank')).expect(404);
    await step(id, 'submission').expect(201);
    await step(id, 'review', { outcome: 'APPROVED' }, supervisor).expect(201);
    await step(id, 'publication').expect(201);
    const changed = await put({ ...whole, name: '港湾信用贷（新）' }, '"1"').expect(200);
    expect([changed.headers.etag, changed.body]).toMatchObject(['"2"', { name: '港湾信用贷（新）', state: 'PUBLISHED', revision: 2, publishedRevision: 1, reviewState: null }]);
    expect((await app.get(anonymous, `/v1/published-products/${id}`)).body.name).toBe(draft.name);
    await step(id, 'publication').expect(409);
    await step(id, 'suspension').expect(201);
    const ended = (await app.get(anonymous, `/v1/published-products/${id}/versions`).expect(200)).body;
    expect(ended.map((version: { state: string }) => version.state)).toEqual(['SUSPENDED', 'PUBLISHED']);
    // The draft beside it was never on offer, and is in no version.
    expect((await app.get(anonymous, `/v1/published-products/${id}/differences?from=1&to=2`).expect(200)).body).toEqual([]);
  });

  it('refuses what is wrong by the path of the field', async () => {
    const wrong = async (input: object): Promise<string[]> => {
      const { body } = await app.post(bank, '/v1/products', { ...draft, ...input }).expect(400);
      return body.errors.map(({ field, rule }: { field: string; rule: string }) => `${field} ${rule}`);
    };
    const rules = (...list: object[]): object => ({ eligibilityRules: { v: 1, rules: list } });
    expect(await wrong({ name: '<b>贷</b>' })).toEqual(['name plainText']);
    expect(await wrong({ name: '贷&#60;款' })).toEqual(['name plainText']);
    expect(await wrong(rules({ fact: 'luck', in: ['x'] }))).toEqual(['eligibilityRules.rules.0.fact fact']);
    expect(await wrong(rules({ fact: 'revenue', min: '5', unit: 'PERSON' }))).toEqual(['eligibilityRules.rules.0.unit unit']);
    expect(await wrong(rules({ fact: 'amount', min: '301', unit: 'TEN_THOUSAND_YUAN' }))).toEqual(['eligibilityRules.rules.0 contradiction']);
    expect(await wrong(rules(...Array.from({ length: 10_000 }, () => ({ text: 'x' }))))).toEqual(['eligibilityRules.rules limit']);
    expect(await wrong({ terms: { tiers: [{ amountFrom: '0', pricing: { kind: 'FIXED', rateMin: '1', rateMax: '2' } }, { amountFrom: '1', pricing: { kind: 'FIXED', rateMin: '1', rateMax: '2' } }] } }))
      .toEqual(['terms.tiers.1.amountFrom overlap']);
    expect(await wrong({ terms: { handlingWorkingDays: 0, greenCategory: 'x', colour: 'red', fees: [{ name: '' }] } }))
      .toEqual(expect.arrayContaining(['terms.handlingWorkingDays min', 'terms.greenCategory matches', 'terms.colour whitelistValidation', 'terms.fees.0.name isLength']));
    expect(await wrong({ annualRateMin: '3', terms: { pricing: { kind: 'FIXED', rateMin: '3', rateMax: '3' } } })).toEqual(['annualRateMin derived']);
    const grade = (...of: string[]): object => ({ fact: 'taxGrade', in: of });
    expect(await wrong(rules({ any: [grade('A'), grade('B')] }, { any: [grade('M'), grade('C')] }))).toEqual(['eligibilityRules.rules.1.any contradiction']);
    expect(await wrong(rules({ fact: 'term', min: '51', unit: 'YEAR' }))).toEqual(['eligibilityRules.rules.0.min impossible']);
    expect(await wrong(rules({ text: '见<b>公告</b>' }))).toEqual(['eligibilityRules.rules.0.text markup']);
    expect(await wrong({ eligibility: { amountMin: '5', amountMax: '4' } })).toEqual(['eligibility.amountMax range']);
    expect(await wrong({ line: 'INSURANCE' })).toEqual(['terms.insurance required']);
    await made({ ...draft, externalId: 'A-1' });
    expect((await app.post(bank, '/v1/products', { ...draft, externalId: 'A-1' }).expect(409)).body.errors[0].field).toBe('externalId');
    await made({ ...draft, externalId: 'A-1' }, callerOf('bank'));
  });
});

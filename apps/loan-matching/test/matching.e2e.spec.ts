import { GuaranteeType } from '@finharbor/contracts/vocabulary';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { findApplication } from '../src/applications/application-access.js';
import { Catalogue } from '../src/matching/catalogue.js';
import { Matching } from '../src/matching/matching.service.js';
import { callerOf, District, newId, type Submitted } from './district.js';

interface Shown { productId: string; verdict: string; position: number; factors: object[]; rules: object[] }

describe('matching', () => {
  let district: District;
  beforeAll(async () => {
    district = await District.open();
  });
  afterAll(() => district.app.close());
  beforeEach(async () => {
    const { app } = district;
    for (const { id } of await app.database.query<{ id: string }>('select id from loan_matching.product_copies where published')) {
      await app.deliver('product.suspended', { productId: id }, { version: 99 });
    }
  });

  const publish = (productId: string, version: number, name: string, more: object = {}, bank = district.bankA): Promise<void> =>
    district.app.deliver('product.published', { productId, bankId: bank.organisationId!, name, eligibility: {}, ...more }, { version });
  const asWorker = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => district.app.app.get(Tenancy).worker(work);
  const versionOf = async (): Promise<number> => Number((await district.app.database.query<{ version: string }>('select version from loan_matching.catalogue'))[0].version);
  const names = ({ body }: Submitted): string[] => body.matches.map(({ productName }: { productName: string }) => productName);
  const page = async (submitted: Submitted, query = ''): Promise<{ items: Shown[]; nextCursor: string | null; catalogueVersion: string; rankingVersion: number }> =>
    (await district.app.get(submitted.applicant, `/v1/applications/${submitted.id}/matches${query}`).expect(200)).body;

  it('follows every change of the catalogue, each with the next number, in whatever order they are told', async () => {
    const [first, second] = [newId(), newId()];
    const before = await versionOf();
    await publish(first, 1, '一号', { annualRateMin: '4.35' });
    await publish(second, 1, '二号', { annualRateMin: '3.45' });
    expect(names(await district.submit())).toEqual(['二号', '一号']);
    await publish(first, 3, '一号（新）', { annualRateMin: '3.1' });
    await publish(first, 2, '一号（旧）', { annualRateMin: '1' });
    expect(names(await district.submit())).toEqual(['一号（新）', '二号']);
    expect(await versionOf()).toBe(before + 3);
    await district.app.deliver('product.suspended', { productId: first }, { version: 4 });
    await district.app.deliver('product.suspended', { productId: second }, { version: 2 });
    expect(names(await district.submit())).toEqual([]);
    await district.app.deliver('product.suspended', { productId: second }, { version: 2 });
    expect(await versionOf()).toBe(before + 5);
  });

  it('is the same in every process, whenever it began', async () => {
    const ids = [newId(), newId(), newId()];
    for (const [at, id] of ids.entries()) await publish(id, 1, `并行贷${at}`, { annualRateMin: `3.${at}` });
    const other = new Catalogue();
    const read = (catalogue: Catalogue): Promise<unknown> => asWorker(async (tx) => {
      const { version, ranked } = await catalogue.now(tx);
      return [version, ranked.page({ amount: '1' }, { limit: 100 }).items.map(({ product }) => [product.productId, product.annualRateMin])];
    });
    const own = district.app.app.get(Catalogue);
    expect(await read(other)).toEqual(await read(own));
    await Promise.all(ids.map((id, at) => publish(id, 2, `并行贷${at}`, { annualRateMin: `2.${9 - at}` })));
    expect(await Promise.all([read(other), read(own), read(other)])).toEqual(Array(3).fill(await read(new Catalogue())));
  });

  it('keeps the first fifty with reasons, and gives the others by page', async () => {
    const { app, bankA, bankB, supervisor } = district;
    const ids = Array.from({ length: 60 }, () => newId());
    for (const [at, id] of ids.entries()) {
      await publish(id, 1, `系列贷${at}`, { annualRateMin: (3 + at / 100).toFixed(2), eligibility: { amountMax: at % 3 ? '9000000' : '1', guaranteeTypes: at % 3 === 1 ? [GuaranteeType.CREDIT] : [] } }, at % 2 ? bankA : bankB);
    }
    const submitted = await district.submit({ guaranteeTypes: [] });
    expect(submitted.body.matches).toHaveLength(50);
    expect(submitted.body.matches[0]).toMatchObject({
      productName: '系列贷2', position: 1, verdict: 'PASS', factors: [{ factor: 'VERDICT', value: 'PASS' }, { factor: 'ANNUAL_RATE', value: '3.0200' }],
      rules: [{ rule: 'AMOUNT_MAX', outcome: 'PASS' }],
    });
    const first = await page(submitted, '?limit=25');
    expect(first.items.slice(0, 3).map((match) => match)).toEqual(submitted.body.matches.slice(0, 3));
    const second = await page(submitted, `?limit=25&cursor=${first.nextCursor}`);
    const third = await page(submitted, `?limit=25&cursor=${second.nextCursor}`);
    const positions = [first, second, third].flatMap(({ items }) => items.map(({ position }) => position));
    expect(positions).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
    expect(third.nextCursor).toBeNull();
    expect((await page(submitted, '?verdict=UNKNOWN&limit=100')).items.map(({ verdict, position }) => [verdict, position])).toEqual(Array.from({ length: 20 }, (_, at) => ['UNKNOWN', 21 + at]));
    await app.get(submitted.applicant, `/v1/applications/${submitted.id}/matches?verdict=PASS&cursor=${first.nextCursor}`).expect(400);
    await publish(ids[0], 2, '系列贷0');
    expect((await app.get(submitted.applicant, `/v1/applications/${submitted.id}/matches?limit=25&cursor=${first.nextCursor}`).expect(410)).body.code).toBe('CURSOR_EXPIRED');
    await app.get({ ...submitted.applicant, accessSecret: 'demand_wrong' }, `/v1/applications/${submitted.id}/matches`).expect(404);
    await app.get(bankA, `/v1/applications/${submitted.id}/matches`).expect(403);
    expect((await app.get(supervisor, `/v1/applications/${submitted.id}/matches?limit=1`).expect(200)).body.items).toHaveLength(1);
  });

  it('gives the same answer again after the catalogue changed', async () => {
    const { app, bankB, supervisor } = district;
    const [changed, ended] = [newId(), newId()];
    await publish(changed, 1, '老产品', { annualRateMin: '3.5', expression: { v: 1, rules: [{ fact: 'taxGrade', in: ['A'] }, { any: [{ fact: 'amount', max: '1', unit: 'YUAN' }, { fact: 'purpose', in: ['GREEN'] }] }] } });
    await publish(ended, 1, '已停产品', {}, bankB);
    const submitted = await district.submit({ taxGrade: 'A' });
    await publish(changed, 2, '新产品', { annualRateMin: '9' });
    await app.deliver('product.suspended', { productId: ended }, { version: 2 });
    const again = (await app.get(supervisor, `/v1/applications/${submitted.id}/match-reproduction`).expect(200)).body;
    expect(again).toMatchObject({ isSame: true, withheld: [], rankingVersion: 3, nextCursor: null });
    expect(again.items).toEqual(submitted.body.matches);
    expect((await page(submitted)).items.map(({ productId }) => productId)).toEqual([changed]);
    await app.get(submitted.applicant, `/v1/applications/${submitted.id}/match-reproduction`).expect(401);
  });

  it('finds for a further round the best product of each other bank', async () => {
    const { app, bankA, bankB } = district;
    const [dear, cheap, others, unfit] = [newId(), newId(), newId(), newId()];
    await publish(dear, 1, '甲贵', { annualRateMin: '5' });
    await publish(cheap, 1, '甲惠', { annualRateMin: '4' });
    await publish(others, 1, '乙', { annualRateMin: '6' }, bankB);
    await publish(unfit, 1, '丙', { eligibility: { amountMax: '1' } }, callerOf('bank'));
    const { id } = await district.submit();
    const application = await asWorker((tx) => findApplication(tx, id));
    const matching = app.app.get(Matching);
    const found = await asWorker((tx) => matching.fitting(tx, application, { exceptBanks: [], limit: 5 }));
    expect(found.map(({ productId, verdict }) => [productId, verdict])).toEqual([[cheap, 'PASS'], [others, 'PASS']]);
    const elsewhere = await asWorker((tx) => matching.fitting(tx, application, { exceptBanks: [bankA.organisationId!], limit: 5 }));
    expect(elsewhere).toMatchObject([{ productId: others, bankId: bankB.organisationId }]);
    expect(await asWorker((tx) => matching.matchOne(tx, application, unfit))).toMatchObject({ verdict: 'FAIL', rules: [{ rule: 'AMOUNT_MAX', outcome: 'FAIL' }] });
    expect(await asWorker((tx) => matching.matchOne(tx, application, newId()))).toBeUndefined();
  });

  it('tells each bank its own share of exposure, and supervisors everybody’s', async () => {
    const { app, bankA, bankB, dashboard } = district;
    await app.database.query('update loan_matching.matches set shown_on = null');
    const share = async (caller: typeof bankA): Promise<object[]> => {
      const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
      return (await app.get(caller, `/v1/match-exposure?from=2026-01-01&to=${today}`).expect(today < '2027-01-02' ? 200 : 400)).body;
    };
    const own = newId();
    await publish(own, 1, '首位', { annualRateMin: '1' });
    await publish(newId(), 1, '次位', { annualRateMin: '2' }, bankB);
    await publish(newId(), 1, '三位', { annualRateMin: '3' }, bankB);
    await publish(newId(), 1, '不符', { eligibility: { amountMax: '1' } }, bankB);
    await district.submit();
    expect(await share(bankA)).toEqual([{ bankId: bankA.organisationId, shown: 1, first: 1, sharePercent: null }]);
    for (let more = 0; more < 6; more++) await district.submit();
    expect(await share(bankA)).toEqual([{ bankId: bankA.organisationId, shown: 7, first: 7, sharePercent: 33 }]);
    expect(await share(callerOf('bank'))).toEqual([]);
    expect(await share(dashboard)).toEqual([
      { bankId: bankB.organisationId, shown: 14, first: 0, sharePercent: 67 },
      { bankId: bankA.organisationId, shown: 7, first: 7, sharePercent: 33 },
    ]);
    expect((await app.get(bankA, '/v1/match-exposure?from=2026-02-01&to=2026-01-31').expect(400)).body.errors).toMatchObject([{ field: 'to', rule: 'range' }]);
    await app.get(bankA, '/v1/match-exposure?from=2026-02-30&to=2026-03-01').expect(400);
  });

  it('matches a whole list of enterprises by what the master tells', async () => {
    const { app, bankA, bankB, supervisor } = district;
    const [first, second, third] = [newId(), newId(), newId()];
    const told = (enterpriseId: string, regionCode: string, more: object = {}): object =>
      ({ enterpriseId, version: 1, name: '名单企业', regionCode, industryCode: 'C1310', sizeClass: 'SMALL', establishedOn: '2014-06-17', ...more });
    await app.deliver('enterprises.recorded', { enterprises: [told(first, '500101001', { tags: ['SPECIALISED'] }), told(second, '500102')] as never });
    const [local, special, amount] = [newId(), newId(), newId()];
    await publish(local, 1, '本区贷', { eligibility: { regionCodes: ['500101'] } });
    await publish(special, 1, '专精特新贷', { annualRateMin: '3', expression: { v: 1, rules: [{ fact: 'tags', has: ['SPECIALISED'] }, { fact: 'ageOfBusiness', min: '3', unit: 'YEAR' }] } }, bankB);
    await publish(amount, 1, '小额贷', { eligibility: { amountMax: '100000' } });
    const { body } = await app.post(supervisor, '/v1/match-lists', { enterpriseIds: [second, third, first] }).expect(201);
    expect(body).toMatchObject({ rankingVersion: 3, items: [
      { enterpriseId: second, passed: 0, open: 2, best: [{ productId: special, bankId: bankB.organisationId, verdict: 'UNKNOWN' }, { productId: amount, verdict: 'UNKNOWN' }] },
      { enterpriseId: first, passed: 2, open: 1, best: [{ productId: special, verdict: 'PASS' }, { productId: local, bankId: bankA.organisationId, verdict: 'PASS' }, { productId: amount, verdict: 'UNKNOWN' }] },
    ] });
    expect(body.items).toHaveLength(2);
    for (const enterpriseIds of [[], [first, first], ['x'], Array.from({ length: 1_001 }, () => newId())]) {
      await app.post(supervisor, '/v1/match-lists', { enterpriseIds }).expect(400);
    }
    await app.post(bankA, '/v1/match-lists', { enterpriseIds: [first] }).expect(403);
  });
});

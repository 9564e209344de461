import { existsSync, readFileSync } from 'node:fs';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Test } from 'supertest';
import { byBrand, itemOf } from '../src/cdr/cdr-import.js';
import { cdrDetails, cdrProducts, patterns, type Shape } from '../src/cdr/cdr-shape.js';
import { AppModule } from '../src/app.module.js';

/** The description of the standard as a JSON schema: what is not described may not be there. */
function schemaOf(shape: Shape): object {
  switch (shape.kind) {
    case 'text': return { type: 'string', minLength: 1 };
    case 'boolean': case 'number': return { type: shape.kind };
    case 'choice': return { enum: shape.choices };
    case 'list': return { type: 'array', items: schemaOf(shape.of) };
    case 'object': return {
      type: 'object', required: shape.required, additionalProperties: false,
      properties: Object.fromEntries(Object.entries(shape.fields).map(([name, field]) => [name, schemaOf(field)])),
    };
    default: return { type: 'string', pattern: patterns[shape.kind] };
  }
}
const ajv = new Ajv({ allErrors: true });
const validators = (shapes: Record<number, Shape>): Map<string, ValidateFunction> =>
  new Map(Object.entries(shapes).map(([version, shape]) => [version, ajv.compile(schemaOf(shape))]));
const [isProduct, isDetail] = [validators(cdrProducts), validators(cdrDetails)];

/** Generated in the manner of real files, one id shared by two brands, and what is awkward about them. */
const sample = ['北岸 Bank', 'South Credit Union '].flatMap((brand, bank) => Array.from({ length: 30 }, (_, number) => ({
  productId: `S1_Overdraft${number === 0 ? '' : `$${bank}-${number}`}`, brand, name: `Business <b>Overdraft</b> & Co ${number}`, description: number % 3 ? 'A loan' : '<p>A loan</p>',
  productCategory: number % 2 ? 'OVERDRAFTS' : 'BUSINESS_LOANS', isTailored: false, lastUpdated: '2024-07-10T14:58:24.000+10:00', effectiveFrom: number === 29 ? '2099-01-01T00:00:00Z' : null,
  applicationUri: '', cardArt: [], additionalInformation: number % 2 ? null : { overviewUri: '', termsUri: 'https://example.com/terms' },
  eligibility: [{ eligibilityType: 'BUSINESS' }, { eligibilityType: 'MIN_AGE', additionalValue: '18' }, { eligibilityType: 'OTHER', additionalInfo: 'ABN needed' }],
  constraints: number % 2 ? [] : [{ constraintType: 'MAX_LIMIT', additionalValue: '50000' }],
  fees: [{ name: 'Fee', feeType: 'VARIABLE ', amount: '10', accrualFrequency: 'M', currency: 'AUD', additionalInfoUri: '' }],
  lendingRates: [{ lendingRateType: 'VARIABLE', rate: '0.0899', calculationFrequency: 'P1D', repaymentType: null, tiers: [{ name: 'T', unitOfMeasure: 'PERCENT', minimumValue: 0, maximumValue: 80.5 }] }],
  _sourceFile: 'x.json',
})));

describe('the facade of the Consumer Data Standards', () => {
  let app: TestApp;
  const anonymous = callerOf('anonymous');
  const ask = (path: string, headers: Record<string, string> = {}): Test => app.get(anonymous, `/cds-au/v1/${path}`).set({ 'x-v': path.startsWith('banking/products/') ? '4' : '3', ...headers });
  const codeOf = async (test: Test, status: number): Promise<string> => (await test.expect(status)).body.errors[0].code.replace('urn:au-cds:error:cds-all:', '');

  async function importAll(products: object[]): Promise<{ created: number; rejected: object[]; published: number }> {
    const sums = { created: 0, rejected: [] as object[], published: 0 };
    for (const [, own] of byBrand(products)) {
      for (let from = 0; from < own.length; from += 20) {
        const { body } = await app.post(callerOf('bank'), '/v1/product-upserts', { items: own.slice(from, from + 20).map(itemOf) }).expect(201);
        sums.created += body.created;
        sums.published += body.items.filter(({ published }: { published: boolean }) => published).length;
        sums.rejected.push(...body.items.filter(({ errors }: { errors: object[] }) => errors.length > 0));
      }
    }
    return sums;
  }

  const invalid = (validate: ValidateFunction, value: unknown): unknown => (validate(value) ? null : validate.errors);

  /** Every product of the facade in every version, page by page, each checked against the standard. */
  async function walk(query = ''): Promise<string[]> {
    const lists: string[][] = [];
    for (const [version, validate] of isProduct) {
      const ids: string[] = [];
      for (let next: string | undefined = `banking/products?page-size=100${query}`; next;) {
        const { body }: { body: { data: { products: { productId: string }[] }; links: { next?: string } } } = await ask(next, { 'x-v': version }).expect(200);
        for (const product of body.data.products) {
          expect([version, product.productId, invalid(validate, product)]).toEqual([version, product.productId, null]);
        }
        ids.push(...body.data.products.map(({ productId }) => productId));
        next = body.links.next?.split('/cds-au/v1/')[1];
      }
      lists.push(ids);
    }
    const all = [...new Set(lists.flat())];
    for (const id of all) {
      for (const [version, validate] of isDetail) {
        if (version !== '7' && !lists[0].includes(id)) continue;
        const { body } = await ask(`banking/products/${id}`, { 'x-v': version }).expect(200);
        expect([version, id, invalid(validate, body.data)]).toEqual([version, id, null]);
        expect(body.data.productId).toBe(id);
      }
    }
    return all;
  }

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'product-catalog', {
      CDR_OUTAGES: '[{"outageTime":"2099-01-01T00:00:00Z","duration":"PT2H","isPartial":false,"explanation":"Upgrade"},{"outageTime":"2020-01-01T00:00:00Z","duration":"P1D","isPartial":true,"explanation":"Old"}]',
    });
    expect(await importAll(sample)).toEqual({ created: 60, rejected: [], published: 60 });
  });
  afterAll(() => app.close());

  it('gives out what was imported as the standard writes it, under ids of our own', async () => {
    const ids = await walk();
    expect([ids.length, new Set(ids).size]).toEqual([58, 58]);
    const { body } = await ask(`banking/products/${ids[0]}`).expect(200);
    expect(body.data).toMatchObject({ brand: '北岸 Bank', fees: [{ feeType: 'VARIABLE', amount: '10.00', accrualFrequency: 'P1M' }], constraints: [{ additionalValue: '50000' }] });
    expect(body.links.self).toContain(`/cds-au/v1/banking/products/${ids[0]}`);
    const own = (await app.get(anonymous, `/v1/published-products/${ids[0]}`).expect(200)).body;
    expect(own).toMatchObject({ annualRateMin: '8.9900', repaymentModes: null, eligibility: { amountMax: null } });
    expect(own.eligibilityRules.rules).toEqual(expect.arrayContaining([{ fact: 'applicantAge', min: '18', unit: 'YEAR' }, { text: 'OTHER: ABN needed' }]));
  });

  it('tells products of our own in the standard’s words', async () => {
    const { body } = await app.post(callerOf('bank'), '/v1/product-upserts', { items: [{
      externalId: 'own', name: '港湾信用贷', publish: true, eligibility: { amountMin: '10000', amountMax: '3000000' },
      eligibilityRules: { v: 1, rules: [{ fact: 'taxGrade', in: ['A'] }, { not: { fact: 'tags', has: ['失信'] } }] },
      terms: { pricing: { kind: 'LPR', lprTerm: 'ONE_YEAR', basisPointsMin: 45, basisPointsMax: 135 }, fees: [{ name: '评估费', amount: '500', percent: '0.5' }] },
    }] }).expect(201);
    const { data } = (await ask(`banking/products/${body.items[0].id}`).expect(200)).body;
    expect(invalid(isDetail.get('4')!, data)).toBeNull();
    expect(data).toMatchObject({
      productCategory: 'BUSINESS_LOANS', constraints: [{ constraintType: 'MIN_LIMIT', additionalValue: '10000.00' }, { constraintType: 'MAX_LIMIT' }],
      lendingRates: [{ lendingRateType: 'MARKET_LINKED', rate: '0.0345' }, { rate: '0.0435' }], fees: [{ amount: '500.00', transactionRate: '0.005', currency: 'CNY' }],
    });
    const newest = (await ask(`banking/products/${body.items[0].id}`, { 'x-v': '7' }).expect(200)).body.data;
    expect(invalid(isDetail.get('7')!, newest)).toBeNull();
    expect(newest.fees).toMatchObject([{ feeMethodUType: 'fixedAmount', fixedAmount: { amount: '500.00' }, currency: 'CNY' }, { rateBased: { rateType: 'TRANSACTION', rate: '0.005' } }]);
  });

  it('takes in every version from 4 on, and gives each out in every version', async () => {
    const base = { brand: 'Versions', name: 'Loan', description: 'A loan', productCategory: 'BUSINESS_LOANS', isTailored: false, lastUpdated: '2026-07-10T14:58:24+10:00' };
    const rate = { lendingRateType: 'VARIABLE', rate: '0.07', applicationType: 'PERIODIC', applicationFrequency: 'P1M', repaymentType: 'UNCONSTRAINED', loanPurpose: 'OTHER',
      applicabilityConditions: [{ rateApplicabilityType: 'NEW_CUSTOMER' }], tiers: [{ name: 'LVR', unitOfMeasure: 'PERCENT', minimumValue: '0', maximumValue: '0.8' }] };
    const fee = { name: 'Late', feeType: 'LATE_PAYMENT', feeMethodUType: 'fixedAmount', fixedAmount: { amount: '15.00' }, feeCap: '45.00', feeCapPeriod: 'P1M' };
    const records = [
      { ...base, productId: 'v5', constraints: [{ constraintType: 'MAX_LVR', additionalValue: '0.8' }] },
      { ...base, productId: 'v6', fees: [fee, { name: 'Some', feeType: 'OTHER', additionalInfo: 'x', feeMethodUType: 'variable', variable: { feeMaximum: '9.00' } }], lendingRates: [rate],
        cardArt: [{ cardScheme: 'VISA', cardType: 'CREDIT', imageUri: 'https://example.com/x.png' }] },
      { ...base, productId: 'v7', productCategory: 'BUY_NOW_PAY_LATER', instalments: { minimumSplit: 2, maximumSplit: 4 }, features: [{ featureType: 'EXTRA_DOWN_PAYMENT' }] },
    ];
    const total = async (version: string): Promise<number> => (await ask('banking/products?effective=ALL', { 'x-v': version }).expect(200)).body.meta.totalRecords;
    const before = [await total('3'), await total('5')];
    const { body } = await app.post(callerOf('bank'), '/v1/product-upserts', { items: records.map(itemOf) }).expect(201);
    expect(body).toMatchObject({ created: 3, rejected: 0 });
    expect([await total('3'), await total('5')]).toEqual([before[0] + 2, before[1] + 3]);
    await walk('&effective=ALL');
    const [v5, v6, v7] = body.items.map(({ id }: { id: string }) => id);
    const data = async (id: string, version: string) => (await ask(`banking/products/${id}`, { 'x-v': version }).expect(200)).body.data;
    expect((await data(v5, '5')).constraints).toEqual([{ constraintType: 'MAX_LVR', additionalValue: '0.8' }]);
    expect((await data(v5, '4')).constraints).toEqual([]);
    const { productId: _, ...kept } = records[1];
    expect(await data(v6, '6')).toEqual({ ...kept, productId: v6 });
    expect(await data(v6, '4')).toMatchObject({
      fees: [{ feeType: 'EVENT', amount: '15.00' }, { feeType: 'VARIABLE' }], lendingRates: [{ rate: '0.07', tiers: [{ minimumValue: 0, maximumValue: 80 }] }],
    });
    expect(await data(v7, '7')).toMatchObject({ instalments: { maximumSplit: 4 } });
    expect(await codeOf(ask(`banking/products/${v7}`, { 'x-v': '6' }), 404)).toBe('Resource/NotFound');
    expect(await codeOf(ask('banking/products?product-category=BUY_NOW_PAY_LATER', { 'x-v': '4' }), 400)).toBe('Field/Invalid');
    await ask('banking/products?product-category=BUY_NOW_PAY_LATER', { 'x-v': '5' }).expect(200);
  });

  it('negotiates versions, and names each interaction', async () => {
    const { headers } = await ask('banking/products', { 'x-v': '9', 'x-min-v': '2' }).expect(200);
    expect((await ask('banking/products', { 'x-v': '4', 'x-min-v': '1' }).expect(200)).headers['x-v']).toBe('4');
    const [{ productId }] = (await ask('banking/products').expect(200)).body.data.products;
    for (const [wanted, least, answered] of [['9', '4', '7'], ['6', '1', '6'], ['4', '9', '4']]) {
      expect((await ask(`banking/products/${productId}`, { 'x-v': wanted, 'x-min-v': least }).expect(200)).headers['x-v']).toBe(answered);
    }
    expect(await codeOf(ask(`banking/products/${productId}`, { 'x-v': '3' }), 406)).toBe('Header/UnsupportedVersion');
    expect([headers['x-v'], headers['x-fapi-interaction-id']]).toEqual(['5', expect.stringMatching(/^[\da-f-]{36}$/)]);
    const own = '0c4b4b3e-0b0a-4f0e-9f59-3d3f5c0d8f11';
    expect((await ask('banking/products', { 'x-fapi-interaction-id': own }).expect(200)).headers['x-fapi-interaction-id']).toBe(own);
    expect(await codeOf(ask('banking/products', { 'x-v': '100' }), 406)).toBe('Header/UnsupportedVersion');
    expect(await codeOf(ask('banking/products', { 'x-v': 'abc' }), 400)).toBe('Header/InvalidVersion');
    expect(await codeOf(app.get(anonymous, '/cds-au/v1/banking/products'), 400)).toBe('Header/Missing');
    expect(await codeOf(ask('banking/products', { 'x-fapi-interaction-id': 'x' }), 400)).toBe('Header/Invalid');
  });

  it('pages and filters as the standard says, and refuses as it does', async () => {
    const page = (await ask('banking/products?page=2&page-size=10').expect(200)).body;
    expect(page.data.products).toHaveLength(10);
    expect(page.meta).toMatchObject({ totalPages: Math.ceil(page.meta.totalRecords / 10) });
    expect(Object.keys(page.links).sort()).toEqual(['first', 'last', 'next', 'prev', 'self']);
    expect(await codeOf(ask('banking/products?page=850'), 422)).toBe('Field/InvalidPage');
    expect(await codeOf(ask('banking/products?page-size=2000'), 400)).toBe('Field/InvalidPageSize');
    for (const wrong of ['page=x', 'effective=SOON', 'product-category=TOYS']) expect(await codeOf(ask(`banking/products?${wrong}`), 400)).toBe('Field/Invalid');
    expect(await codeOf(ask('banking/products?updated-since=yesterday'), 400)).toBe('Field/InvalidDateTime');
    for (const nobody of ['0c4b4b3e-0b0a-4f0e-9f59-3d3f5c0d8f11', 'x']) expect(await codeOf(ask(`banking/products/${nobody}`), 404)).toBe('Resource/NotFound');
    const total = async (query: string): Promise<number> => (await ask(`banking/products?${query}`).expect(200)).body.meta.totalRecords;
    expect(await total('brand=South%20Credit%20Union')).toBe(29);
    expect(await total('effective=FUTURE')).toBe(2);
    expect(await total('product-category=OVERDRAFTS&effective=ALL')).toBe(30);
    expect(await total('updated-since=2099-01-01T00:00:00Z')).toBe(0);
  });

  it('tells its status and its outages', async () => {
    expect((await ask('discovery/status', { 'x-v': '1' }).expect(200)).body.data).toMatchObject({ status: 'OK', updateTime: expect.any(String) });
    expect((await ask('discovery/outages', { 'x-v': '1' }).expect(200)).body.data).toEqual({ outages: [expect.objectContaining({ explanation: 'Upgrade' })] });
    expect(await codeOf(ask('discovery/status', { 'x-v': '2' }), 406)).toBe('Header/UnsupportedVersion');
  });

  // Real data that is not part of the project, where it lies beside it.
  const real = new URL('../../../../shared/data/products/cdr-business-products.json', import.meta.url);
  if (existsSync(real)) it('takes in the real file whole, and every product comes out valid', async () => {
    const products = JSON.parse(readFileSync(real, 'utf8')) as object[];
    const before = (await ask('banking/products?effective=ALL', { 'x-v': '5' }).expect(200)).body.meta.totalRecords as number;
    expect(await importAll(products)).toEqual({ created: products.length, rejected: [], published: products.length });
    expect(await walk('&effective=ALL')).toHaveLength(before + products.length);
  }, 120_000);
});

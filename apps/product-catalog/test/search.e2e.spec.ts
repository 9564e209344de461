import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';
import { RecentPages } from '../src/search/recent-pages.js';

const products = [
  { externalId: 'citrus', name: '万州柑橘贷', description: '面向柑橘种植、加工企业', eligibility: { amountMax: '3000000', regionCodes: ['500101'] }, annualRateMin: '3.45', annualRateMax: '4' },
  { externalId: 'tax', name: '税易贷Ａ款', description: '按纳税信用发放', eligibility: { amountMax: '1000000' }, annualRateMin: '3.85', annualRateMax: '4', repaymentModes: ['BORROW_REPAY_ANYTIME'] },
  { externalId: 'veteran', name: '退役军人创业贷', eligibility: { amountMax: '300000' }, terms: { origin: 'POLICY', specialGroups: ['VETERAN'], purposes: ['START_UP'], monetaryTools: ['SMALL_BUSINESS_RELENDING'] } },
  { externalId: 'cover', name: '柑橘气象指数保险', line: 'INSURANCE', eligibility: {}, terms: { insurance: { classes: ['DISASTER'], premiumBasis: '面积', simplifiedClaim: true } } },
].map((one) => ({ ...one, publish: true }));

describe('the search among products on offer', () => {
  let app: TestApp;
  const [bank, anonymous] = [callerOf('bank'), callerOf('anonymous')];
  const ids = new Map<string, string>();
  const find = async (query: Record<string, string>): Promise<string[]> => {
    const { body } = await app.get(anonymous, `/v1/published-products?${new URLSearchParams(query).toString()}`).expect(200);
    return body.items.map(({ id }: { id: string }) => [...ids.entries()].find(([, one]) => one === id)![0]);
  };

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'product-catalog');
    const { body } = await app.post(bank, '/v1/product-upserts', { items: products }).expect(201);
    for (const { externalId, id } of body.items) ids.set(externalId, id);
    expect(body.items.every(({ published }: { published: boolean }) => published)).toBe(true);
  });
  afterAll(() => app.close());

  it.each<[string, string[]]>([
    ['柑橘', ['cover', 'citrus']], ['贷', ['veteran', 'tax', 'citrus']], ['军人', ['veteran']], ['创业贷', ['veteran']], ['税易贷a款', ['tax']], ['A款', ['tax']], ['Ａ', ['tax']],
    ['柑橘 保险', ['cover']], ['万州 加工', ['citrus']], ['橘柑', []], ['柑橘保险', []], ['款按', []], ['%', []], ["'", []],
  ])('finds %s', async (q, expected) => expect(await find({ q })).toEqual(expected));

  it.each<[Record<string, string>, string[]]>([
    [{ line: 'INSURANCE' }, ['cover']], [{ origin: 'POLICY' }, ['veteran']], [{ specialGroup: 'VETERAN' }, ['veteran']], [{ purpose: 'START_UP' }, ['veteran']],
    [{ monetaryTool: 'SMALL_BUSINESS_RELENDING' }, ['veteran']], [{ repaymentMode: 'BORROW_REPAY_ANYTIME' }, ['tax']], [{ q: '贷', amount: '900000' }, ['tax', 'citrus']],
    [{ line: 'LOAN', order: 'RATE' }, ['citrus', 'tax', 'veteran']], [{ line: 'LOAN', order: 'AMOUNT' }, ['citrus', 'tax', 'veteran']], [{ order: 'NAME', line: 'LOAN' }, ['citrus', 'tax', 'veteran']],
    [{ regionCode: '500102', line: 'LOAN' }, ['veteran', 'tax']],
  ])('filters and orders by %j', async (query, expected) => expect(await find(query)).toEqual(expected));

  it('pages in every order, and a cursor is good for its own list', async () => {
    for (const order of ['NEWEST', 'RATE', 'AMOUNT', 'NAME']) {
      const all = await find({ order });
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const query: string = new URLSearchParams({ order, limit: '1', ...(cursor && { cursor }) }).toString();
        const { body } = await app.get(anonymous, `/v1/published-products?${query}`).expect(200);
        seen.push(...body.items.map(({ id }: { id: string }) => [...ids.entries()].find(([, one]) => one === id)![0]));
        cursor = body.nextCursor;
      } while (cursor);
      expect(seen).toEqual(all);
    }
    const { nextCursor } = (await app.get(anonymous, '/v1/published-products?order=RATE&limit=1')).body;
    await app.get(anonymous, `/v1/published-products?order=NAME&limit=1&cursor=${nextCursor}`).expect(400);
  });

  it('says the state to those who know of others, and answers what was published before bodies were kept', async () => {
    expect((await app.get(bank, '/v1/published-products?limit=1')).body.items[0].state).toBe('PUBLISHED');
    const before = (await app.get(anonymous, '/v1/published-products')).body;
    await app.database.query('update product_catalog.published_products set body = null');
    app.app.get(RecentPages).clear();
    expect((await app.get(anonymous, '/v1/published-products')).body).toEqual(before);
  });

  it('compares two to five products field by field', async () => {
    const [citrus, tax] = [ids.get('citrus'), ids.get('tax')];
    const { body } = await app.get(anonymous, `/v1/product-comparisons?ids=${tax},${citrus}`).expect(200);
    expect(body.ids).toEqual([tax, citrus]);
    const row = (field: string): unknown => body.rows.find((one: { field: string }) => one.field === field);
    expect(row('eligibility.amountMax')).toEqual({ field: 'eligibility.amountMax', values: ['1000000.00', '3000000.00'], same: false });
    expect(row('line')).toMatchObject({ same: true });
    expect(row('repaymentModes')).toMatchObject({ values: [['BORROW_REPAY_ANYTIME'], null] });
    await app.get(anonymous, `/v1/product-comparisons?ids=${tax}`).expect(400);
    await app.get(anonymous, `/v1/product-comparisons?ids=${tax},${tax}`).expect(400);
    await app.get(anonymous, `/v1/product-comparisons?ids=${tax},${'0'.repeat(8)}-0000-7000-8000-000000000000`).expect(404);
  });
});

describe('the index of the search', () => {
  it('is used for two characters', async () => {
    const app = await startTestApp(AppModule, 'product-catalog');
    try {
      await app.database.query(
        `insert into product_catalog.published_products (id, org_id, name, state) select gen_random_uuid(), gen_random_uuid(), '产品' || n, 'PUBLISHED' from generate_series(1, 3000) n`);
      await app.database.admin.query('analyze product_catalog.published_products');
      await app.database.admin.query('begin');
      // The table is small; what is asked is whether row level security lets the index be used at all.
      await app.database.admin.query(`select set_config('role', 'product_catalog_app', true), set_config('app.org', '', true),
        set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true)`);
      const { rows } = await app.database.admin.query(
        `explain select id from product_catalog.published_products where state = 'PUBLISHED' and tokens @> array['99'] order by id desc limit 51`);
      await app.database.admin.query('rollback');
      expect(rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n')).toContain('published_products_tokens');
    } finally {
      await app.close();
    }
  });
});

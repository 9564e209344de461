import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { until } from '@finharbor/testing/until';
import { AppModule } from '../src/app.module.js';
import { RecentPages } from '../src/search/recent-pages.js';
import { Shelf } from '../src/search/shelf.js';

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
    const other = await startTestApp(AppModule, 'product-catalog', {}, app.database);
    try {
      expect((await other.get(anonymous, '/v1/published-products')).body).toEqual(before);
      app.app.get(RecentPages).clear();
      expect((await app.get(anonymous, '/v1/published-products?q=贷&limit=1')).body.items).toEqual([before.items.find(({ id }: { id: string }) => id === ids.get('veteran'))]);
    } finally {
      await other.close();
    }
  });

  it('answers from memory what the database answers', async () => {
    const many = Array.from({ length: 60 }, (_, n) => ({
      externalId: `many-${n}`, name: `${['贷', '\u{20000}贷', '\uff21贷', 'B'][n % 4]}${n % 7}`, line: 'LOAN', publish: true, annualRateMin: n % 3 ? `${n % 5}.5` : undefined,
      eligibility: { amountMax: n % 4 ? String(1_000 * (n % 6 + 1) + 0.5) : undefined, amountMin: n % 5 ? undefined : '900', termMonthsMax: n % 2 ? 12 : undefined,
        regionCodes: n % 3 ? ['500101', '500102'].slice(0, n % 3) : undefined, industryCodes: n % 4 ? undefined : ['C13', 'A'], sizeClasses: n % 6 ? undefined : ['MICRO'], guaranteeTypes: n % 5 ? undefined : ['CREDIT'] },
      repaymentModes: n % 3 ? ['BULLET'] : undefined, terms: { origin: n % 2 ? 'POLICY' : undefined, purposes: n % 5 ? ['TRADE'] : undefined },
    }));
    expect((await app.post(bank, '/v1/product-upserts', { items: many }).expect(201)).body.rejected).toBe(0);
    const filters = ['', 'amount=1000', 'amount=3000.5', 'termMonths=13', 'regionCode=500101001', 'regionCode=500102', 'industryCode=C1310', 'sizeClass=MICRO', 'sizeClass=SMALL', 'guaranteeType=PLEDGE',
      'repaymentMode=BULLET', 'origin=POLICY', 'purpose=TRADE', `bankId=${bank.organisationId}`, 'line=GUARANTEE', 'amount=1000&origin=POLICY&termMonths=12&regionCode=500101'];
    const asked = filters.flatMap((filter) => ['NEWEST', 'RATE', 'AMOUNT', 'NAME'].map((order) => `/v1/published-products?limit=7&order=${order}&${filter}`));
    const walk = async (caller: typeof bank): Promise<string[]> => {
      const texts: string[] = [];
      for (const path of asked) {
        for (let cursor: string | null = ''; cursor !== null;) {
          const { text, body } = await app.get(caller, `${path}${cursor && `&cursor=${cursor}`}`).expect(200);
          texts.push(text);
          cursor = body.nextCursor as string | null;
        }
      }
      return texts;
    };
    const [shelf, shelved] = [app.app.get(Shelf), await walk(bank)];
    Object.assign(shelf, { isFull: true });
    expect(await walk(bank)).toEqual(shelved);
    Object.assign(shelf, { isFull: false });
    expect(shelved.length).toBeGreaterThan(200);
  });

  it('answers nobody from a shelf that is still being filled', async () => {
    const other = await startTestApp(AppModule, 'product-catalog', {}, app.database);
    try {
      const answers = await Promise.all(Array.from({ length: 10 }, () => other.get(anonymous, '/v1/published-products?limit=3')));
      expect(answers.map(({ body }) => body.items.length)).toEqual(answers.map(() => 3));
    } finally {
      await other.close();
    }
  });

  it('sees what another process publishes and suspends', async () => {
    const other = await startTestApp(AppModule, 'product-catalog', {}, app.database);
    const isSeen = async (id: string): Promise<boolean> => (await app.get(anonymous, '/v1/published-products?limit=100')).body.items.some((one: { id: string }) => one.id === id);
    try {
      const { body } = await other.post(bank, '/v1/product-upserts', { items: [{ externalId: 'elsewhere', name: '别处发布', eligibility: {}, publish: true }] }).expect(201);
      await until('it is seen', () => isSeen(body.items[0].id));
      await other.post(bank, `/v1/products/${body.items[0].id}/suspension`).expect(201);
      await until('it is gone', async () => !await isSeen(body.items[0].id));
      await other.post(bank, `/v1/products/${body.items[0].id}/publication`).expect(201);
      expect((await other.get(anonymous, '/v1/published-products?limit=1')).body.items).toHaveLength(1);
    } finally {
      await other.close();
    }
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

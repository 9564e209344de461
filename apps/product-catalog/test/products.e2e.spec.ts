import { newId } from '@finharbor/contracts/ids';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { DataSource } from 'typeorm';
import { AppModule } from '../src/app.module.js';

const draft = {
  name: '港湾信用贷',
  description: '面向小微企业的信用贷款',
  eligibility: {
    regionCodes: ['500101'], industryCodes: ['A', '1310'], sizeClasses: ['SMALL', 'MICRO'], amountMin: '10000', amountMax: '3000000.50',
    termMonthsMin: 3, termMonthsMax: 36, yearsInBusinessMin: 1.5, guaranteeTypes: ['CREDIT', 'GUARANTEE'],
  },
  annualRateMin: '3.45',
  annualRateMax: '4.3500',
  repaymentModes: ['BORROW_REPAY_ANYTIME'],
};

describe('products', () => {
  let app: TestApp;
  const [bank, otherBank, supervisor] = [callerOf('bank'), callerOf('bank'), callerOf('supervisor')];
  const [department, dashboard, anonymous] = [callerOf('department'), callerOf('dashboard'), callerOf('anonymous')];

  const givenDraft = async (caller = bank, input: object = {}): Promise<{ id: string }> =>
    (await app.post(caller, '/v1/products', { ...draft, ...input }).expect(201)).body;
  const givenPublished = async (caller = bank, input: object = {}): Promise<{ id: string }> => {
    const { id } = await givenDraft(caller, input);
    return (await app.post(caller, `/v1/products/${id}/publication`).expect(201)).body;
  };
  const idsOf = (body: { items: { id: string }[] }): string[] => body.items.map((item) => item.id);

  /** Every event of the product, wherever it is on its way. */
  async function eventsOf(id: string): Promise<{ name: string; version: number; payload: Record<string, unknown> }[]> {
    return app.database.query(
      `select name, aggregate_version as version, payload from product_catalog.outbox where aggregate_id = $1
       union select e ->> 'n', (e ->> 'v')::int, e -> 'p' from product_catalog.delivery, jsonb_array_elements(body::jsonb) e where e ->> 'a' = $1::text
       order by version`, [id]);
  }

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'product-catalog');
  });
  afterAll(() => app.close());

  it('drafts a product that its bank and the supervisors alone can see', async () => {
    const product = (await app.post(bank, '/v1/products', draft).expect(201)).body;
    expect(product).toMatchObject({
      bankId: bank.organisationId, name: draft.name, state: 'DRAFT', version: 0, publishedAt: null, annualRateMin: '3.4500', annualRateMax: '4.3500',
      eligibility: { ...draft.eligibility, industryCodes: ['A', 'C1310'], amountMin: '10000.00', amountMax: '3000000.50' },
    });
    expect((await app.get(bank, `/v1/products/${product.id}`).expect(200)).body).toEqual(product);
    expect((await app.get(supervisor, `/v1/products/${product.id}`).expect(200)).body).toEqual(product);
    const unknown = await app.get(otherBank, `/v1/products/${newId()}`).expect(404);
    for (const path of [`/v1/products/${product.id}`, `/v1/published-products/${product.id}`]) {
      expect((await app.get(otherBank, path).expect(404)).text).toBe(unknown.text);
    }
    expect((await app.post(otherBank, `/v1/products/${product.id}/publication`).expect(404)).text).toBe(unknown.text);
    expect((await app.post(otherBank, `/v1/products/${product.id}/suspension`).expect(404)).text).toBe(unknown.text);
    expect((await app.graphql(otherBank, 'query ($id: ID!) { product(id: $id) { id } }', { id: product.id })).data.product).toBeNull();
    expect(await eventsOf(product.id)).toEqual([]);
  });

  it('publishes, suspends and publishes again, each time with a higher version', async () => {
    const { id } = await givenDraft();
    expect((await app.post(bank, `/v1/products/${id}/publication`).expect(201)).body).toMatchObject({ state: 'PUBLISHED', version: 1, publishedAt: expect.any(String) });
    expect((await app.get(anonymous, `/v1/published-products/${id}`).expect(200)).body).toMatchObject({ id, version: 1, eligibility: { amountMax: '3000000.50' } });
    expect((await app.get(anonymous, `/v1/published-products/${id}`)).body).not.toHaveProperty('state');
    expect(idsOf((await app.get(otherBank, '/v1/published-products').expect(200)).body)).toContain(id);

    expect((await app.post(bank, `/v1/products/${id}/suspension`).expect(201)).body).toMatchObject({ state: 'SUSPENDED', version: 2 });
    expect(idsOf((await app.get(otherBank, '/v1/published-products').expect(200)).body)).not.toContain(id);
    await app.get(anonymous, `/v1/published-products/${id}`).expect(404);
    expect((await app.graphql(department, 'query ($id: ID!) { product(id: $id) { id name version } }', { id })).data.product)
      .toEqual({ id, name: draft.name, version: 2 });

    expect((await app.post(bank, `/v1/products/${id}/publication`).expect(201)).body).toMatchObject({ state: 'PUBLISHED', version: 3 });
    await app.get(anonymous, `/v1/published-products/${id}`).expect(200);
    const [first, second, third] = await eventsOf(id);
    expect(first).toEqual({ name: 'product.published', version: 1, payload: {
      productId: id, bankId: bank.organisationId, name: draft.name, annualRateMin: '3.4500',
      eligibility: { ...draft.eligibility, industryCodes: ['A', 'C1310'], amountMin: '10000.00', amountMax: '3000000.50' },
      expression: { v: 1, rules: [
        { fact: 'region', in: ['500101'] }, { fact: 'industry', in: ['A', 'C1310'] }, { fact: 'sizeClass', in: ['SMALL', 'MICRO'] },
        { fact: 'amount', min: '10000.00', unit: 'YUAN' }, { fact: 'amount', max: '3000000.50', unit: 'YUAN' },
        { fact: 'term', min: '3', unit: 'MONTH' }, { fact: 'term', max: '36', unit: 'MONTH' }, { fact: 'ageOfBusiness', min: '1.5', unit: 'YEAR' },
        { fact: 'guarantee', has: ['CREDIT', 'GUARANTEE'] },
      ] },
    } });
    expect(second).toEqual({ name: 'product.suspended', version: 2, payload: { productId: id } });
    expect(third).toMatchObject({ name: 'product.published', version: 3 });
  });

  it('leaves rules that a product does not state out of its event', async () => {
    const { id } = await givenPublished(bank, { eligibility: { amountMax: '100000' } });
    expect((await eventsOf(id))[0].payload.eligibility).toEqual({ amountMax: '100000.00' });
    expect((await app.get(bank, `/v1/products/${id}`)).body.eligibility).toMatchObject({ amountMax: '100000.00', regionCodes: null, termMonthsMin: null });
    const nothing = await givenPublished(bank, { eligibility: {} });
    expect((await eventsOf(nothing.id))[0].payload.eligibility).toEqual({});
    expect((await app.get(anonymous, `/v1/published-products/${nothing.id}`)).body.eligibility).toMatchObject({ amountMax: null });
  });

  it('refuses to publish what is published and to suspend what is not', async () => {
    const { id } = await givenDraft();
    const refused = async (step: string): Promise<void> => {
      expect((await app.post(bank, `/v1/products/${id}/${step}`).expect(409)).body.code).toBe('ILLEGAL_STATE');
    };
    await refused('suspension');
    await app.post(bank, `/v1/products/${id}/publication`).expect(201);
    await refused('publication');
    await app.post(bank, `/v1/products/${id}/suspension`).expect(201);
    await refused('suspension');
    expect((await app.get(bank, `/v1/products/${id}`)).body).toMatchObject({ state: 'SUSPENDED', version: 2 });
    expect(await eventsOf(id)).toHaveLength(2);
  });

  it('lets one of three publications at once win', async () => {
    const { id } = await givenDraft();
    const answers = await Promise.all([1, 2, 3].map(() => app.post(bank, `/v1/products/${id}/publication`)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    expect(await eventsOf(id)).toHaveLength(1);
  });

  it('answers a repeated publication with the stored answer, and publishes once', async () => {
    const [{ id }, key] = [await givenDraft(), newId()];
    const first = await app.post(bank, `/v1/products/${id}/publication`, undefined, key).expect(201);
    const again = await app.post(bank, `/v1/products/${id}/publication`, undefined, key).expect(201);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await eventsOf(id)).toHaveLength(1);
  });

  it('refuses bad input by name and keeps nothing of it', async () => {
    const [{ count }] = await app.database.query<{ count: string }>('select count(*) from product_catalog.products');
    const refusedBy = async (input: object): Promise<string[]> => {
      const answer = await app.post(bank, '/v1/products', { ...draft, ...input }).expect(400);
      expect(answer.body.code).toBe('VALIDATION_FAILED');
      return answer.body.errors.map((error: { field: string; rule: string }) => `${error.field} ${error.rule}`);
    };
    const eligibility = (rules: object): Promise<string[]> => refusedBy({ eligibility: rules });
    expect(await eligibility({ amountMin: '500000', amountMax: '10000' })).toEqual(['eligibility.amountMax range']);
    expect(await eligibility({ termMonthsMin: 36, termMonthsMax: 12, regionCodes: ['999999'] }))
      .toEqual(['eligibility.regionCodes.0 region', 'eligibility.termMonthsMax range']);
    expect(await eligibility({ amountMin: '-1', amountMax: 500000, termMonthsMin: -1 }))
      .toEqual(['eligibility.amountMin matches', 'eligibility.amountMax matches', 'eligibility.termMonthsMin min']);
    expect(await eligibility({ yearsInBusinessMin: -0.5, industryCodes: [], sizeClasses: ['UNKNOWN'], guaranteeTypes: 'CREDIT' })).toEqual(expect.arrayContaining([
      'eligibility.yearsInBusinessMin min', 'eligibility.industryCodes arrayNotEmpty', 'eligibility.sizeClasses isIn', 'eligibility.guaranteeTypes isArray',
    ]));
    expect(await eligibility({ industryCodes: ['C99', 'A01', 'A01'] })).toEqual(['eligibility.industryCodes arrayUnique']);
    expect(await eligibility({ amount: '1' })).toEqual(['eligibility.amount whitelistValidation']);
    expect(await refusedBy({ eligibility: [] })).toEqual(['eligibility isObject']);
    expect(await refusedBy({ eligibility: undefined })).toContain('eligibility isObject');
    expect(await refusedBy({ name: '贷', state: 'PUBLISHED' })).toEqual(['state whitelistValidation', 'name isLength']);
    expect(await refusedBy({ annualRateMin: '5', annualRateMax: '4.999', repaymentModes: ['NEVER'] })).toEqual(['repaymentModes isEnum']);
    expect(await refusedBy({ annualRateMin: '5', annualRateMax: '4.999' })).toEqual(['annualRateMax range']);
    expect((await app.database.query('select count(*) from product_catalog.products'))[0]).toEqual({ count });
  });

  it('finds products on offer by what an applicant needs; a rule that is not stated excludes nobody', async () => {
    const [local, open] = [await givenPublished(), await givenPublished(otherBank, { eligibility: {} })];
    const found = async (query: string): Promise<boolean[]> => {
      const ids = idsOf((await app.get(anonymous, `/v1/published-products?limit=200&${query}`).expect(200)).body);
      return [ids.includes(local.id), ids.includes(open.id)];
    };
    expect(await found('regionCode=500101001&industryCode=A0111&sizeClass=MICRO&amount=500000&termMonths=12&guaranteeType=CREDIT')).toEqual([true, true]);
    expect(await found('industryCode=C1310&amount=3000000.50&termMonths=36')).toEqual([true, true]);
    for (const miss of ['regionCode=500102', 'industryCode=C1320', 'sizeClass=LARGE', 'amount=9999.99', 'amount=3000000.51', 'termMonths=37', 'guaranteeType=PLEDGE']) {
      expect([miss, ...await found(miss)]).toEqual([miss, false, true]);
    }
    for (const [bad, field] of [['regionCode=999999', 'regionCode'], ['industryCode=XX', 'industryCode'], ['amount=-1', 'amount'], ['size=MICRO', 'size']]) {
      expect((await app.get(anonymous, `/v1/published-products?${bad}`).expect(400)).body.errors[0].field).toBe(field);
    }
  });

  it('pages through lists, by state, and refuses a cursor of another filter or bank', async () => {
    const caller = callerOf('bank');
    const [first, second] = [await givenPublished(caller), await givenPublished(caller)];
    const draftId = (await givenDraft(caller)).id;
    expect(idsOf((await app.get(caller, '/v1/products').expect(200)).body)).toEqual([draftId, second.id, first.id]);
    const page = (await app.get(caller, '/v1/products?state=PUBLISHED&limit=1').expect(200)).body;
    expect(idsOf(page)).toEqual([second.id]);
    const next = (await app.get(caller, `/v1/products?state=PUBLISHED&limit=1&cursor=${page.nextCursor}`).expect(200)).body;
    expect([idsOf(next), next.nextCursor]).toEqual([[first.id], null]);
    await app.get(caller, `/v1/products?limit=1&cursor=${page.nextCursor}`).expect(400);
    expect((await app.get(otherBank, `/v1/products?state=PUBLISHED&cursor=${page.nextCursor}`).expect(400)).body.code).toBe('CURSOR_INVALID');
    expect(idsOf((await app.get(supervisor, '/v1/products?limit=3').expect(200)).body)).toEqual([draftId, second.id, first.id]);
    expect((await app.get(caller, '/v1/products?state=GONE').expect(400)).body.errors[0].field).toBe('state');
  });

  it('shows products on offer in the graph, each with its bank', async () => {
    const { id } = await givenPublished();
    const answer = await app.graphql(dashboard, `{ publishedProducts(first: 1) { edges { node {
      id state version bank { id } eligibility { regionCodes industryCodes sizeClasses amountMax termMonthsMax yearsInBusinessMin guaranteeTypes } repaymentModes publishedAt
    } } pageInfo { hasNextPage } } }`);
    expect(answer.errors).toBeUndefined();
    expect(answer.data.publishedProducts.pageInfo.hasNextPage).toBe(true);
    expect(answer.data.publishedProducts.edges[0].node).toMatchObject({
      id, state: 'PUBLISHED', version: 1, bank: { id: bank.organisationId }, repaymentModes: ['BORROW_REPAY_ANYTIME'],
      eligibility: { regionCodes: ['500101'], industryCodes: ['A', 'C1310'], sizeClasses: ['SMALL', 'MICRO'], amountMax: '3000000.50', yearsInBusinessMin: 1.5, guaranteeTypes: ['CREDIT', 'GUARANTEE'] },
    });
    expect((await app.graphql(department, '{ publishedProducts { edges { node { state } } } }')).errors![0].extensions!.code).toBe('FORBIDDEN');
  });

  it('resolves references together: one’s own drafts, what is published, what was, and nothing else', async () => {
    const [own, published, foreign] = [await givenDraft(), await givenPublished(otherBank), await givenDraft(otherBank)];
    const suspended = await givenPublished(otherBank);
    await app.post(otherBank, `/v1/products/${suspended.id}/suspension`).expect(201);
    const statements: string[] = [];
    const watcher = { beforeQuery: ({ query }: { query: string }) => void statements.push(query) };
    app.app.get(DataSource).subscribers.push(watcher);
    const ids = [own.id, published.id, suspended.id, foreign.id, newId(), 'no id'];
    const answer = await app.graphql(bank, `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Product { id state bank { id } } } }`, {
      r: ids.map((id) => ({ __typename: 'Product', id })),
    });
    app.app.get(DataSource).subscribers.splice(app.app.get(DataSource).subscribers.indexOf(watcher), 1);
    expect(answer.errors).toBeUndefined();
    expect(answer.data._entities).toEqual([
      { id: own.id, state: 'DRAFT', bank: { id: bank.organisationId } },
      { id: published.id, state: 'PUBLISHED', bank: { id: otherBank.organisationId } },
      { id: suspended.id, state: 'SUSPENDED', bank: { id: otherBank.organisationId } },
      null, null, null,
    ]);
    expect(statements.filter((sql) => /products"/.test(sql))).toHaveLength(2);
  });

  it('lets nobody but the owning bank write a row that all can read', async () => {
    const { id } = await givenPublished();
    const as = async (role: string, organisationId: string, sql: string): Promise<number | string> => {
      await app.database.admin.query('begin');
      try {
        await app.database.admin.query(`select set_config('role', $1, true), set_config('app.org', $2, true)`, [`product_catalog_${role}`, organisationId]);
        return (await app.database.admin.query(sql)).rowCount!;
      } catch (error) {
        return (error as { code: string }).code;
      } finally {
        await app.database.admin.query('rollback');
      }
    };
    const [change, remove] = [`update product_catalog.published_products set name = 'x' where id = '${id}'`, `delete from product_catalog.published_products where id = '${id}'`];
    const forge = `insert into product_catalog.published_products (id, org_id, name, state) values ('${newId()}', '${bank.organisationId}', 'x', 'PUBLISHED')`;
    const handOver = `update product_catalog.published_products set org_id = '${otherBank.organisationId}' where id = '${id}'`;
    expect(await as('app', bank.organisationId!, change)).toBe(1);
    expect(await as('app', otherBank.organisationId!, change)).toBe(0);
    expect(await as('app', '', change)).toBe(0);
    expect(await as('app', otherBank.organisationId!, forge)).toBe('42501');
    expect(await as('app', bank.organisationId!, handOver)).toBe('42501');
    for (const role of ['app', 'supervisor', 'worker']) expect(await as(role, bank.organisationId!, remove)).toBe('42501');
    for (const role of ['supervisor', 'worker']) expect(await as(role, bank.organisationId!, change)).toBe('42501');
  });

  it('gives each role its routes and no more', async () => {
    const { id } = await givenPublished();
    for (const caller of [department, dashboard, supervisor]) {
      expect((await app.post(caller, '/v1/products', draft).expect(403)).body.code).toBe('FORBIDDEN');
      await app.post(caller, `/v1/products/${id}/suspension`).expect(403);
    }
    await app.post(anonymous, '/v1/products', draft).expect(401);
    await app.get(department, '/v1/products').expect(403);
    await app.get(undefined, '/v1/published-products').expect(401);
    expect((await app.graphql(bank, 'query ($id: ID!) { product(id: $id) { id } }', { id: 'no id' })).data.product).toBeNull();
  });
});

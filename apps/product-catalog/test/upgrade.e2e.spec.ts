import { readFileSync } from 'node:fs';
import { newId } from '@finharbor/contracts/ids';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';

const added = ['line', 'external_id', 'revision', 'published_revision', 'review_state', 'review_reason', 'eligibility_rules', 'rate_quoted_on', 'terms'];
const migration = (name: string): string => readFileSync(new URL(`../migrations/${name}`, import.meta.url), 'utf8');

describe('an installation that has products', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('keeps what is published published, with its first version, and drafts drafts', async () => {
    const { admin } = database;
    const [draft, published, bank] = [newId(), newId(), newId()];
    await admin.query('begin');
    // As it was before, then the migrations as they run: in the owner's name, whom row level security binds too.
    await admin.query('drop table product_catalog.product_versions');
    for (const table of ['products', 'published_products']) {
      await admin.query(`alter table product_catalog.${table} ${added.map((column) => `drop column ${column} cascade`).join(', ')}`);
    }
    const row = `(id, org_id, name, state, version, amount_max, region_codes, created_at, published_at)`;
    await admin.query(`insert into product_catalog.products ${row} values ($1, $2, '草稿', 'DRAFT', 0, null, null, now(), null)`, [draft, bank]);
    for (const table of ['products', 'published_products']) {
      await admin.query(`insert into product_catalog.${table} ${row} values ($1, $2, '在售', 'PUBLISHED', 3, 500000, '{500101}', now(), '2026-01-02Z')`, [published, bank]);
    }
    await admin.query('set local role product_catalog_owner');
    await admin.query(migration('0004-product-model.sql'));
    await admin.query(migration('0005-product-versions.sql'));
    await admin.query('reset role');
    const { rows } = await admin.query('select id, revision, published_revision from product_catalog.products order by version');
    expect(rows).toEqual([{ id: draft, revision: 1, published_revision: null }, { id: published, revision: 1, published_revision: 1 }]);
    const versions = (await admin.query('select product_id, version, state, content, valid_from from product_catalog.product_versions')).rows;
    expect(versions).toMatchObject([{
      product_id: published, version: 3, state: 'PUBLISHED', valid_from: new Date('2026-01-02Z'),
      content: { id: published, name: '在售', eligibility: { amountMax: '500000.00', regionCodes: ['500101'], termMonthsMin: null }, terms: {} },
    }]);
    const forced = (await admin.query(`select relname from pg_class where relnamespace = 'product_catalog'::regnamespace and relrowsecurity and not relforcerowsecurity`)).rows;
    expect(forced).toEqual([]);
    await admin.query('rollback');
  });
});

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { FinHarborClient } from '@finharbor/client/client';
import { type DemoClient, startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { administratorsBeside, Loader } from '../../tools/demonstration.mjs';

const today = `(now() at time zone 'Asia/Shanghai')::date`;
const nameToday = `(select n.name from partners.organisation_names n
  where n.organisation_id = o.id and valid_from <= ${today} and (valid_to is null or valid_to > ${today}))`;

/** Every copy that a service keeps of another's facts, beside the same facts as their owner has them. */
const copies: Record<string, [copy: string, owner: string]> = {
  ...Object.fromEntries(['enterprise_lists', 'loan_matching', 'harbors'].map((schema) => [`${schema}.organisation_copies`, [
    `select id, kind, name, version from ${schema}.organisation_copies`,
    `select id, kind, ${nameToday}, version from partners.organisations o`,
  ]])),
  'harbors.outlet_copies': [
    'select id, organisation_id, name, area_code from harbors.outlet_copies',
    'select id, organisation_id, name, area_code from partners.outlets',
  ],
  'loan_matching.harbor_copies': [
    'select id, number, name, host_bank_id, area_code from loan_matching.harbor_copies',
    'select id, number, name, host_bank_id, area_code from harbors.harbors',
  ],
  'feedback.harbor_copies': [
    'select id, host_bank_id from feedback.harbor_copies',
    'select id, host_bank_id from harbors.harbors',
  ],
  'loan_matching.product_copies': [
    `select id, bank_id, name, published, version, (eligibility ->> 'amountMin')::numeric, (eligibility ->> 'amountMax')::numeric,
       (eligibility ->> 'termMonthsMax')::int, eligibility -> 'guaranteeTypes', eligibility -> 'industryCodes' from loan_matching.product_copies`,
    `select id, org_id, name, state = 'PUBLISHED', version, amount_min, amount_max, term_months_max, to_jsonb(guarantee_types), to_jsonb(industry_codes)
     from product_catalog.products`,
  ],
  'loan_matching.enterprise_copies': [
    'select id, region_code, industry_code, size_class, established_on, version from loan_matching.enterprise_copies',
    'select id, region_code, industry_code, size_class, established_on, version from enterprise_lists.enterprises',
  ],
  'harbors.harbor_totals': [
    'select harbor_id, demand_total, approved_total, open_issue_total from harbors.harbor_totals',
    `select id, demands, approved, issues from harbors.harbors h,
       lateral (select count(*)::int as demands, (count(*) filter (where state = 'APPROVED'))::int as approved from loan_matching.demands where harbor_id = h.id) d,
       lateral (select (count(*) filter (where state <> 'CLOSED'))::int as issues from feedback.issues where harbor_id = h.id) i where demands + issues > 0`,
  ],
};

const organisations = ['enterprise_lists.organisation_copies', 'loan_matching.organisation_copies', 'harbors.organisation_copies'];

describe('the demonstration district', () => {
  let fleet: TestFleet;
  let load: Loader;
  let clients: DemoClient[];
  let harbors: { id: string; name: string }[];

  beforeAll(async () => {
    fleet = await startTestFleet({ demonstration: false });
    load = new Loader(fleet.administrator());
    await fleet.settle();
  }, 120_000);
  afterAll(() => fleet?.stop());

  const as = (role: string, index = 0): FinHarborClient => {
    const { clientId, clientSecret } = clients.filter((one) => one.role === role)[index];
    return new FinHarborClient({ baseUrl: fleet.url, clientId, clientSecret });
  };
  const banks = (): FinHarborClient[] => clients.filter(({ role }) => role === 'bank').map((_, index) => as('bank', index));
  const stop = (...names: string[]): Promise<unknown> => Promise.all(names.map((name) => fleet.services[name].stop()));
  const start = (...names: string[]): Promise<unknown> => Promise.all(names.map((name) => fleet.services[name].start()));
  const sizesOf = async (tables: string[]): Promise<number[]> => {
    const counts = await fleet.rowCounts();
    return tables.map((table) => counts[table]);
  };

  async function expectCopied(...tables: string[]): Promise<void> {
    await fleet.settle();
    for (const table of tables) {
      const [copy, owner] = copies[table];
      const differing = await fleet.database.query(`((${copy}) except (${owner})) union all ((${owner}) except (${copy}))`);
      expect([table, differing]).toEqual([table, []]);
    }
    expect(await sizesOf(tables)).not.toContain(0);
  }

  it('tells of organisations and outlets by events: with all others away, none knows more than the operator', async () => {
    await stop('enterprise-lists', 'product-catalog', 'loan-matching', 'feedback', 'harbors');
    clients = await load.organisations(administratorsBeside(join(fleet.dir, 'admin-client.json'))) as DemoClient[];
    expect(await sizesOf([...organisations, 'harbors.outlet_copies'])).toEqual([1, 1, 1, 0]);
    await start('harbors', 'product-catalog');
  }, 60_000);

  it('tells of harbors and products by events: with those away who keep copies, they are made all the same', async () => {
    harbors = await load.harbors(as('supervisor'));
    await load.products(banks());
    expect(await sizesOf(['loan_matching.harbor_copies', 'feedback.harbor_copies', 'loan_matching.product_copies'])).toEqual([0, 0, 0]);
    await start('enterprise-lists', 'loan-matching', 'feedback');
    await expectCopied(...organisations, 'harbors.outlet_copies', 'loan_matching.harbor_copies', 'feedback.harbor_copies', 'loan_matching.product_copies');
  }, 60_000);

  it('tells of enterprises by events', async () => {
    await stop('loan-matching');
    await load.list(as('department'), as('supervisor'));
    await load.listUnderReview(as('department', 3), as('supervisor'));
    expect(await sizesOf(['loan_matching.enterprise_copies'])).toEqual([0]);
    await start('loan-matching');
    await expectCopied('loan_matching.enterprise_copies');
  }, 60_000);

  it('tells of demands and issues by events', async () => {
    const codes = await load.loanCodes(banks(), harbors);
    await stop('harbors');
    await load.story(new FinHarborClient({ baseUrl: fleet.url }), codes, harbors);
    expect(await sizesOf(['harbors.harbor_totals', 'loan_matching.demands', 'feedback.issues'])).toEqual([0, 3, 1]);
    await start('harbors');
    await expectCopied('harbors.harbor_totals');
  }, 60_000);

  it('is the same when the load is run after it was broken off, and again, and after its marker was lost', async () => {
    await fleet.settle();
    const before = await fleet.rowCounts();
    for (const lost of [undefined, undefined, 'demonstration.json', 'demo-clients.json']) {
      if (lost) rmSync(join(fleet.dir, lost));
      await fleet.loadDemonstration();
      await fleet.settle();
      expect([lost, await fleet.rowCounts()]).toEqual([lost, before]);
      expect(fleet.clients).toEqual(clients);
    }
    expect(await fleet.deadLetters()).toEqual([]);
  }, 90_000);

  it('shows lists with rows that are recommended, returned, and not reviewed yet', async () => {
    const rows = await fleet.database.query<{ list: string; row: string; count: number }>(
      `select l.state as list, e.state as row, count(*)::int as count from enterprise_lists.push_lists l join enterprise_lists.list_entries e on e.push_list_id = l.id
       group by 1, 2 order by 1, 2`);
    expect(rows).toEqual([
      { list: 'DISPATCHED', row: 'DISPATCHED', count: 113 }, { list: 'DISPATCHED', row: 'NOT_RECOMMENDED', count: 7 },
      { list: 'UNDER_REVIEW', row: 'NOT_RECOMMENDED', count: 3 }, { list: 'UNDER_REVIEW', row: 'PENDING', count: expect.any(Number) },
      { list: 'UNDER_REVIEW', row: 'RECOMMENDED', count: expect.any(Number) },
    ]);
  });

  it('has every record in the audit of its owner, made by a client of the API', async () => {
    const made: [table: string, resource: string][] = [
      ['partners.organisations', 'organisation'], ['partners.api_clients', 'api-client'], ['harbors.harbors', 'harbor'], ['product_catalog.products', 'product'],
      ['loan_matching.loan_codes', 'loan-code'], ['loan_matching.demands', 'demand'], ['enterprise_lists.push_lists', 'push-list'], ['feedback.issues', 'issue'],
    ];
    for (const [table, resource] of made) {
      const unexplained = await fleet.database.query(
        `select id from ${table} t where not exists (select from ${table.split('.')[0]}.audit a where a.resource = $1 and a.resource_id = t.id
         and (a.client_id is not null or a.role = 'anonymous'))`, [resource]);
      expect([table, unexplained]).toEqual([table, []]);
    }
  });
});

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FinHarborClient } from '@finharbor/client/client';
import { type DemoClient, startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { Loader } from '../../tools/demonstration.mjs';

const bank = `array['BANK']`;
const nameToday = `(select n.name from partners.organisation_names n where n.organisation_id = o.id and valid_from <= current_date
  and (valid_to is null or valid_to > current_date))`;

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

describe('the demonstration district', () => {
  let fleet: TestFleet;
  let load: Loader;
  let clients: DemoClient[];
  let harbors: { id: string; name: string }[];

  beforeAll(async () => {
    fleet = await startTestFleet({ demonstration: false });
    load = new Loader(fleet.administrator());
  }, 120_000);
  afterAll(() => fleet?.stop());

  const as = (role: string, index = 0): FinHarborClient => {
    const { clientId, clientSecret } = clients.filter((one) => one.role === role)[index];
    return new FinHarborClient({ baseUrl: fleet.url, clientId, clientSecret });
  };
  const banks = (): FinHarborClient[] => clients.filter(({ role }) => role === 'bank').map((_, index) => as('bank', index));
  const stop = (...names: string[]): Promise<unknown> => Promise.all(names.map((name) => fleet.services[name].stop()));
  const start = (...names: string[]): Promise<unknown> => Promise.all(names.map((name) => fleet.services[name].start()));

  const sizeOf = async (table: string): Promise<number> => (await fleet.database.query<{ size: number }>(`select count(*)::int as size from ${table}`))[0].size;

  /** Nothing has arrived there, by whatever way. */
  async function expectUntold(...tables: string[]): Promise<void> {
    for (const table of tables) expect([table, await sizeOf(table)]).toEqual([table, tables === organisations ? 1 : 0]);
  }

  /** What was there before the load: the operator, whom the launcher made. */
  const organisations = ['enterprise_lists.organisation_copies', 'loan_matching.organisation_copies', 'harbors.organisation_copies'];

  async function expectCopied(...tables: string[]): Promise<void> {
    await fleet.settle();
    for (const table of tables) {
      const [copy, owner] = copies[table];
      const differing = await fleet.database.query(`((${copy}) except (${owner})) union all ((${owner}) except (${copy}))`);
      expect([table, differing]).toEqual([table, []]);
      expect([table, await sizeOf(table)]).not.toEqual([table, 0]);
    }
  }

  it('tells of its organisations and outlets by events alone: whoever was away learns them later', async () => {
    await fleet.settle();
    await stop('enterprise-lists', 'product-catalog', 'loan-matching', 'feedback', 'harbors');
    const file = readFileSync(join(fleet.dir, 'admin-client.json'), 'utf8');
    clients = await load.organisations(JSON.parse(file) as DemoClient);
    await expectUntold(...organisations);
    await expectUntold('harbors.outlet_copies');
    await start('harbors', 'product-catalog');
  }, 60_000);
});

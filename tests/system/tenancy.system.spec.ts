import { readFileSync } from 'node:fs';
import { District } from './support/district.js';
import { each } from './support/party.js';
import { routes } from './support/rest-calls.js';
import { call, targetsOf } from './support/rest-walk.js';
import { type Pair, type Policy, tableProblems, Trial } from './support/row-security.js';
import { schemas } from './support/tables.js';

/** As the committed schemas have them, so that each gets a test of its own; a test makes sure that the database has the same. */
const policies: Policy[] = schemas.flatMap((schema) => {
  const sql = readFileSync(new URL(`../../apps/${schema.replaceAll('_', '-')}/generated/schema.sql`, import.meta.url), 'utf8');
  return [...sql.matchAll(/^create policy (\w+) on (\w+)\.(\w+) /gm)].map(([, policy, , table]) => ({ schema, table, policy }));
});
const tables = [...new Set(policies.map(({ schema, table }) => `${schema}.${table}`))];

/** Tables of which the two sides have no rows of themselves: every service has them, not every one uses them. Filled in the trial. */
const unused: Record<string, string> = {
  'partners.due': 'partners has no clocks',
  'enterprise_lists.due': 'enterprise-lists has no clocks',
  'product_catalog.due': 'product-catalog has no clocks',
  'harbors.due': 'harbors has no clocks',
  'partners.idempotency_keys': 'only the administrator changes anything there',
  'harbors.idempotency_keys': 'only supervisors change anything there',
};
/** Tables without an organisation's own part: who may read a row is asked of another table, or everybody may. */
const publicly: Record<string, string> = {
  'enterprise_lists.enterprises': 'found by its primary key, row by row, for the rows of enterprise_access',
  'product_catalog.published_products': 'read by everybody, by its primary key',
};
const fill = {
  due: `insert into %.due (kind, aggregate_id, org_id, due_at) select 'walk', gen_random_uuid(), org, now() + interval '1 year' from unnest($1::uuid[]) org`,
  idempotency_keys: `insert into %.idempotency_keys (org_id, route, key, fingerprint, status, body) select org, 'POST /', 'walk', '', 201, '' from unnest($1::uuid[]) org`,
};

/**
 * No service filters by organisation itself: the policy is that filter. So every policy is taken away in turn, and opened,
 * and the check that its table passes must fail then. Whoever removes an organisation filter removes a policy, and is named here.
 */
describe('the organisation filter of every table', () => {
  let district: District;
  let pairs: Pair[];

  beforeAll(async () => {
    district = await District.open();
    await district.fill();
    await district.fleet.settle();
    pairs = (['bank', 'department'] as const).map((role): Pair => [district.fleet.credentials(role, 0).organisationId, district.fleet.credentials(role, 1).organisationId]);
  }, 120_000);
  afterAll(() => district?.fleet.stop());

  /** The two sides that have rows of the table: banks, or departments. */
  const pairOf = async (table: string): Promise<Pair> => {
    if (table in unused) return pairs[0];
    if (table === 'enterprise_lists.enterprises') return pairs[1];
    const rows = await district.fleet.database.query<{ org_id: string }>(`select distinct org_id from ${table}`);
    const pair = pairs.find((one) => one.every((organisation) => rows.some((row) => row.org_id === organisation)));
    if (!pair) throw new Error(`Two sides have no rows in ${table}.`);
    return pair;
  };
  /** What is wrong with a table once it was tampered with, in a transaction that is rolled back. */
  const problemsOf = async (table: string, tampering?: string): Promise<string[]> => {
    const [schema, name] = table.split('.');
    const pair = await pairOf(table);
    return Trial.run(district.fleet.database, schema, async (trial) => {
      if (table in unused) await trial.prepare(fill[name as keyof typeof fill].replace('%', schema), [pair]);
      if (tampering) await trial.prepare(tampering);
      return tableProblems(trial, table, pair);
    });
  };

  it('is a policy that is tried here', async () => {
    const made = await district.fleet.database.query<Policy>(
      'select schemaname as schema, tablename as table, policyname as policy from pg_policies where schemaname = any($1)', [schemas]);
    const names = (all: Policy[]): string[] => all.map(({ schema, table, policy }) => `${schema}.${table} ${policy}`).sort();
    expect(names(policies)).toEqual(names(made));
    const secured = await district.fleet.database.query<{ name: string }>(
      `select relnamespace::regnamespace || '.' || relname as name from pg_class where relrowsecurity and relforcerowsecurity and relnamespace::regnamespace::text = any($1)`, [schemas]);
    expect([...tables].sort()).toEqual(secured.map(({ name }) => name).sort());
  });

  it.each(tables)('%s shows each organisation its rows, and lets it write no other', async (table) => expect(await problemsOf(table)).toEqual([]));

  it.each(tables)('%s: switched off or not forced, it is missed', async (table) => {
    expect(await problemsOf(table, `alter table ${table} disable row level security`)).not.toEqual([]);
    expect(await problemsOf(table, `alter table ${table} no force row level security; alter table ${table} owner to ${table.split('.')[0]}_owner`)).not.toEqual([]);
  });

  it.each(policies.map(({ schema, table, policy }) => [`${schema}.${table}`, policy]))('%s: %s dropped, it is missed', async (table, policy) => {
    expect(await problemsOf(table, `drop policy ${policy} on ${table}`)).not.toEqual([]);
  });

  it('opened to every organisation, it is missed', async () => {
    const filters = await district.fleet.database.query<Policy & { using: boolean; check: boolean }>(
      `select schemaname as schema, tablename as table, policyname as policy, qual is not null as using, with_check is not null as check
       from pg_policies where schemaname = any($1) and coalesce(qual, with_check) <> 'true'`, [schemas]);
    expect(filters.length).toBeGreaterThanOrEqual(tables.length);
    for (const { schema, table, policy, using, check } of filters) {
      const opened = `alter policy ${policy} on ${schema}.${table} ${using ? 'using (true)' : ''} ${check ? 'with check (true)' : ''}`;
      expect([opened, await problemsOf(`${schema}.${table}`, opened)]).not.toEqual([opened, []]);
    }
  });

  it('opened for a moment, another’s record answers over REST: the walk asks what a policy alone withholds', async () => {
    const { database } = district.fleet;
    const { bank, department } = district.sides[1];
    for (const [table, name, party] of [
      ['loan_matching.demands', 'demands', bank], ['feedback.issues', 'issues', bank], ['product_catalog.products', 'products', bank],
      ['enterprise_lists.referrals', 'referrals', bank], ['enterprise_lists.push_lists', 'push-lists', department],
    ] as const) {
      const route = routes.find((one) => one.name === `GET /v1/${name}/{id}`)!;
      const ask = async (): Promise<number> => (await call(route, party, targetsOf(route, party, district).other[0])).status;
      const policy = `${table.split('.')[1]}_own on ${table}`;
      const [{ qual }] = await database.query<{ qual: string }>(`select qual from pg_policies where schemaname || '.' || tablename = $1 and policyname like '%_own'`, [table]);
      expect([table, await ask()]).toEqual([table, 404]);
      await database.query(`alter policy ${policy} using (true)`);
      expect([table, await ask()]).toEqual([table, 200]);
      await database.query(`alter policy ${policy} using (${qual})`);
      expect([table, await ask()]).toEqual([table, 404]);
    }
  });

  it.each(tables.filter((table) => !(table in publicly)))('%s can be read by an index that begins with the organisation', async (table) => {
    const { database } = district.fleet;
    const [{ ordered, key }] = await database.query<{ ordered: boolean; key: string | null }>(
      `select exists (select from pg_attribute where attrelid = $1::regclass and attname = 'id') as ordered,
         (select conname from pg_constraint join pg_attribute on attrelid = conrelid and attnum = conkey[1]
          where conrelid = $1::regclass and contype = 'p' and attname <> 'org_id') as key`, [table]);
    const pair = await pairOf(table);
    const plan = await Trial.run(database, table.split('.')[0], async (trial) => {
      // So few rows are read faster without an index, or along the primary key: neither is there to be chosen now.
      await trial.prepare('set local enable_seqscan = off');
      if (key) await trial.prepare(`alter table ${table} drop constraint ${key} cascade`);
      return trial.as('app', pair[0], `explain (format json) select * from ${table} ${ordered ? 'order by id desc' : ''} limit 50`);
    });
    expect(JSON.stringify(plan)).toMatch(/"Index Cond":"\(org_id = /);
  });

  it('is nobody’s to switch off: only the services’ own logins are in the database while they serve', async () => {
    const { database } = district.fleet;
    const logins = new Set<string>();
    let serving = true;
    const requests = each(Array.from({ length: 10 }, () => routes.filter(({ isList }) => isList)).flat(), async (route) => {
      await district.supervisor.ask(route.path);
    }).finally(() => { serving = false; });
    while (serving) {
      const rows = await database.query<{ usename: string }>(
        `select distinct usename from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`);
      for (const { usename } of rows) logins.add(usename);
    }
    await requests;
    expect([...logins].sort()).toEqual(schemas.map((schema) => `${schema}_app`).sort());
  });
});

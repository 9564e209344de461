import { dropChecks, madeUpRows, tenantTablesOfTemplate } from './support/catalogue.js';
import { District } from './support/district.js';
import { each } from './support/party.js';
import { routes } from './support/rest-calls.js';
import { call, targetsOf } from './support/rest-walk.js';
import { type Pair, type Policy, tableProblems, Trial } from './support/row-security.js';
import { schemas } from './support/tables.js';

/** From PostgreSQL's own catalogue: whoever adds a table or a policy finds it tried here. */
const known = await tenantTablesOfTemplate();
const tables = known.map(({ name }) => name);
const policies = known.flatMap(({ name, policies: all }) => all.map((policy): [string, string] => [name, policy]));

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
    await dropChecks(district.fleet.database);
    pairs = (['bank', 'department'] as const).map((role): Pair => [district.fleet.credentials(role, 0).organisationId, district.fleet.credentials(role, 1).organisationId]);
  }, 120_000);
  afterAll(() => district?.fleet.stop());

  /** The two sides that have rows of the table: banks, or departments. Nobody has: then banks are given some in the trial. */
  const pairOf = async (table: string): Promise<{ pair: Pair; isMadeUp: boolean }> => {
    if (table === 'enterprise_lists.enterprises') return { pair: pairs[1], isMadeUp: false };
    const rows = await district.fleet.database.query<{ org_id: string }>(`select distinct org_id from ${table}`);
    const pair = pairs.find((one) => one.every((organisation) => rows.some((row) => row.org_id === organisation)));
    return { pair: pair ?? pairs[0], isMadeUp: !pair };
  };
  /** What is wrong with a table once it was tampered with, in a transaction that is rolled back. */
  const problemsOf = async (table: string, tampering?: string): Promise<string[]> => {
    const { pair, isMadeUp } = await pairOf(table);
    return Trial.run(district.fleet.database, table.split('.')[0], async (trial) => {
      if (isMadeUp) {
        // What the made-up rows refer to is not there.
        await trial.prepare('set local session_replication_role = replica');
        await trial.prepare(madeUpRows(known.find(({ name }) => name === table)!), [pair]);
        await trial.prepare('set local session_replication_role = origin');
      }
      if (tampering) await trial.prepare(tampering);
      return tableProblems(trial, table, pair);
    });
  };

  it('is in force on every table that names an organisation, but for those that no organisation reads', async () => {
    const { database } = district.fleet;
    const open = await database.query<{ name: string; comment: string | null; readable: boolean }>(
      `select n.nspname || '.' || c.relname as name, obj_description(c.oid, 'pg_class') as comment, has_table_privilege(n.nspname || '_app', c.oid, 'select') as readable
       from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id'
       where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm') and not (c.relrowsecurity and c.relforcerowsecurity)`, [schemas]);
    expect(open.filter(({ comment, readable }) => readable || !comment?.startsWith('internal: '))).toEqual([]);
    expect(open.map(({ name }) => name)).toContain('loan_matching.outbox');
    const unforced = await database.query('select relname from pg_class where relrowsecurity and not relforcerowsecurity and relnamespace::regnamespace::text = any($1)', [schemas]);
    expect(unforced).toEqual([]);
  });

  it.each(tables)('%s shows each organisation its rows, and lets it write no other', async (table) => expect(await problemsOf(table)).toEqual([]));

  it.each(tables)('%s: switched off or not forced, it is missed', async (table) => {
    expect(await problemsOf(table, `alter table ${table} disable row level security`)).not.toEqual([]);
    expect(await problemsOf(table, `alter table ${table} no force row level security; alter table ${table} owner to ${table.split('.')[0]}_owner`)).not.toEqual([]);
  });

  it.each(policies)('%s: %s dropped, it is missed', async (table, policy) => {
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

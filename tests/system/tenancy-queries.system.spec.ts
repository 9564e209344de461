import { schemaOf, serviceNames } from '@finharbor/contracts/services';
import { Client } from 'pg';
import { globalKeys } from '../guards/tenancy-global-keys.js';
import { oneToEach, dropChecks, madeUpRows, type TenantTable, tenantTables, tenantTablesOfTemplate } from './support/catalogue.js';
import { District } from './support/district.js';
import { exercise } from './support/exercise.js';
import { Interference } from './support/interference.js';
import { byOrganisation, Plans } from './support/plans.js';
import { Recording, type Statement } from './support/statements.js';
import { multiply, rowsToATable } from './support/volume.js';

const known = await tenantTablesOfTemplate();
const names = known.map(({ name }) => name);
/** Tables of which each organisation has rows that are nobody else's. */
const owned = known.filter(({ hasOwner, isPublic }) => hasOwner && !isPublic).map(({ name }) => name);
const roles = ['owner', 'app', 'supervisor', 'worker'];
const denied = '42501 ';
/** A clock is moved by whoever set it: it is named after a record that the service has read first, as due_pkey is. */
const ownClock = 'due upsert';

/**
 * The statements that the services really send, noted while everybody does everything that is theirs. Each is asked again as
 * another organisation, as nobody, as the tables' owner and as the roles of other services, and explained on tables that are full.
 */
describe('what services ask their databases', () => {
  const recording = new Recording();
  let district: District;
  let tables: TenantTable[];
  let statements: Statement[];
  let interference: Interference;

  beforeAll(async () => {
    district = await District.open(recording.env);
    await district.fill();
    await exercise(district);
    const { database, services } = district.fleet;
    for (const name of serviceNames) await services[name].stop();
    [tables, statements] = [await tenantTables(database), recording.statements()];
    await dropChecks(database);
    await database.query('set session_replication_role = replica'); // made-up rows refer to nothing
    for (const table of tables) {
      const [{ rows }] = await database.query<{ rows: number }>(
        `select count(*)::int as rows from ${table.name} ${table.hasOwner ? 'where org_id = any($1)' : 'where $1::uuid[] is not null'}`, [organisations()]);
      if (rows === 0) await database.query(madeUpRows(table), [organisations()]);
    }
    await database.query('reset session_replication_role');
    interference = new Interference(database, tables, (constraint) => constraint in globalKeys || constraint === ownClock);
  }, 240_000);
  afterAll(async () => {
    await district?.fleet.stop();
    recording.discard();
  });

  const eachOnce = (sent: readonly Statement[]): Statement[] => [...new Map(sent.map((one) => [one.text, one])).values()];
  /** Bank A and department X, bank B and department Y. */
  const organisations = (): string[] =>
    district.sides.flatMap(({ organisation, departmentOrganisation }) => [organisation.id, departmentOrganisation.id]);
  /** Another of the same kind, which holds a record of everything too. */
  const another = (organisation: string): string => {
    const { role } = district.fleet.clients.find(({ organisationId }) => organisationId === organisation)!;
    return [0, 1].map((index) => district.fleet.credentials(role, index).organisationId).find((one) => one !== organisation)!;
  };
  /** What organisations send about a table, and what reads and changes all of it whoever sends that. */
  const asked = (name: string): Statement[] => {
    const own = owned.includes(name) ? [`update ${name} set org_id = org_id returning org_id`] : [];
    const any = organisations().slice(0, 2).flatMap((organisation) =>
      [`select * from ${name} order by 1`, `select count(*) from ${name}`, `delete from ${name} returning 1`, ...own].map((text): Statement =>
        ({ schema: name.split('.')[0], role: 'app', organisation, text, parameters: [], tables: [name] })));
    return [...eachOnce(statements.filter((one) => one.role === 'app' && one.organisation !== '' && one.tables.includes(name))), ...any];
  };
  const logIn = async (name: string): Promise<Client> => {
    const service = serviceNames.find((one) => schemaOf(one) === name.split('.')[0])!;
    const client = new Client({ connectionString: district.fleet.database.urlOf(service) });
    await client.connect();
    return client;
  };

  it('is noted: statements of every service, in every kind of name', () => {
    const noted = new Set(statements.map(({ schema, role }) => `${schema}_${role}`));
    for (const schema of serviceNames.map(schemaOf)) for (const role of ['supervisor', 'worker']) expect(noted).toContain(`${schema}_${role}`);
    expect(new Set(statements.map(({ role, text }) => `${role} ${text}`)).size).toBeGreaterThan(150);
    expect(tables.map(({ name }) => name)).toEqual(names);
  });

  it.each(owned)('%s: an organisation would miss its own rows', async (name) => expect(await interference.noticed(asked(name))).toBe(true));

  it.each(names)('%s: another organisation is told the same whether one’s rows are there or not', async (name) =>
    expect(await interference.ofAnother(asked(name), another)).toEqual([]));

  it.each(owned)('%s: nobody, and the owner of the table, are told the same whether there are rows or none', async (name) => {
    expect(await interference.ofAll(asked(name), ['app', ''])).toEqual([]);
    expect(await interference.ofAll(asked(name), ['owner', 'its own'])).toEqual([]);
  });

  it.each(names)('%s: a new connection is nobody’s, and so is one that was somebody’s before', async (name) => {
    const [login, role] = [await logIn(name), `${name.split('.')[0]}_app`];
    try {
      const [[organisation]] = [organisations()];
      const all = eachOnce(asked(name));
      const wanted = await interference.as(all.map((statement) => ({ role, organisation: '', statement })));
      for (const [index, statement] of all.entries()) {
        const before = await interference.bare(login, statement);
        await login.query('begin');
        await login.query(`select set_config('role', $1, true), set_config('app.org', $2, true)`, [role, organisation]);
        await login.query('commit');
        expect([statement.text, before, await interference.bare(login, statement)]).toEqual([statement.text, wanted[index], wanted[index]]);
      }
    } finally {
      await login.end();
    }
  });

  it.each(names)('%s: no role of another service gets at it', async (name) => {
    const [schema] = name.split('.');
    const strangers = serviceNames.map(schemaOf).filter((one) => one !== schema).flatMap((one) => roles.map((role) => `${one}_${role}`));
    expect(strangers).toHaveLength(20);
    // Each role reads all of it, and each statement of the services is sent by one of them: what is refused is the schema.
    const reading = asked(name).find(({ text }) => text === `select * from ${name} order by 1`)!;
    const each = [...strangers.map((role) => ({ role, statement: reading })),
      ...eachOnce(asked(name)).map((statement, index) => ({ role: strangers[index % strangers.length], statement }))]
      .map((one) => ({ ...one, organisation: one.statement.organisation }));
    const told = await interference.as(each);
    expect(each.filter((_, index) => told[index] !== denied)).toEqual([]);
    const granted = await district.fleet.database.query(
      `select stranger from unnest($1::text[]) stranger where has_schema_privilege(stranger, $2, 'usage') or has_any_column_privilege(stranger, $3, 'select')
         or has_table_privilege(stranger, $3, 'select, insert, update, delete, truncate, references, trigger')`, [strangers, schema, name]);
    expect(granted).toEqual([]);
    const login = await logIn(name);
    try {
      for (const role of [...strangers, `${schema}_owner`, 'postgres']) {
        expect([role, await login.query(`set role ${role}`).then(() => 'allowed', (error: { code: string }) => `${error.code} `)]).toEqual([role, denied]);
      }
    } finally {
      await login.end();
    }
  });

  describe('in a district with years of records', () => {
    let plans: Plans;
    beforeAll(async () => {
      const { database } = district.fleet;
      await multiply(database, tables);
      plans = new Plans(database, tables);
    }, 240_000);

    it.each(owned.filter((name) => !oneToEach.has(name)))('%s: an organisation’s rows are found by an index that begins with the organisation', async (name) => {
      const { database } = district.fleet;
      const table = tables.find((one) => one.name === name)!;
      const [{ organisation, rows }] = await database.query<{ organisation: string; rows: number }>(
        `select org_id as organisation, sum(count(*)) over ()::int as rows from ${name} group by org_id order by count(*) desc limit 1`);
      expect(rows).toBeGreaterThan(rowsToATable * 0.9);
      const scans = await plans.scans({ schema: table.schema, role: 'app', organisation, text: `select org_id from ${name}`, parameters: [] }); // some columns are for the worker alone
      expect(scans.map(({ condition }) => byOrganisation(condition))).toEqual([true]);
    });

    it.each(['app', 'supervisor', 'worker'] as const)('no statement of the services reads a table whole or in vain as %s', async (role) => {
      const problems: string[] = [];
      for (const statement of eachOnce(statements.filter((one) => one.role === role))) problems.push(...await plans.problems(statement));
      expect(problems).toEqual([]);
    }, 120_000);
  });
});

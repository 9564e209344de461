import { schemaOf, serviceNames } from '@finharbor/contracts/services';
import { migrateAll } from '@finharbor/platform/database/migrate';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';

const schemas = serviceNames.map(schemaOf);

describe('the migration job', () => {
  let database: TestDatabase;
  beforeEach(async () => { database = await createTestDatabase(); });
  afterEach(() => database.drop());

  const migrate = async (): Promise<string[]> => {
    const lines: string[] = [];
    await migrateAll({ url: database.adminUrl, log: (line) => { lines.push(line); } });
    return lines;
  };
  const tables = async (): Promise<string[]> => (await database.query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_tables where schemaname = any($1) order by 1`, [schemas])).map((row) => row.name);

  it('has nothing to do on a database that is up to date', async () => {
    expect(await migrate()).toEqual([]);
  });

  it('brings an empty database up to date, once, however many jobs start', async () => {
    const before = await tables();
    for (const schema of schemas) await database.query(`drop schema ${schema} cascade`);
    const [one, other] = await Promise.all([migrate(), migrate()]);
    const applied = [...one, ...other];
    expect(applied).toContain('harbors: platform/0001-platform.sql');
    expect(new Set(applied).size).toBe(applied.length);
    expect(await tables()).toEqual(before);
    expect(await migrate()).toEqual([]);
  });

  it('refuses a migration that was changed after it was applied', async () => {
    await database.query(`update harbors.migrations set checksum = 'other' where name = '0001-harbors.sql'`);
    await expect(migrate()).rejects.toThrow('harbors: 0001-harbors.sql was changed after it was applied');
  });

  it('makes an owner that nobody logs in as, and an app that inherits nothing', async () => {
    for (const schema of schemas) {
      const roles = await database.query(
        `select rolname as name, rolcanlogin as login, rolinherit as inherits, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as powerful
         from pg_roles where rolname ~ $1 order by rolname`, [`^${schema}_(app|owner|supervisor|worker)$`]);
      expect(roles).toEqual([
        { name: `${schema}_app`, login: true, inherits: false, powerful: false },
        ...['owner', 'supervisor', 'worker'].map((role) => ({ name: `${schema}_${role}`, login: false, inherits: expect.any(Boolean), powerful: false })),
      ]);
      const [{ owners }] = await database.query<{ owners: string[] }>(
        `select array_agg(distinct tableowner::text) as owners from pg_tables where schemaname = $1 and tablename <> 'migrations'`, [schema]);
      expect(owners).toEqual([`${schema}_owner`]);
      const [{ member }] = await database.query<{ member: boolean }>(`select pg_has_role($1, $2, 'member') as member`, [`${schema}_app`, `${schema}_owner`]);
      expect(member).toBe(false);
    }
  });

  it('gives no service a right in the schema of another', async () => {
    for (const one of schemas) {
      for (const other of schemas.filter((schema) => schema !== one)) {
        for (const role of ['app', 'supervisor', 'worker']) {
          const [{ may }] = await database.query<{ may: boolean }>(`select has_schema_privilege($1, $2, 'usage') as may`, [`${one}_${role}`, other]);
          expect([`${one}_${role}`, other, may]).toEqual([`${one}_${role}`, other, false]);
        }
      }
    }
  });

  it('leaves no table of a tenant without forced row level security and an index that begins with the organisation', async () => {
    const exposed = await database.query(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id'
       where n.nspname = any($1) and c.relkind in ('r', 'p') and obj_description(c.oid, 'pg_class') is null
         and not (c.relrowsecurity and c.relforcerowsecurity and exists (
           select 1 from pg_index i where i.indrelid = c.oid and i.indkey[0] = a.attnum))`, [schemas]);
    expect(exposed).toEqual([]);
  });
});

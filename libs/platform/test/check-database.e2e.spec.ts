import { randomBytes } from 'node:crypto';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { checkDatabase } from '@finharbor/platform/database/check-database';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';
import { DataSource } from 'typeorm';

/** Roles belong to the cluster, which other tests share: this one makes a service of its own. */
const schema = `checked_${randomBytes(4).toString('hex')}`;
const roles = ['owner', 'worker', 'app'].map((role) => `${schema}_${role}`);
const [owner, worker, app] = roles;

describe('the check of the database at boot', () => {
  let database: TestDatabase;
  const service = { ...identityOf('feedback'), schema };

  beforeEach(async () => {
    database = await createTestDatabase();
    await database.query(`
      create role ${owner} nologin; create role ${worker} nologin; create role ${app} login noinherit password 'app';
      grant ${worker} to ${app};
      create schema ${schema} authorization ${owner};
      grant usage on schema ${schema} to ${app};
      set role ${owner};
      create table ${schema}.tenants (id uuid primary key, org_id uuid not null);
      alter table ${schema}.tenants enable row level security;
      alter table ${schema}.tenants force row level security;
      create table ${schema}.words (word text primary key);
      comment on table ${schema}.words is 'public: everybody knows them';
      reset role;
    `);
  });
  afterEach(async () => {
    await database.query(`drop schema ${schema} cascade`);
    for (const role of roles) await database.query(`drop owned by ${role}; drop role ${role}`);
    await database.drop();
  });

  async function check(login = app): Promise<void> {
    const url = new URL(database.adminUrl);
    if (login) [url.username, url.password] = [login, 'app'];
    const dataSource = await new DataSource({ type: 'postgres', url: url.toString(), installExtensions: false, poolSize: 1 }).initialize();
    await checkDatabase(dataSource, service).finally(() => dataSource.destroy());
  }

  it('accepts a login that sees nothing by itself', async () => {
    await check();
  });

  it('refuses a superuser', async () => {
    await expect(check('')).rejects.toThrow(/the login \w+ is a superuser/);
  });

  it('refuses another login than the service’s own', async () => {
    await database.query(`alter role ${worker} login password 'app'; grant usage on schema ${schema} to ${worker}`);
    await expect(check(worker)).rejects.toThrow(`the login is ${worker}, not ${app}`);
  });

  it.each([
    ['a login that passes row level security by', 'alter role {app} bypassrls', 'is a superuser or bypasses row level security'],
    ['a login that inherits', `alter role {app} inherit; revoke {worker} from {app}; grant {worker} to {app}`, 'inherits the rights of {worker}'],
    ['a login that owns a table', `alter table {schema}.tenants owner to {app}`, 'the login owns tenants, or may become its owner'],
    ['a login that may become the owner', 'grant {owner} to {app}', 'the login owns tenants, or may become its owner'],
    ['a table without row level security', 'alter table {schema}.tenants disable row level security', 'tenants has no forced row level security'],
    ['a table whose owner passes by', 'alter table {schema}.tenants no force row level security', 'tenants has no forced row level security'],
    ['a table that does not say why it is open', `comment on table {schema}.words is 'words'`, 'words has no forced row level security and no comment that says why'],
    ['a view, which reads with its owner’s eyes', 'create view {schema}.all_tenants as select * from {schema}.tenants', 'all_tenants has no forced row level security'],
    ['a materialised view', 'create materialized view {schema}.kept as select 1', 'kept has no forced row level security'],
    ['an empty schema', 'drop table {schema}.tenants, {schema}.words', 'has no tables: run the migrations first'],
  ])('refuses %s', async (_what, change, problem) => {
    const fill = (text: string): string => text.replaceAll('{schema}', schema).replaceAll('{app}', app).replaceAll('{owner}', owner).replaceAll('{worker}', worker);
    await database.query(fill(change));
    await expect(check()).rejects.toThrow(fill(problem));
  });

  it('refuses a single grant that is inherited, where PostgreSQL knows such grants', async () => {
    const [{ version }] = await database.query<{ version: number }>(`select current_setting('server_version_num')::int as version`);
    if (version < 160_000) return;
    await database.query(`grant ${worker} to ${app} with inherit true`);
    await expect(check()).rejects.toThrow(`inherits the rights of ${worker}`);
  });
});

import type { DataSource } from 'typeorm';
import type { ServiceIdentity } from '../boot/service-identity.js';

/**
 * Refuses to boot on a database that would not keep tenants apart (architecture.md rule 6): the login must be `_app`,
 * NOINHERIT, no superuser, no BYPASSRLS and no owner; and every table is either under forced row level security or
 * says in its comment why it is public or internal.
 */
export async function checkDatabase(dataSource: DataSource, service: ServiceIdentity): Promise<void> {
  const problems: string[] = [];
  const [login] = await dataSource.query<{ name: string; super: boolean; bypass: boolean; inherit: boolean }[]>(
    `select rolname as name, rolsuper as super, rolbypassrls as bypass, rolinherit as inherit from pg_roles where rolname = session_user`,
  );
  if (login.name !== `${service.schema}_app`) problems.push(`the login is ${login.name}, not ${service.schema}_app`);
  if (login.super || login.bypass || login.inherit) problems.push(`the login ${login.name} is a superuser, bypasses row level security or inherits`);
  const tables = await dataSource.query<{ name: string; forced: boolean; owned: boolean; comment: string | null }[]>(
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced, pg_get_userbyid(c.relowner) = session_user as owned,
            obj_description(c.oid, 'pg_class') as comment
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind in ('r', 'p')`,
    [service.schema],
  );
  if (tables.length === 0) problems.push(`the schema ${service.schema} has no tables: run the migrations first`);
  for (const table of tables) {
    if (table.owned) problems.push(`the login owns ${table.name}`);
    if (!table.forced && !/^(public|internal): /.test(table.comment ?? '')) {
      problems.push(`${table.name} has no forced row level security and no comment that says why`);
    }
  }
  if (problems.length > 0) throw new Error(`The database of ${service.name} is not safe to use: ${problems.join('; ')}.`);
}

import type { DataSource } from 'typeorm';
import type { ServiceIdentity } from '../boot/service-identity.js';

/**
 * Refuses to boot on a database that would not keep tenants apart (architecture.md rule 6): the login must be `_app`,
 * NOINHERIT, no superuser, no BYPASSRLS and no owner; and every table is either under forced row level security or
 * says in its comment why it is public or internal. Views count as tables, since they read with their owner's eyes.
 */
export async function checkDatabase(dataSource: DataSource, service: ServiceIdentity): Promise<void> {
  const problems: string[] = [];
  const [login] = await dataSource.query<{ name: string; super: boolean; bypass: boolean; inherits: string | null }[]>(
    // Since PostgreSQL 16 each grant says for itself whether it is inherited: what counts is whose rights are at hand at once.
    `select rolname as name, rolsuper as super, rolbypassrls as bypass,
            (select string_agg(other.rolname, ', ' order by other.rolname) from pg_roles other
             where other.oid <> me.oid and not me.rolsuper and pg_has_role(me.oid, other.oid, 'usage')) as inherits
     from pg_roles me where rolname = session_user`,
  );
  if (login.name !== `${service.schema}_app`) problems.push(`the login is ${login.name}, not ${service.schema}_app`);
  if (login.super || login.bypass) problems.push(`the login ${login.name} is a superuser or bypasses row level security`);
  if (login.inherits) problems.push(`the login ${login.name} inherits the rights of ${login.inherits}`);
  const tables = await dataSource.query<{ name: string; forced: boolean; owned: boolean; comment: string | null }[]>(
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
            not (select rolsuper from pg_roles where rolname = session_user) and pg_has_role(session_user, c.relowner, 'member') as owned,
            obj_description(c.oid, 'pg_class') as comment
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f')`,
    [service.schema],
  );
  if (tables.length === 0) problems.push(`the schema ${service.schema} has no tables: run the migrations first`);
  for (const table of tables) {
    if (table.owned) problems.push(`the login owns ${table.name}, or may become its owner`);
    if (!table.forced && !/^(public|internal): /.test(table.comment ?? '')) {
      problems.push(`${table.name} has no forced row level security and no comment that says why`);
    }
  }
  if (problems.length > 0) throw new Error(`The database of ${service.name} is not safe to use: ${problems.join('; ')}.`);
}

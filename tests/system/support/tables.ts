import { schemaOf, serviceNames } from '@finharbor/contracts/services';
import type { TestDatabase } from '@finharbor/testing/database';

export const schemas = serviceNames.map(schemaOf);

/** Every table of every service, as `schema.table`. */
export async function tablesOf(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = any($1) order by 1`, [schemas]);
  return rows.map(({ name }) => name);
}

/** What every table holds, as a fingerprint: two that are equal say that nothing changed. */
export async function fingerprints(database: TestDatabase): Promise<Record<string, string>> {
  // What was written before is sealed, and people are told of it, in its own time; of every request there is a record.
  const tables = (await tablesOf(database)).filter((name) => !/\.(requests|audit_seals|messages|message_notices)$/.test(name));
  const each = tables.map((name) => `select '${name}' as name, count(*) || ' ' || md5(coalesce(string_agg(t::text, ' ' order by t::text), '')) as held from ${name} t`);
  const rows = await database.query<{ name: string; held: string }>(each.join(' union all '));
  return Object.fromEntries(rows.map(({ name, held }) => [name, held]));
}

/** Tables that hold a text in the clear. */
export async function tablesWith(database: TestDatabase, text: string): Promise<string[]> {
  const each = (await tablesOf(database)).map((name) => `select '${name}' as name where exists (select from ${name} t where strpos(t::text, $1) > 0)`);
  return (await database.query<{ name: string }>(each.join(' union all '), [text])).map(({ name }) => name);
}

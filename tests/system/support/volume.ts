import type { TestDatabase } from '@finharbor/testing/database';
import { madeUpRows, type TenantTable } from './catalogue.js';
import { schemas } from './tables.js';

/** Organisations beside those that have rows already, and rows to a table: enough that reading all of it is the dearer way. */
const organisations = 40;
export const rowsToATable = 20_000;
/** Of a record that has parts there are so many; each has parts by the dozen. A prime, so that references go with each organisation. */
const parents = 1_669;

/** The n-th of the ids that are made up; the same for all tables. */
const madeUpId = (kind: string, n: string): string => `md5('${kind}' || (${n}))::uuid`;

/**
 * Fills every tenant table with copies of the rows that it has, over many organisations: one kind of row for nearly all,
 * as after years most records are in their last state, and few of each other kind. Keys are new, references point to
 * records that have many parts. Constraints over other tables are not kept: nothing but plans is looked at afterwards.
 */
export async function multiply(database: TestDatabase, tables: readonly TenantTable[]): Promise<void> {
  await database.query('set session_replication_role = replica');
  for (const table of tables) {
    const [{ rows }] = await database.query<{ rows: number }>(`select count(*)::int as rows from ${table.name}`);
    if (rows === 0) await database.query(madeUpRows(table), [['00000000-0000-4000-8000-00000000000a']]);
    await database.query(copies(table));
  }
  await database.query('set session_replication_role = origin');
  const all = await database.query<{ name: string }>(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = any($1)`, [schemas]);
  await database.query(`analyze ${all.map(({ name }) => name).join(', ')}`);
}

function copies({ name, columns }: TenantTable): string {
  const given = columns.filter(({ made }) => !made);
  const values = given.map(({ name: column, type, unique, alone }, index) => {
    // Every now and then the organisation whose row is copied: it has as many rows as the others.
    if (column === 'org_id') return `case when serial % ${organisations + 2} < 2 then own.org_id else ${madeUpId('organisation', `serial % ${organisations + 2}`)} end`;
    if (type === 'uuid' && (alone || !column.endsWith('_id'))) return 'gen_random_uuid()';
    // One in a thousand points where the row that is copied does: to a record that somebody asks for.
    if (type === 'uuid') return `case when own.${column} is null or serial % 1000 = 0 then own.${column} else ${madeUpId('record', `(serial * ${7 + index} + serial / ${parents} * ${index}) % ${parents}`)} end`;
    return unique && type === 'text' && !/kind|channel|route|state/.test(column) ? 'md5(random()::text)' : `own.${column}`;
  });
  return `with template as (select t.*, row_number() over () as nth, count(*) over () as kinds from ${name} t)
    insert into ${name} (${given.map((column) => column.name).join(', ')})
    select ${values.join(', ')} from generate_series(1, ${rowsToATable}) serial
    join template own on own.nth = case when serial % 20 = 0 then 1 + (serial / 20) % own.kinds else 1 end on conflict do nothing`;
}

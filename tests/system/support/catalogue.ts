import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';
import { schemas } from './tables.js';

export interface Column {
  name: string;
  type: string;
  /** PostgreSQL makes it: nobody may say what it holds. */
  made: boolean;
  /** Part of a key that no two rows share. */
  unique: boolean;
  /** Names a row of all organisations by itself. */
  alone: boolean;
}

/** A table under row level security, as PostgreSQL's catalogue has it: whoever adds one finds it tested. */
export interface TenantTable {
  /** `schema.table`. */
  name: string;
  schema: string;
  columns: Column[];
  policies: string[];
  constraints: string[];
  /** The column that each index begins with, and whether it is a key. */
  indexes: Record<string, { first: string; unique: boolean }>;
  /** Read by everybody, or seen through another table. */
  hasOwner: boolean;
  isPublic: boolean;
}

interface Row extends Omit<TenantTable, 'hasOwner'> { columns: Column[] }

/** Every table of every service that row level security guards. */
export async function tenantTables(database: TestDatabase): Promise<TenantTable[]> {
  const rows = await database.query<Row>(
    `select format('%I.%I', n.nspname, c.relname) as name, n.nspname as schema, coalesce(obj_description(c.oid, 'pg_class') like 'public: %', false) as "isPublic",
       (select jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, null), 'made', a.attgenerated <> '' or a.attidentity <> '',
          'unique', exists (select from pg_index i where i.indrelid = c.oid and i.indisunique and a.attnum = any(i.indkey)),
          'alone', exists (select from pg_index i where i.indrelid = c.oid and i.indisunique and a.attnum = any(i.indkey) and not exists (
            select from pg_attribute o where o.attrelid = c.oid and o.attnum = any(i.indkey) and o.attnum <> a.attnum and o.atttypid = 'uuid'::regtype))) order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
       (select coalesce(jsonb_object_agg(n.relname, jsonb_build_object('unique', i.indisunique, 'first',
          (select f.attname from pg_attribute f where f.attrelid = c.oid and f.attnum = i.indkey[0]))), '{}')
        from pg_index i join pg_class n on n.oid = i.indexrelid where i.indrelid = c.oid) as indexes,
       (select coalesce(jsonb_agg(o.conname), '[]') from pg_constraint o where o.conrelid = c.oid) as constraints,
       (select coalesce(jsonb_agg(p.policyname order by p.policyname), '[]') from pg_policies p where p.schemaname = n.nspname and p.tablename = c.relname) as policies
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) and c.relkind in ('r', 'p') and c.relrowsecurity order by 1`, [schemas]);
  return rows.map((row) => ({ ...row, hasOwner: row.columns.some(({ name }) => name === 'org_id') }));
}

/** The same before any test runs, so that each table gets tests of its own. */
export async function tenantTablesOfTemplate(): Promise<TenantTable[]> {
  const database = await createTestDatabase();
  try {
    return await tenantTables(database);
  } finally {
    await database.drop();
  }
}

/** Tables with one row to an organisation: however many years pass, they are small. */
export const oneToEach = new Set(['enterprise_lists.import_mappings', 'enterprise_lists.push_duties']);

/** SQL for a value of each type, for a row that nobody made. */
const madeUp: Record<string, string> = {
  uuid: 'gen_random_uuid()', text: 'md5(random()::text)', integer: '1', bigint: '1', smallint: '1', numeric: '1', 'double precision': '1',
  boolean: 'false', 'timestamp with time zone': `now() + interval '1 year'`, date: 'current_date', jsonb: `'{}'::jsonb`, 'text[]': `'{}'::text[]`, 'uuid[]': `'{}'::uuid[]`, 'integer[]': `'{}'::int[]`,
};

/** SQL that adds one row of whatever kind for each of the organisations in `$1`, where a table has no rows to copy. */
export function madeUpRows({ name, columns }: TenantTable): string {
  const given = columns.filter(({ made }) => !made);
  const values = given.map((column) => {
    if (column.name === 'org_id') return 'org';
    const value = madeUp[column.type];
    if (!value) throw new Error(`What a ${column.type} holds (${name}.${column.name}) is not known: add it to madeUp.`);
    return value;
  });
  return `insert into ${name} (${given.map((column) => column.name).join(', ')}) select ${values.join(', ')} from unnest($1::uuid[]) org`;
}

/** Takes away what would keep made-up and multiplied rows out. In the tests' own database, never to come back. */
export async function dropChecks(database: TestDatabase): Promise<void> {
  const checks = await database.query<{ sql: string }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as sql from pg_constraint
     where contype = 'c' and connamespace::regnamespace::text = any($1)`, [schemas]);
  for (const { sql } of checks) await database.query(sql);
}

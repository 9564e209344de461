import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { schemaOf, type ServiceName, serviceNames } from '@finharbor/contracts/services';
import { Client } from 'pg';
import { lockMs, marginMs, statementMs } from './limits.js';

export interface MigrateOptions {
  /** A login that may create roles and schemas. */
  url: string;
  /** Password of the `_app` logins. Without it they are created without one, for the operator to set. */
  appPassword?: string;
  log?: (line: string) => void;
}

/** Any number will do, as long as every migration job takes the same lock. */
const lock = 7_311_850_421;

/**
 * Brings every service's schema up to date: roles, the tables of the platform, then the service's own migrations.
 * One locked job, never run by replicas; forward only; each migration in a transaction, as `<schema>_owner`.
 */
export async function migrateAll({ url, appPassword, log = () => undefined }: MigrateOptions): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'finharbor migrate' });
  await client.connect();
  try {
    for (const service of serviceNames) await migrateService(client, service, appPassword, log);
  } finally {
    await client.end();
  }
}

async function migrateService(
  client: Client, service: ServiceName, appPassword: string | undefined, log: (line: string) => void,
): Promise<void> {
  const schema = schemaOf(service);
  await inLockedTransaction(client, () => prepare(client, schema, appPassword));
  const platform = new URL('../../migrations/', import.meta.url);
  const own = new URL(`../../../../apps/${service}/migrations/`, import.meta.url);
  for (const folder of [platform, own]) {
    const files = await readdir(folder).catch(() => [] as string[]);
    for (const file of files.filter((name) => name.endsWith('.sql')).sort()) {
      const name = folder === platform ? `platform/${file}` : file;
      const sql = (await readFile(new URL(file, folder), 'utf8')).replaceAll('{schema}', schema);
      const applied = await inLockedTransaction(client, () => apply(client, schema, name, sql));
      if (applied) log(`${service}: ${name}`);
    }
  }
}

async function inLockedTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock($1)', [lock]);
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** Roles belong to the cluster and are made once; what they may do is granted by the migrations. */
async function prepare(client: Client, schema: string, appPassword: string | undefined): Promise<void> {
  const roles: [string, string][] = [['owner', 'nologin'], ['supervisor', 'nologin'], ['worker', 'nologin'], ['app', 'login noinherit']];
  for (const [role, attributes] of roles) {
    await client.query(`do $$ begin create role ${schema}_${role} ${attributes}; exception when duplicate_object then null; end $$`);
  }
  if (appPassword) await client.query(`alter role ${schema}_app password ${client.escapeLiteral(appPassword)}`);
  await limit(client, `${schema}_app`);
  await client.query(`grant ${schema}_owner to current_user`);
  await client.query(`grant ${schema}_supervisor, ${schema}_worker to ${schema}_app`);
  await client.query(`create schema if not exists ${schema} authorization ${schema}_owner`);
  await client.query(`grant usage on schema ${schema} to ${schema}_app, ${schema}_supervisor, ${schema}_worker`);
  await client.query(`create table if not exists ${schema}.migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())`);
  await client.query(`comment on table ${schema}.migrations is 'internal: which migrations were applied'`);
}

/** The database's own bounds, from login on: said once here, and not with every transaction. Also in force behind PgBouncer. */
async function limit(client: Client, login: string): Promise<void> {
  const limits = [
    `statement_timeout=${statementMs}`, `lock_timeout=${lockMs}`, `idle_in_transaction_session_timeout=${statementMs + marginMs}`,
  ];
  const { rows: [{ set }] } = await client.query<{ set: string[] | null }>('select rolconfig as set from pg_roles where rolname = $1', [login]);
  for (const one of limits.filter((wanted) => !set?.includes(wanted))) await client.query(`alter role ${login} set ${one}`);
}

async function apply(client: Client, schema: string, name: string, sql: string): Promise<boolean> {
  const checksum = createHash('sha256').update(sql).digest('hex');
  const { rows } = await client.query<{ checksum: string }>(`select checksum from ${schema}.migrations where name = $1`, [name]);
  if (rows[0] && rows[0].checksum !== checksum) throw new Error(`${schema}: ${name} was changed after it was applied. Write a new migration instead.`);
  if (rows[0]) return false;
  await client.query(`set local role ${schema}_owner`);
  await client.query(sql);
  await client.query('reset role');
  await client.query(`insert into ${schema}.migrations (name, checksum) values ($1, $2)`, [name, checksum]);
  return true;
}

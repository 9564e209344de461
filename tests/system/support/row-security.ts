import type { TestDatabase } from '@finharbor/testing/database';
import { newId } from '@finharbor/contracts/ids';

/** Two organisations that hold rows of a table. */
export type Pair = readonly [a: string, b: string];

export interface Policy {
  schema: string;
  table: string;
  policy: string;
}

/** Who of a service asks the database. */
type DatabaseRole = 'app' | 'supervisor' | 'worker' | 'owner';

/** Something wrong with who sees or writes what. */
type Problems = string[];

const refused = '42501';
/** A number that PostgreSQL alone gives was given: it refuses that before it looks at rights. */
const generated = '428C9';

/** One transaction that is always rolled back, in which the database is asked as each role of a service. */
export class Trial {
  constructor(private readonly database: TestDatabase, private readonly schema: string) {}

  static async run<T>(database: TestDatabase, schema: string, work: (trial: Trial) => Promise<T>): Promise<T> {
    await database.query('begin');
    try {
      return await work(new Trial(database, schema));
    } finally {
      await database.query('rollback');
    }
  }

  /** As superuser: what prepares the trial. */
  async prepare(sql: string, parameters: unknown[] = []): Promise<void> {
    await this.database.query(sql, parameters);
  }

  /** A statement as one of the service's roles in an organisation's name: its rows, or PostgreSQL's word for why not. */
  async as(role: DatabaseRole, organisation: string, sql: string, parameters: unknown[] = []): Promise<Record<string, string>[] | string> {
    await this.database.query('savepoint trial');
    try {
      await this.database.query(`select set_config('role', $1, true), set_config('app.org', $2, true)`, [`${this.schema}_${role}`, organisation]);
      return await this.database.query<Record<string, string>>(sql, parameters);
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await this.database.query('rollback to trial');
    }
  }

  /** The values of a column that a role sees, each once. */
  async seen(role: DatabaseRole, organisation: string, table: string, column = 'org_id'): Promise<string> {
    const rows = await this.as(role, organisation, `select distinct ${column} as one from ${table} order by 1`);
    return typeof rows === 'string' ? rows : rows.map(({ one }) => one).join(' ');
  }
}

/** What a table with an organisation's rows lets through that it should not, and keeps back that it should show. */
async function ownRows(trial: Trial, table: string, [a, b]: Pair): Promise<Problems> {
  const problems: Problems = [];
  const expect = (what: string, seen: string, wanted: string): void => void (seen === wanted || problems.push(`${what}: ${seen || 'nothing'}`));
  expect('a sees', await trial.seen('app', a, table), a);
  expect('b sees', await trial.seen('app', b, table), b);
  for (const [who, organisation] of [['nobody', ''], ['a stranger', newId()]]) expect(`${who} sees`, await trial.seen('app', organisation, table), '');
  expect('the owner sees', await trial.seen('owner', a, table), '');
  const isOwnAlone = /\.(idempotency_keys|receipts|feed_events|webhook_\w+|messages|message_recipients)$/.test(table);
  if (isOwnAlone) expect('a supervisor sees', await trial.seen('supervisor', a, table), a);
  for (const role of isOwnAlone ? ['worker'] as const : ['supervisor', 'worker'] as const) {
    const seen = await trial.seen(role, '', table);
    if (![a, b].every((one) => seen.includes(one))) problems.push(`the ${role} sees ${seen || 'nothing'}`);
  }
  const copy = `insert into ${table} select (jsonb_populate_record(null::${table}, to_jsonb(t) || jsonb_build_object('org_id', $2::uuid))).* from ${table} t where org_id = $1 limit 1`;
  expect('a gives a row to b', outcome(await trial.as('app', a, `update ${table} set org_id = $2 where org_id = $1 returning 1`, [a, b])), refused);
  expect('a adds a row of b', outcome(await trial.as('app', a, copy, [a, b])).replace(generated, refused), refused);
  for (const sql of [`update ${table} set org_id = org_id where org_id = $1 returning 1`, `delete from ${table} where org_id = $1 returning 1`]) {
    const touched = outcome(await trial.as('app', a, sql, [b]));
    if (touched !== refused && touched !== '0') problems.push(`a touches rows of b: ${touched}`);
  }
  return problems;
}

const outcome = (result: unknown[] | string): string => (typeof result === 'string' ? result : String(result.length));

/** The enterprise master belongs to nobody: an organisation sees what it stated or has access to. */
async function enterprises(trial: Trial, table: string, [a, b]: Pair): Promise<Problems> {
  const access = async (organisation: string): Promise<string> => trial.seen('worker', '', `(select enterprise_id from enterprise_lists.enterprise_access
    where org_id::text = '${organisation}' union select id from enterprise_lists.enterprises where '${organisation}' = any(sources::text[])) may_know`, 'enterprise_id');
  const problems: Problems = [];
  const [stating] = (await trial.seen('worker', '', table, 'sources[1]')).split(' ');
  const [opening] = (await trial.seen('worker', '', 'enterprise_lists.enterprise_access')).split(' ');
  for (const [name, organisation] of [['a', a], ['b', b], ['its source', stating], ['whoever claimed it', opening], ['nobody', ''], ['a stranger', newId()]]) {
    const [seen, allowed] = [await trial.seen('app', organisation, table, 'id'), await access(organisation)];
    if (seen !== allowed || (seen === '') !== (name === 'nobody' || name === 'a stranger')) problems.push(`${name} sees ${seen.split(' ').length} enterprises`);
  }
  if (await trial.seen('owner', a, table, 'id') !== '') problems.push('the owner sees');
  for (const role of ['supervisor', 'worker'] as const) {
    const seen = await trial.seen(role, '', table, 'id');
    if (![...(await access(a)).split(' '), ...(await access(b)).split(' ')].every((id) => seen.includes(id))) problems.push(`the ${role} sees ${seen.length}`);
  }
  for (const sql of [`update ${table} set name = name`, `delete from ${table}`]) {
    if (await trial.as('app', a, sql) !== refused) problems.push(`a may: ${sql}`);
  }
  return problems;
}

/** A bank gives itself access to what it claimed and to nothing else, in its own name. */
async function enterpriseAccess(trial: Trial, table: string, [a, b]: Pair): Promise<Problems> {
  const problems: Problems = [];
  for (const [name, organisation, wanted] of [['a', a, a], ['b', b, b], ['nobody', '', ''], ['a stranger', newId(), '']]) {
    if (await trial.seen('app', organisation, table) !== wanted) problems.push(`${name} sees other rows than its own`);
  }
  if (await trial.seen('owner', a, table) !== '') problems.push('the owner sees');
  for (const role of ['supervisor', 'worker'] as const) {
    const seen = await trial.seen(role, '', table);
    if (![a, b].every((one) => seen.includes(one))) problems.push(`the ${role} sees ${seen || 'nothing'}`);
  }
  const give = async (organisation: string, reason: string, claimed: boolean): Promise<string> => outcome(await trial.as('app', a,
    `insert into ${table} (org_id, enterprise_id, reason) select $1, enterprise_id, $2 from enterprise_lists.referrals
     where org_id = $3 and (claimed_at is not null) = $4 limit 1 on conflict do nothing`, [organisation, reason, a, claimed]));
  if (await give(a, 'CLAIMED', true) !== '0') problems.push('a may not have what it claimed');
  for (const [organisation, reason, claimed] of [[a, 'CLAIMED', false], [a, 'DEMAND_ACCEPTED', true], [b, 'CLAIMED', true]] as const) {
    if (await give(organisation, reason, claimed) !== refused) problems.push(`a gives ${organisation === a ? 'itself' : 'b'} ${reason} ${claimed}`);
  }
  return problems;
}

/** Everybody reads what is on offer; a bank adds and changes its own. */
async function publishedProducts(trial: Trial, table: string, [a, b]: Pair): Promise<Problems> {
  const problems: Problems = [];
  for (const [role, organisation] of [['app', a], ['app', ''], ['supervisor', ''], ['worker', '']] as const) {
    const seen = await trial.seen(role, organisation, table);
    if (![a, b].every((one) => seen.includes(one))) problems.push(`the ${role} sees ${seen || 'nothing'}`);
  }
  if (await trial.seen('owner', a, table) !== '') problems.push('the owner sees');
  // Some columns PostgreSQL gives itself.
  const given = await trial.seen('supervisor', '', `(select string_agg(attname, ', ' order by attnum) as names from pg_attribute
    where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped and attgenerated = '') columns`, 'names');
  const update = async (of: string): Promise<string> => outcome(await trial.as('app', a, `update ${table} set name = name where org_id = $1 returning 1`, [of]));
  const add = async (of: string): Promise<string> => outcome(await trial.as('app', a,
    `insert into ${table} (${given}) select ${given} from (select (jsonb_populate_record(null::${table}, to_jsonb(t)
       || jsonb_build_object('id', gen_random_uuid(), 'org_id', $1::uuid))).* from ${table} t limit 1) copy returning 1`, [of]));
  const give = await trial.as('app', a, `update ${table} set org_id = $2 where org_id = $1`, [a, b]);
  const results = { changesOwn: await update(a) !== '0', changesOther: await update(b), addsOwn: await add(a), addsOther: await add(b), gives: outcome(give) };
  const wanted = { changesOwn: true, changesOther: '0', addsOwn: '1', addsOther: refused, gives: refused };
  return JSON.stringify(results) === JSON.stringify(wanted) ? problems : [...problems, JSON.stringify(results)];
}

/** Everybody reads what was ever on offer; a bank adds its own, and nobody changes any. */
async function productVersions(trial: Trial, table: string, [a, b]: Pair): Promise<Problems> {
  const problems: Problems = [];
  for (const [role, organisation] of [['app', a], ['app', ''], ['supervisor', ''], ['worker', '']] as const) {
    const seen = await trial.seen(role, organisation, table);
    if (![a, b].every((one) => seen.includes(one))) problems.push(`the ${role} sees ${seen || 'nothing'}`);
  }
  if (await trial.seen('owner', a, table) !== '') problems.push('the owner sees');
  const add = async (of: string): Promise<string> => outcome(await trial.as('app', a,
    `insert into ${table} (id, org_id, product_id, version, state, content, valid_from)
     select gen_random_uuid(), $1, gen_random_uuid(), 1, state, content, valid_from from ${table} limit 1 returning 1`, [of]));
  const results = [await add(a), await add(b), outcome(await trial.as('app', a, `update ${table} set version = version`)), outcome(await trial.as('app', a, `delete from ${table}`))];
  return results.join() === ['1', refused, refused, refused].join() ? problems : [...problems, results.join()];
}

const writtenOut: Record<string, typeof ownRows> = {
  'enterprise_lists.enterprises': enterprises,
  'enterprise_lists.enterprise_access': enterpriseAccess,
  'product_catalog.published_products': publishedProducts,
  'product_catalog.product_versions': productVersions,
};

/** What is wrong with who sees and writes what of a table: the one check that every policy must be needed for. */
export const tableProblems = (trial: Trial, table: string, pair: Pair): Promise<Problems> =>
  (writtenOut[table] ?? ownRows)(trial, table, pair);

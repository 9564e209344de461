import { code, planted, read, services, type Source, sources, withoutComments } from './sources.js';

/** Tables whose policies are written out instead of made by tenant_table: which ones, and why. */
const writtenOut: Record<string, string[]> = {
  // Supervisors too see only what their own organisation asked.
  idempotency_keys: ['idempotency_keys_own', 'idempotency_keys_worker'],
  receipts: ['receipts_own', 'receipts_worker'],
  // Nor what other partners are told, and where.
  ...Object.fromEntries(['feed_events', 'webhook_endpoints', 'webhook_secrets', 'webhook_deliveries', 'webhook_attempts']
    .map((table) => [`partners.${table}`, [`${table}_own`, `${table}_worker`]])),
  'partners.message_recipients': ['message_recipients_own', 'message_recipients_worker'],
  'partners.messages': ['messages_own', 'messages_worker'],
  // One master for all departments: seen by those that stated it and through enterprise_access, not owned.
  'enterprise_lists.enterprises': ['enterprises_accessible', 'enterprises_stated', 'enterprises_supervisor', 'enterprises_worker'],
  // A bank may give itself access to what it claimed, and to nothing else.
  'enterprise_lists.enterprise_access': ['enterprise_access_claimed', 'enterprise_access_own', 'enterprise_access_supervisor', 'enterprise_access_worker'],
  // Read by all, written by the bank that owns the row.
  'product_catalog.published_products': ['published_products_add_own', 'published_products_change_own', 'published_products_read'],
  'product_catalog.product_versions': ['product_versions_add_own', 'product_versions_read'],
};

const ownRows = "(org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)";
const threePolicies = (schema: string, table: string): string[] => [
  `create policy ${table}_own on ${schema}.${table} for all to ${schema}_app using (${ownRows}) with check (${ownRows})`,
  ...['supervisor', 'worker'].map((role) => `create policy ${table}_${role} on ${schema}.${table} for all to ${schema}_${role} using (true) with check (true)`),
];

/** What of a committed schema.sql does not keep tenants apart (architecture.md rule 6). */
function leaks(sql: string): string[] {
  const problems = /security definer/i.test(sql) ? ['a function runs as its owner, past every policy'] : [];
  const statements = sql.replaceAll(/^--.*$|^CREATE OR REPLACE FUNCTION [\s\S]*?\$function\$[\s\S]*?\$function\$;/gm, '').split(/;\n/).map((text) => text.trim());
  for (const made of statements.filter((text) => text.startsWith('create table '))) {
    const [, schema, table] = /^create table (\w+)\.(\w+) /.exec(made)!;
    const name = `${schema}.${table}`;
    const about = statements.filter((text) => new RegExp(`\\b(on|table) ${schema}\\.${table} `, 'i').test(`${text.split('\n')[0]} `) && text !== made);
    const comment = about.find((text) => text.startsWith('comment on'))?.split(" is '")[1] ?? '';
    const policies = about.filter((text) => text.startsWith('create policy '));
    const names = policies.map((text) => text.split(' ')[2]);
    const expected = writtenOut[name] ?? writtenOut[table];
    const forced = ['enable', 'force'].every((word) => about.includes(`alter table ${name} ${word} row level security`));
    const isPublic = comment.startsWith('public: ');
    const appGrants = about.filter((text) => text.startsWith('grant ') && text.endsWith(` to ${schema}_app`)).flatMap((text) => text.slice(6, text.indexOf(' on ')).replace(/ \([^)]*\)/g, '').split(', '));
    const refuse = (problem: string, when: boolean): void => { if (when) problems.push(`${name}: ${problem}`); };

    refuse('neither forced row level security nor a comment that says why', !forced && !isPublic && !comment.startsWith('internal: '));
    refuse('not the policies of tenant_table, nor those written out for it', (forced || policies.length > 0)
      && (expected ? names.join() !== expected.join() : policies.join('\n') !== threePolicies(schema, table).join('\n')));
    refuse('its policies are not in force', !forced && policies.length > 0);
    refuse('no index begins with org_id', forced && !isPublic && /^ {2}org_id /m.test(made)
      && ![made, ...about].some((text) => /(PRIMARY KEY|UNIQUE|USING btree) \(org_id\b/.test(text)));
    refuse('no org_id', forced && !expected && !/^ {2}org_id uuid/m.test(made));
    refuse('the organisation may do more than add', comment.startsWith('internal: ') && appGrants.some((grant) => grant !== 'insert' && !(table === keyTable && grant === 'select')));
    refuse('the organisation may change what is everybody’s', isPublic && !forced && appGrants.some((grant) => grant !== 'select'));
    for (const policy of policies) {
      refuse('an OR in a policy loses the index', / OR /i.test(policy));
      refuse('a policy lets in every organisation', new RegExp(` to [^(]*\\b${schema}_app\\b`).test(policy) && !policy.includes("current_setting('app.org'")
        && !(isPublic && policy.includes(' for select ')));
    }
  }
  return problems;
}

/** Its rows are worth nothing without the field keys, and are opened for the rows that a transaction sees (ADR 20). */
const keyTable = 'data_keys';

const unqualified = /\b(?:(?:create|alter) (?:unlogged )?(?:table|view|sequence|type|function|domain)|insert into|delete from|references|comment on table|create (?:unique )?index \S+ on|update(?= \S+ set))\s+(?:if (?:not )?exists )?([^\s();]+)/gi;

/** Migrations are forward only and schema-qualified, and touch no schema but their own; no service reads another's tables. */
function migrationProblems(files: Source[]): string[] {
  return files.flatMap(({ path, text }) => {
    const [, owner, name] = /^(?:apps|libs)\/([^/]+)\/migrations\/(.*)$/.exec(path)!;
    const schema = owner === 'platform' ? '{schema}' : owner.replaceAll('-', '_');
    const number = files.filter((file) => file.path.startsWith(path.slice(0, -name.length)) && file.path <= path).length;
    const sql = withoutComments(text);
    return [
      ...(name.startsWith(`${String(number).padStart(4, '0')}-`) && /^\d{4}-[a-z0-9-]+\.sql$/.test(name) ? [] : [`${path}: not number ${number} of a sequence without gaps`]),
      ...(/^\s*(begin|commit|rollback|start transaction)\s*;/im.test(sql) ? [`${path}: a transaction of its own`] : []),
      ...[...sql.matchAll(unqualified)].filter(([, target]) => !target.startsWith(`${schema}.`)).map(([, target]) => `${path}: ${target} is not in ${schema}`),
    ];
  });
}

const foreignReads = (files: Source[]): string[] => files.flatMap(({ path, text }) => {
  const app = /^apps\/([^/]+)\/src\//.exec(path)?.[1];
  return [...text.matchAll(/\b(?:from|join|into|update|schema:)\s+'?(\w+)(?:\.\w|')/g)].map(([, schema]) => schema)
    .filter((schema) => app && services.some((service) => service !== app && service.replaceAll('-', '_') === schema)).map((schema) => `${path}: ${schema}`);
});

const synchronised = (files: Source[]): string[] =>
  files.filter(({ path, text }) => !path.startsWith('tests/guards/') && /\bsynchronize['"]?\s*:(?!\s*false\b)/.test(withoutComments(text))).map(({ path }) => path);

describe('tenancy', () => {
  const migrations = sources(/^(apps|libs)\/[^/]+\/migrations\//);
  const harbors = read('apps/harbors/generated/schema.sql');

  it.each(services)('%s keeps tenants apart', (service) => expect(leaks(read(`apps/${service}/generated/schema.sql`))).toEqual([]));

  it.each(services)('%s: no policy can be dropped unseen', (service) => {
    const sql = read(`apps/${service}/generated/schema.sql`);
    for (const [policy] of sql.matchAll(/^create policy [\s\S]*?;\n/gm)) expect([policy, leaks(sql.replace(policy, ''))]).not.toEqual([policy, []]);
  });

  it('writes out policies only for tables that are there', () => {
    const all = services.map((service) => read(`apps/${service}/generated/schema.sql`)).join('');
    expect(Object.keys(writtenOut).filter((name) => !new RegExp(`^create table (\\w+\\.)?${name} `, 'm').test(all))).toEqual([]);
  });

  it('is kept by migrations: forward only, qualified, in their own schema', () => expect(migrationProblems(migrations)).toEqual([]));
  it('is kept by services: none reads another’s tables', () => expect(foreignReads(code())).toEqual([]));
  it('is never left to synchronize', () => expect(synchronised(code())).toEqual([]));

  const table = 'create table harbors.x (\n  id uuid not null,\n  org_id uuid not null,\n  constraint x_pkey PRIMARY KEY (org_id, id)\n);\n';
  const forced = 'alter table harbors.x enable row level security;\nalter table harbors.x force row level security;\n';
  const three = threePolicies('harbors', 'x').map((line) => `${line};\n`).join('');
  it.each([
    ['a table without policies', table, 'neither'],
    ['policies that are not forced', table + forced.split('\n')[0] + three, 'neither'],
    ['policies without force', `${table}comment on table harbors.x is 'public: y';\n${three}`, 'not in force'],
    ['a policy that sees all', table + forced + three.replaceAll(ownRows, '(true)'), 'lets in every organisation'],
    ['an OR', table + forced + three.replace(`(${ownRows})`, `(${ownRows} OR true)`), 'an OR'],
    ['an index that does not begin with org_id', table.replace('(org_id, id)', '(id)') + forced + three, 'no index'],
    ['a tenant table without org_id', table.replaceAll(/\n {2}org_id.*(?=\n)/g, '') + forced + three, 'no org_id'],
    ['an internal table that the organisation reads', `${table}comment on table harbors.x is 'internal: y';\ngrant select on harbors.x to harbors_app;\n`, 'more than add'],
    ['a public table that the organisation writes', `${table}comment on table harbors.x is 'public: y';\ngrant select, update on harbors.x to harbors_app;\n`, 'everybody’s'],
    ['a function past the policies', 'CREATE OR REPLACE FUNCTION harbors.f()\n SECURITY DEFINER\nAS $function$x$function$;\n', 'past every policy'],
  ])('bites: %s', (_what, sql, problem) => {
    expect(leaks(harbors + table + forced + three)).toEqual([]);
    expect(leaks(harbors + sql).join('\n')).toContain(problem);
  });

  it.each([
    ['create table things (id uuid);', 'things is not in harbors'],
    ['create table partners.things (id uuid);', 'partners.things is not in harbors'],
    ['create index things_x on things (id);', 'things is not in harbors'],
    ['create table harbors.x (y uuid references partners.organisations);', 'partners.organisations is not in harbors'],
    ['insert into partners.outlets values (1);', 'partners.outlets is not in harbors'],
    ['begin;\ncommit;', 'a transaction of its own'],
  ])('bites: %s', (sql, problem) => {
    const path = 'apps/harbors/migrations/0001-harbors.sql';
    expect(migrationProblems([{ path, text: sql }])).toEqual([`${path}: ${problem}`]);
  });

  it('bites: a gap, a way back, a foreign table, synchronize', () => {
    const [one, three, down] = ['0001-a.sql', '0003-b.sql', '0001-a.down.sql'].map((name) => ({ path: `apps/harbors/migrations/${name}`, text: '' }));
    expect(migrationProblems([one, three])).toEqual([`${three.path}: not number 2 of a sequence without gaps`]);
    expect(migrationProblems([down])).toHaveLength(1);
    const path = 'apps/harbors/src/planted.ts';
    expect(foreignReads(planted([], path, 'tx.query(`select 1 from loan_matching.demands`)'))).toEqual([`${path}: loan_matching`]);
    expect(foreignReads(planted([], path, "@Entity({ schema: 'partners', name: 'outlets' })"))).toEqual([`${path}: partners`]);
    expect(synchronised(planted([], path, 'new DataSource({ synchronize: true })'))).toEqual([path]);
  });
});

// @ts-check
/**
 * What the migrations produce, schema by schema, read back from a migrated database: the embedded server has no pg_dump.
 * Sorted and free of anything that depends on the server, so that it can be compared.
 */
const queries = {
  functions: `select pg_get_functiondef(p.oid) as line from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = $1 order by p.proname`,
  sequences: `select format('create sequence %I.%I;', n.nspname, c.relname) as line from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relkind = 'S'
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'i') order by c.relname`,
  tables: `select c.relname as table, obj_description(c.oid, 'pg_class') as comment, c.relrowsecurity as rls, c.relforcerowsecurity as forced,
      (select array_agg(format('%I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
          case when a.attidentity <> '' then ' generated always as identity'
               when a.attgenerated <> '' then format(' generated always as (%s) stored', pg_get_expr(d.adbin, d.adrelid))
               when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end,
          case when a.attnotnull then ' not null' else '' end) order by a.attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select array_agg(format('constraint %I %s', o.conname, pg_get_constraintdef(o.oid)) order by o.conname)
        from pg_constraint o where o.conrelid = c.oid and o.contype <> 'n') as constraints,
      (select array_agg(pg_get_indexdef(i.indexrelid) order by i.indexrelid::regclass::text)
        from pg_index i where i.indrelid = c.oid and not exists (select from pg_constraint o where o.conindid = i.indexrelid)) as indexes,
      (select array_agg(pg_get_triggerdef(t.oid) order by t.tgname) from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as triggers,
      (select array_agg(format('create policy %I on %I.%I for %s to %s%s%s', p.policyname, p.schemaname, p.tablename, lower(p.cmd), array_to_string(p.roles, ', '),
          ' using (' || p.qual || ')', ' with check (' || p.with_check || ')') order by p.policyname)
        from pg_policies p where p.schemaname = n.nspname and p.tablename = c.relname) as policies,
      (select array_agg(line order by line) from (
        select format('grant %s on %I.%I to %I', string_agg(lower(g.privilege_type), ', ' order by g.privilege_type), n.nspname, c.relname, g.grantee) as line
        from information_schema.role_table_grants g
        where g.table_schema = n.nspname and g.table_name = c.relname and g.grantee like n.nspname || '\\_%' and g.grantee <> n.nspname || '_owner'
        group by g.grantee
        union all
        select format('grant %s (%s) on %I.%I to %I', lower(g.privilege_type), string_agg(g.column_name, ', ' order by g.column_name), n.nspname, c.relname, g.grantee)
        from information_schema.role_column_grants g
        where g.table_schema = n.nspname and g.table_name = c.relname and g.grantee like n.nspname || '\\_%' and g.grantee <> n.nspname || '_owner'
          and not exists (select from information_schema.role_table_grants t where t.table_schema = g.table_schema and t.table_name = g.table_name
            and t.grantee = g.grantee and t.privilege_type = g.privilege_type)
        group by g.grantee, g.privilege_type) grants) as grants
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relkind in ('r', 'p', 'v') and c.relname <> 'migrations' order by c.relname`,
};

/** @param {import('pg').Client} client @param {string} schema @returns {Promise<string>} */
export async function describeSchema(client, schema) {
  await client.query(`set search_path = pg_catalog`);
  const out = [`-- What the migrations of ${schema} produce. Made by npm run generate; not to be edited, not to be run.`, ''];
  for (const { line } of (await client.query(queries.functions, [schema])).rows) out.push(`${line.trim()};`, '');
  for (const { line } of (await client.query(queries.sequences, [schema])).rows) out.push(line, '');
  for (const table of (await client.query(queries.tables, [schema])).rows) {
    const name = `${schema}.${table.table}`;
    out.push(`create table ${name} (`, [...table.columns, ...(table.constraints ?? [])].map((line) => `  ${line}`).join(',\n'), ');');
    if (table.comment) out.push(`comment on table ${name} is ${client.escapeLiteral(table.comment)};`);
    for (const line of [...(table.indexes ?? []), ...(table.triggers ?? [])]) out.push(`${line};`);
    if (table.rls) out.push(`alter table ${name} enable row level security;`);
    if (table.forced) out.push(`alter table ${name} force row level security;`);
    for (const line of [...(table.policies ?? []), ...(table.grants ?? [])]) out.push(`${line};`);
    out.push('');
  }
  return out.join('\n');
}

-- Clocks of records, each with its trail; org_id is who must act. What stands behind the trail is what it says now, made of trail,
-- terms and calendar alone, and made anew whenever one of them is corrected. `due` has a row (kind `clock`) for what comes next.
create table {schema}.clocks (
  id uuid primary key,
  org_id uuid not null,
  kind text not null,
  subject_id uuid not null,
  started_on date not null,
  started_at timestamptz not null,
  trail jsonb not null,
  terms jsonb not null,
  state text not null,
  due_at timestamptz,
  breached_at timestamptz,
  stopped_at timestamptz,
  next_at timestamptz,
  reminded int[] not null default '{}',
  version int not null default 1,
  constraint clocks_once unique (org_id, kind, subject_id, started_on)
);
create index clocks_org on {schema}.clocks (org_id, id);
create index clocks_state on {schema}.clocks (state, id);
create index clocks_subject on {schema}.clocks (subject_id);
select {schema}.tenant_table('clocks');
comment on column {schema}.clocks.terms is 'how long it runs and on what that rests, by the day of its start';
comment on column {schema}.clocks.next_at is 'when it reminds or runs out next; the row of due says the same, but for sandboxes, which move that one';

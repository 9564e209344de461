-- Puts a table under forced row level security with the three policies that every tenant table has: its organisation
-- (the `_app` login), supervisors, and the service's own work. Policies never use OR, which would lose the index.
create function {schema}.tenant_table(name text) returns void language plpgsql as $$
begin
  execute format('alter table {schema}.%I enable row level security', name);
  execute format('alter table {schema}.%I force row level security', name);
  execute format($p$create policy %I on {schema}.%I to {schema}_app
    using (org_id = nullif(current_setting('app.org', true), '')::uuid)
    with check (org_id = nullif(current_setting('app.org', true), '')::uuid)$p$, name || '_own', name);
  execute format('create policy %I on {schema}.%I to {schema}_supervisor using (true) with check (true)', name || '_supervisor', name);
  execute format('create policy %I on {schema}.%I to {schema}_worker using (true) with check (true)', name || '_worker', name);
  execute format('grant select, insert, update on {schema}.%I to {schema}_app, {schema}_supervisor', name);
  execute format('grant select, insert, update, delete on {schema}.%I to {schema}_worker', name);
end $$;

-- Events in the transaction of their effect. Writers only add; the relay moves rows to delivery.
create table {schema}.outbox (
  id bigint generated always as identity primary key,
  event_id uuid not null,
  name text not null,
  org_id uuid not null,
  aggregate_id uuid not null,
  aggregate_version int not null,
  payload jsonb not null,
  traceparent text,
  created_at timestamptz not null default now()
);
comment on table {schema}.outbox is 'internal: events that wait for the relay; nobody but the worker reads it';
grant insert on {schema}.outbox to {schema}_app, {schema}_supervisor;
grant select, insert, update, delete on {schema}.outbox to {schema}_worker;

create table {schema}.delivery (
  id uuid primary key,
  consumer text not null,
  body text not null,
  attempt int not null default 1,
  published_at timestamptz not null default now(),
  acked_at timestamptz
);
create index delivery_open on {schema}.delivery (published_at) where acked_at is null;
comment on table {schema}.delivery is 'internal: envelopes on their way; nobody but the worker reads it';
grant select, insert, update, delete on {schema}.delivery to {schema}_worker;

create table {schema}.inbox (event_id uuid primary key, at timestamptz not null default now());
comment on table {schema}.inbox is 'internal: events that took effect; nobody but the worker reads it';
grant select, insert, delete on {schema}.inbox to {schema}_worker;

create table {schema}.dead_letters (
  event_id uuid primary key,
  name text not null,
  org_id uuid not null,
  body jsonb not null,
  error text not null,
  parked_at timestamptz not null default now()
);
comment on table {schema}.dead_letters is 'internal: events that could not be applied; nobody but the worker reads it';
grant select, insert, delete on {schema}.dead_letters to {schema}_worker;

-- Clocks: org_id is who must act before due_at.
create table {schema}.due (
  kind text not null,
  aggregate_id uuid not null,
  org_id uuid not null,
  due_at timestamptz not null,
  primary key (kind, aggregate_id)
);
create index due_at on {schema}.due (due_at);
create index due_org on {schema}.due (org_id, due_at);
select {schema}.tenant_table('due');
grant delete on {schema}.due to {schema}_app, {schema}_supervisor;

-- Stored answers of POST requests, encrypted. Everybody sees only what the own organisation asked, supervisors included.
create table {schema}.idempotency_keys (
  org_id uuid not null,
  route text not null,
  key text not null,
  fingerprint text not null,
  status int not null,
  body text not null,
  created_at timestamptz not null default now(),
  primary key (org_id, route, key)
);
alter table {schema}.idempotency_keys enable row level security;
alter table {schema}.idempotency_keys force row level security;
create policy idempotency_keys_own on {schema}.idempotency_keys to {schema}_app, {schema}_supervisor
  using (org_id = nullif(current_setting('app.org', true), '')::uuid)
  with check (org_id = nullif(current_setting('app.org', true), '')::uuid);
create policy idempotency_keys_worker on {schema}.idempotency_keys to {schema}_worker using (true) with check (true);
grant select, insert on {schema}.idempotency_keys to {schema}_app, {schema}_supervisor;
grant select, insert, delete on {schema}.idempotency_keys to {schema}_worker;

-- Who did what to which record. Rows are only ever added.
create table {schema}.audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  role text not null,
  org_id uuid,
  client_id text,
  action text not null,
  resource text not null,
  resource_id uuid,
  detail jsonb,
  request_id text
);
comment on table {schema}.audit is 'internal: the audit trail; services add to it and only the worker reads it';
grant insert on {schema}.audit to {schema}_app, {schema}_supervisor;
grant select, insert on {schema}.audit to {schema}_worker;

-- What the migrations of harbors produce. Made by npm run generate; not to be edited, not to be run.

CREATE OR REPLACE FUNCTION harbors.audit_expire()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from gone where at > now() - interval '6 months'
      or id > (select coalesce(max(last_id), 0) from harbors.audit_seals where prunes is not null)) then
    raise exception 'permission denied: the audit trail is only ever added to' using errcode = 'insufficient_privilege';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION harbors.audit_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'permission denied: the audit trail is only ever added to' using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION harbors.tenant_table(name text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format('alter table harbors.%I enable row level security', name);
  execute format('alter table harbors.%I force row level security', name);
  execute format($p$create policy %I on harbors.%I to harbors_app
    using (org_id = nullif(current_setting('app.org', true), '')::uuid)
    with check (org_id = nullif(current_setting('app.org', true), '')::uuid)$p$, name || '_own', name);
  execute format('create policy %I on harbors.%I to harbors_supervisor using (true) with check (true)', name || '_supervisor', name);
  execute format('create policy %I on harbors.%I to harbors_worker using (true) with check (true)', name || '_worker', name);
  execute format('grant select, insert, update on harbors.%I to harbors_app, harbors_supervisor', name);
  execute format('grant select, insert, update, delete on harbors.%I to harbors_worker', name);
end $function$;

create sequence harbors.harbor_numbers;

create table harbors.audit (
  id bigint generated always as identity not null,
  at timestamp with time zone default now() not null,
  role text not null,
  org_id uuid,
  client_id text,
  action text not null,
  resource text not null,
  resource_id uuid,
  detail jsonb,
  request_id text,
  constraint audit_pkey PRIMARY KEY (id)
);
comment on table harbors.audit is 'internal: the audit trail; services add to it and only the worker reads it';
CREATE INDEX audit_at ON harbors.audit USING brin (at);
CREATE INDEX audit_resource ON harbors.audit USING btree (resource_id, id);
CREATE TRIGGER audit_expire AFTER DELETE ON harbors.audit REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION harbors.audit_expire();
CREATE TRIGGER audit_fixed BEFORE UPDATE OR TRUNCATE ON harbors.audit FOR EACH STATEMENT EXECUTE FUNCTION harbors.audit_refuse();
grant delete, select on harbors.audit to harbors_worker;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on harbors.audit to harbors_app;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on harbors.audit to harbors_supervisor;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on harbors.audit to harbors_worker;

create table harbors.audit_seals (
  number bigint not null,
  at timestamp with time zone not null,
  first_id bigint,
  last_id bigint,
  count integer not null,
  total bigint not null,
  low bigint not null,
  above int8multirange not null,
  prunes bigint,
  rows bytea,
  digest bytea not null,
  prev bytea not null,
  root bytea not null,
  key_id text not null,
  signature bytea not null,
  constraint audit_seals_pkey PRIMARY KEY (number)
);
comment on table harbors.audit_seals is 'internal: the signed chain over the audit trail; only the worker reads and adds to it';
CREATE INDEX audit_seals_at ON harbors.audit_seals USING btree (at);
CREATE INDEX audit_seals_prunes ON harbors.audit_seals USING btree (prunes, last_id) WHERE (prunes IS NOT NULL);
CREATE TRIGGER audit_seals_fixed BEFORE DELETE OR TRUNCATE ON harbors.audit_seals FOR EACH STATEMENT EXECUTE FUNCTION harbors.audit_refuse();
CREATE TRIGGER audit_seals_kept BEFORE UPDATE ON harbors.audit_seals FOR EACH ROW WHEN ((new.rows IS NOT NULL)) EXECUTE FUNCTION harbors.audit_refuse();
grant insert, select on harbors.audit_seals to harbors_worker;
grant update (rows) on harbors.audit_seals to harbors_worker;

create table harbors.clocks (
  id uuid not null,
  org_id uuid not null,
  kind text not null,
  subject_id uuid not null,
  started_on date not null,
  started_at timestamp with time zone not null,
  trail jsonb not null,
  terms jsonb not null,
  state text not null,
  due_at timestamp with time zone,
  breached_at timestamp with time zone,
  stopped_at timestamp with time zone,
  next_at timestamp with time zone,
  reminded integer[] default '{}'::integer[] not null,
  version integer default 1 not null,
  constraint clocks_once UNIQUE (org_id, kind, subject_id, started_on),
  constraint clocks_pkey PRIMARY KEY (id)
);
CREATE INDEX clocks_org ON harbors.clocks USING btree (org_id, id);
CREATE INDEX clocks_state ON harbors.clocks USING btree (state, id);
CREATE INDEX clocks_subject ON harbors.clocks USING btree (subject_id);
alter table harbors.clocks enable row level security;
alter table harbors.clocks force row level security;
create policy clocks_own on harbors.clocks for all to harbors_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy clocks_supervisor on harbors.clocks for all to harbors_supervisor using (true) with check (true);
create policy clocks_worker on harbors.clocks for all to harbors_worker using (true) with check (true);
grant delete, insert, select, update on harbors.clocks to harbors_worker;
grant insert, select, update on harbors.clocks to harbors_app;
grant insert, select, update on harbors.clocks to harbors_supervisor;

create table harbors.data_keys (
  id uuid not null,
  wrapped text not null,
  people text[] default '{}'::text[] not null,
  created_at timestamp with time zone default now() not null,
  constraint data_keys_pkey PRIMARY KEY (id)
);
comment on table harbors.data_keys is 'internal: encrypted keys; which of them a caller''s transaction opens, the rows that it sees decide';
CREATE INDEX data_keys_people ON harbors.data_keys USING gin (people);
grant delete, insert, select, update on harbors.data_keys to harbors_worker;
grant insert, select on harbors.data_keys to harbors_app;
grant insert, select on harbors.data_keys to harbors_supervisor;

create table harbors.dead_letters (
  event_id uuid not null,
  name text not null,
  org_id uuid not null,
  body jsonb not null,
  error text not null,
  parked_at timestamp with time zone default now() not null,
  constraint dead_letters_pkey PRIMARY KEY (event_id)
);
comment on table harbors.dead_letters is 'internal: events that could not be applied; nobody but the worker reads it';
grant delete, insert, select on harbors.dead_letters to harbors_worker;

create table harbors.delivery (
  id uuid not null,
  consumer text not null,
  body text not null,
  attempt integer default 1 not null,
  published_at timestamp with time zone default now() not null,
  acked_at timestamp with time zone,
  constraint delivery_pkey PRIMARY KEY (id)
);
comment on table harbors.delivery is 'internal: envelopes on their way; nobody but the worker reads it';
CREATE INDEX delivery_held ON harbors.delivery USING btree (consumer, id) WHERE (published_at = 'infinity'::timestamp with time zone);
CREATE INDEX delivery_open ON harbors.delivery USING btree (published_at) WHERE (acked_at IS NULL);
grant delete, insert, select, update on harbors.delivery to harbors_worker;

create table harbors.due (
  kind text not null,
  aggregate_id uuid not null,
  org_id uuid not null,
  due_at timestamp with time zone not null,
  constraint due_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX due_at ON harbors.due USING btree (due_at);
CREATE INDEX due_org ON harbors.due USING btree (org_id, due_at);
alter table harbors.due enable row level security;
alter table harbors.due force row level security;
create policy due_own on harbors.due for all to harbors_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy due_supervisor on harbors.due for all to harbors_supervisor using (true) with check (true);
create policy due_worker on harbors.due for all to harbors_worker using (true) with check (true);
grant delete, insert, select, update on harbors.due to harbors_app;
grant delete, insert, select, update on harbors.due to harbors_supervisor;
grant delete, insert, select, update on harbors.due to harbors_worker;

create table harbors.harbor_totals (
  harbor_id uuid not null,
  demand_total integer default 0 not null,
  approved_total integer default 0 not null,
  open_issue_total integer default 0 not null,
  constraint harbor_totals_pkey PRIMARY KEY (harbor_id)
);
comment on table harbors.harbor_totals is 'internal: counts over all banks; supervisors and the worker alone read them';
grant insert, select, update on harbors.harbor_totals to harbors_worker;
grant select on harbors.harbor_totals to harbors_supervisor;

create table harbors.harbors (
  id uuid not null,
  number text not null,
  name text not null,
  host_bank_id uuid not null,
  outlet_id uuid not null,
  area_code text not null,
  area_name text not null,
  registered_at timestamp with time zone default now() not null,
  constraint harbors_number_unique UNIQUE (number),
  constraint harbors_outlet_unique UNIQUE (outlet_id),
  constraint harbors_pkey PRIMARY KEY (id)
);
comment on table harbors.harbors is 'public: the registry of harbors is the programme''s public face';
CREATE INDEX harbors_host_bank ON harbors.harbors USING btree (host_bank_id, id);
grant insert, select on harbors.harbors to harbors_supervisor;
grant select on harbors.harbors to harbors_app;
grant select on harbors.harbors to harbors_worker;

create table harbors.idempotency_keys (
  org_id uuid not null,
  route text not null,
  key text not null,
  fingerprint text not null,
  status integer not null,
  body text not null,
  created_at timestamp with time zone default now() not null,
  receipt_id uuid,
  constraint idempotency_keys_pkey PRIMARY KEY (org_id, route, key)
);
CREATE INDEX idempotency_keys_age ON harbors.idempotency_keys USING btree (created_at);
alter table harbors.idempotency_keys enable row level security;
alter table harbors.idempotency_keys force row level security;
create policy idempotency_keys_own on harbors.idempotency_keys for all to harbors_app, harbors_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy idempotency_keys_worker on harbors.idempotency_keys for all to harbors_worker using (true) with check (true);
grant delete, insert, select on harbors.idempotency_keys to harbors_worker;
grant insert, select on harbors.idempotency_keys to harbors_app;
grant insert, select on harbors.idempotency_keys to harbors_supervisor;

create table harbors.inbox (
  event_id uuid not null,
  at timestamp with time zone default now() not null,
  constraint inbox_pkey PRIMARY KEY (event_id)
);
comment on table harbors.inbox is 'internal: events that took effect; nobody but the worker reads it';
grant delete, insert, select on harbors.inbox to harbors_worker;

create table harbors.organisation_copies (
  id uuid not null,
  kind text not null,
  name text not null,
  version integer not null,
  constraint organisation_copies_pkey PRIMARY KEY (id)
);
comment on table harbors.organisation_copies is 'public: names and kinds of organisations are known to all';
grant insert, select, update on harbors.organisation_copies to harbors_worker;
grant select on harbors.organisation_copies to harbors_app;
grant select on harbors.organisation_copies to harbors_supervisor;

create table harbors.outbox (
  id bigint generated always as identity not null,
  event_id uuid not null,
  name text not null,
  org_id uuid not null,
  aggregate_id uuid not null,
  aggregate_version integer not null,
  payload jsonb not null,
  traceparent text,
  created_at timestamp with time zone default now() not null,
  constraint outbox_pkey PRIMARY KEY (id)
);
comment on table harbors.outbox is 'internal: events that wait for the relay; nobody but the worker reads it';
grant delete, insert, select, update on harbors.outbox to harbors_worker;
grant insert on harbors.outbox to harbors_app;
grant insert on harbors.outbox to harbors_supervisor;

create table harbors.outlet_copies (
  id uuid not null,
  organisation_id uuid not null,
  name text not null,
  area_code text not null,
  constraint outlet_copies_pkey PRIMARY KEY (id)
);
comment on table harbors.outlet_copies is 'public: outlets of banks are known to all';
grant insert, select, update on harbors.outlet_copies to harbors_worker;
grant select on harbors.outlet_copies to harbors_app;
grant select on harbors.outlet_copies to harbors_supervisor;

create table harbors.receipts (
  id uuid not null,
  org_id uuid not null,
  document text not null,
  at timestamp with time zone default now() not null,
  constraint receipts_pkey PRIMARY KEY (org_id, id)
);
CREATE INDEX receipts_at ON harbors.receipts USING brin (at);
alter table harbors.receipts enable row level security;
alter table harbors.receipts force row level security;
create policy receipts_own on harbors.receipts for all to harbors_app, harbors_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy receipts_worker on harbors.receipts for all to harbors_worker using (true) with check (true);
grant delete, insert, select on harbors.receipts to harbors_worker;
grant insert, select on harbors.receipts to harbors_app;
grant insert, select on harbors.receipts to harbors_supervisor;

create table harbors.reference_copies (
  kind text not null,
  key text not null,
  data jsonb,
  version integer not null,
  constraint reference_copies_pkey PRIMARY KEY (kind, key)
);
comment on table harbors.reference_copies is 'public: reference data are known to all';
grant insert, select, update on harbors.reference_copies to harbors_worker;
grant select on harbors.reference_copies to harbors_app;
grant select on harbors.reference_copies to harbors_supervisor;

create table harbors.signer_keys (
  org_id uuid not null,
  client_id text not null,
  keys jsonb not null,
  required boolean not null,
  version integer not null,
  constraint signer_keys_pkey PRIMARY KEY (org_id, client_id)
);
alter table harbors.signer_keys enable row level security;
alter table harbors.signer_keys force row level security;
create policy signer_keys_own on harbors.signer_keys for all to harbors_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy signer_keys_supervisor on harbors.signer_keys for all to harbors_supervisor using (true) with check (true);
create policy signer_keys_worker on harbors.signer_keys for all to harbors_worker using (true) with check (true);
grant delete, insert, select, update on harbors.signer_keys to harbors_worker;
grant select on harbors.signer_keys to harbors_app;
grant select on harbors.signer_keys to harbors_supervisor;

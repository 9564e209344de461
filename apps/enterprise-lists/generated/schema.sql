-- What the migrations of enterprise_lists produce. Made by npm run generate; not to be edited, not to be run.

CREATE OR REPLACE FUNCTION enterprise_lists.audit_expire()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from gone where at > now() - interval '6 months'
      or id > (select coalesce(max(last_id), 0) from enterprise_lists.audit_seals where prunes is not null)) then
    raise exception 'permission denied: the audit trail is only ever added to' using errcode = 'insufficient_privilege';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION enterprise_lists.audit_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'permission denied: the audit trail is only ever added to' using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION enterprise_lists.new_id()
 RETURNS uuid
 LANGUAGE sql
AS $function$
  select encode(set_bit(set_bit(overlay(
    uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6
  ), 52, 1), 53, 1), 'hex')::uuid
$function$;

CREATE OR REPLACE FUNCTION enterprise_lists.tenant_table(name text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format('alter table enterprise_lists.%I enable row level security', name);
  execute format('alter table enterprise_lists.%I force row level security', name);
  execute format($p$create policy %I on enterprise_lists.%I to enterprise_lists_app
    using (org_id = nullif(current_setting('app.org', true), '')::uuid)
    with check (org_id = nullif(current_setting('app.org', true), '')::uuid)$p$, name || '_own', name);
  execute format('create policy %I on enterprise_lists.%I to enterprise_lists_supervisor using (true) with check (true)', name || '_supervisor', name);
  execute format('create policy %I on enterprise_lists.%I to enterprise_lists_worker using (true) with check (true)', name || '_worker', name);
  execute format('grant select, insert, update on enterprise_lists.%I to enterprise_lists_app, enterprise_lists_supervisor', name);
  execute format('grant select, insert, update, delete on enterprise_lists.%I to enterprise_lists_worker', name);
end $function$;

create table enterprise_lists.audit (
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
comment on table enterprise_lists.audit is 'internal: the audit trail; services add to it and only the worker reads it';
CREATE INDEX audit_at ON enterprise_lists.audit USING brin (at);
CREATE INDEX audit_resource ON enterprise_lists.audit USING btree (resource_id, id);
CREATE TRIGGER audit_expire AFTER DELETE ON enterprise_lists.audit REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION enterprise_lists.audit_expire();
CREATE TRIGGER audit_fixed BEFORE UPDATE OR TRUNCATE ON enterprise_lists.audit FOR EACH STATEMENT EXECUTE FUNCTION enterprise_lists.audit_refuse();
grant delete, select on enterprise_lists.audit to enterprise_lists_worker;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on enterprise_lists.audit to enterprise_lists_app;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on enterprise_lists.audit to enterprise_lists_supervisor;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on enterprise_lists.audit to enterprise_lists_worker;

create table enterprise_lists.audit_seals (
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
comment on table enterprise_lists.audit_seals is 'internal: the signed chain over the audit trail; only the worker reads and adds to it';
CREATE INDEX audit_seals_at ON enterprise_lists.audit_seals USING btree (at);
CREATE INDEX audit_seals_prunes ON enterprise_lists.audit_seals USING btree (prunes, last_id) WHERE (prunes IS NOT NULL);
CREATE TRIGGER audit_seals_fixed BEFORE DELETE OR TRUNCATE ON enterprise_lists.audit_seals FOR EACH STATEMENT EXECUTE FUNCTION enterprise_lists.audit_refuse();
CREATE TRIGGER audit_seals_kept BEFORE UPDATE ON enterprise_lists.audit_seals FOR EACH ROW WHEN ((new.rows IS NOT NULL)) EXECUTE FUNCTION enterprise_lists.audit_refuse();
grant insert, select on enterprise_lists.audit_seals to enterprise_lists_worker;
grant update (rows) on enterprise_lists.audit_seals to enterprise_lists_worker;

create table enterprise_lists.data_keys (
  id uuid not null,
  wrapped text not null,
  people text[] default '{}'::text[] not null,
  created_at timestamp with time zone default now() not null,
  constraint data_keys_pkey PRIMARY KEY (id)
);
comment on table enterprise_lists.data_keys is 'internal: encrypted keys; which of them a caller''s transaction opens, the rows that it sees decide';
CREATE INDEX data_keys_people ON enterprise_lists.data_keys USING gin (people);
grant delete, insert, select, update on enterprise_lists.data_keys to enterprise_lists_worker;
grant insert, select on enterprise_lists.data_keys to enterprise_lists_app;
grant insert, select on enterprise_lists.data_keys to enterprise_lists_supervisor;

create table enterprise_lists.dead_letters (
  event_id uuid not null,
  name text not null,
  org_id uuid not null,
  body jsonb not null,
  error text not null,
  parked_at timestamp with time zone default now() not null,
  constraint dead_letters_pkey PRIMARY KEY (event_id)
);
comment on table enterprise_lists.dead_letters is 'internal: events that could not be applied; nobody but the worker reads it';
grant delete, insert, select on enterprise_lists.dead_letters to enterprise_lists_worker;

create table enterprise_lists.delivery (
  id uuid not null,
  consumer text not null,
  body text not null,
  attempt integer default 1 not null,
  published_at timestamp with time zone default now() not null,
  acked_at timestamp with time zone,
  constraint delivery_pkey PRIMARY KEY (id)
);
comment on table enterprise_lists.delivery is 'internal: envelopes on their way; nobody but the worker reads it';
CREATE INDEX delivery_held ON enterprise_lists.delivery USING btree (consumer, id) WHERE (published_at = 'infinity'::timestamp with time zone);
CREATE INDEX delivery_open ON enterprise_lists.delivery USING btree (published_at) WHERE (acked_at IS NULL);
grant delete, insert, select, update on enterprise_lists.delivery to enterprise_lists_worker;

create table enterprise_lists.dispatches (
  id uuid not null,
  org_id uuid not null,
  push_list_id uuid not null,
  channel text not null,
  dispatched_at timestamp with time zone not null,
  constraint dispatches_once UNIQUE (org_id, push_list_id, channel),
  constraint dispatches_pkey PRIMARY KEY (id),
  constraint dispatches_push_list_id_fkey FOREIGN KEY (push_list_id) REFERENCES enterprise_lists.push_lists(id)
);
alter table enterprise_lists.dispatches enable row level security;
alter table enterprise_lists.dispatches force row level security;
create policy dispatches_own on enterprise_lists.dispatches for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy dispatches_supervisor on enterprise_lists.dispatches for all to enterprise_lists_supervisor using (true) with check (true);
create policy dispatches_worker on enterprise_lists.dispatches for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.dispatches to enterprise_lists_worker;
grant insert, select, update on enterprise_lists.dispatches to enterprise_lists_supervisor;
grant select on enterprise_lists.dispatches to enterprise_lists_app;

create table enterprise_lists.due (
  kind text not null,
  aggregate_id uuid not null,
  org_id uuid not null,
  due_at timestamp with time zone not null,
  constraint due_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX due_at ON enterprise_lists.due USING btree (due_at);
CREATE INDEX due_org ON enterprise_lists.due USING btree (org_id, due_at);
alter table enterprise_lists.due enable row level security;
alter table enterprise_lists.due force row level security;
create policy due_own on enterprise_lists.due for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy due_supervisor on enterprise_lists.due for all to enterprise_lists_supervisor using (true) with check (true);
create policy due_worker on enterprise_lists.due for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.due to enterprise_lists_app;
grant delete, insert, select, update on enterprise_lists.due to enterprise_lists_supervisor;
grant delete, insert, select, update on enterprise_lists.due to enterprise_lists_worker;

create table enterprise_lists.enterprise_access (
  org_id uuid not null,
  enterprise_id uuid not null,
  reason text not null,
  consent_id uuid,
  granted_at timestamp with time zone default now() not null,
  constraint enterprise_access_pkey PRIMARY KEY (org_id, enterprise_id)
);
CREATE INDEX enterprise_access_consent ON enterprise_lists.enterprise_access USING btree (consent_id) WHERE (consent_id IS NOT NULL);
alter table enterprise_lists.enterprise_access enable row level security;
alter table enterprise_lists.enterprise_access force row level security;
create policy enterprise_access_claimed on enterprise_lists.enterprise_access for insert to enterprise_lists_app with check (((reason = 'CLAIMED'::text) AND (org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT
   FROM enterprise_lists.referrals r
  WHERE ((r.org_id = enterprise_access.org_id) AND (r.enterprise_id = enterprise_access.enterprise_id) AND (r.claimed_at IS NOT NULL))))));
create policy enterprise_access_own on enterprise_lists.enterprise_access for select to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy enterprise_access_supervisor on enterprise_lists.enterprise_access for select to enterprise_lists_supervisor using (true);
create policy enterprise_access_worker on enterprise_lists.enterprise_access for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.enterprise_access to enterprise_lists_worker;
grant insert, select on enterprise_lists.enterprise_access to enterprise_lists_app;
grant select on enterprise_lists.enterprise_access to enterprise_lists_supervisor;

create table enterprise_lists.enterprises (
  id uuid not null,
  credit_code text not null,
  name text not null,
  kind text not null,
  entity_type text,
  established_on date,
  registered_capital numeric,
  capital_currency text,
  capital_band text generated always as (
CASE
    WHEN ((capital_currency <> 'CNY'::text) OR (registered_capital IS NULL)) THEN NULL::text
    WHEN (registered_capital < (1000000)::numeric) THEN 'UNDER_1M'::text
    WHEN (registered_capital < (5000000)::numeric) THEN 'FROM_1M_TO_5M'::text
    WHEN (registered_capital < (10000000)::numeric) THEN 'FROM_5M_TO_10M'::text
    WHEN (registered_capital < (50000000)::numeric) THEN 'FROM_10M_TO_50M'::text
    ELSE 'FROM_50M'::text
END) stored,
  business_scope text,
  province text,
  district text,
  region_code text,
  address text,
  industry_code text,
  employees integer,
  revenue numeric,
  assets numeric,
  size_class text not null,
  contact_name_encrypted text,
  contact_phone_encrypted text,
  contact_fingerprint text,
  version integer not null,
  recorded_at timestamp with time zone default now() not null,
  changed_at timestamp with time zone default now() not null,
  constraint enterprises_credit_code_unique UNIQUE (credit_code),
  constraint enterprises_pkey PRIMARY KEY (id)
);
alter table enterprise_lists.enterprises enable row level security;
alter table enterprise_lists.enterprises force row level security;
create policy enterprises_accessible on enterprise_lists.enterprises for select to enterprise_lists_app using ((EXISTS ( SELECT
   FROM enterprise_lists.enterprise_access a
  WHERE ((a.org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid) AND (a.enterprise_id = enterprises.id))
 OFFSET 0)));
create policy enterprises_supervisor on enterprise_lists.enterprises for select to enterprise_lists_supervisor using (true);
create policy enterprises_worker on enterprise_lists.enterprises for all to enterprise_lists_worker using (true) with check (true);
grant insert, select, update on enterprise_lists.enterprises to enterprise_lists_worker;
grant select on enterprise_lists.enterprises to enterprise_lists_app;
grant select on enterprise_lists.enterprises to enterprise_lists_supervisor;

create table enterprise_lists.idempotency_keys (
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
CREATE INDEX idempotency_keys_age ON enterprise_lists.idempotency_keys USING btree (created_at);
alter table enterprise_lists.idempotency_keys enable row level security;
alter table enterprise_lists.idempotency_keys force row level security;
create policy idempotency_keys_own on enterprise_lists.idempotency_keys for all to enterprise_lists_app, enterprise_lists_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy idempotency_keys_worker on enterprise_lists.idempotency_keys for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select on enterprise_lists.idempotency_keys to enterprise_lists_worker;
grant insert, select on enterprise_lists.idempotency_keys to enterprise_lists_app;
grant insert, select on enterprise_lists.idempotency_keys to enterprise_lists_supervisor;

create table enterprise_lists.inbox (
  event_id uuid not null,
  at timestamp with time zone default now() not null,
  constraint inbox_pkey PRIMARY KEY (event_id)
);
comment on table enterprise_lists.inbox is 'internal: events that took effect; nobody but the worker reads it';
grant delete, insert, select on enterprise_lists.inbox to enterprise_lists_worker;

create table enterprise_lists.list_entries (
  id uuid not null,
  org_id uuid not null,
  push_list_id uuid not null,
  row_number integer not null,
  enterprise_id uuid not null,
  credit_code text not null,
  name text not null,
  source text,
  good_prospects boolean,
  strong_demand boolean,
  sound_credit boolean,
  demand_amount numeric,
  demand_term_months integer,
  demand_purpose text,
  guarantee_type text,
  acknowledged_count integer default 0 not null,
  claimed_count integer default 0 not null,
  no_need_count integer default 0 not null,
  unreachable_count integer default 0 not null,
  rejected_count integer default 0 not null,
  approved_count integer default 0 not null,
  declined_count integer default 0 not null,
  constraint list_entries_enterprise_id_fkey FOREIGN KEY (enterprise_id) REFERENCES enterprise_lists.enterprises(id),
  constraint list_entries_pkey PRIMARY KEY (id),
  constraint list_entries_push_list_id_fkey FOREIGN KEY (push_list_id) REFERENCES enterprise_lists.push_lists(id)
);
CREATE INDEX list_entries_enterprise ON enterprise_lists.list_entries USING btree (org_id, enterprise_id);
CREATE INDEX list_entries_list ON enterprise_lists.list_entries USING btree (org_id, push_list_id, id);
alter table enterprise_lists.list_entries enable row level security;
alter table enterprise_lists.list_entries force row level security;
create policy list_entries_own on enterprise_lists.list_entries for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy list_entries_supervisor on enterprise_lists.list_entries for all to enterprise_lists_supervisor using (true) with check (true);
create policy list_entries_worker on enterprise_lists.list_entries for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.list_entries to enterprise_lists_worker;
grant select on enterprise_lists.list_entries to enterprise_lists_app;
grant select on enterprise_lists.list_entries to enterprise_lists_supervisor;

create table enterprise_lists.list_rejections (
  id uuid not null,
  org_id uuid not null,
  push_list_id uuid not null,
  row_number integer not null,
  field text,
  rule text not null,
  message text not null,
  value text,
  constraint list_rejections_pkey PRIMARY KEY (id),
  constraint list_rejections_push_list_id_fkey FOREIGN KEY (push_list_id) REFERENCES enterprise_lists.push_lists(id)
);
CREATE INDEX list_rejections_list ON enterprise_lists.list_rejections USING btree (org_id, push_list_id, id);
alter table enterprise_lists.list_rejections enable row level security;
alter table enterprise_lists.list_rejections force row level security;
create policy list_rejections_own on enterprise_lists.list_rejections for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy list_rejections_supervisor on enterprise_lists.list_rejections for all to enterprise_lists_supervisor using (true) with check (true);
create policy list_rejections_worker on enterprise_lists.list_rejections for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.list_rejections to enterprise_lists_worker;
grant select on enterprise_lists.list_rejections to enterprise_lists_app;
grant select on enterprise_lists.list_rejections to enterprise_lists_supervisor;

create table enterprise_lists.organisation_copies (
  id uuid not null,
  kind text not null,
  name text not null,
  version integer not null,
  constraint organisation_copies_pkey PRIMARY KEY (id)
);
comment on table enterprise_lists.organisation_copies is 'public: names and kinds of organisations are known to all';
grant insert, select, update on enterprise_lists.organisation_copies to enterprise_lists_worker;
grant select on enterprise_lists.organisation_copies to enterprise_lists_app;
grant select on enterprise_lists.organisation_copies to enterprise_lists_supervisor;

create table enterprise_lists.outbox (
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
comment on table enterprise_lists.outbox is 'internal: events that wait for the relay; nobody but the worker reads it';
grant delete, insert, select, update on enterprise_lists.outbox to enterprise_lists_worker;
grant insert on enterprise_lists.outbox to enterprise_lists_app;
grant insert on enterprise_lists.outbox to enterprise_lists_supervisor;

create table enterprise_lists.push_lists (
  id uuid not null,
  org_id uuid not null,
  title text not null,
  period text not null,
  state text not null,
  encoding text not null,
  file_sha256 text not null,
  row_count integer not null,
  accepted_count integer not null,
  rejected_count integer not null,
  bank_count integer default 0 not null,
  warnings jsonb not null,
  return_reason text,
  submitted_at timestamp with time zone not null,
  reviewed_at timestamp with time zone,
  version integer default 1 not null,
  constraint push_lists_pkey PRIMARY KEY (id)
);
CREATE INDEX push_lists_org ON enterprise_lists.push_lists USING btree (org_id, id);
CREATE INDEX push_lists_org_state ON enterprise_lists.push_lists USING btree (org_id, state, id);
CREATE INDEX push_lists_state ON enterprise_lists.push_lists USING btree (state, id);
alter table enterprise_lists.push_lists enable row level security;
alter table enterprise_lists.push_lists force row level security;
create policy push_lists_own on enterprise_lists.push_lists for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy push_lists_supervisor on enterprise_lists.push_lists for all to enterprise_lists_supervisor using (true) with check (true);
create policy push_lists_worker on enterprise_lists.push_lists for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.push_lists to enterprise_lists_worker;
grant select on enterprise_lists.push_lists to enterprise_lists_app;
grant select, update on enterprise_lists.push_lists to enterprise_lists_supervisor;

create table enterprise_lists.receipts (
  id uuid not null,
  org_id uuid not null,
  document text not null,
  at timestamp with time zone default now() not null,
  constraint receipts_pkey PRIMARY KEY (org_id, id)
);
CREATE INDEX receipts_at ON enterprise_lists.receipts USING brin (at);
alter table enterprise_lists.receipts enable row level security;
alter table enterprise_lists.receipts force row level security;
create policy receipts_own on enterprise_lists.receipts for all to enterprise_lists_app, enterprise_lists_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy receipts_worker on enterprise_lists.receipts for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select on enterprise_lists.receipts to enterprise_lists_worker;
grant insert, select on enterprise_lists.receipts to enterprise_lists_app;
grant insert, select on enterprise_lists.receipts to enterprise_lists_supervisor;

create table enterprise_lists.referrals (
  id uuid not null,
  org_id uuid not null,
  push_list_id uuid not null,
  dispatch_id uuid not null,
  entry_id uuid not null,
  enterprise_id uuid not null,
  channel text not null,
  state text not null,
  region_code text,
  industry_code text,
  size_class text not null,
  established_year integer,
  capital_band text,
  good_prospects boolean,
  strong_demand boolean,
  sound_credit boolean,
  demand_amount numeric,
  demand_term_months integer,
  demand_purpose text,
  guarantee_type text,
  reason_code text,
  reason_text text,
  loan_outcome text,
  loan_reason_code text,
  delivered_at timestamp with time zone not null,
  acknowledged_at timestamp with time zone,
  claimed_at timestamp with time zone,
  answered_at timestamp with time zone,
  loan_demand_id uuid,
  constraint referrals_once UNIQUE (org_id, entry_id),
  constraint referrals_pkey PRIMARY KEY (id)
);
CREATE INDEX referrals_org ON enterprise_lists.referrals USING btree (org_id, id);
CREATE INDEX referrals_org_dispatch ON enterprise_lists.referrals USING btree (org_id, dispatch_id, state);
CREATE INDEX referrals_org_enterprise ON enterprise_lists.referrals USING btree (org_id, enterprise_id);
CREATE INDEX referrals_org_state ON enterprise_lists.referrals USING btree (org_id, state, id);
CREATE INDEX referrals_state ON enterprise_lists.referrals USING btree (state, id);
alter table enterprise_lists.referrals enable row level security;
alter table enterprise_lists.referrals force row level security;
create policy referrals_own on enterprise_lists.referrals for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy referrals_supervisor on enterprise_lists.referrals for all to enterprise_lists_supervisor using (true) with check (true);
create policy referrals_worker on enterprise_lists.referrals for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.referrals to enterprise_lists_worker;
grant select on enterprise_lists.referrals to enterprise_lists_supervisor;
grant select, update on enterprise_lists.referrals to enterprise_lists_app;

create table enterprise_lists.signer_keys (
  org_id uuid not null,
  client_id text not null,
  keys jsonb not null,
  required boolean not null,
  version integer not null,
  constraint signer_keys_pkey PRIMARY KEY (org_id, client_id)
);
alter table enterprise_lists.signer_keys enable row level security;
alter table enterprise_lists.signer_keys force row level security;
create policy signer_keys_own on enterprise_lists.signer_keys for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy signer_keys_supervisor on enterprise_lists.signer_keys for all to enterprise_lists_supervisor using (true) with check (true);
create policy signer_keys_worker on enterprise_lists.signer_keys for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.signer_keys to enterprise_lists_worker;
grant select on enterprise_lists.signer_keys to enterprise_lists_app;
grant select on enterprise_lists.signer_keys to enterprise_lists_supervisor;

create table enterprise_lists.withdrawn_consents (
  consent_id uuid not null,
  withdrawn_at timestamp with time zone not null,
  constraint withdrawn_consents_pkey PRIMARY KEY (consent_id)
);
comment on table enterprise_lists.withdrawn_consents is 'internal: what the worker must not disclose under; nobody else reads it';
grant insert, select on enterprise_lists.withdrawn_consents to enterprise_lists_worker;

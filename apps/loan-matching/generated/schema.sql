-- What the migrations of loan_matching produce. Made by npm run generate; not to be edited, not to be run.

CREATE OR REPLACE FUNCTION loan_matching.audit_expire()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from gone where at > now() - interval '6 months'
      or id > (select coalesce(max(last_id), 0) from loan_matching.audit_seals where prunes is not null)) then
    raise exception 'permission denied: the audit trail is only ever added to' using errcode = 'insufficient_privilege';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION loan_matching.audit_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'permission denied: the audit trail is only ever added to' using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION loan_matching.catalogue_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  with next as (update loan_matching.catalogue set version = version + 1 returning version)
  insert into loan_matching.catalogue_changes
  select next.version, new.id, new.version, new.bank_id, new.name, new.eligibility, new.annual_rate_min, new.published from next;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION loan_matching.keep_move()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  move uuid := loan_matching.new_id();
begin
  if tg_table_name = 'demands' then
    insert into loan_matching.demand_moves (id, org_id, demand_id, state, at) values (move, new.org_id, new.id, new.state, clock_timestamp());
    -- What was only submitted has no clock; a visit on which it was taken down stands in the docking ledger.
    if new.state = 'SUBMITTED' and not exists (select from loan_matching.applications where id = new.id and grid_place is not null) then return null; end if;
  else
    insert into loan_matching.demand_moves (id, org_id, demand_id, stage, at) values (move, new.org_id, new.demand_id, new.stage, clock_timestamp());
  end if;
  insert into loan_matching.due (kind, aggregate_id, org_id, due_at) values ('demand-move', move, new.org_id, now());
  return null;
end $function$;

CREATE OR REPLACE FUNCTION loan_matching.new_id()
 RETURNS uuid
 LANGUAGE sql
AS $function$
  select encode(set_bit(set_bit(overlay(
    uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6
  ), 52, 1), 53, 1), 'hex')::uuid
$function$;

CREATE OR REPLACE FUNCTION loan_matching.seal_step()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into loan_matching.audit (role, org_id, action, resource, resource_id, detail)
  values ('service', new.org_id, 'trail.step', 'trail-step', new.id, jsonb_build_object('sha256', loan_matching.step_digest(new)));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION loan_matching.source_fixed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'where a demand comes from is never changed';
end $function$;

CREATE OR REPLACE FUNCTION loan_matching.step_digest(t loan_matching.trail_steps)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select encode(sha256(convert_to(row(t.id, t.org_id, t.demand_id, t.step, t.by, extract(epoch from t.at), t.product_id, t.consent_id, t.reason_code,
    extract(epoch from t.due_at))::text, 'UTF8')), 'hex')
$function$;

CREATE OR REPLACE FUNCTION loan_matching.tenant_table(name text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format('alter table loan_matching.%I enable row level security', name);
  execute format('alter table loan_matching.%I force row level security', name);
  execute format($p$create policy %I on loan_matching.%I to loan_matching_app
    using (org_id = nullif(current_setting('app.org', true), '')::uuid)
    with check (org_id = nullif(current_setting('app.org', true), '')::uuid)$p$, name || '_own', name);
  execute format('create policy %I on loan_matching.%I to loan_matching_supervisor using (true) with check (true)', name || '_supervisor', name);
  execute format('create policy %I on loan_matching.%I to loan_matching_worker using (true) with check (true)', name || '_worker', name);
  execute format('grant select, insert, update on loan_matching.%I to loan_matching_app, loan_matching_supervisor', name);
  execute format('grant select, insert, update, delete on loan_matching.%I to loan_matching_worker', name);
end $function$;

create table loan_matching.applications (
  id uuid not null,
  org_id uuid not null,
  version integer default 1 not null,
  state text not null,
  mode text default 'MATCH_FIRST'::text not null,
  round integer default 1 not null,
  source text not null,
  applicant_kind text default 'ENTERPRISE'::text not null,
  access_secret_hash text,
  resident_id_encrypted text,
  enterprise_id uuid,
  verification text default 'VERIFIED'::text not null,
  chosen_product_ids uuid[],
  first_responder text,
  responder_org_id uuid,
  harbor_id uuid,
  loan_code_id uuid,
  grid_place text,
  client_ref text,
  green_channel boolean default false not null,
  relief boolean default false not null,
  jobs integer,
  matures_on date,
  documents text[] default '{}'::text[] not null,
  facts jsonb default '{}'::jsonb not null,
  catalogue_version bigint,
  ranking_version integer,
  reason_code text,
  reason_text text,
  submitted_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  onward_consent_at timestamp with time zone,
  platform_consent_id uuid,
  platform_consent_at timestamp with time zone,
  platform_offer_id uuid,
  platform_sent_at timestamp with time zone,
  platform_received_at timestamp with time zone,
  platform_recalled_at timestamp with time zone,
  platform_recall_received_at timestamp with time zone,
  personal_facts_encrypted text,
  taken_at timestamp with time zone,
  constraint applications_check CHECK (((client_ref IS NULL) OR (responder_org_id IS NOT NULL))),
  constraint applications_jobs_check CHECK ((jobs >= 0)),
  constraint applications_mode_check CHECK ((mode = ANY (ARRAY['DESIGNATED'::text, 'MATCH_FIRST'::text, 'OPEN_POOL'::text]))),
  constraint applications_offer CHECK (((platform_offer_id IS NULL) OR (platform_consent_id IS NOT NULL))),
  constraint applications_pkey PRIMARY KEY (id),
  constraint applications_source_check CHECK ((source = ANY (ARRAY['LOAN_CODE'::text, 'REFERRAL'::text, 'STAFF'::text, 'GRID'::text, 'BATCH'::text, 'PLATFORM'::text]))),
  constraint applications_state_check CHECK ((state = ANY (ARRAY['UNVERIFIED'::text, 'SUBMITTED'::text, 'ROUTED'::text, 'POOLED'::text, 'ACCEPTED'::text, 'ACTION_REQUIRED'::text, 'APPROVED'::text, 'EXHAUSTED'::text, 'FUNDED'::text, 'WITHDRAWN'::text, 'CUSTOMER_DECLINED'::text, 'CLOSED'::text]))),
  constraint applications_verification_check CHECK ((verification = ANY (ARRAY['VERIFIED'::text, 'ABSENT'::text, 'NAME_MISMATCH'::text, 'OUTSIDE'::text, 'NOT_ACTIVE'::text, 'PERSON'::text, 'BY_SUPERVISOR'::text, 'REFUSED'::text])))
);
CREATE UNIQUE INDEX applications_client ON loan_matching.applications USING btree (responder_org_id, client_ref) WHERE (client_ref IS NOT NULL);
CREATE INDEX applications_enterprise ON loan_matching.applications USING btree (enterprise_id, id);
CREATE INDEX applications_green ON loan_matching.applications USING btree (submitted_at) WHERE green_channel;
CREATE INDEX applications_page ON loan_matching.applications USING btree (org_id, id);
CREATE INDEX applications_platform_consent ON loan_matching.applications USING btree (org_id, platform_consent_id) WHERE (platform_consent_id IS NOT NULL);
CREATE INDEX applications_platform_offer ON loan_matching.applications USING btree (org_id, platform_offer_id) WHERE (platform_offer_id IS NOT NULL);
CREATE INDEX applications_responder ON loan_matching.applications USING btree (responder_org_id, id);
CREATE INDEX applications_source ON loan_matching.applications USING btree (source, id);
CREATE INDEX applications_state ON loan_matching.applications USING btree (state, id);
alter table loan_matching.applications enable row level security;
alter table loan_matching.applications force row level security;
create policy applications_own on loan_matching.applications for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy applications_supervisor on loan_matching.applications for all to loan_matching_supervisor using (true) with check (true);
create policy applications_worker on loan_matching.applications for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select on loan_matching.applications to loan_matching_worker;
grant select on loan_matching.applications to loan_matching_app;
grant select on loan_matching.applications to loan_matching_supervisor;
grant update (catalogue_version, chosen_product_ids, closed_at, documents, facts, mode, onward_consent_at, personal_facts_encrypted, platform_consent_at, platform_consent_id, platform_offer_id, platform_recall_received_at, platform_recalled_at, platform_received_at, platform_sent_at, ranking_version, reason_code, reason_text, resident_id_encrypted, round, state, verification, version) on loan_matching.applications to loan_matching_worker;
grant update (catalogue_version, chosen_product_ids, closed_at, documents, facts, mode, onward_consent_at, ranking_version, reason_code, reason_text, resident_id_encrypted, round, state, verification, version) on loan_matching.applications to loan_matching_supervisor;

create table loan_matching.audit (
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
comment on table loan_matching.audit is 'internal: the audit trail; services add to it and only the worker reads it';
CREATE INDEX audit_at ON loan_matching.audit USING brin (at);
CREATE INDEX audit_resource ON loan_matching.audit USING btree (resource_id, id);
CREATE TRIGGER audit_expire AFTER DELETE ON loan_matching.audit REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION loan_matching.audit_expire();
CREATE TRIGGER audit_fixed BEFORE UPDATE OR TRUNCATE ON loan_matching.audit FOR EACH STATEMENT EXECUTE FUNCTION loan_matching.audit_refuse();
grant delete, select on loan_matching.audit to loan_matching_worker;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on loan_matching.audit to loan_matching_app;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on loan_matching.audit to loan_matching_supervisor;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on loan_matching.audit to loan_matching_worker;

create table loan_matching.audit_seals (
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
comment on table loan_matching.audit_seals is 'internal: the signed chain over the audit trail; only the worker reads and adds to it';
CREATE INDEX audit_seals_at ON loan_matching.audit_seals USING btree (at);
CREATE INDEX audit_seals_prunes ON loan_matching.audit_seals USING btree (prunes, last_id) WHERE (prunes IS NOT NULL);
CREATE TRIGGER audit_seals_fixed BEFORE DELETE OR TRUNCATE ON loan_matching.audit_seals FOR EACH STATEMENT EXECUTE FUNCTION loan_matching.audit_refuse();
CREATE TRIGGER audit_seals_kept BEFORE UPDATE ON loan_matching.audit_seals FOR EACH ROW WHEN ((new.rows IS NOT NULL)) EXECUTE FUNCTION loan_matching.audit_refuse();
grant insert, select on loan_matching.audit_seals to loan_matching_worker;
grant update (rows) on loan_matching.audit_seals to loan_matching_worker;

create table loan_matching.catalogue (
  version bigint not null
);
comment on table loan_matching.catalogue is 'internal: one row, the version of the catalogue; processes compare their index with it';
grant select on loan_matching.catalogue to loan_matching_supervisor;
grant select, update on loan_matching.catalogue to loan_matching_worker;

create table loan_matching.catalogue_changes (
  catalogue_version bigint not null,
  product_id uuid not null,
  product_version integer not null,
  bank_id uuid,
  name text,
  eligibility jsonb,
  annual_rate_min numeric(8,4),
  on_offer boolean not null,
  constraint catalogue_changes_pkey PRIMARY KEY (catalogue_version, product_id)
);
comment on table loan_matching.catalogue_changes is 'internal: versions of products that demands were matched with; added to and never changed';
CREATE INDEX catalogue_changes_product ON loan_matching.catalogue_changes USING btree (product_id, catalogue_version DESC);
grant insert, select on loan_matching.catalogue_changes to loan_matching_worker;
grant select on loan_matching.catalogue_changes to loan_matching_supervisor;

create table loan_matching.clocks (
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
CREATE INDEX clocks_kind ON loan_matching.clocks USING btree (kind, id);
CREATE INDEX clocks_org ON loan_matching.clocks USING btree (org_id, id);
CREATE INDEX clocks_state ON loan_matching.clocks USING btree (state, id);
CREATE INDEX clocks_subject ON loan_matching.clocks USING btree (subject_id);
alter table loan_matching.clocks enable row level security;
alter table loan_matching.clocks force row level security;
create policy clocks_own on loan_matching.clocks for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy clocks_supervisor on loan_matching.clocks for all to loan_matching_supervisor using (true) with check (true);
create policy clocks_worker on loan_matching.clocks for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select, update on loan_matching.clocks to loan_matching_worker;
grant select on loan_matching.clocks to loan_matching_app;
grant select on loan_matching.clocks to loan_matching_supervisor;

create table loan_matching.counter_offers (
  id uuid not null,
  org_id uuid not null,
  demand_id uuid not null,
  amount numeric(13,2) not null,
  term_months integer not null,
  annual_rate numeric(6,4),
  text text not null,
  offered_at timestamp with time zone not null,
  answer text,
  answered_at timestamp with time zone,
  constraint counter_offers_amount_check CHECK ((amount > (0)::numeric)),
  constraint counter_offers_answer_check CHECK ((answer = ANY (ARRAY['TAKEN'::text, 'DECLINED'::text, 'RETRACTED'::text]))),
  constraint counter_offers_check CHECK (((answer IS NULL) = (answered_at IS NULL))),
  constraint counter_offers_demand_id_fkey FOREIGN KEY (demand_id) REFERENCES loan_matching.demands(id),
  constraint counter_offers_pkey PRIMARY KEY (id),
  constraint counter_offers_term_months_check CHECK ((term_months > 0))
);
CREATE INDEX counter_offers_of_any_demand ON loan_matching.counter_offers USING btree (demand_id, id);
CREATE INDEX counter_offers_of_demand ON loan_matching.counter_offers USING btree (org_id, demand_id, id);
CREATE UNIQUE INDEX counter_offers_open ON loan_matching.counter_offers USING btree (org_id, demand_id) WHERE (answer IS NULL);
alter table loan_matching.counter_offers enable row level security;
alter table loan_matching.counter_offers force row level security;
create policy counter_offers_own on loan_matching.counter_offers for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy counter_offers_supervisor on loan_matching.counter_offers for all to loan_matching_supervisor using (true) with check (true);
create policy counter_offers_worker on loan_matching.counter_offers for all to loan_matching_worker using (true) with check (true);
grant insert, select on loan_matching.counter_offers to loan_matching_app;
grant insert, select on loan_matching.counter_offers to loan_matching_worker;
grant select on loan_matching.counter_offers to loan_matching_supervisor;
grant update (answer, answered_at) on loan_matching.counter_offers to loan_matching_app;
grant update (answer, answered_at) on loan_matching.counter_offers to loan_matching_worker;

create table loan_matching.credit_alerts (
  id uuid not null,
  org_id uuid not null,
  enterprise_id uuid not null,
  kind text not null,
  state text default 'OPEN'::text not null,
  measured numeric(16,2) not null,
  threshold numeric(16,2) not null,
  note text,
  version integer default 1 not null,
  raised_at timestamp with time zone not null,
  handled_at timestamp with time zone,
  constraint credit_alerts_check CHECK (((state = 'HANDLED'::text) = ((handled_at IS NOT NULL) AND (note IS NOT NULL)))),
  constraint credit_alerts_kind_fkey FOREIGN KEY (kind) REFERENCES loan_matching.credit_rules(kind),
  constraint credit_alerts_pkey PRIMARY KEY (id),
  constraint credit_alerts_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'HANDLED'::text])))
);
CREATE INDEX credit_alerts_enterprise ON loan_matching.credit_alerts USING btree (org_id, enterprise_id, id);
CREATE INDEX credit_alerts_kind ON loan_matching.credit_alerts USING btree (org_id, kind, id);
CREATE UNIQUE INDEX credit_alerts_open ON loan_matching.credit_alerts USING btree (org_id, enterprise_id, kind) WHERE (state = 'OPEN'::text);
CREATE INDEX credit_alerts_page ON loan_matching.credit_alerts USING btree (org_id, id);
CREATE INDEX credit_alerts_state ON loan_matching.credit_alerts USING btree (state, id);
alter table loan_matching.credit_alerts enable row level security;
alter table loan_matching.credit_alerts force row level security;
create policy credit_alerts_own on loan_matching.credit_alerts for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy credit_alerts_supervisor on loan_matching.credit_alerts for all to loan_matching_supervisor using (true) with check (true);
create policy credit_alerts_worker on loan_matching.credit_alerts for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select, update on loan_matching.credit_alerts to loan_matching_worker;
grant select on loan_matching.credit_alerts to loan_matching_app;
grant select on loan_matching.credit_alerts to loan_matching_supervisor;
grant update (handled_at, note, state, version) on loan_matching.credit_alerts to loan_matching_supervisor;

create table loan_matching.credit_rules (
  kind text not null,
  threshold numeric(16,2) not null,
  unit text not null,
  source text not null,
  version integer default 1 not null,
  constraint credit_rules_pkey PRIMARY KEY (kind),
  constraint credit_rules_threshold_check CHECK ((threshold >= (0)::numeric))
);
comment on table loan_matching.credit_rules is 'internal: supervisors set what is watched; no bank is told from which figure on';
grant select on loan_matching.credit_rules to loan_matching_supervisor;
grant select on loan_matching.credit_rules to loan_matching_worker;
grant update (source, threshold, version) on loan_matching.credit_rules to loan_matching_supervisor;

create table loan_matching.cultivation_categories (
  code text not null,
  problem text not null,
  reason_codes text[] not null,
  measure text not null,
  department_name text,
  department_id uuid,
  source text not null,
  version integer default 1 not null,
  constraint cultivation_categories_pkey PRIMARY KEY (code)
);
comment on table loan_matching.cultivation_categories is 'public: what can be mended and by whom is known to all';
grant select on loan_matching.cultivation_categories to loan_matching_app;
grant select on loan_matching.cultivation_categories to loan_matching_supervisor;
grant select on loan_matching.cultivation_categories to loan_matching_worker;
grant update (department_id, measure, version) on loan_matching.cultivation_categories to loan_matching_supervisor;

create table loan_matching.cultivation_causes (
  id uuid not null,
  org_id uuid not null,
  cultivation_id uuid not null,
  rejected_id uuid not null,
  reason_code text not null,
  reason_text text,
  at timestamp with time zone not null,
  constraint cultivation_causes_cultivation_id_fkey FOREIGN KEY (cultivation_id) REFERENCES loan_matching.cultivation_entries(id),
  constraint cultivation_causes_once UNIQUE (org_id, rejected_id),
  constraint cultivation_causes_pkey PRIMARY KEY (id)
);
CREATE INDEX cultivation_causes_of_entry ON loan_matching.cultivation_causes USING btree (cultivation_id, id);
alter table loan_matching.cultivation_causes enable row level security;
alter table loan_matching.cultivation_causes force row level security;
create policy cultivation_causes_own on loan_matching.cultivation_causes for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy cultivation_causes_supervisor on loan_matching.cultivation_causes for all to loan_matching_supervisor using (true) with check (true);
create policy cultivation_causes_worker on loan_matching.cultivation_causes for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select, update on loan_matching.cultivation_causes to loan_matching_worker;
grant select on loan_matching.cultivation_causes to loan_matching_app;
grant select on loan_matching.cultivation_causes to loan_matching_supervisor;

create table loan_matching.cultivation_entries (
  id uuid not null,
  org_id uuid not null,
  enterprise_id uuid not null,
  enterprise_name text,
  list_entry_id uuid,
  source text not null,
  reason_code text not null,
  category text,
  state text not null,
  measure text,
  result text,
  version integer default 1 not null,
  opened_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  constraint cultivation_entries_category_fkey FOREIGN KEY (category) REFERENCES loan_matching.cultivation_categories(code),
  constraint cultivation_entries_check CHECK (((result IS NOT NULL) OR (state <> ALL (ARRAY['REPAIRED'::text, 'RE_RECOMMENDED'::text, 'CLOSED'::text])))),
  constraint cultivation_entries_pkey PRIMARY KEY (id),
  constraint cultivation_entries_source_check CHECK ((source = ANY (ARRAY['REFERRAL'::text, 'DEMAND'::text]))),
  constraint cultivation_entries_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'IN_PROGRESS'::text, 'REPAIRED'::text, 'RE_RECOMMENDED'::text, 'CLOSED'::text])))
);
CREATE INDEX cultivation_entries_enterprise ON loan_matching.cultivation_entries USING btree (enterprise_id, id);
CREATE INDEX cultivation_entries_page ON loan_matching.cultivation_entries USING btree (org_id, id);
CREATE INDEX cultivation_entries_unnamed ON loan_matching.cultivation_entries USING btree (enterprise_id) WHERE (enterprise_name IS NULL);
alter table loan_matching.cultivation_entries enable row level security;
alter table loan_matching.cultivation_entries force row level security;
create policy cultivation_entries_own on loan_matching.cultivation_entries for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy cultivation_entries_supervisor on loan_matching.cultivation_entries for all to loan_matching_supervisor using (true) with check (true);
create policy cultivation_entries_worker on loan_matching.cultivation_entries for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select, update on loan_matching.cultivation_entries to loan_matching_worker;
grant select, update on loan_matching.cultivation_entries to loan_matching_app;
grant select, update on loan_matching.cultivation_entries to loan_matching_supervisor;

create table loan_matching.cultivation_steps (
  id uuid not null,
  org_id uuid not null,
  cultivation_id uuid not null,
  state text not null,
  category text,
  measure text,
  result text,
  by text not null,
  at timestamp with time zone not null,
  constraint cultivation_steps_cultivation_id_fkey FOREIGN KEY (cultivation_id) REFERENCES loan_matching.cultivation_entries(id),
  constraint cultivation_steps_pkey PRIMARY KEY (id)
);
CREATE INDEX cultivation_steps_of_entry ON loan_matching.cultivation_steps USING btree (cultivation_id, id);
CREATE INDEX cultivation_steps_of_org ON loan_matching.cultivation_steps USING btree (org_id, cultivation_id, id);
alter table loan_matching.cultivation_steps enable row level security;
alter table loan_matching.cultivation_steps force row level security;
create policy cultivation_steps_own on loan_matching.cultivation_steps for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy cultivation_steps_supervisor on loan_matching.cultivation_steps for all to loan_matching_supervisor using (true) with check (true);
create policy cultivation_steps_worker on loan_matching.cultivation_steps for all to loan_matching_worker using (true) with check (true);
grant insert, select on loan_matching.cultivation_steps to loan_matching_app;
grant insert, select on loan_matching.cultivation_steps to loan_matching_supervisor;
grant insert, select on loan_matching.cultivation_steps to loan_matching_worker;

create table loan_matching.data_keys (
  id uuid not null,
  wrapped text not null,
  people text[] default '{}'::text[] not null,
  created_at timestamp with time zone default now() not null,
  constraint data_keys_pkey PRIMARY KEY (id)
);
comment on table loan_matching.data_keys is 'internal: encrypted keys; which of them a caller''s transaction opens, the rows that it sees decide';
CREATE INDEX data_keys_people ON loan_matching.data_keys USING gin (people);
grant delete, insert, select, update on loan_matching.data_keys to loan_matching_worker;
grant insert, select on loan_matching.data_keys to loan_matching_app;
grant insert, select on loan_matching.data_keys to loan_matching_supervisor;

create table loan_matching.dead_letters (
  event_id uuid not null,
  name text not null,
  org_id uuid not null,
  body jsonb not null,
  error text not null,
  parked_at timestamp with time zone default now() not null,
  constraint dead_letters_pkey PRIMARY KEY (event_id)
);
comment on table loan_matching.dead_letters is 'internal: events that could not be applied; nobody but the worker reads it';
grant delete, insert, select on loan_matching.dead_letters to loan_matching_worker;

create table loan_matching.decisions (
  id uuid not null,
  org_id uuid not null,
  demand_id uuid not null,
  outcome text not null,
  reason_code text not null,
  reason_text text,
  approved_amount numeric(13,2),
  annual_rate numeric(6,4),
  decided_at timestamp with time zone not null,
  constraint decisions_check CHECK (((outcome = 'REJECTED'::text) OR (approved_amount > (0)::numeric))),
  constraint decisions_check1 CHECK (((outcome = 'APPROVED'::text) OR (reason_text IS NOT NULL))),
  constraint decisions_demand_id_fkey FOREIGN KEY (demand_id) REFERENCES loan_matching.demands(id),
  constraint decisions_once UNIQUE (org_id, demand_id),
  constraint decisions_outcome_check CHECK ((outcome = ANY (ARRAY['APPROVED'::text, 'REJECTED'::text]))),
  constraint decisions_pkey PRIMARY KEY (id)
);
CREATE INDEX decisions_of_demand ON loan_matching.decisions USING btree (demand_id);
alter table loan_matching.decisions enable row level security;
alter table loan_matching.decisions force row level security;
create policy decisions_own on loan_matching.decisions for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy decisions_supervisor on loan_matching.decisions for all to loan_matching_supervisor using (true) with check (true);
create policy decisions_worker on loan_matching.decisions for all to loan_matching_worker using (true) with check (true);
grant insert, select on loan_matching.decisions to loan_matching_app;
grant insert, select on loan_matching.decisions to loan_matching_worker;
grant select on loan_matching.decisions to loan_matching_supervisor;

create table loan_matching.delivery (
  id uuid not null,
  consumer text not null,
  body text not null,
  attempt integer default 1 not null,
  published_at timestamp with time zone default now() not null,
  acked_at timestamp with time zone,
  constraint delivery_pkey PRIMARY KEY (id)
);
comment on table loan_matching.delivery is 'internal: envelopes on their way; nobody but the worker reads it';
CREATE INDEX delivery_held ON loan_matching.delivery USING btree (consumer, id) WHERE (published_at = 'infinity'::timestamp with time zone);
CREATE INDEX delivery_open ON loan_matching.delivery USING btree (published_at) WHERE (acked_at IS NULL);
grant delete, insert, select, update on loan_matching.delivery to loan_matching_worker;

create table loan_matching.demand_moves (
  id uuid not null,
  org_id uuid not null,
  demand_id uuid not null,
  state text,
  stage text,
  at timestamp with time zone not null,
  constraint demand_moves_check CHECK ((num_nonnulls(state, stage) = 1)),
  constraint demand_moves_demand_id_fkey FOREIGN KEY (demand_id) REFERENCES loan_matching.demands(id),
  constraint demand_moves_pkey PRIMARY KEY (id)
);
CREATE INDEX demand_moves_demand ON loan_matching.demand_moves USING btree (org_id, demand_id, id);
CREATE INDEX demand_moves_of_demand ON loan_matching.demand_moves USING btree (demand_id, id);
alter table loan_matching.demand_moves enable row level security;
alter table loan_matching.demand_moves force row level security;
create policy demand_moves_own on loan_matching.demand_moves for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy demand_moves_supervisor on loan_matching.demand_moves for all to loan_matching_supervisor using (true) with check (true);
create policy demand_moves_worker on loan_matching.demand_moves for all to loan_matching_worker using (true) with check (true);
grant insert, select on loan_matching.demand_moves to loan_matching_app;
grant insert, select on loan_matching.demand_moves to loan_matching_supervisor;
grant insert, select on loan_matching.demand_moves to loan_matching_worker;

create table loan_matching.demand_progress (
  id uuid not null,
  org_id uuid not null,
  demand_id uuid not null,
  stage text not null,
  amount numeric(13,2),
  reason_code text,
  reason_text text,
  at timestamp with time zone not null,
  constraint demand_progress_amount_check CHECK ((amount > (0)::numeric)),
  constraint demand_progress_check CHECK (((amount IS NOT NULL) = (stage = ANY (ARRAY['CREDITED'::text, 'LENT'::text])))),
  constraint demand_progress_check1 CHECK (((reason_code IS NOT NULL) OR (stage <> 'ENDED'::text))),
  constraint demand_progress_demand_id_fkey FOREIGN KEY (demand_id) REFERENCES loan_matching.demands(id),
  constraint demand_progress_once UNIQUE (org_id, demand_id, stage),
  constraint demand_progress_pkey PRIMARY KEY (id),
  constraint demand_progress_stage_check CHECK ((stage = ANY (ARRAY['DOCKED'::text, 'CREDITED'::text, 'LENT'::text, 'ENDED'::text])))
);
CREATE INDEX demand_progress_of_demand ON loan_matching.demand_progress USING btree (demand_id);
CREATE TRIGGER demand_progress_made AFTER INSERT ON loan_matching.demand_progress FOR EACH ROW EXECUTE FUNCTION loan_matching.keep_move();
alter table loan_matching.demand_progress enable row level security;
alter table loan_matching.demand_progress force row level security;
create policy demand_progress_own on loan_matching.demand_progress for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy demand_progress_supervisor on loan_matching.demand_progress for all to loan_matching_supervisor using (true) with check (true);
create policy demand_progress_worker on loan_matching.demand_progress for all to loan_matching_worker using (true) with check (true);
grant insert, select on loan_matching.demand_progress to loan_matching_app;
grant insert, select on loan_matching.demand_progress to loan_matching_worker;
grant select on loan_matching.demand_progress to loan_matching_supervisor;

create table loan_matching.demand_questions (
  id uuid not null,
  org_id uuid not null,
  demand_id uuid not null,
  application_id uuid not null,
  question_encrypted text not null,
  documents text[] default '{}'::text[] not null,
  asked_at timestamp with time zone not null,
  answer_encrypted text,
  answered_at timestamp with time zone,
  retracted_at timestamp with time zone,
  constraint demand_questions_check CHECK (((answered_at IS NULL) OR (retracted_at IS NULL))),
  constraint demand_questions_demand_id_fkey FOREIGN KEY (demand_id) REFERENCES loan_matching.demands(id),
  constraint demand_questions_pkey PRIMARY KEY (id)
);
CREATE INDEX demand_questions_demand ON loan_matching.demand_questions USING btree (demand_id, id);
CREATE INDEX demand_questions_of_application ON loan_matching.demand_questions USING btree (application_id, id);
CREATE INDEX demand_questions_of_demand ON loan_matching.demand_questions USING btree (org_id, demand_id, id);
CREATE UNIQUE INDEX demand_questions_open ON loan_matching.demand_questions USING btree (org_id, demand_id) WHERE ((answered_at IS NULL) AND (retracted_at IS NULL));
alter table loan_matching.demand_questions enable row level security;
alter table loan_matching.demand_questions force row level security;
create policy demand_questions_own on loan_matching.demand_questions for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy demand_questions_supervisor on loan_matching.demand_questions for all to loan_matching_supervisor using (true) with check (true);
create policy demand_questions_worker on loan_matching.demand_questions for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select, update on loan_matching.demand_questions to loan_matching_worker;
grant insert, select, update on loan_matching.demand_questions to loan_matching_app;
grant select on loan_matching.demand_questions to loan_matching_supervisor;

create table loan_matching.demands (
  id uuid not null,
  org_id uuid not null,
  loan_code_id uuid,
  harbor_id uuid,
  version integer not null,
  state text not null,
  kind text not null,
  amount numeric(13,2),
  term_months integer,
  purpose text,
  guarantee_types text[] not null,
  enterprise_name text,
  credit_code text,
  enterprise_id uuid not null,
  region_code text,
  industry_code text,
  size_class text not null,
  established_on date,
  employees integer,
  revenue numeric(16,6),
  assets numeric(16,6),
  contact_name_encrypted text,
  contact_phone_encrypted text,
  consent_id uuid,
  access_secret_hash text,
  product_id uuid,
  bank_id uuid,
  accept_due_at timestamp with time zone,
  accept_overdue boolean default false not null,
  submitted_at timestamp with time zone not null,
  consent_withdrawn_at timestamp with time zone,
  source text default 'LOAN_CODE'::text not null,
  referral_id uuid,
  list_entry_id uuid,
  further_of uuid,
  green_channel boolean default false not null,
  application_id uuid generated always as (COALESCE(further_of, id)) stored not null,
  end_reason_code text,
  end_reason_text text,
  resume_state text,
  declined boolean default false not null,
  routed_at timestamp with time zone,
  ended_by_bank boolean default false not null,
  constraint demands_amount_check CHECK ((amount > (0)::numeric)),
  constraint demands_end_reason CHECK (((state <> ALL (ARRAY['CUSTOMER_DECLINED'::text, 'EXPIRED'::text])) OR ((end_reason_code IS NOT NULL) AND (end_reason_text IS NOT NULL)))),
  constraint demands_kind_check CHECK ((kind = ANY (ARRAY['FIRST_LOAN'::text, 'RENEWAL'::text, 'OTHER'::text]))),
  constraint demands_loan_code_id_fkey FOREIGN KEY (loan_code_id) REFERENCES loan_matching.loan_codes(id),
  constraint demands_pkey PRIMARY KEY (id),
  constraint demands_resume CHECK (((state <> ALL (ARRAY['ACTION_REQUIRED'::text, 'COUNTER_OFFERED'::text, 'APPROVED_ACTION_REQUIRED'::text])) OR (resume_state IS NOT NULL))),
  constraint demands_source_check CHECK ((source = ANY (ARRAY['LOAN_CODE'::text, 'REFERRAL'::text, 'STAFF'::text, 'GRID'::text, 'BATCH'::text, 'PLATFORM'::text]))) NOT VALID,
  constraint demands_state_check CHECK ((state = ANY (ARRAY['SUBMITTED'::text, 'ROUTED'::text, 'ACCEPTED'::text, 'CONTACTED'::text, 'DUE_DILIGENCE'::text, 'ACTION_REQUIRED'::text, 'COUNTER_OFFERED'::text, 'APPROVED'::text, 'APPROVED_ACTION_REQUIRED'::text, 'CONTRACTED'::text, 'DISBURSED'::text, 'CLOSED'::text, 'REJECTED'::text, 'CUSTOMER_DECLINED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text, 'LOST'::text]))),
  constraint demands_term_months_check CHECK ((term_months > 0)),
  constraint demands_whole CHECK (
CASE
    WHEN (source = ANY (ARRAY['LOAN_CODE'::text, 'STAFF'::text, 'GRID'::text, 'BATCH'::text])) THEN ((num_nulls(harbor_id, amount, term_months, purpose, consent_id) = 0) AND (referral_id IS NULL) AND ((bank_id IS NULL) OR (bank_id = org_id)))
    WHEN (source = 'PLATFORM'::text) THEN ((num_nulls(amount, term_months, purpose, consent_id) = 0) AND (num_nonnulls(referral_id, loan_code_id, harbor_id, credit_code) = 0) AND ((bank_id IS NULL) OR (bank_id = org_id)))
    ELSE ((referral_id IS NOT NULL) AND (list_entry_id IS NOT NULL) AND (bank_id = org_id) AND (state <> ALL (ARRAY['SUBMITTED'::text, 'ROUTED'::text])))
END) NOT VALID
);
CREATE INDEX demands_application ON loan_matching.demands USING btree (application_id, id);
CREATE INDEX demands_application_page ON loan_matching.demands USING btree (org_id, application_id);
CREATE INDEX demands_consent ON loan_matching.demands USING btree (org_id, consent_id);
CREATE INDEX demands_contact_key ON loan_matching.demands USING btree (SUBSTRING(contact_phone_encrypted FROM 4 FOR 36)) WHERE (contact_phone_encrypted IS NOT NULL);
CREATE INDEX demands_enterprise ON loan_matching.demands USING btree (enterprise_id, id);
CREATE INDEX demands_green ON loan_matching.demands USING btree (id) WHERE green_channel;
CREATE INDEX demands_green_page ON loan_matching.demands USING btree (org_id, id) WHERE green_channel;
CREATE INDEX demands_green_state ON loan_matching.demands USING btree (state, id) WHERE green_channel;
CREATE INDEX demands_green_state_page ON loan_matching.demands USING btree (org_id, state, id) WHERE green_channel;
CREATE INDEX demands_harbor ON loan_matching.demands USING btree (harbor_id, id);
CREATE INDEX demands_harbor_page ON loan_matching.demands USING btree (org_id, harbor_id, id);
CREATE INDEX demands_nameless ON loan_matching.demands USING btree (enterprise_id) WHERE (enterprise_name IS NULL);
CREATE INDEX demands_of_consent ON loan_matching.demands USING btree (consent_id);
CREATE UNIQUE INDEX demands_once_each ON loan_matching.demands USING btree (org_id, application_id) WHERE (bank_id IS NOT NULL);
CREATE INDEX demands_page ON loan_matching.demands USING btree (org_id, id);
CREATE UNIQUE INDEX demands_referral ON loan_matching.demands USING btree (org_id, referral_id);
CREATE INDEX demands_source ON loan_matching.demands USING btree (source, id);
CREATE INDEX demands_source_page ON loan_matching.demands USING btree (org_id, source, id);
CREATE INDEX demands_state ON loan_matching.demands USING btree (state, id);
CREATE INDEX demands_state_page ON loan_matching.demands USING btree (org_id, state, id);
CREATE TRIGGER demands_begun AFTER INSERT ON loan_matching.demands FOR EACH ROW EXECUTE FUNCTION loan_matching.keep_move();
CREATE TRIGGER demands_moved AFTER UPDATE OF state ON loan_matching.demands FOR EACH ROW WHEN ((old.state IS DISTINCT FROM new.state)) EXECUTE FUNCTION loan_matching.keep_move();
CREATE TRIGGER demands_source_fixed BEFORE UPDATE OF loan_code_id, harbor_id ON loan_matching.demands FOR EACH ROW WHEN ((((old.loan_code_id IS NOT NULL) AND (old.loan_code_id IS DISTINCT FROM new.loan_code_id)) OR ((old.harbor_id IS NOT NULL) AND (old.harbor_id IS DISTINCT FROM new.harbor_id)))) EXECUTE FUNCTION loan_matching.source_fixed();
alter table loan_matching.demands enable row level security;
alter table loan_matching.demands force row level security;
create policy demands_own on loan_matching.demands for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy demands_supervisor on loan_matching.demands for all to loan_matching_supervisor using (true) with check (true);
create policy demands_worker on loan_matching.demands for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select, update on loan_matching.demands to loan_matching_worker;
grant select on loan_matching.demands to loan_matching_supervisor;
grant select, update on loan_matching.demands to loan_matching_app;

create table loan_matching.docking_entries (
  id uuid not null,
  org_id uuid not null,
  demand_id uuid not null,
  way text not null,
  outcome text not null,
  note text,
  contacted_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  move_id uuid,
  constraint docking_entries_demand_id_fkey FOREIGN KEY (demand_id) REFERENCES loan_matching.demands(id),
  constraint docking_entries_move UNIQUE (org_id, move_id),
  constraint docking_entries_outcome_check CHECK ((outcome = ANY (ARRAY['REACHED'::text, 'NOT_REACHED'::text, 'TO_BE_CONTINUED'::text, 'NOT_INTERESTED'::text]))),
  constraint docking_entries_pkey PRIMARY KEY (id),
  constraint docking_entries_way_check CHECK ((way = ANY (ARRAY['PHONE'::text, 'VISIT'::text, 'AT_OUTLET'::text, 'ONLINE'::text, 'UNSTATED'::text])))
);
CREATE INDEX docking_entries_demand ON loan_matching.docking_entries USING btree (org_id, demand_id, id);
CREATE INDEX docking_entries_of_demand ON loan_matching.docking_entries USING btree (demand_id, id);
CREATE INDEX docking_entries_outcome ON loan_matching.docking_entries USING btree (outcome, id);
CREATE INDEX docking_entries_page ON loan_matching.docking_entries USING btree (org_id, id);
CREATE INDEX docking_entries_way ON loan_matching.docking_entries USING btree (way, id);
alter table loan_matching.docking_entries enable row level security;
alter table loan_matching.docking_entries force row level security;
create policy docking_entries_own on loan_matching.docking_entries for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy docking_entries_supervisor on loan_matching.docking_entries for all to loan_matching_supervisor using (true) with check (true);
create policy docking_entries_worker on loan_matching.docking_entries for all to loan_matching_worker using (true) with check (true);
grant insert, select on loan_matching.docking_entries to loan_matching_app;
grant insert, select on loan_matching.docking_entries to loan_matching_worker;
grant select on loan_matching.docking_entries to loan_matching_supervisor;

create table loan_matching.due (
  kind text not null,
  aggregate_id uuid not null,
  org_id uuid not null,
  due_at timestamp with time zone not null,
  constraint due_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX due_at ON loan_matching.due USING btree (due_at);
CREATE INDEX due_org ON loan_matching.due USING btree (org_id, due_at);
alter table loan_matching.due enable row level security;
alter table loan_matching.due force row level security;
create policy due_own on loan_matching.due for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy due_supervisor on loan_matching.due for all to loan_matching_supervisor using (true) with check (true);
create policy due_worker on loan_matching.due for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select, update on loan_matching.due to loan_matching_app;
grant delete, insert, select, update on loan_matching.due to loan_matching_supervisor;
grant delete, insert, select, update on loan_matching.due to loan_matching_worker;

create table loan_matching.enterprise_copies (
  id uuid not null,
  region_code text,
  industry_code text,
  size_class text not null,
  established_on date,
  version integer not null,
  name text,
  kind text,
  is_private boolean,
  outside_reason text,
  tags text[],
  registration_status text,
  constraint enterprise_copies_pkey PRIMARY KEY (id)
);
comment on table loan_matching.enterprise_copies is 'internal: facts of the enterprise master for matching; nobody but the worker reads it';
grant insert, select, update on loan_matching.enterprise_copies to loan_matching_worker;

create table loan_matching.harbor_copies (
  id uuid not null,
  number text not null,
  name text not null,
  host_bank_id uuid not null,
  area_code text not null,
  version integer not null,
  constraint harbor_copies_pkey PRIMARY KEY (id)
);
comment on table loan_matching.harbor_copies is 'public: the registry of harbors is the programme''s public face';
grant insert, select, update on loan_matching.harbor_copies to loan_matching_worker;
grant select on loan_matching.harbor_copies to loan_matching_app;
grant select on loan_matching.harbor_copies to loan_matching_supervisor;

create table loan_matching.idempotency_keys (
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
CREATE INDEX idempotency_keys_age ON loan_matching.idempotency_keys USING btree (created_at);
alter table loan_matching.idempotency_keys enable row level security;
alter table loan_matching.idempotency_keys force row level security;
create policy idempotency_keys_own on loan_matching.idempotency_keys for all to loan_matching_app, loan_matching_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy idempotency_keys_worker on loan_matching.idempotency_keys for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select on loan_matching.idempotency_keys to loan_matching_worker;
grant insert, select on loan_matching.idempotency_keys to loan_matching_app;
grant insert, select on loan_matching.idempotency_keys to loan_matching_supervisor;

create table loan_matching.inbox (
  event_id uuid not null,
  at timestamp with time zone default now() not null,
  constraint inbox_pkey PRIMARY KEY (event_id)
);
comment on table loan_matching.inbox is 'internal: events that took effect; nobody but the worker reads it';
grant delete, insert, select on loan_matching.inbox to loan_matching_worker;

create table loan_matching.loan_code_days (
  org_id uuid not null,
  loan_code_id uuid not null,
  day date not null,
  slot integer not null,
  scans integer default 0 not null,
  sessions integer default 0 not null,
  demands integer default 0 not null,
  sessionless integer default 0 not null,
  constraint loan_code_days_loan_code_id_fkey FOREIGN KEY (loan_code_id) REFERENCES loan_matching.loan_codes(id),
  constraint loan_code_days_pkey PRIMARY KEY (org_id, loan_code_id, day, slot)
);
CREATE INDEX loan_code_days_of_code ON loan_matching.loan_code_days USING btree (loan_code_id, day);
alter table loan_matching.loan_code_days enable row level security;
alter table loan_matching.loan_code_days force row level security;
create policy loan_code_days_own on loan_matching.loan_code_days for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy loan_code_days_supervisor on loan_matching.loan_code_days for all to loan_matching_supervisor using (true) with check (true);
create policy loan_code_days_worker on loan_matching.loan_code_days for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select, update on loan_matching.loan_code_days to loan_matching_worker;
grant select on loan_matching.loan_code_days to loan_matching_app;
grant select on loan_matching.loan_code_days to loan_matching_supervisor;

create table loan_matching.loan_code_keys (
  kid text not null,
  key_id text not null,
  public_key text not null,
  private_key_encrypted text not null,
  created_at timestamp with time zone default now() not null,
  constraint loan_code_keys_id_unique UNIQUE (key_id),
  constraint loan_code_keys_pkey PRIMARY KEY (kid)
);
comment on table loan_matching.loan_code_keys is 'internal: keys that sign loan codes; the public parts are published by the service';
grant insert, select on loan_matching.loan_code_keys to loan_matching_worker;
grant update (private_key_encrypted) on loan_matching.loan_code_keys to loan_matching_worker;

create table loan_matching.loan_code_placements (
  id uuid not null,
  org_id uuid not null,
  loan_code_id uuid not null,
  place text not null,
  placed_on date not null,
  placed_by text not null,
  removed_on date,
  recorded_at timestamp with time zone not null,
  constraint loan_code_placements_check CHECK ((removed_on >= placed_on)),
  constraint loan_code_placements_loan_code_id_fkey FOREIGN KEY (loan_code_id) REFERENCES loan_matching.loan_codes(id),
  constraint loan_code_placements_pkey PRIMARY KEY (id)
);
CREATE INDEX loan_code_placements_of_code ON loan_matching.loan_code_placements USING btree (loan_code_id, id);
CREATE INDEX loan_code_placements_page ON loan_matching.loan_code_placements USING btree (org_id, loan_code_id, id);
CREATE INDEX loan_code_placements_register ON loan_matching.loan_code_placements USING btree (org_id, id);
alter table loan_matching.loan_code_placements enable row level security;
alter table loan_matching.loan_code_placements force row level security;
create policy loan_code_placements_own on loan_matching.loan_code_placements for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy loan_code_placements_supervisor on loan_matching.loan_code_placements for all to loan_matching_supervisor using (true) with check (true);
create policy loan_code_placements_worker on loan_matching.loan_code_placements for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select, update on loan_matching.loan_code_placements to loan_matching_worker;
grant insert, select, update on loan_matching.loan_code_placements to loan_matching_app;
grant insert, select, update on loan_matching.loan_code_placements to loan_matching_supervisor;

create table loan_matching.loan_codes (
  id uuid not null,
  org_id uuid not null,
  code text not null,
  harbor_id uuid not null,
  label text not null,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  scan_count integer default 0 not null,
  kind text default 'HARBOR'::text not null,
  area_code text,
  place text,
  officer_id uuid,
  demand_kinds text[] default '{}'::text[] not null,
  valid_from date,
  valid_to date,
  version integer default 0 not null,
  token text,
  previous_until date,
  constraint loan_codes_check CHECK ((valid_to >= valid_from)),
  constraint loan_codes_check1 CHECK (((token IS NULL) = (version = 0))),
  constraint loan_codes_code_unique UNIQUE (code),
  constraint loan_codes_kind_check CHECK ((kind = ANY (ARRAY['HARBOR'::text, 'OUTLET'::text, 'STREET'::text, 'PARK'::text, 'OFFICER'::text, 'CAMPAIGN'::text, 'POSTER'::text]))),
  constraint loan_codes_pkey PRIMARY KEY (id)
);
CREATE INDEX loan_codes_page ON loan_matching.loan_codes USING btree (org_id, id);
alter table loan_matching.loan_codes enable row level security;
alter table loan_matching.loan_codes force row level security;
create policy loan_codes_own on loan_matching.loan_codes for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy loan_codes_supervisor on loan_matching.loan_codes for all to loan_matching_supervisor using (true) with check (true);
create policy loan_codes_worker on loan_matching.loan_codes for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select, update on loan_matching.loan_codes to loan_matching_worker;
grant insert, select, update on loan_matching.loan_codes to loan_matching_app;
grant insert, select, update on loan_matching.loan_codes to loan_matching_supervisor;

create table loan_matching.matches (
  demand_id uuid not null,
  product_id uuid not null,
  org_id uuid not null,
  product_name text not null,
  bank_id uuid not null,
  verdict text not null,
  rules jsonb not null,
  "position" integer,
  factors jsonb,
  shown_on date,
  constraint matches_demand_id_fkey FOREIGN KEY (demand_id) REFERENCES loan_matching.demands(id),
  constraint matches_pkey PRIMARY KEY (demand_id, product_id),
  constraint matches_position_check CHECK (("position" > 0)),
  constraint matches_verdict_check CHECK ((verdict = ANY (ARRAY['PASS'::text, 'UNKNOWN'::text, 'FAIL'::text])))
);
CREATE INDEX matches_demand ON loan_matching.matches USING btree (org_id, demand_id);
CREATE INDEX matches_shown ON loan_matching.matches USING btree (shown_on, bank_id) WHERE (("position" <= 10) AND (verdict <> 'FAIL'::text));
alter table loan_matching.matches enable row level security;
alter table loan_matching.matches force row level security;
create policy matches_own on loan_matching.matches for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy matches_supervisor on loan_matching.matches for all to loan_matching_supervisor using (true) with check (true);
create policy matches_worker on loan_matching.matches for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select, update on loan_matching.matches to loan_matching_worker;
grant select on loan_matching.matches to loan_matching_app;
grant select on loan_matching.matches to loan_matching_supervisor;

create table loan_matching.organisation_copies (
  id uuid not null,
  kind text not null,
  name text not null,
  version integer not null,
  constraint organisation_copies_pkey PRIMARY KEY (id)
);
comment on table loan_matching.organisation_copies is 'public: names and kinds of organisations are known to all';
grant insert, select, update on loan_matching.organisation_copies to loan_matching_worker;
grant select on loan_matching.organisation_copies to loan_matching_app;
grant select on loan_matching.organisation_copies to loan_matching_supervisor;

create table loan_matching.outbox (
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
comment on table loan_matching.outbox is 'internal: events that wait for the relay; nobody but the worker reads it';
grant delete, insert, select, update on loan_matching.outbox to loan_matching_worker;
grant insert on loan_matching.outbox to loan_matching_app;
grant insert on loan_matching.outbox to loan_matching_supervisor;

create table loan_matching.pool_entries (
  id uuid not null,
  org_id uuid not null,
  application_id uuid not null,
  kind text not null,
  amount numeric(13,2) not null,
  term_months integer not null,
  purpose text not null,
  guarantee_types text[] not null,
  region_code text,
  industry_code text,
  size_class text not null,
  had_by uuid[] not null,
  listed_at timestamp with time zone not null,
  closes_at timestamp with time zone,
  closed_at timestamp with time zone,
  taken_by uuid,
  green_channel boolean default false not null,
  constraint pool_entries_application_id_fkey FOREIGN KEY (application_id) REFERENCES loan_matching.applications(id),
  constraint pool_entries_check CHECK (((taken_by IS NULL) OR (closed_at IS NOT NULL))),
  constraint pool_entries_pkey PRIMARY KEY (id)
);
CREATE INDEX pool_entries_application ON loan_matching.pool_entries USING btree (application_id, id);
CREATE INDEX pool_entries_green ON loan_matching.pool_entries USING btree (org_id, id) WHERE ((closed_at IS NULL) AND green_channel);
CREATE UNIQUE INDEX pool_entries_once ON loan_matching.pool_entries USING btree (org_id, application_id) WHERE (closed_at IS NULL);
CREATE INDEX pool_entries_open ON loan_matching.pool_entries USING btree (org_id, id) WHERE (closed_at IS NULL);
CREATE INDEX pool_entries_page ON loan_matching.pool_entries USING btree (org_id, id);
alter table loan_matching.pool_entries enable row level security;
alter table loan_matching.pool_entries force row level security;
create policy pool_entries_own on loan_matching.pool_entries for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy pool_entries_supervisor on loan_matching.pool_entries for all to loan_matching_supervisor using (true) with check (true);
create policy pool_entries_worker on loan_matching.pool_entries for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select, update on loan_matching.pool_entries to loan_matching_worker;
grant select on loan_matching.pool_entries to loan_matching_app;
grant select on loan_matching.pool_entries to loan_matching_supervisor;

create table loan_matching.product_copies (
  id uuid not null,
  bank_id uuid,
  name text,
  eligibility jsonb,
  published boolean not null,
  version integer not null,
  annual_rate_min numeric(8,4),
  constraint product_copies_changed TRIGGER DEFERRABLE INITIALLY DEFERRED,
  constraint product_copies_pkey PRIMARY KEY (id)
);
comment on table loan_matching.product_copies is 'internal: what is matched against; nobody but the worker reads it';
CREATE CONSTRAINT TRIGGER product_copies_changed AFTER INSERT OR UPDATE ON loan_matching.product_copies DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION loan_matching.catalogue_changed();
grant insert, select, update on loan_matching.product_copies to loan_matching_worker;

create table loan_matching.recalled_referrals (
  referral_id uuid not null,
  recalled_at timestamp with time zone default now() not null,
  constraint recalled_referrals_pkey PRIMARY KEY (referral_id)
);
comment on table loan_matching.recalled_referrals is 'internal: what the worker makes no demand of; nobody else reads it';
grant insert, select on loan_matching.recalled_referrals to loan_matching_worker;

create table loan_matching.receipts (
  id uuid not null,
  org_id uuid not null,
  document text not null,
  at timestamp with time zone default now() not null,
  constraint receipts_pkey PRIMARY KEY (org_id, id)
);
CREATE INDEX receipts_at ON loan_matching.receipts USING brin (at);
alter table loan_matching.receipts enable row level security;
alter table loan_matching.receipts force row level security;
create policy receipts_own on loan_matching.receipts for all to loan_matching_app, loan_matching_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy receipts_worker on loan_matching.receipts for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select on loan_matching.receipts to loan_matching_worker;
grant insert, select on loan_matching.receipts to loan_matching_app;
grant insert, select on loan_matching.receipts to loan_matching_supervisor;

create table loan_matching.reference_copies (
  kind text not null,
  key text not null,
  data jsonb,
  version integer not null,
  constraint reference_copies_pkey PRIMARY KEY (kind, key)
);
comment on table loan_matching.reference_copies is 'public: reference data are known to all';
grant insert, select, update on loan_matching.reference_copies to loan_matching_worker;
grant select on loan_matching.reference_copies to loan_matching_app;
grant select on loan_matching.reference_copies to loan_matching_supervisor;

create table loan_matching.scan_sessions (
  secret_hash text not null,
  loan_code_id uuid not null,
  expires_at timestamp with time zone not null,
  uses integer default 0 not null,
  constraint scan_sessions_loan_code_id_fkey FOREIGN KEY (loan_code_id) REFERENCES loan_matching.loan_codes(id),
  constraint scan_sessions_pkey PRIMARY KEY (secret_hash)
);
comment on table loan_matching.scan_sessions is 'internal: visits of nobody in particular, for the worker alone';
CREATE INDEX scan_sessions_expiry ON loan_matching.scan_sessions USING btree (expires_at);
grant delete, insert, select on loan_matching.scan_sessions to loan_matching_worker;
grant update (uses) on loan_matching.scan_sessions to loan_matching_worker;

create table loan_matching.signer_keys (
  org_id uuid not null,
  client_id text not null,
  keys jsonb not null,
  required boolean not null,
  version integer not null,
  constraint signer_keys_pkey PRIMARY KEY (org_id, client_id)
);
alter table loan_matching.signer_keys enable row level security;
alter table loan_matching.signer_keys force row level security;
create policy signer_keys_own on loan_matching.signer_keys for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy signer_keys_supervisor on loan_matching.signer_keys for all to loan_matching_supervisor using (true) with check (true);
create policy signer_keys_worker on loan_matching.signer_keys for all to loan_matching_worker using (true) with check (true);
grant delete, insert, select, update on loan_matching.signer_keys to loan_matching_worker;
grant select on loan_matching.signer_keys to loan_matching_app;
grant select on loan_matching.signer_keys to loan_matching_supervisor;

create table loan_matching.special_group_counts (
  day date not null,
  special_group text not null,
  count integer not null,
  constraint special_group_counts_pkey PRIMARY KEY (day, special_group)
);
comment on table loan_matching.special_group_counts is 'internal: counts without persons, for supervisors';
grant insert, select, update on loan_matching.special_group_counts to loan_matching_worker;
grant select on loan_matching.special_group_counts to loan_matching_supervisor;

create table loan_matching.trail_steps (
  id uuid not null,
  org_id uuid not null,
  demand_id uuid not null,
  step text not null,
  by text not null,
  at timestamp with time zone not null,
  product_id uuid,
  consent_id uuid,
  reason_code text,
  due_at timestamp with time zone,
  constraint trail_steps_demand_id_fkey FOREIGN KEY (demand_id) REFERENCES loan_matching.demands(id),
  constraint trail_steps_pkey PRIMARY KEY (id)
);
CREATE INDEX trail_steps_demand ON loan_matching.trail_steps USING btree (org_id, demand_id, id);
CREATE INDEX trail_steps_of_demand ON loan_matching.trail_steps USING btree (demand_id, id);
CREATE TRIGGER trail_steps_sealed AFTER INSERT ON loan_matching.trail_steps FOR EACH ROW EXECUTE FUNCTION loan_matching.seal_step();
alter table loan_matching.trail_steps enable row level security;
alter table loan_matching.trail_steps force row level security;
create policy trail_steps_own on loan_matching.trail_steps for all to loan_matching_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy trail_steps_supervisor on loan_matching.trail_steps for all to loan_matching_supervisor using (true) with check (true);
create policy trail_steps_worker on loan_matching.trail_steps for all to loan_matching_worker using (true) with check (true);
grant insert, select on loan_matching.trail_steps to loan_matching_app;
grant insert, select on loan_matching.trail_steps to loan_matching_worker;
grant select on loan_matching.trail_steps to loan_matching_supervisor;

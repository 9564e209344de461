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

CREATE OR REPLACE FUNCTION enterprise_lists.entry_gaps(e enterprise_lists.list_entries)
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  return array(select 'OUTSIDE:' || m.outside_reason from enterprise_lists.enterprises m where m.id = e.enterprise_id and m.outside_reason is not null)
    || array(select c.criterion || ':' || case when coalesce(a.met, c.met) is null then 'MISSING' when not coalesce(a.met, c.met) then 'UNMET' else 'EVIDENCE' end
    from (values (1, 'GOOD_PROSPECTS', e.good_prospects), (2, 'STRONG_DEMAND', e.strong_demand), (3, 'SOUND_CREDIT', e.sound_credit),
      (4, 'LAWFUL_OPERATION', e.lawful_operation), (5, 'FIXED_PREMISES', e.fixed_premises), (6, 'REAL_DEMAND', e.real_demand),
      (7, 'GOOD_CREDIT_STANDING', e.good_credit_standing), (8, 'LAWFUL_PURPOSE', e.lawful_purpose)) as c (place, criterion, met)
    left join enterprise_lists.entry_assertions a on a.org_id = e.org_id and a.entry_id = e.id and a.criterion = c.criterion
    where (coalesce(a.met, c.met) and (a.met or length(btrim(coalesce(e.evidence ->> c.criterion, e.evidence ->> 'ALL'))) >= 2)) is not true order by c.place);
end $function$;

CREATE OR REPLACE FUNCTION enterprise_lists.guard_state()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if current_user = 'enterprise_lists_app' and new.state <> 'WITHDRAWN' then
    raise exception 'a department may only withdraw' using errcode = 'insufficient_privilege'; end if;
  if tg_table_name = 'push_lists' then return new; end if;
  if tg_op = 'INSERT' or new.state <> all(case old.state
    when 'PENDING' then '{RECOMMENDED,NOT_RECOMMENDED,WITHDRAWN}' when 'NOT_RECOMMENDED' then '{RECOMMENDED,WITHDRAWN}'
    when 'RECOMMENDED' then '{DISPATCHED,NOT_RECOMMENDED,WITHDRAWN}' when 'DISPATCHED' then '{CULTIVATING,RE_RECOMMENDED,WITHDRAWN}'
    when 'CULTIVATING' then '{RE_RECOMMENDED,WITHDRAWN}' when 'RE_RECOMMENDED' then '{DISPATCHED,WITHDRAWN}' else '{}' end::text[]) then
    raise exception 'an entry cannot become % (entry %)', new.state, new.id using errcode = 'check_violation', constraint = 'list_entries_state';
  end if;
  if new.state in ('RECOMMENDED', 'RE_RECOMMENDED') and enterprise_lists.entry_gaps(new) <> '{}' then
    raise exception 'entry % lacks %', new.id, enterprise_lists.entry_gaps(new) using errcode = 'check_violation', constraint = 'list_entries_criteria';
  end if;
  return new; end $function$;

CREATE OR REPLACE FUNCTION enterprise_lists.new_id()
 RETURNS uuid
 LANGUAGE sql
AS $function$
  select encode(set_bit(set_bit(overlay(
    uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6
  ), 52, 1), 53, 1), 'hex')::uuid
$function$;

CREATE OR REPLACE FUNCTION enterprise_lists.number_revision()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_advisory_xact_lock(hashtextextended(concat_ws(' ', new.org_id, new.period, new.title), 12));
  new.revision := (select coalesce(max(revision), 0) + 1 from enterprise_lists.push_lists l where l.org_id = new.org_id and l.period = new.period and l.title = new.title);
  return new; end $function$;

CREATE OR REPLACE FUNCTION enterprise_lists.numbered_id(at timestamp with time zone, number integer)
 RETURNS uuid
 LANGUAGE sql
AS $function$
  select encode(substring(int8send((extract(epoch from at) * 1000)::bigint) from 3) || substring(int4send(28672 | (number >> 20)) from 3)
    || substring(int4send(32768 | ((number >> 6) & 16383)) from 3) || set_byte(rest, 0, ((number & 63) << 2) | (get_byte(rest, 0) & 3)), 'hex')::uuid
  from (select substring(uuid_send(gen_random_uuid()) from 11)) as random (rest)
$function$;

CREATE OR REPLACE FUNCTION enterprise_lists.state_no_access()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$begin return null; end$function$;

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

create table enterprise_lists.clocks (
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
CREATE INDEX clocks_kind ON enterprise_lists.clocks USING btree (kind, id);
CREATE INDEX clocks_org ON enterprise_lists.clocks USING btree (org_id, id);
CREATE INDEX clocks_state ON enterprise_lists.clocks USING btree (state, id);
CREATE INDEX clocks_subject ON enterprise_lists.clocks USING btree (subject_id);
alter table enterprise_lists.clocks enable row level security;
alter table enterprise_lists.clocks force row level security;
create policy clocks_own on enterprise_lists.clocks for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy clocks_supervisor on enterprise_lists.clocks for all to enterprise_lists_supervisor using (true) with check (true);
create policy clocks_worker on enterprise_lists.clocks for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.clocks to enterprise_lists_worker;
grant select on enterprise_lists.clocks to enterprise_lists_app;
grant select on enterprise_lists.clocks to enterprise_lists_supervisor;

create table enterprise_lists.code_exceptions (
  credit_code text not null,
  reason text not null,
  accepted_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  version integer default 1 not null,
  constraint code_exceptions_pkey PRIMARY KEY (credit_code)
);
comment on table enterprise_lists.code_exceptions is 'public: credit codes are public, and which of them are taken all the same';
grant delete, insert, select, update on enterprise_lists.code_exceptions to enterprise_lists_worker;
grant insert, select, update on enterprise_lists.code_exceptions to enterprise_lists_supervisor;
grant select on enterprise_lists.code_exceptions to enterprise_lists_app;

create table enterprise_lists.contradictions (
  id uuid not null,
  enterprise_id uuid not null,
  field text not null,
  state text not null,
  stated jsonb not null,
  words text not null,
  chosen_source uuid,
  reason text,
  version integer default 1 not null,
  opened_at timestamp with time zone default now() not null,
  resolved_at timestamp with time zone,
  constraint contradictions_enterprise_id_field_key UNIQUE (enterprise_id, field),
  constraint contradictions_pkey PRIMARY KEY (id)
);
comment on table enterprise_lists.contradictions is 'internal: for supervisors; the worker opens and closes them';
CREATE INDEX contradictions_state ON enterprise_lists.contradictions USING btree (state, id);
grant delete, insert, select, update on enterprise_lists.contradictions to enterprise_lists_worker;
grant insert, select, update on enterprise_lists.contradictions to enterprise_lists_supervisor;

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

create table enterprise_lists.demand_progress (
  org_id uuid not null,
  demand_id uuid not null,
  stage text not null,
  referral_id uuid,
  enterprise_id uuid not null,
  amount numeric,
  reason_code text,
  told_at timestamp with time zone default now() not null,
  constraint demand_progress_pkey PRIMARY KEY (org_id, demand_id, stage)
);
comment on table enterprise_lists.demand_progress is 'internal: what the worker has counted; nobody else reads it';
grant insert, select, update on enterprise_lists.demand_progress to enterprise_lists_worker;

create table enterprise_lists.dispatch_orders (
  id uuid not null,
  push_list_id uuid not null,
  target text not null,
  channels text[],
  entry_ids uuid[],
  ordered_at timestamp with time zone default now() not null,
  constraint dispatch_orders_pkey PRIMARY KEY (id),
  constraint dispatch_orders_target_check CHECK ((target = ANY (ARRAY['ALL_BANKS'::text, 'HOST_BANK'::text, 'FITTING_BANKS'::text])))
);
comment on table enterprise_lists.dispatch_orders is 'internal: what the events of a dispatch are to do; supervisors add to it and the worker reads it';
grant delete, insert, select on enterprise_lists.dispatch_orders to enterprise_lists_worker;
grant insert on enterprise_lists.dispatch_orders to enterprise_lists_supervisor;

create table enterprise_lists.dispatches (
  id uuid not null,
  org_id uuid not null,
  push_list_id uuid not null,
  channel text not null,
  dispatched_at timestamp with time zone not null,
  version integer default 1 not null,
  constraint dispatches_once UNIQUE (org_id, push_list_id, channel),
  constraint dispatches_pkey PRIMARY KEY (id),
  constraint dispatches_push_list_id_fkey FOREIGN KEY (push_list_id) REFERENCES enterprise_lists.push_lists(id)
);
CREATE INDEX dispatches_push_list ON enterprise_lists.dispatches USING btree (push_list_id);
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

create table enterprise_lists.duty_periods (
  org_id uuid not null,
  period text not null,
  due_on date not null,
  is_overdue boolean not null,
  constraint duty_periods_pkey PRIMARY KEY (org_id, period)
);
alter table enterprise_lists.duty_periods enable row level security;
alter table enterprise_lists.duty_periods force row level security;
create policy duty_periods_own on enterprise_lists.duty_periods for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy duty_periods_supervisor on enterprise_lists.duty_periods for all to enterprise_lists_supervisor using (true) with check (true);
create policy duty_periods_worker on enterprise_lists.duty_periods for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.duty_periods to enterprise_lists_worker;
grant select on enterprise_lists.duty_periods to enterprise_lists_app;
grant select on enterprise_lists.duty_periods to enterprise_lists_supervisor;

create table enterprise_lists.enterprise_access (
  org_id uuid not null,
  enterprise_id uuid not null,
  reason text not null,
  consent_id uuid,
  granted_at timestamp with time zone default now() not null,
  constraint enterprise_access_pkey PRIMARY KEY (org_id, enterprise_id)
);
CREATE INDEX enterprise_access_consent ON enterprise_lists.enterprise_access USING btree (consent_id) WHERE (consent_id IS NOT NULL);
CREATE TRIGGER enterprise_access_without_stated BEFORE INSERT ON enterprise_lists.enterprise_access FOR EACH ROW WHEN ((new.reason = 'PUSHED'::text)) EXECUTE FUNCTION enterprise_lists.state_no_access();
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
  stated_kind text,
  street_code text,
  zone_code text,
  stated_private boolean,
  is_private boolean,
  stated_tags text[],
  tags_until jsonb,
  green_categories jsonb,
  tags text[] default '{}'::text[] not null,
  outside_reason text,
  sources uuid[] default '{}'::uuid[] not null,
  contact_entry_id uuid,
  default_channel text generated always as (
CASE
    WHEN ((green_categories IS NOT NULL) OR (stated_tags && '{GREEN_CIRCULAR,GREEN_TRANSPORT,GREEN_BIOMEDICINE,GREEN_DIGITAL,GREEN_BUILDING}'::text[])) THEN 'GREEN'::text
    ELSE 'INCLUSIVE'::text
END) stored,
  registration_status text,
  constraint enterprises_credit_code_unique UNIQUE (credit_code),
  constraint enterprises_pkey PRIMARY KEY (id)
);
CREATE INDEX enterprises_contact_entry ON enterprise_lists.enterprises USING btree (contact_entry_id) WHERE (contact_entry_id IS NOT NULL);
alter table enterprise_lists.enterprises enable row level security;
alter table enterprise_lists.enterprises force row level security;
create policy enterprises_accessible on enterprise_lists.enterprises for select to enterprise_lists_app using ((EXISTS ( SELECT
   FROM enterprise_lists.enterprise_access a
  WHERE ((a.org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid) AND (a.enterprise_id = enterprises.id))
 OFFSET 0)));
create policy enterprises_stated on enterprise_lists.enterprises for select to enterprise_lists_app using ((sources @> ARRAY[(NULLIF(current_setting('app.org'::text, true), ''::text))::uuid]));
create policy enterprises_supervisor on enterprise_lists.enterprises for select to enterprise_lists_supervisor using (true);
create policy enterprises_worker on enterprise_lists.enterprises for all to enterprise_lists_worker using (true) with check (true);
grant insert, select, update on enterprise_lists.enterprises to enterprise_lists_worker;
grant select on enterprise_lists.enterprises to enterprise_lists_app;
grant select on enterprise_lists.enterprises to enterprise_lists_supervisor;

create table enterprise_lists.entry_assertions (
  org_id uuid not null,
  entry_id uuid not null,
  criterion text not null,
  met boolean not null,
  evidence text not null,
  author text not null,
  asserted_on date not null,
  asserted_by_org uuid not null,
  recorded_at timestamp with time zone default now() not null,
  constraint entry_assertions_author_check CHECK ((length(btrim(author)) >= 2)),
  constraint entry_assertions_evidence_check CHECK ((length(btrim(evidence)) >= 2)),
  constraint entry_assertions_pkey PRIMARY KEY (org_id, entry_id, criterion)
);
alter table enterprise_lists.entry_assertions enable row level security;
alter table enterprise_lists.entry_assertions force row level security;
create policy entry_assertions_own on enterprise_lists.entry_assertions for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy entry_assertions_supervisor on enterprise_lists.entry_assertions for all to enterprise_lists_supervisor using (true) with check (true);
create policy entry_assertions_worker on enterprise_lists.entry_assertions for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.entry_assertions to enterprise_lists_worker;
grant insert, select, update on enterprise_lists.entry_assertions to enterprise_lists_app;
grant insert, select, update on enterprise_lists.entry_assertions to enterprise_lists_supervisor;

create table enterprise_lists.exchange_demands (
  offer_id uuid not null,
  facts jsonb,
  offered_at timestamp with time zone default now() not null,
  recalled_at timestamp with time zone,
  file_id uuid,
  recall_file_id uuid,
  constraint exchange_demands_check CHECK (((facts IS NOT NULL) OR (file_id IS NULL))),
  constraint exchange_demands_pkey PRIMARY KEY (offer_id)
);
comment on table enterprise_lists.exchange_demands is 'internal: anonymous needs that the worker exchanges';
CREATE INDEX exchange_demands_file ON enterprise_lists.exchange_demands USING btree (file_id);
CREATE INDEX exchange_demands_recall_file ON enterprise_lists.exchange_demands USING btree (recall_file_id);
CREATE INDEX exchange_demands_recalled ON enterprise_lists.exchange_demands USING btree (offer_id) WHERE ((recalled_at IS NOT NULL) AND (recall_file_id IS NULL));
CREATE INDEX exchange_demands_waiting ON enterprise_lists.exchange_demands USING btree (offer_id) WHERE ((file_id IS NULL) AND (recalled_at IS NULL));
grant insert, select, update on enterprise_lists.exchange_demands to enterprise_lists_worker;

create table enterprise_lists.exchange_files (
  id uuid not null,
  bank_id uuid,
  channel text not null,
  kind text not null,
  dispatch_id uuid,
  recall_id uuid,
  row_count integer not null,
  sha256 text,
  made_at timestamp with time zone default now() not null,
  sent_at timestamp with time zone,
  sent_count integer default 0 not null,
  send_after timestamp with time zone default now() not null,
  receipted_at timestamp with time zone,
  constraint exchange_files_pkey PRIMARY KEY (id)
);
comment on table enterprise_lists.exchange_files is 'internal: the worker exchanges them';
CREATE INDEX exchange_files_open ON enterprise_lists.exchange_files USING btree (channel, send_after) WHERE (receipted_at IS NULL);
grant insert, select, update on enterprise_lists.exchange_files to enterprise_lists_worker;

create table enterprise_lists.exchange_incoming (
  id uuid not null,
  channel text not null,
  kind text not null,
  sha256 text not null,
  row_count integer not null,
  receipt_id uuid not null,
  signature text not null,
  read_at timestamp with time zone default now() not null,
  constraint exchange_incoming_pkey PRIMARY KEY (id)
);
comment on table enterprise_lists.exchange_incoming is 'internal: the worker believes them; proof of what a platform told';
grant insert, select on enterprise_lists.exchange_incoming to enterprise_lists_worker;

create table enterprise_lists.exchange_incoming_rows (
  kind text not null,
  reference text not null,
  file_id uuid not null,
  constraint exchange_incoming_rows_pkey PRIMARY KEY (kind, reference)
);
comment on table enterprise_lists.exchange_incoming_rows is 'internal: what the worker believed once';
grant insert, select on enterprise_lists.exchange_incoming_rows to enterprise_lists_worker;

create table enterprise_lists.exchange_receipts (
  id uuid not null,
  file_id uuid not null,
  body text not null,
  signature text not null,
  read_at timestamp with time zone default now() not null,
  constraint exchange_receipts_file_id_key UNIQUE (file_id),
  constraint exchange_receipts_pkey PRIMARY KEY (id)
);
comment on table enterprise_lists.exchange_receipts is 'internal: the worker believes them; proof of what a platform received';
grant insert, select on enterprise_lists.exchange_receipts to enterprise_lists_worker;

create table enterprise_lists.exchange_refusals (
  sha256 text not null,
  channel text not null,
  name text not null,
  reason text not null,
  at timestamp with time zone default now() not null,
  constraint exchange_refusals_pkey PRIMARY KEY (channel, sha256)
);
comment on table enterprise_lists.exchange_refusals is 'internal: what was kept aside, for operators';
grant insert, select on enterprise_lists.exchange_refusals to enterprise_lists_worker;

create table enterprise_lists.exchange_rows (
  file_id uuid not null,
  referral_id uuid not null,
  constraint exchange_rows_pkey PRIMARY KEY (file_id, referral_id)
);
comment on table enterprise_lists.exchange_rows is 'internal: the worker exchanges them';
CREATE INDEX exchange_rows_referral ON enterprise_lists.exchange_rows USING btree (referral_id);
grant insert, select, update on enterprise_lists.exchange_rows to enterprise_lists_worker;

create table enterprise_lists.harbor_copies (
  id uuid not null,
  host_bank_id uuid not null,
  area_code text not null,
  version integer not null,
  constraint harbor_copies_pkey PRIMARY KEY (id)
);
comment on table enterprise_lists.harbor_copies is 'internal: told by harbors, for dispatches to host banks';
CREATE INDEX harbor_copies_area ON enterprise_lists.harbor_copies USING btree (area_code);
grant insert, select, update on enterprise_lists.harbor_copies to enterprise_lists_worker;
grant select on enterprise_lists.harbor_copies to enterprise_lists_supervisor;

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

create table enterprise_lists.import_contacts (
  import_id uuid not null,
  row_number integer not null,
  enterprise_id uuid not null,
  name_encrypted text,
  phone_encrypted text,
  fingerprint text not null,
  constraint import_contacts_pkey PRIMARY KEY (import_id, row_number)
);
comment on table enterprise_lists.import_contacts is 'internal: contacts on their way; the import writes and reads them as worker';
grant delete, insert, select, update on enterprise_lists.import_contacts to enterprise_lists_worker;

create table enterprise_lists.import_findings (
  import_id uuid not null,
  row_number integer not null,
  ordinal integer not null,
  column_number integer,
  field text,
  severity text not null,
  rule text not null,
  message text not null,
  value text,
  constraint import_findings_pkey PRIMARY KEY (import_id, row_number, ordinal)
);
comment on table enterprise_lists.import_findings is 'internal: the worker writes them, and reads them for whoever may read the import';
grant delete, insert, select, update on enterprise_lists.import_findings to enterprise_lists_worker;

create table enterprise_lists.import_mappings (
  org_id uuid not null,
  mapping jsonb not null,
  version integer not null,
  changed_at timestamp with time zone not null,
  constraint import_mappings_pkey PRIMARY KEY (org_id)
);
alter table enterprise_lists.import_mappings enable row level security;
alter table enterprise_lists.import_mappings force row level security;
create policy import_mappings_own on enterprise_lists.import_mappings for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy import_mappings_supervisor on enterprise_lists.import_mappings for all to enterprise_lists_supervisor using (true) with check (true);
create policy import_mappings_worker on enterprise_lists.import_mappings for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.import_mappings to enterprise_lists_worker;
grant insert, select, update on enterprise_lists.import_mappings to enterprise_lists_app;
grant select on enterprise_lists.import_mappings to enterprise_lists_supervisor;

create table enterprise_lists.import_parts (
  id uuid not null,
  org_id uuid not null,
  import_id uuid not null,
  number integer not null,
  file_id uuid not null,
  file_key_encrypted text not null,
  bytes integer not null,
  sha256 text not null,
  constraint import_parts_once UNIQUE (org_id, import_id, number),
  constraint import_parts_pkey PRIMARY KEY (id)
);
CREATE INDEX import_parts_file ON enterprise_lists.import_parts USING btree (file_id);
alter table enterprise_lists.import_parts enable row level security;
alter table enterprise_lists.import_parts force row level security;
create policy import_parts_own on enterprise_lists.import_parts for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy import_parts_supervisor on enterprise_lists.import_parts for all to enterprise_lists_supervisor using (true) with check (true);
create policy import_parts_worker on enterprise_lists.import_parts for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.import_parts to enterprise_lists_app;
grant delete, insert, select, update on enterprise_lists.import_parts to enterprise_lists_worker;
grant select on enterprise_lists.import_parts to enterprise_lists_supervisor;

create table enterprise_lists.import_rows (
  import_id uuid not null,
  row_number integer not null,
  entry_id uuid not null,
  enterprise_id uuid not null,
  credit_code text not null,
  name text not null,
  stated_kind text,
  entity_type text,
  established_on date,
  registered_capital numeric,
  capital_currency text,
  business_scope text,
  province text,
  district text,
  region_code text,
  address text,
  street_code text,
  zone_code text,
  industry_code text,
  employees integer,
  revenue numeric,
  assets numeric,
  stated_private boolean,
  stated_tags text[],
  tags_until date,
  green_category text,
  green_edition text,
  source text,
  good_prospects boolean,
  strong_demand boolean,
  sound_credit boolean,
  lawful_operation boolean,
  fixed_premises boolean,
  real_demand boolean,
  good_credit_standing boolean,
  lawful_purpose boolean,
  evidence jsonb,
  consent_ref text,
  demand_amount numeric,
  demand_term_months integer,
  demand_purpose text,
  guarantee_type text,
  facts_hash uuid not null,
  kind text not null,
  is_private boolean,
  size_class text not null,
  outside_reason text,
  tags text[] not null,
  code_region text,
  registration_status text,
  constraint import_rows_pkey PRIMARY KEY (import_id, row_number)
);
comment on table enterprise_lists.import_rows is 'internal: rows on their way; the import writes and reads them as worker';
grant delete, insert, select, update on enterprise_lists.import_rows to enterprise_lists_worker;

create table enterprise_lists.imports (
  id uuid not null,
  org_id uuid not null,
  title text not null,
  period text not null,
  mode text not null,
  atomicity text not null,
  dry_run boolean not null,
  apply_asked boolean not null,
  sheet text,
  delimiter text,
  mapping jsonb default '{}'::jsonb not null,
  file_name text,
  expected_bytes integer,
  state text not null,
  wanted text,
  lease_holder uuid,
  leased_until timestamp with time zone,
  attempts integer default 0 not null,
  file_id uuid,
  file_key_encrypted text,
  file_bytes integer,
  file_sha256 text,
  file_deleted_at timestamp with time zone,
  content_hash text,
  repeat_of uuid,
  format text,
  encoding text,
  read_sheet text,
  checkpoint jsonb,
  read_bytes integer default 0 not null,
  row_count integer default 0 not null,
  accepted_count integer default 0 not null,
  rejected_count integer default 0 not null,
  warned_count integer default 0 not null,
  added_count integer,
  changed_count integer,
  unchanged_count integer,
  skipped_count integer,
  causes jsonb default '[]'::jsonb not null,
  warnings jsonb default '[]'::jsonb not null,
  failure jsonb,
  push_list_id uuid,
  version integer default 1 not null,
  created_at timestamp with time zone default now() not null,
  uploaded_at timestamp with time zone,
  validated_at timestamp with time zone,
  ended_at timestamp with time zone,
  undone_at timestamp with time zone,
  constraint imports_pkey PRIMARY KEY (id)
);
CREATE INDEX imports_ended ON enterprise_lists.imports USING btree (ended_at) WHERE (file_id IS NOT NULL);
CREATE INDEX imports_file ON enterprise_lists.imports USING btree (file_id) WHERE (file_id IS NOT NULL);
CREATE INDEX imports_org ON enterprise_lists.imports USING btree (org_id, id);
CREATE INDEX imports_org_content ON enterprise_lists.imports USING btree (org_id, content_hash) WHERE (content_hash IS NOT NULL);
CREATE INDEX imports_org_state ON enterprise_lists.imports USING btree (org_id, state, id);
CREATE INDEX imports_state ON enterprise_lists.imports USING btree (state, id);
alter table enterprise_lists.imports enable row level security;
alter table enterprise_lists.imports force row level security;
create policy imports_own on enterprise_lists.imports for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy imports_supervisor on enterprise_lists.imports for all to enterprise_lists_supervisor using (true) with check (true);
create policy imports_worker on enterprise_lists.imports for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.imports to enterprise_lists_worker;
grant insert, select, update on enterprise_lists.imports to enterprise_lists_app;
grant select on enterprise_lists.imports to enterprise_lists_supervisor;

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
  stated_kind text,
  entity_type text,
  established_on date,
  registered_capital numeric,
  capital_currency text,
  business_scope text,
  province text,
  district text,
  region_code text,
  address text,
  street_code text,
  zone_code text,
  industry_code text,
  employees integer,
  revenue numeric,
  assets numeric,
  stated_private boolean,
  stated_tags text[],
  tags_until date,
  green_category text,
  green_edition text,
  lawful_operation boolean,
  fixed_premises boolean,
  real_demand boolean,
  good_credit_standing boolean,
  lawful_purpose boolean,
  evidence jsonb,
  consent_ref text,
  facts_hash uuid,
  state text default 'PENDING'::text not null,
  state_reason text,
  state_at timestamp with time zone,
  round integer default 1 not null,
  cycle integer default 1 not null,
  unanswered_at timestamp with time zone,
  docked_count integer default 0 not null,
  lent_count integer default 0 not null,
  credited_amount numeric default 0 not null,
  lent_amount numeric default 0 not null,
  registration_status text,
  constraint list_entries_pkey PRIMARY KEY (id)
);
CREATE INDEX list_entries_enterprise ON enterprise_lists.list_entries USING btree (org_id, enterprise_id);
CREATE INDEX list_entries_list ON enterprise_lists.list_entries USING btree (org_id, push_list_id, id);
CREATE TRIGGER list_entries_new BEFORE INSERT ON enterprise_lists.list_entries FOR EACH ROW WHEN ((new.state <> 'PENDING'::text)) EXECUTE FUNCTION enterprise_lists.guard_state();
CREATE TRIGGER list_entries_state BEFORE UPDATE OF state ON enterprise_lists.list_entries FOR EACH ROW WHEN ((old.state IS DISTINCT FROM new.state)) EXECUTE FUNCTION enterprise_lists.guard_state();
alter table enterprise_lists.list_entries enable row level security;
alter table enterprise_lists.list_entries force row level security;
create policy list_entries_own on enterprise_lists.list_entries for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy list_entries_supervisor on enterprise_lists.list_entries for all to enterprise_lists_supervisor using (true) with check (true);
create policy list_entries_worker on enterprise_lists.list_entries for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.list_entries to enterprise_lists_worker;
grant select on enterprise_lists.list_entries to enterprise_lists_app;
grant select on enterprise_lists.list_entries to enterprise_lists_supervisor;
grant update (cycle, round, state, state_at, state_reason, unanswered_at) on enterprise_lists.list_entries to enterprise_lists_supervisor;
grant update (state, state_at, state_reason) on enterprise_lists.list_entries to enterprise_lists_app;

create table enterprise_lists.list_recalls (
  id uuid not null,
  org_id uuid not null,
  push_list_id uuid not null,
  reason text not null,
  recalled_at timestamp with time zone not null,
  entry_count integer not null,
  bank_count integer not null,
  acknowledged_count integer default 0 not null,
  file_count integer default 0 not null,
  receipt_count integer default 0 not null,
  constraint list_recalls_pkey PRIMARY KEY (id)
);
CREATE INDEX list_recalls_list ON enterprise_lists.list_recalls USING btree (org_id, push_list_id, id);
CREATE INDEX list_recalls_push_list ON enterprise_lists.list_recalls USING btree (push_list_id, id);
alter table enterprise_lists.list_recalls enable row level security;
alter table enterprise_lists.list_recalls force row level security;
create policy list_recalls_own on enterprise_lists.list_recalls for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy list_recalls_supervisor on enterprise_lists.list_recalls for all to enterprise_lists_supervisor using (true) with check (true);
create policy list_recalls_worker on enterprise_lists.list_recalls for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.list_recalls to enterprise_lists_worker;
grant select on enterprise_lists.list_recalls to enterprise_lists_app;
grant select on enterprise_lists.list_recalls to enterprise_lists_supervisor;

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

create table enterprise_lists.precedence_rules (
  source_id uuid not null,
  field text not null,
  rank integer not null,
  version integer default 1 not null,
  constraint precedence_rules_pkey PRIMARY KEY (source_id, field)
);
comment on table enterprise_lists.precedence_rules is 'public: by what rule the master chooses is no secret';
grant delete, insert, select, update on enterprise_lists.precedence_rules to enterprise_lists_supervisor;
grant delete, insert, select, update on enterprise_lists.precedence_rules to enterprise_lists_worker;
grant select on enterprise_lists.precedence_rules to enterprise_lists_app;

create table enterprise_lists.product_copies (
  id uuid not null,
  bank_id uuid,
  published boolean not null,
  version integer not null,
  regions text[],
  industries text[],
  size_classes text[],
  guarantees text[],
  amount_min numeric,
  amount_max numeric,
  term_min integer,
  term_max integer,
  years_min numeric,
  constraint product_copies_pkey PRIMARY KEY (id)
);
comment on table enterprise_lists.product_copies is 'internal: told by product-catalog, for dispatches to banks with a fitting product';
grant insert, select, update on enterprise_lists.product_copies to enterprise_lists_worker;
grant select on enterprise_lists.product_copies to enterprise_lists_supervisor;

create table enterprise_lists.push_duties (
  org_id uuid not null,
  frequency text not null,
  grace_days integer not null,
  period text not null,
  due_on date not null,
  version integer not null,
  changed_at timestamp with time zone not null,
  constraint push_duties_frequency_check CHECK ((frequency = ANY (ARRAY['MONTHLY'::text, 'QUARTERLY'::text]))),
  constraint push_duties_grace_days_check CHECK (((grace_days >= 0) AND (grace_days <= 60))),
  constraint push_duties_pkey PRIMARY KEY (org_id)
);
alter table enterprise_lists.push_duties enable row level security;
alter table enterprise_lists.push_duties force row level security;
create policy push_duties_own on enterprise_lists.push_duties for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy push_duties_supervisor on enterprise_lists.push_duties for all to enterprise_lists_supervisor using (true) with check (true);
create policy push_duties_worker on enterprise_lists.push_duties for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.push_duties to enterprise_lists_worker;
grant insert, select, update on enterprise_lists.push_duties to enterprise_lists_supervisor;
grant select on enterprise_lists.push_duties to enterprise_lists_app;

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
  import_id uuid,
  revision integer default 1 not null,
  recommended_count integer default 0 not null,
  withdrawal_reason text,
  constraint push_lists_pkey PRIMARY KEY (id)
);
CREATE INDEX push_lists_org ON enterprise_lists.push_lists USING btree (org_id, id);
CREATE INDEX push_lists_org_state ON enterprise_lists.push_lists USING btree (org_id, state, id);
CREATE UNIQUE INDEX push_lists_series ON enterprise_lists.push_lists USING btree (org_id, period, title, revision);
CREATE INDEX push_lists_state ON enterprise_lists.push_lists USING btree (state, id);
CREATE INDEX push_lists_submitted ON enterprise_lists.push_lists USING btree (submitted_at);
CREATE TRIGGER push_lists_revision BEFORE INSERT ON enterprise_lists.push_lists FOR EACH ROW EXECUTE FUNCTION enterprise_lists.number_revision();
CREATE TRIGGER push_lists_state_guard BEFORE UPDATE OF state ON enterprise_lists.push_lists FOR EACH ROW WHEN ((old.state IS DISTINCT FROM new.state)) EXECUTE FUNCTION enterprise_lists.guard_state();
alter table enterprise_lists.push_lists enable row level security;
alter table enterprise_lists.push_lists force row level security;
create policy push_lists_own on enterprise_lists.push_lists for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy push_lists_supervisor on enterprise_lists.push_lists for all to enterprise_lists_supervisor using (true) with check (true);
create policy push_lists_worker on enterprise_lists.push_lists for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.push_lists to enterprise_lists_worker;
grant select on enterprise_lists.push_lists to enterprise_lists_app;
grant select, update on enterprise_lists.push_lists to enterprise_lists_supervisor;
grant update (recommended_count, state, version, withdrawal_reason) on enterprise_lists.push_lists to enterprise_lists_app;

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

create table enterprise_lists.reference_copies (
  kind text not null,
  key text not null,
  data jsonb,
  version integer not null,
  constraint reference_copies_pkey PRIMARY KEY (kind, key)
);
comment on table enterprise_lists.reference_copies is 'public: reference data are known to all';
grant insert, select, update on enterprise_lists.reference_copies to enterprise_lists_worker;
grant select on enterprise_lists.reference_copies to enterprise_lists_app;
grant select on enterprise_lists.reference_copies to enterprise_lists_supervisor;

create table enterprise_lists.referral_recalls (
  id uuid not null,
  org_id uuid not null,
  list_recall_id uuid not null,
  push_list_id uuid not null,
  reason text not null,
  referral_count integer not null,
  recalled_at timestamp with time zone not null,
  acknowledged_at timestamp with time zone,
  acknowledged_by text,
  constraint referral_recalls_pkey PRIMARY KEY (id)
);
CREATE INDEX referral_recalls_list ON enterprise_lists.referral_recalls USING btree (list_recall_id);
CREATE INDEX referral_recalls_org ON enterprise_lists.referral_recalls USING btree (org_id, id);
CREATE INDEX referral_recalls_pending ON enterprise_lists.referral_recalls USING btree (id) WHERE (acknowledged_at IS NULL);
alter table enterprise_lists.referral_recalls enable row level security;
alter table enterprise_lists.referral_recalls force row level security;
create policy referral_recalls_own on enterprise_lists.referral_recalls for all to enterprise_lists_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy referral_recalls_supervisor on enterprise_lists.referral_recalls for all to enterprise_lists_supervisor using (true) with check (true);
create policy referral_recalls_worker on enterprise_lists.referral_recalls for all to enterprise_lists_worker using (true) with check (true);
grant delete, insert, select, update on enterprise_lists.referral_recalls to enterprise_lists_worker;
grant select on enterprise_lists.referral_recalls to enterprise_lists_supervisor;
grant select, update on enterprise_lists.referral_recalls to enterprise_lists_app;

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
  round integer default 1 not null,
  cycle integer default 1 not null,
  second_channel text,
  green_category text,
  sent_at timestamp with time zone,
  expired_at timestamp with time zone,
  recalled_at timestamp with time zone,
  recall_id uuid,
  consent_id uuid,
  consent_ref text,
  loan_decided_at timestamp with time zone,
  constraint referrals_once UNIQUE (org_id, entry_id, cycle),
  constraint referrals_pkey PRIMARY KEY (id)
);
CREATE INDEX referrals_entry ON enterprise_lists.referrals USING btree (entry_id);
CREATE INDEX referrals_org ON enterprise_lists.referrals USING btree (org_id, id);
CREATE INDEX referrals_org_dispatch ON enterprise_lists.referrals USING btree (org_id, dispatch_id, state);
CREATE INDEX referrals_org_enterprise ON enterprise_lists.referrals USING btree (org_id, enterprise_id);
CREATE INDEX referrals_org_recall ON enterprise_lists.referrals USING btree (org_id, recall_id) WHERE (recall_id IS NOT NULL);
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

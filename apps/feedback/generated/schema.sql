-- What the migrations of feedback produce. Made by npm run generate; not to be edited, not to be run.

CREATE OR REPLACE FUNCTION feedback.audit_expire()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from gone where at > now() - interval '6 months'
      or id > (select coalesce(max(last_id), 0) from feedback.audit_seals where prunes is not null)) then
    raise exception 'permission denied: the audit trail is only ever added to' using errcode = 'insufficient_privilege';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION feedback.audit_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'permission denied: the audit trail is only ever added to' using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION feedback.follow_step()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into feedback.due (kind, aggregate_id, org_id, due_at) values ('issue-step', new.id, new.org_id, now());
  return null;
end $function$;

CREATE OR REPLACE FUNCTION feedback.seal_step()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into feedback.audit (role, org_id, action, resource, resource_id, detail)
  values ('service', new.org_id, 'trail.step', 'trail-step', new.id, jsonb_build_object('sha256', feedback.step_digest(new)));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION feedback.set_no_clock()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$begin return null; end$function$;

CREATE OR REPLACE FUNCTION feedback.step_digest(t feedback.issue_trail)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select encode(sha256(convert_to(row(t.id, t.org_id, t.issue_id, t.action, t.actor_id, extract(epoch from t.at))::text, 'UTF8')), 'hex')
$function$;

CREATE OR REPLACE FUNCTION feedback.tenant_table(name text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format('alter table feedback.%I enable row level security', name);
  execute format('alter table feedback.%I force row level security', name);
  execute format($p$create policy %I on feedback.%I to feedback_app
    using (org_id = nullif(current_setting('app.org', true), '')::uuid)
    with check (org_id = nullif(current_setting('app.org', true), '')::uuid)$p$, name || '_own', name);
  execute format('create policy %I on feedback.%I to feedback_supervisor using (true) with check (true)', name || '_supervisor', name);
  execute format('create policy %I on feedback.%I to feedback_worker using (true) with check (true)', name || '_worker', name);
  execute format('grant select, insert, update on feedback.%I to feedback_app, feedback_supervisor', name);
  execute format('grant select, insert, update, delete on feedback.%I to feedback_worker', name);
end $function$;

create table feedback.audit (
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
comment on table feedback.audit is 'internal: the audit trail; services add to it and only the worker reads it';
CREATE INDEX audit_at ON feedback.audit USING brin (at);
CREATE INDEX audit_resource ON feedback.audit USING btree (resource_id, id);
CREATE TRIGGER audit_expire AFTER DELETE ON feedback.audit REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION feedback.audit_expire();
CREATE TRIGGER audit_fixed BEFORE UPDATE OR TRUNCATE ON feedback.audit FOR EACH STATEMENT EXECUTE FUNCTION feedback.audit_refuse();
grant delete, select on feedback.audit to feedback_worker;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on feedback.audit to feedback_app;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on feedback.audit to feedback_supervisor;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on feedback.audit to feedback_worker;

create table feedback.audit_seals (
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
comment on table feedback.audit_seals is 'internal: the signed chain over the audit trail; only the worker reads and adds to it';
CREATE INDEX audit_seals_at ON feedback.audit_seals USING btree (at);
CREATE INDEX audit_seals_prunes ON feedback.audit_seals USING btree (prunes, last_id) WHERE (prunes IS NOT NULL);
CREATE TRIGGER audit_seals_fixed BEFORE DELETE OR TRUNCATE ON feedback.audit_seals FOR EACH STATEMENT EXECUTE FUNCTION feedback.audit_refuse();
CREATE TRIGGER audit_seals_kept BEFORE UPDATE ON feedback.audit_seals FOR EACH ROW WHEN ((new.rows IS NOT NULL)) EXECUTE FUNCTION feedback.audit_refuse();
grant insert, select on feedback.audit_seals to feedback_worker;
grant update (rows) on feedback.audit_seals to feedback_worker;

create table feedback.clocks (
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
CREATE INDEX clocks_org ON feedback.clocks USING btree (org_id, id);
CREATE INDEX clocks_state ON feedback.clocks USING btree (state, id);
CREATE INDEX clocks_subject ON feedback.clocks USING btree (subject_id);
alter table feedback.clocks enable row level security;
alter table feedback.clocks force row level security;
create policy clocks_own on feedback.clocks for all to feedback_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy clocks_supervisor on feedback.clocks for all to feedback_supervisor using (true) with check (true);
create policy clocks_worker on feedback.clocks for all to feedback_worker using (true) with check (true);
grant delete, insert, select, update on feedback.clocks to feedback_worker;
grant select on feedback.clocks to feedback_app;
grant select on feedback.clocks to feedback_supervisor;

create table feedback.data_keys (
  id uuid not null,
  wrapped text not null,
  people text[] default '{}'::text[] not null,
  created_at timestamp with time zone default now() not null,
  constraint data_keys_pkey PRIMARY KEY (id)
);
comment on table feedback.data_keys is 'internal: encrypted keys; which of them a caller''s transaction opens, the rows that it sees decide';
CREATE INDEX data_keys_people ON feedback.data_keys USING gin (people);
grant delete, insert, select, update on feedback.data_keys to feedback_worker;
grant insert, select on feedback.data_keys to feedback_app;
grant insert, select on feedback.data_keys to feedback_supervisor;

create table feedback.dead_letters (
  event_id uuid not null,
  name text not null,
  org_id uuid not null,
  body jsonb not null,
  error text not null,
  parked_at timestamp with time zone default now() not null,
  constraint dead_letters_pkey PRIMARY KEY (event_id)
);
comment on table feedback.dead_letters is 'internal: events that could not be applied; nobody but the worker reads it';
grant delete, insert, select on feedback.dead_letters to feedback_worker;

create table feedback.delivery (
  id uuid not null,
  consumer text not null,
  body text not null,
  attempt integer default 1 not null,
  published_at timestamp with time zone default now() not null,
  acked_at timestamp with time zone,
  constraint delivery_pkey PRIMARY KEY (id)
);
comment on table feedback.delivery is 'internal: envelopes on their way; nobody but the worker reads it';
CREATE INDEX delivery_held ON feedback.delivery USING btree (consumer, id) WHERE (published_at = 'infinity'::timestamp with time zone);
CREATE INDEX delivery_open ON feedback.delivery USING btree (published_at) WHERE (acked_at IS NULL);
grant delete, insert, select, update on feedback.delivery to feedback_worker;

create table feedback.due (
  kind text not null,
  aggregate_id uuid not null,
  org_id uuid not null,
  due_at timestamp with time zone not null,
  constraint due_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX due_at ON feedback.due USING btree (due_at);
CREATE INDEX due_org ON feedback.due USING btree (org_id, due_at);
CREATE TRIGGER due_without_clocks_of_before BEFORE INSERT ON feedback.due FOR EACH ROW WHEN ((new.kind = ANY (ARRAY['issue.acknowledge'::text, 'issue.acknowledge-branch'::text, 'issue.answer'::text]))) EXECUTE FUNCTION feedback.set_no_clock();
alter table feedback.due enable row level security;
alter table feedback.due force row level security;
create policy due_own on feedback.due for all to feedback_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy due_supervisor on feedback.due for all to feedback_supervisor using (true) with check (true);
create policy due_worker on feedback.due for all to feedback_worker using (true) with check (true);
grant delete, insert, select, update on feedback.due to feedback_app;
grant delete, insert, select, update on feedback.due to feedback_supervisor;
grant delete, insert, select, update on feedback.due to feedback_worker;

create table feedback.harbor_copies (
  id uuid not null,
  host_bank_id uuid not null,
  version integer not null,
  constraint harbor_copies_pkey PRIMARY KEY (id)
);
comment on table feedback.harbor_copies is 'public: the registry of harbors is the programme''s public face';
grant insert, select, update on feedback.harbor_copies to feedback_worker;
grant select on feedback.harbor_copies to feedback_app;
grant select on feedback.harbor_copies to feedback_supervisor;

create table feedback.idempotency_keys (
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
CREATE INDEX idempotency_keys_age ON feedback.idempotency_keys USING btree (created_at);
alter table feedback.idempotency_keys enable row level security;
alter table feedback.idempotency_keys force row level security;
create policy idempotency_keys_own on feedback.idempotency_keys for all to feedback_app, feedback_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy idempotency_keys_worker on feedback.idempotency_keys for all to feedback_worker using (true) with check (true);
grant delete, insert, select on feedback.idempotency_keys to feedback_worker;
grant insert, select on feedback.idempotency_keys to feedback_app;
grant insert, select on feedback.idempotency_keys to feedback_supervisor;

create table feedback.inbox (
  event_id uuid not null,
  at timestamp with time zone default now() not null,
  constraint inbox_pkey PRIMARY KEY (event_id)
);
comment on table feedback.inbox is 'internal: events that took effect; nobody but the worker reads it';
grant delete, insert, select on feedback.inbox to feedback_worker;

create table feedback.issue_trail (
  id uuid not null,
  org_id uuid not null,
  issue_id uuid not null,
  action text not null,
  actor_id uuid,
  note_encrypted text,
  at timestamp with time zone not null,
  constraint issue_trail_pkey PRIMARY KEY (id)
);
CREATE INDEX issue_trail_issue ON feedback.issue_trail USING btree (org_id, issue_id, id);
CREATE INDEX issue_trail_of_issue ON feedback.issue_trail USING btree (issue_id, id);
CREATE TRIGGER issue_trail_followed AFTER INSERT ON feedback.issue_trail FOR EACH ROW WHEN ((new.action !~~ '%OVERDUE'::text)) EXECUTE FUNCTION feedback.follow_step();
CREATE TRIGGER issue_trail_sealed AFTER INSERT ON feedback.issue_trail FOR EACH ROW EXECUTE FUNCTION feedback.seal_step();
alter table feedback.issue_trail enable row level security;
alter table feedback.issue_trail force row level security;
create policy issue_trail_own on feedback.issue_trail for all to feedback_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy issue_trail_supervisor on feedback.issue_trail for all to feedback_supervisor using (true) with check (true);
create policy issue_trail_worker on feedback.issue_trail for all to feedback_worker using (true) with check (true);
grant insert, select on feedback.issue_trail to feedback_app;
grant insert, select on feedback.issue_trail to feedback_supervisor;
grant insert, select on feedback.issue_trail to feedback_worker;
grant update (note_encrypted) on feedback.issue_trail to feedback_worker;

create table feedback.issues (
  id uuid not null,
  org_id uuid not null,
  harbor_id uuid not null,
  nature text not null,
  channel text not null,
  state text not null,
  title_encrypted text not null,
  text_encrypted text not null,
  registrant_name_encrypted text not null,
  registrant_phone_encrypted text not null,
  access_secret_hash text not null,
  registered_by_bank boolean not null,
  registered_at timestamp with time zone not null,
  acknowledge_by timestamp with time zone,
  bank_acknowledged_at timestamp with time zone,
  branch_acknowledged_at timestamp with time zone,
  bank_acknowledgement_overdue boolean default false not null,
  branch_acknowledgement_overdue boolean default false not null,
  answer_by timestamp with time zone,
  answer_overdue boolean default false not null,
  reply_encrypted text,
  replied_at timestamp with time zone,
  closed_at timestamp with time zone,
  consent_withdrawn_at timestamp with time zone,
  constraint issues_pkey PRIMARY KEY (id)
);
CREATE INDEX issues_harbor ON feedback.issues USING btree (org_id, harbor_id, id);
CREATE INDEX issues_of_harbor ON feedback.issues USING btree (harbor_id, id);
CREATE INDEX issues_page ON feedback.issues USING btree (org_id, id);
CREATE INDEX issues_state ON feedback.issues USING btree (state, id);
alter table feedback.issues enable row level security;
alter table feedback.issues force row level security;
create policy issues_own on feedback.issues for all to feedback_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy issues_supervisor on feedback.issues for all to feedback_supervisor using (true) with check (true);
create policy issues_worker on feedback.issues for all to feedback_worker using (true) with check (true);
grant delete, insert, select, update on feedback.issues to feedback_worker;
grant insert, select, update on feedback.issues to feedback_app;
grant insert, select, update on feedback.issues to feedback_supervisor;

create table feedback.outbox (
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
comment on table feedback.outbox is 'internal: events that wait for the relay; nobody but the worker reads it';
grant delete, insert, select, update on feedback.outbox to feedback_worker;
grant insert on feedback.outbox to feedback_app;
grant insert on feedback.outbox to feedback_supervisor;

create table feedback.receipts (
  id uuid not null,
  org_id uuid not null,
  document text not null,
  at timestamp with time zone default now() not null,
  constraint receipts_pkey PRIMARY KEY (org_id, id)
);
CREATE INDEX receipts_at ON feedback.receipts USING brin (at);
alter table feedback.receipts enable row level security;
alter table feedback.receipts force row level security;
create policy receipts_own on feedback.receipts for all to feedback_app, feedback_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy receipts_worker on feedback.receipts for all to feedback_worker using (true) with check (true);
grant delete, insert, select on feedback.receipts to feedback_worker;
grant insert, select on feedback.receipts to feedback_app;
grant insert, select on feedback.receipts to feedback_supervisor;

create table feedback.reference_copies (
  kind text not null,
  key text not null,
  data jsonb,
  version integer not null,
  constraint reference_copies_pkey PRIMARY KEY (kind, key)
);
comment on table feedback.reference_copies is 'public: reference data are known to all';
grant insert, select, update on feedback.reference_copies to feedback_worker;
grant select on feedback.reference_copies to feedback_app;
grant select on feedback.reference_copies to feedback_supervisor;

create table feedback.signer_keys (
  org_id uuid not null,
  client_id text not null,
  keys jsonb not null,
  required boolean not null,
  version integer not null,
  constraint signer_keys_pkey PRIMARY KEY (org_id, client_id)
);
alter table feedback.signer_keys enable row level security;
alter table feedback.signer_keys force row level security;
create policy signer_keys_own on feedback.signer_keys for all to feedback_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy signer_keys_supervisor on feedback.signer_keys for all to feedback_supervisor using (true) with check (true);
create policy signer_keys_worker on feedback.signer_keys for all to feedback_worker using (true) with check (true);
grant delete, insert, select, update on feedback.signer_keys to feedback_worker;
grant select on feedback.signer_keys to feedback_app;
grant select on feedback.signer_keys to feedback_supervisor;

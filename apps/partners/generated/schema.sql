-- What the migrations of partners produce. Made by npm run generate; not to be edited, not to be run.

CREATE OR REPLACE FUNCTION partners.audit_expire()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from gone where at > now() - interval '6 months'
      or id > (select coalesce(max(last_id), 0) from partners.audit_seals where prunes is not null)) then
    raise exception 'permission denied: the audit trail is only ever added to' using errcode = 'insufficient_privilege';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION partners.audit_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'permission denied: the audit trail is only ever added to' using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION partners.new_id()
 RETURNS uuid
 LANGUAGE sql
AS $function$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
    substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$function$;

CREATE OR REPLACE FUNCTION partners.own_table(name text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format('alter table partners.%I enable row level security', name);
  execute format('alter table partners.%I force row level security', name);
  execute format($p$create policy %I on partners.%I to partners_app, partners_supervisor
    using (org_id = nullif(current_setting('app.org', true), '')::uuid)
    with check (org_id = nullif(current_setting('app.org', true), '')::uuid)$p$, name || '_own', name);
  execute format('create policy %I on partners.%I to partners_worker using (true) with check (true)', name || '_worker', name);
  execute format('grant select, insert, update, delete on partners.%I to partners_worker', name);
end $function$;

CREATE OR REPLACE FUNCTION partners.tell_need()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin new.disclosure := 'NEED'; return new; end $function$;

CREATE OR REPLACE FUNCTION partners.tenant_table(name text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format('alter table partners.%I enable row level security', name);
  execute format('alter table partners.%I force row level security', name);
  execute format($p$create policy %I on partners.%I to partners_app
    using (org_id = nullif(current_setting('app.org', true), '')::uuid)
    with check (org_id = nullif(current_setting('app.org', true), '')::uuid)$p$, name || '_own', name);
  execute format('create policy %I on partners.%I to partners_supervisor using (true) with check (true)', name || '_supervisor', name);
  execute format('create policy %I on partners.%I to partners_worker using (true) with check (true)', name || '_worker', name);
  execute format('grant select, insert, update on partners.%I to partners_app, partners_supervisor', name);
  execute format('grant select, insert, update, delete on partners.%I to partners_worker', name);
end $function$;

create sequence partners.reference_versions;

create table partners.api_clients (
  id uuid not null,
  org_id uuid not null,
  name text not null,
  role text not null,
  secret_hash text,
  created_at timestamp with time zone default now() not null,
  locked_at timestamp with time zone,
  sandbox boolean default true not null,
  keys jsonb,
  sender_constraint text,
  constraint api_clients_authentication CHECK (
CASE
    WHEN sandbox THEN ((secret_hash IS NOT NULL) AND (keys IS NULL) AND (sender_constraint IS NULL))
    ELSE ((secret_hash IS NULL) AND (jsonb_array_length(keys) > 0) AND (sender_constraint = ANY (ARRAY['DPOP'::text, 'CERTIFICATE'::text])))
END),
  constraint api_clients_org_id_fkey FOREIGN KEY (org_id) REFERENCES partners.organisations(id),
  constraint api_clients_pkey PRIMARY KEY (id)
);
CREATE INDEX api_clients_lately_locked ON partners.api_clients USING btree (locked_at) WHERE (locked_at IS NOT NULL);
CREATE INDEX api_clients_org ON partners.api_clients USING btree (org_id, id);
alter table partners.api_clients enable row level security;
alter table partners.api_clients force row level security;
create policy api_clients_own on partners.api_clients for all to partners_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy api_clients_supervisor on partners.api_clients for all to partners_supervisor using (true) with check (true);
create policy api_clients_worker on partners.api_clients for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.api_clients to partners_worker;
grant insert, select, update on partners.api_clients to partners_app;
grant insert, select, update on partners.api_clients to partners_supervisor;

create table partners.audit (
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
comment on table partners.audit is 'internal: the audit trail; services add to it and only the worker reads it';
CREATE INDEX audit_at ON partners.audit USING brin (at);
CREATE INDEX audit_resource ON partners.audit USING btree (resource_id, id);
CREATE TRIGGER audit_expire AFTER DELETE ON partners.audit REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION partners.audit_expire();
CREATE TRIGGER audit_fixed BEFORE UPDATE OR TRUNCATE ON partners.audit FOR EACH STATEMENT EXECUTE FUNCTION partners.audit_refuse();
grant delete, select on partners.audit to partners_worker;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on partners.audit to partners_app;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on partners.audit to partners_supervisor;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on partners.audit to partners_worker;

create table partners.audit_seals (
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
comment on table partners.audit_seals is 'internal: the signed chain over the audit trail; only the worker reads and adds to it';
CREATE INDEX audit_seals_at ON partners.audit_seals USING btree (at);
CREATE INDEX audit_seals_prunes ON partners.audit_seals USING btree (prunes, last_id) WHERE (prunes IS NOT NULL);
CREATE TRIGGER audit_seals_fixed BEFORE DELETE OR TRUNCATE ON partners.audit_seals FOR EACH STATEMENT EXECUTE FUNCTION partners.audit_refuse();
CREATE TRIGGER audit_seals_kept BEFORE UPDATE ON partners.audit_seals FOR EACH ROW WHEN ((new.rows IS NOT NULL)) EXECUTE FUNCTION partners.audit_refuse();
grant insert, select on partners.audit_seals to partners_worker;
grant update (rows) on partners.audit_seals to partners_worker;

create table partners.clocks (
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
CREATE INDEX clocks_org ON partners.clocks USING btree (org_id, id);
CREATE INDEX clocks_state ON partners.clocks USING btree (state, id);
CREATE INDEX clocks_subject ON partners.clocks USING btree (subject_id);
alter table partners.clocks enable row level security;
alter table partners.clocks force row level security;
create policy clocks_own on partners.clocks for all to partners_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy clocks_supervisor on partners.clocks for all to partners_supervisor using (true) with check (true);
create policy clocks_worker on partners.clocks for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.clocks to partners_worker;
grant insert, select, update on partners.clocks to partners_app;
grant insert, select, update on partners.clocks to partners_supervisor;

create table partners.consents (
  id uuid not null,
  org_id uuid not null,
  record_kind text not null,
  record_id uuid not null,
  purpose text not null,
  disclosure text not null,
  given_by text not null,
  text_version text,
  given_at timestamp with time zone not null,
  valid_until timestamp with time zone,
  disclosed_at timestamp with time zone,
  withdrawn_at timestamp with time zone,
  cause text,
  version integer default 1 not null,
  constraint consents_pkey PRIMARY KEY (id),
  constraint consents_withdrawn CHECK (((withdrawn_at IS NULL) = (cause IS NULL)))
);
CREATE INDEX consents_of_record ON partners.consents USING btree (record_id, id);
CREATE INDEX consents_page ON partners.consents USING btree (org_id, id);
CREATE INDEX consents_record ON partners.consents USING btree (org_id, record_id, id);
CREATE TRIGGER consents_to_platforms BEFORE INSERT OR UPDATE ON partners.consents FOR EACH ROW WHEN (((new.text_version = 'platform-2026-1'::text) AND (new.disclosure <> 'NEED'::text))) EXECUTE FUNCTION partners.tell_need();
alter table partners.consents enable row level security;
alter table partners.consents force row level security;
create policy consents_own on partners.consents for all to partners_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy consents_supervisor on partners.consents for all to partners_supervisor using (true) with check (true);
create policy consents_worker on partners.consents for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.consents to partners_worker;
grant insert, select, update on partners.consents to partners_app;
grant select, update on partners.consents to partners_supervisor;

create table partners.data_keys (
  id uuid not null,
  wrapped text not null,
  people text[] default '{}'::text[] not null,
  created_at timestamp with time zone default now() not null,
  constraint data_keys_pkey PRIMARY KEY (id)
);
comment on table partners.data_keys is 'internal: encrypted keys; which of them a caller''s transaction opens, the rows that it sees decide';
CREATE INDEX data_keys_people ON partners.data_keys USING gin (people);
grant delete, insert, select, update on partners.data_keys to partners_worker;
grant insert, select on partners.data_keys to partners_app;
grant insert, select on partners.data_keys to partners_supervisor;

create table partners.dead_letters (
  event_id uuid not null,
  name text not null,
  org_id uuid not null,
  body jsonb not null,
  error text not null,
  parked_at timestamp with time zone default now() not null,
  constraint dead_letters_pkey PRIMARY KEY (event_id)
);
comment on table partners.dead_letters is 'internal: events that could not be applied; nobody but the worker reads it';
grant delete, insert, select on partners.dead_letters to partners_worker;

create table partners.delivery (
  id uuid not null,
  consumer text not null,
  body text not null,
  attempt integer default 1 not null,
  published_at timestamp with time zone default now() not null,
  acked_at timestamp with time zone,
  constraint delivery_pkey PRIMARY KEY (id)
);
comment on table partners.delivery is 'internal: envelopes on their way; nobody but the worker reads it';
CREATE INDEX delivery_held ON partners.delivery USING btree (consumer, id) WHERE (published_at = 'infinity'::timestamp with time zone);
CREATE INDEX delivery_open ON partners.delivery USING btree (published_at) WHERE (acked_at IS NULL);
grant delete, insert, select, update on partners.delivery to partners_worker;

create table partners.deprecation_uses (
  org_id uuid not null,
  element text not null,
  client_id uuid not null,
  day date not null,
  uses integer not null,
  constraint deprecation_uses_pkey PRIMARY KEY (org_id, element, client_id, day)
);
alter table partners.deprecation_uses enable row level security;
alter table partners.deprecation_uses force row level security;
create policy deprecation_uses_own on partners.deprecation_uses for all to partners_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy deprecation_uses_supervisor on partners.deprecation_uses for all to partners_supervisor using (true) with check (true);
create policy deprecation_uses_worker on partners.deprecation_uses for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.deprecation_uses to partners_worker;
grant select on partners.deprecation_uses to partners_app;
grant select on partners.deprecation_uses to partners_supervisor;

create table partners.due (
  kind text not null,
  aggregate_id uuid not null,
  org_id uuid not null,
  due_at timestamp with time zone not null,
  constraint due_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX due_at ON partners.due USING btree (due_at);
CREATE INDEX due_org ON partners.due USING btree (org_id, due_at);
alter table partners.due enable row level security;
alter table partners.due force row level security;
create policy due_own on partners.due for all to partners_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy due_supervisor on partners.due for all to partners_supervisor using (true) with check (true);
create policy due_worker on partners.due for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.due to partners_app;
grant delete, insert, select, update on partners.due to partners_supervisor;
grant delete, insert, select, update on partners.due to partners_worker;

create table partners.feed_events (
  org_id uuid not null,
  sequence bigint generated always as identity not null,
  id uuid not null,
  type text not null,
  body text not null,
  at timestamp with time zone default now() not null,
  constraint feed_events_id_unique UNIQUE (org_id, id),
  constraint feed_events_pkey PRIMARY KEY (org_id, sequence)
);
CREATE INDEX feed_events_at ON partners.feed_events USING btree (at);
alter table partners.feed_events enable row level security;
alter table partners.feed_events force row level security;
create policy feed_events_own on partners.feed_events for all to partners_app, partners_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy feed_events_worker on partners.feed_events for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.feed_events to partners_worker;
grant select on partners.feed_events to partners_app;
grant select on partners.feed_events to partners_supervisor;

create table partners.harbor_copies (
  id uuid not null,
  host_bank_id uuid not null,
  constraint harbor_copies_pkey PRIMARY KEY (id)
);
comment on table partners.harbor_copies is 'public: the registry of harbors is the programme''s public face';
grant insert, select on partners.harbor_copies to partners_worker;
grant select on partners.harbor_copies to partners_app;
grant select on partners.harbor_copies to partners_supervisor;

create table partners.harbor_people (
  id uuid not null,
  org_id uuid not null,
  harbor_id uuid not null,
  post text not null,
  name_encrypted text,
  phone_encrypted text,
  work_address text,
  valid_from date not null,
  valid_to date,
  constraint harbor_people_days CHECK ((valid_from < valid_to)),
  constraint harbor_people_org_id_fkey FOREIGN KEY (org_id) REFERENCES partners.organisations(id),
  constraint harbor_people_pkey PRIMARY KEY (id)
);
CREATE INDEX harbor_people_harbor ON partners.harbor_people USING btree (org_id, harbor_id, id);
CREATE INDEX harbor_people_page ON partners.harbor_people USING btree (org_id, id);
alter table partners.harbor_people enable row level security;
alter table partners.harbor_people force row level security;
create policy harbor_people_own on partners.harbor_people for all to partners_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy harbor_people_supervisor on partners.harbor_people for all to partners_supervisor using (true) with check (true);
create policy harbor_people_worker on partners.harbor_people for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.harbor_people to partners_worker;
grant insert, select, update on partners.harbor_people to partners_app;
grant insert, select, update on partners.harbor_people to partners_supervisor;

create table partners.idempotency_keys (
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
CREATE INDEX idempotency_keys_age ON partners.idempotency_keys USING btree (created_at);
alter table partners.idempotency_keys enable row level security;
alter table partners.idempotency_keys force row level security;
create policy idempotency_keys_own on partners.idempotency_keys for all to partners_app, partners_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy idempotency_keys_worker on partners.idempotency_keys for all to partners_worker using (true) with check (true);
grant delete, insert, select on partners.idempotency_keys to partners_worker;
grant insert, select on partners.idempotency_keys to partners_app;
grant insert, select on partners.idempotency_keys to partners_supervisor;

create table partners.inbox (
  event_id uuid not null,
  at timestamp with time zone default now() not null,
  constraint inbox_pkey PRIMARY KEY (event_id)
);
comment on table partners.inbox is 'internal: events that took effect; nobody but the worker reads it';
grant delete, insert, select on partners.inbox to partners_worker;

create table partners.message_notices (
  id uuid not null,
  org_id uuid not null,
  kind text not null,
  variables jsonb not null,
  count integer not null,
  at timestamp with time zone default now() not null,
  constraint message_notices_count_check CHECK ((count > 0)),
  constraint message_notices_pkey PRIMARY KEY (id)
);
comment on table partners.message_notices is 'internal: what waits to become messages; nobody but the worker reads it';
CREATE INDEX message_notices_at ON partners.message_notices USING btree (at);
grant delete, insert, select on partners.message_notices to partners_worker;

create table partners.message_recipients (
  id uuid not null,
  org_id uuid not null,
  harbor_person_id uuid,
  name_encrypted text,
  mail_encrypted text,
  mobile_encrypted text,
  subscriptions jsonb default '[]'::jsonb not null,
  mail_opted_out text,
  sms_opted_out text,
  created_at timestamp with time zone default now() not null,
  removed_at timestamp with time zone,
  constraint message_recipients_mail_opted_out_check CHECK ((mail_opted_out = ANY (ARRAY['RECIPIENT'::text, 'ORGANISATION'::text]))),
  constraint message_recipients_org_id_fkey FOREIGN KEY (org_id) REFERENCES partners.organisations(id),
  constraint message_recipients_pkey PRIMARY KEY (id),
  constraint message_recipients_sms_opted_out_check CHECK ((sms_opted_out = ANY (ARRAY['RECIPIENT'::text, 'ORGANISATION'::text])))
);
CREATE INDEX message_recipients_page ON partners.message_recipients USING btree (org_id, id);
CREATE INDEX message_recipients_removed ON partners.message_recipients USING btree (removed_at) WHERE (removed_at IS NOT NULL);
alter table partners.message_recipients enable row level security;
alter table partners.message_recipients force row level security;
create policy message_recipients_own on partners.message_recipients for all to partners_app, partners_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy message_recipients_worker on partners.message_recipients for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.message_recipients to partners_worker;
grant insert, select, update on partners.message_recipients to partners_app;
grant insert, select, update on partners.message_recipients to partners_supervisor;

create table partners.messages (
  id uuid not null,
  org_id uuid not null,
  recipient_id uuid not null,
  kind text not null,
  channel text not null,
  variables jsonb not null,
  count integer not null,
  state text default 'WAITING'::text not null,
  reason text,
  attempts integer default 0 not null,
  send_after timestamp with time zone not null,
  claimed_until timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  ended_at timestamp with time zone,
  constraint messages_channel_check CHECK ((channel = ANY (ARRAY['MAIL'::text, 'SMS'::text]))),
  constraint messages_claimed CHECK (((state = 'SENDING'::text) = (claimed_until IS NOT NULL))),
  constraint messages_ended CHECK (((state = ANY (ARRAY['WAITING'::text, 'SENDING'::text])) = (ended_at IS NULL))),
  constraint messages_pkey PRIMARY KEY (id),
  constraint messages_state_check CHECK ((state = ANY (ARRAY['WAITING'::text, 'SENDING'::text, 'SENT'::text, 'FAILED'::text, 'UNCERTAIN'::text, 'CANCELLED'::text])))
);
CREATE INDEX messages_due ON partners.messages USING btree (send_after) WHERE (ended_at IS NULL);
CREATE INDEX messages_ended_at ON partners.messages USING btree (ended_at);
CREATE INDEX messages_page ON partners.messages USING btree (org_id, id);
CREATE INDEX messages_recipient ON partners.messages USING btree (org_id, recipient_id, id);
CREATE INDEX messages_state ON partners.messages USING btree (org_id, state, id);
alter table partners.messages enable row level security;
alter table partners.messages force row level security;
create policy messages_own on partners.messages for all to partners_app, partners_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy messages_worker on partners.messages for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.messages to partners_worker;
grant select on partners.messages to partners_app;
grant select on partners.messages to partners_supervisor;

create table partners.onboardings (
  id uuid not null,
  state text not null,
  organisation_id uuid,
  organisation jsonb,
  client jsonb not null,
  reason text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  decision_reason text,
  client_id uuid,
  constraint onboardings_client CHECK (((state = 'APPROVED'::text) = (client_id IS NOT NULL))),
  constraint onboardings_client_id_fkey FOREIGN KEY (client_id) REFERENCES partners.api_clients(id),
  constraint onboardings_organisation CHECK (((organisation_id IS NOT NULL) OR (organisation IS NOT NULL))),
  constraint onboardings_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES partners.organisations(id),
  constraint onboardings_pkey PRIMARY KEY (id),
  constraint onboardings_two_persons CHECK (((state <> ALL (ARRAY['APPROVED'::text, 'REJECTED'::text])) OR ((decided_by IS NOT NULL) AND (decided_by <> proposed_by))))
);
comment on table partners.onboardings is 'internal: proposals, for administrators alone';
grant insert, select, update on partners.onboardings to partners_supervisor;
grant select, update on partners.onboardings to partners_worker;

create table partners.organisation_names (
  id uuid not null,
  organisation_id uuid not null,
  name text not null,
  valid_from date not null,
  valid_to date,
  constraint organisation_names_days CHECK ((valid_from < valid_to)),
  constraint organisation_names_end_unique UNIQUE NULLS NOT DISTINCT (organisation_id, valid_to),
  constraint organisation_names_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES partners.organisations(id),
  constraint organisation_names_pkey PRIMARY KEY (id),
  constraint organisation_names_start_unique UNIQUE (organisation_id, valid_from)
);
comment on table partners.organisation_names is 'public: names of organisations are known to all';
grant insert, select on partners.organisation_names to partners_supervisor;
grant select on partners.organisation_names to partners_app;
grant select on partners.organisation_names to partners_worker;
grant update (valid_to) on partners.organisation_names to partners_supervisor;

create table partners.organisation_relations (
  id uuid not null,
  organisation_id uuid not null,
  kind text not null,
  related_id uuid not null,
  valid_from date not null,
  valid_to date,
  constraint organisation_relations_days CHECK ((valid_from < valid_to)),
  constraint organisation_relations_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES partners.organisations(id),
  constraint organisation_relations_pkey PRIMARY KEY (id),
  constraint organisation_relations_related_id_fkey FOREIGN KEY (related_id) REFERENCES partners.organisations(id),
  constraint organisation_relations_two CHECK ((organisation_id <> related_id))
);
comment on table partners.organisation_relations is 'public: who belongs to whom is known to all';
CREATE INDEX organisation_relations_kind ON partners.organisation_relations USING btree (kind, related_id);
CREATE UNIQUE INDEX organisation_relations_open ON partners.organisation_relations USING btree (organisation_id, kind, related_id) WHERE (valid_to IS NULL);
grant insert, select on partners.organisation_relations to partners_supervisor;
grant select on partners.organisation_relations to partners_app;
grant select on partners.organisation_relations to partners_worker;
grant update (valid_to) on partners.organisation_relations to partners_supervisor;

create table partners.organisations (
  id uuid not null,
  kind text not null,
  version integer default 1 not null,
  created_at timestamp with time zone default now() not null,
  constraint organisations_pkey PRIMARY KEY (id)
);
comment on table partners.organisations is 'public: who takes part in the programme is known to all';
CREATE INDEX organisations_kind ON partners.organisations USING btree (kind, id);
grant insert, select on partners.organisations to partners_supervisor;
grant select on partners.organisations to partners_app;
grant select on partners.organisations to partners_worker;
grant update (version) on partners.organisations to partners_supervisor;
grant update (version) on partners.organisations to partners_worker;

create table partners.outbox (
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
comment on table partners.outbox is 'internal: events that wait for the relay; nobody but the worker reads it';
grant delete, insert, select, update on partners.outbox to partners_worker;
grant insert on partners.outbox to partners_app;
grant insert on partners.outbox to partners_supervisor;

create table partners.outlets (
  id uuid not null,
  organisation_id uuid not null,
  name text not null,
  area_code text not null,
  created_at timestamp with time zone default now() not null,
  constraint outlets_name_unique UNIQUE (organisation_id, name),
  constraint outlets_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES partners.organisations(id),
  constraint outlets_pkey PRIMARY KEY (id)
);
comment on table partners.outlets is 'public: outlets of banks are known to all';
grant insert, select on partners.outlets to partners_supervisor;
grant select on partners.outlets to partners_app;
grant select on partners.outlets to partners_worker;

create table partners.receipts (
  id uuid not null,
  org_id uuid not null,
  document text not null,
  at timestamp with time zone default now() not null,
  constraint receipts_pkey PRIMARY KEY (org_id, id)
);
CREATE INDEX receipts_at ON partners.receipts USING brin (at);
alter table partners.receipts enable row level security;
alter table partners.receipts force row level security;
create policy receipts_own on partners.receipts for all to partners_app, partners_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy receipts_worker on partners.receipts for all to partners_worker using (true) with check (true);
grant delete, insert, select on partners.receipts to partners_worker;
grant insert, select on partners.receipts to partners_app;
grant insert, select on partners.receipts to partners_supervisor;

create table partners.reference_imports (
  id uuid not null,
  kind text not null,
  imported_by text not null,
  imported_at timestamp with time zone not null,
  added integer not null,
  changed integer not null,
  withdrawn integer not null,
  note text,
  constraint reference_imports_pkey PRIMARY KEY (id)
);
comment on table partners.reference_imports is 'public: who changed reference data when is known to all';
CREATE INDEX reference_imports_kind ON partners.reference_imports USING btree (kind, id);
grant insert, select on partners.reference_imports to partners_supervisor;
grant select on partners.reference_imports to partners_app;

create table partners.reference_rows (
  id uuid not null,
  kind text not null,
  key text not null,
  data jsonb not null,
  import_id uuid not null,
  superseded_at timestamp with time zone,
  superseded_by uuid,
  constraint reference_rows_import_id_fkey FOREIGN KEY (import_id) REFERENCES partners.reference_imports(id),
  constraint reference_rows_pkey PRIMARY KEY (id),
  constraint reference_rows_superseded_by_fkey FOREIGN KEY (superseded_by) REFERENCES partners.reference_imports(id)
);
comment on table partners.reference_rows is 'public: reference data are known to all';
CREATE UNIQUE INDEX reference_rows_current ON partners.reference_rows USING btree (kind, key) WHERE (superseded_at IS NULL);
CREATE INDEX reference_rows_history ON partners.reference_rows USING btree (kind, key, id);
grant insert, select on partners.reference_rows to partners_supervisor;
grant select on partners.reference_rows to partners_app;
grant update (superseded_at, superseded_by) on partners.reference_rows to partners_supervisor;

create table partners.requests (
  id uuid not null,
  org_id uuid,
  client_id uuid,
  role text not null,
  method text not null,
  route text not null,
  service text,
  status smallint not null,
  code text,
  ms integer not null,
  constraint requests_pkey PRIMARY KEY (id)
);
comment on table partners.requests is 'internal: a record of each request; nobody but the worker reads it';
grant delete, insert, select, update on partners.requests to partners_worker;

create table partners.revoked_tokens (
  jti text not null,
  client_id uuid not null,
  expires_at timestamp with time zone not null,
  constraint revoked_tokens_pkey PRIMARY KEY (jti)
);
comment on table partners.revoked_tokens is 'internal: what gateways must refuse; nobody but the worker reads it';
CREATE INDEX revoked_tokens_expiry ON partners.revoked_tokens USING btree (expires_at);
grant delete, insert, select, update on partners.revoked_tokens to partners_worker;

create table partners.signature_keys (
  client_id uuid not null,
  org_id uuid not null,
  keys jsonb not null,
  required boolean default false not null,
  version integer default 1 not null,
  constraint signature_keys_client_id_fkey FOREIGN KEY (client_id) REFERENCES partners.api_clients(id),
  constraint signature_keys_org_id_fkey FOREIGN KEY (org_id) REFERENCES partners.organisations(id),
  constraint signature_keys_pkey PRIMARY KEY (org_id, client_id)
);
alter table partners.signature_keys enable row level security;
alter table partners.signature_keys force row level security;
create policy signature_keys_own on partners.signature_keys for all to partners_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy signature_keys_supervisor on partners.signature_keys for all to partners_supervisor using (true) with check (true);
create policy signature_keys_worker on partners.signature_keys for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.signature_keys to partners_worker;
grant insert, select, update on partners.signature_keys to partners_app;
grant insert, select, update on partners.signature_keys to partners_supervisor;

create table partners.signer_keys (
  org_id uuid not null,
  client_id text not null,
  keys jsonb not null,
  required boolean not null,
  version integer not null,
  constraint signer_keys_pkey PRIMARY KEY (org_id, client_id)
);
alter table partners.signer_keys enable row level security;
alter table partners.signer_keys force row level security;
create policy signer_keys_own on partners.signer_keys for all to partners_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy signer_keys_supervisor on partners.signer_keys for all to partners_supervisor using (true) with check (true);
create policy signer_keys_worker on partners.signer_keys for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.signer_keys to partners_worker;
grant select on partners.signer_keys to partners_app;
grant select on partners.signer_keys to partners_supervisor;

create table partners.signing_keys (
  kid text not null,
  public_jwk jsonb not null,
  private_jwk_encrypted text,
  created_at timestamp with time zone default now() not null,
  retired_at timestamp with time zone,
  signs_from timestamp with time zone default now() not null,
  constraint signing_keys_pkey PRIMARY KEY (kid)
);
comment on table partners.signing_keys is 'internal: keys that sign access tokens; nobody but the worker reads the keys themselves';
grant insert, select on partners.signing_keys to partners_worker;
grant select (created_at, kid, retired_at, signs_from) on partners.signing_keys to partners_supervisor;
grant update (private_jwk_encrypted, retired_at) on partners.signing_keys to partners_worker;

create table partners.used_jtis (
  client_id uuid not null,
  jti text not null,
  expires_at timestamp with time zone not null,
  constraint used_jtis_pkey PRIMARY KEY (client_id, jti)
);
comment on table partners.used_jtis is 'internal: what the token endpoint must not take twice; nobody but the worker reads it';
CREATE INDEX used_jtis_expiry ON partners.used_jtis USING btree (expires_at);
grant delete, insert, select, update on partners.used_jtis to partners_worker;

create table partners.webhook_attempts (
  id uuid default partners.new_id() not null,
  org_id uuid not null,
  endpoint_id uuid not null,
  delivery_id uuid not null,
  number integer not null,
  at timestamp with time zone default now() not null,
  status integer,
  error text,
  duration_ms integer not null,
  answer text,
  constraint webhook_attempts_pkey PRIMARY KEY (id)
);
CREATE INDEX webhook_attempts_at ON partners.webhook_attempts USING btree (at);
CREATE INDEX webhook_attempts_delivery ON partners.webhook_attempts USING btree (org_id, delivery_id, number);
alter table partners.webhook_attempts enable row level security;
alter table partners.webhook_attempts force row level security;
create policy webhook_attempts_own on partners.webhook_attempts for all to partners_app, partners_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy webhook_attempts_worker on partners.webhook_attempts for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.webhook_attempts to partners_worker;
grant select on partners.webhook_attempts to partners_app;
grant select on partners.webhook_attempts to partners_supervisor;

create table partners.webhook_deliveries (
  id uuid default partners.new_id() not null,
  org_id uuid not null,
  endpoint_id uuid not null,
  event_id uuid not null,
  type text not null,
  body text,
  is_replay boolean default false not null,
  state text default 'PENDING'::text not null,
  attempts integer default 0 not null,
  next_attempt_at timestamp with time zone default now(),
  claimed_until timestamp with time zone,
  claimed_by text,
  status integer,
  error text,
  created_at timestamp with time zone default now() not null,
  first_attempt_at timestamp with time zone,
  delivered_at timestamp with time zone,
  constraint webhook_deliveries_due CHECK (((state = 'PENDING'::text) = (next_attempt_at IS NOT NULL))),
  constraint webhook_deliveries_pkey PRIMARY KEY (id),
  constraint webhook_deliveries_state_check CHECK ((state = ANY (ARRAY['PENDING'::text, 'DELIVERED'::text, 'FAILED'::text, 'CANCELLED'::text])))
);
CREATE INDEX webhook_deliveries_at ON partners.webhook_deliveries USING btree (created_at);
CREATE INDEX webhook_deliveries_claimed ON partners.webhook_deliveries USING btree (endpoint_id, claimed_until) WHERE (claimed_until IS NOT NULL);
CREATE INDEX webhook_deliveries_due ON partners.webhook_deliveries USING btree (endpoint_id, next_attempt_at) WHERE (state = 'PENDING'::text);
CREATE INDEX webhook_deliveries_endpoint ON partners.webhook_deliveries USING btree (org_id, endpoint_id, id);
CREATE INDEX webhook_deliveries_event ON partners.webhook_deliveries USING btree (org_id, event_id);
CREATE INDEX webhook_deliveries_page ON partners.webhook_deliveries USING btree (org_id, id);
CREATE UNIQUE INDEX webhook_deliveries_pending ON partners.webhook_deliveries USING btree (org_id, endpoint_id, event_id) WHERE (state = 'PENDING'::text);
alter table partners.webhook_deliveries enable row level security;
alter table partners.webhook_deliveries force row level security;
create policy webhook_deliveries_own on partners.webhook_deliveries for all to partners_app, partners_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy webhook_deliveries_worker on partners.webhook_deliveries for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.webhook_deliveries to partners_worker;
grant insert, select, update on partners.webhook_deliveries to partners_app;
grant insert, select, update on partners.webhook_deliveries to partners_supervisor;

create table partners.webhook_endpoints (
  id uuid not null,
  org_id uuid not null,
  url text not null,
  description text,
  types text[] default '{}'::text[] not null,
  scheme text not null,
  state text not null,
  state_reason text,
  failing_since timestamp with time zone,
  failures integer default 0 not null,
  paused_until timestamp with time zone,
  version integer default 1 not null,
  created_at timestamp with time zone default now() not null,
  deleted_at timestamp with time zone,
  constraint webhook_endpoints_deleted CHECK (((deleted_at IS NULL) OR (state = 'DISABLED'::text))),
  constraint webhook_endpoints_org_id_fkey FOREIGN KEY (org_id) REFERENCES partners.organisations(id),
  constraint webhook_endpoints_pkey PRIMARY KEY (id),
  constraint webhook_endpoints_scheme_check CHECK ((scheme = ANY (ARRAY['ED25519'::text, 'HMAC'::text]))),
  constraint webhook_endpoints_state_check CHECK ((state = ANY (ARRAY['PENDING'::text, 'ACTIVE'::text, 'PAUSED'::text, 'DISABLED'::text])))
);
CREATE INDEX webhook_endpoints_page ON partners.webhook_endpoints USING btree (org_id, id);
alter table partners.webhook_endpoints enable row level security;
alter table partners.webhook_endpoints force row level security;
create policy webhook_endpoints_own on partners.webhook_endpoints for all to partners_app, partners_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy webhook_endpoints_worker on partners.webhook_endpoints for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.webhook_endpoints to partners_worker;
grant insert, select, update on partners.webhook_endpoints to partners_app;
grant insert, select, update on partners.webhook_endpoints to partners_supervisor;

create table partners.webhook_secrets (
  id uuid not null,
  org_id uuid not null,
  endpoint_id uuid not null,
  scheme text not null,
  public_key text,
  secret_encrypted text not null,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone,
  constraint webhook_secrets_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES partners.webhook_endpoints(id),
  constraint webhook_secrets_pkey PRIMARY KEY (id)
);
CREATE INDEX webhook_secrets_endpoint ON partners.webhook_secrets USING btree (org_id, endpoint_id, id);
alter table partners.webhook_secrets enable row level security;
alter table partners.webhook_secrets force row level security;
create policy webhook_secrets_own on partners.webhook_secrets for all to partners_app, partners_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy webhook_secrets_worker on partners.webhook_secrets for all to partners_worker using (true) with check (true);
grant delete, insert on partners.webhook_secrets to partners_app;
grant delete, insert on partners.webhook_secrets to partners_supervisor;
grant delete, insert, select, update on partners.webhook_secrets to partners_worker;
grant select (created_at, endpoint_id, expires_at, id, org_id, public_key, scheme) on partners.webhook_secrets to partners_app;
grant select (created_at, endpoint_id, expires_at, id, org_id, public_key, scheme) on partners.webhook_secrets to partners_supervisor;
grant update (expires_at) on partners.webhook_secrets to partners_app;
grant update (expires_at) on partners.webhook_secrets to partners_supervisor;

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
alter table partners.consents enable row level security;
alter table partners.consents force row level security;
create policy consents_own on partners.consents for all to partners_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy consents_supervisor on partners.consents for all to partners_supervisor using (true) with check (true);
create policy consents_worker on partners.consents for all to partners_worker using (true) with check (true);
grant delete, insert, select, update on partners.consents to partners_worker;
grant insert, select, update on partners.consents to partners_app;
grant select, update on partners.consents to partners_supervisor;

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

-- What the migrations of product_catalog produce. Made by npm run generate; not to be edited, not to be run.

CREATE OR REPLACE FUNCTION product_catalog.audit_expire()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from gone where at > now() - interval '6 months'
      or id > (select coalesce(max(last_id), 0) from product_catalog.audit_seals where prunes is not null)) then
    raise exception 'permission denied: the audit trail is only ever added to' using errcode = 'insufficient_privilege';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION product_catalog.audit_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'permission denied: the audit trail is only ever added to' using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION product_catalog.ngrams(source text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (SELECT COALESCE(array_agg(DISTINCT tokens.token), '{}'::text[]) AS "coalesce" FROM (SELECT substr(ngrams.source, place.place, 1) AS token FROM generate_series(1, length(ngrams.source)) place(place) UNION ALL SELECT substr(ngrams.source, place.place, 2) AS substr FROM generate_series(1, (length(ngrams.source) - 1)) place(place)) tokens);

CREATE OR REPLACE FUNCTION product_catalog.tenant_table(name text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format('alter table product_catalog.%I enable row level security', name);
  execute format('alter table product_catalog.%I force row level security', name);
  execute format($p$create policy %I on product_catalog.%I to product_catalog_app
    using (org_id = nullif(current_setting('app.org', true), '')::uuid)
    with check (org_id = nullif(current_setting('app.org', true), '')::uuid)$p$, name || '_own', name);
  execute format('create policy %I on product_catalog.%I to product_catalog_supervisor using (true) with check (true)', name || '_supervisor', name);
  execute format('create policy %I on product_catalog.%I to product_catalog_worker using (true) with check (true)', name || '_worker', name);
  execute format('grant select, insert, update on product_catalog.%I to product_catalog_app, product_catalog_supervisor', name);
  execute format('grant select, insert, update, delete on product_catalog.%I to product_catalog_worker', name);
end $function$;

create table product_catalog.audit (
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
comment on table product_catalog.audit is 'internal: the audit trail; services add to it and only the worker reads it';
CREATE INDEX audit_at ON product_catalog.audit USING brin (at);
CREATE INDEX audit_resource ON product_catalog.audit USING btree (resource_id, id);
CREATE TRIGGER audit_expire AFTER DELETE ON product_catalog.audit REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION product_catalog.audit_expire();
CREATE TRIGGER audit_fixed BEFORE UPDATE OR TRUNCATE ON product_catalog.audit FOR EACH STATEMENT EXECUTE FUNCTION product_catalog.audit_refuse();
grant delete, select on product_catalog.audit to product_catalog_worker;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on product_catalog.audit to product_catalog_app;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on product_catalog.audit to product_catalog_supervisor;
grant insert (action, client_id, detail, org_id, request_id, resource, resource_id, role) on product_catalog.audit to product_catalog_worker;

create table product_catalog.audit_seals (
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
comment on table product_catalog.audit_seals is 'internal: the signed chain over the audit trail; only the worker reads and adds to it';
CREATE INDEX audit_seals_at ON product_catalog.audit_seals USING btree (at);
CREATE INDEX audit_seals_prunes ON product_catalog.audit_seals USING btree (prunes, last_id) WHERE (prunes IS NOT NULL);
CREATE TRIGGER audit_seals_fixed BEFORE DELETE OR TRUNCATE ON product_catalog.audit_seals FOR EACH STATEMENT EXECUTE FUNCTION product_catalog.audit_refuse();
CREATE TRIGGER audit_seals_kept BEFORE UPDATE ON product_catalog.audit_seals FOR EACH ROW WHEN ((new.rows IS NOT NULL)) EXECUTE FUNCTION product_catalog.audit_refuse();
grant insert, select on product_catalog.audit_seals to product_catalog_worker;
grant update (rows) on product_catalog.audit_seals to product_catalog_worker;

create table product_catalog.clocks (
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
CREATE INDEX clocks_org ON product_catalog.clocks USING btree (org_id, id);
CREATE INDEX clocks_state ON product_catalog.clocks USING btree (state, id);
CREATE INDEX clocks_subject ON product_catalog.clocks USING btree (subject_id);
alter table product_catalog.clocks enable row level security;
alter table product_catalog.clocks force row level security;
create policy clocks_own on product_catalog.clocks for all to product_catalog_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy clocks_supervisor on product_catalog.clocks for all to product_catalog_supervisor using (true) with check (true);
create policy clocks_worker on product_catalog.clocks for all to product_catalog_worker using (true) with check (true);
grant delete, insert, select, update on product_catalog.clocks to product_catalog_worker;
grant insert, select, update on product_catalog.clocks to product_catalog_app;
grant insert, select, update on product_catalog.clocks to product_catalog_supervisor;

create table product_catalog.data_keys (
  id uuid not null,
  wrapped text not null,
  people text[] default '{}'::text[] not null,
  created_at timestamp with time zone default now() not null,
  constraint data_keys_pkey PRIMARY KEY (id)
);
comment on table product_catalog.data_keys is 'internal: encrypted keys; which of them a caller''s transaction opens, the rows that it sees decide';
CREATE INDEX data_keys_people ON product_catalog.data_keys USING gin (people);
grant delete, insert, select, update on product_catalog.data_keys to product_catalog_worker;
grant insert, select on product_catalog.data_keys to product_catalog_app;
grant insert, select on product_catalog.data_keys to product_catalog_supervisor;

create table product_catalog.dead_letters (
  event_id uuid not null,
  name text not null,
  org_id uuid not null,
  body jsonb not null,
  error text not null,
  parked_at timestamp with time zone default now() not null,
  constraint dead_letters_pkey PRIMARY KEY (event_id)
);
comment on table product_catalog.dead_letters is 'internal: events that could not be applied; nobody but the worker reads it';
grant delete, insert, select on product_catalog.dead_letters to product_catalog_worker;

create table product_catalog.delivery (
  id uuid not null,
  consumer text not null,
  body text not null,
  attempt integer default 1 not null,
  published_at timestamp with time zone default now() not null,
  acked_at timestamp with time zone,
  constraint delivery_pkey PRIMARY KEY (id)
);
comment on table product_catalog.delivery is 'internal: envelopes on their way; nobody but the worker reads it';
CREATE INDEX delivery_held ON product_catalog.delivery USING btree (consumer, id) WHERE (published_at = 'infinity'::timestamp with time zone);
CREATE INDEX delivery_open ON product_catalog.delivery USING btree (published_at) WHERE (acked_at IS NULL);
grant delete, insert, select, update on product_catalog.delivery to product_catalog_worker;

create table product_catalog.due (
  kind text not null,
  aggregate_id uuid not null,
  org_id uuid not null,
  due_at timestamp with time zone not null,
  constraint due_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX due_at ON product_catalog.due USING btree (due_at);
CREATE INDEX due_org ON product_catalog.due USING btree (org_id, due_at);
alter table product_catalog.due enable row level security;
alter table product_catalog.due force row level security;
create policy due_own on product_catalog.due for all to product_catalog_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy due_supervisor on product_catalog.due for all to product_catalog_supervisor using (true) with check (true);
create policy due_worker on product_catalog.due for all to product_catalog_worker using (true) with check (true);
grant delete, insert, select, update on product_catalog.due to product_catalog_app;
grant delete, insert, select, update on product_catalog.due to product_catalog_supervisor;
grant delete, insert, select, update on product_catalog.due to product_catalog_worker;

create table product_catalog.idempotency_keys (
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
CREATE INDEX idempotency_keys_age ON product_catalog.idempotency_keys USING btree (created_at);
alter table product_catalog.idempotency_keys enable row level security;
alter table product_catalog.idempotency_keys force row level security;
create policy idempotency_keys_own on product_catalog.idempotency_keys for all to product_catalog_app, product_catalog_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy idempotency_keys_worker on product_catalog.idempotency_keys for all to product_catalog_worker using (true) with check (true);
grant delete, insert, select on product_catalog.idempotency_keys to product_catalog_worker;
grant insert, select on product_catalog.idempotency_keys to product_catalog_app;
grant insert, select on product_catalog.idempotency_keys to product_catalog_supervisor;

create table product_catalog.inbox (
  event_id uuid not null,
  at timestamp with time zone default now() not null,
  constraint inbox_pkey PRIMARY KEY (event_id)
);
comment on table product_catalog.inbox is 'internal: events that took effect; nobody but the worker reads it';
grant delete, insert, select on product_catalog.inbox to product_catalog_worker;

create table product_catalog.outbox (
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
comment on table product_catalog.outbox is 'internal: events that wait for the relay; nobody but the worker reads it';
grant delete, insert, select, update on product_catalog.outbox to product_catalog_worker;
grant insert on product_catalog.outbox to product_catalog_app;
grant insert on product_catalog.outbox to product_catalog_supervisor;

create table product_catalog.product_imports (
  id uuid not null,
  org_id uuid not null,
  report jsonb not null,
  findings jsonb not null,
  file bytea,
  created_at timestamp with time zone default now() not null,
  constraint product_imports_pkey PRIMARY KEY (id)
);
CREATE INDEX product_imports_page ON product_catalog.product_imports USING btree (org_id, id);
alter table product_catalog.product_imports enable row level security;
alter table product_catalog.product_imports force row level security;
create policy product_imports_own on product_catalog.product_imports for all to product_catalog_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy product_imports_supervisor on product_catalog.product_imports for all to product_catalog_supervisor using (true) with check (true);
create policy product_imports_worker on product_catalog.product_imports for all to product_catalog_worker using (true) with check (true);
grant delete, insert, select, update on product_catalog.product_imports to product_catalog_worker;
grant insert, select, update on product_catalog.product_imports to product_catalog_app;
grant insert, select, update on product_catalog.product_imports to product_catalog_supervisor;

create table product_catalog.product_reports (
  id uuid not null,
  org_id uuid not null,
  product_id uuid not null,
  product_version integer not null,
  reporter_id uuid not null,
  field text,
  text text not null,
  state text not null,
  answer text,
  due_at timestamp with time zone,
  overdue boolean default false not null,
  reported_at timestamp with time zone not null,
  answered_at timestamp with time zone,
  constraint product_reports_check CHECK (((state = 'OPEN'::text) = (answered_at IS NULL))),
  constraint product_reports_check1 CHECK (((state = 'OPEN'::text) OR (answer IS NOT NULL))),
  constraint product_reports_pkey PRIMARY KEY (id),
  constraint product_reports_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'CORRECTED'::text, 'REFUSED'::text])))
);
CREATE INDEX product_reports_page ON product_catalog.product_reports USING btree (org_id, id);
CREATE INDEX product_reports_reporter ON product_catalog.product_reports USING btree (reporter_id, id);
CREATE INDEX product_reports_state ON product_catalog.product_reports USING btree (state, id);
alter table product_catalog.product_reports enable row level security;
alter table product_catalog.product_reports force row level security;
create policy product_reports_own on product_catalog.product_reports for all to product_catalog_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy product_reports_supervisor on product_catalog.product_reports for all to product_catalog_supervisor using (true) with check (true);
create policy product_reports_worker on product_catalog.product_reports for all to product_catalog_worker using (true) with check (true);
grant delete, insert, select, update on product_catalog.product_reports to product_catalog_worker;
grant select on product_catalog.product_reports to product_catalog_supervisor;
grant select, update on product_catalog.product_reports to product_catalog_app;

create table product_catalog.product_versions (
  id uuid not null,
  org_id uuid not null,
  product_id uuid not null,
  version integer not null,
  state text not null,
  content jsonb not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_at timestamp with time zone default now() not null,
  transaction xid8 default pg_current_xact_id() not null,
  constraint product_versions_check CHECK (((valid_to IS NULL) OR (valid_to > valid_from))),
  constraint product_versions_pkey PRIMARY KEY (id)
);
comment on table product_catalog.product_versions is 'public: what was on offer to all; only the owning bank adds its own rows, and nobody changes one';
CREATE INDEX product_versions_feed ON product_catalog.product_versions USING btree (transaction, id);
CREATE UNIQUE INDEX product_versions_product ON product_catalog.product_versions USING btree (product_id, version);
alter table product_catalog.product_versions enable row level security;
alter table product_catalog.product_versions force row level security;
create policy product_versions_add_own on product_catalog.product_versions for insert to product_catalog_app with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy product_versions_read on product_catalog.product_versions for select to product_catalog_app, product_catalog_supervisor, product_catalog_worker using (true);
grant insert, select on product_catalog.product_versions to product_catalog_app;
grant select on product_catalog.product_versions to product_catalog_supervisor;
grant select on product_catalog.product_versions to product_catalog_worker;

create table product_catalog.products (
  id uuid not null,
  org_id uuid not null,
  name text not null,
  description text,
  state text not null,
  version integer default 0 not null,
  region_codes text[],
  industry_codes text[],
  size_classes text[],
  amount_min numeric(15,2),
  amount_max numeric(15,2),
  term_months_min integer,
  term_months_max integer,
  years_in_business_min double precision,
  guarantee_types text[],
  annual_rate_min numeric(8,4),
  annual_rate_max numeric(8,4),
  repayment_modes text[],
  created_at timestamp with time zone default now() not null,
  published_at timestamp with time zone,
  line text default 'LOAN'::text not null,
  external_id text,
  revision integer default 1 not null,
  published_revision integer,
  review_state text,
  review_reason text,
  eligibility_rules jsonb default '{"v": 1, "rules": []}'::jsonb not null,
  rate_quoted_on date,
  terms jsonb default '{}'::jsonb not null,
  cdr jsonb,
  constraint products_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX products_external_id ON product_catalog.products USING btree (org_id, external_id);
CREATE INDEX products_page ON product_catalog.products USING btree (org_id, id);
CREATE INDEX products_review ON product_catalog.products USING btree (review_state, id) WHERE (review_state IS NOT NULL);
CREATE INDEX products_state ON product_catalog.products USING btree (state, id);
alter table product_catalog.products enable row level security;
alter table product_catalog.products force row level security;
create policy products_own on product_catalog.products for all to product_catalog_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy products_supervisor on product_catalog.products for all to product_catalog_supervisor using (true) with check (true);
create policy products_worker on product_catalog.products for all to product_catalog_worker using (true) with check (true);
grant delete, insert, select, update on product_catalog.products to product_catalog_worker;
grant insert, select, update on product_catalog.products to product_catalog_app;
grant insert, select, update on product_catalog.products to product_catalog_supervisor;

create table product_catalog.published_products (
  id uuid not null,
  org_id uuid not null,
  name text not null,
  description text,
  state text not null,
  version integer default 0 not null,
  region_codes text[],
  industry_codes text[],
  size_classes text[],
  amount_min numeric(15,2),
  amount_max numeric(15,2),
  term_months_min integer,
  term_months_max integer,
  years_in_business_min double precision,
  guarantee_types text[],
  annual_rate_min numeric(8,4),
  annual_rate_max numeric(8,4),
  repayment_modes text[],
  created_at timestamp with time zone default now() not null,
  published_at timestamp with time zone,
  line text default 'LOAN'::text not null,
  external_id text,
  revision integer default 1 not null,
  published_revision integer,
  review_state text,
  review_reason text,
  eligibility_rules jsonb default '{"v": 1, "rules": []}'::jsonb not null,
  rate_quoted_on date,
  terms jsonb default '{}'::jsonb not null,
  search_text text generated always as (lower(NORMALIZE(((name || '
'::text) || COALESCE(description, ''::text)), NFKC))) stored,
  tokens text[] generated always as (product_catalog.ngrams(lower(NORMALIZE(((name || '
'::text) || COALESCE(description, ''::text)), NFKC)))) stored,
  body text,
  cdr jsonb,
  constraint published_products_pkey PRIMARY KEY (id)
);
comment on table product_catalog.published_products is 'public: published products are on offer to all; only the owning bank writes its own rows';
CREATE INDEX published_products_amount ON product_catalog.published_products USING btree (COALESCE(amount_max, (0)::numeric), id) WHERE (state = 'PUBLISHED'::text);
CREATE INDEX published_products_name ON product_catalog.published_products USING btree (name COLLATE "C", id) WHERE (state = 'PUBLISHED'::text);
CREATE INDEX published_products_page ON product_catalog.published_products USING btree (id) WHERE (state = 'PUBLISHED'::text);
CREATE INDEX published_products_rate ON product_catalog.published_products USING btree (COALESCE(annual_rate_min, (1000)::numeric), id) WHERE (state = 'PUBLISHED'::text);
CREATE INDEX published_products_tokens ON product_catalog.published_products USING gin (tokens) WITH (fastupdate=off);
alter table product_catalog.published_products enable row level security;
alter table product_catalog.published_products force row level security;
create policy published_products_add_own on product_catalog.published_products for insert to product_catalog_app with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy published_products_change_own on product_catalog.published_products for update to product_catalog_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy published_products_read on product_catalog.published_products for select to product_catalog_app, product_catalog_supervisor, product_catalog_worker using (true);
grant insert, select, update on product_catalog.published_products to product_catalog_app;
grant select on product_catalog.published_products to product_catalog_supervisor;
grant select on product_catalog.published_products to product_catalog_worker;

create table product_catalog.receipts (
  id uuid not null,
  org_id uuid not null,
  document text not null,
  at timestamp with time zone default now() not null,
  constraint receipts_pkey PRIMARY KEY (org_id, id)
);
CREATE INDEX receipts_at ON product_catalog.receipts USING brin (at);
alter table product_catalog.receipts enable row level security;
alter table product_catalog.receipts force row level security;
create policy receipts_own on product_catalog.receipts for all to product_catalog_app, product_catalog_supervisor using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy receipts_worker on product_catalog.receipts for all to product_catalog_worker using (true) with check (true);
grant delete, insert, select on product_catalog.receipts to product_catalog_worker;
grant insert, select on product_catalog.receipts to product_catalog_app;
grant insert, select on product_catalog.receipts to product_catalog_supervisor;

create table product_catalog.reference_copies (
  kind text not null,
  key text not null,
  data jsonb,
  version integer not null,
  constraint reference_copies_pkey PRIMARY KEY (kind, key)
);
comment on table product_catalog.reference_copies is 'public: reference data are known to all';
grant insert, select, update on product_catalog.reference_copies to product_catalog_worker;
grant select on product_catalog.reference_copies to product_catalog_app;
grant select on product_catalog.reference_copies to product_catalog_supervisor;

create table product_catalog.signer_keys (
  org_id uuid not null,
  client_id text not null,
  keys jsonb not null,
  required boolean not null,
  version integer not null,
  constraint signer_keys_pkey PRIMARY KEY (org_id, client_id)
);
alter table product_catalog.signer_keys enable row level security;
alter table product_catalog.signer_keys force row level security;
create policy signer_keys_own on product_catalog.signer_keys for all to product_catalog_app using ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)) with check ((org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid));
create policy signer_keys_supervisor on product_catalog.signer_keys for all to product_catalog_supervisor using (true) with check (true);
create policy signer_keys_worker on product_catalog.signer_keys for all to product_catalog_worker using (true) with check (true);
grant delete, insert, select, update on product_catalog.signer_keys to product_catalog_worker;
grant select on product_catalog.signer_keys to product_catalog_app;
grant select on product_catalog.signer_keys to product_catalog_supervisor;

-- The register of consents. org_id is the recipient, who may know by it; until there is one, the district's intake, which is nobody.
create table partners.consents (
  id uuid primary key,
  org_id uuid not null,
  record_kind text not null,
  record_id uuid not null,
  purpose text not null,
  disclosure text not null,
  given_by text not null,
  -- Null of a consent that was given before the register was there.
  text_version text,
  given_at timestamptz not null,
  valid_until timestamptz,
  disclosed_at timestamptz,
  withdrawn_at timestamptz,
  cause text,
  version int not null default 1,
  constraint consents_withdrawn check ((withdrawn_at is null) = (cause is null))
);
create index consents_page on partners.consents (org_id, id);
create index consents_record on partners.consents (org_id, record_id, id);
create index consents_of_record on partners.consents (record_id, id);
select partners.tenant_table('consents');
revoke insert on partners.consents from partners_supervisor;

-- Reference data as it was imported, for ever: superseded_at ends a row that a later import corrected or withdrew. What was never
-- imported is built in (libs/standards).
create table partners.reference_imports (
  id uuid primary key,
  kind text not null,
  imported_by text not null,
  imported_at timestamptz not null,
  added int not null,
  changed int not null,
  withdrawn int not null,
  note text
);
create index reference_imports_kind on partners.reference_imports (kind, id);
comment on table partners.reference_imports is 'public: who changed reference data when is known to all';
grant select on partners.reference_imports to partners_app, partners_supervisor;
grant insert on partners.reference_imports to partners_supervisor;

create table partners.reference_rows (
  id uuid primary key,
  kind text not null,
  key text not null,
  data jsonb not null,
  import_id uuid not null references partners.reference_imports,
  superseded_at timestamptz,
  superseded_by uuid references partners.reference_imports
);
create unique index reference_rows_current on partners.reference_rows (kind, key) where superseded_at is null;
create index reference_rows_history on partners.reference_rows (kind, key, id);
comment on table partners.reference_rows is 'public: reference data are known to all';
grant select on partners.reference_rows to partners_app, partners_supervisor;
grant insert, update (superseded_at, superseded_by) on partners.reference_rows to partners_supervisor;
create sequence partners.reference_versions as int;
grant usage on sequence partners.reference_versions to partners_supervisor;

-- Gateways ask twice a second which clients were locked lately.
create index api_clients_lately_locked on partners.api_clients (locked_at) where locked_at is not null;

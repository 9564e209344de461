create table partners.organisations (
  id uuid primary key,
  kind text not null,
  -- Rises with every event about the organisation.
  version int not null default 1,
  created_at timestamptz not null default now()
);
create index organisations_kind on partners.organisations (kind, id);
comment on table partners.organisations is 'public: who takes part in the programme is known to all';
grant select on partners.organisations to partners_app, partners_supervisor, partners_worker;
grant insert on partners.organisations to partners_supervisor;
grant update (version) on partners.organisations to partners_supervisor, partners_worker;

-- A name holds from its first day until the day before valid_to. Together they leave no gap and do not overlap:
-- each begins on the day on which the one before it ends, and one of each organisation is open.
create table partners.organisation_names (
  id uuid primary key,
  organisation_id uuid not null references partners.organisations,
  name text not null,
  valid_from date not null,
  valid_to date,
  constraint organisation_names_start_unique unique (organisation_id, valid_from),
  constraint organisation_names_end_unique unique nulls not distinct (organisation_id, valid_to),
  constraint organisation_names_days check (valid_from < valid_to)
);
comment on table partners.organisation_names is 'public: names of organisations are known to all';
grant select on partners.organisation_names to partners_app, partners_supervisor, partners_worker;
grant insert, update (valid_to) on partners.organisation_names to partners_supervisor;

create table partners.outlets (
  id uuid primary key,
  organisation_id uuid not null references partners.organisations,
  name text not null,
  area_code text not null,
  created_at timestamptz not null default now(),
  constraint outlets_name_unique unique (organisation_id, name)
);
comment on table partners.outlets is 'public: outlets of banks are known to all';
grant select on partners.outlets to partners_app, partners_supervisor, partners_worker;
grant insert on partners.outlets to partners_supervisor;

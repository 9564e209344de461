create table harbors.organisation_copies (
  id uuid primary key,
  kind text not null,
  name text not null,
  version int not null
);
comment on table harbors.organisation_copies is 'public: names and kinds of organisations are known to all';
grant select on harbors.organisation_copies to harbors_app, harbors_supervisor;
grant select, insert, update on harbors.organisation_copies to harbors_worker;

create table harbors.outlet_copies (
  id uuid primary key,
  organisation_id uuid not null,
  name text not null,
  area_code text not null
);
comment on table harbors.outlet_copies is 'public: outlets of banks are known to all';
grant select on harbors.outlet_copies to harbors_app, harbors_supervisor;
grant select, insert, update on harbors.outlet_copies to harbors_worker;

-- Numbers are never used again, so they come from a sequence and not from a count.
create sequence harbors.harbor_numbers;
grant usage on sequence harbors.harbor_numbers to harbors_supervisor;

create table harbors.harbors (
  id uuid primary key,
  number text not null constraint harbors_number_unique unique,
  name text not null,
  host_bank_id uuid not null,
  outlet_id uuid not null constraint harbors_outlet_unique unique,
  area_code text not null,
  area_name text not null,
  registered_at timestamptz not null default now()
);
create index harbors_host_bank on harbors.harbors (host_bank_id, id);
comment on table harbors.harbors is 'public: the registry of harbors is the programme''s public face';
grant select on harbors.harbors to harbors_app, harbors_supervisor, harbors_worker;
grant insert on harbors.harbors to harbors_supervisor;

-- Counts over all banks: supervisors alone may read them, since a bank could subtract its own.
create table harbors.harbor_totals (
  harbor_id uuid primary key,
  demand_total int not null default 0,
  approved_total int not null default 0,
  open_issue_total int not null default 0
);
comment on table harbors.harbor_totals is 'internal: counts over all banks; supervisors and the worker alone read them';
grant select on harbors.harbor_totals to harbors_supervisor;
grant select, insert, update on harbors.harbor_totals to harbors_worker;

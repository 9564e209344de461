create table loan_matching.organisation_copies (
  id uuid primary key,
  kind text not null,
  name text not null,
  version int not null
);
comment on table loan_matching.organisation_copies is 'public: names and kinds of organisations are known to all';
grant select on loan_matching.organisation_copies to loan_matching_app, loan_matching_supervisor;
grant select, insert, update on loan_matching.organisation_copies to loan_matching_worker;

create table loan_matching.harbor_copies (
  id uuid primary key,
  number text not null,
  name text not null,
  host_bank_id uuid not null,
  area_code text not null,
  version int not null
);
comment on table loan_matching.harbor_copies is 'public: the registry of harbors is the programme''s public face';
grant select on loan_matching.harbor_copies to loan_matching_app, loan_matching_supervisor;
grant select, insert, update on loan_matching.harbor_copies to loan_matching_worker;

-- A suspension may arrive before the publication it ends: then only the id is known, and the version keeps the late one out.
create table loan_matching.product_copies (
  id uuid primary key,
  bank_id uuid,
  name text,
  eligibility jsonb,
  published boolean not null,
  version int not null
);
comment on table loan_matching.product_copies is 'internal: what is matched against; nobody but the worker reads it';
grant select, insert, update on loan_matching.product_copies to loan_matching_worker;

create table loan_matching.enterprise_copies (
  id uuid primary key,
  region_code text,
  industry_code text,
  size_class text not null,
  established_on date,
  version int not null
);
comment on table loan_matching.enterprise_copies is 'internal: facts of the enterprise master for matching; nobody but the worker reads it';
grant select, insert, update on loan_matching.enterprise_copies to loan_matching_worker;

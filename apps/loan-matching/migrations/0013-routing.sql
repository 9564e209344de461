-- A bank is told when a demand came to it, never when the enterprise began: a later bank would know that there was an earlier one.
alter table loan_matching.demands add column routed_at timestamptz;
-- One demand of an application with each bank, ever. Begins with the holder, so that nobody is refused for what another bank has.
create unique index demands_once_each on loan_matching.demands (org_id, application_id) where bank_id is not null;

-- Since when the enterprise agrees that, when nobody takes it, it goes on to the next fitting bank and then to the pool, unasked.
alter table loan_matching.applications add column onward_consent_at timestamptz;
grant update (onward_consent_at) on loan_matching.applications to loan_matching_worker, loan_matching_supervisor;

-- The open pool (线上对接会, H-103): what a bank may read of an application that any may take. org_id is the intake: the database shows
-- it to no bank, the service shows what is anonymous in it to those that did not have it before.
create table loan_matching.pool_entries (
  id uuid primary key,
  org_id uuid not null,
  application_id uuid not null references loan_matching.applications (id),
  kind text not null,
  amount numeric(13, 2) not null,
  term_months int not null,
  purpose text not null,
  guarantee_types text[] not null,
  -- As coarse as a district, and two digits of the industry.
  region_code text,
  industry_code text,
  size_class text not null,
  -- Banks that had it: they are shown it no more.
  had_by uuid[] not null,
  listed_at timestamptz not null,
  closes_at timestamptz,
  closed_at timestamptz,
  taken_by uuid,
  check (taken_by is null or closed_at is not null)
);
create index pool_entries_open on loan_matching.pool_entries (org_id, id) where closed_at is null;
create unique index pool_entries_once on loan_matching.pool_entries (org_id, application_id) where closed_at is null;
create index pool_entries_application on loan_matching.pool_entries (application_id, id);
select loan_matching.tenant_table('pool_entries');
revoke insert, update on loan_matching.pool_entries from loan_matching_app, loan_matching_supervisor;

-- Other terms that a bank proposes. Its words are for the enterprise; what it proposed stays.
create table loan_matching.counter_offers (
  id uuid primary key,
  org_id uuid not null,
  demand_id uuid not null references loan_matching.demands (id),
  amount numeric(13, 2) not null check (amount > 0),
  term_months int not null check (term_months > 0),
  annual_rate numeric(6, 4),
  text text not null,
  offered_at timestamptz not null,
  answer text check (answer in ('TAKEN', 'DECLINED', 'RETRACTED')),
  answered_at timestamptz,
  check ((answer is null) = (answered_at is null))
);
create index counter_offers_of_demand on loan_matching.counter_offers (org_id, demand_id, id);
create index counter_offers_of_any_demand on loan_matching.counter_offers (demand_id, id);
create unique index counter_offers_open on loan_matching.counter_offers (org_id, demand_id) where answer is null;
select loan_matching.tenant_table('counter_offers');
revoke insert, update on loan_matching.counter_offers from loan_matching_supervisor;
revoke update on loan_matching.counter_offers from loan_matching_app, loan_matching_worker;
grant update (answer, answered_at) on loan_matching.counter_offers to loan_matching_app, loan_matching_worker;
revoke delete on loan_matching.counter_offers from loan_matching_worker;

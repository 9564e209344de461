-- What became of demands, as loan-matching tells it: one row for each stage of each demand, so that a stage counts once in whatever
-- order, however often and by whichever event it is told. org_id is the bank.
create table enterprise_lists.demand_progress (
  org_id uuid not null,
  demand_id uuid not null,
  stage text not null,
  referral_id uuid,
  enterprise_id uuid not null,
  amount numeric,
  reason_code text,
  told_at timestamptz not null default now(),
  primary key (org_id, demand_id, stage)
);
comment on table enterprise_lists.demand_progress is 'internal: what the worker has counted; nobody else reads it';
grant select, insert, update on enterprise_lists.demand_progress to enterprise_lists_worker;

-- Beside approved_count (授信) and declined_count. Amounts are sums in yuan, over all banks.
alter table enterprise_lists.list_entries
  add column docked_count int not null default 0, add column lent_count int not null default 0,
  add column credited_amount numeric not null default 0, add column lent_amount numeric not null default 0;

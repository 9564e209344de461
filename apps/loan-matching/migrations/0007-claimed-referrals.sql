-- A demand also comes from a referral that its bank claimed: then there is no loan code, harbor, product or secret, the amount and
-- the rest are what the list states, and the name what the enterprise master tells, which may come later.
alter table loan_matching.demands
  add column source text not null default 'LOAN_CODE' check (source in ('LOAN_CODE', 'REFERRAL')),
  add column referral_id uuid,
  add column list_entry_id uuid,
  alter column loan_code_id drop not null,
  alter column harbor_id drop not null,
  alter column amount drop not null,
  alter column term_months drop not null,
  alter column purpose drop not null,
  alter column enterprise_name drop not null,
  alter column credit_code drop not null,
  alter column consent_id drop not null,
  alter column access_secret_hash drop not null,
  drop constraint demands_check,
  drop constraint demands_state_check,
  add constraint demands_state_check check (state in ('SUBMITTED', 'ROUTED', 'ACCEPTED', 'APPROVED', 'REJECTED', 'WITHDRAWN')),
  add constraint demands_whole check (case source
    when 'LOAN_CODE' then num_nulls(loan_code_id, harbor_id, amount, term_months, purpose, enterprise_name, credit_code, consent_id, access_secret_hash) = 0
      and referral_id is null and (state = 'SUBMITTED' or (bank_id = org_id and product_id is not null))
    else referral_id is not null and list_entry_id is not null and bank_id = org_id and state not in ('SUBMITTED', 'ROUTED') end),
  -- One consent of an enterprise may cover every bank that claims it.
  drop constraint demands_consent_unique;
create index demands_consent on loan_matching.demands (org_id, consent_id);
create index demands_of_consent on loan_matching.demands (consent_id);
create unique index demands_referral on loan_matching.demands (org_id, referral_id);
create index demands_source_page on loan_matching.demands (org_id, source, id);
create index demands_source on loan_matching.demands (source, id);
create index demands_nameless on loan_matching.demands (enterprise_id) where enterprise_name is null;

-- What became of a demand after the bank took it on, each stage once. org_id is the bank.
create table loan_matching.demand_progress (
  id uuid primary key,
  org_id uuid not null,
  demand_id uuid not null references loan_matching.demands (id),
  stage text not null check (stage in ('DOCKED', 'CREDITED', 'LENT', 'ENDED')),
  amount numeric(13, 2) check (amount > 0),
  reason_code text,
  reason_text text,
  at timestamptz not null,
  constraint demand_progress_once unique (org_id, demand_id, stage),
  check ((amount is not null) = (stage in ('CREDITED', 'LENT'))),
  check (reason_code is not null or stage <> 'ENDED')
);
create index demand_progress_of_demand on loan_matching.demand_progress (demand_id);
select loan_matching.tenant_table('demand_progress');
revoke update on loan_matching.demand_progress from loan_matching_app, loan_matching_supervisor, loan_matching_worker;
revoke delete on loan_matching.demand_progress from loan_matching_worker;
revoke insert on loan_matching.demand_progress from loan_matching_supervisor;

-- Referrals that were recalled before their claim was told: no demand is made of them.
create table loan_matching.recalled_referrals (referral_id uuid primary key, recalled_at timestamptz not null default now());
comment on table loan_matching.recalled_referrals is 'internal: what the worker makes no demand of; nobody else reads it';
grant select, insert on loan_matching.recalled_referrals to loan_matching_worker;

-- The copy holds what demands and the ledgers need of an enterprise; the worker alone reads it still.
alter table loan_matching.enterprise_copies
  add column name text,
  add column kind text,
  add column is_private boolean,
  add column outside_reason text,
  add column tags text[];

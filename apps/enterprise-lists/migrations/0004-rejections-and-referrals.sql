create table enterprise_lists.list_rejections (
  id uuid primary key,
  org_id uuid not null,
  push_list_id uuid not null references enterprise_lists.push_lists (id),
  row_number int not null,
  field text,
  rule text not null,
  message text not null,
  value text
);
create index list_rejections_list on enterprise_lists.list_rejections (org_id, push_list_id, id);
select enterprise_lists.tenant_table('list_rejections');
revoke insert, update on enterprise_lists.list_rejections from enterprise_lists_app, enterprise_lists_supervisor;

-- org_id is the bank that a list was sent to.
create table enterprise_lists.dispatches (
  id uuid primary key,
  org_id uuid not null,
  push_list_id uuid not null references enterprise_lists.push_lists (id),
  channel text not null,
  dispatched_at timestamptz not null,
  constraint dispatches_once unique (org_id, push_list_id, channel)
);
select enterprise_lists.tenant_table('dispatches');
revoke insert, update on enterprise_lists.dispatches from enterprise_lists_app;

-- One row of a list given to one bank (org_id). Facts are those of the day.
create table enterprise_lists.referrals (
  id uuid primary key,
  org_id uuid not null,
  push_list_id uuid not null,
  dispatch_id uuid not null,
  entry_id uuid not null,
  enterprise_id uuid not null,
  channel text not null,
  state text not null,
  region_code text,
  industry_code text,
  size_class text not null,
  established_year int,
  capital_band text,
  good_prospects boolean,
  strong_demand boolean,
  sound_credit boolean,
  demand_amount numeric,
  demand_term_months int,
  demand_purpose text,
  guarantee_type text,
  reason_code text,
  reason_text text,
  loan_outcome text,
  loan_reason_code text,
  delivered_at timestamptz not null,
  acknowledged_at timestamptz,
  claimed_at timestamptz,
  answered_at timestamptz,
  constraint referrals_once unique (org_id, entry_id)
);

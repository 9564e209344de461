create table enterprise_lists.push_lists (
  id uuid primary key,
  org_id uuid not null,
  title text not null,
  period text not null,
  state text not null,
  encoding text not null,
  file_sha256 text not null,
  row_count int not null,
  accepted_count int not null,
  rejected_count int not null,
  bank_count int not null default 0,
  warnings jsonb not null,
  return_reason text,
  submitted_at timestamptz not null,
  reviewed_at timestamptz
);
create index push_lists_org on enterprise_lists.push_lists (org_id, id);
create index push_lists_org_state on enterprise_lists.push_lists (org_id, state, id);
select enterprise_lists.tenant_table('push_lists');

-- What the department wrote, never changed; what became of it, as counts over all banks.
create table enterprise_lists.list_entries (
  id uuid primary key,
  org_id uuid not null,
  push_list_id uuid not null references enterprise_lists.push_lists (id),
  row_number int not null,
  enterprise_id uuid not null references enterprise_lists.enterprises (id),
  credit_code text not null,
  name text not null,
  source text,
  good_prospects boolean,
  strong_demand boolean,
  sound_credit boolean,
  demand_amount numeric,
  demand_term_months int,
  demand_purpose text,
  guarantee_type text,
  acknowledged_count int not null default 0,
  claimed_count int not null default 0,
  no_need_count int not null default 0,
  unreachable_count int not null default 0,
  rejected_count int not null default 0,
  approved_count int not null default 0,
  declined_count int not null default 0
);
create index list_entries_list on enterprise_lists.list_entries (org_id, push_list_id, id);
create index list_entries_enterprise on enterprise_lists.list_entries (org_id, enterprise_id);
select enterprise_lists.tenant_table('list_entries');

-- Lists are written by the import, as worker, and reviewed by supervisors.
revoke insert, update on enterprise_lists.push_lists, enterprise_lists.list_entries from enterprise_lists_app;
revoke insert on enterprise_lists.push_lists from enterprise_lists_supervisor;
revoke insert, update on enterprise_lists.list_entries from enterprise_lists_supervisor;

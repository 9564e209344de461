-- The cultivation ledger (培育台账): org_id is the responsible department, or the intake while there is none. Banks see none of it.
create table loan_matching.cultivation_entries (
  id uuid primary key,
  org_id uuid not null,
  enterprise_id uuid not null,
  enterprise_name text,
  -- The row of a list that was rejected; null where a demand came through a loan code.
  list_entry_id uuid,
  source text not null check (source in ('REFERRAL', 'DEMAND')),
  reason_code text not null,
  category text references loan_matching.cultivation_categories (code),
  state text not null check (state in ('OPEN', 'IN_PROGRESS', 'REPAIRED', 'RE_RECOMMENDED', 'CLOSED')),
  measure text,
  result text check (result is not null or state not in ('REPAIRED', 'RE_RECOMMENDED', 'CLOSED')),
  version int not null default 1,
  opened_at timestamptz not null,
  changed_at timestamptz not null
);
create index cultivation_entries_page on loan_matching.cultivation_entries (org_id, id);
create index cultivation_entries_enterprise on loan_matching.cultivation_entries (enterprise_id, id);
select loan_matching.tenant_table('cultivation_entries');
revoke insert on loan_matching.cultivation_entries from loan_matching_app, loan_matching_supervisor;

-- The rejections behind an entry, each once, org_id the bank: told to those who oversee banks, and to no department.
create table loan_matching.cultivation_causes (
  id uuid primary key,
  org_id uuid not null,
  cultivation_id uuid not null references loan_matching.cultivation_entries (id),
  -- The referral or the demand that was rejected.
  rejected_id uuid not null,
  reason_code text not null,
  reason_text text,
  at timestamptz not null,
  constraint cultivation_causes_once unique (org_id, rejected_id)
);
create index cultivation_causes_of_entry on loan_matching.cultivation_causes (cultivation_id, id);
select loan_matching.tenant_table('cultivation_causes');
revoke insert, update on loan_matching.cultivation_causes from loan_matching_app, loan_matching_supervisor;

-- What an entry was at each time, so that the ledger can be read as of any day. org_id is who was responsible then.
create table loan_matching.cultivation_steps (
  id uuid primary key,
  org_id uuid not null,
  cultivation_id uuid not null references loan_matching.cultivation_entries (id),
  state text not null,
  category text,
  measure text,
  result text,
  by text not null,
  at timestamptz not null
);
create index cultivation_steps_of_org on loan_matching.cultivation_steps (org_id, cultivation_id, id);
create index cultivation_steps_of_entry on loan_matching.cultivation_steps (cultivation_id, id);
select loan_matching.tenant_table('cultivation_steps');
revoke update on loan_matching.cultivation_steps from loan_matching_app, loan_matching_supervisor, loan_matching_worker;
revoke delete on loan_matching.cultivation_steps from loan_matching_worker;

-- The enterprise's side of a demand (融资申请): one application, whatever number of banks it goes to. org_id is the intake for ever, so that
-- no bank sees it; a bank sees its own row in demands alone. What names the enterprise stands in demands, under the rules there.
create table loan_matching.applications (
  id uuid primary key, org_id uuid not null, version int not null default 1,
  state text not null check (state in ('UNVERIFIED', 'SUBMITTED', 'ROUTED', 'POOLED', 'ACCEPTED', 'ACTION_REQUIRED', 'APPROVED', 'EXHAUSTED',
    'FUNDED', 'WITHDRAWN', 'CUSTOMER_DECLINED', 'CLOSED')),
  mode text not null default 'MATCH_FIRST' check (mode in ('DESIGNATED', 'MATCH_FIRST', 'OPEN_POOL')),
  round int not null default 1,
  source text not null check (source in ('LOAN_CODE', 'REFERRAL', 'STAFF', 'GRID', 'BATCH')),
  applicant_kind text not null default 'ENTERPRISE',
  access_secret_hash text,
  -- Of a natural person, sealed to this row; its number opens nothing and no bank is told it.
  resident_id_encrypted text,
  -- Null for a natural person.
  enterprise_id uuid,
  verification text not null default 'VERIFIED' check (verification in ('VERIFIED', 'ABSENT', 'NAME_MISMATCH', 'OUTSIDE', 'PERSON', 'BY_SUPERVISOR', 'REFUSED')),
  -- What the enterprise chose while it was not verified yet: it goes there as soon as it is.
  chosen_product_ids uuid[],
  -- 首问负责人 (H-100): whoever took the application down. Never changed: no role may update these.
  first_responder text, responder_org_id uuid,
  harbor_id uuid, loan_code_id uuid, grid_place text, client_ref text,
  green_channel boolean not null default false, relief boolean not null default false, jobs int check (jobs >= 0),
  -- The loan that a renewal renews ends on this day.
  matures_on date,
  -- Kinds of documents that the applicant has.
  documents text[] not null default '{}',
  -- What it was matched with, without personal data.
  facts jsonb not null default '{}',
  catalogue_version bigint, ranking_version int,
  reason_code text, reason_text text, submitted_at timestamptz not null, closed_at timestamptz,
  check (client_ref is null or responder_org_id is not null)
);
-- A harbor that was offline sends its batch again: what came in comes in once.
create unique index applications_client on loan_matching.applications (responder_org_id, client_ref) where client_ref is not null;
create index applications_page on loan_matching.applications (org_id, id);
create index applications_state on loan_matching.applications (state, id);
create index applications_responder on loan_matching.applications (responder_org_id, id);
create index applications_enterprise on loan_matching.applications (enterprise_id, id);
create index applications_green on loan_matching.applications (submitted_at) where green_channel;
select loan_matching.tenant_table('applications');
revoke insert, update on loan_matching.applications from loan_matching_app, loan_matching_supervisor;
revoke update on loan_matching.applications from loan_matching_worker;
grant update (version, state, mode, round, verification, chosen_product_ids, documents, facts, catalogue_version, ranking_version,
  reason_code, reason_text, closed_at, resident_id_encrypted) on loan_matching.applications to loan_matching_worker, loan_matching_supervisor;

-- A demand is one application with one bank. The first has the id of its application; every further one names it.
alter table loan_matching.demands
  add column further_of uuid, add column green_channel boolean not null default false,
  add column application_id uuid not null generated always as (coalesce(further_of, id)) stored,
  -- A natural person has neither, and whoever comes through the staff of a harbor no code.
  drop constraint demands_whole,
  add constraint demands_whole check (case source
    when 'LOAN_CODE' then num_nulls(harbor_id, amount, term_months, purpose, consent_id) = 0 and referral_id is null and (bank_id is null or bank_id = org_id)
    else referral_id is not null and list_entry_id is not null and bank_id = org_id and state not in ('SUBMITTED', 'ROUTED') end),
  drop constraint demands_state_check,
  add constraint demands_state_check check (state in ('SUBMITTED', 'ROUTED', 'ACCEPTED', 'CONTACTED', 'DUE_DILIGENCE', 'ACTION_REQUIRED', 'COUNTER_OFFERED',
    'APPROVED', 'CONTRACTED', 'DISBURSED', 'CLOSED', 'REJECTED', 'CUSTOMER_DECLINED', 'WITHDRAWN', 'EXPIRED', 'LOST')),
  no force row level security;
create index demands_application_page on loan_matching.demands (org_id, application_id);
create index demands_application on loan_matching.demands (application_id, id);

-- Every demand of today is an application.
alter table loan_matching.applications no force row level security;
insert into loan_matching.applications (id, org_id, state, mode, source, access_secret_hash, enterprise_id, harbor_id, loan_code_id, submitted_at)
select id, '00000000-0000-4000-8000-000000000001', case state when 'REJECTED' then 'CLOSED' else state end,
  case source when 'REFERRAL' then 'DESIGNATED' else 'MATCH_FIRST' end, source, access_secret_hash, enterprise_id, harbor_id, loan_code_id, submitted_at
from loan_matching.demands;
alter table loan_matching.demands force row level security;
alter table loan_matching.applications force row level security;

-- Special groups are counted and not kept with the application that names them: how many a day, for supervisors.
create table loan_matching.special_group_counts (
  day date not null, special_group text not null, count int not null, primary key (day, special_group)
);
comment on table loan_matching.special_group_counts is 'internal: counts without persons, for supervisors';
grant select on loan_matching.special_group_counts to loan_matching_supervisor;
grant select, insert, update on loan_matching.special_group_counts to loan_matching_worker;

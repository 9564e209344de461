-- How demands end and wait. Old replicas know neither, and write neither state that needs them.
alter table loan_matching.demands
  -- Why it ended without a loan: a code of the taxonomy, and words for the other side.
  add column end_reason_code text,
  add column end_reason_text text,
  -- What it goes back to when the other side answered.
  add column resume_state text,
  -- Refused before it was accepted: that bank never knew the enterprise.
  add column declined boolean not null default false,
  add constraint demands_end_reason check (state not in ('CUSTOMER_DECLINED', 'EXPIRED') or (end_reason_code is not null and end_reason_text is not null)),
  add constraint demands_resume check (state not in ('ACTION_REQUIRED', 'COUNTER_OFFERED') or resume_state is not null),
  no force row level security;
alter table loan_matching.decisions no force row level security;
update loan_matching.demands d set end_reason_code = c.reason_code, end_reason_text = c.reason_text
from loan_matching.decisions c where c.demand_id = d.id and c.org_id = d.org_id and c.outcome = 'REJECTED' and d.state = 'REJECTED';
update loan_matching.demands set end_reason_code = 'RECALLED', end_reason_text = '推荐单位撤回该名单行。' where state = 'WITHDRAWN';
alter table loan_matching.decisions force row level security;
alter table loan_matching.demands force row level security;

-- What a bank asks the enterprise while it works on a demand, and the answer. Both may name people, and are sealed to the row.
create table loan_matching.demand_questions (
  id uuid primary key,
  org_id uuid not null,
  demand_id uuid not null references loan_matching.demands (id),
  application_id uuid not null,
  question_encrypted text not null,
  -- Kinds of documents that are asked for.
  documents text[] not null default '{}',
  asked_at timestamptz not null,
  answer_encrypted text,
  answered_at timestamptz,
  retracted_at timestamptz,
  check (answered_at is null or retracted_at is null)
);
create index demand_questions_of_demand on loan_matching.demand_questions (org_id, demand_id, id);
create index demand_questions_of_application on loan_matching.demand_questions (application_id, id);
-- One at a time: what is to be answered is never in doubt.
create unique index demand_questions_open on loan_matching.demand_questions (org_id, demand_id) where answered_at is null and retracted_at is null;
select loan_matching.tenant_table('demand_questions');
revoke insert, update on loan_matching.demand_questions from loan_matching_supervisor;

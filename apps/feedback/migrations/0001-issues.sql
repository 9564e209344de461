create table feedback.harbor_copies (
  id uuid primary key,
  host_bank_id uuid not null,
  version int not null
);
comment on table feedback.harbor_copies is 'public: the registry of harbors is the programme''s public face';
grant select on feedback.harbor_copies to feedback_app, feedback_supervisor;
grant select, insert, update on feedback.harbor_copies to feedback_worker;

-- A financing issue belongs to the host bank of the harbor where it was registered. What people wrote may name people,
-- so all of it is encrypted.
create table feedback.issues (
  id uuid primary key,
  org_id uuid not null,
  harbor_id uuid not null,
  nature text not null,
  channel text not null,
  state text not null,
  title_encrypted text not null,
  text_encrypted text not null,
  registrant_name_encrypted text not null,
  registrant_phone_encrypted text not null,
  access_secret_hash text not null,
  registered_by_bank boolean not null,
  registered_at timestamptz not null,
  acknowledge_by timestamptz,
  bank_acknowledged_at timestamptz,
  branch_acknowledged_at timestamptz,
  bank_acknowledgement_overdue boolean not null default false,
  branch_acknowledgement_overdue boolean not null default false,
  answer_by timestamptz,
  answer_overdue boolean not null default false,
  reply_encrypted text,
  replied_at timestamptz,
  closed_at timestamptz
);
create index issues_page on feedback.issues (org_id, id);
create index issues_harbor on feedback.issues (org_id, harbor_id, id);
select feedback.tenant_table('issues');

-- Who did what when; rows are only ever added. org_id is the issue's, actor_id whoever acted, null for the registrant and for clocks.
create table feedback.issue_trail (
  id uuid primary key,
  org_id uuid not null,
  issue_id uuid not null,
  action text not null,
  actor_id uuid,
  note_encrypted text,
  at timestamptz not null
);
create index issue_trail_issue on feedback.issue_trail (org_id, issue_id, id);
select feedback.tenant_table('issue_trail');
revoke update, delete on feedback.issue_trail from feedback_app, feedback_supervisor, feedback_worker;

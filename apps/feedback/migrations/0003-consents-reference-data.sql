-- Since when the registrant's consent holds no more: from then on the bank is not told who it is.
alter table feedback.issues add column consent_withdrawn_at timestamptz;

-- Reference data as partners imports it. A row without data was withdrawn.
create table feedback.reference_copies (
  kind text not null,
  key text not null,
  data jsonb,
  version int not null,
  primary key (kind, key)
);
comment on table feedback.reference_copies is 'public: reference data are known to all';
grant select on feedback.reference_copies to feedback_app, feedback_supervisor;
grant select, insert, update on feedback.reference_copies to feedback_worker;

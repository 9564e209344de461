-- Since when the enterprise's consent holds no more: from then on no bank is told who it is.
alter table loan_matching.demands add column consent_withdrawn_at timestamptz;

-- Reference data as partners imports it. A row without data was withdrawn.
create table loan_matching.reference_copies (
  kind text not null,
  key text not null,
  data jsonb,
  version int not null,
  primary key (kind, key)
);
comment on table loan_matching.reference_copies is 'public: reference data are known to all';
grant select on loan_matching.reference_copies to loan_matching_app, loan_matching_supervisor;
grant select, insert, update on loan_matching.reference_copies to loan_matching_worker;

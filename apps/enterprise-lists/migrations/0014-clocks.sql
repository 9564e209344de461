-- What clocks go by: the calendar and the terms that were imported at partners.
create table enterprise_lists.reference_copies (
  kind text not null,
  key text not null,
  data jsonb,
  version int not null,
  primary key (kind, key)
);
comment on table enterprise_lists.reference_copies is 'public: reference data are known to all';
grant select on enterprise_lists.reference_copies to enterprise_lists_app, enterprise_lists_supervisor;
grant select, insert, update on enterprise_lists.reference_copies to enterprise_lists_worker;

-- Clocks are started and stopped by the worker alone; banks and supervisors read them.
revoke insert, update on enterprise_lists.clocks from enterprise_lists_app, enterprise_lists_supervisor;

-- When the bank's decision on what it claimed was told: the clock of the decision stops then.
alter table enterprise_lists.referrals add column loan_decided_at timestamptz;

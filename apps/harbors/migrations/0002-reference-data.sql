-- Reference data as partners imports it. A row without data was withdrawn.
create table harbors.reference_copies (
  kind text not null,
  key text not null,
  data jsonb,
  version int not null,
  primary key (kind, key)
);
comment on table harbors.reference_copies is 'public: reference data are known to all';
grant select on harbors.reference_copies to harbors_app, harbors_supervisor;
grant select, insert, update on harbors.reference_copies to harbors_worker;

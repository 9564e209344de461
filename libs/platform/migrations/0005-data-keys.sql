-- The keys of personal data, one for each record of a person, encrypted with the field keys (ADR 20). `people` are keyed fingerprints
-- of the phone numbers and mail addresses by which the person can be found. Whoever loses a row loses the data, for good.
create table {schema}.data_keys (
  id uuid primary key,
  wrapped text not null,
  people text[] not null default '{}',
  created_at timestamptz not null default now()
);
create index data_keys_people on {schema}.data_keys using gin (people);
comment on table {schema}.data_keys is 'internal: encrypted keys; which of them a caller''s transaction opens, the rows that it sees decide';
grant select, insert on {schema}.data_keys to {schema}_app, {schema}_supervisor;
grant select, insert, update, delete on {schema}.data_keys to {schema}_worker;

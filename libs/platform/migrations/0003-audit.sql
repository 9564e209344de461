-- The audit trail is sealed: each seal lists the committed rows that no seal before it listed, with the hash of each, and is
-- chained to the seal before and signed. A seal may cover rows out of order: every row up to `low` is in this seal or an earlier
-- one, and so are those of `above`. What is too old is deleted by whole seals, which a seal of its own says (`prunes`: up to which
-- seal); the list of rows goes with them, and the seal stays.
create table {schema}.audit_seals (
  number bigint primary key,
  at timestamptz not null,
  first_id bigint,
  last_id bigint,
  count int not null,
  total bigint not null,
  low bigint not null,
  above int8multirange not null,
  prunes bigint,
  rows bytea,
  digest bytea not null,
  prev bytea not null,
  root bytea not null,
  key_id text not null,
  signature bytea not null
);
create index audit_seals_prunes on {schema}.audit_seals (prunes, last_id) where prunes is not null;
create index audit_seals_at on {schema}.audit_seals (at);
comment on table {schema}.audit_seals is 'internal: the signed chain over the audit trail; only the worker reads and adds to it';
comment on column {schema}.audit_seals.rows is 'of each row its id (8 bytes) and the hash of what it says (32 bytes); null once they are deleted';
grant select, insert, update (rows) on {schema}.audit_seals to {schema}_worker;

-- Nobody but the database says which number a row has and when it was written.
revoke insert on {schema}.audit from {schema}_app, {schema}_supervisor, {schema}_worker;
grant insert (role, org_id, client_id, action, resource, resource_id, detail, request_id) on {schema}.audit
  to {schema}_app, {schema}_supervisor, {schema}_worker;
grant delete on {schema}.audit to {schema}_worker;
create index audit_resource on {schema}.audit (resource_id, id);
create index audit_at on {schema}.audit using brin (at);

create function {schema}.audit_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'permission denied: the audit trail is only ever added to' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_fixed before update or truncate on {schema}.audit for each statement execute function {schema}.audit_refuse();
create trigger audit_seals_fixed before delete or truncate on {schema}.audit_seals for each statement execute function {schema}.audit_refuse();
create trigger audit_seals_kept before update on {schema}.audit_seals for each row when (new.rows is not null)
  execute function {schema}.audit_refuse();

-- The one way out: at least six months old, and covered by a seal that says so.
create function {schema}.audit_expire() returns trigger language plpgsql as $$
begin
  if exists (select from gone where at > now() - interval '6 months'
      or id > (select coalesce(max(last_id), 0) from {schema}.audit_seals where prunes is not null)) then
    raise exception 'permission denied: the audit trail is only ever added to' using errcode = 'insufficient_privilege';
  end if;
  return null;
end $$;
create trigger audit_expire after delete on {schema}.audit referencing old table as gone for each statement
  execute function {schema}.audit_expire();

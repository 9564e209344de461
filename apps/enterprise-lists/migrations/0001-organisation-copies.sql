create table enterprise_lists.organisation_copies (
  id uuid primary key,
  kind text not null,
  name text not null,
  version int not null
);
comment on table enterprise_lists.organisation_copies is 'public: names and kinds of organisations are known to all';
grant select on enterprise_lists.organisation_copies to enterprise_lists_app, enterprise_lists_supervisor;
grant select, insert, update on enterprise_lists.organisation_copies to enterprise_lists_worker;

-- A UUID version 7 (RFC 9562) for rows that one statement makes by the thousand. PostgreSQL has its own from 18 on only.
create function enterprise_lists.new_id() returns uuid language sql volatile as $$
  select encode(set_bit(set_bit(overlay(
    uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6
  ), 52, 1), 53, 1), 'hex')::uuid
$$;

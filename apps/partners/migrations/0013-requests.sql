-- One row per request of the gateway, for a month, so that support finds it by the id that the answer carried. The id tells its time.
-- Read by id alone; whoever is no administrator sees only what its own organisation asked.
create table partners.requests (
  id uuid primary key,
  org_id uuid,
  client_id uuid,
  role text not null,
  method text not null,
  route text not null,
  service text,
  status smallint not null,
  code text,
  ms int not null
);
comment on table partners.requests is 'internal: a record of each request; nobody but the worker reads it';
grant select, insert, update, delete on partners.requests to partners_worker;

-- How often each client used something that goes away, day by day. Without a client: people, and whoever came without a token.
create table partners.deprecation_uses (
  org_id uuid not null,
  element text not null,
  client_id uuid not null,
  day date not null,
  uses int not null,
  primary key (org_id, element, client_id, day)
);
select partners.tenant_table('deprecation_uses');
revoke insert, update on partners.deprecation_uses from partners_app, partners_supervisor;

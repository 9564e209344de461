-- A client authenticates with one of its keys; a sandbox client with a secret, which is what every client had until now.
alter table partners.api_clients alter column secret_hash drop not null;
-- The default is for replicas of the version before, whose clients have a secret.
alter table partners.api_clients add column sandbox boolean not null default true;
-- Public keys (JWK) with their names in `kid`, the latest last.
alter table partners.api_clients add column keys jsonb;
-- What its tokens are bound to: DPOP, a key of its own choice; CERTIFICATE, the one that it shows on TLS. A sandbox client's to nothing.
alter table partners.api_clients add column sender_constraint text;
alter table partners.api_clients add constraint api_clients_authentication check (
  case when sandbox then secret_hash is not null and keys is null and sender_constraint is null
       else secret_hash is null and jsonb_array_length(keys) > 0 and sender_constraint in ('DPOP', 'CERTIFICATE') end);

-- Names of assertions and proofs of possession that were used: each is good once.
create table partners.used_jtis (
  client_id uuid not null,
  -- SHA-256 of the name, which may be long.
  jti text not null,
  expires_at timestamptz not null,
  primary key (client_id, jti)
);
create index used_jtis_expiry on partners.used_jtis (expires_at);
comment on table partners.used_jtis is 'internal: what the token endpoint must not take twice; nobody but the worker reads it';
grant select, insert, update, delete on partners.used_jtis to partners_worker;

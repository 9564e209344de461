create table partners.api_clients (
  id uuid primary key,
  org_id uuid not null references partners.organisations,
  name text not null,
  role text not null,
  -- SHA-256 of 256 random bits; the secret itself is shown once and kept nowhere.
  secret_hash text not null,
  created_at timestamptz not null default now(),
  locked_at timestamptz
);
create index api_clients_org on partners.api_clients (org_id, id);
select partners.tenant_table('api_clients');

create table partners.signing_keys (
  kid text primary key,
  public_jwk jsonb not null,
  private_jwk_encrypted text not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);
comment on table partners.signing_keys is 'internal: keys that sign access tokens; nobody but the worker reads it';
grant select, insert, update (retired_at) on partners.signing_keys to partners_worker;

-- Public keys (JWK) with which a client signs the bodies of its requests. Others than those it authenticates with: they may be of
-- other kinds (SM2), and what they sign is shown to others years later.
create table partners.signature_keys (
  client_id uuid not null references partners.api_clients,
  org_id uuid not null references partners.organisations,
  keys jsonb not null,
  required boolean not null default false,
  version int not null default 1,
  primary key (org_id, client_id)
);
select partners.tenant_table('signature_keys');

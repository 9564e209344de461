-- Like tenant_table, but supervisors too see only what is their own organisation's: what a partner is told is no business of theirs.
create function partners.own_table(name text) returns void language plpgsql as $$
begin
  execute format('alter table partners.%I enable row level security', name);
  execute format('alter table partners.%I force row level security', name);
  execute format($p$create policy %I on partners.%I to partners_app, partners_supervisor
    using (org_id = nullif(current_setting('app.org', true), '')::uuid)
    with check (org_id = nullif(current_setting('app.org', true), '')::uuid)$p$, name || '_own', name);
  execute format('create policy %I on partners.%I to partners_worker using (true) with check (true)', name || '_worker', name);
  execute format('grant select, insert, update, delete on partners.%I to partners_worker', name);
end $$;
-- A UUID version 7, as newId() makes them: what sorts by it sorts by time.
create function partners.new_id() returns uuid language sql volatile as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
    substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- What each organisation is told. Rows are added under one lock, held to the commit: within it their order is the order of commits,
-- so that whoever read up to a sequence misses nothing below it. The body is the text that goes out, byte by byte.
create table partners.feed_events (
  org_id uuid not null,
  sequence bigint generated always as identity,
  id uuid not null,
  type text not null,
  body text not null,
  at timestamptz not null default now(),
  primary key (org_id, sequence),
  constraint feed_events_id_unique unique (org_id, id)
);
create index feed_events_at on partners.feed_events (at);
select partners.own_table('feed_events');
grant select on partners.feed_events to partners_app, partners_supervisor;

-- types: empty for all. A deleted endpoint stays for its deliveries. failing_since, paused_until and failures are the sender's.
create table partners.webhook_endpoints (
  id uuid primary key,
  org_id uuid not null references partners.organisations,
  url text not null,
  description text,
  types text[] not null default '{}',
  scheme text not null check (scheme in ('ED25519', 'HMAC')),
  state text not null check (state in ('PENDING', 'ACTIVE', 'PAUSED', 'DISABLED')),
  state_reason text,
  failing_since timestamptz, failures int not null default 0,
  paused_until timestamptz,
  version int not null default 1,
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint webhook_endpoints_deleted check (deleted_at is null or state = 'DISABLED')
);
create index webhook_endpoints_page on partners.webhook_endpoints (org_id, id);
select partners.own_table('webhook_endpoints');
grant select, insert, update on partners.webhook_endpoints to partners_app, partners_supervisor;

-- What its deliveries are signed with: all that have not expired, several while they rotate. secret_encrypted is a FieldCipher text of
-- whsk_… or whsec_… at the place partners.webhook_secrets.secret_encrypted, row id, organisation; only the worker reads it.
create table partners.webhook_secrets (
  id uuid primary key,
  org_id uuid not null,
  endpoint_id uuid not null references partners.webhook_endpoints,
  scheme text not null,
  public_key text,
  secret_encrypted text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz
);
create index webhook_secrets_endpoint on partners.webhook_secrets (org_id, endpoint_id, id);
select partners.own_table('webhook_secrets');
grant select (id, org_id, endpoint_id, scheme, public_key, created_at, expires_at), insert, update (expires_at), delete
  on partners.webhook_secrets to partners_app, partners_supervisor;

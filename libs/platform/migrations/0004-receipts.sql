-- What clients sign with, as partners tells it. A caller's own client is looked up; nobody but the worker writes.
create table {schema}.signer_keys (
  org_id uuid not null,
  client_id text not null,
  keys jsonb not null,
  required boolean not null,
  version int not null,
  primary key (org_id, client_id)
);
select {schema}.tenant_table('signer_keys');
revoke insert, update on {schema}.signer_keys from {schema}_app, {schema}_supervisor;

-- Signed receipts of what was accepted, as the very text that was signed. Everybody sees only what the own organisation sent,
-- supervisors included.
create table {schema}.receipts (
  id uuid not null,
  org_id uuid not null,
  document text not null,
  at timestamptz not null default now(),
  primary key (org_id, id)
);
create index receipts_at on {schema}.receipts using brin (at);
alter table {schema}.receipts enable row level security;
alter table {schema}.receipts force row level security;
create policy receipts_own on {schema}.receipts to {schema}_app, {schema}_supervisor
  using (org_id = nullif(current_setting('app.org', true), '')::uuid)
  with check (org_id = nullif(current_setting('app.org', true), '')::uuid);
create policy receipts_worker on {schema}.receipts to {schema}_worker using (true) with check (true);
grant select, insert on {schema}.receipts to {schema}_app, {schema}_supervisor;
grant select, insert, delete on {schema}.receipts to {schema}_worker;

-- A repeated request is answered with the receipt of the first.
alter table {schema}.idempotency_keys add column receipt_id uuid;

-- Needs of enterprises that agreed to have the inclusive channel's platform told of them; anonymous, without an organisation. A row lies in
-- a file once, and in another when it is taken back. A recall may be told before its offer: then there are no facts yet.
create table enterprise_lists.exchange_demands (offer_id uuid primary key, facts jsonb, offered_at timestamptz not null default now(),
  recalled_at timestamptz, file_id uuid, recall_file_id uuid, check (facts is not null or file_id is null));
create index exchange_demands_waiting on enterprise_lists.exchange_demands (offer_id) where file_id is null and recalled_at is null;
create index exchange_demands_recalled on enterprise_lists.exchange_demands (offer_id) where recalled_at is not null and recall_file_id is null;
create index exchange_demands_file on enterprise_lists.exchange_demands (file_id);
create index exchange_demands_recall_file on enterprise_lists.exchange_demands (recall_file_id);

-- Files that a platform sent and that were believed, and what each said, by the platform's own reference: believed once.
create table enterprise_lists.exchange_incoming (id uuid primary key, channel text not null, kind text not null, sha256 text not null,
  row_count int not null, receipt_id uuid not null, signature text not null, read_at timestamptz not null default now());
create table enterprise_lists.exchange_incoming_rows (kind text, reference text, file_id uuid not null, primary key (kind, reference));

comment on table enterprise_lists.exchange_demands is 'internal: anonymous needs that the worker exchanges';
comment on table enterprise_lists.exchange_incoming is 'internal: the worker believes them; proof of what a platform told';
comment on table enterprise_lists.exchange_incoming_rows is 'internal: what the worker believed once';
grant select, insert, update on enterprise_lists.exchange_demands to enterprise_lists_worker;
grant select, insert on enterprise_lists.exchange_incoming, enterprise_lists.exchange_incoming_rows to enterprise_lists_worker;

-- A file of demands is for the platform, and for no bank.
alter table enterprise_lists.exchange_files alter column bank_id drop not null;

-- A dispatch of chosen rows: what its events, one for each bank and channel, are to give to the bank. A null takes all.
create table enterprise_lists.dispatch_orders (
  id uuid primary key,
  push_list_id uuid not null,
  target text not null check (target in ('ALL_BANKS', 'HOST_BANK', 'FITTING_BANKS')),
  channels text[],
  entry_ids uuid[],
  ordered_at timestamptz not null default now()
);
comment on table enterprise_lists.dispatch_orders is 'internal: what the events of a dispatch are to do; supervisors add to it and the worker reads it';
grant insert on enterprise_lists.dispatch_orders to enterprise_lists_supervisor;
grant select, insert, delete on enterprise_lists.dispatch_orders to enterprise_lists_worker;
-- Rises with each dispatch of further rows of the list to the bank through the channel.
alter table enterprise_lists.dispatches add column version int not null default 1;

-- Who hosts the harbors of an area, and what the products on offer ask, by prefixes of region and industry codes.
create table enterprise_lists.harbor_copies (id uuid primary key, host_bank_id uuid not null, area_code text not null, version int not null);
create index harbor_copies_area on enterprise_lists.harbor_copies (area_code);
create table enterprise_lists.product_copies (id uuid primary key, bank_id uuid, published boolean not null, version int not null,
  regions text[], industries text[], size_classes text[], guarantees text[], amount_min numeric, amount_max numeric,
  term_min int, term_max int, years_min numeric);
comment on table enterprise_lists.harbor_copies is 'internal: told by harbors, for dispatches to host banks';
comment on table enterprise_lists.product_copies is 'internal: told by product-catalog, for dispatches to banks with a fitting product';
grant select on enterprise_lists.harbor_copies, enterprise_lists.product_copies to enterprise_lists_supervisor;
grant select, insert, update on enterprise_lists.harbor_copies, enterprise_lists.product_copies to enterprise_lists_worker;

-- round: how often the row was offered onward; cycle: how often it was recommended anew after all had rejected it.
alter table enterprise_lists.list_entries
  add column round int not null default 1, add column cycle int not null default 1, add column unanswered_at timestamptz;
grant update (state, round, cycle, unanswered_at) on enterprise_lists.list_entries to enterprise_lists_supervisor;
alter table enterprise_lists.referrals add column round int not null default 1, add column cycle int not null default 1, add column second_channel text,
  add column green_category text, add column sent_at timestamptz, add column expired_at timestamptz, add column recalled_at timestamptz,
  add column recall_id uuid, add column consent_id uuid, add column consent_ref text;
alter table enterprise_lists.referrals drop constraint referrals_once, add constraint referrals_once unique (org_id, entry_id, cycle);
create index referrals_entry on enterprise_lists.referrals (entry_id);
create index referrals_org_recall on enterprise_lists.referrals (org_id, recall_id) where recall_id is not null;

-- A recall: for the department with its counts, and for each bank (org_id) with the proof that it was processed.
create table enterprise_lists.list_recalls (id uuid primary key, org_id uuid not null, push_list_id uuid not null, reason text not null,
  recalled_at timestamptz not null, entry_count int not null, bank_count int not null, acknowledged_count int not null default 0,
  file_count int not null default 0, receipt_count int not null default 0);
create index list_recalls_list on enterprise_lists.list_recalls (org_id, push_list_id, id);
select enterprise_lists.tenant_table('list_recalls');
revoke insert, update on enterprise_lists.list_recalls from enterprise_lists_app, enterprise_lists_supervisor;
create table enterprise_lists.referral_recalls (id uuid primary key, org_id uuid not null, list_recall_id uuid not null, push_list_id uuid not null,
  reason text not null, referral_count int not null, recalled_at timestamptz not null, acknowledged_at timestamptz, acknowledged_by text);
create index referral_recalls_org on enterprise_lists.referral_recalls (org_id, id);
create index referral_recalls_list on enterprise_lists.referral_recalls (list_recall_id);
select enterprise_lists.tenant_table('referral_recalls');
revoke insert on enterprise_lists.referral_recalls from enterprise_lists_app;
revoke insert, update on enterprise_lists.referral_recalls from enterprise_lists_supervisor;

-- Signed files to the outside platforms, their rows, the receipts that were believed, and what was refused.
create table enterprise_lists.exchange_files (id uuid primary key, bank_id uuid not null, channel text not null, kind text not null,
  dispatch_id uuid, recall_id uuid, row_count int not null, sha256 text, made_at timestamptz not null default now(), sent_at timestamptz,
  sent_count int not null default 0, send_after timestamptz not null default now(), receipted_at timestamptz);
create index exchange_files_open on enterprise_lists.exchange_files (channel, send_after) where receipted_at is null;
create table enterprise_lists.exchange_rows (file_id uuid not null, referral_id uuid not null, primary key (file_id, referral_id));
create index exchange_rows_referral on enterprise_lists.exchange_rows (referral_id);
create table enterprise_lists.exchange_receipts (id uuid primary key, file_id uuid not null unique, body text not null, signature text not null,
  read_at timestamptz not null default now());
create table enterprise_lists.exchange_refusals (sha256 text, channel text, name text not null, reason text not null,
  at timestamptz not null default now(), primary key (channel, sha256));
comment on table enterprise_lists.exchange_files is 'internal: the worker exchanges them';
comment on table enterprise_lists.exchange_rows is 'internal: the worker exchanges them';
comment on table enterprise_lists.exchange_receipts is 'internal: the worker believes them; proof of what a platform received';
comment on table enterprise_lists.exchange_refusals is 'internal: what was kept aside, for operators';
grant select, insert, update on enterprise_lists.exchange_files, enterprise_lists.exchange_rows to enterprise_lists_worker;
grant select, insert on enterprise_lists.exchange_receipts, enterprise_lists.exchange_refusals to enterprise_lists_worker;

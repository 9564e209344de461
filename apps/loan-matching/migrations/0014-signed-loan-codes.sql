-- Loan codes are signed and dated, of several kinds, and can be printed anew. Version 0 was printed before there were signatures: it
-- stays good until its code is rotated, and then until previous_until. Replicas of the version before make codes of version 0.
alter table loan_matching.loan_codes
  add column kind text not null default 'HARBOR' check (kind in ('HARBOR', 'OUTLET', 'STREET', 'PARK', 'OFFICER', 'CAMPAIGN', 'POSTER')),
  add column area_code text, add column place text, add column officer_id uuid,
  add column demand_kinds text[] not null default '{}',
  add column valid_from date, add column valid_to date check (valid_to >= valid_from),
  add column version int not null default 0,
  -- The signed form, which the QR code holds.
  add column token text check ((token is null) = (version = 0)),
  add column previous_until date;

create table loan_matching.loan_code_keys (
  kid text primary key,
  -- The first four bytes of the thumbprint: what a signed code names its key by.
  key_id text not null constraint loan_code_keys_id_unique unique,
  public_key text not null,
  private_key_encrypted text not null,
  created_at timestamptz not null default now()
);
comment on table loan_matching.loan_code_keys is 'internal: keys that sign loan codes; the public parts are published by the service';
grant select, insert, update (private_key_encrypted) on loan_matching.loan_code_keys to loan_matching_worker;

-- Where a code hangs or lies, and who put it there.
create table loan_matching.loan_code_placements (
  id uuid primary key, org_id uuid not null, loan_code_id uuid not null references loan_matching.loan_codes (id),
  place text not null, placed_on date not null, placed_by text not null,
  removed_on date check (removed_on >= placed_on), recorded_at timestamptz not null
);
create index loan_code_placements_register on loan_matching.loan_code_placements (org_id, id);
create index loan_code_placements_page on loan_matching.loan_code_placements (org_id, loan_code_id, id);
create index loan_code_placements_of_code on loan_matching.loan_code_placements (loan_code_id, id);
select loan_matching.tenant_table('loan_code_placements');

-- How often a code was used on a day. Nothing else is known of whoever used it.
create table loan_matching.loan_code_days (
  org_id uuid not null, loan_code_id uuid not null references loan_matching.loan_codes (id), day date not null,
  -- Of many that use one code at once, few wait for each other.
  slot int not null,
  scans int not null default 0, sessions int not null default 0, demands int not null default 0,
  primary key (org_id, loan_code_id, day, slot)
);
create index loan_code_days_of_code on loan_matching.loan_code_days (loan_code_id, day);
select loan_matching.tenant_table('loan_code_days');
revoke insert, update on loan_matching.loan_code_days from loan_matching_app, loan_matching_supervisor;

-- A visit without registration: short, and good for a few demands.
create table loan_matching.scan_sessions (
  secret_hash text primary key,
  loan_code_id uuid not null references loan_matching.loan_codes (id),
  expires_at timestamptz not null,
  uses int not null default 0
);
comment on table loan_matching.scan_sessions is 'internal: visits of nobody in particular, for the worker alone';
create index scan_sessions_expiry on loan_matching.scan_sessions (expires_at);
grant select, insert, update (uses), delete on loan_matching.scan_sessions to loan_matching_worker;

-- Where a demand comes from stands for ever, whoever holds it; of an application no role may change it.
create function loan_matching.source_fixed() returns trigger language plpgsql as $$
begin
  raise exception 'where a demand comes from is never changed';
end $$;
create trigger demands_source_fixed before update of loan_code_id, harbor_id on loan_matching.demands for each row
  when (old.loan_code_id is not null and old.loan_code_id is distinct from new.loan_code_id
    or old.harbor_id is not null and old.harbor_id is distinct from new.harbor_id) execute function loan_matching.source_fixed();

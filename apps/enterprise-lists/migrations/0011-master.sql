-- Rows of an import between checking and applying (ADR 25), each written once and read by a handful of statements. Not logged: a
-- crash of PostgreSQL empties them, and the import reads its file again.
create unlogged table enterprise_lists.import_rows (
  import_id uuid, row_number int, entry_id uuid not null, enterprise_id uuid not null, credit_code text not null, name text not null,
  stated_kind text, entity_type text, established_on date, registered_capital numeric, capital_currency text, business_scope text,
  province text, district text, region_code text, address text, street_code text, zone_code text,
  industry_code text, employees int, revenue numeric, assets numeric, stated_private boolean,
  stated_tags text[], tags_until date, green_category text, green_edition text,
  source text, good_prospects boolean, strong_demand boolean, sound_credit boolean, lawful_operation boolean, fixed_premises boolean,
  real_demand boolean, good_credit_standing boolean, lawful_purpose boolean, evidence jsonb, consent_ref text,
  demand_amount numeric, demand_term_months int, demand_purpose text, guarantee_type text, facts_hash uuid not null,
  kind text not null, is_private boolean, size_class text not null, outside_reason text, tags text[] not null, code_region text,
  primary key (import_id, row_number)
);
comment on table enterprise_lists.import_rows is 'internal: rows on their way; the import writes and reads them as worker';
-- Contacts of those rows, sealed as the master keeps them; no texts where the master has the same already.
create unlogged table enterprise_lists.import_contacts (
  import_id uuid, row_number int, enterprise_id uuid not null, name_encrypted text, phone_encrypted text, fingerprint text not null,
  primary key (import_id, row_number)
);
comment on table enterprise_lists.import_contacts is 'internal: contacts on their way; the import writes and reads them as worker';
grant select, insert, update, delete on enterprise_lists.import_rows, enterprise_lists.import_contacts to enterprise_lists_worker;

-- An entry is the statement: all that its row said, never changed. facts_hash is of all of it but the contact.
alter table enterprise_lists.list_entries
  add column stated_kind text, add column entity_type text, add column established_on date, add column registered_capital numeric, add column capital_currency text,
  add column business_scope text, add column province text, add column district text, add column region_code text, add column address text,
  add column street_code text, add column zone_code text, add column industry_code text, add column employees int, add column revenue numeric,
  add column assets numeric, add column stated_private boolean, add column stated_tags text[], add column tags_until date, add column green_category text,
  add column green_edition text, add column lawful_operation boolean, add column fixed_premises boolean, add column real_demand boolean,
  add column good_credit_standing boolean, add column lawful_purpose boolean, add column evidence jsonb, add column consent_ref text, add column facts_hash uuid;
-- The one statement that writes entries joins both; a check of each row would cost a third of an import, and lock every enterprise.
alter table enterprise_lists.list_entries drop constraint list_entries_push_list_id_fkey, drop constraint list_entries_enterprise_id_fkey;

-- sources: who stated it, in the order in which they came. Derived of all that is stated: kind, is_private, size_class, tags, …
alter table enterprise_lists.enterprises
  add column stated_kind text, add column street_code text, add column zone_code text, add column stated_private boolean, add column is_private boolean,
  add column stated_tags text[], add column tags_until jsonb, add column green_categories jsonb, add column tags text[] not null default '{}',
  add column outside_reason text, add column sources uuid[] not null default '{}', add column contact_entry_id uuid,
  add column default_channel text generated always as
    (case when green_categories is not null or stated_tags && '{GREEN_CIRCULAR,GREEN_TRANSPORT,GREEN_BIOMEDICINE,GREEN_DIGITAL,GREEN_BUILDING}' then 'GREEN' else 'INCLUSIVE' end) stored;
alter table enterprise_lists.enterprises no force row level security;
alter table enterprise_lists.list_entries no force row level security;
-- What the entries of before said is known of the newest alone: what the master holds.
update enterprise_lists.enterprises k set sources = array(select e.org_id from enterprise_lists.list_entries e where e.enterprise_id = k.id group by e.org_id order by min(e.id::text));
update enterprise_lists.list_entries e set entity_type = k.entity_type, established_on = k.established_on, registered_capital = k.registered_capital,
  capital_currency = k.capital_currency, business_scope = k.business_scope, province = k.province, district = k.district,
  region_code = case when k.district is not null then k.region_code end, address = k.address, industry_code = k.industry_code, employees = k.employees, revenue = k.revenue, assets = k.assets
from enterprise_lists.enterprises k where e.id = (select n.id from enterprise_lists.list_entries n where n.enterprise_id = k.id order by n.id desc limit 1);
alter table enterprise_lists.enterprises force row level security;
alter table enterprise_lists.list_entries force row level security;

-- Whose word counts for a field ('*': for every field): the higher rank. Without a row it is 0, and the newest counts.
create table enterprise_lists.precedence_rules (source_id uuid, field text, rank int not null, version int not null default 1, primary key (source_id, field));
comment on table enterprise_lists.precedence_rules is 'public: by what rule the master chooses is no secret';
grant select on enterprise_lists.precedence_rules to enterprise_lists_app;
grant select, insert, update, delete on enterprise_lists.precedence_rules to enterprise_lists_supervisor;
-- Sources of equal rank that state different values, until a supervisor chooses one; the choice holds until they state others.
create table enterprise_lists.contradictions (
  id uuid primary key, enterprise_id uuid not null, field text not null, state text not null, stated jsonb not null, words text not null, chosen_source uuid, reason text,
  version int not null default 1, opened_at timestamptz not null default now(), resolved_at timestamptz, unique (enterprise_id, field)
);
create index contradictions_state on enterprise_lists.contradictions (state, id);
comment on table enterprise_lists.contradictions is 'internal: for supervisors; the worker opens and closes them';
-- Codes whose check character is wrong and which were registered all the same, as a supervisor accepted them.
create table enterprise_lists.code_exceptions (credit_code text primary key, reason text not null, accepted_at timestamptz not null, revoked_at timestamptz, version int not null default 1);
comment on table enterprise_lists.code_exceptions is 'public: credit codes are public, and which of them are taken all the same';
grant select on enterprise_lists.code_exceptions to enterprise_lists_app;
grant select, insert, update on enterprise_lists.contradictions, enterprise_lists.code_exceptions to enterprise_lists_supervisor;
grant select, insert, update, delete on enterprise_lists.contradictions, enterprise_lists.code_exceptions, enterprise_lists.precedence_rules to enterprise_lists_worker;

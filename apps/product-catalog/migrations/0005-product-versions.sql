-- What was on offer when, and what was known of it when: a row for each publication, suspension and retirement, never changed.
-- Each row says that from valid_from until valid_to the product was as in content; of several that cover a time the one recorded last
-- holds. transaction orders the change feed: a row is told when no older transaction can still add one (ids are no commit order).
create table product_catalog.product_versions (
  id uuid primary key,
  org_id uuid not null,
  product_id uuid not null,
  version int not null,
  state text not null,
  -- The product as everybody sees it.
  content jsonb not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  recorded_at timestamptz not null default now(),
  transaction xid8 not null default pg_current_xact_id(),
  check (valid_to is null or valid_to > valid_from)
);
comment on table product_catalog.product_versions is 'public: what was on offer to all; only the owning bank adds its own rows, and nobody changes one';
-- What was published before has one version: the present one, known since now.
alter table product_catalog.published_products no force row level security;
insert into product_catalog.product_versions (id, org_id, product_id, version, state, content, valid_from)
select gen_random_uuid(), org_id, id, version, state, jsonb_build_object(
  'id', id, 'bankId', org_id, 'line', line, 'name', name, 'description', description, 'version', version,
  'eligibility', jsonb_build_object('regionCodes', region_codes, 'industryCodes', industry_codes, 'sizeClasses', size_classes,
    'amountMin', amount_min::text, 'amountMax', amount_max::text, 'termMonthsMin', term_months_min, 'termMonthsMax', term_months_max,
    'yearsInBusinessMin', years_in_business_min, 'guaranteeTypes', guarantee_types),
  'eligibilityRules', eligibility_rules, 'annualRateMin', annual_rate_min::text, 'annualRateMax', annual_rate_max::text, 'rateQuotedOn', null,
  'repaymentModes', repayment_modes, 'terms', terms, 'createdAt', created_at, 'publishedAt', published_at), coalesce(published_at, created_at)
from product_catalog.published_products;
alter table product_catalog.published_products force row level security;
create unique index product_versions_product on product_catalog.product_versions (product_id, version);
create index product_versions_feed on product_catalog.product_versions (transaction, id);
alter table product_catalog.product_versions enable row level security;
alter table product_catalog.product_versions force row level security;
create policy product_versions_read on product_catalog.product_versions for select
  to product_catalog_app, product_catalog_supervisor, product_catalog_worker using (true);
create policy product_versions_add_own on product_catalog.product_versions for insert to product_catalog_app
  with check (org_id = nullif(current_setting('app.org', true), '')::uuid);
grant select on product_catalog.product_versions to product_catalog_app, product_catalog_supervisor, product_catalog_worker;
grant insert on product_catalog.product_versions to product_catalog_app;

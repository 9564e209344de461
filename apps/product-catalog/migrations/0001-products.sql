create table product_catalog.products (
  id uuid primary key,
  org_id uuid not null,
  name text not null,
  description text,
  state text not null,
  -- Rises with each publication and suspension, so that a late event cannot undo a newer one.
  version int not null default 0,
  -- An absent rule of eligibility excludes nobody. Amounts in yuan, rates in percent a year.
  region_codes text[],
  industry_codes text[],
  size_classes text[],
  amount_min numeric(15, 2),
  amount_max numeric(15, 2),
  term_months_min int,
  term_months_max int,
  years_in_business_min double precision,
  guarantee_types text[],
  annual_rate_min numeric(8, 4),
  annual_rate_max numeric(8, 4),
  repayment_modes text[],
  created_at timestamptz not null default now(),
  published_at timestamptz
);
create index products_page on product_catalog.products (org_id, id);
select product_catalog.tenant_table('products');

-- What everybody may see: a copy of the product's row, written in the transaction that publishes or suspends it.
-- Everybody reads it, so that search needs no tenant index; the bank that owns the product alone may write its row.
create table product_catalog.published_products (like product_catalog.products including defaults including constraints);
alter table product_catalog.published_products add primary key (id);
comment on table product_catalog.published_products is 'public: published products are on offer to all; only the owning bank writes its own rows';
create index published_products_page on product_catalog.published_products (id) where state = 'PUBLISHED';
alter table product_catalog.published_products enable row level security;
alter table product_catalog.published_products force row level security;
create policy published_products_read on product_catalog.published_products for select
  to product_catalog_app, product_catalog_supervisor, product_catalog_worker using (true);
create policy published_products_add_own on product_catalog.published_products for insert to product_catalog_app
  with check (org_id = nullif(current_setting('app.org', true), '')::uuid);
create policy published_products_change_own on product_catalog.published_products for update to product_catalog_app
  using (org_id = nullif(current_setting('app.org', true), '')::uuid)
  with check (org_id = nullif(current_setting('app.org', true), '')::uuid);
grant select on product_catalog.published_products to product_catalog_app, product_catalog_supervisor, product_catalog_worker;
grant insert, update on product_catalog.published_products to product_catalog_app;

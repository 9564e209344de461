-- The whole model of a product. What is searched by keeps a column of its own; everything else about it is one document.
alter table product_catalog.products
  add column line text not null default 'LOAN',
  add column external_id text,
  add column revision int not null default 1,
  add column published_revision int,
  add column review_state text,
  add column review_reason text,
  -- Rules in the language of libs/contracts/src/eligibility, beside those that are columns.
  add column eligibility_rules jsonb not null default '{"v": 1, "rules": []}',
  add column rate_quoted_on date,
  add column terms jsonb not null default '{}';
-- What waits for a supervisor, over all organisations.
create index products_review on product_catalog.products (review_state, id) where review_state is not null;
create unique index products_external_id on product_catalog.products (org_id, external_id);

alter table product_catalog.published_products
  add column line text not null default 'LOAN',
  add column external_id text,
  add column revision int not null default 1,
  add column published_revision int,
  add column review_state text,
  add column review_reason text,
  add column eligibility_rules jsonb not null default '{"v": 1, "rules": []}',
  add column rate_quoted_on date,
  add column terms jsonb not null default '{}';

-- Whatever was published before is published as it is. The owner, who runs this, sees the rows only while its own policies do not bind it.
alter table product_catalog.products no force row level security;
update product_catalog.products set published_revision = 1 where state in ('PUBLISHED', 'SUSPENDED');
alter table product_catalog.products force row level security;
alter table product_catalog.published_products no force row level security;
update product_catalog.published_products set published_revision = 1;
alter table product_catalog.published_products force row level security;

-- A file of products that a bank sent in, and what was said of its rows.
create table product_catalog.product_imports (
  id uuid primary key,
  org_id uuid not null,
  -- As everybody who may read it gets it, but for the findings.
  report jsonb not null,
  findings jsonb not null,
  -- As it was sent, so that the workbook of errors is the whole file again; null when its time was over.
  file bytea,
  created_at timestamptz not null default now()
);
create index product_imports_page on product_catalog.product_imports (org_id, id);
select product_catalog.tenant_table('product_imports');

-- Somebody found a product wrong; the organisation that offers it must answer. org_id is who must.
create table product_catalog.product_reports (
  id uuid primary key,
  org_id uuid not null,
  product_id uuid not null,
  product_version int not null,
  reporter_id uuid not null,
  field text,
  text text not null,
  state text not null check (state in ('OPEN', 'CORRECTED', 'REFUSED')),
  answer text,
  due_at timestamptz,
  overdue boolean not null default false,
  reported_at timestamptz not null,
  answered_at timestamptz,
  check ((state = 'OPEN') = (answered_at is null)),
  check (state = 'OPEN' or answer is not null)
);
create index product_reports_page on product_catalog.product_reports (org_id, id);
create index product_reports_reporter on product_catalog.product_reports (reporter_id, id);
create index product_reports_state on product_catalog.product_reports (state, id);
select product_catalog.tenant_table('product_reports');
revoke insert on product_catalog.product_reports from product_catalog_app, product_catalog_supervisor;
revoke update on product_catalog.product_reports from product_catalog_supervisor;

-- A product as a file of the Australian Consumer Data Standards tells it, for the facade under /cds-au.
alter table product_catalog.products add column cdr jsonb;
alter table product_catalog.published_products add column cdr jsonb;

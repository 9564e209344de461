-- Reference data as partners imports it. A row without data was withdrawn.
create table product_catalog.reference_copies (
  kind text not null,
  key text not null,
  data jsonb,
  version int not null,
  primary key (kind, key)
);
comment on table product_catalog.reference_copies is 'public: reference data are known to all';
grant select on product_catalog.reference_copies to product_catalog_app, product_catalog_supervisor;
grant select, insert, update on product_catalog.reference_copies to product_catalog_worker;

-- Supervisors and dashboards read across all organisations: what they narrow a list to is found without the organisation,
-- which the other index of the table begins with.
create index products_state on product_catalog.products (state, id);

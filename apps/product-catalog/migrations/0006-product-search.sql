-- What is found by a search: every character and every two that follow each other, so that 两字词 are found, which trigrams cannot.
create function product_catalog.ngrams(source text) returns text[] language sql immutable parallel safe
  return (select coalesce(array_agg(distinct token), '{}') from (
    select substr(source, place, 1) as token from generate_series(1, length(source)) place
    union all
    select substr(source, place, 2) from generate_series(1, length(source) - 1) place
  ) tokens);

alter table product_catalog.published_products
  -- Half-width, composed and lower case; the line break keeps name and description apart.
  add column search_text text generated always as (lower(normalize(name || e'\n' || coalesce(description, ''), NFKC))) stored,
  add column tokens text[] generated always as
    (product_catalog.ngrams(lower(normalize(name || e'\n' || coalesce(description, ''), NFKC)))) stored,
  -- The answer that everybody gets, as JSON text: a page is put together from them without making objects of them first.
  add column body text;
-- Without a pending list, which every search would have to read.
create index published_products_tokens on product_catalog.published_products using gin (tokens) with (fastupdate = off);
create index published_products_rate on product_catalog.published_products (coalesce(annual_rate_min, 1000), id) where state = 'PUBLISHED';
create index published_products_amount on product_catalog.published_products (coalesce(amount_max, 0), id) where state = 'PUBLISHED';
create index published_products_name on product_catalog.published_products (name collate "C", id) where state = 'PUBLISHED';

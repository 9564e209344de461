-- The master has no org_id: many departments push the same enterprise. Who may see it stands in enterprise_access
-- (0005), and the policy that reads it there. Amounts are yuan, capital is in its own currency.
create table enterprise_lists.enterprises (
  id uuid primary key,
  credit_code text not null constraint enterprises_credit_code_unique unique,
  name text not null,
  kind text not null,
  entity_type text,
  established_on date,
  registered_capital numeric,
  capital_currency text,
  capital_band text generated always as (case
    when capital_currency <> 'CNY' or registered_capital is null then null
    when registered_capital < 1000000 then 'UNDER_1M'
    when registered_capital < 5000000 then 'FROM_1M_TO_5M'
    when registered_capital < 10000000 then 'FROM_5M_TO_10M'
    when registered_capital < 50000000 then 'FROM_10M_TO_50M'
    else 'FROM_50M' end) stored,
  business_scope text,
  province text,
  district text,
  region_code text,
  address text,
  industry_code text,
  employees int,
  revenue numeric,
  assets numeric,
  size_class text not null,
  contact_name_encrypted text,
  contact_phone_encrypted text,
  -- Keyed fingerprint of the contact: ciphertexts differ each time, so that alone tells whether it changed.
  contact_fingerprint text,
  version int not null,
  recorded_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
alter table enterprise_lists.enterprises enable row level security;
alter table enterprise_lists.enterprises force row level security;
create policy enterprises_supervisor on enterprise_lists.enterprises for select to enterprise_lists_supervisor using (true);
create policy enterprises_worker on enterprise_lists.enterprises to enterprise_lists_worker using (true) with check (true);
grant select on enterprise_lists.enterprises to enterprise_lists_app, enterprise_lists_supervisor;
grant select, insert, update on enterprise_lists.enterprises to enterprise_lists_worker;

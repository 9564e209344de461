-- org_id is the holder, who alone may see the row: the district's intake until the enterprise chooses, then the chosen bank.
create table loan_matching.demands (
  id uuid primary key,
  org_id uuid not null,
  loan_code_id uuid not null references loan_matching.loan_codes (id),
  harbor_id uuid not null,
  version int not null,
  state text not null check (state in ('SUBMITTED', 'ROUTED', 'ACCEPTED', 'APPROVED', 'REJECTED')),
  kind text not null check (kind in ('FIRST_LOAN', 'RENEWAL', 'OTHER')),
  amount numeric(13, 2) not null check (amount > 0),
  term_months int not null check (term_months > 0),
  purpose text not null,
  guarantee_types text[] not null,
  enterprise_name text not null,
  credit_code text not null,
  enterprise_id uuid not null,
  region_code text,
  industry_code text,
  size_class text not null,
  established_on date,
  -- Persons, and 万元.
  employees int,
  revenue numeric(16, 6),
  assets numeric(16, 6),
  -- Sealed to this row and its holder; sealed anew when the holder changes.
  contact_name_encrypted text,
  contact_phone_encrypted text,
  -- The enterprise's consent that the bank which accepts may know who it is.
  consent_id uuid not null constraint demands_consent_unique unique,
  access_secret_hash text not null,
  product_id uuid,
  bank_id uuid,
  accept_due_at timestamptz,
  accept_overdue boolean not null default false,
  submitted_at timestamptz not null,
  check (state = 'SUBMITTED' or (bank_id = org_id and product_id is not null))
);
create index demands_page on loan_matching.demands (org_id, id);
create index demands_state_page on loan_matching.demands (org_id, state, id);
create index demands_harbor_page on loan_matching.demands (org_id, harbor_id, id);
select loan_matching.tenant_table('demands');
-- Only the intake makes demands, and only the holder (or the service itself) moves them on.
revoke insert on loan_matching.demands from loan_matching_app, loan_matching_supervisor;
revoke update on loan_matching.demands from loan_matching_supervisor;

-- org_id is the host bank of the harbor, whoever made the code.
create table loan_matching.loan_codes (
  id uuid primary key,
  org_id uuid not null,
  code text not null constraint loan_codes_code_unique unique,
  harbor_id uuid not null,
  label text not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  scan_count int not null default 0
);
create index loan_codes_page on loan_matching.loan_codes (org_id, id);
select loan_matching.tenant_table('loan_codes');

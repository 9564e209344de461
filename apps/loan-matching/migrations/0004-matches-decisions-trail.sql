-- org_id is the intake; the match that the enterprise chose moves to its bank, the others stay out of every bank's sight.
create table loan_matching.matches (
  demand_id uuid not null references loan_matching.demands (id),
  product_id uuid not null,
  org_id uuid not null,
  product_name text not null,
  bank_id uuid not null,
  verdict text not null check (verdict in ('PASS', 'UNKNOWN', 'FAIL')),
  rules jsonb not null,
  primary key (demand_id, product_id)
);
create index matches_demand on loan_matching.matches (org_id, demand_id);
select loan_matching.tenant_table('matches');
revoke insert, update on loan_matching.matches from loan_matching_app, loan_matching_supervisor;

-- A bank's word is final: decisions are added and never changed. org_id is the bank.
create table loan_matching.decisions (
  id uuid primary key,
  org_id uuid not null,
  demand_id uuid not null constraint decisions_demand_unique unique references loan_matching.demands (id),
  outcome text not null check (outcome in ('APPROVED', 'REJECTED')),
  reason_code text not null,
  reason_text text,
  approved_amount numeric(13, 2),
  annual_rate numeric(6, 4),
  decided_at timestamptz not null,
  check (outcome = 'REJECTED' or approved_amount > 0),
  check (outcome = 'APPROVED' or reason_text is not null)
);
create index decisions_demand on loan_matching.decisions (org_id, demand_id);
select loan_matching.tenant_table('decisions');
revoke insert on loan_matching.decisions from loan_matching_supervisor;
revoke update on loan_matching.decisions from loan_matching_app, loan_matching_supervisor, loan_matching_worker;
revoke delete on loan_matching.decisions from loan_matching_worker;

-- What happened to a demand, for ever (全程留痕). org_id is its holder at that time, so that a bank reads its own part alone.
create table loan_matching.trail_steps (
  id uuid primary key,
  org_id uuid not null,
  demand_id uuid not null references loan_matching.demands (id),
  step text not null,
  by text not null,
  at timestamptz not null,
  product_id uuid,
  consent_id uuid,
  reason_code text,
  due_at timestamptz
);
create index trail_steps_demand on loan_matching.trail_steps (org_id, demand_id, id);
select loan_matching.tenant_table('trail_steps');
revoke update on loan_matching.trail_steps from loan_matching_app, loan_matching_supervisor, loan_matching_worker;
revoke delete on loan_matching.trail_steps from loan_matching_worker;
revoke insert on loan_matching.trail_steps from loan_matching_supervisor;

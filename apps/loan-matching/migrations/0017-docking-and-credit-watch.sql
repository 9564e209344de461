-- The docking ledger (对接台账): each attempt to reach an enterprise about a demand, never changed. org_id is who made it.
create table loan_matching.docking_entries (
  id uuid primary key,
  org_id uuid not null,
  demand_id uuid not null references loan_matching.demands (id),
  way text not null check (way in ('PHONE', 'VISIT', 'AT_OUTLET', 'ONLINE', 'UNSTATED')),
  outcome text not null check (outcome in ('REACHED', 'NOT_REACHED', 'TO_BE_CONTINUED', 'NOT_INTERESTED')),
  note text,
  contacted_at timestamptz not null,
  recorded_at timestamptz not null,
  -- The move that it was made of; null where somebody entered it.
  move_id uuid,
  constraint docking_entries_move unique (org_id, move_id)
);
create index docking_entries_page on loan_matching.docking_entries (org_id, id);
create index docking_entries_demand on loan_matching.docking_entries (org_id, demand_id, id);
create index docking_entries_of_demand on loan_matching.docking_entries (demand_id, id);
select loan_matching.tenant_table('docking_entries');
revoke update on loan_matching.docking_entries from loan_matching_app, loan_matching_supervisor, loan_matching_worker;
revoke delete on loan_matching.docking_entries from loan_matching_worker;
revoke insert on loan_matching.docking_entries from loan_matching_supervisor;

-- What is watched (A-09, A-11) and from which figure on; the district sets it.
create table loan_matching.credit_rules (
  kind text primary key,
  threshold numeric(16, 2) not null check (threshold >= 0),
  unit text not null,
  source text not null,
  version int not null default 1
);
comment on table loan_matching.credit_rules is 'internal: supervisors set what is watched; no bank is told from which figure on';
grant select, update (threshold, source, version) on loan_matching.credit_rules to loan_matching_supervisor;
grant select on loan_matching.credit_rules to loan_matching_worker;
insert into loan_matching.credit_rules (kind, threshold, unit, source) values
  ('PARALLEL_DEMANDS', 3, 'BANKS', 'design；防范“过度授信”（A-11）'),
  ('CREDIT_TOTAL', 10000000, 'YUAN', '普惠小微单户授信1000万元（domain.md 3.9）'),
  ('NEWLY_REGISTERED', 3, 'MONTHS', 'design；防止利用小微企业身份套取经营性贷款（A-09）'),
  ('NO_OPERATION', 0, 'YUAN', 'design；A-09'),
  ('SHARED_CONTACT', 3, 'ENTERPRISES', 'design；同一实际控制人反复申请（A-09）'),
  ('MISUSE_SUSPECTED', 1, 'BANKS', 'A-09：银行上报');

-- What was found, one of a kind and enterprise while it is open. org_id is the intake: no bank sees any.
create table loan_matching.credit_alerts (
  id uuid primary key,
  org_id uuid not null,
  enterprise_id uuid not null,
  kind text not null references loan_matching.credit_rules (kind),
  state text not null default 'OPEN' check (state in ('OPEN', 'HANDLED')),
  measured numeric(16, 2) not null,
  threshold numeric(16, 2) not null,
  note text,
  version int not null default 1,
  raised_at timestamptz not null,
  handled_at timestamptz,
  check ((state = 'HANDLED') = (handled_at is not null and note is not null))
);
create index credit_alerts_page on loan_matching.credit_alerts (org_id, id);
create index credit_alerts_state on loan_matching.credit_alerts (state, id);
create unique index credit_alerts_open on loan_matching.credit_alerts (org_id, enterprise_id, kind) where state = 'OPEN';
select loan_matching.tenant_table('credit_alerts');
revoke insert, update on loan_matching.credit_alerts from loan_matching_app, loan_matching_supervisor;
grant update (state, note, version, handled_at) on loan_matching.credit_alerts to loan_matching_supervisor;
-- Demands of an enterprise, whichever bank they are with.
create index demands_enterprise on loan_matching.demands (enterprise_id, id);
-- By the key of its contact, whose fingerprints tell whose it is: who else asks with the same phone is found without opening any.
create index demands_contact_key on loan_matching.demands (substring(contact_phone_encrypted from 4 for 36)) where contact_phone_encrypted is not null;

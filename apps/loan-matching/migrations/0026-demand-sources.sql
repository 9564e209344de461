-- A demand says how it came in as its application does. Both rules only allow more than before, so rows that are there need no second look,
-- which on years of demands would keep everybody waiting. Those rows stay as they are: an old replica would not tell the harbor what was
-- decided on a demand whose source it does not know.
alter table loan_matching.demands
  drop constraint demands_source_check,
  add constraint demands_source_check check (source in ('LOAN_CODE', 'REFERRAL', 'STAFF', 'GRID', 'BATCH', 'PLATFORM')) not valid,
  drop constraint demands_whole,
  add constraint demands_whole check (case
    when source in ('LOAN_CODE', 'STAFF', 'GRID', 'BATCH') then
      num_nulls(harbor_id, amount, term_months, purpose, consent_id) = 0 and referral_id is null and (bank_id is null or bank_id = org_id)
    when source = 'PLATFORM' then num_nulls(amount, term_months, purpose, consent_id) = 0
      and num_nonnulls(referral_id, loan_code_id, harbor_id, credit_code) = 0 and (bank_id is null or bank_id = org_id)
    else referral_id is not null and list_entry_id is not null and bank_id = org_id and state not in ('SUBMITTED', 'ROUTED') end) not valid;

-- When it was taken down, where that was before it came in. Like the first responder it is written once: no role may update it.
alter table loan_matching.applications add column taken_at timestamptz;

-- A visit in the grid is one in whatever way what was taken down there came in, also in a batch.
create or replace function loan_matching.keep_move() returns trigger language plpgsql as $$
declare
  move uuid := loan_matching.new_id();
begin
  if tg_table_name = 'demands' then
    insert into loan_matching.demand_moves (id, org_id, demand_id, state, at) values (move, new.org_id, new.id, new.state, clock_timestamp());
    -- What was only submitted has no clock; a visit on which it was taken down stands in the docking ledger.
    if new.state = 'SUBMITTED' and not exists (select from loan_matching.applications where id = new.id and grid_place is not null) then return null; end if;
  else
    insert into loan_matching.demand_moves (id, org_id, demand_id, stage, at) values (move, new.org_id, new.demand_id, new.stage, clock_timestamp());
  end if;
  insert into loan_matching.due (kind, aggregate_id, org_id, due_at) values ('demand-move', move, new.org_id, now());
  return null;
end $$;

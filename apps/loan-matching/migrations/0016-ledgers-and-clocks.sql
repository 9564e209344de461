-- A UUID version 7 (RFC 9562). PostgreSQL has its own from 18 on only.
create function loan_matching.new_id() returns uuid language sql volatile as $$
  select encode(set_bit(set_bit(overlay(
    uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6
  ), 52, 1), 53, 1), 'hex')::uuid
$$;

-- Where each demand stood from when on, for ever: what its clocks follow, and what the ledgers say as of a day. org_id held it then.
create table loan_matching.demand_moves (
  id uuid primary key,
  org_id uuid not null,
  demand_id uuid not null references loan_matching.demands (id),
  state text,
  stage text,
  at timestamptz not null,
  check (num_nonnulls(state, stage) = 1)
);
create index demand_moves_demand on loan_matching.demand_moves (org_id, demand_id, id);
create index demand_moves_of_demand on loan_matching.demand_moves (demand_id, id);

-- What is there: its trail has the times. Then clocks start for what is open, and the clocks of before go.
alter table loan_matching.demands no force row level security;
alter table loan_matching.trail_steps no force row level security;
alter table loan_matching.demand_progress no force row level security;
alter table loan_matching.due no force row level security;
insert into loan_matching.demand_moves (id, org_id, demand_id, state, at)
select id, org_id, demand_id, case step when 'CLAIMED' then 'ACCEPTED' else step end, at from loan_matching.trail_steps
where step in ('SUBMITTED', 'ROUTED', 'ACCEPTED', 'CLAIMED', 'APPROVED', 'REJECTED', 'WITHDRAWN');
insert into loan_matching.demand_moves (id, org_id, demand_id, stage, at) select id, org_id, demand_id, stage, at from loan_matching.demand_progress;
insert into loan_matching.due (kind, aggregate_id, org_id, due_at)
select distinct on (m.demand_id) 'demand-move', m.id, m.org_id, now() from loan_matching.demand_moves m join loan_matching.demands d on d.id = m.demand_id
where d.state in ('ROUTED', 'ACCEPTED', 'APPROVED') order by m.demand_id, m.id desc;
delete from loan_matching.due where kind = 'demand.accept';
alter table loan_matching.demands force row level security;
alter table loan_matching.trail_steps force row level security;
alter table loan_matching.demand_progress force row level security;
alter table loan_matching.due force row level security;

select loan_matching.tenant_table('demand_moves');
revoke update on loan_matching.demand_moves from loan_matching_app, loan_matching_supervisor, loan_matching_worker;
revoke delete on loan_matching.demand_moves from loan_matching_worker;
-- Clocks follow the moves, by the worker alone.
revoke insert, update on loan_matching.clocks from loan_matching_app, loan_matching_supervisor;

-- Whoever moves a demand, by whatever path: it is kept, and told to whatever follows it, each move by a row of its own that nobody waits for.
create function loan_matching.keep_move() returns trigger language plpgsql as $$
declare
  move uuid := loan_matching.new_id();
begin
  if tg_table_name = 'demands' then
    insert into loan_matching.demand_moves (id, org_id, demand_id, state, at) values (move, new.org_id, new.id, new.state, clock_timestamp());
    -- What was only submitted has no clock; a visit on which it was taken down stands in the docking ledger.
    if new.state = 'SUBMITTED' and not exists (select from loan_matching.applications where id = new.id and source = 'GRID') then return null; end if;
  else
    insert into loan_matching.demand_moves (id, org_id, demand_id, stage, at) values (move, new.org_id, new.demand_id, new.stage, clock_timestamp());
  end if;
  insert into loan_matching.due (kind, aggregate_id, org_id, due_at) values ('demand-move', move, new.org_id, now());
  return null;
end $$;
create trigger demands_begun after insert on loan_matching.demands for each row execute function loan_matching.keep_move();
create trigger demands_moved after update of state on loan_matching.demands for each row when (old.state is distinct from new.state) execute function loan_matching.keep_move();
create trigger demand_progress_made after insert on loan_matching.demand_progress for each row execute function loan_matching.keep_move();

-- A bank that lets its time to accept pass loses the demand by that alone. Before, it kept it while nobody else was asked. What lies with
-- such banks is taken from them by clocks of a kind that programs of the version before do not know, and so leave alone. So with entries
-- of the pool that had no clock, because the calendar did not reach when they came in.
alter table loan_matching.demands no force row level security;
alter table loan_matching.pool_entries no force row level security;
alter table loan_matching.due no force row level security;
insert into loan_matching.due (kind, aggregate_id, org_id, due_at)
select 'demand.late', id, org_id, now() from loan_matching.demands where state = 'ROUTED' and accept_overdue
union all select 'pool.reckon', id, org_id, now() from loan_matching.pool_entries where closed_at is null and closes_at is null;
alter table loan_matching.demands force row level security;
alter table loan_matching.pool_entries force row level security;
alter table loan_matching.due force row level security;

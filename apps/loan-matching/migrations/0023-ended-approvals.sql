-- A bank that ends what it approved, because the enterprise does not take it, goes on knowing whom it served.
alter table loan_matching.demands add column ended_by_bank boolean not null default false;

-- What ended so before there were moves for it stayed APPROVED. Each moves by a clock that replicas of before do not know, and its
-- application follows.
alter table loan_matching.demands no force row level security;
alter table loan_matching.demand_progress no force row level security;
alter table loan_matching.due no force row level security;
insert into loan_matching.due (kind, aggregate_id, org_id, due_at)
select 'demand.ended', d.id, d.org_id, now() from loan_matching.demands d
join loan_matching.demand_progress p on p.org_id = d.org_id and p.demand_id = d.id and p.stage = 'ENDED'
where d.state = 'APPROVED' and p.reason_code is not null and p.reason_text is not null;
alter table loan_matching.due force row level security;
alter table loan_matching.demand_progress force row level security;
alter table loan_matching.demands force row level security;

-- Demands through a code without a scan session, of which it takes so many on a day.
alter table loan_matching.loan_code_days add column sessionless int not null default 0;

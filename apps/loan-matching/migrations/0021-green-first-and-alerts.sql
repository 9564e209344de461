-- Demands of the green channel (H-112) are read before all others, by their banks and by supervisors. They are few: an index of them alone
-- costs the others nothing, and those others are read by the indexes that there are.
create index demands_green_page on loan_matching.demands (org_id, id) where green_channel;
create index demands_green_state_page on loan_matching.demands (org_id, state, id) where green_channel;
create index demands_green on loan_matching.demands (id) where green_channel;
create index demands_green_state on loan_matching.demands (state, id) where green_channel;

-- So is the open pool. Those that are in it now are of their applications.
alter table loan_matching.pool_entries add column green_channel boolean not null default false, no force row level security;
alter table loan_matching.applications no force row level security;
update loan_matching.pool_entries e set green_channel = true from loan_matching.applications a where a.id = e.application_id and a.green_channel;
alter table loan_matching.applications force row level security;
alter table loan_matching.pool_entries force row level security;
create index pool_entries_green on loan_matching.pool_entries (org_id, id) where closed_at is null and green_channel;

-- Alerts about an enterprise and of a kind, handled ones too. Their organisation is the intake.
create index credit_alerts_kind on loan_matching.credit_alerts (org_id, kind, id);
create index credit_alerts_enterprise on loan_matching.credit_alerts (org_id, enterprise_id, id);

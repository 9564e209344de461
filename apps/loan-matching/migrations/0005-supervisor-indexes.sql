-- Supervisors, dashboards and applicants read across all organisations: what they ask for is found without the organisation,
-- which every other index of these tables begins with.
create index demands_state on loan_matching.demands (state, id);
create index demands_harbor on loan_matching.demands (harbor_id, id);
create index trail_steps_of_demand on loan_matching.trail_steps (demand_id, id);

-- A demand has one decision of each bank. Compared over all banks, the key would tell a bank that another one had decided before it.
alter table loan_matching.decisions drop constraint decisions_demand_unique;
drop index loan_matching.decisions_demand;
alter table loan_matching.decisions add constraint decisions_once unique (org_id, demand_id);
create index decisions_of_demand on loan_matching.decisions (demand_id);

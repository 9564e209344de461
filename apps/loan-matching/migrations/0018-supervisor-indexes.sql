-- What supervisors and the service's own work read across organisations, and the pool's rows of whoever holds them.
create index pool_entries_page on loan_matching.pool_entries (org_id, id);
create index demand_questions_demand on loan_matching.demand_questions (demand_id, id);
create index clocks_kind on loan_matching.clocks (kind, id);
create index docking_entries_way on loan_matching.docking_entries (way, id);
create index docking_entries_outcome on loan_matching.docking_entries (outcome, id);
create index applications_source on loan_matching.applications (source, id);

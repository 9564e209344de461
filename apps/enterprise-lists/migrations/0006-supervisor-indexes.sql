-- Supervisors and dashboards read across all organisations: what they narrow a list to is found without the organisation,
-- which every other index of these tables begins with.
create index push_lists_state on enterprise_lists.push_lists (state, id);
create index referrals_state on enterprise_lists.referrals (state, id);

-- Supervisors, dashboards and registrants read across all organisations: what they ask for is found without the organisation,
-- which every other index of these tables begins with.
create index issues_state on feedback.issues (state, id);
create index issues_of_harbor on feedback.issues (harbor_id, id);
create index issue_trail_of_issue on feedback.issue_trail (issue_id, id);

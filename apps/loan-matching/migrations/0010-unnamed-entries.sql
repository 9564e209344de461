-- Entries whose enterprise is not named yet are few: whoever tells names finds them here.
create index cultivation_entries_unnamed on loan_matching.cultivation_entries (enterprise_id) where enterprise_name is null;

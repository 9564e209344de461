-- Supervisors and the service's own work look across all organisations.
create index list_recalls_push_list on enterprise_lists.list_recalls (push_list_id, id);
create index clocks_kind on enterprise_lists.clocks (kind, id);
create index push_lists_submitted on enterprise_lists.push_lists (submitted_at);
create index dispatches_push_list on enterprise_lists.dispatches (push_list_id);
create index imports_ended on enterprise_lists.imports (ended_at) where file_id is not null;
create index imports_file on enterprise_lists.imports (file_id) where file_id is not null;
create index import_parts_file on enterprise_lists.import_parts (file_id);
create index enterprises_contact_entry on enterprise_lists.enterprises (contact_entry_id) where contact_entry_id is not null;

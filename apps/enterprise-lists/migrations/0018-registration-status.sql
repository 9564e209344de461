-- Where the registration stands (登记状态), as a list states it and as the master holds it; null where no list does.
alter table enterprise_lists.import_rows add column registration_status text;
alter table enterprise_lists.list_entries add column registration_status text;
alter table enterprise_lists.enterprises add column registration_status text;

-- Rises with every event about the list.
alter table enterprise_lists.push_lists add column version int not null default 1;

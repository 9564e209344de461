-- Replicas of the version before still write for each row of a list that its department may know the enterprise, and nobody takes that
-- back any more when the list is undone. Such rows are dropped, and what slipped in since 0020 goes. To go with the next release.
create function enterprise_lists.state_no_access() returns trigger language plpgsql as 'begin return null; end';
create trigger enterprise_access_without_stated before insert on enterprise_lists.enterprise_access for each row
  when (new.reason = 'PUSHED') execute function enterprise_lists.state_no_access();
alter table enterprise_lists.enterprise_access no force row level security;
delete from enterprise_lists.enterprise_access where reason = 'PUSHED';
alter table enterprise_lists.enterprise_access force row level security;

-- Whoever states an enterprise may know it, which its sources say already: a row of enterprise_access for every row of every list
-- said it a second time. What is left there is who came to know an enterprise otherwise (CLAIMED, DEMAND_ACCEPTED).
create policy enterprises_stated on enterprise_lists.enterprises for select to enterprise_lists_app
  using (sources @> array[nullif(current_setting('app.org', true), '')::uuid]);
alter table enterprise_lists.enterprise_access no force row level security;
delete from enterprise_lists.enterprise_access where reason = 'PUSHED';
alter table enterprise_lists.enterprise_access force row level security;

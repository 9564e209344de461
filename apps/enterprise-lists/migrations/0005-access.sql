create index referrals_org on enterprise_lists.referrals (org_id, id);
create index referrals_org_state on enterprise_lists.referrals (org_id, state, id);
create index referrals_org_dispatch on enterprise_lists.referrals (org_id, dispatch_id, state);
create index referrals_org_enterprise on enterprise_lists.referrals (org_id, enterprise_id);
select enterprise_lists.tenant_table('referrals');
revoke insert on enterprise_lists.referrals from enterprise_lists_app;
revoke insert, update on enterprise_lists.referrals from enterprise_lists_supervisor;

-- Which organisation may know which enterprise, and why (PUSHED, CLAIMED, DEMAND_ACCEPTED). No foreign key: a bank may
-- take on a demand of an enterprise that no department ever pushed.
create table enterprise_lists.enterprise_access (
  org_id uuid not null,
  enterprise_id uuid not null,
  reason text not null,
  consent_id uuid,
  granted_at timestamptz not null default now(),
  primary key (org_id, enterprise_id)
);
-- Written out instead of tenant_table: a bank may give itself access to nothing but what it claimed.
alter table enterprise_lists.enterprise_access enable row level security;
alter table enterprise_lists.enterprise_access force row level security;
create policy enterprise_access_own on enterprise_lists.enterprise_access for select to enterprise_lists_app
  using (org_id = nullif(current_setting('app.org', true), '')::uuid);
create policy enterprise_access_claimed on enterprise_lists.enterprise_access for insert to enterprise_lists_app
  with check (reason = 'CLAIMED' and org_id = nullif(current_setting('app.org', true), '')::uuid and exists (
    select from enterprise_lists.referrals r
    where r.org_id = enterprise_access.org_id and r.enterprise_id = enterprise_access.enterprise_id and r.claimed_at is not null));
create policy enterprise_access_supervisor on enterprise_lists.enterprise_access for select to enterprise_lists_supervisor using (true);
create policy enterprise_access_worker on enterprise_lists.enterprise_access to enterprise_lists_worker using (true) with check (true);
grant select, insert on enterprise_lists.enterprise_access to enterprise_lists_app;
grant select on enterprise_lists.enterprise_access to enterprise_lists_supervisor;
grant select, insert, update, delete on enterprise_lists.enterprise_access to enterprise_lists_worker;

-- An organisation sees the enterprises that it has access to, by one look into the primary key for each: without OFFSET,
-- the planner would read and hash all that the organisation has access to, for every enterprise that is asked for.
create policy enterprises_accessible on enterprise_lists.enterprises for select to enterprise_lists_app using (exists (
  select from enterprise_lists.enterprise_access a
  where a.org_id = nullif(current_setting('app.org', true), '')::uuid and a.enterprise_id = enterprises.id offset 0));

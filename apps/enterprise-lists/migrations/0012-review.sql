-- How far a row came (docs/lists.md). Everything else of an entry is what the department wrote, and never changes.
alter table enterprise_lists.list_entries add column state text not null default 'PENDING', add column state_reason text, add column state_at timestamptz,
  no force row level security;
-- (department, title, period) is a series of revisions; whoever writes a list gets the next number of its series.
alter table enterprise_lists.push_lists add column revision int not null default 1, add column recommended_count int not null default 0, add column withdrawal_reason text, no force row level security;
update enterprise_lists.push_lists l set revision = n.revision, recommended_count = case when l.state in ('APPROVED', 'DISPATCHED') then l.accepted_count else 0 end
from (select id, row_number() over (partition by org_id, period, title order by id) as revision from enterprise_lists.push_lists) n where n.id = l.id;
-- What was approved before rows were reviewed one by one stays so: the guards below are made behind this.
update enterprise_lists.list_entries e set state = case l.state when 'APPROVED' then 'RECOMMENDED' when 'DISPATCHED' then 'DISPATCHED' else 'NOT_RECOMMENDED' end,
  state_reason = l.return_reason, state_at = l.reviewed_at from enterprise_lists.push_lists l where l.id = e.push_list_id and l.state <> 'UNDER_REVIEW';
alter table enterprise_lists.push_lists force row level security;
alter table enterprise_lists.list_entries force row level security;
create unique index push_lists_series on enterprise_lists.push_lists (org_id, period, title, revision);
create function enterprise_lists.number_revision() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(concat_ws(' ', new.org_id, new.period, new.title), 12));
  new.revision := (select coalesce(max(revision), 0) + 1 from enterprise_lists.push_lists l where l.org_id = new.org_id and l.period = new.period and l.title = new.title);
  return new; end $$;
create trigger push_lists_revision before insert on enterprise_lists.push_lists for each row execute function enterprise_lists.number_revision();

-- Who vouches for a criterion of a row, by what and when: entered at the review. Where nobody did, the row's own columns count.
create table enterprise_lists.entry_assertions (
  org_id uuid not null, entry_id uuid not null, criterion text not null, met boolean not null,
  evidence text not null check (length(btrim(evidence)) >= 2), author text not null check (length(btrim(author)) >= 2), asserted_on date not null,
  asserted_by_org uuid not null, recorded_at timestamptz not null default now(), primary key (org_id, entry_id, criterion)
);
select enterprise_lists.tenant_table('entry_assertions');

-- A department withdraws and does nothing else; no path reaches a state past those before it, nor a recommendation past its criteria.
create function enterprise_lists.guard_state() returns trigger language plpgsql as $$
begin
  if current_user = 'enterprise_lists_app' and new.state <> 'WITHDRAWN' then
    raise exception 'a department may only withdraw' using errcode = 'insufficient_privilege'; end if;
  if tg_table_name = 'push_lists' then return new; end if;
  if tg_op = 'INSERT' or new.state <> all(case old.state
    when 'PENDING' then '{RECOMMENDED,NOT_RECOMMENDED,WITHDRAWN}' when 'NOT_RECOMMENDED' then '{RECOMMENDED,WITHDRAWN}'
    when 'RECOMMENDED' then '{DISPATCHED,NOT_RECOMMENDED,WITHDRAWN}' when 'DISPATCHED' then '{CULTIVATING,RE_RECOMMENDED,WITHDRAWN}'
    when 'CULTIVATING' then '{RE_RECOMMENDED,WITHDRAWN}' when 'RE_RECOMMENDED' then '{DISPATCHED,WITHDRAWN}' else '{}' end::text[]) then
    raise exception 'an entry cannot become % (entry %)', new.state, new.id using errcode = 'check_violation', constraint = 'list_entries_state';
  end if;
  if new.state in ('RECOMMENDED', 'RE_RECOMMENDED') and enterprise_lists.entry_gaps(new) <> '{}' then
    raise exception 'entry % lacks %', new.id, enterprise_lists.entry_gaps(new) using errcode = 'check_violation', constraint = 'list_entries_criteria';
  end if;
  return new; end $$;
-- What a row lacks before it may be recommended, as CRITERION:PROBLEM; an entered assertion counts before the row's own columns.
create function enterprise_lists.entry_gaps(e enterprise_lists.list_entries) returns text[] language plpgsql stable as $$
begin
  return array(select 'OUTSIDE:' || m.outside_reason from enterprise_lists.enterprises m where m.id = e.enterprise_id and m.outside_reason is not null)
    || array(select c.criterion || ':' || case when coalesce(a.met, c.met) is null then 'MISSING' when not coalesce(a.met, c.met) then 'UNMET' else 'EVIDENCE' end
    from (values (1, 'GOOD_PROSPECTS', e.good_prospects), (2, 'STRONG_DEMAND', e.strong_demand), (3, 'SOUND_CREDIT', e.sound_credit),
      (4, 'LAWFUL_OPERATION', e.lawful_operation), (5, 'FIXED_PREMISES', e.fixed_premises), (6, 'REAL_DEMAND', e.real_demand),
      (7, 'GOOD_CREDIT_STANDING', e.good_credit_standing), (8, 'LAWFUL_PURPOSE', e.lawful_purpose)) as c (place, criterion, met)
    left join enterprise_lists.entry_assertions a on a.org_id = e.org_id and a.entry_id = e.id and a.criterion = c.criterion
    where (coalesce(a.met, c.met) and (a.met or length(btrim(coalesce(e.evidence ->> c.criterion, e.evidence ->> 'ALL'))) >= 2)) is not true order by c.place);
end $$;
create trigger list_entries_state before update of state on enterprise_lists.list_entries for each row when (old.state is distinct from new.state) execute function enterprise_lists.guard_state();
create trigger list_entries_new before insert on enterprise_lists.list_entries for each row when (new.state <> 'PENDING') execute function enterprise_lists.guard_state();
create trigger push_lists_state_guard before update of state on enterprise_lists.push_lists for each row when (old.state is distinct from new.state) execute function enterprise_lists.guard_state();
grant update (state, state_reason, state_at) on enterprise_lists.list_entries to enterprise_lists_app, enterprise_lists_supervisor;
grant update (state, withdrawal_reason, recommended_count, version) on enterprise_lists.push_lists to enterprise_lists_app;

-- How often a department has to push (H-040), and which period is open until the end of which day; of those before, what the clock found.
create table enterprise_lists.push_duties (org_id uuid primary key, frequency text not null check (frequency in ('MONTHLY', 'QUARTERLY')),
  grace_days int not null check (grace_days between 0 and 60), period text not null, due_on date not null, version int not null, changed_at timestamptz not null);
select enterprise_lists.tenant_table('push_duties');
create table enterprise_lists.duty_periods (org_id uuid not null, period text not null, due_on date not null, is_overdue boolean not null, primary key (org_id, period));
select enterprise_lists.tenant_table('duty_periods');
revoke insert, update on enterprise_lists.push_duties, enterprise_lists.duty_periods from enterprise_lists_app;
revoke insert, update on enterprise_lists.duty_periods from enterprise_lists_supervisor;

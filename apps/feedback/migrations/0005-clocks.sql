-- Clocks follow the trail of an issue, by the worker alone.
revoke insert, update on feedback.clocks from feedback_app, feedback_supervisor;

-- Whoever takes a step, by whatever version: it is told to what follows, each step by a row of its own that nobody waits for.
create function feedback.follow_step() returns trigger language plpgsql as $$
begin
  insert into feedback.due (kind, aggregate_id, org_id, due_at) values ('issue-step', new.id, new.org_id, now());
  return null;
end $$;
create trigger issue_trail_followed after insert on feedback.issue_trail for each row
  when (new.action not like '%OVERDUE') execute function feedback.follow_step();

-- What is there gets its clocks from its trail, ended ones included: a correction corrects them too. The clocks of before go.
alter table feedback.issue_trail no force row level security;
alter table feedback.due no force row level security;
insert into feedback.due (kind, aggregate_id, org_id, due_at)
select distinct on (issue_id) 'issue-step', id, org_id, now() from feedback.issue_trail where action not like '%OVERDUE' order by issue_id, id desc;
delete from feedback.due where kind in ('issue.acknowledge', 'issue.acknowledge-branch', 'issue.answer');
alter table feedback.issue_trail force row level security;
alter table feedback.due force row level security;

-- Replicas of the version before still set the clocks of before, which nobody handles any more. To go with the next release.
create function feedback.set_no_clock() returns trigger language plpgsql as 'begin return null; end';
create trigger due_without_clocks_of_before before insert on feedback.due for each row
  when (new.kind in ('issue.acknowledge', 'issue.acknowledge-branch', 'issue.answer')) execute function feedback.set_no_clock();

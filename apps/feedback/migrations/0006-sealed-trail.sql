-- Every step of an issue is part of the one sealed chain: a row of the audit trail has its digest, whoever adds the step and by whatever
-- version. The note is left out, as it is encrypted anew with every change of keys. libs/security/src/audit/trails.ts reckons the same.
create function feedback.step_digest(t feedback.issue_trail) returns text language sql stable as $$
  select encode(sha256(convert_to(row(t.id, t.org_id, t.issue_id, t.action, t.actor_id, extract(epoch from t.at))::text, 'UTF8')), 'hex')
$$;
create function feedback.seal_step() returns trigger language plpgsql as $$
begin
  insert into feedback.audit (role, org_id, action, resource, resource_id, detail)
  values ('service', new.org_id, 'trail.step', 'trail-step', new.id, jsonb_build_object('sha256', feedback.step_digest(new)));
  return null;
end $$;
create trigger issue_trail_sealed after insert on feedback.issue_trail for each row execute function feedback.seal_step();

-- Those of before are sealed as they are now.
alter table feedback.issue_trail no force row level security;
insert into feedback.audit (role, org_id, action, resource, resource_id, detail)
select 'service', org_id, 'trail.step', 'trail-step', id, jsonb_build_object('sha256', feedback.step_digest(t)) from feedback.issue_trail t order by id;
alter table feedback.issue_trail force row level security;

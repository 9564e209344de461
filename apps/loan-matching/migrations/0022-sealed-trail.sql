-- Every step is part of the one sealed chain: a row of the audit trail has its digest, whoever adds the step and by whatever version.
-- libs/security/src/audit/trails.ts reckons the same.
create function loan_matching.step_digest(t loan_matching.trail_steps) returns text language sql stable as $$
  select encode(sha256(convert_to(row(t.id, t.org_id, t.demand_id, t.step, t.by, extract(epoch from t.at), t.product_id, t.consent_id, t.reason_code,
    extract(epoch from t.due_at))::text, 'UTF8')), 'hex')
$$;
create function loan_matching.seal_step() returns trigger language plpgsql as $$
begin
  insert into loan_matching.audit (role, org_id, action, resource, resource_id, detail)
  values ('service', new.org_id, 'trail.step', 'trail-step', new.id, jsonb_build_object('sha256', loan_matching.step_digest(new)));
  return null;
end $$;
create trigger trail_steps_sealed after insert on loan_matching.trail_steps for each row execute function loan_matching.seal_step();

-- Those of before are sealed as they are now.
alter table loan_matching.trail_steps no force row level security;
insert into loan_matching.audit (role, org_id, action, resource, resource_id, detail)
select 'service', org_id, 'trail.step', 'trail-step', id, jsonb_build_object('sha256', loan_matching.step_digest(t)) from loan_matching.trail_steps t order by id;
alter table loan_matching.trail_steps force row level security;

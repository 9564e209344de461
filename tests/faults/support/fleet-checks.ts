/**
 * What must hold in the database of a fleet that came to rest, whoever did what to it: each check is a statement that gives
 * the rows for which it does not. As superuser, who sees past row level security.
 */
export const checks: Record<string, string> = {
  // State machines, from the services' own trails.
  'a demand went another way than SUBMITTED, ROUTED, ACCEPTED, APPROVED or REJECTED': `
    select id, state, version, steps, changes from (
      select d.id, d.state, d.version, d.source,
        coalesce(string_agg(t.step, ' ' order by t.id) filter (where t.step not in ('ACCEPT_OVERDUE', 'CLOCK_NOT_COVERED', 'CONTACT_VIEWED')), '') as steps,
        count(*) filter (where t.step in ('CHOSEN', 'ACCEPTED', 'APPROVED', 'REJECTED', 'ACCEPT_OVERDUE')) as changes,
        (select count(*) from loan_matching.demand_progress p where p.demand_id = d.id) as stages
      from loan_matching.demands d left join loan_matching.trail_steps t on t.demand_id = d.id group by d.id) d
    where version <> changes + stages + 1 or steps <> case when source = 'REFERRAL' then 'CLAIMED' || case state when 'ACCEPTED' then '' else ' ' || state end else case state
      when 'SUBMITTED' then 'SUBMITTED MATCHED'
      when 'ROUTED' then 'SUBMITTED MATCHED CHOSEN ROUTED'
      when 'ACCEPTED' then 'SUBMITTED MATCHED CHOSEN ROUTED ACCEPTED'
      else 'SUBMITTED MATCHED CHOSEN ROUTED ACCEPTED ' || state end end`,
  'a contact was seen before the bank accepted': `
    select t.demand_id from loan_matching.trail_steps t where t.step = 'CONTACT_VIEWED' and not exists (
      select from loan_matching.trail_steps a where a.demand_id = t.demand_id and a.step = 'ACCEPTED' and a.at <= t.at)`,
  'a demand and its decision differ': `
    select coalesce(d.id, e.demand_id) as id, d.state, e.outcome from (select * from loan_matching.demands where state in ('APPROVED', 'REJECTED')) d
    full join loan_matching.decisions e on e.demand_id = d.id and e.org_id = d.org_id where d.state is distinct from e.outcome`,
  'the clock of a demand runs that should not, or does not that should': `
    select d.id, d.state, c.due_at from loan_matching.demands d
    left join loan_matching.clocks k on k.subject_id = d.id and k.kind = 'DEMAND_ACCEPT' and k.breached_at is null
    left join loan_matching.due c on c.kind = 'clock' and c.aggregate_id = k.id
    where (c.aggregate_id is not null) <> (d.state = 'ROUTED' and d.accept_due_at is not null and not d.accept_overdue)
      and not exists (select from loan_matching.due m join loan_matching.demand_moves v on v.id = m.aggregate_id where m.kind = 'demand-move' and v.demand_id = d.id)`,
  'a demand is in a state that its moves do not end with': `
    select d.id, d.state, m.state as moved from loan_matching.demands d
    left join lateral (select state from loan_matching.demand_moves where demand_id = d.id and state is not null order by id desc limit 1) m on true
    where m.state is distinct from d.state`,
  'an issue went another way than REGISTERED, HANDLING, REPLIED, REOPENED or CLOSED': `
    select id, state, steps from (
      select i.id, i.state,
        string_agg(t.action, ' ' order by t.id) filter (where t.action not like '%OVERDUE' and t.action <> 'BRANCH_ACKNOWLEDGED') as steps
      from feedback.issues i left join feedback.issue_trail t on t.issue_id = i.id group by i.id) i
    where steps is null or steps !~ case state
      when 'REGISTERED' then '^REGISTERED$'
      when 'HANDLING' then '^REGISTERED BANK_ACKNOWLEDGED$'
      when 'REPLIED' then '^REGISTERED BANK_ACKNOWLEDGED REPLIED( REOPENED REPLIED)*$'
      when 'REOPENED' then '^REGISTERED BANK_ACKNOWLEDGED REPLIED( REOPENED REPLIED)* REOPENED$'
      else '^REGISTERED BANK_ACKNOWLEDGED REPLIED( REOPENED REPLIED)* CLOSED$' end`,
  'the clocks of an issue differ from what is still to be done': `
    select i.id, i.state from feedback.issues i cross join lateral (
      select count(*) filter (where kind = 'ISSUE_ACKNOWLEDGE' and stopped_at is null) as bank,
        count(*) filter (where kind = 'ISSUE_ACKNOWLEDGE_BRANCH' and stopped_at is null) as branch,
        count(*) filter (where kind = 'ISSUE_ANSWER' and stopped_at is null) as answer,
        count(*) filter (where (next_at is not null) <> exists (select from feedback.due where kind = 'clock' and aggregate_id = k.id)) as silent
      from feedback.clocks k where subject_id = i.id) c
    where (c.bank <> (i.bank_acknowledged_at is null)::int or c.branch <> (i.branch_acknowledged_at is null)::int
        or c.answer <> (i.state in ('REGISTERED', 'HANDLING', 'REOPENED'))::int or c.silent > 0)
      and not exists (select from feedback.due m join feedback.issue_trail t on t.id = m.aggregate_id where m.kind = 'issue-step' and t.issue_id = i.id)`,
  'a list is in a state that its review and its dispatches do not explain': `
    select l.id, l.state, d.count from enterprise_lists.push_lists l cross join lateral (
      select count(*) as count, count(distinct org_id) as banks from enterprise_lists.dispatches where push_list_id = l.id) d
    where l.bank_count <> d.banks or not case l.state
      when 'UNDER_REVIEW' then l.reviewed_at is null and d.count = 0
      when 'RETURNED' then l.reviewed_at is not null and l.return_reason is not null and d.count = 0
      when 'APPROVED' then l.reviewed_at is not null and d.count = 0
      else l.reviewed_at is not null and d.count > 0 end`,
  'a list has more or fewer rows than it says': `
    select l.id, l.accepted_count, l.rejected_count from enterprise_lists.push_lists l
    where l.accepted_count <> (select count(*) from enterprise_lists.list_entries where push_list_id = l.id)
      or l.rejected_count <> (select count(distinct row_number) from enterprise_lists.list_rejections where push_list_id = l.id)`,
  'a referral is in a state that its times do not explain': `
    select id, state from enterprise_lists.referrals where not case state
      when 'DELIVERED' then acknowledged_at is null and answered_at is null and claimed_at is null
      when 'ACKNOWLEDGED' then acknowledged_at is not null and answered_at is null and claimed_at is null
      when 'CLAIMED' then acknowledged_at is not null and answered_at is not null and claimed_at is not null
      else acknowledged_at is not null and answered_at is not null and reason_code is not null end`,
  'a product’s version is not the number of times it was published and suspended': `
    select p.id, p.version, p.state from product_catalog.products p left join product_catalog.published_products c on c.id = p.id
    where p.state <> case when p.version = 0 then 'DRAFT' when p.version % 2 = 1 then 'PUBLISHED' else 'SUSPENDED' end
      or (p.version > 0 and (c.state, c.version) is distinct from (p.state, p.version))`,
  // Sums across services, and what follows from an event in its own.
  'a dispatched list did not arrive at its bank whole, or arrived twice': `
    select d.push_list_id, d.org_id, r.count from enterprise_lists.dispatches d join enterprise_lists.push_lists l on l.id = d.push_list_id
    cross join lateral (select count(*) as count, count(distinct entry_id) as entries from enterprise_lists.referrals
      where org_id = d.org_id and push_list_id = d.push_list_id) r
    where r.count <> l.recommended_count or r.entries <> l.recommended_count`,
  'a list counts more or fewer rows than are recommended': `
    select l.id from enterprise_lists.push_lists l where l.recommended_count <> (select count(*) from enterprise_lists.list_entries e
      where e.push_list_id = l.id and e.state in ('RECOMMENDED', 'DISPATCHED', 'CULTIVATING', 'RE_RECOMMENDED'))`,
  'a row’s counts differ from its referrals': `
    select e.id from enterprise_lists.list_entries e left join enterprise_lists.referrals r on r.entry_id = e.id group by e.id
    having (e.acknowledged_count, e.claimed_count, e.no_need_count, e.unreachable_count, e.rejected_count) is distinct from (
      count(r.acknowledged_at), count(*) filter (where r.state = 'CLAIMED'), count(*) filter (where r.state = 'NO_NEED'),
      count(*) filter (where r.state = 'UNREACHABLE'), count(*) filter (where r.state = 'REJECTED'))`,
  'a row counts decisions that were not made, or misses some': `
    select e.id, e.approved_count, e.declined_count, m.approved, m.rejected
    from enterprise_lists.list_entries e join enterprise_lists.push_lists l on l.id = e.push_list_id and l.state = 'DISPATCHED'
    cross join lateral (select count(*) filter (where c.outcome = 'APPROVED') as approved, count(*) filter (where c.outcome = 'REJECTED') as rejected,
        min(c.decided_at) as first
      from loan_matching.decisions c join loan_matching.demands d on d.id = c.demand_id where d.enterprise_id = e.enterprise_id) m
    where m.first > (select max(dispatched_at) from enterprise_lists.dispatches where push_list_id = l.id)
      and (e.approved_count, e.declined_count) is distinct from (m.approved, m.rejected)`,
  'a bank may know an enterprise whose demand it did not accept, or may not know one whose demand it did': `
    select d.org_id, d.enterprise_id from loan_matching.demands d
    where d.state in ('ACCEPTED', 'APPROVED', 'REJECTED') and not exists (
      select from enterprise_lists.enterprise_access a where a.org_id = d.org_id and a.enterprise_id = d.enterprise_id)
    union all select a.org_id, a.enterprise_id from enterprise_lists.enterprise_access a
    where a.reason = 'DEMAND_ACCEPTED' and not exists (
      select from loan_matching.demands d where d.org_id = a.org_id and d.enterprise_id = a.enterprise_id and d.state in ('ACCEPTED', 'APPROVED', 'REJECTED'))`,
  'a harbor counts other demands and issues than their owners': `
    select h.id, t.*, d.demands, d.approved, i.open from harbors.harbors h left join harbors.harbor_totals t on t.harbor_id = h.id
    cross join lateral (select count(*) as demands, count(*) filter (where state = 'APPROVED') as approved from loan_matching.demands where harbor_id = h.id) d
    cross join lateral (select count(*) as open from feedback.issues where harbor_id = h.id and state <> 'CLOSED') i
    where (coalesce(t.demand_total, 0), coalesce(t.approved_total, 0), coalesce(t.open_issue_total, 0)) is distinct from (d.demands, d.approved, i.open)`,
  // Copies of foreign facts.
  ...Object.fromEntries(['enterprise_lists', 'loan_matching', 'harbors'].map((schema) => [`${schema} knows other organisations than partners`, `
    select coalesce(o.id, c.id) as id, o.name, c.name as copied from (
      select o.id, o.kind, o.version, n.name from partners.organisations o join lateral (
        select name from partners.organisation_names where organisation_id = o.id and valid_from <= (now() at time zone 'Asia/Shanghai')::date
        order by valid_from desc limit 1) n on true) o
    full join ${schema}.organisation_copies c on c.id = o.id
    where (o.kind, o.name, o.version) is distinct from (c.kind, c.name, c.version)`])),
  'harbors knows other outlets than partners': `
    select coalesce(o.id, c.id) as id from partners.outlets o full join harbors.outlet_copies c on c.id = o.id
    where (o.organisation_id, o.name, o.area_code) is distinct from (c.organisation_id, c.name, c.area_code)`,
  'loan-matching knows other harbors than harbors': `
    select coalesce(h.id, c.id) as id from harbors.harbors h full join loan_matching.harbor_copies c on c.id = h.id
    where (h.number, h.name, h.host_bank_id, h.area_code) is distinct from (c.number, c.name, c.host_bank_id, c.area_code)`,
  'feedback knows other harbors than harbors': `
    select coalesce(h.id, c.id) as id from harbors.harbors h full join feedback.harbor_copies c on c.id = h.id
    where h.host_bank_id is distinct from c.host_bank_id`,
  'loan-matching knows other products on offer than product-catalog': `
    select coalesce(p.id, c.id) as id, p.state, c.published from (select * from product_catalog.products where version > 0) p
    full join loan_matching.product_copies c on c.id = p.id
    where (p.version, p.state = 'PUBLISHED') is distinct from (c.version, c.published)`,
  'loan-matching knows other facts of enterprises than the master': `
    select coalesce(e.id, c.id) as id from enterprise_lists.enterprises e full join loan_matching.enterprise_copies c on c.id = e.id
    where (e.region_code, e.industry_code, e.size_class, e.established_on, e.version)
      is distinct from (c.region_code, c.industry_code, c.size_class, c.established_on, c.version)`,
};

import type { Channel, DispatchTarget } from '../vocabulary.js';

/** An order: which rows of a list go to which banks. What is null takes all, or each row's own channel. */
export interface Selection {
  departmentId: string;
  pushListId: string;
  target: DispatchTarget;
  channels: Channel[] | null;
  entryIds: string[] | null;
}

/** The states in which a row may go to a bank for the first time, or to further banks. */
export const dispatchable = `'RECOMMENDED', 'RE_RECOMMENDED', 'DISPATCHED'`;

/** The row's number of recommendations, once it is dispatched: one that is recommended anew is another row to the banks. */
export const cycle = `e.cycle + (e.state = 'RE_RECOMMENDED')::int`;

const stem = (code: string): string => `(case when right(${code}, 4) = '0000' then left(${code}, 2) else ${code} end)`;
const region = 'coalesce(m.street_code, m.zone_code, m.region_code)';

/** As matching holds a product against a demand (loan-matching): what is not known excludes nobody, nor does a code too coarse to tell. */
const regionFits = `(p.regions is null or ${region} is null or exists (select from unnest(p.regions) as scope where starts_with(${region}, scope)
  or starts_with(scope, ${stem(region)})
  or (left(${region}, 6) = left(scope, 6) and (substr(${region}, 7, 1) = 'Z') <> (substr(scope, 7, 1) = 'Z'))))`;
const industryFits = `(p.industries is null or m.industry_code is null or exists (select from unnest(p.industries) as scope
  where starts_with(m.industry_code, scope) or starts_with(scope, m.industry_code)))`;

/** Whether a product on offer (p) takes a row. Who registered today has been in business for no month. */
export const fits = `${regionFits} and ${industryFits}
  and (p.size_classes is null or m.size_class = 'UNKNOWN' or m.size_class = any(p.size_classes))
  and (p.guarantees is null or e.guarantee_type is null or e.guarantee_type = any(p.guarantees))
  and (e.demand_amount >= p.amount_min) is not false and (e.demand_amount <= p.amount_max) is not false
  and (e.demand_term_months >= p.term_min) is not false and (e.demand_term_months <= p.term_max) is not false
  and (m.established_on <= current_date - make_interval(months => (p.years_min * 12)::int)) is not false`;

/** The banks, of those given, that a row is for. A street or zone is longer than its district: the greatest code is the nearest. */
const recipients: Record<DispatchTarget, string> = {
  ALL_BANKS: 'select unnest($4::uuid[])',
  HOST_BANK: `select distinct h.host_bank_id from enterprise_lists.harbor_copies h where h.host_bank_id = any($4) and h.area_code = (
    select max(a.area_code) from enterprise_lists.harbor_copies a where a.area_code in (m.street_code, m.zone_code, m.region_code))`,
  FITTING_BANKS: `select distinct p.bank_id from enterprise_lists.product_copies p where p.published and p.bank_id = any($4) and ${fits}`,
};

/**
 * Every row of a list (e, with its enterprise m) with every bank (b) and channel (c) that an order gives it to.
 * $1 department, $2 list, $3 entries or null, $4 banks, $5 channels or null.
 */
export const given = (target: DispatchTarget, states = dispatchable): string => `
  from enterprise_lists.list_entries e join enterprise_lists.enterprises m on m.id = e.enterprise_id
  cross join lateral (${recipients[target]}) as b (bank_id)
  cross join lateral unnest(coalesce($5::text[], array[m.default_channel])) as c (channel)
  where e.org_id = $1 and e.push_list_id = $2 and e.state in (${states}) and ($3::uuid[] is null or e.id = any($3))`;

export const parametersOf = ({ departmentId, pushListId, entryIds, channels }: Selection, bankIds: string[]): unknown[] =>
  [departmentId, pushListId, entryIds, bankIds, channels];

import type { Tx } from '@finharbor/platform/tenancy/tx';
import { regionOfCreditCode } from '@finharbor/standards/regions';
import { localDate } from '@finharbor/standards/working-days';
import type { Contradiction, MergedField, Statement } from './merge-statements.js';

/** An enterprise with all that was ever stated of it. */
export interface StatedEnterprise {
  id: string;
  creditCode: string;
  name: string;
  regionOfCode: string | null;
  statements: Statement[];
}

const facts = `e.name, e.stated_kind as "statedKind", e.entity_type as "entityType", e.established_on::text as "establishedOn",
  trim_scale(e.registered_capital)::text as "registeredCapital", e.capital_currency as "capitalCurrency", e.business_scope as "businessScope",
  e.province, e.district, e.region_code as "regionCode", e.address, e.street_code as "streetCode", e.zone_code as "zoneCode",
  e.industry_code as "industryCode", e.employees, trim_scale(e.revenue)::text as revenue, trim_scale(e.assets)::text as assets,
  e.stated_private as "statedPrivate", e.stated_tags as "statedTags", e.tags_until::text as "tagsUntil",
  e.green_category as "greenCategory", e.green_edition as "greenEdition",
  e.registration_status as "registrationStatus"`;

/**
 * The statements of enterprises: the entries of all lists that were not undone. The sources of an enterprise say where to look, so that
 * indexes that begin with the organisation serve. Those that the caller may not see are left out.
 */
export async function statementsOf(tx: Tx, ids: readonly string[]): Promise<StatedEnterprise[]> {
  const today = localDate(new Date());
  const enterprises = await tx.query<{ id: string; creditCode: string; name: string }>(
    'select id, credit_code as "creditCode", name from enterprise_lists.enterprises where id = any($1::uuid[])', [ids]);
  const rows = await tx.query<Statement & { enterpriseId: string; moment: Date }>(
    `select e.enterprise_id as "enterpriseId", e.id as "entryId", e.org_id as source, l.submitted_at as moment, ${facts}
     from enterprise_lists.enterprises k cross join lateral unnest(k.sources) as s (org_id)
     join enterprise_lists.list_entries e on e.org_id = s.org_id and e.enterprise_id = k.id
     join enterprise_lists.push_lists l on l.org_id = e.org_id and l.id = e.push_list_id
     where k.id = any($1::uuid[]) and l.state <> 'UNDONE'`, [ids]);
  const byEnterprise = new Map<string, typeof rows>(ids.map((id) => [id, []]));
  for (const row of rows) byEnterprise.get(row.enterpriseId)!.push(row);
  return enterprises.map((one) => ({
    ...one, regionOfCode: regionOfCreditCode(one.creditCode, today)?.code ?? null,
    statements: byEnterprise.get(one.id)!.map(({ enterpriseId: _, moment, ...statement }) => ({ ...statement, at: moment.getTime() })),
  }));
}

/** The rank of a source for a field: what was said of the field, else of all its fields, else 0. */
export async function ranksOf(tx: Tx): Promise<(source: string, field: MergedField) => number> {
  const rules = await tx.query<{ source: string; field: string; rank: number }>('select source_id as source, field, rank from enterprise_lists.precedence_rules');
  const ranks = new Map(rules.map(({ source, field, rank }) => [`${source} ${field}`, rank]));
  return (source, field) => ranks.get(`${source} ${field}`) ?? ranks.get(`${source} *`) ?? 0;
}

/** What supervisors chose, by enterprise, field and what the sources stated then: a choice holds for nothing else. */
export async function choicesOf(tx: Tx, ids: string[]): Promise<Map<string, string>> {
  const choices = await tx.query<{ id: string; field: string; words: string; source: string }>(
    `select enterprise_id as id, field, words, chosen_source as source from enterprise_lists.contradictions
     where enterprise_id = any($1::uuid[]) and chosen_source is not null`, [ids]);
  return new Map(choices.map(({ id, field, words, source }) => [`${id} ${field} ${words}`, source]));
}

/** Who says what, without when. */
export const wordsOf = (stated: Contradiction['stated']): string => JSON.stringify(stated.map(({ source, value }) => [source, value]));

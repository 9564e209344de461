/**
 * What an entry states, as columns that `import_rows` and `list_entries` have by the same names. Free of Nest, as it is used where
 * lists are read.
 */

/** Facts of the enterprise: the master chooses among those of all its statements. */
export const factColumns = [
  'name', 'stated_kind', 'entity_type', 'established_on', 'registered_capital', 'capital_currency', 'business_scope', 'province', 'district',
  'region_code', 'address', 'street_code', 'zone_code', 'industry_code', 'employees', 'revenue', 'assets', 'stated_private',
  'stated_tags', 'tags_until', 'green_category', 'green_edition', 'registration_status',
] as const;

/** Facts that rows state since later: staged behind the others, and part of the hash of a row only where it states them. */
const laterFacts = ['registration_status'] as const;
const firstFacts = factColumns.filter((name) => name !== 'registration_status');

/** What belongs to the row alone. */
export const rowColumns = [
  'source', 'good_prospects', 'strong_demand', 'sound_credit', 'lawful_operation', 'fixed_premises', 'real_demand', 'good_credit_standing',
  'lawful_purpose', 'evidence', 'consent_ref', 'demand_amount', 'demand_term_months', 'demand_purpose', 'guarantee_type',
] as const;

/** What follows from the facts of this one row; where the master knows more, it follows from all of them. */
export const derivedColumns = ['kind', 'is_private', 'size_class', 'outside_reason', 'tags', 'code_region'] as const;

/** The columns that a row is staged with, in this order. */
export const stagedColumns = [
  'import_id', 'row_number', 'entry_id', 'enterprise_id', 'credit_code', 'facts_hash', ...firstFacts, ...rowColumns, ...laterFacts, ...derivedColumns,
] as const;

/** Facts that the master holds under the same name, one value each: all but the tags. */
export const masterFacts = factColumns.filter((name) => !['stated_tags', 'tags_until', 'green_category', 'green_edition'].includes(name));

/** What is derived follows from these: a row that states all that is known of them says it for the master too. */
export const derivationInputs = [
  'stated_kind', 'entity_type', 'registered_capital', 'industry_code', 'employees', 'revenue', 'assets', 'stated_private', 'stated_tags',
  'registration_status',
] as const;

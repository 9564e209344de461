import { derivationInputs, derivedColumns, factColumns, masterFacts, rowColumns } from './statement-columns.js';

/**
 * The statements that apply an import: each is one pass over the staged rows (r), their contacts (c) and the master (k). $1 is the
 * import, $2 its department. An enterprise without sources is one whose only statements were undone: as good as unknown.
 */
const rowsAndContacts = `enterprise_lists.import_rows r
  left join enterprise_lists.import_contacts c on c.import_id = r.import_id and c.row_number = r.row_number`;
const staged = `${rowsAndContacts}
  left join enterprise_lists.enterprises k on k.id = r.enterprise_id`;

/** Until when the tiers among a row's tags hold, by tag. */
const untils = `case when r.tags_until is not null then (select jsonb_object_agg(tag, r.tags_until) from unnest(r.stated_tags) as stated (tag)
  where tag in ('INNOVATIVE_SME', 'SPECIALISED_SME', 'LITTLE_GIANT', 'HIGH_TECH', 'TECH_SME')) end`;
const greens = `case when r.green_category is not null then jsonb_build_object(coalesce(r.green_edition, 'UNKNOWN'), r.green_category) end`;

/** What a row states that the master does not hold, as [field of the graph, condition, old value, new value]. */
const factDifferences: [field: string, differs: string, old: string, fresh: string][] = [
  ...masterFacts.map((name): [string, string, string, string] =>
    [camelCase(name), `r.${name} is not null and r.${name} is distinct from k.${name}`, `k.${name}::text`, `r.${name}::text`]),
  ['statedTags', `r.stated_tags is not null and (not r.stated_tags <@ coalesce(k.stated_tags, '{}')
     or cardinality(k.sources) = 1 and not k.stated_tags <@ r.stated_tags)`, `array_to_string(k.stated_tags, ',')`, `array_to_string(r.stated_tags, ',')`],
  ['tagsUntil', `r.stated_tags is not null and ${untils} is distinct from k.tags_until`, 'k.tags_until::text', `${untils}::text`],
  ['greenCategories', `r.green_category is not null and not coalesce(k.green_categories @> ${greens}, false)`, 'k.green_categories::text', `${greens}::text`],
];
const differences: typeof factDifferences = [...factDifferences, ['contact', 'c.fingerprint is not null and c.fingerprint is distinct from k.contact_fingerprint',
  `case when k.contact_fingerprint is not null then '***' end`, `'***'`]];
const anyOf = (conditions: typeof factDifferences): string => `(${conditions.map(([, condition]) => `(${condition})`).join(' or ')})`;
const [differs, factsDiffer] = [anyOf(differences), anyOf(factDifferences)];
const isKnown = `(k.id is not null and k.sources <> '{}')`;
const isStated = `(${isKnown} and k.sources @> array[$2::uuid])`;

/** Which rows a mode leaves out: those of enterprises that the department has stated, or those that it has not. */
export const skipping = { UPSERT: 'false', ADD: isStated, UPDATE: `not ${isStated}` };

export const countRows = (skips: string): string =>
  `select count(*) filter (where k.id is not null)::int as met, count(*) filter (where ${skips})::int as skipped, count(*) filter (where not ${skips} and not ${isKnown})::int as added,
     count(*) filter (where not ${skips} and ${isKnown} and ${differs})::int as changed,
     count(*) filter (where not ${skips} and ${isKnown} and not ${differs})::int as unchanged
   from ${staged} where r.import_id = $1 and $2::uuid is not null`;

export const skippedRows = (skips: string): string =>
  `select r.row_number as row from ${staged} where r.import_id = $1 and $2::uuid is not null and ${skips} and r.row_number > $3 order by r.row_number limit $4`;

export const removeSkipped = (skips: string): string =>
  `delete from enterprise_lists.import_rows d using ${staged} where d.import_id = r.import_id and d.row_number = r.row_number
     and r.import_id = $1 and $2::uuid is not null and ${skips}`;

/** Rows behind one that change a known enterprise, each with its differences as JSON: [field, old, new]. */
export const changedRows = (skips: string): string =>
  `select r.row_number as row, r.credit_code as "creditCode", r.name,
     (select jsonb_agg(jsonb_build_array(field, old, fresh)) from (values ${differences.map(([field, condition, old, fresh]) =>
    `('${field}', ${condition}, ${old}, ${fresh})`).join(', ')}) as one (field, differs, old, fresh) where differs) as changes
   from ${staged} where r.import_id = $1 and $2::uuid is not null and not ${skips} and ${isKnown} and ${differs} and r.row_number > $3 order by r.row_number limit $4`;

/** The staged rows are all in a list already: $3. */
export const isSame =
  `select (select count(*) from enterprise_lists.list_entries e where e.org_id = $2 and e.push_list_id = $3)
       = (select count(*) from enterprise_lists.import_rows r where r.import_id = $1)
     and not exists (select from ${staged} left join enterprise_lists.list_entries e
         on e.org_id = $2 and e.push_list_id = $3 and e.enterprise_id = r.enterprise_id and e.facts_hash = r.facts_hash
       where r.import_id = $1 and (e.id is null or c.fingerprint is not null and c.fingerprint is distinct from k.contact_fingerprint)) as same`;

/**
 * What other services are told of the enterprise that a statement writes, as JSON: put together as text, which costs a third of building
 * jsonb. Only the name needs to be escaped; the rest are codes, words of closed vocabularies and numbers.
 */
export const told = (k: string): string => {
  const word = (column: string): string => `coalesce('"' || ${k}.${column} || '"', 'null')`;
  return `concat('{"enterpriseId":"', ${k}.id, '","version":', ${k}.version, ',"name":', to_json(${k}.name), ',"regionCode":', ${word('region_code')},
    ',"industryCode":', ${word('industry_code')}, ',"sizeClass":"', ${k}.size_class, '","establishedOn":', ${word('established_on')}, ',"kind":"', ${k}.kind,
    '","isPrivate":', coalesce(${k}.is_private::text, 'null'), ',"outsideReason":', ${word('outside_reason')},
    ',"registrationStatus":', ${word('registration_status')}, ',"tags":', array_to_json(${k}.tags), '}') as one`;
};

/**
 * Wraps a statement that returns what is told: it writes the events as well, 500 enterprises to each, and gives how many events those
 * were. $2 is the organisation that they belong to, $3 what they are about, $4 how many were written before.
 */
export const telling = (statement: string): string =>
  `with changed as (${statement}),
   numbered as (select one, (row_number() over () - 1) / 500 as chunk from changed),
   events as (insert into enterprise_lists.outbox (event_id, name, org_id, aggregate_id, aggregate_version, payload)
     select enterprise_lists.new_id(), 'enterprises.recorded', $2::uuid, $3::uuid, $4::int + chunk + 1, ('{"enterprises":[' || string_agg(one, ',') || ']}')::jsonb
     from numbered group by chunk returning 1)
   select (select count(*) from events)::int as events, (select count(*) from changed)::int as rows`;

const plain = masterFacts.filter((name) => name !== 'region_code');
const derived = derivedColumns.filter((name) => name !== 'code_region');

/** Enterprises that the master does not know, as their rows state them. */
export const insertNew = telling(
  `insert into enterprise_lists.enterprises as n (id, credit_code, ${plain.join(', ')}, region_code, stated_tags, tags_until, green_categories,
     ${derived.join(', ')}, sources, version,
     contact_name_encrypted, contact_phone_encrypted, contact_fingerprint, contact_entry_id)
   select r.enterprise_id, r.credit_code, ${plain.map((name) => `r.${name}`).join(', ')}, coalesce(r.region_code, r.code_region), r.stated_tags, ${untils}, ${greens},
     ${derived.map((name) => `r.${name}`).join(', ')}, array[$2::uuid], 1,
     c.name_encrypted, c.phone_encrypted, c.fingerprint, case when c.fingerprint is not null then r.entry_id end
   from ${staged} where r.import_id = $1 and k.id is null
   returning ${told('n')}`);

/**
 * Enterprises that nobody but this department has stated, or whose statements were undone: the newest statement counts, and what it
 * leaves out stays. Where it leaves out what is derived from, `merge` sees to it.
 */
export const updateOwn = telling(
  `update enterprise_lists.enterprises k set ${plain.map((name) => `${name} = coalesce(r.${name}, k.${name})`).join(', ')},
     region_code = coalesce(r.region_code, k.region_code, r.code_region), stated_tags = coalesce(r.stated_tags, k.stated_tags),
     tags_until = case when r.stated_tags is null then k.tags_until else ${untils} end,
     green_categories = case when r.green_category is null then k.green_categories else coalesce(k.green_categories, '{}') || ${greens} end,
     ${derived.map((name) => `${name} = r.${name}`).join(', ')},
     sources = array[$2::uuid], version = k.version + 1, changed_at = now()
   from ${rowsAndContacts} where r.import_id = $1 and k.id = r.enterprise_id and k.sources <@ array[$2::uuid] and (k.sources = '{}' or ${factsDiffer})
     and ${derivationInputs.map((name) => `(r.${name} is not null or k.${name} is null)`).join(' and ')}
   returning ${told('k')}`);

/** A department that states an enterprise for the first time is one of its sources from now on. */
export const addSource =
  `update enterprise_lists.enterprises k set sources = k.sources || $2::uuid from enterprise_lists.import_rows r
   where r.import_id = $1 and k.id = r.enterprise_id and not k.sources @> array[$2::uuid]`;

/** What the plain statements leave: where several sources meet and something differs or is open, or what is derived must be worked out. */
export const toMerge =
  `select k.id from ${staged} where r.import_id = $1 and $2::uuid is not null and k.id is not null and ($3 or ${factsDiffer}
     or cardinality(k.sources) > 1 and (r.stated_tags is not null or exists (select from enterprise_lists.contradictions o where o.enterprise_id = k.id)))
   order by k.id`;

/** The contacts of known enterprises that rows replace, as they are sealed; and what takes their place. */
export const replacedContacts =
  `select k.contact_name_encrypted as name, k.contact_phone_encrypted as phone from ${staged}
   where r.import_id = $1 and c.fingerprint is distinct from k.contact_fingerprint and coalesce(c.name_encrypted, c.phone_encrypted) is not null and k.contact_fingerprint is not null`;
export const replaceContacts =
  `update enterprise_lists.enterprises k set contact_name_encrypted = c.name_encrypted, contact_phone_encrypted = c.phone_encrypted,
     contact_fingerprint = c.fingerprint, contact_entry_id = r.entry_id, version = k.version + 1, changed_at = now()
   from enterprise_lists.import_contacts c join enterprise_lists.import_rows r on r.import_id = c.import_id and r.row_number = c.row_number
   where c.import_id = $1 and k.id = c.enterprise_id and c.fingerprint is distinct from k.contact_fingerprint and coalesce(c.name_encrypted, c.phone_encrypted) is not null`;
/** Contacts that the master holds now are no longer of the staging, which would destroy their keys. */
export const releaseContacts =
  `delete from enterprise_lists.import_contacts c using enterprise_lists.enterprises k
   where c.import_id = $1 and k.id = c.enterprise_id and k.contact_fingerprint = c.fingerprint`;

const entryColumns = [...factColumns, ...rowColumns, 'facts_hash'];
/** The entries of the list $3, as they lie: nearly in the order of their rows, which sorting so wide ones would not be worth. */
export const insertEntries =
  `insert into enterprise_lists.list_entries (id, org_id, push_list_id, row_number, enterprise_id, credit_code, ${entryColumns.join(', ')})
   select r.entry_id, $2, $3, r.row_number, r.enterprise_id, r.credit_code, ${entryColumns.map((name) => `r.${name}`).join(', ')}
   from enterprise_lists.import_rows r where r.import_id = $1`;

function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

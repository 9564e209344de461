import { newId } from '@finharbor/contracts/ids';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { type BulkColumns, unnest } from '../bulk.js';
import { told, telling } from './applying-sql.js';
import { Contacts } from './contacts.js';
import { derive, type Derived } from './derivation.js';
import { type Contradiction, type Merged, mergeStatements, type Precedence } from './merge-statements.js';
import { choicesOf, ranksOf, statementsOf, wordsOf } from './statements.js';

/** Why choices and rules of the master are applied as worker: enterprises belong to no organisation. */
export const masterReason = 'change the enterprise master';

/**
 * Those who write the master take turns: two that met the same enterprises in another order would wait for each other for ever. An
 * import of a million rows takes a minute.
 */
export const lockMaster = (tx: Tx, patienceMs = 20_000): Promise<unknown> =>
  tx.patiently(patienceMs, () => tx.query(`select pg_advisory_xact_lock(hashtextextended('enterprise_lists.enterprises', 0))`));

/** What the events about merged enterprises are about, and how many there are already. */
export interface MergeContext {
  organisationId: string;
  aggregateId: string;
  events: number;
}

interface Result extends Merged, Derived {
  id: string;
  regionOfCode: string | null;
}

const pageSize = 1_000;

const columns: BulkColumns<Result> = {
  id: ['uuid', ({ id }) => id],
  ...factColumn('name', 'text'), ...factColumn('statedKind', 'text'), ...factColumn('entityType', 'text'), ...factColumn('establishedOn', 'date'),
  ...factColumn('registeredCapital', 'numeric'), ...factColumn('capitalCurrency', 'text'), ...factColumn('businessScope', 'text'),
  ...factColumn('province', 'text'), ...factColumn('district', 'text'), ...factColumn('address', 'text'), ...factColumn('streetCode', 'text'),
  ...factColumn('zoneCode', 'text'), ...factColumn('industryCode', 'text'), ...factColumn('employees', 'int'), ...factColumn('revenue', 'numeric'),
  ...factColumn('assets', 'numeric'), ...factColumn('statedPrivate', 'boolean'), ...factColumn('registrationStatus', 'text'),
  region_code: ['text', ({ facts, regionOfCode }) => facts.regionCode ?? regionOfCode],
  kind: ['text', ({ kind }) => kind],
  is_private: ['boolean', ({ isPrivate }) => isPrivate],
  size_class: ['text', ({ sizeClass }) => sizeClass],
  outside_reason: ['text', ({ outsideReason }) => outsideReason],
};
/** Arrays of arrays have one length in PostgreSQL, so these travel as text. */
const written: BulkColumns<Result> = {
  ...columns,
  tags: ['text', ({ tags }) => `{${tags.join()}}`],
  stated_tags: ['text', ({ statedTags }) => statedTags && `{${statedTags.join()}}`],
  tags_until: ['text', ({ tagsUntil }) => tagsUntil && JSON.stringify(tagsUntil)],
  green_categories: ['text', ({ greenCategories }) => greenCategories && JSON.stringify(greenCategories)],
};
const casts: Record<string, string> = { tags: '::text[]', stated_tags: '::text[]', tags_until: '::jsonb', green_categories: '::jsonb' };

/**
 * Makes the master what all statements of enterprises say together (ADR 25): where several sources meet, where a row leaves out what
 * is derived from, and where statements were taken back. Pages of enterprises: one statement reads them, one writes what differs.
 */
@Injectable()
export class Merging {
  constructor(private readonly contacts: Contacts, private readonly publisher: Publisher) {}

  /** Runs as worker, behind the lock of the master. */
  async merge(tx: Tx, ids: readonly string[], context: MergeContext): Promise<{ changed: number }> {
    const about = { ...context, changed: 0 };
    if (ids.length === 0) return about;
    const ranks = await ranksOf(tx);
    // The statements of a page are looked up, whatever was better for the statements before.
    await tx.query(`select set_config('enable_nestloop', 'on', true)`);
    for (let from = 0; from < ids.length; from += pageSize) await this.mergePage(tx, ids.slice(from, from + pageSize), ranks, about);
    if (about.events > context.events) this.publisher.wake(tx);
    return about;
  }

  /** Takes back what a list stated: its department is a source no more where it stated nothing else, and what it alone said is unknown. */
  async forget(
    tx: Tx, list: { departmentId: string; pushListId: string; aggregateId: string; enterpriseIds: string[] },
  ): Promise<void> {
    const { departmentId, pushListId, aggregateId, enterpriseIds } = list;
    const contacts = await tx.query<{ name: string | null; phone: string | null }>(
      `select k.contact_name_encrypted as name, k.contact_phone_encrypted as phone from enterprise_lists.enterprises k
       join enterprise_lists.list_entries e on e.id = k.contact_entry_id where e.org_id = $1 and e.push_list_id = $2`, [departmentId, pushListId]);
    await tx.query(
      `update enterprise_lists.enterprises k set contact_name_encrypted = null, contact_phone_encrypted = null, contact_fingerprint = null, contact_entry_id = null,
         version = version + 1, changed_at = now()
       from enterprise_lists.list_entries e where e.id = k.contact_entry_id and e.org_id = $1 and e.push_list_id = $2`, [departmentId, pushListId]);
    if (contacts.length > 0) await this.contacts.destroy(tx, contacts);
    await tx.query(
      `with lost as (select id from unnest($2::uuid[]) as given (id) where not exists (
         select from enterprise_lists.list_entries e join enterprise_lists.push_lists l on l.org_id = e.org_id and l.id = e.push_list_id
         where e.org_id = $1 and e.enterprise_id = given.id and l.state <> 'UNDONE'))
       update enterprise_lists.enterprises k set sources = array_remove(k.sources, $1) from lost where k.id = lost.id`, [departmentId, enterpriseIds]);
    await this.merge(tx, enterpriseIds, { organisationId: departmentId, aggregateId, events: 0 });
  }

  private async mergePage(tx: Tx, ids: string[], ranks: Precedence['rank'], about: MergeContext & { changed: number }): Promise<void> {
    const enterprises = await statementsOf(tx, ids);
    const chosen = await choicesOf(tx, ids);
    const results = enterprises.map(({ id, creditCode, name, regionOfCode, statements }): Result => {
      const precedence: Precedence = { rank: (source, field) => ranks(source, field), chosen: ({ field, stated }) => chosen.get(`${id} ${field} ${wordsOf(stated)}`) };
      const merged = mergeStatements(statements, precedence);
      // Of an enterprise of which nothing is left there remains who it was.
      merged.facts.name ??= name;
      const derived = derive({ creditCode, ...merged.facts, name: merged.facts.name, statedTags: merged.statedTags });
      return { ...merged, ...derived, id, regionOfCode };
    });
    const { names, source, parameters } = unnest(results, written, 5);
    const fresh = Object.keys(written).filter((name) => name !== 'id');
    const [{ events, rows }] = await tx.query<{ events: number; rows: number }>(telling(
      `update enterprise_lists.enterprises k set ${fresh.map((name) => `${name} = i.${name}`).join(', ')}, version = k.version + 1, changed_at = now()
       from (select ${names.split(', ').map((name) => `${name}${casts[name] ?? ''} as ${name}`).join(', ')} from ${source}) as i
       where k.id = i.id and k.id = any($1::uuid[]) and (${fresh.map((name) => `k.${name}`).join(', ')}) is distinct from (${fresh.map((name) => `i.${name}`).join(', ')})
       returning ${told('k')}`), [ids, about.organisationId, about.aggregateId, about.events, ...parameters]);
    about.events += events;
    about.changed += rows;
    await this.keepContradictions(tx, ids, results);
  }

  /** Opens, changes and closes: a choice holds while the sources state what they stated when it was made. */
  private async keepContradictions(tx: Tx, ids: string[], results: Result[]): Promise<void> {
    const found = results.flatMap(({ id, contradictions }) => contradictions.map((one) => ({ ...one, id })));
    const { names, source, parameters } = unnest<Contradiction & { id: string }>(found, {
      new_id: ['uuid', () => newId()], enterprise_id: ['uuid', ({ id }) => id], field: ['text', ({ field }) => field],
      stated: ['jsonb', ({ stated }) => JSON.stringify(stated)], words: ['text', ({ stated }) => wordsOf(stated)],
    }, 2);
    await tx.query(
      `with found as (select ${names} from ${source}),
       gone as (delete from enterprise_lists.contradictions c where c.enterprise_id = any($1::uuid[])
         and not exists (select from found f where f.enterprise_id = c.enterprise_id and f.field = c.field))
       insert into enterprise_lists.contradictions as c (id, enterprise_id, field, state, stated, words)
       select new_id, enterprise_id, field, 'OPEN', stated, words from found
       on conflict (enterprise_id, field) do update set stated = excluded.stated, words = excluded.words, version = c.version + 1,
         state = 'OPEN', chosen_source = null, reason = null, opened_at = now(), resolved_at = null where c.words <> excluded.words`, [ids, ...parameters]);
  }
}

function factColumn(name: keyof Merged['facts'], type: string): BulkColumns<Result> {
  return { [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]: [type, ({ facts }) => facts[name]] };
}

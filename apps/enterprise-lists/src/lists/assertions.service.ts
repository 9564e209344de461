import { DomainError } from '@finharbor/contracts/errors';
import { OrganisationCopies } from '@finharbor/platform/copies/organisation-copies';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { isIsoDate } from '@finharbor/standards/dates';
import { maskInText } from '@finharbor/standards/masking';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { type BulkColumns, unnest } from '../bulk.js';
import { Criterion } from '../vocabulary.js';
import { lockList } from './lists.service.js';
import type { AssertionInput } from './review.inputs.js';
import { Assertion, ListEntryBatch } from './review.types.js';
import { type ListEntrySelection, requireEntries, selected } from './selection.js';

/** Bulk work on a list of some hundred thousand rows. */
export const bulkMs = 120_000;

interface Entered {
  criterion: Criterion;
  met: boolean;
  evidence: string;
  author: string;
  assertedOn: string;
}

const columns: BulkColumns<Entered> = {
  criterion: ['text', ({ criterion }) => criterion],
  met: ['boolean', ({ met }) => met],
  evidence: ['text', ({ evidence }) => maskInText(evidence.trim())],
  author: ['text', ({ author }) => author.trim()],
  asserted_on: ['date', ({ assertedOn }) => assertedOn],
};

/** Where organisations are not known yet, their role vouches. */
const offices: Partial<Record<Caller['role'], string>> = { supervisor: '监管单位', department: '责任单位' };

/** The criteria of a row `e` as its own columns state them. */
const stated = `(values ${Object.values(Criterion).map((criterion, place) => `(${place}, '${criterion}', e.${criterion.toLowerCase()})`).join(', ')})
  as c (place, criterion, met)`;

/** What is vouched for: entered on rows for the review, beside what the rows themselves say. */
@Injectable()
export class AssertionsService {
  constructor(private readonly tenancy: Tenancy, private readonly organisations: OrganisationCopies) {}

  /**
   * Enters assertions on rows that wait for their recommendation, or are cultivated; a later one of a criterion takes the place of an
   * earlier. By the department itself or a supervisor. What is recommended already keeps what it was recommended upon.
   */
  assert(
    caller: Caller, id: string, selection: ListEntrySelection, assertions: readonly AssertionInput[], isDryRun: boolean,
  ): Promise<ListEntryBatch> {
    const today = localDate(new Date());
    const errors = [...doubled(assertions), ...untimely(assertions, today)];
    if (errors.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, errors);
    return this.tenancy.run(caller, async (tx) => {
      const list = await lockList(tx, id, 'assert', 'asserted of');
      await requireEntries(tx, list, selection.entryIds);
      const office = (await this.organisations.find(tx, tx.organisationId))?.name ?? offices[caller.role];
      const entered = assertions.flatMap(({ criteria, met, evidence, author, assertedOn }) =>
        criteria.map((criterion): Entered => ({ criterion, met, evidence, author: author ?? office!, assertedOn: assertedOn ?? today })));
      const entryCount = await tx.patiently(bulkMs, () => enter(tx, list, selection, entered, isDryRun));
      if (!isDryRun && entryCount > 0) {
        await audit(tx, { action: 'push-list.assert', resource: 'push-list', resourceId: id,
          detail: { entries: entryCount, criteria: entered.map(({ criterion }) => criterion) } });
      }
      return Object.assign(new ListEntryBatch(), { pushListId: id, entryCount, isDryRun });
    });
  }

  /** The eight criteria of these rows, of those that the caller sees. */
  of(caller: Caller, entryIds: readonly string[]): Promise<Map<string, Assertion[]>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.query<Assertion & { entryId: string }>(
        `select e.id as "entryId", c.criterion, coalesce(a.met, c.met) as met, coalesce(a.evidence, own.evidence) as evidence,
           coalesce(a.author, case when c.met is not null then o.name end) as author, a.entry_id is not null as "isEntered",
           coalesce(a.asserted_on, case when c.met is not null then (l.submitted_at at time zone 'Asia/Shanghai')::date end)::text as "assertedOn"
         from enterprise_lists.list_entries e join enterprise_lists.push_lists l on l.id = e.push_list_id
         left join enterprise_lists.organisation_copies o on o.id = e.org_id
         cross join lateral ${stated}
         left join enterprise_lists.entry_assertions a on a.org_id = e.org_id and a.entry_id = e.id and a.criterion = c.criterion
         cross join lateral (select case when a.entry_id is null and c.met is not null then coalesce(e.evidence ->> c.criterion, e.evidence ->> 'ALL') end) as own (evidence)
         where e.id = any($1::uuid[]) order by e.id, c.place`, [entryIds.filter((id) => isUUID(id))]);
      const found = new Map<string, Assertion[]>();
      for (const { entryId, ...facts } of rows) found.set(entryId, [...found.get(entryId) ?? [], Object.assign(new Assertion(), facts)]);
      return found;
    });
  }
}

async function enter(
  tx: Tx, list: { id: string; departmentId: string }, selection: ListEntrySelection, entered: readonly Entered[], isDryRun: boolean,
): Promise<number> {
  const { where, parameters } = selected(selection, isDryRun ? 3 : 4);
  const rows = `from enterprise_lists.list_entries e
    where e.org_id = $1 and e.push_list_id = $2 and e.state in ('PENDING', 'NOT_RECOMMENDED', 'CULTIVATING')${where}`;
  if (isDryRun) {
    const [{ count }] = await tx.query<{ count: number }>(`select count(*)::int as count ${rows}`, [list.departmentId, list.id, ...parameters]);
    return count;
  }
  const { names, source, parameters: arrays } = unnest(entered, columns, 4 + parameters.length);
  const [{ count }] = await tx.query<{ count: number }>(
    `with meant as materialized (select e.id ${rows}), entered as (
       insert into enterprise_lists.entry_assertions as known (org_id, entry_id, ${names}, asserted_by_org)
       select $1, meant.id, ${names}, $3 from meant cross join ${source}
       on conflict (org_id, entry_id, criterion) do update set met = excluded.met, evidence = excluded.evidence, author = excluded.author,
         asserted_on = excluded.asserted_on, asserted_by_org = excluded.asserted_by_org, recorded_at = now())
     select count(*)::int as count from meant`,
    [list.departmentId, list.id, tx.organisationId, ...parameters, ...arrays]);
  return count;
}

function doubled(assertions: readonly AssertionInput[]): { field: string; rule: string; message: string }[] {
  const seen = new Set<Criterion>();
  return assertions.flatMap(({ criteria }, index) => criteria.flatMap((criterion) => {
    if (!seen.has(criterion)) return seen.add(criterion) && [];
    return [{ field: `assertions.${index}.criteria`, rule: 'duplicate', message: `${criterion} is asserted twice` }];
  }));
}

const untimely = (assertions: readonly AssertionInput[], today: string): { field: string; rule: string; message: string }[] =>
  assertions.flatMap(({ assertedOn }, index) => {
    if (assertedOn === undefined || assertedOn === null || (isIsoDate(assertedOn) && assertedOn <= today)) return [];
    const field = `assertions.${index}.assertedOn`;
    return [isIsoDate(assertedOn) ? { field, rule: 'future', message: `${field} lies in the future` } : { field, rule: 'date', message: `${field} is no day` }];
  });

import { DomainError } from '@finharbor/contracts/errors';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { ListEntryFilterInput } from './review.inputs.js';

/** Which rows of a list: those that are named, those that the filter leaves, or all. */
export interface ListEntrySelection {
  entryIds?: string[];
  filter?: ListEntryFilterInput;
}

/** The selection as a condition on `e` of list_entries, its parameters numbered from `first` on. */
export function selected({ entryIds, filter: given }: ListEntrySelection, first: number): { where: string; parameters: unknown[] } {
  const filter = given ?? {};
  const parameters: unknown[] = [];
  const with_ = (value: unknown, condition: (name: string) => string): string[] => {
    if (value === undefined || value === null) return [];
    parameters.push(value);
    return [condition(`$${first + parameters.length - 1}`)];
  };
  const ofEnterprise = [
    ...with_(filter.sizeClasses, (name) => `m.size_class = any(${name}::text[])`),
    ...with_(filter.kinds, (name) => `m.kind = any(${name}::text[])`),
    ...with_(filter.tags, (name) => `m.tags && ${name}::text[]`),
    ...with_(filter.industry, (name) => `starts_with(m.industry_code, ${name})`),
  ];
  const conditions = [
    ...with_(entryIds, (name) => `e.id = any(${name}::uuid[])`),
    ...with_(filter.fromRow, (name) => `e.row_number >= ${name}`),
    ...with_(filter.toRow, (name) => `e.row_number <= ${name}`),
    ...(ofEnterprise.length > 0 ? [`exists (select from enterprise_lists.enterprises m where m.id = e.enterprise_id and ${ofEnterprise.join(' and ')})`] : []),
  ];
  return { where: conditions.map((condition) => ` and ${condition}`).join(''), parameters };
}

/** NOT_FOUND, naming the place in the request, for rows that are none of the list's. */
export async function requireEntries(
  tx: Tx, list: { id: string; departmentId: string }, entryIds: readonly string[] | undefined,
): Promise<void> {
  if (!entryIds) return;
  const known = await tx.query<{ id: string }>(
    'select id from enterprise_lists.list_entries where id = any($1::uuid[]) and org_id = $2 and push_list_id = $3', [entryIds, list.departmentId, list.id]);
  const ids = new Set(known.map(({ id }) => id));
  const errors = entryIds.flatMap((id, index) =>
    (ids.has(id) ? [] : [{ field: `entryIds.${index}`, rule: 'unknown', message: `entryIds.${index}: the list has no such row` }]));
  if (errors.length > 0) throw new DomainError('NOT_FOUND', undefined, errors);
}

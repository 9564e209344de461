import type { FieldError } from '@finharbor/contracts/errors';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { UpsertItem } from './upsert.inputs.js';

/** An item as it was read: checked, or what is wrong with it. */
export type ReadItem = { index: number; externalId: string | null }
  & ({ item: UpsertItem; problems?: undefined } | { item?: undefined; problems: FieldError[] });

/** Checks the shape of one item, as the routes for single products check theirs. Text that no database holds is refused too. */
export function readItem(value: unknown, index: number): ReadItem {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { index, externalId: null, problems: [{ field: '', rule: 'item', message: 'an item is a JSON object' }] };
  }
  const externalId = 'externalId' in value && typeof value.externalId === 'string' ? value.externalId.slice(0, 100) : null;
  if (/\\u0000|\\ud[89a-f]/i.test(JSON.stringify(value))) {
    return { index, externalId, problems: [{ field: '', rule: 'text', message: 'texts must be without NUL and half characters' }] };
  }
  const item = plainToInstance(UpsertItem, value);
  const problems = validateSync(item, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true }).flatMap((error) =>
    problemsOf(error));
  // Optional to a single product, and so to what an item inherits from it.
  if (item.externalId == null) problems.unshift({ field: 'externalId', rule: 'isDefined', message: 'externalId is needed: your own key of the product' });
  return problems.length > 0 ? { index, externalId, problems } : { index, externalId, item };
}

function problemsOf(error: ValidationError, path = ''): FieldError[] {
  const field = path ? `${path}.${error.property}` : error.property;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({ field, rule, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => problemsOf(child, field))];
}

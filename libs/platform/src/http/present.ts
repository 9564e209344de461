import { mayRead } from '@finharbor/security/authorisation/policy';
import type { Role } from '@finharbor/security/tokens/caller';
import { shownProperties } from '../subgraph/property.js';

/**
 * What of a result goes out over REST: of our classes the properties that opted in with `@Property` and that the
 * authorisation table lets the role read, everything else as it is. The same table rules GraphQL.
 */
export function present(value: unknown, role: Role): unknown {
  if (Array.isArray(value)) return value.map((item) => present(item, role));
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  const shown = shownProperties(value.constructor);
  const entries = Object.entries(value);
  if (!shown) return Object.fromEntries(entries.map(([key, item]) => [key, present(item, role)]));
  const names = shown.properties.filter((name) => mayRead(role, shown.type, name));
  return Object.fromEntries(names.map((name) => [name, present((value as Record<string, unknown>)[name] ?? null, role)]));
}

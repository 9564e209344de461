import { type DataKey, dataKeyIdOf } from '@finharbor/security/encryption/data-key';
import type { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import type { TestDatabase } from '@finharbor/testing/database';

/** Every table with personal data: what names its rows, whom they are bound to, and the columns. */
const tables = [
  { schema: 'enterprise_lists', table: 'enterprises', organisation: `'programme'`, columns: ['contact_name', 'contact_phone'] },
  { schema: 'loan_matching', table: 'demands', organisation: 'org_id', columns: ['contact_name', 'contact_phone'] },
  { schema: 'feedback', table: 'issues', organisation: 'org_id', columns: ['title', 'text', 'reply', 'registrant_name', 'registrant_phone'] },
  { schema: 'feedback', table: 'issue_trail', organisation: 'org_id', columns: ['note'] },
  { schema: 'partners', table: 'harbor_people', organisation: 'org_id', columns: ['name', 'phone'] },
] as const;

export interface FieldRow {
  table: string;
  id: string;
  /** By column; null what the row does not hold, or what was erased. */
  texts: Record<string, string | null>;
  /** How its ciphertexts begin. */
  sealedAs: string[];
}

/** All rows with personal data, opened from outside with the field keys alone. Throws for what cannot be read although its key is there. */
export async function fieldRows(database: TestDatabase, cipher: FieldCipher): Promise<FieldRow[]> {
  const found: FieldRow[] = [];
  for (const { schema, table, organisation, columns } of tables) {
    const wrapped = await database.query<{ id: string; wrapped: string }>(`select id, wrapped from ${schema}.data_keys`);
    const keys = new Map<string, DataKey>(wrapped.map((row) => [row.id, cipher.unwrap(row).key]));
    const rows = await database.query<{ id: string; organisationId: string; sealed: Record<string, string | null> }>(
      `select id, (${organisation})::text as "organisationId", json_build_object(${columns.map((name) => `'${name}', ${name}_encrypted`).join(', ')}) as sealed from ${schema}.${table}`);
    for (const { id, organisationId, sealed } of rows) {
      const texts = Object.fromEntries(Object.entries(sealed).map(([name, text]) => [name, text === null ? null
        : keys.get(dataKeyIdOf(text) ?? '')?.open(text, { column: `${schema}.${table}.${name}_encrypted`, rowId: id, organisationId }) ?? null]));
      const sealedAs = Object.entries(sealed).flatMap(([name, text]) => (text !== null && texts[name] !== null ? [text.slice(0, 3)] : []));
      found.push({ table, id, texts, sealedAs });
    }
  }
  return found;
}

import type { Finding } from './row-findings.js';

/** The columns that `findingLines` writes. */
export const findingColumns = 'import_id, row_number, ordinal, column_number, field, severity, rule, message, value';

/** Findings as COPY takes them (text format), in the order of the rows. */
export function findingLines(importId: string, findings: readonly Finding[]): Uint8Array {
  let text = '';
  let [row, ordinal] = [0, 0];
  for (const finding of findings) {
    ordinal = finding.row === row ? ordinal + 1 : 0;
    row = finding.row;
    const { column, field, severity, rule, message, value } = finding;
    text += [importId, row, ordinal, column, field, severity, rule, message, value].map(written).join('\t') + '\n';
  }
  return Buffer.from(text);
}

const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const written = (value: string | number | null | undefined): string =>
  (value == null ? '\\N' : typeof value === 'number' ? String(value) : value.replace(/[\\\n\r\t]/g, (character) => escapes[character]));

/**
 * Beginnings that a spreadsheet may take for a formula, or that hide one: an apostrophe before them makes the cell a text. Also in full
 * width, which some input methods and spreadsheets read alike. Reading the file again takes it away.
 */
const dangerous = /^[=+\-@\t\r＝＋－＠]/;

/** A text that no spreadsheet runs. */
export const harmless = (text: string): string => (dangerous.test(text) ? `'${text}` : text);

/** One record of CSV (RFC 4180). */
export const csvLine = (cells: readonly (string | number | null)[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = harmless(value);
  return /[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What tells a spreadsheet that a CSV is UTF-8. */
export const byteOrderMark = '\ufeff';

/** Helpers for text that people typed or exported from spreadsheets. */

const HALF_WIDTH_NEEDED = /[\u3000\uff01-\uff5e]/;
const FULL_WIDTH = /[\u3000\uff01-\uff5e]/g;
/** Blanks, tabs, line breaks, no-break and zero-width characters, soft hyphen, byte order mark, direction marks. */
const BLANKS = /[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+/g;

/**
 * Full-width ASCII forms (U+FF01..U+FF5E: digits, letters, brackets, punctuation) and the ideographic space become
 * their half-width twins. Everything else, Chinese punctuation included, stays.
 */
export function toHalfWidth(text: string): string {
  if (!HALF_WIDTH_NEEDED.test(text)) return text;
  return text.replace(FULL_WIDTH, (character) =>
    character === '\u3000' ? ' ' : String.fromCharCode(character.charCodeAt(0) - 0xfee0));
}

/** Removes every blank and invisible character, inner ones too: people print codes in groups. */
export function removeBlanks(text: string): string {
  return text.replace(BLANKS, '');
}

/** Upper-cases a-z only: `toUpperCase` would turn `ß` into `SS` and so change the length of a code. */
export function upperCaseAscii(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** Codes as standards write them: half-width, without blanks, upper case. */
export function normaliseCode(text: string): string {
  return upperCaseAscii(removeBlanks(toHalfWidth(text)));
}

const NOT_STATED = new Set([
  '', 'N/A', 'NA', '#N/A', 'NULL', 'NONE', 'NIL', '-', '--', '---', '—', '——', '/', '\\', '*', '?',
  '无', '空', '暂无', '不详', '未知', '未填', '未填写', '未公示', '未公开',
]);

/** What such a text begins with: its own first character, in any width and case, or a blank. */
const MAY_STATE_NOTHING = /^[nN#\-—/\\*?无空暂不未\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\uff01-\uff5e]/;

/** True where a cell of a real list says "nothing": empty, `N/A`, `-`, `/`, `无`, `不详` and the like. */
export function isNotStated(text: string): boolean {
  // Nearly every cell of a list comes by here, and none of these words is longer than seven characters, blanks in between included.
  const first = text.charCodeAt(0);
  if (first >= 48 && first <= 57) return false;
  const plain = text.length > 7 ? text.trim() : text;
  return plain.length <= 7 && (plain === '' || MAY_STATE_NOTHING.test(plain)) && NOT_STATED.has(normaliseCode(plain));
}

const FORMULA_START = /^[\s\u00ad\u200b-\u200f\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;
const PLAIN_NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/**
 * A cell that a spreadsheet would run as a formula gets a leading apostrophe (OWASP, CSV injection); plain signed
 * numbers stay numbers. It neutralises formulas only: quoting separators is the CSV writer's job.
 */
export function escapeSpreadsheetCell(text: string): string {
  return FORMULA_START.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
}

/** Takes back what `escapeSpreadsheetCell` put in front, so that a list that we gave out can be sent in again. */
export function unescapeSpreadsheetCell(text: string): string {
  return text.startsWith("'") && FORMULA_START.test(text.slice(1)) ? text.slice(1) : text;
}

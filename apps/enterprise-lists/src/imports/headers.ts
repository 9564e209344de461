import { DomainError } from '@finharbor/contracts/errors';
import { maskInText } from '@finharbor/standards/masking';
import { removeBlanks, toHalfWidth } from '@finharbor/standards/text';
import { type ColumnKey, columnKeys, columns, explanationHeaders, requiredColumns } from './columns.js';
import { maxColumns } from '@finharbor/spreadsheets/row-source';

/** Something about the list that its sender should know and that stopped nothing. */
export interface Warning {
  rule: string;
  header: string | null;
  message: string;
}

/** Where a column stands in the rows, and the unit that its header names. */
export interface PlacedColumn {
  index: number;
  unit?: string;
}

export interface Header {
  columns: Map<ColumnKey, PlacedColumn>;
  /** What each cell of a row states; undefined where that is not known. */
  keyAt: (ColumnKey | undefined)[];
  /** How many cells a row must have. */
  width: number;
  /** Whether any column could tell the size of an enterprise. */
  statesSize: boolean;
  warnings: Warning[];
}

/** What a department's own headers mean, as written in its files; null is a column that is to be passed over. Goes before what we know. */
export type HeaderMapping = Readonly<Record<string, ColumnKey | null>>;

const keys = new Map(columnKeys.flatMap((key) => columns[key].names.map((name) => [name, key] as const)));
const looseNames = (key: ColumnKey): string[] => (columns[key] as { looseNames?: string[] }).looseNames ?? [];
const looseKeys = new Map(columnKeys.flatMap((key) => looseNames(key).map((name) => [name, key] as const)));
const explanations = new Set(explanationHeaders);
const sizeColumns: readonly ColumnKey[] = ['industryCode', 'industryName', 'employees', 'revenue', 'assets'];

/** Half-width, lower case, without blanks, `_`, `-`, `*` and colons: what people write the same header with. */
export const normaliseHeader = (text: string): string => removeBlanks(toHalfWidth(text)).toLowerCase().replace(/[_\-*:]/g, '');

/**
 * Maps the header row to the columns we know. A header that we do not know is a warning, and its column is ignored.
 * LIST_HEADER, naming them, where the credit code or the name is missing or two headers mean the same column.
 */
export function readHeader(cells: readonly string[], mapping: HeaderMapping = {}): Header {
  if (cells.length > maxColumns) throw new DomainError('LIST_HEADER', `A list has at most ${maxColumns} columns, this one ${cells.length}.`);
  const own = normalised(mapping);
  const found = new Map<ColumnKey, PlacedColumn[]>();
  const warnings: Warning[] = [];
  const meanings = cells.map((cell) => meaningOf(cell, own));
  const named = new Set(meanings.map((meaning) => meaning?.key));
  cells.forEach((cell, index) => {
    const meaning = meanings[index] === undefined ? looseMeaning(cell, named) : meanings[index];
    if (meaning === undefined) warnings.push(unknownHeader(cell, index));
    else if (meaning !== null) found.set(meaning.key, [...(found.get(meaning.key) ?? []), { index, unit: meaning.unit }]);
  });
  const problems = [...missing(found, cells), ...doubled(found, cells)];
  if (problems.length > 0) throw new DomainError('LIST_HEADER', problems.map((problem) => problem.message).join(' '), problems);
  const keyAt: (ColumnKey | undefined)[] = cells.map(() => undefined);
  for (const [key, [{ index }]] of found) keyAt[index] = key;
  const statesSize = sizeColumns.some((key) => found.has(key));
  if (!statesSize) warnings.push(noSize);
  return { columns: new Map([...found].map(([key, [place]]) => [key, place])), keyAt, width: cells.length, statesSize, warnings };
}

const noSize: Warning = {
  rule: 'sizeUnknown', header: null,
  message: 'No column states industry, employees, revenue or assets: by this list alone, the size of every enterprise is UNKNOWN.',
};

/** How many of the cells are headers that we know: what tells a header row from a title above it. */
export function countHeaders(cells: readonly string[], mapping: HeaderMapping = {}): number {
  const own = normalised(mapping);
  return cells.filter((cell) => meaningOf(cell, own)).length;
}

type Meaning = { key: ColumnKey; unit?: string };

const normalised = (mapping: HeaderMapping): Map<string, ColumnKey | null> =>
  new Map(Object.entries(mapping).map(([header, key]) => [normaliseHeader(header), key]));

/** What a header means; null where it is to be passed over, undefined where nobody knows it. */
function meaningOf(cell: string, own: Map<string, ColumnKey | null>): Meaning | null | undefined {
  const plain = normaliseHeader(cell);
  const mapped = own.get(plain);
  if (mapped !== undefined) return mapped && { key: mapped, unit: unitOf(mapped, bracketsOf(plain)?.note) };
  const key = keys.get(plain);
  if (key) return { key };
  if (explanations.has(plain)) return null;
  const { name, note } = bracketsOf(plain) ?? {};
  const withNote = name === undefined ? undefined : own.get(name) ?? keys.get(name);
  if (!withNote) return withNote;
  const unit = unitOf(withNote, note);
  return unit || remarks.test(note!) ? { key: withNote, unit } : undefined;
}

/** What a header means that could mean other things too: the column that no other header names yet. */
function looseMeaning(cell: string, named: Set<ColumnKey | undefined>): Meaning | undefined {
  const key = looseKeys.get(normaliseHeader(cell));
  if (!key || named.has(key)) return undefined;
  named.add(key);
  return { key };
}

/** What people remark in brackets behind a header, beside units. */
const remarks = /^(?:必填|必填项|选填|选填项|可选|全称|18位|是\/否|是否|文本|文本格式|yyyymmdd|yyyy\/mm\/dd|gb\/?t4754.*)$/;

function bracketsOf(plain: string): { name: string; note: string } | undefined {
  const [, name, note] = /^(.+?)[([](?:单位)?([^()[\]]+)[)\]]$/.exec(plain) ?? [];
  return name === undefined ? undefined : { name, note };
}

function unitOf(key: ColumnKey, note: string | undefined): string | undefined {
  const units: string[] | undefined = columns[key].units;
  return note !== undefined && units?.includes(note) ? note : undefined;
}

function unknownHeader(cell: string, index: number): Warning {
  const header = readable(cell);
  if (header === '') return { rule: 'unknownHeader', header: null, message: `Column ${index + 1} has no header and is ignored.` };
  return { rule: 'unknownHeader', header, message: `The header “${header}” is not known; its column is ignored.` };
}

function missing(found: Map<ColumnKey, PlacedColumn[]>, cells: readonly string[]): { field: string; rule: string; message: string }[] {
  const absent = requiredColumns.filter((key) => !found.has(key));
  const hint = cells.length === 1 && /[;\t，|]/.test(cells[0]) ? ' Cells must be separated by commas.' : '';
  return absent.map((key) => ({ field: key, rule: 'missingHeader', message: `The header ${key} (${columns[key].names[0]}) is missing.${hint}` }));
}

function doubled(found: Map<ColumnKey, PlacedColumn[]>, cells: readonly string[]): { field: string; rule: string; message: string }[] {
  return [...found].filter(([, places]) => places.length > 1).map(([key, places]) => ({
    field: key, rule: 'doubledHeader', message: `The headers ${places.map(({ index }) => `“${readable(cells[index])}”`).join(' and ')} both mean ${key}.`,
  }));
}

/**
 * A header as it may be repeated to its writer: PostgreSQL stores no NUL, nobody reads the rest of a long one, and some hold a number
 * of somebody: `填表人13900000000`.
 */
// eslint-disable-next-line no-control-regex
const readable = (cell: string): string => maskInText(cell.slice(0, 400).replace(/[\u0000-\u001f\u007f]|\p{Surrogate}/gu, ' ').trim()).slice(0, 100);

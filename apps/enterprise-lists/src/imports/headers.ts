import { DomainError } from '@finharbor/contracts/errors';
import { maskInText } from '@finharbor/standards/masking';
import { removeBlanks, toHalfWidth } from '@finharbor/standards/text';
import { type ColumnKey, columnKeys, columns, requiredColumns } from './columns.js';

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
  /** How many cells a row must have. */
  width: number;
  warnings: Warning[];
}

const maxColumns = 200;
const keys = new Map(columnKeys.flatMap((key) => columns[key].names.map((name) => [name, key] as const)));

/** Half-width, lower case, without blanks, `_`, `-`, `*` and colons: what people write the same header with. */
export const normaliseHeader = (text: string): string => removeBlanks(toHalfWidth(text)).toLowerCase().replace(/[_\-*:]/g, '');

/**
 * Maps the header row to the columns we know. A header that we do not know is a warning, and its column is ignored.
 * LIST_HEADER, naming them, where the credit code or the name is missing or two headers mean the same column.
 */
export function readHeader(cells: readonly string[]): Header {
  if (cells.length > maxColumns) throw new DomainError('LIST_HEADER', `A list has at most ${maxColumns} columns, this one ${cells.length}.`);
  const found = new Map<ColumnKey, PlacedColumn[]>();
  const warnings: Warning[] = [];
  cells.forEach((cell, index) => {
    const place = placeOf(cell, index);
    if (place) found.set(place.key, [...(found.get(place.key) ?? []), { index: place.index, unit: place.unit }]);
    else warnings.push(unknownHeader(cell, index));
  });
  const problems = [...missing(found, cells), ...doubled(found, cells)];
  if (problems.length > 0) throw new DomainError('LIST_HEADER', problems.map((problem) => problem.message).join(' '), problems);
  return { columns: new Map([...found].map(([key, [place]]) => [key, place])), width: cells.length, warnings };
}

function placeOf(cell: string, index: number): (PlacedColumn & { key: ColumnKey }) | undefined {
  const plain = normaliseHeader(cell);
  const key = keys.get(plain);
  if (key) return { key, index };
  const [, name, unit] = /^(.+?)[([](?:单位)?([^()[\]]+)[)\]]$/.exec(plain) ?? [];
  const withUnit = name === undefined ? undefined : keys.get(name);
  if (!withUnit) return undefined;
  const units: string[] | undefined = columns[withUnit].units;
  return units?.includes(unit) ? { key: withUnit, index, unit } : undefined;
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
const readable = (cell: string): string => maskInText(cell.slice(0, 400).replace(/[\u0000-\u001f\u007f]/g, ' ').trim()).slice(0, 100);

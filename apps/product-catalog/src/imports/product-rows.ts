import type { Condition } from '@finharbor/contracts/eligibility/condition';
import { DomainError, type FieldError } from '@finharbor/contracts/errors';
import type { RawRow } from '@finharbor/spreadsheets/row-source';
import { isNotStated, removeBlanks, toHalfWidth, unescapeSpreadsheetCell } from '@finharbor/standards/text';
import { PricingKind } from '../vocabulary.js';
import { CellProblem } from './cells.js';
import { type ColumnKey, columnKeys, columnOf, columns, explanationHeaders, headerOf } from './columns.js';

/** The header of a file: where each column stands, and the unit that it names. */
export interface ProductHeader {
  cells: readonly string[];
  places: Map<ColumnKey, { index: number; unit: string | undefined }>;
  /** Headers that nobody knows: their columns are passed over. */
  ignored: string[];
}

/** A row as an item of a bulk upsert. */
export interface ProductRow {
  raw: RawRow;
  item: Record<string, unknown>;
  /** Cells that cannot be read. */
  problems: (FieldError & { column: number })[];
  /** Column of each rule of its eligibility, the first being 1. */
  ruleColumns: number[];
}

const normaliseHeader = (text: string): string => removeBlanks(toHalfWidth(text)).toLowerCase().replace(/[_\-*:]/g, '');
const keyOfName = new Map(columnKeys.flatMap((key) => [key, ...columnOf(key).names].map((name) => [normaliseHeader(name), key] as const)));
const explanations = new Set(explanationHeaders.map(normaliseHeader));

function meaningOf(cell: string): { key: ColumnKey; unit: string | undefined } | undefined {
  const plain = normaliseHeader(cell);
  const [, name, note] = /^(.+?)[([](.*)[)\]]$/.exec(plain) ?? [];
  const key = keyOfName.get(plain) ?? (name === undefined ? undefined : keyOfName.get(name));
  const unit = key && columnOf(key).unit;
  return key && { key, unit: unit && note && !/^(必填|选填|可选)$/.test(note) ? note.replace(/^单位/, '') : unit };
}

/** How many of the cells are headers that we know. */
export const countProductHeaders = (cells: readonly string[]): number => cells.filter((cell) => meaningOf(cell)).length;

/** LIST_HEADER, naming them, where the number or the name of the products is missing or two headers mean the same column. */
export function readProductHeader(cells: readonly string[]): ProductHeader {
  const places: ProductHeader['places'] = new Map();
  const ignored: string[] = [];
  const problems: FieldError[] = [];
  cells.forEach((cell, index) => {
    const meaning = meaningOf(cell);
    if (meaning && places.has(meaning.key)) problems.push({ field: cell, rule: 'twice', message: `${cell} means the same column as ${cells[places.get(meaning.key)!.index]}` });
    else if (meaning) places.set(meaning.key, { index, unit: meaning.unit });
    else if (cell.trim() !== '' && !explanations.has(normaliseHeader(cell))) ignored.push(cell.slice(0, 100));
  });
  for (const key of ['externalId', 'name'] as const) {
    if (!places.has(key)) problems.push({ field: columns[key].names[0], rule: 'required', message: `there is no column ${columns[key].names[0]} (${key})` });
  }
  if (problems.length > 0) throw new DomainError('LIST_HEADER', problems.map(({ message }) => message).join('; '), problems);
  return { cells, places, ignored };
}

const errorValue = /^#(REF!|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!|SPILL!|CALC!|FORMULA!|UNKNOWN!)$/;

/** What a row states, as a bank's system would send it; every cell that cannot be read is told. */
export function readProductRow(raw: RawRow, header: ProductHeader, today: string): ProductRow {
  const rules: Condition[] = [];
  const row: ProductRow = { raw, item: { eligibility: {} }, problems: [], ruleColumns: [] };
  const refuse = (index: number, field: string, rule: string, message: string): void =>
    void row.problems.push({ field, rule, message, column: index + 1 });
  if (raw.cells.length > header.cells.length) refuse(-1, '', 'columnCount', `the row has ${raw.cells.length} cells, the header ${header.cells.length}`);
  for (const [key, { index, unit }] of header.places) {
    const { path, read, rules: made } = columnOf(key);
    const cell = unescapeSpreadsheetCell(raw.cells[index] ?? '');
    if (isNotStated(cell)) continue;
    const value = errorValue.test(cell.trim()) ? new CellProblem('spreadsheetError', 'the formula failed')
      : /^\d(\.\d+)?e\+\d+$/i.test(cell.trim()) ? new CellProblem('spreadsheetNumber', 'a spreadsheet shortened the number') : read(cell, { today, unit });
    if (value instanceof CellProblem) refuse(index, path, value.rule, value.message);
    else if (!made) set(row.item, path.split('.'), value);
    else {
      const own = made(value as never);
      rules.push(...own);
      row.ruleColumns.push(...own.map(() => index + 1));
    }
  }
  if (rules.length > 0) row.item.eligibilityRules = { v: 1, rules };
  inferPricing(row.item);
  return row;
}

function set(record: Record<string, unknown>, [name, ...rest]: string[], value: unknown): void {
  if (rest.length === 0) record[name] = value;
  else set((record[name] ??= {}) as Record<string, unknown>, rest, value);
}

/** Where the kind of price is not said, the columns that are filled say it. */
function inferPricing({ terms }: { terms?: { pricing?: Record<string, unknown> } }): void {
  const pricing = terms?.pricing;
  if (!pricing || pricing.kind !== undefined) return;
  pricing.kind = 'lprTerm' in pricing || 'basisPointsMin' in pricing || 'basisPointsMax' in pricing ? PricingKind.LPR : PricingKind.FIXED;
}

/** The column that a field of the product stands in: its place, null where the file has none, and what it is called. */
export function columnOfField(field: string, row: Pick<ProductRow, 'ruleColumns'>, { cells, places }: ProductHeader): { column: number | null; header: string | null } {
  const [, rule] = /^eligibilityRules\.rules\.(\d+)/.exec(field) ?? [];
  const column = rule === undefined ? undefined : row.ruleColumns[Number(rule)];
  if (column !== undefined) return { column, header: cells[column - 1] };
  const isWithin = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}.`);
  // A contradiction between fields names all of them together: that is no column of its own.
  const candidates = field === '' || field === 'eligibility' || field === 'eligibilityRules' ? [] : columnKeys.filter((key) =>
    isWithin(field, columnOf(key).path) || isWithin(columnOf(key).path, field));
  const key = candidates.find((one) => places.has(one)) ?? candidates[0];
  const place = key && places.get(key);
  return { column: place ? place.index + 1 : null, header: place ? cells[place.index] : key ? headerOf(key) : null };
}

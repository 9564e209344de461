import { currentRegion, districtByName, regionOfCreditCode } from '@finharbor/standards/regions';
import { isValidResidentId } from '@finharbor/standards/resident-id';
import { isNotStated } from '@finharbor/standards/text';
import { maskInText, maskResidentId } from '@finharbor/standards/masking';
import { type CellContext, CellProblem } from './cell-rules.js';
import { type ColumnKey, columnKeys, columns, requiredColumns } from './columns.js';
import type { Header } from './headers.js';

type Read = { [Key in ColumnKey]: Exclude<ReturnType<(typeof columns)[Key]['read']>, CellProblem> | null };

/** What a row states, checked; null is what it does not state. Amounts in yuan. */
export type ImportedRow = Read & { creditCode: string; name: string };

/** One thing wrong with a row. The row is rejected, and says so for each of them. */
export interface RowProblem {
  /** The column, or null where the row as a whole is wrong. */
  field: ColumnKey | null;
  rule: string;
  message: string;
  /** The cell, so that its writer finds it; null for personal data. */
  value: string | null;
}

const maxCellBytes = 65_536;
/** All control characters but tab and line breaks. PostgreSQL cannot store NUL, and none belongs in a list. */
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

/** Checks the cells of one row against the header: either what it states, or everything wrong with it. */
export function checkRow(cells: readonly string[], header: Header, today: string): ImportedRow | RowProblem[] {
  if (cells.length !== header.width) {
    return [{ field: null, rule: 'columnCount', message: `the row has ${cells.length} cells, the header ${header.width}`, value: null }];
  }
  const problems = unreadableCells(cells, header);
  if (problems.length > 0) return problems;
  const row: Record<string, unknown> = {};
  for (const key of columnKeys) {
    const place = header.columns.get(key);
    const value = place ? readCell(key, cells[place.index], { unit: place.unit, today }) : null;
    if (value instanceof CellProblem) problems.push(problemOf(key, value.rule, value.message, cells[place!.index]));
    else row[key] = value;
  }
  return problems.length > 0 ? problems : (row as ImportedRow);
}

/** The region that the row lies in today: by its district, else by the authority that gave the code. Undefined outside our tables. */
export function regionCodeOf(row: Pick<ImportedRow, 'creditCode' | 'province' | 'district'>, today: string): string | undefined {
  const named = isOfChongqing(row.province) && row.district ? districtByName(row.district) : undefined;
  const region = named ? currentRegion(named.code, today) ?? named : regionOfCreditCode(row.creditCode, today);
  return region?.code;
}

/** District names recur in other provinces: 江北区 is also in 宁波. */
const isOfChongqing = (province: string | null): boolean => province === null || /重庆|^渝$/.test(province);

function readCell(key: ColumnKey, text: string, context: CellContext): unknown {
  if (!isNotStated(text)) return columns[key].read(text, context);
  return requiredColumns.includes(key) ? new CellProblem('required', 'must be stated') : null;
}

function unreadableCells(cells: readonly string[], header: Header): RowProblem[] {
  const keyAt = new Map([...header.columns].map(([key, { index }]) => [index, key]));
  return cells.flatMap((cell, index) => {
    const found = control.exec(cell);
    const key = keyAt.get(index) ?? null;
    if (found) {
      const name = `U+${found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
      return problemOf(key, 'controlCharacter', `cell ${index + 1} contains the control character ${name}`, cell);
    }
    if (cell.length > maxCellBytes / 4 && Buffer.byteLength(cell) > maxCellBytes) {
      return problemOf(key, 'tooLong', `cell ${index + 1} is longer than 64 KiB`, cell);
    }
    return [];
  });
}

function problemOf(field: ColumnKey | null, rule: string, message: string, cell: string): RowProblem {
  return { field, rule, message, value: shownValue(field, cell) };
}

function shownValue(field: ColumnKey | null, cell: string): string | null {
  if (field === null || ('personal' in columns[field] && columns[field].personal)) return null;
  // eslint-disable-next-line no-control-regex
  const plain = cell.slice(0, 400).replace(/[\u0000-\u001f]/g, '\ufffd').trim();
  return isValidResidentId(plain) ? maskResidentId(plain) : [...maskInText(plain)].slice(0, 200).join('');
}

import { columns } from '../columns.js';
import type { RawRow, RowSource } from '@finharbor/spreadsheets/row-source';
import type { Header } from '../headers.js';
import { maskInText, maskName, maskPhone } from '@finharbor/standards/masking';
import type { StoredFinding } from './findings.js';

/** A row of a list with what is to be said of it. */
export interface MarkedRow {
  raw: RawRow;
  findings: StoredFinding[];
}

/** The rows of a list behind its header, each with its findings: both come in the order of the rows. Blank rows are left out. */
export async function* markedRows(source: AsyncIterable<RawRow[]>, pages: AsyncIterable<StoredFinding[]>): AsyncGenerator<MarkedRow> {
  const findings = flat(pages);
  let next = await findings.next();
  for await (const batch of source) {
    for (const raw of batch) {
      if (raw.cells.every((cell) => cell.trim() === '')) continue;
      const own: StoredFinding[] = [];
      for (; !next.done && next.value.row <= raw.row; next = await findings.next()) own.push(next.value);
      yield { raw, findings: own };
    }
  }
}

async function* flat<T>(pages: AsyncIterable<T[]>): AsyncGenerator<T> {
  for await (const items of pages) yield* items;
}

/** The header of a list, and the rows behind it. */
export async function split(source: RowSource): Promise<{ header: string[]; rows: AsyncGenerator<RawRow[]> }> {
  const batches = source.batches();
  const { value } = await batches.next();
  const [first = { row: 1, cells: [] }, ...rest] = (value ?? []) as RawRow[];
  return { header: first.cells, rows: (async function* () { yield rest; yield* batches; })() };
}

/** The cells of a row as they may be looked at: contacts masked, and what looks like a number of somebody. */
export function maskedCells(cells: readonly string[], { keyAt }: Header): string[] {
  return cells.map((cell, index) => {
    const key = keyAt[index];
    if (key === 'contactName') return maskName(cell);
    if (key === 'contactPhone') return maskPhone(cell);
    return key === undefined || 'personal' in columns[key] ? maskInText(cell) : cell;
  });
}

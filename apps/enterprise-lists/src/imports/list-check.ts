import { DomainError } from '@finharbor/contracts/errors';
import { readCsv } from './csv-records.js';
import { type Header, readHeader, type Warning } from './headers.js';
import { checkRow, type ImportedRow, type RowProblem } from './row-rules.js';

/** A row of the list: taken, or rejected for at least one problem. */
export type CheckedRow = { row: number; accepted: ImportedRow } | { row: number; problems: RowProblem[] };

/** More rows than any district has enterprises to push; it bounds what one upload may cost. */
const maxRows = 500_000;

/** Checks a list row by row and counts. The counts and warnings are complete when the last row was read. */
export class ListCheck {
  acceptedCount = 0;
  rejectedCount = 0;
  warnings: Warning[] = [];
  private readonly firstRows = new Map<string, number>();
  private blankCount = 0;

  /** @param today ISO date in Asia/Shanghai: what lies behind it is the future. */
  constructor(private readonly today: string) {}

  get rowCount(): number {
    return this.acceptedCount + this.rejectedCount;
  }

  /** LIST_EMPTY, LIST_HEADER, LIST_MALFORMED and LIST_ENCODING end it; what is wrong with a single row does not. */
  async* rows(text: AsyncIterable<string>): AsyncGenerator<CheckedRow> {
    let header: Header | undefined;
    for await (const { row, cells } of readCsv(text)) {
      if (!header) header = readHeader(cells);
      else if (cells.every((cell) => cell.trim() === '')) this.blankCount += 1;
      else yield this.check(row, cells, header);
    }
    if (!header || this.rowCount === 0) throw new DomainError('LIST_EMPTY', header ? 'The list has a header and no rows.' : 'The file is empty.');
    this.warnings = [...header.warnings];
    if (this.blankCount > 0) this.warnings.push({ rule: 'blankRows', header: null, message: `${this.blankCount} blank rows were left out.` });
  }

  private check(row: number, cells: string[], header: Header): CheckedRow {
    if (this.rowCount === maxRows) throw new DomainError('PAYLOAD_TOO_LARGE', `A list has at most ${maxRows} rows.`);
    const read = checkRow(cells, header, this.today);
    const problems = Array.isArray(read) ? read : this.duplicates(row, read.creditCode);
    if (!Array.isArray(read) && problems.length === 0) {
      this.acceptedCount += 1;
      return { row, accepted: read };
    }
    this.rejectedCount += 1;
    return { row, problems };
  }

  /** Of several rows with one credit code the first that can be taken counts; the others name it. */
  private duplicates(row: number, creditCode: string): RowProblem[] {
    const first = this.firstRows.get(creditCode);
    if (first !== undefined) return [{ field: 'creditCode', rule: 'duplicate', message: `row ${first} has the same credit code`, value: creditCode }];
    this.firstRows.set(creditCode, row);
    return [];
  }
}

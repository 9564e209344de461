export type ListFormat = 'CSV' | 'XLSX' | 'NDJSON';

/** One row as it was read: texts, in the order of the columns. */
export interface RawRow {
  /** As a spreadsheet numbers it, the first line being 1: empty rows count, line breaks inside a cell do not. NDJSON: the line. */
  row: number;
  cells: string[];
}

/** Where reading stopped, as plain JSON: what was read up to here need not be read again. Good for the same file only. */
export interface Checkpoint {
  /** The last row that was given. */
  row: number;
  /** Text files: a byte at which a record begins, at or before the row behind `row`. */
  offset?: number;
  /** Text files: the record that begins there, and its line. */
  offsetRow?: number;
  offsetLine?: number;
}

/** A list opened for reading. Ill-formed files end `batches()` with a DomainError that names line or row. */
export interface RowSource {
  format: ListFormat;
  /** `UTF-8`, `GB18030`, `UTF-16LE` or `UTF-16BE`; null for workbooks. */
  encoding: string | null;
  /** Name of the sheet that is read; null for text. */
  sheet: string | null;
  /** Between the cells of a CSV; null otherwise. */
  delimiter: string | null;
  /** Behind the batch that was given last. */
  readonly checkpoint: Checkpoint;
  /**
   * The rows, up to 500 at a time; the very first one is the header (of NDJSON: its keys, as row 0), also when reading goes on from a
   * checkpoint. Rows of a workbook have as many cells as the header, unless there is something in those beyond it. Call once.
   */
  batches(): AsyncGenerator<RawRow[]>;
}

/** Rows to a batch. */
export const batchRows = 500;

/** What one spreadsheet can hold: more is no list. */
export const maxRows = 1_048_576;

/** Columns of a list. */
export const maxColumns = 200;

import { DomainError } from '@finharbor/contracts/errors';
import type { SourceFile } from './source-file.js';
import { formatOf } from './containers.js';
import { CsvReader } from './csv.js';
import { NdjsonReader } from './ndjson.js';
import { batchRows, type Checkpoint, type ListFormat, maxRows, type RawRow, type RowSource } from './row-source.js';
import { detectEncoding } from './text-blocks.js';

export interface OpenOptions {
  /** What the sender says it is. The file itself tells; what it does not fit is refused. */
  format?: ListFormat;
  /** Name of the sheet of a workbook; the first visible one without it. */
  sheet?: string;
  /** Between the cells of a CSV; detected without it. */
  delimiter?: string;
  /** How many of the cells are headers that the reader knows: what tells the header row from a title above it. */
  countHeaders(cells: readonly string[]): number;
  /** Goes on behind it. */
  from?: Checkpoint;
}

interface Reader {
  rows(from?: Partial<Checkpoint>): AsyncGenerator<RawRow[]>;
  /** Where reading may go on so that no row behind those given last is missed. */
  readonly place: Omit<Checkpoint, 'row'>;
}

/** A title stands in the first rows or nowhere. */
const maxTitleRows = 10;

/**
 * Opens a list for reading, in constant memory. UNSUPPORTED_MEDIA_TYPE, LIST_PROTECTED, LIST_SHEET, LIST_ENCODING, LIST_MALFORMED and
 * PAYLOAD_TOO_LARGE come now or while reading; LIST_EMPTY where there is no row at all.
 */
export async function openRows(file: SourceFile, options: OpenOptions): Promise<RowSource> {
  if (file.size === 0) throw empty();
  const format = await formatOf(file);
  if (options.format && options.format !== format) throw new DomainError('UNSUPPORTED_MEDIA_TYPE', `The file is ${format}, not ${options.format}.`);
  if (format === 'XLSX') {
    // Most lists are CSV: what reads workbooks, seven megabytes of it, is loaded for a workbook alone.
    const { XlsxReader } = await import('./xlsx.js');
    const reader = await XlsxReader.open(file, options.sheet);
    return new Rows(reader, { format, encoding: null, sheet: reader.sheet, delimiter: null }, options);
  }
  const encoding = await detectEncoding(file);
  if (format === 'NDJSON') return new Rows(await NdjsonReader.open(file, encoding), { format, encoding, sheet: null, delimiter: null }, options);
  const reader = await CsvReader.open(file, encoding, options.delimiter);
  return new Rows(reader, { format, encoding, sheet: null, delimiter: reader.delimiter }, options);
}

const empty = (sheet: string | null = null): DomainError =>
  new DomainError('LIST_EMPTY', sheet === null ? 'The file is empty.' : `The sheet “${sheet.slice(0, 50)}” is empty.`);

type Facts = Pick<RowSource, 'format' | 'encoding' | 'sheet' | 'delimiter'>;

/** Finds the header, leaves out what was read before, and hands on the rest in batches. */
class Rows implements RowSource {
  readonly format: ListFormat;
  readonly encoding: string | null;
  readonly sheet: string | null;
  readonly delimiter: string | null;
  private last: Checkpoint;

  constructor(private readonly reader: Reader, { format, encoding, sheet, delimiter }: Facts, private readonly options: OpenOptions) {
    this.format = format;
    this.encoding = encoding;
    this.sheet = sheet;
    this.delimiter = delimiter;
    this.last = options.from ?? { row: 0 };
  }

  get checkpoint(): Checkpoint {
    return this.last;
  }

  async* batches(): AsyncGenerator<RawRow[]> {
    const { from } = this.options;
    const reading = this.reader.rows();
    const { header, behind } = await this.findHeader(reading);
    if (from) {
      yield [header];
      const isText = from.offset !== undefined;
      if (isText) await reading.return(undefined);
      else yield* this.inBatches(behind, header, from.row);
      for await (const rows of isText ? this.reader.rows(from) : reading) yield* this.inBatches(rows, header, from.row);
      return;
    }
    yield* this.inBatches([header, ...behind], header, -1);
    for await (const rows of reading) yield* this.inBatches(rows, header, header.row);
  }

  /** The first row that looks like a header: lists have titles above it. Else the first of all: whoever reads it says what is missing. */
  private async findHeader(reading: AsyncGenerator<RawRow[]>): Promise<{ header: RawRow; behind: RawRow[] }> {
    const head: RawRow[] = [];
    while (head.length < maxTitleRows) {
      const next = await reading.next();
      if (next.done) break;
      head.push(...next.value);
    }
    if (head.length === 0) throw empty(this.sheet);
    const found = this.format === 'NDJSON' ? 0 : head.slice(0, maxTitleRows).findIndex(({ cells }) => this.options.countHeaders(cells) >= 2);
    const index = Math.max(0, found);
    const header = { row: head[index].row, cells: this.format === 'XLSX' ? withoutEmptyTail(head[index].cells) : head[index].cells };
    return { header, behind: head.slice(index + 1) };
  }

  private* inBatches(rows: RawRow[], header: RawRow, after: number): Generator<RawRow[]> {
    const wanted = rows.length > 0 && rows[0].row > after ? rows : rows.filter(({ row }) => row > after);
    for (let at = 0; at < wanted.length; at += batchRows) {
      const batch = at === 0 && wanted.length <= batchRows ? wanted : wanted.slice(at, at + batchRows);
      if (this.format === 'XLSX') for (const row of batch) row.cells = asWideAs(header.cells.length, row.cells);
      const { row } = batch[batch.length - 1];
      if (row > maxRows) throw new DomainError('PAYLOAD_TOO_LARGE', `A list has at most ${maxRows.toLocaleString('en')} rows.`);
      this.last = { row, ...this.reader.place };
      yield batch;
    }
  }
}

function withoutEmptyTail(cells: string[]): string[] {
  let width = cells.length;
  while (width > 0 && cells[width - 1].trim() === '') width -= 1;
  return cells.slice(0, width);
}

/** Workbooks leave out empty cells at the end of a row, and keep empty ones that somebody once touched. */
function asWideAs(width: number, cells: string[]): string[] {
  while (cells.length < width) cells.push('');
  return cells.length > width && cells.slice(width).every((cell) => cell.trim() === '') ? cells.slice(0, width) : cells;
}

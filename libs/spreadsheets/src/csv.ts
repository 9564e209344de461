import { DomainError } from '@finharbor/contracts/errors';
import type { SourceFile } from './source-file.js';
import type { Checkpoint, RawRow } from './row-source.js';
import { countLines, type TextEncoding, textBlocks } from './text-blocks.js';

/** A quote that is never closed would swallow the rest of the file: a record stops at this many bytes. */
const maxRecordBytes = 1_048_576;

/**
 * Cuts CSV (RFC 4180) into records, whatever pieces the text comes in. Strict: a quote in the wrong place, or never closed, is
 * LIST_MALFORMED with its line, since a reader that guesses puts one firm's data into another's row. Ragged records pass: they are
 * for the caller to judge. Empty lines are left out and counted.
 */
export class CsvScanner {
  /** A record that goes on in the next piece. */
  private rest = '';

  /** @param row how many records and empty lines came before; @param line the first line of the text */
  constructor(private readonly delimiter: string, public row = 0, public line = 1) {}

  /** Whether the next piece begins a record. */
  get isBetweenRecords(): boolean {
    return this.rest === '';
  }

  /** The records that end in this piece. @param isLast no more text follows */
  push(text: string, isLast = false): RawRow[] {
    const all = this.rest === '' ? text : this.rest + text;
    const rows: RawRow[] = [];
    let at = 0;
    let quote = all.indexOf('"');
    while (at < all.length) {
      let end = all.indexOf('\n', at);
      if (end === -1 && !isLast) break;
      if (end === -1) end = all.length;
      if (quote !== -1 && quote < at) quote = all.indexOf('"', at);
      if (quote === -1 || quote > end) {
        this.row += 1;
        this.line += 1;
        if (end > at) rows.push({ row: this.row, cells: all.slice(at, end).split(this.delimiter) });
        at = end + 1;
        continue;
      }
      const record = this.quoted(all, at, isLast);
      if (!record) break;
      this.row += 1;
      this.line += countLines(all.slice(at, record.end)) + 1;
      rows.push({ row: this.row, cells: record.cells });
      at = record.end + 1;
    }
    this.rest = at < all.length ? all.slice(at) : '';
    if (this.rest.length > maxRecordBytes / 3 && Buffer.byteLength(this.rest) > maxRecordBytes) {
      throw malformed(`The record that begins on line ${this.line} is longer than 1 MiB; perhaps a quote is never closed.`);
    }
    return rows;
  }

  /** The record that begins at `from` and holds a quote; undefined where it goes on in the next piece. */
  private quoted(all: string, from: number, isLast: boolean): { cells: string[]; end: number } | undefined {
    const cells: string[] = [];
    for (let at = from; ; at += 1) {
      let end: number;
      if (all[at] === '"') {
        const cell = this.quotedCell(all, at, isLast, from);
        if (!cell) return undefined;
        cells.push(cell.text);
        end = cell.end;
      } else {
        const feed = all.indexOf('\n', at);
        if (feed === -1 && !isLast) return undefined;
        const next = all.indexOf(this.delimiter, at);
        end = Math.min(next === -1 ? all.length : next, feed === -1 ? all.length : feed);
        const text = all.slice(at, end);
        if (text.includes('"')) throw malformed(`A quote stands inside an unquoted cell on line ${this.line + countLines(all.slice(from, at))}.`);
        cells.push(text);
      }
      at = end;
      if (at >= all.length || all[at] === '\n') return { cells, end: at };
    }
  }

  private quotedCell(all: string, open: number, isLast: boolean, begins: number): { text: string; end: number } | undefined {
    let text = '';
    for (let from = open + 1; ;) {
      const close = all.indexOf('"', from);
      if (close === -1 && isLast) throw malformed(`The record that begins on line ${this.line} opens a quote and never closes it.`);
      // What follows a quote tells whether it is one of two.
      if (close === -1 || (close + 1 === all.length && !isLast)) return undefined;
      const next = all[close + 1];
      if (next === '"') {
        text += all.slice(from, close + 1);
        from = close + 2;
        continue;
      }
      if (next !== undefined && next !== '\n' && next !== this.delimiter) {
        throw malformed(`A quote inside a quoted cell on line ${this.line + countLines(all.slice(begins, close))} is not doubled.`);
      }
      return { text: text + all.slice(from, close), end: close + 1 };
    }
  }
}

const malformed = (detail: string): DomainError => new DomainError('LIST_MALFORMED', detail);

/** What may stand between cells, the usual first: of two that fit alike it wins. */
export const delimiters = [',', '\t', ';', '|'] as const;

/** What separates the cells of the first line that has any, quoted parts left aside: whatever stands there most often. */
export function detectDelimiter(text: string): string {
  const [first] = text.slice(0, 50_000).replace(/"[^"]*"/g, '').replace(/^\n+/, '').split('\n', 1);
  const counts = delimiters.map((delimiter) => first.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))];
}

/** The line that Excel writes and reads to name what separates the cells: `sep=;`. */
const separatorLine = /^sep=(.)[^\S\n]*(?:\n|$)/;

export class CsvReader {
  private safe: Omit<Checkpoint, 'row'> = {};

  private constructor(
    private readonly file: SourceFile,
    private readonly encoding: TextEncoding,
    readonly delimiter: string,
    private readonly hasSeparatorLine: boolean,
  ) {}

  static async open(file: SourceFile, encoding: TextEncoding, delimiter?: string): Promise<CsvReader> {
    for await (const { text } of textBlocks(file, encoding)) {
      const named = separatorLine.exec(text);
      return new CsvReader(file, encoding, delimiter ?? named?.[1] ?? detectDelimiter(text), named !== null);
    }
    return new CsvReader(file, encoding, delimiter ?? ',', false);
  }

  /** A place at or before the rows that were given last, to go on from. */
  get place(): Omit<Checkpoint, 'row'> {
    return this.safe;
  }

  async* rows(from: Partial<Checkpoint> = {}): AsyncGenerator<RawRow[]> {
    const { offset = 0, offsetRow = 0, offsetLine = 1 } = from;
    const scanner = new CsvScanner(this.delimiter, offsetRow, offsetLine);
    for await (const { text, offset: place } of textBlocks(this.file, this.encoding, { offset, line: offsetLine })) {
      if (scanner.isBetweenRecords) this.safe = { offset: place, offsetRow: scanner.row, offsetLine: scanner.line };
      const rows = scanner.push(text);
      yield place === 0 && this.hasSeparatorLine ? rows.slice(1) : rows;
    }
    yield scanner.push('', true);
  }
}

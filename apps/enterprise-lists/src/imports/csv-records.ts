import { pipeline, Readable } from 'node:stream';
import { DomainError } from '@finharbor/contracts/errors';
import { CsvError, parse } from 'csv-parse';

/** One record of a CSV text. */
export interface CsvRecord {
  /** Its number as a spreadsheet shows it: the first line is 1, empty lines count, line breaks inside a cell do not. */
  row: number;
  cells: string[];
}

/** A quote that is never closed would swallow the rest of the file: a record stops at this many bytes. */
const maxRecordBytes = 1_048_576;

/**
 * Reads CSV (RFC 4180) as a stream. Strict: a quote in the wrong place, or never closed, is LIST_MALFORMED with its line,
 * since a reader that guesses puts one firm's data into another's row. Ragged records pass: they are for the caller to judge.
 */
export async function* readCsv(text: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  let line = 0;
  const parser = parse({
    record_delimiter: '\n', relax_column_count: true, skip_empty_lines: true, max_record_size: maxRecordBytes,
    on_record: (cells, info) => {
      line = info.lines;
      return { row: info.records + info.empty_lines, cells } satisfies CsvRecord as never;
    },
  });
  pipeline(Readable.from(text), parser, () => undefined);
  try {
    yield* parser as AsyncIterable<CsvRecord>;
  } catch (error) {
    throw error instanceof CsvError ? malformed(error, line + 1) : error;
  }
}

function malformed(error: CsvError, begins: number): DomainError {
  // The parser's own text quotes the file, which may hold personal data.
  const at = error.lines as number;
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return new DomainError('LIST_MALFORMED', `The record that begins on line ${begins} opens a quote and never closes it.`);
    case 'CSV_MAX_RECORD_SIZE':
      return new DomainError('LIST_MALFORMED', `The record that begins on line ${begins} is longer than 1 MiB; perhaps a quote is never closed.`);
    case 'INVALID_OPENING_QUOTE':
      return new DomainError('LIST_MALFORMED', `A quote stands inside an unquoted cell on line ${at}.`);
    case 'CSV_INVALID_CLOSING_QUOTE':
      return new DomainError('LIST_MALFORMED', `A quote inside a quoted cell on line ${at} is not doubled.`);
    default:
      return new DomainError('LIST_MALFORMED', `The text is no CSV near line ${at}.`);
  }
}

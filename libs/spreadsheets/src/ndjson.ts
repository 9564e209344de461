import { DomainError } from '@finharbor/contracts/errors';
import type { SourceFile } from './source-file.js';
import { plainNumber } from './cell-values.js';
import { type Checkpoint, maxColumns, type RawRow } from './row-source.js';
import { type TextEncoding, textBlocks, type TextStart } from './text-blocks.js';

/** Reads one JSON object a line. The keys of all lines together are the header, so that a line may leave out what it does not state. */
export class NdjsonReader {
  private safe: Omit<Checkpoint, 'row'> = {};

  private constructor(private readonly file: SourceFile, private readonly encoding: TextEncoding, private readonly keys: string[]) {}

  /** Looks at every line once for its keys: LIST_MALFORMED, with the line, where one is no flat object. */
  static async open(file: SourceFile, encoding: TextEncoding): Promise<NdjsonReader> {
    const keys = new Set<string>();
    for await (const { object } of objects(file, encoding)) {
      for (const key of Object.keys(object)) keys.add(key);
      if (keys.size > maxColumns) throw new DomainError('LIST_HEADER', `A list has at most ${maxColumns} columns; the lines have more keys together.`);
    }
    return new NdjsonReader(file, encoding, [...keys]);
  }

  get place(): Omit<Checkpoint, 'row'> {
    return this.safe;
  }

  async* rows(from: Partial<Checkpoint> = {}): AsyncGenerator<RawRow[]> {
    const { offset = 0, offsetLine = 1 } = from;
    if (offset === 0 && this.keys.length > 0) yield [{ row: 0, cells: this.keys }];
    let rows: RawRow[] = [];
    let block = -1;
    for await (const { object, line, block: at } of objects(this.file, this.encoding, { offset, line: offsetLine })) {
      if (at.offset !== block) {
        if (rows.length > 0) yield rows;
        rows = [];
        block = at.offset;
        this.safe = { offset: at.offset, offsetRow: at.line - 1, offsetLine: at.line };
      }
      rows.push({ row: line, cells: this.keys.map((key) => (Object.hasOwn(object, key) ? textOf(object[key]) : '')) });
    }
    if (rows.length > 0) yield rows;
  }
}

type Scalar = string | number | boolean | null;

interface Line {
  object: Record<string, Scalar>;
  line: number;
  block: TextStart;
}

async function* objects(file: SourceFile, encoding: TextEncoding, start?: TextStart): AsyncGenerator<Line> {
  for await (const { text, offset, line } of textBlocks(file, encoding, start)) {
    const lines = text.split('\n');
    for (let index = 0; index < lines.length; index += 1) {
      if (lines[index].trim() !== '') yield { object: parse(lines[index], line + index), line: line + index, block: { offset, line } };
    }
  }
}

function parse(text: string, line: number): Record<string, Scalar> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words quote the line, which may hold personal data.
    throw new DomainError('LIST_MALFORMED', `Line ${line} is no JSON. NDJSON has one object on each line.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DomainError('LIST_MALFORMED', `Line ${line} is no JSON object.`);
  const nested = Object.values(value).findIndex((part) => typeof part === 'object' && part !== null);
  if (nested >= 0) throw new DomainError('LIST_MALFORMED', `Line ${line}: the value of key ${nested + 1} is an object or an array; only texts, numbers, true, false and null are read.`);
  return value as Record<string, Scalar>;
}

function textOf(value: Scalar): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  // Beyond 15 digits JSON readers make another number of it: written so that no rule takes it for the right one.
  return Math.abs(value) >= 1e15 ? value.toExponential() : plainNumber(value);
}

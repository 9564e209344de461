import { DomainError } from '@finharbor/contracts/errors';
import { encodeRows, type CheckedStatement, type EncodedRows } from '../enterprises/encoding.js';
import type { ListWarning } from '../lists/push-list.entity.js';
import { CodeTable } from './code-table.js';
import { findingLines } from './finding-lines.js';
import { openRows } from './formats/open-rows.js';
import type { Checkpoint, ListFormat, RawRow, RowSource } from './formats/row-source.js';
import { type Header, type HeaderMapping, readHeader } from './headers.js';
import type { ImportCause } from './import-report.js';
import { type Finding, findingOf } from './row-findings.js';
import { checkRow, type RowContext } from './row-rules.js';
import type { SourceFile } from './source-file.js';

/** What a list is checked with: plain data, since it is checked in a thread of its own. */
export interface ValidationOrder {
  importId: string;
  sheet: string | null;
  delimiter: string | null;
  mapping: HeaderMapping;
  /** ISO date in Asia/Shanghai: what lies behind it is the future. */
  today: string;
  /** Credit codes that are taken although their check character is wrong. */
  exceptions: string[];
  maxRows: number;
  /** How far it came before, and the codes of the rows that were accepted up to there: see `ValidationState`. */
  from: ValidationState | null;
}

/** How far a list was checked: saved with every chunk, so that it goes on there after a crash with the same report. */
export interface ValidationState {
  reader: Checkpoint;
  format: ListFormat;
  encoding: string | null;
  readSheet: string | null;
  accepted: number;
  rejected: number;
  warned: number;
  blank: number;
  causes: ImportCause[];
  warnings: ListWarning[];
}

/** Some rows that were checked, as they are stored. */
export interface ValidatedChunk {
  rows: EncodedRows;
  /** Findings as COPY takes them. */
  findings: Uint8Array;
  state: ValidationState;
}

/** Rows to a transaction. */
export const chunkRows = 2_000;

/** Of the warnings of one cause so many are kept row by row; the others are only counted. Errors are kept all. */
const keptWarnings = 10_000;

/**
 * Checks a list from where it stopped: each chunk is to be saved before the next is asked for. LIST_EMPTY, LIST_HEADER, LIST_MALFORMED
 * and LIST_ENCODING end it; what is wrong with a single row does not.
 *
 * @param earlier rows that were accepted before, with their codes
 */
export async function* validate(
  file: SourceFile, order: ValidationOrder, earlier: AsyncIterable<[row: number, code: string][]>,
): AsyncGenerator<ValidatedChunk> {
  const codes = new CodeTable();
  for await (const page of earlier) for (const [row, code] of page) codes.claim(code, row);
  const { sheet, delimiter, mapping, from } = order;
  const source = await openRows(file, { sheet: sheet ?? undefined, delimiter: delimiter ?? undefined, mapping, from: from?.reader });
  const check = new Check(order, codes);
  for await (const batch of source.batches()) {
    check.take(batch);
    if (check.isFull) yield check.chunk(source);
  }
  check.end();
  yield check.chunk(source);
}

class Check {
  private header?: Header;
  private readonly causes: Map<string, ImportCause>;
  private readonly counts: Pick<ValidationState, 'accepted' | 'rejected' | 'warned' | 'blank'>;
  private readonly context: RowContext;
  private accepted: CheckedStatement[] = [];
  private findings: Finding[] = [];
  private seen = 0;

  constructor(private readonly order: ValidationOrder, private readonly codes: CodeTable) {
    const { accepted = 0, rejected = 0, warned = 0, blank = 0, causes = [] } = order.from ?? {};
    this.counts = { accepted, rejected, warned, blank };
    this.causes = new Map(causes.map((cause) => [nameOf(cause), cause]));
    this.context = { today: order.today, exceptions: new Set(order.exceptions) };
  }

  get isFull(): boolean {
    return this.seen >= chunkRows;
  }

  take(batch: RawRow[]): void {
    for (const raw of batch) {
      if (!this.header) this.header = readHeader(raw.cells, this.order.mapping);
      else if (raw.cells.every((cell) => cell.trim() === '')) this.counts.blank += 1;
      else this.check(raw, this.header);
    }
  }

  end(): void {
    if (this.rowCount > 0) return;
    throw new DomainError('LIST_EMPTY', this.header ? 'The list has a header and no rows.' : 'The file is empty.');
  }

  chunk({ checkpoint, format, encoding, sheet }: Pick<RowSource, 'checkpoint' | 'format' | 'encoding' | 'sheet'>): ValidatedChunk {
    const { order: { importId }, counts } = this;
    const causes = [...this.causes.values()].sort((one, other) => other.count - one.count || (nameOf(one) < nameOf(other) ? -1 : 1));
    const chunk = {
      rows: encodeRows(importId, this.accepted),
      findings: findingLines(importId, this.findings),
      state: { ...counts, reader: checkpoint, format, encoding, readSheet: sheet, causes, warnings: this.warnings() },
    };
    this.accepted = [];
    this.findings = [];
    this.seen = 0;
    return chunk;
  }

  private get rowCount(): number {
    return this.counts.accepted + this.counts.rejected;
  }

  private check(raw: RawRow, header: Header): void {
    if (this.rowCount === this.order.maxRows) throw new DomainError('PAYLOAD_TOO_LARGE', `A list has at most ${this.order.maxRows} rows.`);
    this.seen += 1;
    const { row: stated, findings } = checkRow(raw, header, this.context);
    const first = stated ? this.codes.claim(stated.creditCode, raw.row) : undefined;
    if (first !== undefined) findings.push(duplicate(raw, header, first));
    const isRejected = !stated || first !== undefined;
    this.counts[isRejected ? 'rejected' : 'accepted'] += 1;
    if (!isRejected) this.accepted.push({ row: raw.row, stated });
    if (findings.some(({ severity }) => severity === 'WARNING')) this.counts.warned += 1;
    for (const finding of findings) this.keep(finding);
  }

  private keep(finding: Finding): void {
    const { severity, field, rule } = finding;
    const name = nameOf(finding);
    const cause = this.causes.get(name) ?? { severity, field, rule, count: 0 };
    cause.count += 1;
    this.causes.set(name, cause);
    if (severity === 'ERROR' || cause.count <= keptWarnings) this.findings.push(finding);
  }

  private warnings(): ListWarning[] {
    const { blank } = this.counts;
    const blanks = { rule: 'blankRows', header: null, message: `${blank} blank rows were left out.` };
    return [...this.header?.warnings ?? [], ...blank > 0 ? [blanks] : []];
  }
}

const nameOf = ({ severity, field, rule }: Pick<ImportCause, 'severity' | 'field' | 'rule'>): string => `${severity} ${field} ${rule}`;

/** Of several rows with one credit code the first that can be taken counts; the others name it. */
function duplicate({ row, cells }: RawRow, header: Header, first: number): Finding {
  const { index } = header.columns.get('creditCode')!;
  const message = `row ${first} has the same credit code`;
  return findingOf({ row, column: index + 1, field: 'creditCode', severity: 'ERROR', rule: 'duplicate', message }, cells[index]);
}

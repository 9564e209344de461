import { DomainError } from '@finharbor/contracts/errors';
import { type EncodedRows, RowEncoder } from '../enterprises/encoding.js';
import type { ListWarning } from '../lists/push-list.entity.js';
import { CodeTable } from './code-table.js';
import { columns } from './columns.js';
import { findingLines } from './finding-lines.js';
import { openList } from './open-list.js';
import type { Checkpoint, ListFormat, RawRow, RowSource } from '@finharbor/spreadsheets/row-source';
import { type Header, type HeaderMapping, readHeader } from './headers.js';
import type { ImportCause } from './import-report.js';
import { type Finding, findingOf } from './row-findings.js';
import { RowChecker, type RowContext } from './row-rules.js';
import { basisOf, type KnownRows, RowsHash } from './rows-hash.js';
import type { WholeFile } from './whole-file.js';

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
  /** What the rows of the newest list of its series are known by: where they are the same, nothing is to be checked. */
  known: KnownRows | null;
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
  /** At the end, what its rows are known by; null where some were rejected, or state contacts, which the master may have lost since. */
  known: KnownRows | null;
}

/** What the file turned out to be. */
export type ReadFacts = Pick<ValidationState, 'format' | 'encoding' | 'readSheet'>;

/** Some rows that were checked, as they are stored. */
export interface ValidatedChunk {
  rows: EncodedRows;
  /** Findings as COPY takes them. */
  findings: Uint8Array;
  state: ValidationState;
}

/** Rows to a transaction; fewer where they are long. */
export const chunkRows = 2_000;
const chunkBytes = 1_900_000;

/** Of the warnings of one cause so many are kept row by row; the others are only counted. Errors are kept all. */
const keptWarnings = 10_000;

/**
 * Checks a list from where it stopped: each chunk is to be saved before the next is asked for. LIST_EMPTY, LIST_HEADER, LIST_MALFORMED
 * and LIST_ENCODING end it; what is wrong with a single row does not.
 *
 * @param earlier rows that were accepted before, with their codes
 */
export async function* validate(
  file: WholeFile, order: ValidationOrder, earlier: AsyncIterable<[row: number, code: string][]>,
): AsyncGenerator<ValidatedChunk> {
  const codes = new CodeTable();
  for await (const page of earlier) for (const [row, code] of page) codes.claim(code, row);
  const source = await open(file, order);
  const check = new Check(order, codes);
  for await (const batch of source.batches()) {
    check.take(batch);
    if (check.isFull) yield check.chunk(source);
  }
  const known = check.end();
  yield check.chunk(source, known);
}

/** Whether the list says the same as one that was checked and applied before: what it is, or null where it is to be checked itself. */
export async function readSame(file: WholeFile, order: ValidationOrder): Promise<ReadFacts | null> {
  const { known } = order;
  if (!known || known.today > order.today || known.basis !== basisOf(order)) return null;
  const source = await open(file, order);
  const hash = new RowsHash();
  for await (const batch of source.batches()) {
    hash.add(batch);
    if (hash.head !== null && hash.head !== known.head) return null;
  }
  return hash.digest() === known.all ? { format: source.format, encoding: source.encoding, readSheet: source.sheet } : null;
}

const open = (file: WholeFile, { sheet, delimiter, mapping, from }: ValidationOrder): Promise<RowSource> =>
  file.proven(() => openList(file, { sheet: sheet ?? undefined, delimiter: delimiter ?? undefined, mapping, from: from?.reader }));

class Check {
  private header?: Header;
  private checker?: RowChecker;
  private readonly causes: Map<string, ImportCause>;
  private readonly counts: Pick<ValidationState, 'accepted' | 'rejected' | 'warned' | 'blank'>;
  private readonly context: RowContext;
  private readonly encoder: RowEncoder;
  /** Of a list that is read in one go. */
  private readonly hash: RowsHash | null;
  private findings: Finding[] = [];
  private seen = 0;

  constructor(private readonly order: ValidationOrder, private readonly codes: CodeTable) {
    const { accepted = 0, rejected = 0, warned = 0, blank = 0, causes = [] } = order.from ?? {};
    this.counts = { accepted, rejected, warned, blank };
    this.causes = new Map(causes.map((cause) => [nameOf(cause), cause]));
    this.context = { today: order.today, exceptions: new Set(order.exceptions) };
    this.encoder = new RowEncoder(order.importId);
    this.hash = order.from ? null : new RowsHash();
  }

  get isFull(): boolean {
    return this.seen >= chunkRows || this.encoder.size >= chunkBytes;
  }

  take(batch: RawRow[]): void {
    this.hash?.add(batch);
    for (const raw of batch) {
      if (!this.header) this.begin(raw);
      else if (raw.cells.every((cell) => cell.trim() === '')) this.counts.blank += 1;
      else this.check(raw, this.header);
    }
  }

  private begin({ cells }: RawRow): void {
    this.header = readHeader(cells, this.order.mapping);
    this.checker = new RowChecker(this.header, this.context);
  }

  /** What all rows are known by, the last of them being read. */
  end(): KnownRows | null {
    const { header, hash, order } = this;
    const isWhole = hash && this.counts.rejected === 0 && !header?.keyAt.some((key) => key && 'personal' in columns[key]);
    if (this.rowCount > 0) return isWhole ? { basis: basisOf(order), today: order.today, head: hash.head, all: hash.digest() } : null;
    throw new DomainError('LIST_EMPTY', this.header ? 'The list has a header and no rows.' : 'The file is empty.');
  }

  chunk({ checkpoint, format, encoding, sheet }: Pick<RowSource, 'checkpoint' | 'format' | 'encoding' | 'sheet'>, known: KnownRows | null = null): ValidatedChunk {
    const { order: { importId }, counts } = this;
    const causes = [...this.causes.values()].sort((one, other) => other.count - one.count || (nameOf(one) < nameOf(other) ? -1 : 1));
    const chunk = {
      rows: this.encoder.take(),
      findings: findingLines(importId, this.findings),
      state: { ...counts, reader: checkpoint, format, encoding, readSheet: sheet, causes, warnings: this.warnings(), known },
    };
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
    const { row: stated, findings } = this.checker!.check(raw);
    const first = stated ? this.codes.claim(stated.creditCode, raw.row) : undefined;
    if (first !== undefined) findings.push(duplicate(raw, header, first));
    const isRejected = !stated || first !== undefined;
    this.counts[isRejected ? 'rejected' : 'accepted'] += 1;
    if (!isRejected) this.encoder.add({ row: raw.row, stated });
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

import { PassThrough, type Readable } from 'node:stream';
import { createHash } from 'node:crypto';
import { DomainError, type FieldError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import { currentContext } from '@finharbor/platform/logs/context';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import type { Region } from '@finharbor/standards/regions';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { productProblems } from '../eligibility/eligibility-rules.js';
import { type ReadItem, readItem } from '../upserts/upsert-items.js';
import { UpsertOutcome, type UpsertReport, type UpsertResult } from '../upserts/upsert.inputs.js';
import { UpsertsService } from '../upserts/upserts.service.js';
import { findingText } from './finding-texts.js';
import type { ImportProductsQuery, ProductFinding, ProductImport } from './product-import.js';
import { openProductFile, type ProductFile } from './product-file.js';
import { columnOfField, type ProductHeader, type ProductRow, readProductRow } from './product-rows.js';

/** A file is held in memory while it is read. */
const mostBytes = 5 * 1_048_576;
const mostRows = 5_000;
/** So many findings are told with the import; the workbook has all. */
const toldFindings = 500;
const keptDays = 30;
const forgetClock = 'product-import.forget';

type Report = Omit<ProductImport, 'id' | 'findings' | 'createdAt'>;
/** A file with what became of it. */
interface Checked {
  bytes: Buffer;
  dryRun: boolean;
  file: ProductFile;
  outcome: UpsertReport;
  findings: ProductFinding[];
}

interface Stored { report: Report; findings: ProductFinding[]; createdAt: Date }

/** Takes in products from spreadsheets: each row is an item of a bulk upsert, and what is wrong is told by row and column. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly tenancy: Tenancy, private readonly upserts: UpsertsService, private readonly reference: ReferenceCopies,
    private readonly due: Due,
  ) {}

  /** LIST_EMPTY, LIST_HEADER, LIST_MALFORMED, LIST_ENCODING and their like end it; what is wrong with a single row does not. */
  async import(caller: Caller, body: Readable, { dryRun = false, sheet }: ImportProductsQuery): Promise<ProductImport> {
    const bytes = await bytesOf(body);
    const idempotency = currentContext()?.idempotency;
    if (idempotency) idempotency.fingerprint = createHash('sha256').update(bytes).update(JSON.stringify([dryRun, sheet])).digest('base64url');
    const file = await openProductFile(bytes, sheet, mostRows);
    const today = localDate(new Date());
    const rows = file.rows.map((raw) => readProductRow(raw, file.header, today));
    return this.tenancy.run(caller, async (tx) => {
      const items = await this.itemsOf(tx, rows, today);
      const outcome = dryRun ? await this.rehearse(tx, items) : await this.upserts.upsertIn(tx, items);
      const findings = rows.flatMap((row, index) => findingsOf(row, outcome.items[index], file.header));
      return this.keep(tx, { bytes, dryRun, file, outcome, findings });
    });
  }

  async get(caller: Caller, id: string): Promise<ProductImport> {
    const { report, findings, createdAt } = await this.stored(caller, id);
    return { id, ...report, findings: findings.slice(0, toldFindings), createdAt };
  }

  /** The whole file again, as a workbook, with what is wrong marked. ILLEGAL_STATE when the file's time is over. */
  async workbook(caller: Caller, id: string): Promise<Readable> {
    const { report, findings } = await this.stored(caller, id);
    const [{ file: bytes }] = await this.tenancy.run(caller, (tx) => tx.query<{ file: Buffer | null }>('select file from product_catalog.product_imports where id = $1', [id]));
    if (!bytes) throw new DomainError('ILLEGAL_STATE', 'The file was deleted when its time was over.');
    const { header, rows } = await openProductFile(bytes, report.sheet ?? undefined, mostRows);
    const byRow = new Map<number, ProductFinding[]>();
    for (const finding of findings) byRow.set(finding.row, [...byRow.get(finding.row) ?? [], finding]);
    // What writes workbooks is large, and seldom asked for.
    const { writeProductErrors } = await import('./product-workbooks.js');
    const content = new PassThrough();
    const explained = (async function* () { for (const { row, cells } of rows) yield { cells, findings: byRow.get(row) ?? [] }; })();
    writeProductErrors(content, header.cells, explained).catch((error: Error) => content.destroy(error));
    return content;
  }

  @OnDue(forgetClock)
  async forget({ aggregateId }: DueClock, tx: Tx): Promise<void> {
    await tx.query('update product_catalog.product_imports set file = null where id = $1', [aggregateId]);
  }

  private async stored(caller: Caller, id: string): Promise<Stored> {
    const [row] = await this.tenancy.run(caller, (tx) => tx.query<Stored>(
      'select report, findings, created_at as "createdAt" from product_catalog.product_imports where id = $1', [id]));
    if (!row) throw notFound('product import');
    return row;
  }

  /** All that is wrong with a row is told at once: cells that cannot be read do not hide what is wrong with the others. */
  private async itemsOf(tx: Tx, rows: readonly ProductRow[], today: string): Promise<ReadItem[]> {
    const regions = await this.reference.regions(tx);
    return rows.map((row, index) => {
      const read = readItem(row.item, index);
      if (row.problems.length === 0) return read;
      const unread = new Set(row.problems.map(({ field }) => field));
      const others = read.problems ?? productProblems(read.item, today, regions as Region[]);
      return { index, externalId: read.externalId, problems: [...row.problems, ...others.filter(({ field }) => !isAbout(unread, field))] };
    });
  }

  /** What an upsert would do; nothing of it stays. */
  private async rehearse(tx: Tx, items: ReadItem[]): Promise<UpsertReport> {
    await tx.query('savepoint rehearsal');
    const report = await this.upserts.upsertIn(tx, items);
    await tx.query('rollback to savepoint rehearsal');
    return report;
  }

  private async keep(
    tx: Tx, { bytes, dryRun, file, outcome, findings }: Checked,
  ): Promise<ProductImport> {
    const [id, createdAt] = [newId(), new Date()];
    const { created, updated, unchanged, rejected } = outcome;
    const counts = { created, updated, unchanged, rejected, published: outcome.items.filter(({ published }) => published).length };
    const report: Report = {
      dryRun, format: file.format, encoding: file.encoding, sheet: file.sheet, rows: file.rows.length, ...counts,
      ignoredHeaders: file.header.ignored, findingCount: findings.length,
    };
    await tx.query(
      'insert into product_catalog.product_imports (id, org_id, report, findings, file, created_at) values ($1, $2, $3, $4, $5, $6)',
      [id, tx.organisationId, JSON.stringify(report), JSON.stringify(findings), bytes, createdAt],
    );
    const dueAt = new Date(createdAt.getTime() + keptDays * 86_400_000);
    await this.due.set(tx, { kind: forgetClock, aggregateId: id, organisationId: tx.organisationId, dueAt });
    await audit(tx, { action: 'product.import', resource: 'product-import', resourceId: id, detail: { dryRun, ...counts } });
    return { id, ...report, findings: findings.slice(0, toldFindings), createdAt };
  }
}

const isAbout = (unread: ReadonlySet<string>, field: string): boolean =>
  [...unread].some((path) => path === field || field.startsWith(`${path}.`) || (field !== '' && path.startsWith(`${field}.`)));

function findingsOf(row: ProductRow, { outcome, errors }: UpsertResult, header: ProductHeader): ProductFinding[] {
  return errors.map((error, index): ProductFinding => {
    const own = (row.problems as (FieldError & { column?: number })[])[index]?.column;
    const place = own ? { column: own, header: header.cells[own - 1] } : columnOfField(error.field, row, header);
    const cell = place.column === null ? undefined : row.raw.cells[place.column - 1];
    const { zh, fixZh } = findingText(isEmpty(cell) && missing.has(error.rule) ? 'required' : error.rule);
    return {
      row: row.raw.row, ...place, field: error.field, severity: outcome === UpsertOutcome.REJECTED ? 'ERROR' : 'WARNING', rule: error.rule, message: error.message,
      messageZh: zh, fixZh, value: isEmpty(cell) ? null : [...cell!].slice(0, 200).join(''),
    };
  });
}

const isEmpty = (cell: string | undefined): boolean => cell === undefined || cell.trim() === '';
/** What checks of shape say of a field that is not there. */
const missing = new Set(['isDefined', 'matches', 'isLength', 'isString', 'isEnum', 'isArray', 'isBoolean', 'arrayNotEmpty', 'isObject', 'plainText', 'notContains']);

async function bytesOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if ((size += chunk.length) > mostBytes) throw new DomainError('PAYLOAD_TOO_LARGE', 'A file of products has at most 5 MB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

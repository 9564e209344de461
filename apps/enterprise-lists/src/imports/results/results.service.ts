import { PassThrough, Readable } from 'node:stream';
import { DomainError } from '@finharbor/contracts/errors';
import type { OpenedFile } from '@finharbor/platform/files/opened-file';
import { StoredFiles } from '@finharbor/platform/files/stored-files';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { openList } from '../open-list.js';
import { readHeader } from '../headers.js';
import { filePlace } from '../import-checks.js';
import { ImportState } from '../import-kinds.js';
import { Import } from '../import.entity.js';
import type { ResultFormat, ResultSet } from '../import.inputs.js';
import { illegal, ImportsService } from '../imports.service.js';
import type { Finding } from '../row-findings.js';
import { byteOrderMark, csvLine } from '@finharbor/spreadsheets/csv-lines';
import { readFindings, type StoredFinding } from './findings.js';
import { markedRows, maskedCells, type MarkedRow, split } from './marked-rows.js';

/** A result as it is sent. */
export interface ResultFile {
  name: string;
  type: string;
  content: Readable;
}

const types: Record<ResultFormat, string> = {
  csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson', xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};
const findingHeader = ['row', 'column', 'field', 'rule', 'value', 'message', 'fix', 'messageZh', 'fixZh'] as const;
const isTold = (severity: StoredFinding['severity'], set: ResultSet): boolean => severity === (set === 'rejected' ? 'ERROR' : 'WARNING');

/** What became of the rows of an import, as files: streamed, however large the list. */
@Injectable()
export class ResultsService {
  constructor(
    private readonly tenancy: Tenancy, private readonly imports: ImportsService, private readonly files: StoredFiles,
    private readonly cipher: FieldCipher,
  ) {}

  /** ILLEGAL_STATE before the list was checked, and where the file is needed and was deleted. */
  async open(caller: Caller, id: string, set: ResultSet, format: ResultFormat): Promise<ResultFile> {
    const imported = await this.imports.get(caller, id);
    if (![ImportState.VALIDATED, ImportState.APPLIED, ImportState.FAILED].includes(imported.state)) throw illegal(imported, 'reported on');
    const isOfFindings = format !== 'xlsx' && (set === 'rejected' || set === 'warnings');
    const content = isOfFindings
      ? Readable.from(this.findingTexts(imported, set, format)) : await this.fromFile(caller, imported, set, format);
    return { name: `${id}.${set}.${format}`, type: types[format], content };
  }

  private async* findingTexts(imported: Import, set: ResultSet, format: ResultFormat): AsyncGenerator<string> {
    if (format === 'csv') yield byteOrderMark + csvLine(findingHeader);
    for await (const findings of this.findings(imported, [set === 'rejected' ? 'ERROR' : 'WARNING'])) {
      const rows = findings.map((finding) => findingHeader.map((name) => finding[name]));
      yield rows.map((cells) => (format === 'csv' ? csvLine(cells) : `${JSON.stringify(Object.fromEntries(cells.map((cell, at) => [findingHeader[at], cell])))}\n`)).join('');
    }
  }

  /** What holds the rows themselves. Only a workbook has contacts in the clear, as its sender wrote them: who takes one is on record. */
  private async fromFile(caller: Caller, imported: Import, set: ResultSet, format: ResultFormat): Promise<Readable> {
    if (!imported.fileId) throw new DomainError('ILLEGAL_STATE', 'The file was deleted when its time was over; rejected and warnings are there as csv and ndjson.');
    if (format === 'xlsx') await this.tenancy.run(caller, (tx) => audit(tx, { action: 'import.read-rows', resource: 'import', resourceId: imported.id, detail: { set } }));
    const file = await this.files.open(imported.fileId, this.cipher.decrypt(imported.fileKeyEncrypted!, filePlace('imports', imported)));
    if (format !== 'xlsx') return Readable.from(this.rowTexts(imported, file, set, format));
    const content = new PassThrough();
    this.workbook(imported, file, set, content).catch((error: Error) => content.destroy(error));
    return content;
  }

  private async* rowTexts(imported: Import, file: OpenedFile, set: ResultSet, format: ResultFormat): AsyncGenerator<string> {
    try {
      const { header, rows } = await this.rows(imported, file, set);
      const meant = readHeader(header, imported.mapping);
      if (format === 'csv') yield byteOrderMark + csvLine(['row', ...header]);
      for await (const { raw } of rows) {
        const cells = maskedCells(raw.cells, meant);
        yield format === 'csv' ? csvLine([raw.row, ...cells]) : `${JSON.stringify({ row: raw.row, ...Object.fromEntries(header.map((name, at) => [name, cells[at] ?? null])) })}\n`;
      }
    } finally {
      await file.close();
    }
  }

  private async workbook(imported: Import, file: OpenedFile, set: ResultSet, content: PassThrough): Promise<void> {
    try {
      const { header, rows } = await this.rows(imported, file, set);
      // What writes workbooks is large, and seldom asked for.
      const { writeErrorWorkbook } = await import('../workbooks/error-workbook.js');
      await writeErrorWorkbook(content, header, explained(rows));
    } finally {
      await file.close();
    }
  }

  /** The rows of a set; of what is to be corrected all rows, so that it is the whole list that comes again. */
  private async rows(imported: Import, file: OpenedFile, set: ResultSet): Promise<{ header: string[]; rows: AsyncGenerator<MarkedRow> }> {
    const { sheet, delimiter, mapping } = imported;
    const source = await openList(file, { sheet: sheet ?? undefined, delimiter: delimiter ?? undefined, mapping });
    const { header, rows } = await split(source);
    const marked = markedRows(rows, this.findings(imported, set === 'warnings' ? ['WARNING'] : ['ERROR', 'WARNING', 'SKIPPED']));
    const isFailed = imported.state === ImportState.FAILED;
    return { header, rows: set === 'rejected' || set === 'warnings' ? marked : ofSet(marked, set === 'accepted', isFailed) };
  }

  /** One that was never checked, its file being known, has the findings of the import whose result it is. */
  private findings({ id, repeatOf, checkpoint }: Import, severities: StoredFinding['severity'][]): AsyncGenerator<StoredFinding[]> {
    const importId = checkpoint ? id : repeatOf ?? id;
    return readFindings((work) => this.tenancy.worker(work, { awaited: true }), importId, severities);
  }
}

async function* explained(rows: AsyncIterable<MarkedRow>): AsyncGenerator<{ cells: string[]; findings: Finding[] }> {
  for await (const { raw, findings } of rows) yield { cells: raw.cells, findings: findings as Finding[] };
}

/** Rows without an error: taken over, or not because all failed or the mode leaves them out. */
async function* ofSet(rows: AsyncIterable<MarkedRow>, isAccepted: boolean, isFailed: boolean): AsyncGenerator<MarkedRow> {
  for await (const { raw, findings } of rows) {
    const has = (severity: StoredFinding['severity']): boolean => findings.some((finding) => finding.severity === severity);
    if (!has('ERROR') && (isFailed || has('SKIPPED')) !== isAccepted) yield { raw, findings: findings.filter(({ severity }) => isTold(severity, 'warnings')) };
  }
}

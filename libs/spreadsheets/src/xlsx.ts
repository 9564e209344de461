import { DomainError } from '@finharbor/contracts/errors';
import type { SourceFile } from './source-file.js';
import { batchRows, type Checkpoint, type RawRow } from './row-source.js';
import { SharedStrings } from './shared-strings.js';
import { SheetHandler } from './sheet.js';
import { readDateStyles, readWorkbook, type Workbook } from './workbook.js';
import { XmlScanner, xmlText } from './xml.js';
import { ZipParts } from './zip.js';

/** Bytes of the table of texts when expanded; beyond it CSV is the better way. */
const maxTextBytes = 2_000_000_000;

/** Reads one sheet of a workbook (Office Open XML, as Excel, WPS and LibreOffice write it), row by row. */
export class XlsxReader {
  readonly place = {};

  private constructor(
    private readonly parts: ZipParts,
    private readonly workbook: Workbook,
    readonly sheet: string,
    private readonly part: string,
  ) {}

  /** @param sheet name of the sheet; the first visible one without it. LIST_SHEET where there is none. */
  static async open(file: SourceFile, sheet?: string): Promise<XlsxReader> {
    const parts = await ZipParts.open(file);
    const workbook = await readWorkbook(parts);
    const { sheets } = workbook;
    const wanted = sheet === undefined
      ? sheets.find(({ isVisible }) => isVisible) ?? sheets[0]
      : sheets.find(({ name }) => name.trim() === sheet.trim());
    if (!wanted) {
      const names = sheets.map(({ name }) => `“${name.slice(0, 50)}”`).slice(0, 20).join(', ');
      throw new DomainError('LIST_SHEET', sheet === undefined ? 'The workbook has no sheet with cells.' : `The workbook has no sheet of that name; it has ${names}.`);
    }
    return new XlsxReader(parts, workbook, wanted.name, wanted.part);
  }

  async* rows(_from?: Partial<Checkpoint>): AsyncGenerator<RawRow[]> {
    const { styles, is1904 } = this.workbook;
    const isDate = styles ? await readDateStyles(this.parts, styles) : [];
    const strings = new SharedStrings();
    try {
      await this.readStrings(strings);
      const handler = new SheetHandler({ strings, isDate, is1904, done: () => { scanner.isDone = true; } });
      const scanner = new XmlScanner(handler, this.part);
      let rows: RawRow[] = [];
      for await (const text of xmlText(this.parts.read(this.part), this.part)) {
        scanner.push(text);
        const more = handler.take();
        if (rows.length === 0) rows = more;
        else for (const row of more) rows.push(row);
        if (rows.length >= batchRows) {
          yield rows;
          rows = [];
        }
        if (scanner.isDone) break;
      }
      scanner.end();
      yield rows;
    } finally {
      strings.discard();
    }
  }

  private async readStrings(strings: SharedStrings): Promise<void> {
    const part = this.workbook.strings;
    if (!part) return;
    const scanner = new XmlScanner(strings, part);
    for await (const text of xmlText(this.parts.read(part, maxTextBytes), part)) scanner.push(text);
    scanner.end();
  }
}

import { crc32, deflateRawSync } from 'node:zlib';
import { openList, type OpenListOptions } from '../src/imports/open-list.js';
import type { RawRow, RowSource } from '@finharbor/spreadsheets/row-source';
import type { SourceFile } from '@finharbor/spreadsheets/source-file';

/** A file in memory, streamed in pieces of a size. */
export const sourceOf = (content: string | Buffer, pieces = 65_536): SourceFile => {
  const bytes = Buffer.from(content);
  return {
    size: bytes.length,
    read: (position, length) => Promise.resolve(bytes.subarray(position, position + length)),
    async* stream(position = 0) {
      for (let at = position; at < bytes.length; at += pieces) yield bytes.subarray(at, at + pieces);
    },
  };
};

export const open = (content: string | Buffer, options?: OpenListOptions, pieces?: number): Promise<RowSource> =>
  openList(sourceOf(content, pieces), options);

/** All rows of a file, the header among them. */
export async function rowsOf(content: string | Buffer, options?: OpenListOptions, pieces?: number): Promise<RawRow[]> {
  const rows: RawRow[] = [];
  for await (const batch of (await open(content, options, pieces)).batches()) rows.push(...batch);
  return rows;
}

export const cellsOf = async (content: string | Buffer, options?: OpenListOptions): Promise<string[][]> =>
  (await rowsOf(content, options)).map(({ cells }) => cells);

interface ZipOptions {
  /** Sizes that the directory states falsely, by name. */
  stated?: Record<string, number>;
  isStored?: boolean;
  isEncrypted?: boolean;
}

/** A zip container of these parts. */
export function zipOf(parts: Record<string, string | Buffer>, options: ZipOptions = {}): Buffer {
  const { stated = {}, isStored = false, isEncrypted = false } = options;
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(parts)) {
    const bytes = Buffer.from(content);
    const packed = isStored ? bytes : deflateRawSync(bytes);
    const file = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(isEncrypted ? 1 : 0, 2);
    common.writeUInt16LE(isStored ? 0 : 8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(stated[name] ?? bytes.length, 18);
    common.writeUInt16LE(file.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, file, packed]);
    const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, Buffer.alloc(14), file]);
    entry.writeUInt32LE(offset, 42);
    locals.push(local);
    directory.push(entry);
    offset += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
const kinds = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

export interface Parts {
  /** XML of the rows of each sheet, by its name. */
  sheets: Record<string, string>;
  /** XML of the texts: `<si>` elements. */
  strings?: string;
  /** XML within styleSheet. */
  styles?: string;
  /** Attributes of workbookPr. */
  properties?: string;
  /** Attributes of sheets, by name. */
  attributes?: Record<string, string>;
  /** What else is in the container, or instead of what is made. */
  others?: Record<string, string | Buffer>;
}

/** A workbook as XML states it, for what no writer would write. */
export function workbookOf({ sheets, strings, styles, properties = '', attributes = {}, others = {} }: Parts, options?: ZipOptions): Buffer {
  const names = Object.keys(sheets);
  const relations = [
    ...names.map((_, index) => `<Relationship Id="rId${index + 1}" Type="${kinds}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`),
    `<Relationship Id="rIdS" Type="${kinds}/sharedStrings" Target="/xl/sharedStrings.xml"/>`, `<Relationship Id="rIdT" Type="${kinds}/styles" Target="styles.xml"/>`,
  ].join('');
  return zipOf({
    '_rels/.rels': `${xml}<Relationships><Relationship Id="rId1" Type="${kinds}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${xml}<workbook ${main}><workbookPr ${properties}/><sheets>${names.map((name, index) =>
      `<sheet name="${name}" sheetId="${index + 1}" ${attributes[name] ?? ''} r:id="rId${index + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${xml}<Relationships>${relations}</Relationships>`,
    ...strings !== undefined && { 'xl/sharedStrings.xml': `${xml}<sst ${main}>${strings}</sst>` },
    ...styles !== undefined && { 'xl/styles.xml': `${xml}<styleSheet ${main}>${styles}</styleSheet>` },
    ...Object.fromEntries(names.map((name, index) => [`xl/worksheets/sheet${index + 1}.xml`,
      `${xml}<worksheet ${main}><sheetData>${sheets[name]}</sheetData><extLst><ext/></extLst></worksheet>`])),
    ...others,
  }, options);
}

/** XML of rows of inline texts. */
export const inline = (...rows: string[][]): string =>
  rows.map((cells) => `<row>${cells.map((cell) => `<c t="inlineStr"><is><t>${cell}</t></is></c>`).join('')}</row>`).join('');

import { DomainError } from '@finharbor/contracts/errors';
import type { SourceFile } from './source-file.js';
import type { ListFormat } from './row-source.js';

/**
 * What a file is, by its first bytes: names end in anything. Workbooks that are no XLSX are refused by their name: an old .xls, one
 * behind a password, a web page that a system saved as .xls.
 */
export async function formatOf(file: SourceFile): Promise<ListFormat> {
  const head = await file.read(0, 4096);
  const start = head.toString('latin1', 0, 8);
  if (start.startsWith('PK\x03\x04')) return 'XLSX';
  if (start.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) throw await compoundFile(file, head);
  if (start.startsWith('%PDF')) throw unsupported('This is a PDF. Upload the list itself, as XLSX or CSV.');
  const text = head.toString('latin1').replace(/^\xef\xbb\xbf/, '').trimStart();
  if (/^<(?:\?xml|!doctype|html|table|workbook|meta)/i.test(text)) {
    throw unsupported('This is a web page or XML, though it may be named .xls. Open it in a spreadsheet, save it as XLSX and upload that.');
  }
  if (/^\[\s*[[{\]]/.test(text)) throw unsupported('This is a JSON array. NDJSON has one object on each line, and nothing around them.');
  return /^\{\s*["}]/.test(text) ? 'NDJSON' : 'CSV';
}

const unsupported = (detail: string): DomainError => new DomainError('UNSUPPORTED_MEDIA_TYPE', detail);

/** What an OLE container holds, by the names in its directory. */
async function compoundFile(file: SourceFile, head: Buffer): Promise<DomainError> {
  if (head.length < 512) return unsupported('This is no list: neither XLSX nor CSV nor NDJSON.');
  const sector = 1 << Math.min(16, head.readUInt16LE(30));
  const directory = await file.read((head.readUInt32LE(48) + 1) * sector, 4096);
  const holds = (name: string): boolean => directory.includes(Buffer.from(name, 'utf16le'));
  if (holds('EncryptedPackage')) return protectedFile();
  if (holds('Workbook') || holds('Book')) return unsupported('This is a workbook of the old .xls format. Save it as XLSX and upload that.');
  return unsupported('This is no list: neither XLSX nor CSV nor NDJSON.');
}

/** A workbook that only its password opens. */
export const protectedFile = (): DomainError => new DomainError('LIST_PROTECTED', 'The workbook is protected by a password. Save it without one and upload that.');

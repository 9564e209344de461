import { posix } from 'node:path';
import { DomainError } from '@finharbor/contracts/errors';
import { isDateFormat } from './cell-values.js';
import { attribute, plainText, XmlScanner, xmlText } from './xml.js';
import type { ZipParts } from './zip.js';

/** No part but sheets and texts is larger. */
const maxPartBytes = 50_000_000;

interface Sheet {
  name: string;
  isVisible: boolean;
  /** Name of its part. */
  part: string;
}

export interface Workbook {
  sheets: Sheet[];
  is1904: boolean;
  strings: string | undefined;
  styles: string | undefined;
}

interface Relation {
  kind: string;
  part: string;
}

/** Finds the sheets of a workbook and what they refer to. UNSUPPORTED_MEDIA_TYPE for other things in a zip container. */
export async function readWorkbook(parts: ZipParts): Promise<Workbook> {
  const main = [...(await relations(parts, '')).values()].find(({ kind }) => kind === 'officeDocument')?.part ?? 'xl/workbook.xml';
  if (!parts.has(main) || !main.endsWith('.xml')) throw notXlsx(parts);
  const related = await relations(parts, main);
  const sheets: (Omit<Sheet, 'part'> & { id: string })[] = [];
  let is1904 = false;
  let isWorkbook = false;
  await tags(parts, main, (name, tag) => {
    if (name === 'workbook') isWorkbook = true;
    if (name === 'workbookPr') is1904 = /^(?:1|true|on)$/.test(attribute(tag, 'date1904') ?? '');
    if (name !== 'sheet') return;
    const [, id] = /\s[A-Za-z][\w.-]*:id\s*=\s*["']([^"']*)["']/.exec(tag) ?? [];
    sheets.push({ id: id ?? '', name: plainText(attribute(tag, 'name') ?? ''), isVisible: (attribute(tag, 'state') ?? 'visible') === 'visible' });
  });
  if (!isWorkbook) throw notXlsx(parts);
  const partOf = (kind: string): string | undefined =>
    [...related.values()].find((relation) => relation.kind === kind && parts.has(relation.part))?.part;
  return {
    sheets: sheets.flatMap(({ id, ...sheet }) => {
      const relation = related.get(id);
      // Charts are sheets too, without cells.
      return relation?.kind === 'worksheet' ? [{ ...sheet, part: relation.part }] : [];
    }),
    is1904, strings: partOf('sharedStrings'), styles: partOf('styles'),
  };
}

/** By the number of a style: whether it shows a date. */
export async function readDateStyles(parts: ZipParts, part: string): Promise<boolean[]> {
  const codes = new Map<number, string>();
  const styles: number[] = [];
  let isCellStyle = false;
  await tags(parts, part, (name, tag) => {
    if (name === 'numFmt') codes.set(Number(attribute(tag, 'numFmtId')), plainText(attribute(tag, 'formatCode') ?? ''));
    if (name === 'cellXfs') isCellStyle = true;
    if (name === 'xf' && isCellStyle) styles.push(Number(attribute(tag, 'numFmtId') ?? 0));
  }, (name) => {
    if (name === 'cellXfs') isCellStyle = false;
  });
  return styles.map((id) => isDateFormat(id, codes.get(id)));
}

/** What a part refers to, by id. Targets outside the file are passed over: nothing is ever fetched. */
async function relations(parts: ZipParts, of: string): Promise<Map<string, Relation>> {
  const folder = posix.dirname(of);
  const file = posix.join(folder, '_rels', `${posix.basename(of)}.rels`);
  const found = new Map<string, Relation>();
  if (!parts.has(file)) return found;
  await tags(parts, file, (name, tag) => {
    if (name !== 'Relationship' || attribute(tag, 'TargetMode') === 'External') return;
    const target = plainText(attribute(tag, 'Target') ?? '');
    const part = target.startsWith('/') ? target.slice(1) : posix.join(folder, target);
    found.set(attribute(tag, 'Id') ?? '', { kind: posix.basename(attribute(tag, 'Type') ?? ''), part });
  });
  return found;
}

async function tags(
  parts: ZipParts, part: string, open: (name: string, tag: string) => void, close: (name: string) => void = () => undefined,
): Promise<void> {
  const scanner = new XmlScanner({ open, close, text: () => undefined }, part);
  for await (const text of xmlText(parts.read(part, maxPartBytes), part)) scanner.push(text);
  scanner.end();
}

function notXlsx(parts: ZipParts): DomainError {
  const what = parts.has('xl/workbook.bin') ? 'This is a binary workbook (.xlsb).'
    : parts.has('content.xml') && parts.has('mimetype') ? 'This is an OpenDocument file (.ods).'
      : parts.has('word/document.xml') ? 'This is a text document (.docx).' : 'This is a zip file without a workbook.';
  return new DomainError('UNSUPPORTED_MEDIA_TYPE', `${what} Save the list as XLSX and upload that.`);
}

import { createCipheriv, randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DomainError } from '@finharbor/contracts/errors';
import { escapedText } from './cell-values.js';
import { plainText, type XmlHandler } from './xml.js';

const pageBytes = 262_144;
/** Of one text: more than a cell of any spreadsheet holds. */
const maxTextBytes = 200_000;
/** Pages in memory; the rest lies encrypted in a file without a name. Texts are numbered as cells meet them, so few are asked for again. */
const heldPages = 96;
/** A text has its length in front; this one says that the next is on the next page. */
const lengthBytes = 3;
const turnPage = 0xffffff;
const groupSize = 16;
/** Different texts of one workbook: eight for each of a million rows. */
export const maxSharedStrings = 10_000_000;

/**
 * The table of texts that the sheets of a workbook refer to by number. It may be as large as the sheet itself, so only part of it is
 * held in memory: pages that were not used for long go to a temporary file, under a key that nobody else has.
 */
export class SharedStrings implements XmlHandler {
  /** Where every sixteenth text begins; those between are found from it, each having its length in front. */
  private readonly groups: number[] = [];
  private count = 0;
  /** The text that was found last: mostly the next is asked for. */
  private cursor = { index: -1, position: 0 };
  /** Pages by number, the one used longest ago first. */
  private readonly pages = new Map<number, Buffer>();
  private pageCount = 0;
  private newest: Buffer = Buffer.alloc(0);
  /** Where the newest page ends so far. */
  private end = 0;
  private spill: { file: number; key: Buffer; written: Set<number> } | undefined;
  private readonly sealed = Buffer.allocUnsafe(pageBytes);
  private readonly recent: { index: number; text: string }[] = Array.from({ length: 4096 }, () => ({ index: -1, text: '' }));

  /** The text that is being read, as bytes; undefined outside of one. */
  private raw: string | undefined;
  private isText = false;
  private phonetic = 0;

  /** @param held pages in memory */
  constructor(private readonly held = heldPages) {}

  get length(): number {
    return this.count;
  }

  /** Texts as `<si><t>…</t></si>`, one behind the other. */
  jump(all: string, from: number): number {
    if (this.raw !== undefined) return from;
    for (let begin = from; ;) {
      const at = all.startsWith('<si><t>', begin) ? begin + 7 : all.startsWith('<si><t xml:space="preserve">', begin) ? begin + 28 : -1;
      const end = at === -1 ? -1 : all.indexOf('<', at);
      if (end === -1 || !all.startsWith('</t></si>', end)) return begin;
      this.add(all.slice(at, end));
      begin = end + 9;
    }
  }

  open(name: string): void {
    if (name === 'si') this.raw = '';
    else if (name === 't') this.isText = this.phonetic === 0;
    else if (name === 'rPh') this.phonetic += 1;
  }

  close(name: string): void {
    if (name === 't') this.isText = false;
    else if (name === 'rPh') this.phonetic -= 1;
    else if (name === 'si') this.add(this.raw ?? '');
  }

  text(raw: string): void {
    if (!this.isText || this.raw === undefined) return;
    this.raw += raw;
    if (this.raw.length > maxTextBytes) throw new DomainError('LIST_MALFORMED', 'The workbook cannot be read: a text is longer than 200 kB.');
  }

  /** The text of a number; undefined where the table has none. */
  get(index: number): string | undefined {
    if (!(index >= 0 && index < this.count)) return undefined;
    const slot = this.recent[index % 4096];
    if (slot.index !== index) {
      slot.text = this.find(index);
      slot.index = index;
    }
    return slot.text;
  }

  private find(index: number): string {
    const { cursor } = this;
    if (cursor.index > index || cursor.index < index - (index % groupSize)) {
      cursor.index = index - (index % groupSize);
      cursor.position = this.groups[cursor.index / groupSize];
    }
    for (;;) {
      const page = Math.floor(cursor.position / pageBytes);
      const bytes = this.page(page);
      const at = cursor.position % pageBytes;
      const length = bytes[at] + bytes[at + 1] * 256 + bytes[at + 2] * 65_536;
      if (length === turnPage) {
        cursor.position = (page + 1) * pageBytes;
      } else if (cursor.index === index) {
        return bytes.toString('utf8', at + lengthBytes, at + lengthBytes + length);
      } else {
        cursor.index += 1;
        cursor.position += lengthBytes + length;
      }
    }
  }

  /** Lets the temporary file go. */
  discard(): void {
    if (this.spill) closeSync(this.spill.file);
    this.spill = undefined;
    this.pages.clear();
  }

  private add(raw: string): void {
    if (this.count === maxSharedStrings) throw new DomainError('PAYLOAD_TOO_LARGE', `The workbook has more than ${maxSharedStrings.toLocaleString('en')} different texts. Save it as CSV.`);
    if (raw.length > maxTextBytes) throw new DomainError('LIST_MALFORMED', 'The workbook cannot be read: a text is longer than 200 kB.');
    // What needs no decoding is bytes already, one to a character.
    const text = raw.includes('&') || raw.includes('_x') ? Buffer.from(escapedText(plainText(raw))).toString('latin1') : raw;
    if (this.pageCount === 0 || this.end + text.length > pageBytes - 2 * lengthBytes) this.beginPage();
    if (this.count % groupSize === 0) this.groups.push((this.pageCount - 1) * pageBytes + this.end);
    this.newest.writeUIntLE(text.length, this.end, lengthBytes);
    this.end += lengthBytes;
    this.end += this.newest.write(text, this.end, 'latin1');
    this.count += 1;
    this.raw = undefined;
  }

  private beginPage(): void {
    // There is always room to say that the next text is on the next page.
    if (this.pageCount > 0) this.newest.writeUIntLE(turnPage, this.end, lengthBytes);
    this.newest = Buffer.allocUnsafe(pageBytes);
    this.keep(this.pageCount, this.newest);
    this.pageCount += 1;
    this.end = 0;
  }

  private page(page: number): Buffer {
    let bytes = this.pages.get(page);
    if (bytes) {
      if (this.spill) {
        this.pages.delete(page);
        this.pages.set(page, bytes);
      }
      return bytes;
    }
    const { file, key } = this.spill!;
    readSync(file, this.sealed, 0, pageBytes, page * pageBytes);
    bytes = crypt(key, page, this.sealed);
    this.keep(page, bytes);
    return bytes;
  }

  /** Holds a page, and puts away the one used longest ago where there are too many. A page is written once, when it is full. */
  private keep(page: number, bytes: Buffer): void {
    this.pages.set(page, bytes);
    if (this.pages.size <= this.held) return;
    const [oldest, old] = this.pages.entries().next().value as [number, Buffer];
    this.pages.delete(oldest);
    this.spill ??= { file: openNameless(), key: randomBytes(32), written: new Set() };
    if (this.spill.written.has(oldest)) return;
    this.spill.written.add(oldest);
    writeSync(this.spill.file, crypt(this.spill.key, oldest, old), 0, pageBytes, oldest * pageBytes);
  }
}

/** AES in counter mode, each page with counters of its own: the same both ways. */
function crypt(key: Buffer, page: number, bytes: Buffer): Buffer {
  const counter = Buffer.alloc(16);
  counter.writeUInt32BE(page, 0);
  return createCipheriv('aes-256-ctr', key, counter).update(bytes);
}

function openNameless(): number {
  const path = join(tmpdir(), `finharbor-texts-${randomBytes(12).toString('hex')}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}

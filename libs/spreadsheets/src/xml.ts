import { isUtf8 } from 'node:buffer';
import { DomainError } from '@finharbor/contracts/errors';

/** What is told of an XML text as it goes by. Names come without their namespace prefix. */
export interface XmlHandler {
  /** @param tag the whole tag without its brackets: ask `attribute` */
  open(name: string, tag: string): void;
  close(name: string): void;
  /** As it stands in the file: give it to `plainText`. A text may come in several parts, where a comment divides it. */
  text(raw: string): void;
  /**
   * Reads whole elements by itself where they have the shape in which nearly all come, which saves most of the work: gets the place of a
   * `<` and gives the place behind what it read, the same place where it read nothing.
   */
  jump?(all: string, at: number): number;
}

/** No tag and no text of a workbook is longer; a cell of Excel has at most 32,767 characters. */
export const maxTokenBytes = 1_048_576;
const maxDepth = 100;

/**
 * Reads XML as far as workbooks use it, in pieces, without ever following anything: no DTD (so no entities of its own, and nothing
 * fetched), no schema. Pieces are the bytes of UTF-8 as `latin1` strings: all that XML is built of is ASCII, and only the few texts
 * that hold more are decoded. LIST_MALFORMED for what is not well-formed.
 */
export class XmlScanner {
  /** Set by the handler when it has heard enough. */
  isDone = false;
  private rest = '';
  private readonly open: string[] = [];
  private hasRoot = false;

  /** @param part name of the part, for messages */
  constructor(private readonly handler: XmlHandler, private readonly part: string) {}

  push(chunk: string): void {
    const all = this.rest === '' ? chunk : this.rest + chunk;
    let at = 0;
    while (!this.isDone) {
      const start = all.indexOf('<', at);
      if (start === -1) break;
      if (start > at) this.text(all.slice(at, start));
      at = this.handler.jump ? this.handler.jump(all, start) : start;
      if (at > start) continue;
      const end = this.tag(all, start);
      if (end === -1) break;
      at = end;
    }
    this.rest = this.isDone ? '' : all.slice(at);
    if (this.rest.length > maxTokenBytes) throw this.malformed('a text or a tag is longer than 1 MiB');
  }

  end(): void {
    if (this.isDone) return;
    if (this.rest.trim() !== '' || this.open.length > 0 || !this.hasRoot) throw this.malformed('it ends too early');
  }

  malformed(what: string): DomainError {
    return new DomainError('LIST_MALFORMED', `The workbook cannot be read: in ${this.part}, ${what}.`);
  }

  private text(raw: string): void {
    if (this.open.length > 0) this.handler.text(raw);
    else if (!/^(?:\xef\xbb\xbf)?\s*$/.test(raw)) throw this.malformed('text stands outside of all elements');
  }

  /** Where the tag, comment or instruction at `start` ends; -1 where it goes on in the next piece. */
  private tag(all: string, start: number): number {
    const second = all.charCodeAt(start + 1);
    if (Number.isNaN(second)) return -1;
    if (second === 33) return this.markup(all, start);
    if (second === 63) return endOf(all, '?>', start);
    const end = tagEnd(all, start + 1);
    if (end === -1) return -1;
    if (second === 47) {
      const name = localName(all, start + 2, end);
      if (this.open.pop() !== name) throw this.malformed('an element ends that did not begin');
      this.handler.close(name);
      return end + 1;
    }
    const isEmpty = all.charCodeAt(end - 1) === 47;
    const name = localName(all, start + 1, isEmpty ? end - 1 : end);
    if (name === '' || (this.open.length === 0 && this.hasRoot)) throw this.malformed('a tag stands where none may');
    this.hasRoot = true;
    this.handler.open(name, all.slice(start + 1, isEmpty ? end - 1 : end));
    if (isEmpty) this.handler.close(name);
    else if (this.open.push(name) > maxDepth) throw this.malformed(`elements are nested more than ${maxDepth} deep`);
    return end + 1;
  }

  private markup(all: string, start: number): number {
    if (all.startsWith('<!--', start)) return endOf(all, '-->', start + 4);
    if (all.startsWith('<![CDATA[', start)) {
      const end = endOf(all, ']]>', start + 9);
      if (end !== -1) this.text(all.slice(start + 9, end - 3).replaceAll('&', '&amp;'));
      return end;
    }
    if (all.length - start < 9) return -1;
    throw this.malformed('there is a document type, which no spreadsheet writes');
  }
}

const endOf = (all: string, mark: string, from: number): number => {
  const at = all.indexOf(mark, from);
  return at === -1 ? -1 : at + mark.length;
};

/** The `>` of a tag: one inside the quotes of an attribute is none. */
function tagEnd(all: string, from: number): number {
  for (let end = all.indexOf('>', from); end !== -1; end = all.indexOf('>', end + 1)) {
    let quote = 0;
    for (let at = from; at < end; at += 1) {
      const unit = all.charCodeAt(at);
      if (quote === 0 ? unit === 34 || unit === 39 : unit === quote) quote = quote === 0 ? unit : 0;
    }
    if (quote === 0) return end;
  }
  return -1;
}

function localName(all: string, from: number, to: number): string {
  let begin = from;
  let end = from;
  for (; end < to; end += 1) {
    const unit = all.charCodeAt(end);
    if (unit <= 32) break;
    if (unit === 58) begin = end + 1;
  }
  return all.slice(begin, end);
}

const patterns = new Map<string, RegExp>();

/** An attribute of a tag, as it stands in the file; undefined where it has none. Name with its prefix, as written. */
export function attribute(tag: string, name: string): string | undefined {
  let pattern = patterns.get(name);
  if (!pattern) patterns.set(name, pattern = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`));
  const match = pattern.exec(tag);
  return match ? match[1] ?? match[2] : undefined;
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Bytes of a part as `XmlScanner` takes them, characters kept whole. LIST_ENCODING where they are not UTF-8. */
export async function* xmlText(source: AsyncIterable<Buffer>, part: string): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const end = wholeCharacters(bytes);
    if (!isUtf8(bytes.subarray(0, end))) throw notUtf8(part);
    yield bytes.toString('latin1', 0, end);
    rest = bytes.subarray(end);
  }
  if (rest.length > 0) throw notUtf8(part);
}

const notUtf8 = (part: string): DomainError => new DomainError('LIST_ENCODING', `The workbook cannot be read: ${part} is not UTF-8.`);

/** Where the last whole character ends; what follows is the beginning of one. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) break;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/**
 * The text that bytes of the file stand for: UTF-8 decoded, the five entities of XML and numeric ones resolved. LIST_MALFORMED for
 * any other entity, and for half of a pair.
 */
export function plainText(raw: string): string {
  // eslint-disable-next-line no-control-regex
  const text = /[^\x00-\x7f]/.test(raw) ? Buffer.from(raw, 'latin1').toString('utf8') : raw;
  return text.includes('&') ? text.replace(/&([^;&\s]{0,20});?/g, (whole, name: string) => entity(whole, name)) : text;
}

function entity(whole: string, name: string): string {
  if (Object.hasOwn(entities, name) && whole.endsWith(';')) return entities[name];
  const [, hexadecimal, decimal] = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? [];
  const point = hexadecimal ? Number.parseInt(hexadecimal, 16) : Number(decimal ?? Number.NaN);
  if (whole.endsWith(';') && point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)) return String.fromCodePoint(point);
  throw new DomainError('LIST_MALFORMED', 'The workbook cannot be read: it uses an entity that XML does not have.');
}

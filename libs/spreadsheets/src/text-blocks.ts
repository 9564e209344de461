import { isUtf8 } from 'node:buffer';
import { DomainError } from '@finharbor/contracts/errors';
import { type Encoding, EncodingProbe, maxLineBytes, wholeLines } from './decoding.js';
import type { SourceFile } from './source-file.js';

export type TextEncoding = Encoding | 'UTF-16LE' | 'UTF-16BE';

/** Whole lines of a text file, decoded, with single line feeds. */
export interface TextBlock {
  text: string;
  /** Its first byte in the file, and its first line. */
  offset: number;
  line: number;
}

/** Where to begin: a byte that is the first of a line. */
export interface TextStart {
  offset: number;
  line: number;
}

/**
 * How a text file is encoded. UTF-16 by its mark, or by the NULs that ASCII has in it; else the whole file is looked at, since one
 * character at the end can tell. LIST_ENCODING where it is UTF-8 with a broken line; LIST_MALFORMED for a line without end.
 */
export async function detectEncoding(file: SourceFile): Promise<TextEncoding> {
  const wide = utf16Of(await file.read(0, 4096));
  if (wide) return wide;
  const probe = new EncodingProbe();
  for await (const block of wholeLines(file.stream())) probe.look(block);
  return probe.encoding;
}

function utf16Of(head: Buffer): TextEncoding | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'UTF-16LE';
  if (head[0] === 0xfe && head[1] === 0xff) return 'UTF-16BE';
  const nuls = [0, 0];
  const feeds = [0, 0];
  for (let at = 0; at + 1 < head.length; at += 1) {
    if (head[at] === 0) nuls[at % 2] += 1;
    if (at % 2 === 0 && head[at] === 0x0a && head[at + 1] === 0) feeds[0] += 1;
    if (at % 2 === 0 && head[at] === 0 && head[at + 1] === 0x0a) feeds[1] += 1;
  }
  // ASCII, as codes and commas are, has its NUL always on one side; a stray one in a UTF-8 file is alone, and no line ends beside it.
  if (feeds[0] > 0 && nuls[1] > 20 && nuls[1] > 4 * nuls[0]) return 'UTF-16LE';
  return feeds[1] > 0 && nuls[0] > 20 && nuls[0] > 4 * nuls[1] ? 'UTF-16BE' : undefined;
}

/** The text from a line on. LIST_ENCODING, with the line, where bytes fit no character: nothing is ever replaced by a question mark. */
export async function* textBlocks(
  file: SourceFile, encoding: TextEncoding, start: TextStart = { offset: 0, line: 1 },
): AsyncGenerator<TextBlock> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  const isWide = encoding.startsWith('UTF-16');
  let { offset, line } = start;
  for await (const bytes of isWide ? wholeWideLines(file.stream(offset), encoding) : wholeLines(file.stream(offset))) {
    const text = decode(decoder, bytes, encoding, line);
    const plain = offset === 0 && text.startsWith('\ufeff') ? text.slice(1) : text;
    yield { text: plain.includes('\r') ? plain.replace(/\r\n?/g, '\n') : plain, offset, line };
    offset += bytes.length;
    line += countLines(text);
  }
}

function decode(decoder: TextDecoder, bytes: Buffer, encoding: TextEncoding, line: number): string {
  // Checked first, UTF-8 needs no decoder that checks, which is several times slower.
  if (encoding === 'UTF-8' && isUtf8(bytes)) return bytes.toString('utf8');
  try {
    return decoder.decode(bytes);
  } catch {
    const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
    // A file may hold U+FFFD of its own: then this names an earlier line than the broken one.
    const lines = countLines(text.slice(0, text.indexOf('\ufffd')));
    const expected = encoding === 'GB18030' ? 'neither UTF-8 nor GB18030' : `not ${encoding}`;
    throw new DomainError('LIST_ENCODING', `Line ${line + lines} is ${expected}.`);
  }
}

export function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/** As `wholeLines`, for two bytes to a character: the byte 0A is also half of 上. */
async function* wholeWideLines(source: AsyncIterable<Buffer>, encoding: TextEncoding): AsyncGenerator<Buffer> {
  const lineFeed = Buffer.from(encoding === 'UTF-16LE' ? [0x0a, 0x00] : [0x00, 0x0a]);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let at = bytes.lastIndexOf(lineFeed);
    while (at > 0 && at % 2 === 1) at = bytes.lastIndexOf(lineFeed, at - 1);
    const end = at >= 0 && at % 2 === 0 ? at + 2 : 0;
    if (end > 0) yield bytes.subarray(0, end);
    rest = bytes.subarray(end);
    if (rest.length > 2 * maxLineBytes) throw new DomainError('LIST_MALFORMED', 'A line is longer than 2 MiB.');
  }
  if (rest.length > 0) yield rest;
}

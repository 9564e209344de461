import { isAscii, isUtf8 } from 'node:buffer';
import { DomainError } from '@finharbor/contracts/errors';

export type Encoding = 'UTF-8' | 'GB18030';

/** Longer lines are no list: a file without line breaks is refused before it costs memory. */
export const maxLineBytes = 1_048_576;

const lineFeed = 0x0a;
const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Cuts a stream of bytes behind line feeds, so that every block is whole lines. The byte 0A never lies inside a longer
 * character, in UTF-8 and GB18030 alike, so each block can be decoded by itself. LIST_MALFORMED as soon as a line is too long.
 */
export async function* wholeLines(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let line = 1;
  for await (const chunk of source) {
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (end > 0) {
      const block = restBytes > 0 ? Buffer.concat([...rest, chunk.subarray(0, end)]) : chunk.subarray(0, end);
      line += countLines(block);
      yield block;
      rest = [];
      restBytes = 0;
    }
    if (end === chunk.length) continue;
    rest.push(chunk.subarray(end));
    restBytes += chunk.length - end;
    if (restBytes > maxLineBytes) throw new DomainError('LIST_MALFORMED', `Line ${line} is longer than 1 MiB.`);
  }
  if (restBytes > 0) yield Buffer.concat(rest);
}

/**
 * Watches the blocks of a file go by and tells how it is encoded: UTF-8, or GB18030 from the first text on that is not.
 * A UTF-8 file with a broken line is LIST_ENCODING: read as GB18030 it could
 * pass, every name turned into another.
 */
export class EncodingProbe {
  private line = 1;
  private first = true;
  /** Proven by a byte order mark, or by a character of three bytes; what GB18030 writes can pass for two-byte ones: 医院. */
  private isUtf8 = false;
  private isForeign = false;

  look(block: Buffer): void {
    if (this.first) this.begin(block);
    if (!this.isForeign && isUtf8(block)) this.isUtf8 ||= hasLongCharacter(block);
    else if (!this.isForeign) this.meetForeign(block);
    this.line += countLines(block);
  }

  get encoding(): Encoding {
    return this.isForeign ? 'GB18030' : 'UTF-8';
  }

  private begin(block: Buffer): void {
    this.first = false;
    this.isUtf8 = block.subarray(0, 3).equals(utf8Mark);
  }

  private meetForeign(block: Buffer): void {
    const { lines, offset } = firstLineThat(block, (line) => !isUtf8(line));
    this.isForeign = true;
    if (!this.isUtf8 && !hasLongCharacter(block.subarray(0, offset))) return;
    throw new DomainError('LIST_ENCODING', `The file is UTF-8 up to line ${this.line + lines}, and that line is not.`);
  }
}

/** Whether valid UTF-8 holds a character of three bytes or more, as Chinese is. */
const hasLongCharacter = (utf8: Buffer): boolean => !isAscii(utf8) && /[\xe0-\xff]/.test(utf8.toString('latin1'));

function countLines(block: Buffer): number {
  let lines = 0;
  for (let at = block.indexOf(lineFeed); at !== -1; at = block.indexOf(lineFeed, at + 1)) lines += 1;
  return lines;
}

/** The first line of the block that `isWrong`: how many lines come before it, and where it begins. */
function firstLineThat(block: Buffer, isWrong: (line: Buffer) => boolean): { lines: number; offset: number } {
  let lines = 0;
  let offset = 0;
  for (;;) {
    const end = block.indexOf(lineFeed, offset) + 1;
    if (end === 0 || isWrong(block.subarray(offset, end))) return { lines, offset };
    lines += 1;
    offset = end;
  }
}

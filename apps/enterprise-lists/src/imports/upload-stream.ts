import type { Readable } from 'node:stream';
import { DomainError } from '@finharbor/contracts/errors';

/** Longer lines are no list: a file without line breaks is refused before it costs the disk. */
const maxLineBytes = 1_048_576;
const lineFeed = 0x0a;
const patienceMs = 30_000;

/** The bytes of a body; it is left alone when reading stops early: destroying it would cut the connection before the answer is sent. */
export const bytesOf = (body: Readable): AsyncIterable<Buffer> => body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;

/**
 * Lets the sender of a refused file finish, so that it gets to read why. Whoever still sends after half a minute is cut off: an unread
 * connection would stay for ever.
 */
export function discardRest(body: Readable): void {
  const timer = setTimeout(() => body.destroy(), patienceMs).unref();
  body.once('close', () => clearTimeout(timer)).on('error', () => undefined).resume();
}

/** The bytes of CSV, refused at once where they are a workbook, UTF-16, or a line without end. */
export async function* csvBytes(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let [isFirst, line, lineBytes] = [true, 1, 0];
  for await (const block of source) {
    if (isFirst) refuseOtherThanText(block.toString('latin1', 0, 4));
    isFirst = false;
    for (let at = 0; ;) {
      const end = block.indexOf(lineFeed, at);
      lineBytes += (end === -1 ? block.length : end) - at;
      if (lineBytes > maxLineBytes) throw new DomainError('LIST_MALFORMED', `Line ${line} is longer than 1 MiB.`);
      if (end === -1) break;
      [at, line, lineBytes] = [end + 1, line + 1, 0];
    }
    yield block;
  }
}

function refuseOtherThanText(head: string): void {
  if (head === 'PK\x03\x04' || head === '\xd0\xcf\x11\xe0') {
    throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'This is a workbook. Import it with POST /v1/imports, or save it as CSV (UTF-8).');
  }
  if (/^(\xff\xfe|\xfe\xff)/.test(head)) {
    throw new DomainError('LIST_ENCODING', 'This is UTF-16. Import it with POST /v1/imports, or save it as CSV in UTF-8 or GB18030.');
  }
}

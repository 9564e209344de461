import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DomainError } from '@finharbor/contracts/errors';
import { decodeLines, type Encoding, EncodingProbe, wholeLines } from './decoding.js';

/** The largest list that is taken: 200 MB, about half a million rows. */
export const maxUploadBytes = 200_000_000;

/**
 * A list as it came in, on disk while it is checked and written. The file loses its name before anything is in it,
 * so that nothing of a list stays behind, however the process ends.
 */
export class Upload {
  private constructor(private readonly file: FileHandle, readonly sha256: string, readonly encoding: Encoding) {}

  /**
   * Takes in the whole body. PAYLOAD_TOO_LARGE, LIST_MALFORMED (a line without end) and LIST_ENCODING as soon as they are
   * known; the rest of the body is then thrown away unread.
   */
  static async receive(body: Readable): Promise<Upload> {
    const file = await openNameless();
    try {
      const hash = createHash('sha256');
      const probe = new EncodingProbe();
      for await (const block of wholeLines(limited(body))) {
        hash.update(block);
        probe.look(block);
        await file.write(block);
      }
      return new Upload(file, hash.digest('hex'), probe.encoding);
    } catch (error) {
      discardRest(body);
      await file.close();
      throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? new DomainError('SERVICE_UNAVAILABLE', 'There is no room for the upload.') : error;
    }
  }

  /** The text of the list from its beginning, as often as asked, in blocks of whole lines. */
  text(): AsyncGenerator<string> {
    const bytes = this.file.createReadStream({ start: 0, autoClose: false, highWaterMark: 262_144 }) as AsyncIterable<Buffer>;
    return decodeLines(wholeLines(bytes), this.encoding);
  }

  discard(): Promise<void> {
    return this.file.close();
  }
}

async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `finharbor-upload-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

const patienceMs = 30_000;

/**
 * Lets the sender of a refused list finish, so that it gets to read why. Whoever still sends after half a minute is cut
 * off: an unread connection would stay for ever.
 */
function discardRest(body: Readable): void {
  const timer = setTimeout(() => body.destroy(), patienceMs).unref();
  body.once('close', () => clearTimeout(timer)).on('error', () => undefined).resume();
}

/** Leaves the stream alone when it stops early: destroying it would cut the connection before the answer is sent. */
async function* limited(body: Readable): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxUploadBytes) throw new DomainError('PAYLOAD_TOO_LARGE', 'A list is at most 200 MB.');
    yield chunk;
  }
}

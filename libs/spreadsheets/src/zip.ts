import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { DomainError } from '@finharbor/contracts/errors';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import type { SourceFile } from './source-file.js';
import { protectedFile } from './containers.js';

/** What a workbook may cost before a byte of it is believed. */
export const zipLimits = {
  /** Parts in the container. Pictures and comments are parts too. */
  entries: 5_000,
  /** Bytes of one part when expanded: a sheet of a million rows has one to two thousand million. */
  expandedBytes: 4_000_000_000,
  /** Expanded to compressed bytes, of parts above 10 MB. Sheets reach 40, a bomb of zeros a thousand. */
  ratio: 200,
  ratioFromBytes: 10_000_000,
};

type Read = (error: Error | null, bytesRead?: number) => void;

class Bytes extends RandomAccessReader {
  constructor(private readonly file: SourceFile) {
    super();
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, callback: Read): void {
    this.file.read(position, length).then((bytes) => callback(null, bytes.copy(buffer, offset)), callback);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(range(this.file, start, end), { objectMode: false });
  }
}

/** The parts of a zip container, by their names in lower case. Nothing is unpacked but what is asked for, and nothing to disk. */
export class ZipParts {
  private constructor(private readonly file: SourceFile, private readonly zip: ZipFile, private readonly entries: Map<string, Entry>) {}

  /** LIST_MALFORMED where the container is broken, PAYLOAD_TOO_LARGE beyond the limits, LIST_PROTECTED where parts are encrypted. */
  static async open(file: SourceFile): Promise<ZipParts> {
    const entries = new Map<string, Entry>();
    try {
      const zip = await fromRandomAccessReaderPromise(new Bytes(file), file.size, { autoClose: false });
      for await (const entry of zip.eachEntry()) {
        if (zip.entryCount > zipLimits.entries) throw tooLarge(`The workbook has more than ${zipLimits.entries} parts.`);
        const name = entry.fileName.toLowerCase();
        if (entries.has(name)) throw broken('two of its parts have one name');
        if (entry.isEncrypted()) throw protectedFile();
        entries.set(name, entry);
      }
      return new ZipParts(file, zip, entries);
    } catch (error) {
      throw isOurs(error) ? error : broken('it is cut off or damaged');
    }
  }

  has(name: string): boolean {
    return this.entries.has(name.toLowerCase());
  }

  /** Bytes of a part when expanded, as the container states them. */
  sizeOf(name: string): number {
    return this.entries.get(name.toLowerCase())?.uncompressedSize ?? 0;
  }

  /** The bytes of a part, expanded as they are read. What is more than the container stated is refused. */
  async* read(name: string, limit = zipLimits.expandedBytes): AsyncGenerator<Buffer> {
    const entry = this.entries.get(name.toLowerCase());
    if (!entry) throw broken(`its part ${name.slice(0, 100)} is missing`);
    const { compressedSize, uncompressedSize, compressionMethod } = entry;
    if (uncompressedSize > limit) throw tooLarge(`The part ${name} of the workbook expands to more than ${Math.floor(limit / 1_000_000)} MB.`);
    if (uncompressedSize > zipLimits.ratioFromBytes && uncompressedSize > compressedSize * zipLimits.ratio) {
      throw tooLarge(`The part ${name} of the workbook expands to more than ${zipLimits.ratio} times its size.`);
    }
    if (compressionMethod !== 0 && compressionMethod !== 8) throw broken(`its part ${name} is compressed in an unusual way`);
    let bytes = 0;
    try {
      const { fileDataStart } = await this.zip.readLocalFileHeaderPromise(entry, { minimal: true });
      const packed = range(this.file, fileDataStart, fileDataStart + compressedSize);
      for await (const chunk of compressionMethod === 0 ? packed : inflate(packed)) {
        bytes += chunk.length;
        if (bytes > uncompressedSize) throw broken(`its part ${name} is larger than it says`);
        yield chunk;
      }
    } catch (error) {
      throw isOurs(error) ? error : broken(`its part ${name} is damaged`);
    }
    if (bytes < uncompressedSize) throw broken(`its part ${name} is shorter than it says`);
  }
}

async function* inflate(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inflater = createInflateRaw({ chunkSize: 65_536 });
  const source = Readable.from(packed, { objectMode: false });
  source.on('error', (error) => inflater.destroy(error)).pipe(inflater);
  try {
    yield* inflater as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
    inflater.destroy();
  }
}

async function* range(file: SourceFile, start: number, end: number): AsyncGenerator<Buffer> {
  let left = end - start;
  if (left <= 0) return;
  for await (const chunk of file.stream(start)) {
    yield chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= chunk.length;
    if (left <= 0) return;
  }
}

/** What is known already, or lies with the disk and not with the file. */
const isOurs = (error: unknown): boolean => error instanceof DomainError || (error instanceof Error && 'syscall' in error);
const broken = (what: string): DomainError => new DomainError('LIST_MALFORMED', `The workbook cannot be read: ${what}.`);
const tooLarge = (detail: string): DomainError => new DomainError('PAYLOAD_TOO_LARGE', detail);

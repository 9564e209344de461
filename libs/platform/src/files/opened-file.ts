import type { FileHandle } from 'node:fs/promises';
import type { FileKey } from './file-key.js';

/** What is decrypted is garbage right after: larger blocks would wait for the collector by the dozen. */
const blockBytes = 65_536;

/** A stored file, open for reading at any place; decrypted on its way. */
export class OpenedFile {
  constructor(private readonly handle: FileHandle, private readonly key: FileKey, readonly size: number) {}

  /** Up to `length` bytes from `position` on; fewer only at the end. */
  async read(position: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.size - position));
    const bytes = Buffer.alloc(wanted);
    for (let done = 0; done < wanted;) {
      const { bytesRead } = await this.handle.read(bytes, done, wanted - done, position + done);
      if (bytesRead === 0) throw new Error('A stored file is shorter than it was.');
      done += bytesRead;
    }
    return this.key.cipherAt(position).update(bytes);
  }

  /** The bytes from `position` to the end. */
  async* stream(position = 0): AsyncGenerator<Buffer> {
    const cipher = this.key.cipherAt(position);
    const block = Buffer.alloc(blockBytes);
    for (let at = position; at < this.size;) {
      const { bytesRead } = await this.handle.read(block, 0, Math.min(blockBytes, this.size - at), at);
      if (bytesRead === 0) throw new Error('A stored file is shorter than it was.');
      at += bytesRead;
      yield cipher.update(block.subarray(0, bytesRead));
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

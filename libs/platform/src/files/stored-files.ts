import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import type { SuiteName } from '@finharbor/security/encryption/suites';
import { FileKey } from './file-key.js';
import { OpenedFile } from './opened-file.js';

/** A file as it was stored. */
export interface StoredFile {
  id: string;
  /** Text of its FileKey, for its owner to store encrypted. */
  key: string;
  bytes: number;
  /** Of its content, in hexadecimal. */
  sha256: string;
}

const noRoom = new Set(['ENOSPC', 'EDQUOT']);
/** A file that nobody has claimed after so long never will be: whoever stored it died before saying so. */
const abandonedMs = 3_600_000;
const partial = '.partial';

/**
 * Files in a folder, which replicas share. Each is encrypted with a key of its own, and appears under its name when it is whole and on
 * the disk. Object storage (S3) would have its place behind the same methods.
 */
export class StoredFiles {
  constructor(readonly folder: string, private readonly suite: SuiteName = 'AES') {}

  /** PAYLOAD_TOO_LARGE as soon as there are more bytes than allowed, SERVICE_UNAVAILABLE when the disk is full. Nothing is left then. */
  async write(source: AsyncIterable<Buffer>, maxBytes: number): Promise<StoredFile> {
    const id = newId();
    const path = this.pathOf(id);
    const key = FileKey.make(this.suite);
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      const handle = await open(path + partial, 'wx', 0o600);
      const written = await writeAll(handle, key, source, maxBytes).finally(() => handle.close());
      await rename(path + partial, path);
      return { id, key: key.toString(), ...written };
    } catch (error) {
      await rm(path + partial, { force: true });
      throw noRoom.has((error as NodeJS.ErrnoException).code ?? '') ? new DomainError('SERVICE_UNAVAILABLE', 'There is no room for the upload.') : error;
    }
  }

  /** Opens a file for reading; close it. */
  async open(id: string, key: string): Promise<OpenedFile> {
    const handle = await open(this.pathOf(id), 'r');
    return new OpenedFile(handle, FileKey.parse(key), (await handle.stat()).size);
  }

  /** Removes files; those that are not there are no error. */
  async delete(ids: readonly (string | null)[]): Promise<void> {
    await Promise.all(ids.map((id) => id && rm(this.pathOf(id), { force: true })));
  }

  /** Removes what was begun or stored long ago and belongs to nothing. `claimed` tells which of the ids do. */
  async sweep(claimed: (ids: string[]) => Promise<ReadonlySet<string>>, now = Date.now()): Promise<number> {
    const old: string[] = [];
    for (const name of await readdir(this.folder).catch(() => [] as string[])) {
      const found = await stat(join(this.folder, name)).catch(() => undefined);
      if (found && found.mtimeMs < now - abandonedMs) old.push(name);
    }
    const kept = await claimed(old.filter((name) => !name.endsWith(partial)));
    const abandoned = old.filter((name) => !kept.has(name));
    await Promise.all(abandoned.map((name) => rm(join(this.folder, name), { force: true })));
    return abandoned.length;
  }

  private pathOf(id: string): string {
    return join(this.folder, id);
  }
}

async function writeAll(
  handle: FileHandle, key: FileKey, source: AsyncIterable<Buffer>, maxBytes: number,
): Promise<Pick<StoredFile, 'bytes' | 'sha256'>> {
  const cipher = key.cipherAt(0);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const block of source) {
    bytes += block.length;
    if (bytes > maxBytes) throw new DomainError('PAYLOAD_TOO_LARGE', `A file is at most ${Math.floor(maxBytes / 1_000_000)} MB here.`);
    hash.update(block);
    await handle.writeFile(cipher.update(block));
  }
  await handle.sync();
  return { bytes, sha256: hash.digest('hex') };
}

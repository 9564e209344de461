import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** No receipt and no file of a platform is as long; what is longer is not read. */
const maxBytes = { '.json': 65_536, '.ndjson': 1_048_576 } as const;
/** A receipt, and a file of theirs. */
export type Ending = keyof typeof maxBytes;
/** How long something may lie there without its signature: whoever writes it writes that last. */
const unsignedMs = 60_000;

/** Something that came in. */
export interface Incoming {
  name: string;
  bytes: Buffer;
  /** Null where nobody signed it. */
  signature: string | null;
  sha256: string;
}

/**
 * The folder of one channel: what we send lies in `out`, what the platform sends in `in`, and what is not believed is kept in `refused`.
 * A file is there when its signature is, which is written behind it; each appears whole.
 */
export class ExchangeFolder {
  constructor(private readonly path: string) {}

  async write(name: string, bytes: Buffer, signature: string): Promise<void> {
    await mkdir(join(this.path, 'out'), { recursive: true });
    for (const [file, content] of [[name, bytes], [`${name}.sig`, signature]] as const) {
      const temporary = join(this.path, 'out', `.${file}.${process.pid}.tmp`);
      await writeFile(temporary, content);
      await rename(temporary, join(this.path, 'out', file));
    }
  }

  /** Takes back what the platform has confirmed, where it left it. */
  async remove(name: string): Promise<void> {
    for (const file of [name, `${name}.sig`]) await rm(join(this.path, 'out', file), { force: true });
  }

  /** What came in, oldest name first. What another replica takes away meanwhile is left out. */
  async *incoming(ending: Ending): AsyncGenerator<Incoming> {
    const entries = await readdir(join(this.path, 'in'), { withFileTypes: true }).catch(() => []);
    const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending) && !entry.name.startsWith('.')).map(({ name }) => name).sort();
    for (const name of names) {
      const found = await this.read(name, maxBytes[ending]).catch(() => undefined);
      if (found) yield found;
    }
  }

  async done({ name }: Incoming): Promise<void> {
    for (const file of [name, `${name}.sig`]) await rm(join(this.path, 'in', file), { force: true });
  }

  /** Keeps it aside, under a name that no other takes. */
  async refuse({ name, sha256 }: Incoming): Promise<void> {
    await mkdir(join(this.path, 'refused'), { recursive: true });
    for (const file of [name, `${name}.sig`]) {
      await rename(join(this.path, 'in', file), join(this.path, 'refused', `${sha256.slice(0, 12)}-${file}`)).catch(() => undefined);
    }
  }

  private async read(name: string, most: number): Promise<Incoming | undefined> {
    const path = join(this.path, 'in', name);
    const { size, mtimeMs } = await stat(path);
    const signature = await readFile(`${path}.sig`, 'utf8').catch(() => null);
    if (signature === null && Date.now() - mtimeMs < unsignedMs) return undefined;
    const bytes = size > most ? Buffer.alloc(0) : await readFile(path);
    return { name, bytes, signature, sha256: createHash('sha256').update(bytes).update(signature ?? '').update(name).digest('hex') };
  }
}

import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Seal } from '@finharbor/security/audit/seal';
import type { Checkpoint } from '@finharbor/security/verification/verify-trail';

const fileOf = (folder: string, service: string): string => join(folder, `${service}.jsonl`);

/** More than any line, so that the end of the file holds at least one whole. */
const tailLength = 64 * 1024;

/**
 * The seals of one service as lines of a file outside the database: whoever rules the database can cut off the end of the
 * chain, but not of this. Several replicas may write to one file; what they write twice does no harm.
 */
export class Checkpoints {
  constructor(private readonly folder: string, private readonly service: string) {}

  /** The last line, undefined when there is none. */
  async last(): Promise<Checkpoint | undefined> {
    const file = await open(fileOf(this.folder, this.service)).catch(ifMissing);
    if (!file) return undefined;
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, tailLength)), 0, null, Math.max(0, size - tailLength));
      const lines = buffer.toString('utf8', 0, bytesRead).split('\n').map((line) => parse(line, this.service));
      return lines.findLast((line) => line !== undefined);
    } finally {
      await file.close();
    }
  }

  /** Adds a line for each seal, and returns when they are on the disk. */
  async append(seals: Seal[]): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const file = await open(fileOf(this.folder, this.service), 'a', 0o600);
    try {
      // A crash may have left half a line: beginning with a new one keeps ours whole. Empty lines mean nothing.
      await file.appendFile(`\n${seals.map((seal) => JSON.stringify(toLine(this.service, seal))).join('\n')}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}

/** Every line of a service's file. What is no line, such as half of one, is left out; the next run has written it again. */
export async function* readCheckpoints(folder: string, service: string): AsyncGenerator<Checkpoint> {
  const file = await open(fileOf(folder, service)).catch(ifMissing);
  if (!file) return;
  try {
    for await (const line of createInterface({ input: createReadStream('', { fd: file, autoClose: false }), crlfDelay: Infinity })) {
      const checkpoint = parse(line, service);
      if (checkpoint) yield checkpoint;
    }
  } finally {
    await file.close();
  }
}

const ifMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
};

interface Line extends Pick<Seal, 'number' | 'at' | 'first' | 'last'> {
  service: string;
  root: string;
  key: string;
  signature: string;
}

const toLine = (service: string, { number, at, first, last, root, keyId, signature }: Seal): Line =>
  ({ service, number, at, first, last, root: root.toString('hex'), key: keyId, signature: signature.toString('base64url') });

function parse(text: string, service: string): Checkpoint | undefined {
  try {
    const line = JSON.parse(text) as Line;
    if (line.service !== service || !Number.isSafeInteger(line.number)) return undefined;
    return {
      number: line.number, first: line.first, last: line.last,
      root: Buffer.from(line.root, 'hex'), keyId: line.key, signature: Buffer.from(line.signature, 'base64url'),
    };
  } catch {
    return undefined;
  }
}

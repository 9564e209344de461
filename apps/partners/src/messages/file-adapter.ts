import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MessageAdapter, Outcome, OutgoingMessage } from './outcomes.js';

/**
 * Writes each message into a folder, a file of one JSON line named after the message: for trying things, and for installations whose
 * own program sends what it finds there. The files hold names and addresses; only their owner may read them.
 */
export class FileAdapter implements MessageAdapter {
  /** Writing a message again gives the same file. */
  readonly knowsIds = true;

  constructor(private readonly folder: string) {}

  async send(message: OutgoingMessage): Promise<Outcome> {
    const file = join(this.folder, `${message.id}.json`);
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await writeFile(`${file}.tmp`, `${JSON.stringify(message)}\n`, { mode: 0o600 });
      await rename(`${file}.tmp`, file); // whole or not at all
      return { result: 'SENT' };
    } catch (error) {
      return { result: 'NOT_SENT', reason: `FILE_${(error as NodeJS.ErrnoException).code ?? 'ERROR'}` };
    }
  }
}

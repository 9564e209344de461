import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { DomainError } from '@finharbor/contracts/errors';
import { StoredFiles } from '@finharbor/platform/files/stored-files';
import { readSame, validate } from './validation.js';
import type { ThreadMessage, ValidationTask } from './validation-thread.js';
import { WholeFile } from './whole-file.js';

/** The thread that a list is checked in: it reads and checks, and asks nobody. What it finds is saved by who started it. */
const { folder, file, order } = workerData as ValidationTask;
const inbox = on(parentPort!, 'message');
const post = (message: ThreadMessage): void => parentPort!.postMessage(message);
const received = async (): Promise<unknown> => ((await inbox.next()).value as unknown[])[0];

/** The codes of the rows that were accepted before, until an empty page says that there are no more. */
async function* earlier(): AsyncGenerator<[row: number, code: string][]> {
  for (let page = await received() as [number, string][]; page.length > 0; page = await received() as [number, string][]) yield page;
}

async function run(): Promise<void> {
  const opened = await new StoredFiles(folder).open(file.id, file.key);
  try {
    const whole = new WholeFile(opened, file.sha256);
    const same = await readSame(whole, order);
    if (same) return post({ same });
    let unsaved = 0;
    for await (const chunk of validate(whole, order, earlier())) {
      // One chunk is saved while the next is checked, and no more are made.
      if (unsaved > 0) await received();
      post({ chunk });
      unsaved = 1;
    }
    post({ end: true });
  } finally {
    await opened.close();
  }
}

try {
  await run();
} catch (error) {
  if (!(error instanceof DomainError)) throw error;
  const { code, detail, errors } = error;
  post({ refusal: { code, detail, errors } });
} finally {
  parentPort!.close();
}

import { on } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { DomainError, type ErrorCode, type FieldError } from '@finharbor/contracts/errors';
import type { StoredFile } from '@finharbor/platform/files/stored-files';
import type { ReadFacts, ValidatedChunk, ValidationOrder } from './validation.js';

/** What the thread is given. */
export interface ValidationTask {
  /** Where the stored files are. */
  folder: string;
  file: Pick<StoredFile, 'id' | 'key' | 'sha256'>;
  order: ValidationOrder;
}

/** What the thread says. A refusal is a DomainError, which would lose its class on the way. */
export type ThreadMessage =
  | { chunk: ValidatedChunk }
  | { same: ReadFacts }
  | { end: true }
  | { refusal: { code: ErrorCode; detail?: string; errors?: FieldError[] } };

/** Threads run what was built, also where everything else runs from the sources, as in tests. */
const here = new URL(import.meta.url.replace(/\/src\/(.*)\/[^/]+\.ts$/, '/dist/$1/'));

/** So that no list, however it is made, takes the memory of those who work beside it: a thread that wants more is ended. */
const resourceLimits = { maxOldGenerationSizeMb: 128 };
/**
 * MB, for the threads to come. What the process was started with (tools/lib/fleet.mjs) goes before the limits of a thread, and the 16 MB
 * that suit a service are more than a thread makes use of, whose garbage is the rows of one block.
 */
setFlagsFromString('--max-semi-space-size=4');

/**
 * Checks a stored list in a thread of its own, so that other requests never wait for it. Gives its chunks: ask for the next one when
 * the last was saved, as the bytes of one are written over by the next but one. Where its rows are those that the order knows, it says
 * so instead. Throws what refuses the list; PAYLOAD_TOO_LARGE when it wants too much memory.
 */
export async function* validateInThread(
  task: ValidationTask, earlier: AsyncIterable<[row: number, code: string][]>, signal?: AbortSignal,
): AsyncGenerator<ValidatedChunk | { same: ReadFacts }> {
  const thread = new Worker(new URL('./validation-program.js', here), { workerData: task, resourceLimits, stdin: false });
  try {
    const messages = on(thread, 'message', { close: ['exit'], signal }) as AsyncIterable<[ThreadMessage]>;
    for await (const page of earlier) thread.postMessage(page);
    thread.postMessage([]);
    for await (const [message] of messages) {
      if ('refusal' in message) throw new DomainError(message.refusal.code, message.refusal.detail, message.refusal.errors);
      if ('end' in message) return;
      if ('same' in message) return yield message;
      yield message.chunk;
      thread.postMessage('saved');
    }
    throw new Error('The thread ended before the list did.');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
    throw new DomainError('PAYLOAD_TOO_LARGE', 'The file takes too much memory to read.');
  } finally {
    await thread.terminate();
  }
}

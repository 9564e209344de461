import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** POSTs one line of so many bytes, which repeats the text, as far as anybody reads it. Tells how much was sent when the answer came. */
export async function sendLine(
  url: string, headers: Record<string, string>, text: string, bytes: number,
): Promise<{ status: number; type: string; body: string; sentBeforeAnswer: number }> {
  const upload = request(url, { method: 'POST', headers });
  const chunk = Buffer.from(text.repeat(5_000));
  let sent = 0;
  async function* line(): AsyncGenerator<Buffer> {
    for (; sent < bytes; sent += chunk.length) yield chunk;
  }
  // Whoever is refused early may be cut off early: how the sending ends does not matter, only that it is over.
  const over = pipeline(Readable.from(line()), upload).catch(() => undefined);
  const [response] = await once(upload, 'response') as [IncomingMessage];
  const sentBeforeAnswer = sent;
  const body = Buffer.concat(await response.toArray() as Buffer[]).toString();
  await over;
  return { status: response.statusCode!, type: response.headers['content-type'] ?? '', body, sentBeforeAnswer };
}

/** Memory of a process in bytes: what it holds now, or the most that it held. Linux. */
export const memoryOf = (pid: number, what: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;

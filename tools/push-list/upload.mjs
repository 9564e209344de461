// @ts-check
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { FinHarborError } from '@finharbor/client/problem';

/** A file of more goes in parts, so that a broken line costs one of them. */
export const partBytes = 8_000_000;
const attempts = 5;
const contentType = 'application/octet-stream';

/**
 * Sends the file of an import, whole or in parts; parts that are there from an earlier try are not sent again.
 * @param {import('@finharbor/client/client').FinHarborClient} client
 * @param {{ id: string, parts?: { number: number, sha256: string }[] | null }} imported
 * @param {string} file @param {number} size @param {(bytes: number) => void} sent
 */
export async function upload(client, imported, file, size, sent) {
  const path = { id: imported.id };
  const handle = await open(file);
  try {
    const count = Math.max(1, Math.ceil(size / partBytes));
    const whole = createHash('sha256');
    for (let number = 1; number <= count; number += 1) {
      const body = await read(handle, (number - 1) * partBytes, Math.min(partBytes, size - (number - 1) * partBytes));
      whole.update(body);
      if (count === 1) return await again(() => client.call('PUT /v1/imports/{id}/file', { path, body: /** @type {any} */ (body), contentType }));
      const sha256 = createHash('sha256').update(body).digest('hex');
      const isThere = imported.parts?.some((part) => part.number === number && part.sha256 === sha256);
      if (!isThere) await again(() => client.call('PUT /v1/imports/{id}/parts/{number}', { path: { ...path, number: /** @type {any} */ (number) }, body: /** @type {any} */ (body), contentType }));
      sent(Math.min(number * partBytes, size));
    }
    return await client.call('POST /v1/imports/{id}/complete', { path, body: { parts: count, sha256: whole.digest('hex') } });
  } finally {
    await handle.close();
  }
}

/** @param {import('node:fs/promises').FileHandle} handle @param {number} position @param {number} length */
async function read(handle, position, length) {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** To send the same part or file once more changes nothing. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
async function again(work) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const { status = 0 } = error instanceof FinHarborError ? error.problem : {};
      const passes = status >= 500 || status === 429 || error instanceof TypeError;
      if (!passes || tries === attempts) throw error;
      await pause(error instanceof FinHarborError && error.retryAfterMs ? error.retryAfterMs : 250 * 2 ** tries);
    }
  }
}

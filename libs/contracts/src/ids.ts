import { createHash, randomFillSync } from 'node:crypto';

const random = new Uint8Array(10);
let lastMs = 0;
let sequence = 0;

/** A UUID version 7 (RFC 9562): sorts by time of making, strictly rising within one process. */
export function newId(now = Date.now()): string {
  if (now > lastMs) {
    lastMs = now;
    sequence = 0;
  } else if (++sequence > 0xfff) {
    lastMs++;
    sequence = 0;
  }
  randomFillSync(random);
  const time = lastMs.toString(16).padStart(12, '0');
  const tail = Buffer.from(random).toString('hex');
  const variant = (8 + (random[8] & 3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${variant}${tail.slice(0, 3)}-${tail.slice(3, 15)}`;
}

/** When the id was made, to the millisecond: what a UUID version 7 says of itself. */
export const timeOfId = (id: string): Date => new Date(parseInt(id.slice(0, 8) + id.slice(9, 13), 16));

const enterpriseNamespace = '6f1c7b0e-5a5a-4c1f-9f0d-3a9d1d2b7c11';

/**
 * The id of the enterprise with this credit code: a UUID version 5, so that every service names the same
 * enterprise without asking another. Whoever may not know the enterprise must not be given its id either.
 */
export const enterpriseIdOf = (creditCode: string): string => idByName(enterpriseNamespace, creditCode);

/** The id that a name has in a namespace, for ever: a UUID version 5 (RFC 9562). */
export function idByName(namespace: string, name: string): string {
  const hash = createHash('sha1').update(Buffer.from(namespace.replaceAll('-', ''), 'hex')).update(name).digest().subarray(0, 16);
  hash[6] = (hash[6] & 0x0f) | 0x50;
  hash[8] = (hash[8] & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

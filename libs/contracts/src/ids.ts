import * as crypto from 'node:crypto';

/** Random bytes are drawn for many ids at once: each draw costs more than an id. */
const pool = Buffer.alloc(10 * 512);
let drawn = pool.length;
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
  if (drawn === pool.length) {
    crypto.randomFillSync(pool);
    drawn = 0;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const tail = pool.toString('hex', drawn, drawn += 10);
  const variant = variants[tail.charCodeAt(19) & 3];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${variant}${tail.slice(0, 3)}-${tail.slice(3, 15)}`;
}

/** The two bits of RFC 9562 with two random ones. */
const variants = ['8', '9', 'a', 'b'];

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
  const hex = sha1(namespaceBytes(namespace), name);
  const variant = variants[parseInt(hex[16], 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const namespaces = new Map<string, Buffer>();

/** A buffer that begins with the namespace and has room for a name behind it; there are a handful of namespaces. */
function namespaceBytes(namespace: string): Buffer {
  let bytes = namespaces.get(namespace);
  if (!bytes) {
    bytes = Buffer.alloc(16 + longestName);
    bytes.write(namespace.replaceAll('-', ''), 'hex');
    namespaces.set(namespace, bytes);
  }
  return bytes;
}

const longestName = 64;
/** Half the cost of a Hash object; from Node 20.12 on. */
const oneShot = (crypto as { hash?: (algorithm: string, data: Buffer) => string }).hash;

function sha1(bytes: Buffer, name: string): string {
  if (oneShot && name.length * 3 <= longestName) return oneShot('sha1', bytes.subarray(0, 16 + bytes.write(name, 16)));
  return crypto.createHash('sha1').update(bytes.subarray(0, 16)).update(name).digest('hex');
}

/** The recommended curve of SM2 (GB/T 32918.5-2017): y² = x³ + ax + b modulo p, of prime order n. */
const prime = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const a = prime - 3n;
const b = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const order = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;

const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);

/** What Z of GB/T 32918.2-2016, 5.5 hashes of the curve: a, b, and the base point. */
export const curveBytes = Buffer.from(
  'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93'
  + '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0', 'hex',
);

/**
 * Whether x and y (32 bytes each) are a point of the curve, and so a public key: a key off the curve can make whoever uses it tell
 * secrets. The order is prime, so that no point is of a small subgroup; the point at infinity has no such form.
 */
export function isOnCurve(point: Buffer): boolean {
  if (point.length !== 64) return false;
  const [x, y] = [numberOf(point.subarray(0, 32)), numberOf(point.subarray(32))];
  return x < prime && y < prime && (y * y - (x * x * x + a * x + b)) % prime === 0n;
}

/** Whether the 32 bytes are a private key: 1 to n - 2 (GB/T 32918.1-2016, 6.1). */
export function isPrivate(bytes: Buffer): boolean {
  const value = bytes.length === 32 ? numberOf(bytes) : 0n;
  return value > 0n && value < order - 1n;
}

/** Whether r and s (32 bytes each) are within 1 to n - 1 and not each other's complement: else no signature (GB/T 32918.2, 7.1). */
export function isSignature(raw: Buffer): boolean {
  if (raw.length !== 64) return false;
  const [r, s] = [numberOf(raw.subarray(0, 32)), numberOf(raw.subarray(32))];
  return r > 0n && r < order && s > 0n && s < order && r + s !== order;
}

/** One number of 32 bytes as DER writes an INTEGER: without leading zeros, but for one that keeps it positive. */
function toInteger(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const short = start < 0 ? Buffer.alloc(1) : bytes.subarray(start);
  const value = short[0] & 0x80 ? Buffer.concat([Buffer.alloc(1), short]) : short;
  return Buffer.concat([Buffer.from([2, value.length]), value]);
}

/** r || s as the SEQUENCE of two INTEGERs of GM/T 0009-2012. */
export function toDer(raw: Buffer): Buffer {
  const body = Buffer.concat([toInteger(raw.subarray(0, 32)), toInteger(raw.subarray(32))]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

/** The other way; undefined for what is not the one DER form of two numbers of at most 32 bytes. */
export function fromDer(der: Buffer): Buffer | undefined {
  const raw = Buffer.alloc(64);
  let at = 2;
  for (const end of [32, 64]) {
    const value = der.subarray(at + 2, at + 2 + (der[at + 1] ?? 0));
    const short = value.subarray(value.length === 33 ? 1 : 0);
    if (short.length > 32) return undefined;
    short.copy(raw, end - short.length);
    at += 2 + value.length;
  }
  return toDer(raw).equals(der) ? raw : undefined;
}

import { createHash, createHmac, getHashes } from 'node:crypto';

/**
 * SM3 (GB/T 32905-2016): the national hash function, 32 bytes, by node:crypto.
 * Throws when this Node's OpenSSL was built without it.
 */
export const sm3 = (...parts: (Buffer | string)[]): Buffer => {
  checkSm3();
  return hash(parts);
};

/** HMAC (RFC 2104) with SM3, 32 bytes. Throws as `sm3` does. */
export const hmacSm3 = (key: Buffer | string, ...parts: (Buffer | string)[]): Buffer => {
  checkSm3();
  return parts.reduce<ReturnType<typeof createHmac>>((mac, part) => mac.update(part), createHmac('sm3', key)).digest();
};

const hash = (parts: (Buffer | string)[]): Buffer => parts.reduce<ReturnType<typeof createHash>>((state, part) => state.update(part), createHash('sm3')).digest();

/** GB/T 32905-2016, annex A.1. */
const abc = '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0';
let checked = false;

/** At first use: a build whose SM3 is another function must not hash anything for us. */
function checkSm3(): void {
  if (checked) return;
  if (!getHashes().includes('sm3')) throw new Error('This Node has no SM3: its OpenSSL was built without it (a FIPS build, or BoringSSL).');
  if (hash(['abc']).toString('hex') !== abc) throw new Error('The SM3 of this Node fails its self-test (GB/T 32905-2016, A.1).');
  checked = true;
}

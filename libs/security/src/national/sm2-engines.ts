import { createPrivateKey, createPublicKey, createSign, createVerify, type KeyObject } from 'node:crypto';
import { createRequire } from 'node:module';
import type { sm2 as Library } from 'sm-crypto-v2';
import { curveBytes, fromDer, toDer } from './sm2-curve.js';
import { type Sm2PrivateKey, type Sm2PublicKey, spkiPrefix } from './sm2-keys.js';
import { sm3 } from './sm3.js';

/** What signs and verifies. Keys and signatures (r || s) were checked before they come here. */
export interface Sm2Engine {
  readonly name: string;
  publicOf(secret: Buffer): Buffer;
  sign(key: Sm2PrivateKey, message: Buffer): Buffer;
  verify(key: Sm2PublicKey, message: Buffer, raw: Buffer): boolean;
}

/** Who signs, where nobody says otherwise (GM/T 0009-2012, 10): everybody has this id, and the key tells them apart. */
export const userId = '1234567812345678';

/** Z: the hash of who signs and of the curve, which comes before the message (GB/T 32918.2-2016, 5.5). */
export function zOf(point: Buffer): Buffer {
  const bits = Buffer.alloc(2);
  bits.writeUInt16BE(userId.length * 8);
  return sm3(bits, userId, curveBytes, point);
}

/** What is made of a key once and kept as long as the key: importing costs as much as a signature. */
function keep<Key extends object, Made>(make: (key: Key) => Made): (key: Key) => Made {
  const kept = new WeakMap<Key, Made>();
  return (key) => {
    let made = kept.get(key);
    if (made === undefined) kept.set(key, made = make(key));
    return made;
  };
}

const importSecret = (secret: Buffer): KeyObject => createPrivateKey({
  // ECPrivateKey (RFC 5915) without the public key, which OpenSSL then computes.
  key: Buffer.concat([Buffer.from('30310201010420', 'hex'), secret, Buffer.from('a00a06082a811ccf5501822d', 'hex')]), format: 'der', type: 'sec1',
});
const privateKeyOf = keep(({ secret }: Sm2PrivateKey) => importSecret(secret));
const publicKeyOf = keep(({ point }: Sm2PublicKey) => createPublicKey({ key: Buffer.concat([spkiPrefix, point]), format: 'der', type: 'spki' }));
const keptZ = keep(({ point }: Sm2PublicKey) => zOf(point));

/**
 * SM2 by OpenSSL 3. Two traps: a key must be imported (one that was just generated here signs with ECDSA), and the signature is
 * over the plain SM3 of what it is given, so that Z is put before the message.
 */
export const nativeEngine: Sm2Engine = {
  name: 'node:crypto',
  publicOf: (secret) => createPublicKey(importSecret(secret)).export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length),
  sign: (key, message) => fromDer(createSign('sm3').update(keptZ(key)).update(message).sign(privateKeyOf(key)))!,
  verify: (key, message, raw) => createVerify('sm3').update(keptZ(key)).update(message).verify(publicKeyOf(key), toDer(raw)),
};

/** Loaded by whoever first uses SM2, and by nobody else: it is large. */
const library = (): typeof Library => (createRequire(import.meta.url)('sm-crypto-v2') as { sm2: typeof Library }).sm2;
const hexOf = ({ point }: Sm2PublicKey): string => `04${point.toString('hex')}`;
const pointsOf = keep((key: Sm2PublicKey) => library().precomputePublicKey(hexOf(key)));

/** The same in JavaScript, for where OpenSSL has no SM2 or another one. Slower, and not constant in time. */
export const libraryEngine: Sm2Engine = {
  name: 'sm-crypto-v2',
  publicOf: (secret) => Buffer.from(library().getPublicKeyFromPrivateKey(secret.toString('hex')).slice(2), 'hex'),
  sign: (key, message) => Buffer.from(library().doSignature(message, key.secret.toString('hex'), { hash: true, userId, publicKey: hexOf(key) }), 'hex'),
  verify: (key, message, raw) => library().doVerifySignature(message, raw.toString('hex'), pointsOf(key), { hash: true, userId }),
};

import { createCipheriv, createDecipheriv, getCiphers, randomBytes, timingSafeEqual } from 'node:crypto';
import { hmacSm3 } from './sm3.js';

const nonceLength = 16;
const tagLength = 32;

/**
 * Authenticated encryption with the national algorithms: SM4 (GB/T 32907-2016) in counter mode, then HMAC-SM3 over what was
 * encrypted and what belongs to it. Node's OpenSSL 3.0 offers no SM4-GCM; encrypt-then-MAC is what there is, and gives the
 * same promise. The sealed form is `nonce (16) | ciphertext (as long as the text) | tag (32)`, whatever build wrote it.
 */
export class Sm4Key {
  private readonly encryption: Buffer;
  private readonly authentication: Buffer;

  /** @param secret 32 random bytes, from which the keys of both steps are derived: one key serves one purpose */
  constructor(secret: Buffer) {
    checkSm4();
    if (secret.length !== 32) throw new Error('An SM4 key is made of 32 bytes.');
    this.encryption = hmacSm3(secret, 'finharbor sm4-ctr').subarray(0, 16);
    this.authentication = hmacSm3(secret, 'finharbor hmac-sm3');
  }

  /** @param belongsTo what must be the same when it is opened, such as where it is stored; it is not part of the result */
  seal(text: Buffer, belongsTo: Buffer): Buffer {
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv('sm4-ctr', this.encryption, nonce);
    const sealed = Buffer.concat([nonce, cipher.update(text), cipher.final()]);
    return Buffer.concat([sealed, this.tagOf(sealed, belongsTo)]);
  }

  /** Throws when anything of it, or what it belongs to, is not as it was sealed. Nothing is decrypted before that is known. */
  open(whole: Buffer, belongsTo: Buffer): Buffer {
    const sealed = whole.subarray(0, -tagLength);
    if (whole.length < nonceLength + tagLength || !timingSafeEqual(whole.subarray(-tagLength), this.tagOf(sealed, belongsTo))) {
      throw new Error('This is not what was encrypted here with this key.');
    }
    const cipher = createDecipheriv('sm4-ctr', this.encryption, sealed.subarray(0, nonceLength));
    return Buffer.concat([cipher.update(sealed.subarray(nonceLength)), cipher.final()]);
  }

  /** The length comes first, so that no byte can move from one part to the other unseen. */
  private tagOf(sealed: Buffer, belongsTo: Buffer): Buffer {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(belongsTo.length));
    return hmacSm3(this.authentication, length, belongsTo, sealed);
  }
}

/** GB/T 32907-2016, annex A.1: key and text are the same. */
const example = '0123456789abcdeffedcba9876543210';
const exampleSealed = '681edf34d206965e86b3e94f536e4246';
let checked = false;

function checkSm4(): void {
  if (checked) return;
  if (!getCiphers().includes('sm4-ctr')) throw new Error('This Node has no SM4: its OpenSSL was built without it (a FIPS build, or BoringSSL).');
  // Of counter mode, the first block of the key stream is the nonce encrypted.
  const key = Buffer.from(example, 'hex');
  if (createCipheriv('sm4-ctr', key, key).update(Buffer.alloc(16)).toString('hex') !== exampleSealed) {
    throw new Error('The SM4 of this Node fails its self-test (GB/T 32907-2016, A.1).');
  }
  checked = true;
}

import { type Cipher, createCipheriv, randomBytes } from 'node:crypto';
import type { SuiteName } from '@finharbor/security/encryption/suites';

/** How files are encrypted: in counter mode, so that they can be read from any place on; which key bytes it takes. */
const algorithms: Record<SuiteName, [name: string, keyBytes: number]> = { AES: ['aes-256-ctr', 32], SM4: ['sm4-ctr', 16] };
const blockBytes = 16;

/**
 * The key of one file, used for nothing else, so that its counter may begin at 0. Its text, `<suite>.<base64url>`, is stored encrypted
 * beside whatever the file belongs to; without it nobody can read the file.
 */
export class FileKey {
  private constructor(private readonly suite: SuiteName, private readonly secret: Buffer) {}

  static make(suite: SuiteName): FileKey {
    return new FileKey(suite, randomBytes(algorithms[suite][1]));
  }

  static parse(text: string): FileKey {
    const [suite, secret] = text.split('.');
    return new FileKey(suite as SuiteName, Buffer.from(secret, 'base64url'));
  }

  toString(): string {
    return `${this.suite}.${this.secret.toString('base64url')}`;
  }

  /** Encrypts or decrypts, which is the same, what stands from this byte of the file on. */
  cipherAt(position: number): Cipher {
    const counter = Buffer.alloc(blockBytes);
    counter.writeBigUInt64BE(BigInt(Math.floor(position / blockBytes)), 8);
    const cipher = createCipheriv(algorithms[this.suite][0], this.secret, counter);
    cipher.update(Buffer.alloc(position % blockBytes));
    return cipher;
  }
}

import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { hmacSm3 } from '../national/sm3.js';
import { Sm4Key } from '../national/sm4.js';

/** Which algorithms an installation encrypts with: the international ones, or the national ones where the law asks for them. */
export const suiteNames = ['AES', 'SM4'] as const;
export type SuiteName = (typeof suiteNames)[number];

/** A key of one suite. What it seals is text without blanks; `belongsTo` must be the same when it is opened, and is no part of it. */
export interface SuiteKey {
  seal(text: string, belongsTo: Buffer): string;
  /** Throws when anything of it, or what it belongs to, is not as it was sealed. */
  open(sealed: string, belongsTo: Buffer): string;
}

export interface Suite {
  /** The digit in a ciphertext's version, which tells any version of ours how to open it. */
  readonly digit: string;
  key(secret: Buffer): SuiteKey;
  /** A key for one purpose. */
  derive(secret: Buffer, organisationId: string, purpose: string): Buffer;
  /** A keyed fingerprint. */
  fingerprint(key: Buffer, text: string): string;
}

const nonceLength = 12;
// Without a length Node would take a tag cut to four bytes, which can be guessed.
const authTagLength = 16;

class AesKey implements SuiteKey {
  constructor(private readonly secret: Buffer) {}

  seal(text: string, belongsTo: Buffer): string {
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv('aes-256-gcm', this.secret, nonce, { authTagLength }).setAAD(belongsTo);
    const body = cipher.update(text, 'utf8', 'base64url') + cipher.final('base64url');
    return `${nonce.toString('base64url')}.${body}.${cipher.getAuthTag().toString('base64url')}`;
  }

  open(sealed: string, belongsTo: Buffer): string {
    const [nonce, body, tag] = sealed.split('.');
    if (tag === undefined) throw new Error('This is no encrypted field.');
    const cipher = createDecipheriv('aes-256-gcm', this.secret, Buffer.from(nonce, 'base64url'), { authTagLength }).setAAD(belongsTo);
    cipher.setAuthTag(Buffer.from(tag, 'base64url'));
    return cipher.update(body, 'base64url', 'utf8') + cipher.final('utf8');
  }
}

class NationalKey implements SuiteKey {
  private readonly key: Sm4Key;

  constructor(secret: Buffer) {
    this.key = new Sm4Key(secret);
  }

  seal(text: string, belongsTo: Buffer): string {
    return this.key.seal(Buffer.from(text), belongsTo).toString('base64url');
  }

  open(sealed: string, belongsTo: Buffer): string {
    return this.key.open(Buffer.from(sealed, 'base64url'), belongsTo).toString('utf8');
  }
}

/** AES-256-GCM and HMAC-SHA-256; SM4 in counter mode with HMAC-SM3 (GB/T 32907-2016, GB/T 32905-2016). */
export const suites: Record<SuiteName, Suite> = {
  AES: {
    digit: '1',
    key: (secret) => new AesKey(secret),
    derive: (secret, organisationId, purpose) => Buffer.from(hkdfSync('sha256', secret, organisationId, purpose, 32)),
    fingerprint: (key, text) => createHmac('sha256', key).update(text).digest('base64url').slice(0, 22),
  },
  SM4: {
    digit: '2',
    key: (secret) => new NationalKey(secret),
    derive: (secret, organisationId, purpose) => hmacSm3(secret, Buffer.from(`${purpose}|${organisationId}`)),
    fingerprint: (key, text) => hmacSm3(key, Buffer.from(text)).toString('base64url').slice(0, 22),
  },
};

/** The suite with which a text was encrypted. Throws for one that this version does not know. */
export function suiteOfDigit(digit: string): SuiteName {
  const name = suiteNames.find((one) => suites[one].digit === digit);
  if (!name) throw new Error('This is no encrypted field.');
  return name;
}

import { aad, type FieldPlace } from './field-place.js';
import { type SuiteKey, type SuiteName, suiteOfDigit, suites } from './suites.js';

/**
 * The key of one person's data in one record (envelope encryption): what it seals says which key it needs, `d<suite>.<key id>.…`,
 * and can be read by nobody once that key is destroyed.
 */
export class DataKey {
  private readonly opened = new Map<SuiteName, SuiteKey>();

  /**
   * @param id a UUID
   * @param secret 32 bytes
   * @param suite what it seals with; it opens what any suite sealed
   */
  constructor(readonly id: string, readonly secret: Buffer, private readonly suite: SuiteName) {}

  seal(text: string, place: FieldPlace): string {
    return `${sealedPrefix(this.suite)}${this.id}.${this.keyOf(this.suite).seal(text, aad(place))}`;
  }

  /** Throws when it was sealed with another key, or changed, or moved. */
  open(ciphertext: string, place: FieldPlace): string {
    if (dataKeyIdOf(ciphertext) !== this.id) throw new Error('This was not encrypted with this key.');
    return this.keyOf(suiteOfDigit(ciphertext[1])).open(ciphertext.slice(this.id.length + 4), aad(place));
  }

  private keyOf(suite: SuiteName): SuiteKey {
    const known = this.opened.get(suite);
    if (known) return known;
    const key = suites[suite].key(this.secret);
    this.opened.set(suite, key);
    return key;
  }
}

/** How everything begins that a data key sealed with this suite. */
export const sealedPrefix = (suite: SuiteName): string => `d${suites[suite].digit}.`;

/** Which data key a ciphertext needs; undefined for one of an earlier version, encrypted with a field key directly. */
export const dataKeyIdOf = (ciphertext: string): string | undefined => /^d\d\.([0-9a-f-]{36})\./.exec(ciphertext)?.[1];

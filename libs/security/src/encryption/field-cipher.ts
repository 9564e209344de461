import { newId } from '@finharbor/contracts/ids';
import { randomBytes } from 'node:crypto';
import { DataKey } from './data-key.js';
import { aad, type FieldPlace } from './field-place.js';
import { type SuiteKey, type SuiteName, suiteNames, suiteOfDigit, suites } from './suites.js';

/** A data key as it is stored: worth nothing without the field keys, which are kept outside the database. */
export interface WrappedKey {
  id: string;
  wrapped: string;
}

/**
 * Holds the field keys (architecture.md rule 11). They encrypt secrets directly, written `v<suite>.<key id>.…`, and the data keys
 * that encrypt personal data. The first key encrypts, the others still decrypt; what any suite encrypted is decrypted.
 */
export class FieldCipher {
  private readonly keys: Map<string, Buffer>;
  private readonly current: string;
  private readonly opened = new Map<string, SuiteKey>();
  private readonly indexKeys = new Map<string, Buffer>();

  /** @param keys `id:base64url` of 32 bytes, several separated by commas, the current one first. */
  constructor(keys: string, readonly suite: SuiteName = 'AES') {
    this.keys = parseFieldKeys(keys);
    this.current = this.keys.keys().next().value!;
    this.keyOf(suite, this.current); // a Node without SM4 says so now
  }

  /** How everything begins that is encrypted with the current key and suite. */
  get prefix(): string {
    return `v${suites[this.suite].digit}.${this.current}.`;
  }

  /** The name of the key that encrypts. */
  get currentKey(): string {
    return this.current;
  }

  encrypt(text: string, place: FieldPlace): string {
    return this.prefix + this.keyOf(this.suite, this.current).seal(text, aad(place));
  }

  /** Throws when the key is unknown or the ciphertext was changed or moved. */
  decrypt(ciphertext: string, place: FieldPlace): string {
    const [, digit, id, sealed] = /^v(\d)\.([\w-]+)\.(.*)$/s.exec(ciphertext) ?? [];
    if (sealed === undefined) throw new Error('This is no encrypted field.');
    return this.keyOf(suiteOfDigit(digit), id).open(sealed, aad(place));
  }

  newDataKey(): DataKey {
    return new DataKey(newId(), randomBytes(32), this.suite);
  }

  /** Encrypts a data key, and with it what its person is found by, so that the index can be made anew under another key. */
  wrap({ id, secret }: DataKey, identifiers: readonly string[]): WrappedKey {
    return { id, wrapped: this.encrypt([secret.toString('base64url'), ...identifiers].join(' '), placeOf(id)) };
  }

  unwrap({ id, wrapped }: WrappedKey): { key: DataKey; identifiers: string[] } {
    const [secret, ...identifiers] = this.decrypt(wrapped, placeOf(id)).split(' ');
    return { key: new DataKey(id, Buffer.from(secret, 'base64url'), this.suite), identifiers };
  }

  /** A keyed fingerprint to find an encrypted value by, different for each purpose and organisation. */
  blindIndex(text: string, purpose: string, organisationId: string): string {
    return this.indexOf(this.suite, this.current, text, purpose, organisationId);
  }

  /** The fingerprints under every key and suite, the current one first: while these are changed, a value is found by any of them. */
  blindIndexes(text: string, purpose: string, organisationId: string): string[] {
    const inOrder = [this.suite, ...suiteNames.filter((name) => name !== this.suite)];
    return [...this.keys.keys()].flatMap((id) => inOrder.map((suite) => this.indexOf(suite, id, text, purpose, organisationId)));
  }

  private indexOf(suite: SuiteName, keyId: string, text: string, purpose: string, organisationId: string): string {
    const name = `${suite} ${keyId} ${purpose} ${organisationId}`;
    let key = this.indexKeys.get(name);
    if (!key) {
      key = suites[suite].derive(this.keys.get(keyId)!, organisationId, `blind-index:${purpose}`);
      if (this.indexKeys.size >= maxIndexKeys) this.indexKeys.clear();
      this.indexKeys.set(name, key);
    }
    return suites[suite].fingerprint(key, text);
  }

  private keyOf(suite: SuiteName, id: string): SuiteKey {
    const name = `${suite} ${id}`;
    const known = this.opened.get(name);
    if (known) return known;
    const secret = this.keys.get(id);
    if (!secret) throw new Error(`No key for a field encrypted as v${suites[suite].digit}.${id}.`);
    const key = suites[suite].key(secret);
    this.opened.set(name, key);
    return key;
  }
}

/** Reads `id:<base64url of 32 bytes>`, several separated by commas. Throws when one is not written so. */
export function parseFieldKeys(keys: string): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const entry of keys.split(',')) {
    const [, id, secret] = /^([\w-]+):([\w-]+)$/.exec(entry) ?? [];
    const key = Buffer.from(secret ?? '', 'base64url');
    if (key.length !== 32) throw new Error('A field key is written id:<base64url of 32 bytes>.');
    if (found.has(id)) throw new Error(`There are two field keys ${id}.`);
    found.set(id, key);
  }
  return found;
}

/** One for each purpose and organisation; some thousands at most. */
const maxIndexKeys = 5_000;

const placeOf = (id: string): FieldPlace => ({ column: 'data_keys.wrapped', rowId: id, organisationId: '' });

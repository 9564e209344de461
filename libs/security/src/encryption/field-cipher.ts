import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Where a ciphertext lives. It is authenticated with the text, so that a ciphertext cannot be moved to another row. */
export interface FieldPlace {
  /** `schema.table.column` */
  column: string;
  rowId: string;
  organisationId: string;
}

/**
 * Encrypts personal data field by field (architecture.md rule 11): AES-256-GCM, written `v1.<key id>.<nonce>.<text>.<tag>`.
 * The first key encrypts, the others still decrypt.
 */
export class FieldCipher {
  private readonly keys: Map<string, Buffer>;
  private readonly current: string;

  /** @param keys `id:base64url` of 32 bytes, several separated by commas, the current one first. */
  constructor(keys: string) {
    this.keys = parseFieldKeys(keys);
    this.current = this.keys.keys().next().value!;
  }

  encrypt(text: string, place: FieldPlace): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.keys.get(this.current)!, nonce, { authTagLength }).setAAD(aad(place));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return ['v1', this.current, ...[nonce, body, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
  }

  /** Throws when the key is unknown or the ciphertext was changed or moved. */
  decrypt(ciphertext: string, place: FieldPlace): string {
    const [version, id, nonce, body, tag] = ciphertext.split('.');
    if (tag === undefined) throw new Error('This is no encrypted field.');
    const key = this.keys.get(id);
    if (version !== 'v1' || !key) throw new Error(`No key for a field encrypted as ${version}.${id}.`);
    // Without a length Node would take a tag cut to four bytes, which can be guessed.
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength }).setAAD(aad(place));
    decipher.setAuthTag(Buffer.from(tag, 'base64url'));
    return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString('utf8');
  }

  /** A keyed fingerprint to find an encrypted value by, different for each purpose and organisation. */
  blindIndex(text: string, purpose: string, organisationId: string): string {
    return this.blindIndexes(text, purpose, organisationId)[0];
  }

  /** The fingerprints under every key, the current one first: while keys are changed, a value is found by any of them. */
  blindIndexes(text: string, purpose: string, organisationId: string): string[] {
    return [...this.keys.values()].map((secret) => {
      const key = hkdfSync('sha256', secret, organisationId, `blind-index:${purpose}`, 32);
      return createHmac('sha256', Buffer.from(key)).update(text).digest('base64url').slice(0, 22);
    });
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

const authTagLength = 16;

const aad = (place: FieldPlace): Buffer => Buffer.from(`${place.column}|${place.rowId}|${place.organisationId}`);

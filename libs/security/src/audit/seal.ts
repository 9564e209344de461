import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/**
 * What a seal says, the form that is hashed and signed (architecture.md rule 12). Numbers of rows and seals are small enough
 * for JavaScript's; times are text in UTC with microseconds, as PostgreSQL keeps them.
 */
export interface SealFacts {
  number: number;
  at: string;
  /** The lowest and the highest row of the list; null for an empty one. */
  first: number | null;
  last: number | null;
  /** Rows in the list, or, of a pruning, rows that were deleted. */
  count: number;
  /** Rows of all lists so far. */
  total: number;
  /** Every row up to here is in this list or an earlier one. */
  low: number;
  /** Rows above `low` that are in this list or an earlier one, as PostgreSQL writes an int8multirange. */
  above: string;
  /** The seal is of a pruning: the rows of all seals up to this one were deleted. */
  prunes: number | null;
  /** Of the list. */
  digest: Buffer;
  /** Root of the seal before. */
  prev: Buffer;
}

export interface Seal extends SealFacts {
  root: Buffer;
  keyId: string;
  signature: Buffer;
}

/** One row of the trail as text: what `trailColumns` selects. */
export type TrailRow = Record<(typeof columns)[number], string | null> & { id: string };

const columns = ['id', 'at', 'role', 'org_id', 'client_id', 'action', 'resource', 'resource_id', 'detail', 'request_id'] as const;

const utc = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Selects a row of the trail exactly as it is stored, whatever the session's settings. */
export const trailColumns = columns.map((name) => `${name === 'at' ? utc('at') : `${name}::text`} as ${name}`).join(', ');

/** Selects what `toSeal` reads. */
export const sealColumns = `number, ${utc('at')} as at, first_id, last_id, count, total, low, above::text as above, prunes, digest, prev, root, key_id, signature`;

export type SealRow = Record<'number' | 'at' | 'total' | 'low' | 'above' | 'key_id', string> & Record<'digest' | 'prev' | 'root' | 'signature', Buffer>
  & Record<'first_id' | 'last_id' | 'prunes', string | null> & { count: number };

const numberOrNull = (text: string | null): number | null => (text === null ? null : Number(text));

export const toSeal = (row: SealRow): Seal => ({
  number: Number(row.number), at: row.at, first: numberOrNull(row.first_id), last: numberOrNull(row.last_id), count: row.count,
  total: Number(row.total), low: Number(row.low), above: row.above, prunes: numberOrNull(row.prunes),
  digest: row.digest, prev: row.prev, root: row.root, keyId: row.key_id, signature: row.signature,
});

/** What the first seal follows. */
export const genesis: Pick<Seal, 'number' | 'total' | 'low' | 'above' | 'root'> = { number: 0, total: 0, low: 0, above: '{}', root: Buffer.alloc(32) };

export const digestOf = (content: Buffer | string): Buffer => createHash('sha256').update(content).digest();

export const rowHash = (row: TrailRow): Buffer => digestOf(JSON.stringify(columns.map((name) => row[name])));

const entryLength = 40;

/** A seal's list: of each row its id and its hash. */
export function packRows(rows: TrailRow[]): Buffer {
  const list = Buffer.alloc(rows.length * entryLength);
  rows.forEach((row, at) => rowHash(row).copy(list, list.writeBigInt64BE(BigInt(row.id), at * entryLength)));
  return list;
}

export function unpackRows(list: Buffer): { id: number; hash: Buffer }[] {
  return Array.from({ length: Math.floor(list.length / entryLength) }, (_, at) => ({
    id: Number(list.readBigInt64BE(at * entryLength)), hash: list.subarray(at * entryLength + 8, (at + 1) * entryLength),
  }));
}

const form = 'finharbor.audit.seal.1';

/** The hash of all that a seal says, of which service's trail, and so of every seal before it. */
export const rootOf = (service: string, seal: SealFacts): Buffer => digestOf(JSON.stringify([
  form, service, seal.number, seal.at, seal.first, seal.last, seal.count, seal.total, seal.low, seal.above, seal.prunes,
  seal.digest.toString('hex'), seal.prev.toString('hex'),
]));

const signedText = (service: string, number: number, root: Buffer): Buffer =>
  Buffer.from(JSON.stringify([form, service, number, root.toString('hex')]));

/** What comes before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key that signs seals, and the public keys of all that ever did. Who verifies needs the public ones alone. */
export class AuditKeys {
  private readonly known = new Map<string, KeyObject>();
  private readonly current?: { id: string; key: KeyObject };

  /**
   * @param signing `id:<base64url of the 32 bytes of an Ed25519 key>`; empty for who only verifies
   * @param others public keys, written likewise, separated by commas
   */
  constructor(signing: string, others = '') {
    for (const text of others.split(',').filter(Boolean)) {
      const [id, bytes] = parseKey(text);
      if (this.known.has(id)) throw new Error(`There are two audit keys ${id}.`);
      this.known.set(id, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' }));
    }
    if (!signing) return;
    const [id, seed] = parseKey(signing);
    const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
    const own = createPublicKey(key);
    if (this.known.get(id)?.equals(own) === false) throw new Error(`There are two audit keys ${id}.`);
    this.known.set(id, own);
    this.current = { id, key };
  }

  /** `id:<base64url>` of every public key, with commas: what a verifier is given. */
  get publicKeys(): string {
    return [...this.known].map(([id, key]) => `${id}:${key.export({ format: 'jwk' }).x}`).join(',');
  }

  /** The same as a JWK set (RFC 7517). */
  get jwks(): { keys: Record<'kty' | 'crv' | 'x' | 'kid' | 'use', string>[] } {
    return { keys: [...this.known].map(([kid, key]) => ({ kty: 'OKP', crv: 'Ed25519', x: key.export({ format: 'jwk' }).x!, kid, use: 'sig' })) };
  }

  seal(service: string, facts: SealFacts): Seal {
    const keyId = this.currentId;
    const root = rootOf(service, facts);
    return { ...facts, root, keyId, signature: this.sign(signedText(service, facts.number, root)) };
  }

  /** Id of the key that signs. */
  get currentId(): string {
    if (!this.current) throw new Error('There is no key to sign with.');
    return this.current.id;
  }

  /** Signs what is no seal, such as a receipt: a text that names its own form, as that of a seal does, so that none passes for another. */
  sign(text: Buffer): Buffer {
    if (!this.current) throw new Error('There is no key to sign with.');
    return sign(null, text, this.current.key);
  }

  /** Whether the key signed this text; undefined when that key is not known. */
  verify(keyId: string, text: Buffer, signature: Buffer): boolean | undefined {
    const key = this.known.get(keyId);
    return key && verify(null, text, key, signature);
  }

  /** Whether the key that the seal names signed this number and root for the service; undefined when that key is not known. */
  signed(service: string, seal: Pick<Seal, 'number' | 'root' | 'keyId' | 'signature'>): boolean | undefined {
    return this.verify(seal.keyId, signedText(service, seal.number, seal.root), seal.signature);
  }
}

function parseKey(text: string): [id: string, bytes: Buffer] {
  const [, id, encoded] = /^([\w-]+):([\w-]+)$/.exec(text) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64url');
  if (bytes.length !== 32) throw new Error('An audit key is written id:<base64url of 32 bytes>.');
  return [id, bytes];
}

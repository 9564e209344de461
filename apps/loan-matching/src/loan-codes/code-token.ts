import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { DomainError, notFound } from '@finharbor/contracts/errors';
import { LoanCodeKind } from './loan-code-kind.js';

/** What a signed code says of itself. Where it leads is known to the platform alone. */
export interface CodeToken {
  /** The short code: 20 characters of chance. */
  shortCode: string;
  kind: LoanCodeKind;
  /** The first four bytes of the thumbprint of the key that signed it, in hexadecimal. */
  keyId: string;
  /** Counts the prints of one code, from 1. */
  version: number;
  /** Days of Asia/Shanghai, the last included; null for without end. */
  validFrom: string;
  validTo: string | null;
}

/** A published key (RFC 8037). */
export interface CodeJwk {
  kty: string;
  crv: string;
  x: string;
  kid: string;
}

const format = 1;
const kinds = Object.values(LoanCodeKind);
const payloadBytes = 26;
const noEnd = 0xffff;
const shape = /^[\w-]{120}$/;
const dayMs = 86_400_000;

const toDay = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayMs;
const fromDay = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** The id that a signed code names its key by. */
export const keyIdOf = (kid: string): string => Buffer.from(kid, 'base64url').subarray(0, 4).toString('hex');

/**
 * Signs a code: 26 bytes (format and kind, 4 bits each; the short code, 15; the key, 4; version, first and last day since 1970-01-01, 2
 * each, big-endian) and the 64 of an Ed25519 signature over them, in base64url. docs/loan-codes.md describes it for readers elsewhere.
 */
export function signCode(token: CodeToken, privateKey: KeyObject): string {
  const payload = Buffer.alloc(payloadBytes);
  payload.writeUInt8((format << 4) | kinds.indexOf(token.kind), 0);
  payload.write(token.shortCode, 1, 'base64url');
  payload.write(token.keyId, 16, 'hex');
  payload.writeUInt16BE(token.version, 20);
  payload.writeUInt16BE(toDay(token.validFrom), 22);
  payload.writeUInt16BE(token.validTo ? toDay(token.validTo) : noEnd, 24);
  return Buffer.concat([payload, sign(null, payload, privateKey)]).toString('base64url');
}

/** Reads a signed code without asking whether it is true; undefined when it is none. */
export function readCode(text: string): CodeToken | undefined {
  if (!shape.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  const kind = kinds[bytes[0] & 0xf];
  if (bytes[0] >> 4 !== format || !kind) return undefined;
  const validTo = bytes.readUInt16BE(24);
  return {
    kind, shortCode: bytes.toString('base64url', 1, 16), keyId: bytes.toString('hex', 16, 20), version: bytes.readUInt16BE(20),
    validFrom: fromDay(bytes.readUInt16BE(22)), validTo: validTo === noEnd ? null : fromDay(validTo),
  };
}

/**
 * Checks a signed code with nothing but the published keys: no database, no network. What is no code is NOT_FOUND, the key of another
 * platform LOAN_CODE_FOREIGN, a signature that does not hold LOAN_CODE_FORGED, a day outside its dates _NOT_YET_VALID or _EXPIRED.
 *
 * @param today a day of Asia/Shanghai
 */
export function checkCode(text: string, keys: readonly CodeJwk[], today: string): CodeToken {
  const token = readCode(text);
  if (!token) throw notFound('loan code');
  const named = keys.filter(({ kid }) => keyIdOf(kid) === token.keyId);
  if (named.length === 0) throw new DomainError('LOAN_CODE_FOREIGN');
  if (!named.some((key) => isSignedBy(text, key))) throw new DomainError('LOAN_CODE_FORGED');
  mustBeInTime(token.validFrom, token.validTo, today);
  return token;
}

/** Signatures that held, with their keys: a poster is scanned again and again. What holds once holds for ever, for everybody. */
const held = new Set<string>();
const mostHeld = 1_000;

function isSignedBy(text: string, { kty, crv, x }: CodeJwk): boolean {
  const name = `${x} ${text}`;
  if (held.has(name)) return true;
  const bytes = Buffer.from(text, 'base64url');
  const key = createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
  if (!verify(null, bytes.subarray(0, payloadBytes), key, bytes.subarray(payloadBytes))) return false;
  if (held.size === mostHeld) held.clear();
  held.add(name);
  return true;
}

/** Refuses a code before its first day and after its last. */
export function mustBeInTime(validFrom: string | null, validTo: string | null, today: string): void {
  if (validFrom && today < validFrom) throw new DomainError('LOAN_CODE_NOT_YET_VALID', `The loan code is good from ${validFrom} on.`);
  if (validTo && today > validTo) throw new DomainError('LOAN_CODE_EXPIRED', `The loan code was good until ${validTo}.`);
}

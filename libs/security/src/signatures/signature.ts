import type { KeyObject } from 'node:crypto';
import { DomainError } from '@finharbor/contracts/errors';
import { type InnerList, isInnerList, parseDictionary, serializeInnerList } from 'structured-headers';
import type { Sm2PrivateKey } from '../national/sm2-keys.js';
import { signBase, type SignerJwk, type SignerKey } from './keys.js';
import { ComponentError, signatureBase, type SignedMessage } from './signature-base.js';

/**
 * What a signed business request covers, at least. `@target-uri` is what the client addressed, with the path and the query: it is
 * compared with the address under which this installation is known (PUBLIC_URL), so that no proxy on the way changes it, whatever
 * it does to Host and scheme, and a signature for another installation is none here. The digest stands for the body.
 * The key of idempotency makes a replay an answer and not a second deed.
 */
export const requiredComponents = ['@method', '@target-uri', 'content-digest', 'content-type', 'idempotency-key'] as const;

/** How old a signature may be, in seconds. */
export const maxAgeSeconds = 300;
/** How far ahead the sender's clock may be, in seconds. */
export const maxAheadSeconds = 60;

/** A signature that holds, with all that is needed to show it to somebody else later. */
export interface VerifiedSignature {
  /** The public key, as it is registered. */
  key: SignerJwk;
  algorithm: string;
  /** The text that was signed. */
  base: string;
  /** In base64. */
  signature: string;
}

/** The rules a signature can break, as `errors[].rule` names them. */
type Rule = 'syntax' | 'single' | 'covers' | 'component' | 'created' | 'expires' | 'keyid' | 'alg' | 'signature';

const fail = (rule: Rule, message: string, field = 'Signature-Input'): DomainError =>
  new DomainError('SIGNATURE_INVALID', message, [{ field, rule, message }]);

/** Whether the message claims to be signed: one of the two fields is enough. */
export const claimsSignature = ({ headers }: SignedMessage): boolean => headers.signature !== undefined || headers['signature-input'] !== undefined;

/**
 * Verifies the one signature of a request (RFC 9421, 3.2) with the keys of its sender. Throws SIGNATURE_INVALID, which names the
 * rule that is broken. That the digest is the body's is for whoever reads the body to see (ContentDigest).
 */
export function verifyRequest(message: SignedMessage, keys: readonly SignerKey[], now = Date.now()): VerifiedSignature {
  const { covered, signature } = parse(message);
  const names = covered[0].map(([name]) => name);
  const missing = requiredComponents.filter((name) => !names.includes(name));
  if (missing.length > 0) throw fail('covers', `The signature does not cover ${missing.join(', ')}.`);
  checkTimes(covered, now);
  const key = keyOf(covered, keys);
  const base = baseOf(message, covered);
  if (!key.verify(base, signature)) {
    throw fail('signature', `The signature is not that of the key ${key.id} (${key.algorithm}) over this message, whose @target-uri is ${message.targetUri}.`, 'Signature');
  }
  return { key: key.jwk, algorithm: key.algorithm, base: base.toString(), signature: signature.toString('base64') };
}

function parse({ headers }: SignedMessage): { covered: InnerList; signature: Buffer } {
  const [inputs, signatures] = (['signature-input', 'signature'] as const).map((name) => {
    if (typeof headers[name] !== 'string') throw fail('syntax', 'A signed request has Signature-Input and Signature.');
    try {
      return parseDictionary(headers[name]);
    } catch {
      throw fail('syntax', `${name === 'signature' ? 'Signature' : 'Signature-Input'} cannot be read as a dictionary of RFC 9651.`);
    }
  });
  if (inputs.size !== 1 || signatures.size !== 1) throw fail('single', 'A request has one signature.');
  const [[label, covered]] = inputs;
  const signature = signatures.get(label)?.[0];
  if (!isInnerList(covered)) throw fail('syntax', `What ${label} covers is written as a list in brackets.`);
  if (!(signature instanceof ArrayBuffer)) throw fail('syntax', `There is no signature ${label}, in base64 between colons.`, 'Signature');
  return { covered, signature: Buffer.from(signature) };
}

function checkTimes([, parameters]: InnerList, now: number): void {
  const [created, expires] = [parameters.get('created'), parameters.get('expires')];
  const seconds = now / 1_000;
  if (typeof created !== 'number' || !Number.isInteger(created)) throw fail('created', 'created says when it was signed, in whole seconds since 1970.');
  if (created < seconds - maxAgeSeconds) throw fail('created', `It was signed more than ${maxAgeSeconds} seconds ago. Sign it anew, with the same Idempotency-Key.`);
  if (created > seconds + maxAheadSeconds) throw fail('created', `It was signed more than ${maxAheadSeconds} seconds ahead of this clock.`);
  if (expires !== undefined && !(typeof expires === 'number' && expires >= seconds)) throw fail('expires', 'It has expired.');
}

function keyOf([, parameters]: InnerList, keys: readonly SignerKey[]): SignerKey {
  const [id, algorithm] = [parameters.get('keyid'), parameters.get('alg')];
  const key = keys.find((one) => one.id === id);
  if (typeof id !== 'string') throw fail('keyid', 'keyid names the key that signed.');
  if (!key) throw fail('keyid', `The key ${id} is not a registered key of this client that may sign requests.`);
  if (algorithm !== undefined && algorithm !== key.algorithm) throw fail('alg', `The key ${id} signs with ${key.algorithm}.`);
  return key;
}

function baseOf(message: SignedMessage, covered: InnerList): Buffer {
  try {
    return signatureBase(message, covered);
  } catch (error) {
    if (error instanceof ComponentError) throw fail('component', `${error.message}.`);
    throw error;
  }
}

/** What a signature says of itself. `created` is in seconds. */
export interface SignatureParameters {
  created: number;
  keyid: string;
  nonce?: string;
}

/** Signs a request: the two fields to add to it. For clients, tools and tests. */
export function signRequest(
  message: SignedMessage, key: KeyObject | Sm2PrivateKey, parameters: SignatureParameters,
  components: readonly string[] = requiredComponents,
): { 'signature-input': string; signature: string } {
  const covered: InnerList = [components.map((name) => [name, new Map()]), new Map(Object.entries(parameters))];
  const signature = signBase(key, signatureBase(message, covered));
  return { 'signature-input': `sig=${serializeInnerList(covered)}`, signature: `sig=:${signature.toString('base64')}:` };
}

import { parseDictionary } from 'structured-headers';
import { type AuditKeys, digestOf } from '../audit/seal.js';
import { signerKey, type SignerJwk } from '../signatures/keys.js';
import type { VerifiedSignature } from '../signatures/signature.js';

/** What the platform confirms that it received and accepted. All texts, so that there is one way to write it. */
export interface ReceiptFacts {
  id: string;
  /** Where the platform is reached, and which service of it took the request in. */
  issuer: string;
  service: string;
  /** The platform's clock, ISO 8601 in UTC. */
  receivedAt: string;
  /** Who sent it, by the access token. */
  organisationId: string;
  clientId: string | null;
  method: string;
  targetUri: string;
  idempotencyKey: string;
  /** Digests of the body, as the field of RFC 9530 has them; SHA-256 at least. */
  contentDigest: string;
  /** The record that it made or changed. */
  resource: string;
  resourceId: string;
  /** The sender's own signature, with the key that was registered for it at that time; null when it did not sign. */
  sender: VerifiedSignature | null;
}

/** The signature is Ed25519 by one of the keys that seal the audit trail, over the document without it, in canonical form. */
export interface Receipt extends ReceiptFacts {
  form: typeof form;
  keyId: string;
  /** In base64. */
  signature: string;
}

const form = 'finharbor.receipt.1';

/**
 * JSON in the form of RFC 8785: members in the order of their names, nothing between them. A receipt has texts, nulls and objects
 * alone, and names of ASCII, for which this is all of that form.
 */
export const canonical = (value: unknown): string => (value === null || typeof value !== 'object' ? JSON.stringify(value)
  : `{${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join(',')}}`);

export function signReceipt(keys: AuditKeys, facts: ReceiptFacts): Receipt {
  const unsigned = { form, ...facts, keyId: keys.currentId } as const;
  return { ...unsigned, signature: keys.sign(Buffer.from(canonical(unsigned))).toString('base64') };
}

/** SHA-256 of the whole receipt in canonical form, in hexadecimal: what the audit trail keeps of it. */
export const receiptDigest = (receipt: Receipt): string => digestOf(canonical(receipt)).toString('hex');

/** One thing that a receipt shows, or fails to. */
export interface ReceiptCheck {
  what: 'platform' | 'sender' | 'sender covers';
  holds: boolean;
  message: string;
}

/** Checks a receipt with nothing but public keys. Whether a body is the one that was received is for `ContentDigest` to say. */
export function verifyReceipt(receipt: Receipt, keys: AuditKeys): ReceiptCheck[] {
  const { signature, ...unsigned } = receipt;
  const bytes = Buffer.from(signature ?? '', 'base64');
  // One receipt has one text, and so one digest in the trail: base64 has other spellings of the same bytes.
  const isOurs = receipt.form === form && bytes.toString('base64') === signature;
  const signed = isOurs ? keys.verify(receipt.keyId, Buffer.from(canonical(unsigned)), bytes) : false;
  const platform: ReceiptCheck = {
    what: 'platform', holds: signed === true,
    message: signed === undefined ? `the key ${receipt.keyId} is not among the public keys given` : `signed by the platform’s key ${receipt.keyId}`,
  };
  return receipt.sender ? [platform, ...senderChecks(receipt, receipt.sender)] : [platform];
}

function senderChecks(receipt: Receipt, { algorithm, base, key, signature }: VerifiedSignature): ReceiptCheck[] {
  const holds = signedBy(key, base, signature);
  const wrong = uncovered(receipt, base);
  const covered = 'the sender signed this method, address, digest and idempotency key';
  return [
    { what: 'sender', holds, message: `signed by the sender’s key ${key.kid} (${algorithm})` },
    { what: 'sender covers', holds: wrong.length === 0, message: wrong.length > 0 ? `the sender signed another ${wrong.join(', ')}` : covered },
  ];
}

function signedBy(key: SignerJwk, base: string, signature: string): boolean {
  try {
    return signerKey(key).verify(Buffer.from(base), Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}

/** What of the receipt is not what the sender signed. */
function uncovered(receipt: Receipt, base: string): string[] {
  const lines = new Map(base.split('\n').map((line): [string, string] => {
    const [, name, value] = /^"([^"]+)": (.*)$/.exec(line) ?? [];
    return [name, value];
  }));
  const same = { '@method': receipt.method, '@target-uri': receipt.targetUri, 'idempotency-key': receipt.idempotencyKey };
  const different = Object.entries(same).filter(([name, value]) => lines.get(name) !== value).map(([name]) => name);
  return sameDigest(lines.get('content-digest') ?? '', receipt.contentDigest) ? different : [...different, 'content-digest'];
}

/** Whether two fields have a digest in common, and none that differs. */
function sameDigest(signed: string, received: string): boolean {
  const [one, other] = [signed, received].map(digestsOf);
  const common = [...one.keys()].filter((name) => other.has(name));
  return common.length > 0 && common.every((name) => one.get(name) === other.get(name));
}

function digestsOf(field: string): Map<string, string> {
  try {
    return new Map([...parseDictionary(field)].map(([name, [value]]) => [name, Buffer.from(value as ArrayBuffer).toString('hex')]));
  } catch {
    return new Map();
  }
}

import { createHash, type Hash, timingSafeEqual } from 'node:crypto';
import { DomainError } from '@finharbor/contracts/errors';
import { type Dictionary, parseDictionary } from 'structured-headers';

/** The algorithms of RFC 9530 that are fit for the purpose; the other registered ones are not. */
const algorithms = ['sha-256', 'sha-512'] as const;

type Algorithm = (typeof algorithms)[number];

const fail = (message: string): DomainError =>
  new DomainError('CONTENT_DIGEST_INVALID', message, [{ field: 'Content-Digest', rule: 'RFC 9530', message }]);

/**
 * Hashes a body as it passes, and compares it with what its Content-Digest (RFC 9530) says. Of several digests all that we know
 * must be right. Throws CONTENT_DIGEST_INVALID at once for a field that cannot be read or has no algorithm that we know.
 */
export class ContentDigest {
  private readonly hashes = new Map<Algorithm, Hash>();
  private readonly said: Map<Algorithm, Buffer>;

  /** @param field the header, if there is one; SHA-256 is computed in any case */
  constructor(field: string | undefined) {
    this.said = field === undefined ? new Map() : parse(field);
    for (const name of new Set<Algorithm>(['sha-256', ...this.said.keys()])) this.hashes.set(name, createHash(name.replace('-', '')));
  }

  update(part: Buffer): void {
    for (const hash of this.hashes.values()) hash.update(part);
  }

  /** What the body is, as the header writes it, SHA-256 first. CONTENT_DIGEST_INVALID when it is not what was said. To be called once. */
  end(): string {
    const found = [...this.hashes].map(([name, hash]) => [name, hash.digest()] as const);
    for (const [name, digest] of found) {
      const said = this.said.get(name);
      if (said && !(said.length === digest.length && timingSafeEqual(said, digest))) throw fail(`The body is not what the ${name} of Content-Digest says.`);
    }
    return contentDigest(Object.fromEntries(found));
  }
}

/** Writes digests as the header has them. */
export const contentDigest = (digests: Record<string, Buffer>): string =>
  Object.entries(digests).map(([name, digest]) => `${name}=:${digest.toString('base64')}:`).join(', ');

function parse(field: string): Map<Algorithm, Buffer> {
  let dictionary: Dictionary;
  try {
    dictionary = parseDictionary(field);
  } catch {
    throw fail('Content-Digest cannot be read; it is written sha-256=:<base64>:.');
  }
  const said = algorithms.flatMap((name): [Algorithm, Buffer][] => {
    const value = dictionary.get(name)?.[0];
    if (value === undefined) return [];
    if (!(value instanceof ArrayBuffer)) throw fail(`The ${name} of Content-Digest is written between colons, in base64.`);
    return [[name, Buffer.from(value)]];
  });
  if (said.length === 0) throw fail(`Content-Digest must have ${algorithms.join(' or ')}.`);
  return new Map(said);
}

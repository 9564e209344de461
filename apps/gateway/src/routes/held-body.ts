import type { Readable } from 'node:stream';
import { DomainError } from '@finharbor/contracts/errors';
import type { FastifyRequest } from 'fastify';
import { shielded } from './shielded.js';

/** A body of at most so many bytes is held, so that it can be sent again; a larger one streams through. */
const heldBytes = 65_536;

/** The body of a request as a service gets it: whole when it is small and says so, otherwise as it comes. */
export async function bodyOf(request: FastifyRequest, payload: Readable): Promise<Buffer | Readable> {
  const length = Number(request.headers['content-length'] ?? NaN);
  if (!(length <= heldBytes)) return shielded(payload);
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    payload.on('data', (part: Buffer) => parts.push(part))
      .once('end', () => resolve(Buffer.concat(parts)))
      .once('error', () => reject(new DomainError('MALFORMED_REQUEST', 'The body broke off.')));
  });
}

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { DomainError } from '@finharbor/contracts/errors';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { contextOf } from '../http/request-context.js';
import { hookRoutes, isWrite } from '../http/route-hooks.js';

/** What a POST with an Idempotency-Key carries through its transaction (architecture.md rule 9). */
export interface Idempotency {
  readonly key: string;
  /** `METHOD /path`, without the query. */
  readonly route: string;
  /** Of the request's body and query: the same key with another body is refused. A streamed body sets it when it was read. */
  fingerprint: string;
  /** The status of the answer, stored with it. */
  readonly status: number;
  /** The stored answer, once the transaction wrote it. */
  body?: string;
  /** The receipt of what the transaction did, if it issued one. */
  receiptId?: string;
}

/** Ends a transaction whose answer was given before: the problem filter sends that answer again. */
export class Replayed extends Error {
  constructor(readonly status: number, readonly body: string) {
    super('replayed');
  }
}

const keyShape = /^[\x21-\x7e]{1,255}$/;

/** Asks every POST under /v1 for an Idempotency-Key, when its body was read and before anything is done. */
export function registerIdempotency(server: FastifyInstance): void {
  hookRoutes(server, isWrite, {
    preHandler: (request, reply, done) => {
      const key = request.headers['idempotency-key'];
      if (typeof key !== 'string' || !keyShape.test(key)) return done(new DomainError('IDEMPOTENCY_KEY_MISSING'));
      const [path, query = ''] = request.url.split('?', 2);
      contextOf(request).idempotency = {
        key,
        route: `POST ${path}`,
        fingerprint: fingerprintOf(request.body, query),
        get status() {
          return reply.statusCode;
        },
      };
      done();
    },
  });
}

export const asJson = (reply: FastifyReply): FastifyReply => reply.header('content-type', 'application/json; charset=utf-8');

function fingerprintOf(body: unknown, query: string): string {
  if (body instanceof Readable) return '';
  return createHash('sha256').update(query).update('\n').update(textOf(body)).digest('base64url');
}

function textOf(body: unknown): string {
  try {
    return JSON.stringify(body ?? null);
  } catch {
    throw new DomainError('MALFORMED_REQUEST', 'The body is nested too deeply.');
  }
}

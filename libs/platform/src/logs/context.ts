import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Caller } from '@finharbor/security/tokens/caller';
import type { Idempotency } from '../idempotency/idempotency.js';
import type { Receiving } from '../receipts/receiving.js';

/** What belongs to one request or one job, reachable from anywhere below it. */
export interface Context {
  readonly requestId: string;
  /** For the audit trail: the id and, after a blank, the name that the client gave its request. */
  readonly requestName: string;
  /** W3C trace context of this unit of work; crosses HTTP and the queue. */
  readonly traceparent: string;
  caller?: Caller;
  idempotency?: Idempotency;
  /** On a route that may be signed: how the request came in. */
  receiving?: Receiving;
}

const storage = new AsyncLocalStorage<Context>();

export const currentContext = (): Context | undefined => storage.getStore();

export const runInContext = <T>(context: Context, work: () => T): T => storage.run(context, work);

const shape = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;

/** A new span of the trace that came in, or of a new trace. */
export function newContext(traceparent?: string, requestId: string = randomUUID(), clientName?: string): Context {
  let own: string | undefined;
  return {
    requestId,
    requestName: clientName && clientName !== requestId ? `${requestId} ${clientName}` : requestId,
    // Made when somebody asks for it, which most requests never do.
    get traceparent(): string {
      return own ??= `00-${shape.exec(traceparent ?? '')?.[1] ?? randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
    },
  };
}

export const traceIdOf = (context: Context): string => context.traceparent.slice(3, 35);

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
}

/** Ends a transaction whose answer was given before: the interceptor sends it again. */
export class Replayed extends Error {
  constructor(readonly status: number, readonly body: string) {
    super('replayed');
  }
}

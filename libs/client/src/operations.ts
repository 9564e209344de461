import type { Operations } from './generated/types.gen.js';

/** An operation of the API as the OpenAPI document writes it, such as `POST /v1/demands/{id}/acceptance`. */
export type Operation = keyof Operations;

/** What goes with any request. */
export interface Extras {
  /** Yours, to make a repeated run harmless; a new one for each POST unless told. */
  idempotencyKey?: string;
  /** Of one demand or issue, handed out when it was submitted. */
  accessSecret?: string;
  /** The `etag` with which the record was read that you change. */
  ifMatch?: string;
  /** Of a body that is not JSON. */
  contentType?: string;
  signal?: AbortSignal;
}

/** What an operation takes: `path`, `query` and `body`. */
export type Input<O extends Operation> = Omit<Operations[O]['data'], 'headers' | 'url'> & Extras;

/** Left out where nothing of it is needed. */
export type Inputs<O extends Operation> = Record<never, never> extends Input<O> ? [input?: Input<O>] : [input: Input<O>];

export type Answer<O extends Operation> = Operations[O]['answer'];

/** Operations that answer page by page. */
export type Paged = { [O in Operation]: Answer<O> extends { items: unknown[]; nextCursor: string | null } ? O : never }[Operation];

export type Item<O extends Paged> = Answer<O> extends { items: (infer T)[] } ? T : never;

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClientKey } from './client-key.js';
import type { FeedOptions, PublicEvent } from './events.js';
import type { Answer, Extras, Inputs, Item, Operation, Paged } from './operations.js';
import { failure, FinHarborError } from './problem.js';
import { RequestSigner } from './request-signer.js';
import { type Credentials, isStream, Session } from './session.js';

export interface ClientOptions extends Credentials {
  /** Signs what is posted (docs/signing.md): a private JWK of Ed25519 or P-256 with the `kid` under which it is registered for that. */
  signingKey?: ClientKey;
  /** Takes the receipt of each request that has one. */
  onReceipt?: (receipt: Record<string, unknown>) => unknown;
  /** How often a request that may be repeated is tried in all; 5 unless told. */
  attempts?: number;
}

export interface RequestOptions extends Extras {
  query?: Record<string, unknown>;
  /** An object is sent as JSON; a string, bytes or a stream as they are, with `contentType`. */
  body?: unknown;
}

/** A field of a GraphQL answer that could not be had. */
export interface GraphqlError {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string };
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Not carried out, and soon perhaps: RATE_LIMITED, SERVICE_UNAVAILABLE. */
const refused = new Set([429, 503]);
/** Perhaps carried out. */
const unknown = new Set([502, 504]);
/** Who is told to wait longer hears of it instead. */
const longestWaitMs = 60_000;

/**
 * Talks to FinHarbor over REST and GraphQL: fetches and renews its token, gives every POST an Idempotency-Key, and
 * repeats what may be repeated when a service is away for a moment, with the same key, so that nothing happens twice.
 */
export class FinHarborClient {
  private readonly session: Session;
  private readonly signer?: RequestSigner;

  constructor(private readonly options: ClientOptions) {
    this.session = new Session(options);
    if (options.signingKey) this.signer = new RequestSigner(options.signingKey);
  }

  /** Any operation, with its input and answer typed: `call('POST /v1/demands/{id}/acceptance', { path: { id } })`. */
  async call<O extends Operation>(operation: O, ...input: Inputs<O>): Promise<Answer<O>> {
    return (await this.exchange(operation, ...input)).answer;
  }

  /** The same with the headers of the answer: `etag` for the next `ifMatch`, `request-id`. */
  exchange<O extends Operation>(operation: O, ...[input]: Inputs<O>): Promise<{ answer: Answer<O>; headers: Headers }> {
    const { path = {}, ...options } = (input ?? {}) as RequestOptions & { path?: Record<string, string> };
    const [method, template] = operation.split(' ') as [Method, string];
    return this.send(method, template.replaceAll(/{(\w+)}/g, (_, name: string) => encodeURIComponent(path[name])), options);
  }

  /** Every record of a paged list, fetched page by page: `each('GET /v1/referrals', { query: { state: 'DELIVERED' } })`. */
  async *each<O extends Paged>(operation: O, ...[input]: Inputs<O>): AsyncGenerator<Item<O>> {
    const { query, ...rest } = (input ?? {}) as RequestOptions;
    for (let cursor: string | undefined; ;) {
      const next = [{ ...rest, query: { limit: 200, ...query, cursor } }] as unknown as Inputs<O>;
      const page = (await this.call(operation, ...next)) as { items: Item<O>[]; nextCursor: string | null };
      yield* page.items;
      if (!page.nextCursor) return;
      cursor = page.nextCursor;
    }
  }

  async get<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return (await this.send<T>('GET', path, options)).answer;
  }

  async post<T>(path: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
    return (await this.send<T>('POST', path, { ...options, body })).answer;
  }

  /** Every record of a paged list, by its path. */
  async *pages<T>(path: string, query: RequestOptions['query'] = {}): AsyncGenerator<T> {
    for (let cursor: string | undefined; ;) {
      const page = await this.get<{ items: T[]; nextCursor: string | null }>(path, { query: { limit: 200, ...query, cursor } });
      yield* page.items;
      if (!page.nextCursor) return;
      cursor = page.nextCursor;
    }
  }

  /**
   * The change feed: everything that this organisation is told, in order, and what comes while it waits. An event comes again when
   * the reader was broken off before `onCursor` was told, and when it came as a webhook too: the same has the same `id`.
   */
  async *events({ after, types, waitSeconds = 30, signal, onCursor }: FeedOptions = {}): AsyncGenerator<PublicEvent> {
    for (let cursor = after; !signal?.aborted;) {
      const query = { after: cursor, types: types?.join(',') || undefined, wait: waitSeconds };
      const page = await this.get<{ items: PublicEvent[]; nextCursor: string }>('/v1/events', { query, signal }).catch((error: unknown) => {
        if (signal?.aborted) return undefined;
        throw error;
      });
      if (!page) return;
      yield* page.items;
      cursor = page.nextCursor;
      await onCursor?.(cursor);
      if (waitSeconds === 0 && page.items.length === 0) return;
    }
  }

  /** The answer of a GraphQL operation, with the errors of the fields that could not be had. */
  async graphql<T>(query: string, variables: object = {}): Promise<{ data: T; errors?: GraphqlError[] }> {
    return this.attempt(true, async () => {
      const answer = await this.fetch('POST', '/graphql', { body: { query, variables } });
      if (refused.has(answer.status) || unknown.has(answer.status)) throw await failure(answer);
      return (await answer.json()) as { data: T; errors?: GraphqlError[] };
    });
  }

  /** A file, such as the picture of a loan code. */
  async download(path: string): Promise<Uint8Array> {
    const answer = await this.fetch('GET', path, {});
    if (!answer.ok) throw await failure(answer);
    return new Uint8Array(await answer.arrayBuffer());
  }

  private async send<T>(method: Method, path: string, given: RequestOptions): Promise<{ answer: T; headers: Headers }> {
    const options = method === 'POST' ? { ...given, idempotencyKey: given.idempotencyKey ?? randomUUID() } : given;
    const isHarmless = (method === 'GET' || method === 'POST') && !isStream(bodyOf(options));
    const done = await this.attempt(isHarmless, async () => {
      const response = await this.fetch(method, path, options);
      if (!response.ok) throw await failure(response);
      const text = await response.text();
      return { answer: (text ? JSON.parse(text) : undefined) as T, headers: response.headers };
    }, options.signal);
    // What was asked is done; who wants the receipt and did not get it repeats the request with the same key.
    const receipt = this.options.onReceipt && receiptOf(done.headers);
    if (receipt) await this.options.onReceipt?.(await this.get(receipt));
    return done;
  }

  /** @param isHarmless whether it may be repeated where nobody knows if it was carried out */
  private async attempt<T>(isHarmless: boolean, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        const told = error instanceof FinHarborError ? error.retryAfterMs : undefined;
        const waitMs = told ?? 100 * 2 ** tries * (0.75 + Math.random() / 2);
        const isLast = tries >= (this.options.attempts ?? 5) || waitMs > longestWaitMs;
        if (signal?.aborted || isLast || !mayRepeat(error, isHarmless)) throw error;
        await pause(waitMs, undefined, { signal });
      }
    }
  }

  private async fetch(method: Method, path: string, options: RequestOptions): Promise<Response> {
    const url = new URL(path, this.options.baseUrl);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      for (const one of [value].flat()) if (one !== undefined) url.searchParams.append(name, String(one));
    }
    const body = bodyOf(options);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = options.contentType ?? 'application/json';
    if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey;
    if (options.accessSecret) headers['access-secret'] = options.accessSecret;
    if (options.ifMatch) headers['if-match'] = options.ifMatch;
    if (this.signer && options.idempotencyKey && body !== undefined) {
      if (isStream(body)) throw new TypeError('Only a body that is there whole can be signed: give text or bytes.');
      const target = await this.session.outside(url);
      const { 'content-type': contentType, 'idempotency-key': idempotencyKey } = headers;
      Object.assign(headers, this.signer.headers({ method, target, contentType, idempotencyKey, body: body as string | Uint8Array }));
    }
    return this.session.fetch(url, { method, headers, body: body as never, signal: options.signal });
  }
}

const bodyOf = ({ body, contentType }: RequestOptions): unknown => (body === undefined || contentType ? body : JSON.stringify(body));

function mayRepeat(error: unknown, isHarmless: boolean): boolean {
  if (!(error instanceof FinHarborError)) return isHarmless; // the network
  const { status, code } = error.problem;
  return refused.has(status) || (isHarmless && (unknown.has(status) || code === 'IDEMPOTENCY_IN_FLIGHT'));
}

/** The path of the receipt that an answer names. */
function receiptOf(headers: Headers): string | undefined {
  const [, address] = /<([^>]+)>\s*;[^,]*\brel="?receipt\b/.exec(headers.get('link') ?? '') ?? [];
  return address && new URL(address).pathname;
}

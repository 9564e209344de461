import { randomUUID } from 'node:crypto';
import { type ClientKey, Possession } from './client-key.js';
import type { Problem } from './generated/types.gen.js';

export interface ClientOptions {
  /** Where the gateway answers, such as `https://finharbor.example`. */
  baseUrl: string;
  /** Without credentials the client calls as anybody. */
  clientId?: string;
  /** The private key that belongs to one of the client's registered keys. */
  privateKey?: ClientKey;
  /** Of a sandbox client, instead of a key. */
  clientSecret?: string;
  /** How often a request that may be repeated is tried in all; 5 unless told. */
  attempts?: number;
}

export interface RequestOptions {
  query?: Record<string, string | number | boolean | undefined>;
  /** An object is sent as JSON; a string, bytes or a stream as they are, with `contentType`. */
  body?: unknown;
  contentType?: string;
  /** Yours, to make a repeated run harmless; a new one for each POST unless told. */
  idempotencyKey?: string;
  /** Of one demand or issue, handed out when it was submitted. */
  accessSecret?: string;
}

/** A refusal, with the problem document that explains it. */
export class FinHarborError extends Error {
  override readonly name = 'FinHarborError';

  constructor(readonly problem: Problem) {
    const errors = problem.errors?.map((error) => `${error.field}: ${error.message}`).join('; ');
    super(`${problem.code}: ${problem.detail ?? problem.title}${errors ? ` (${errors})` : ''}`);
  }
}

/** A field of a GraphQL answer that could not be had. */
export interface GraphqlError {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string };
}

interface Request {
  method: string;
  headers: Record<string, string>;
  body: never;
}

const passing = new Set([429, 502, 503, 504]);

/**
 * Talks to FinHarbor over REST and GraphQL: fetches and renews its token, gives every POST an Idempotency-Key, and
 * repeats what may be repeated when a service is away for a moment, with the same key, so that nothing happens twice.
 */
export class FinHarborClient {
  private token?: { value: Promise<string>; renewAt: number };
  private readonly possession?: Possession;
  private issuer?: Promise<string>;

  constructor(private readonly options: ClientOptions) {
    const { clientId, privateKey } = options;
    if (clientId && privateKey) this.possession = new Possession(clientId, privateKey);
  }

  get<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return this.send<T>('GET', path, options);
  }

  post<T>(path: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
    return this.send<T>('POST', path, { ...options, body });
  }

  /** Every record of a paged list, fetched page by page. */
  async *pages<T>(path: string, query: RequestOptions['query'] = {}): AsyncGenerator<T> {
    for (let cursor: string | undefined; ;) {
      const page = await this.get<{ items: T[]; nextCursor: string | null }>(path, { query: { limit: 200, ...query, cursor } });
      yield* page.items;
      if (!page.nextCursor) return;
      cursor = page.nextCursor;
    }
  }

  /** The answer of a GraphQL operation, with the errors of the fields that could not be had. */
  async graphql<T>(query: string, variables: object = {}): Promise<{ data: T; errors?: GraphqlError[] }> {
    return this.attempt(async () => {
      const answer = await this.fetch('POST', '/graphql', { body: { query, variables } });
      if (passing.has(answer.status)) throw await failure(answer);
      return (await answer.json()) as { data: T; errors?: GraphqlError[] };
    });
  }

  /** A file, such as the picture of a loan code. */
  async download(path: string): Promise<Uint8Array> {
    const answer = await this.fetch('GET', path, {});
    if (!answer.ok) throw await failure(answer);
    return new Uint8Array(await answer.arrayBuffer());
  }

  private send<T>(method: 'GET' | 'POST', path: string, options: RequestOptions): Promise<T> {
    const request = method === 'POST' ? { idempotencyKey: randomUUID(), ...options } : options;
    return this.attempt(async () => {
      const answer = await this.fetch(method, path, request);
      if (!answer.ok) throw await failure(answer);
      return (await answer.json()) as T;
    });
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        const final = error instanceof FinHarborError && !passing.has(error.problem.status) && error.problem.code !== 'IDEMPOTENCY_IN_FLIGHT';
        if (final || tries >= (this.options.attempts ?? 5)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** tries));
      }
    }
  }

  private async fetch(method: string, path: string, options: RequestOptions): Promise<Response> {
    const url = new URL(path, this.options.baseUrl);
    for (const [name, value] of Object.entries(options.query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value));
    const headers: Record<string, string> = { accept: 'application/json' };
    const { body, contentType } = options;
    if (body !== undefined) headers['content-type'] = contentType ?? 'application/json';
    if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey;
    if (options.accessSecret) headers['access-secret'] = options.accessSecret;
    const init = { method, headers, body: (body === undefined || contentType ? body : JSON.stringify(body)) as never };
    if (!this.options.clientId) return fetch(url, init);
    if (!this.possession) return fetch(url, { ...init, headers: { ...headers, authorization: `Bearer ${await this.accessToken()}` } });
    const answer = await this.fetchBound(this.possession, url, init);
    const isAgain = this.possession.learn(answer, answer.headers.get('www-authenticate'));
    // What was a stream is gone: a fresh token has come with a fresh nonce before it was sent.
    const isSpent = typeof body === 'object' && contentType !== undefined && !(body instanceof Uint8Array);
    return isAgain && !isSpent ? this.fetchBound(this.possession, url, init) : answer;
  }

  /** Sends a request with a token that is bound to a key, and with the proof that we have it. */
  private async fetchBound(possession: Possession, url: URL, init: Request): Promise<Response> {
    if (possession.isStale && this.token?.renewAt !== Infinity) this.token = undefined; // unless one is on its way
    const token = await this.accessToken();
    const proof = possession.proof(init.method, await this.outside(url), token);
    return fetch(url, { ...init, headers: { ...init.headers, authorization: `DPoP ${token}`, dpop: proof } });
  }

  /** The address by which the server knows itself. */
  private async outside(url: URL): Promise<string> {
    return (await this.issuerName()).replace(/\/$/, '') + url.pathname;
  }

  private issuerName(): Promise<string> {
    this.issuer ??= fetch(new URL('/.well-known/oauth-authorization-server', this.options.baseUrl)).then(async (answer) => {
      if (!answer.ok) throw await failure(answer);
      return ((await answer.json()) as { issuer: string }).issuer;
    }).catch((error: unknown) => {
      this.issuer = undefined;
      throw error;
    });
    return this.issuer;
  }

  private accessToken(): Promise<string> {
    if (!this.token || Date.now() >= this.token.renewAt) {
      const token = { value: this.fetchToken(), renewAt: Infinity };
      token.value.catch(() => { this.token = undefined; });
      this.token = token;
    }
    return this.token.value;
  }

  private async fetchToken(): Promise<string> {
    const answer = await (this.possession ? this.askForBoundToken(this.possession) : this.askForToken());
    if (!answer.ok) throw await failure(answer);
    const { access_token: value, expires_in: seconds } = (await answer.json()) as { access_token: string; expires_in: number };
    if (this.token) this.token.renewAt = Date.now() + (seconds - 30) * 1000;
    return value;
  }

  private askForToken(headers: Record<string, string> = this.basic(), form = ''): Promise<Response> {
    return fetch(new URL('/oauth/token', this.options.baseUrl), {
      method: 'POST', headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, body: `grant_type=client_credentials${form}`,
    });
  }

  /** Asks again, with another assertion, when a nonce is wanted: the first has been used. */
  private async askForBoundToken(possession: Possession): Promise<Response> {
    const issuer = await this.issuerName();
    const ask = (): Promise<Response> => this.askForToken(
      { dpop: possession.proof('POST', `${issuer.replace(/\/$/, '')}/oauth/token`) },
      `&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=${possession.assertion(issuer)}`,
    );
    const answer = await ask();
    if (answer.ok) {
      possession.learn(answer, undefined);
      return answer;
    }
    const { error } = (parse(await answer.clone().text()) ?? {}) as { error?: string };
    if (!possession.learn(answer, error)) return answer;
    const again = await ask();
    possession.learn(again, undefined);
    return again;
  }

  private basic(): Record<string, string> {
    const { clientId, clientSecret } = this.options;
    return { authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId!)}:${encodeURIComponent(clientSecret ?? '')}`).toString('base64')}` };
  }
}

/** What a failed answer says; answers that are no problem documents (OAuth's, a proxy's) are made into one. */
async function failure(answer: Response): Promise<FinHarborError> {
  const text = await answer.text();
  const parsed = parse(text);
  if (typeof parsed?.code === 'string') return new FinHarborError(parsed as unknown as Problem);
  const detail = [parsed?.error, parsed?.error_description].filter(Boolean).join(': ') || `HTTP ${answer.status}`;
  const code = answer.status === 401 ? 'UNAUTHENTICATED' : `HTTP_${answer.status}`;
  return new FinHarborError({ type: 'about:blank', title: 'The request failed', status: answer.status, code, detail });
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

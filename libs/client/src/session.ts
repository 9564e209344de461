import { type ClientKey, Possession } from './client-key.js';
import { failure, parseJson } from './problem.js';

export interface Credentials {
  /** Where the gateway answers, such as `https://finharbor.example`. */
  baseUrl: string;
  /** Without credentials the client calls as anybody. */
  clientId?: string;
  /** The private key that belongs to one of the client's registered keys. */
  privateKey?: ClientKey;
  /** Of a sandbox client, instead of a key. */
  clientSecret?: string;
}

export interface Init {
  method: string;
  headers: Record<string, string>;
  /** Text, bytes or a stream. */
  body: RequestInit['body'];
  signal?: AbortSignal;
}

/** Fetches and renews a client's token, and sends requests with it and with the proof of its key. */
export class Session {
  private token?: { value: Promise<string>; renewAt: number };
  private readonly possession?: Possession;
  private issuer?: Promise<string>;

  constructor(private readonly credentials: Credentials) {
    const { clientId, privateKey } = credentials;
    if (clientId && privateKey) this.possession = new Possession(clientId, privateKey);
  }

  async fetch(url: URL, init: Init): Promise<Response> {
    if (!this.credentials.clientId) return fetch(url, streamable(init));
    if (!this.possession) return fetch(url, streamable({ ...init, headers: { ...init.headers, authorization: `Bearer ${await this.accessToken()}` } }));
    const answer = await this.fetchBound(this.possession, url, init);
    const isAgain = this.possession.learn(answer, answer.headers.get('www-authenticate'));
    // What was a stream is gone: a fresh token has come with a fresh nonce before it was sent.
    return isAgain && !isStream(init.body) ? this.fetchBound(this.possession, url, init) : answer;
  }

  /** The address by which the server knows itself, with the path and query of this one. */
  async outside({ pathname, search }: URL): Promise<string> {
    return (await this.issuerName()).replace(/\/$/, '') + pathname + search;
  }

  /** Sends a request with a token that is bound to a key, and with the proof that we have it. */
  private async fetchBound(possession: Possession, url: URL, init: Init): Promise<Response> {
    if (possession.isStale && this.token?.renewAt !== Infinity) this.token = undefined; // unless one is on its way
    const token = await this.accessToken();
    const proof = possession.proof(init.method, await this.outside(url), token);
    return fetch(url, streamable({ ...init, headers: { ...init.headers, authorization: `DPoP ${token}`, dpop: proof } }));
  }

  private issuerName(): Promise<string> {
    this.issuer ??= fetch(new URL('/.well-known/oauth-authorization-server', this.credentials.baseUrl)).then(async (answer) => {
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
    return fetch(new URL('/oauth/token', this.credentials.baseUrl), {
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
    const { error } = (parseJson(await answer.clone().text()) ?? {}) as { error?: string };
    if (!possession.learn(answer, error)) return answer;
    const again = await ask();
    possession.learn(again, undefined);
    return again;
  }

  private basic(): Record<string, string> {
    const { clientId, clientSecret } = this.credentials;
    return { authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId!)}:${encodeURIComponent(clientSecret ?? '')}`).toString('base64')}` };
  }
}

export const isStream = (body: unknown): boolean => typeof body === 'object' && body !== null && !(body instanceof Uint8Array);

/** Fetch wants to be told that a body may be sent while it is made. */
const streamable = (init: Init): RequestInit => (isStream(init.body) ? { ...init, duplex: 'half' } as RequestInit : init);

import { newId } from '@finharbor/contracts/ids';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { Agent, fetch } from 'undici';

export interface Credentials {
  clientId: string;
  clientSecret: string;
}

interface Token {
  text: string;
  kid: string;
  expiresAt: number;
}

/** Somebody who asks for tokens and calls with them all the time, tries nothing twice, and writes down what failed. */
export class TokenTraffic {
  readonly failures: string[] = [];
  /** Organisations whose registration was acknowledged, by name. */
  readonly registered: string[] = [];
  /** How many tokens each key has signed that came here. */
  readonly signers = new Map<string, number>();
  requests = 0;
  private readonly users: Promise<void>[];
  private readonly agent = new Agent({ keepAliveTimeout: 1_000, keepAliveMaxTimeout: 1_000 });
  private stopped = false;

  /** @param users how many call at once, each in its own time */
  constructor(private readonly url: string, private readonly credentials: Credentials, users = 4) {
    this.users = Array.from({ length: users }, () => this.use());
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    await Promise.all(this.users);
    await this.agent.close();
  }

  async token(): Promise<Token> {
    const { clientId, clientSecret } = this.credentials;
    const { access_token: text } = await this.ask('/oauth/token', {
      method: 'POST', body: 'grant_type=client_credentials',
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    }) as { access_token: string };
    const kid = decodeProtectedHeader(text).kid!;
    this.signers.set(kid, (this.signers.get(kid) ?? 0) + 1);
    return { text, kid, expiresAt: decodeJwt(text).exp! * 1000 };
  }

  /** The body of an answer that is a success, in every way. */
  async ask(path: string, init: { method?: string; body?: string; headers: Record<string, string> }): Promise<unknown> {
    const id = newId();
    this.requests += 1;
    const what = `${id} ${init.method ?? 'GET'} ${path}`;
    const begun = Date.now();
    const answer = await fetch(new URL(path, this.url), { ...init, headers: { ...init.headers, 'x-request-id': id }, dispatcher: this.agent })
      .catch((error: Error) => { throw new Error(`${what} after ${Date.now() - begun} ms: ${error.message} ${String(error.cause)}`); });
    const text = await answer.text();
    const body = JSON.parse(text) as { errors?: unknown };
    if (!answer.ok || body.errors) throw new Error(`${what}: ${answer.status} ${text}`);
    return body;
  }

  /** Uses each token until just before it runs out, whatever became of the key that signed it. */
  private async use(): Promise<void> {
    while (!this.stopped) {
      await this.note(async () => {
        const token = await this.token();
        while (!this.stopped && Date.now() < token.expiresAt - 1_000) {
          await this.note(() => this.call(token));
          await new Promise((resolve) => { setTimeout(resolve, 20); });
        }
      });
    }
  }

  private async call({ text }: Token): Promise<void> {
    const headers = { authorization: `Bearer ${text}`, 'content-type': 'application/json', 'idempotency-key': newId() };
    const name = `轮换 ${newId()}`;
    await this.ask('/v1/organisations', { method: 'POST', body: JSON.stringify({ kind: 'DEPARTMENT', name }), headers });
    this.registered.push(name);
    // A place in a list is signed too.
    const { nextCursor } = await this.ask('/v1/organisations?limit=1', { headers }) as { nextCursor: string };
    await this.ask(`/v1/organisations?limit=1&cursor=${nextCursor}`, { headers });
    await this.ask('/graphql', { method: 'POST', body: '{"query":"{ organisations(first: 2) { edges { node { name } } } }"}', headers });
    // And one that was given to somebody else before, under whichever key.
    this.cursor ??= nextCursor;
    await this.ask(`/v1/organisations?limit=1&cursor=${this.cursor}`, { headers });
    this.cursor = nextCursor;
  }

  private cursor?: string;

  private async note(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failures.push(`${new Date().toISOString().slice(11, 23)} ${(error as Error).message}`);
    }
  }
}

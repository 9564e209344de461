import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { parse, stringify } from 'node:querystring';
import { Readable } from 'node:stream';
import { accessTokenAudience } from '@finharbor/security/tokens/access-token';
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';

/** Bodies at these endpoints are no larger; one that is is left for oidc-provider to refuse. */
const mostBytes = 56 * 1024;

/** A token as oidc-provider keeps tokens that are not JWTs. */
export interface KeptToken {
  kind: 'ClientCredentials';
  jti: string;
  clientId: string;
  iat: number;
  exp: number;
  aud: string;
  extra: { org: unknown; role: unknown };
  jkt?: string;
  'x5t#S256'?: string;
}

/**
 * Introspection and revocation of tokens that are JWTs, which oidc-provider will not do: it is handed a word instead, and when it
 * looks for a token it finds the one that was presented, if it is good. Who asks is authenticated by oidc-provider, as for a token.
 */
export class PresentedTokens {
  private readonly presented = new AsyncLocalStorage<KeptToken | undefined>();

  constructor(private readonly issuer: string) {}

  /** The token of the request that is being answered; undefined when there is none or it is not good. */
  get current(): KeptToken | undefined {
    return this.presented.getStore();
  }

  /** Answers a request whose body is read here, and whose token is made known meanwhile. */
  async answer(request: IncomingMessage, keys: JSONWebKeySet, respond: (request: IncomingMessage) => Promise<void>): Promise<void> {
    const body = await bodyOf(request);
    const form = parse(body);
    if (typeof form.token !== 'string') return respond(withBody(request, body));
    const token = await this.read(form.token, keys);
    return this.presented.run(token, () => respond(withBody(request, stringify({ ...form, token: token ? 'presented' : 'none' }))));
  }

  private async read(text: string, keys: JSONWebKeySet): Promise<KeptToken | undefined> {
    try {
      const { payload } = await jwtVerify(text, createLocalJWKSet(keys), { issuer: this.issuer, audience: accessTokenAudience, algorithms: ['ES256'], typ: 'at+jwt' });
      const { jti, client_id: clientId, iat, exp, org, role, cnf } = payload as JWTPayload & { cnf?: object };
      return { kind: 'ClientCredentials', jti: jti!, clientId: clientId as string, iat: iat!, exp: exp!, aud: accessTokenAudience, extra: { org, role }, ...cnf };
    } catch {
      return undefined;
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size <= mostBytes + 1) parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString();
}

/** The same request with another body, which can be read once more. */
function withBody(request: IncomingMessage, text: string): IncomingMessage {
  const body = Buffer.from(text);
  const { method, url, socket, httpVersion, httpVersionMajor, httpVersionMinor } = request;
  const headers = { ...request.headers, 'content-length': String(body.length) };
  delete (headers as Record<string, unknown>)['transfer-encoding'];
  return Object.assign(Readable.from([body], { objectMode: false }), {
    method, url, socket, httpVersion, httpVersionMajor, httpVersionMinor, headers,
  }) as unknown as IncomingMessage;
}

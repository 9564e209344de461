import { randomUUID } from 'node:crypto';
import { anonymous, type Caller } from '@finharbor/security/tokens/caller';
import type { TestApp } from '@finharbor/testing/app';
import { bearerOf, callerOf } from '@finharbor/testing/callers';
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';

export const issuer = 'https://finharbor.example/harbor';
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
export const seconds = (): number => Math.floor(Date.now() / 1000);

export interface OauthAnswer { status: number; headers: Headers; body: Record<string, unknown> }

export interface Key { pair: CryptoKeyPair; jwk: JWK; alg: string; kid: string }

export async function newKey(kid: string, alg = 'ES256'): Promise<Key> {
  const pair = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 }) as CryptoKeyPair;
  return { pair, alg, kid, jwk: { ...await exportJWK(pair.publicKey), kid } };
}

/** Sends a form to the service as the gateway would. */
export async function sendForm(
  url: string, path: string, form: Record<string, string> | string[][], headers: Record<string, string> = {},
): Promise<OauthAnswer> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST', body: new URLSearchParams(form), headers: { 'x-service-token': bearerOf(anonymous, 'partners').slice(7), ...headers },
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: (text ? JSON.parse(text) : {}) as Record<string, unknown> };
}

/** A client that authenticates with a key and proves that it has another, as a bank's program does. */
export class KeyClient {
  nonce?: string;
  private proofKey?: Key;

  constructor(readonly url: string, readonly id: string, public key: Key, readonly caller: Caller) {}

  static async make(app: TestApp, url: string, { alg = 'ES256', more = {} as object } = {}): Promise<KeyClient> {
    const administrator = callerOf('system-administrator');
    const { id: organisationId } = (await app.post(administrator, '/v1/organisations', { kind: 'BANK', name: '三峡示范银行' }).expect(201)).body;
    const key = await newKey('2026-1', alg);
    const client = { role: 'bank', name: '核心系统', jwks: { keys: [key.jwk] }, senderConstraint: 'DPOP', ...more };
    const proposed = await app.post(administrator, '/v1/onboardings', { organisationId, client, reason: '测试' }).expect(201);
    const approval = `/v1/onboardings/${proposed.body.id}/approval`;
    const { clientId } = (await app.post(callerOf('security-administrator'), approval, { reason: '测试' }).expect(200)).body;
    return new KeyClient(url, clientId, key, { role: 'bank', organisationId, clientId });
  }

  claims(change: JWTPayload = {}): JWTPayload {
    return { iss: this.id, sub: this.id, aud: issuer, jti: randomUUID(), iat: seconds(), nbf: seconds(), exp: seconds() + 60, ...change };
  }

  assertion(change: JWTPayload = {}, header: Partial<JWTHeaderParameters> = {}, key = this.key): Promise<string> {
    return new SignJWT(this.claims(change)).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.pair.privateKey);
  }

  async proof(change: JWTPayload = {}, path = '/oauth/token'): Promise<string> {
    this.proofKey ??= await newKey('proof');
    const { jwk: { kid: _kid, ...jwk }, pair } = this.proofKey;
    return new SignJWT({ jti: randomUUID(), htm: 'POST', htu: `${issuer}${path}`, iat: seconds(), ...(this.nonce && { nonce: this.nonce }), ...change })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk }).sign(pair.privateKey);
  }

  /** Sends an assertion, and a proof unless told otherwise; once more with a fresh one of each when a nonce is wanted. */
  async ask(assertion?: string, headers?: Record<string, string>, form: Record<string, string> = {}): Promise<OauthAnswer> {
    const send = async (text: string): Promise<OauthAnswer> => sendForm(this.url, '/oauth/token', {
      grant_type: 'client_credentials', client_assertion_type: assertionType, client_assertion: text, ...form,
    }, headers ?? { dpop: await this.proof() });
    const answer = await send(assertion ?? await this.assertion());
    if (answer.body.error !== 'use_dpop_nonce' || headers) return answer;
    this.nonce = answer.headers.get('dpop-nonce')!;
    return send(assertion ?? await this.assertion());
  }

  async token(): Promise<string> {
    const { status, body } = await this.ask();
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.access_token as string;
  }

  /** Asks one of the endpoints to which a token is presented. */
  async present(path: string, token: string, assertion?: string): Promise<OauthAnswer> {
    return sendForm(this.url, path, { token, client_assertion_type: assertionType, client_assertion: assertion ?? await this.assertion() });
  }
}

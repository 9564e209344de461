// @ts-check
import { Possession } from '@finharbor/client/client-key';
import { parseJson } from '@finharbor/client/problem';

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Headers} headers
 * @property {any} body
 */

/** Makes single requests by hand, so that what is sent can be wrong on purpose: no retries, and proofs that are shown. */
export class Caller {
  /** @param {string} url @param {import('../lib/partner.mjs').Partner} partner */
  constructor(url, { clientId, privateKey, clientSecret }) {
    this.url = url;
    this.issuer = url;
    this.possession = privateKey && new Possession(clientId, privateKey);
    this.basic = `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret ?? '')}`).toString('base64')}`;
    /** @type {string | undefined} */
    this.token = undefined;
    /** The last assertion that was sent. */
    this.assertion = '';
  }

  /** @param {string} path @param {RequestInit} [init] @returns {Promise<Answer>} */
  async fetch(path, init) {
    const answer = await fetch(new URL(path, this.url), { ...init, redirect: 'manual', signal: AbortSignal.timeout(30_000) });
    return { status: answer.status, headers: answer.headers, body: parseJson(await answer.text()) };
  }

  /** Asks for a token; once more with the nonce that the server wants. @param {string} [assertion] @returns {Promise<Answer>} */
  async askForToken(assertion) {
    this.issuer = (await this.fetch('/.well-known/oauth-authorization-server')).body?.issuer ?? this.url;
    const ask = () => {
      this.assertion = assertion ?? this.possession?.assertion(this.issuer) ?? '';
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        ...(this.possession && { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: this.assertion }),
      });
      return this.fetch('/oauth/token', { method: 'POST', body: form, headers: this.possession ? { dpop: this.proof('POST', '/oauth/token') } : { authorization: this.basic } });
    };
    const first = await ask();
    const answer = !assertion && this.learn(first, first.body?.error) ? await ask() : first;
    this.learn(answer, undefined);
    if (answer.status === 200) this.token = answer.body.access_token;
    return answer;
  }

  /** @param {string} method @param {string} path */
  proof(method, path) {
    const token = path.startsWith('/oauth/') ? undefined : this.token;
    return this.possession?.proof(method, this.issuer.replace(/\/$/, '') + path, token) ?? '';
  }

  /**
   * Sends a request with the token, and with a new proof unless one is given.
   * @param {string} method @param {string} path
   * @param {{ headers?: Record<string, string>, body?: unknown, authorization?: string, proof?: string }} [how]
   * @returns {Promise<Answer>}
   */
  async request(method, path, { headers, body, authorization, proof } = {}) {
    if (!this.token) await this.askForToken();
    const send = () => this.fetch(path, {
      method,
      headers: {
        accept: 'application/json', authorization: authorization ?? `${this.possession ? 'DPoP' : 'Bearer'} ${this.token}`,
        ...(this.possession && !authorization && { dpop: proof ?? this.proof(method, path) }),
        ...(body !== undefined && { 'content-type': 'application/json' }), ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = await send();
    return this.learn(answer, answer.headers.get('www-authenticate')) && !proof && !authorization ? send() : answer;
  }

  /** @param {Answer} answer @param {string | null | undefined} error */
  learn({ headers }, error) {
    return this.possession?.learn(/** @type {Response} */ ({ headers }), error) ?? false;
  }
}

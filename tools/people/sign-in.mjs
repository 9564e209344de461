// @ts-check
/** Signs a person in at the provider, as a browser and a program on this machine do it together: authorization code with PKCE. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { ClearError } from '../lib/workspace.mjs';
import { clientId } from './provider.mjs';

/** @param {string} url @param {RequestInit} [options] */
async function json(url, options) {
  // A provider may close a kept connection in the moment in which it is used again: a person's pace is slower than its patience.
  const headers = { ...options?.headers, connection: 'close' };
  const answer = await fetch(url, { ...options, headers, signal: AbortSignal.timeout(10_000) });
  const body = await answer.json();
  if (!answer.ok) throw new ClearError(`${url}: ${body.error_description ?? body.error ?? answer.status}`);
  return body;
}

/**
 * Gives the access token of whoever signs in.
 * @param {string} issuer
 * @param {(url: string) => Promise<unknown> | void} visit brings a browser, or what stands for one, to the page
 * @returns {Promise<string>}
 */
export async function signIn(issuer, visit) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const redirect = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/signed-in`;
    const discovered = await json(`${issuer}/.well-known/openid-configuration`);
    const [verifier, state] = [randomBytes(32).toString('base64url'), randomBytes(16).toString('base64url')];
    const url = new URL(discovered.authorization_endpoint);
    url.search = String(new URLSearchParams({
      client_id: clientId, response_type: 'code', scope: 'openid profile', redirect_uri: redirect, state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
    }));
    const returned = once(server, 'request');
    // The visit itself ends with our answer; what goes wrong with it is told.
    const [request, response] = await Promise.race([returned, Promise.resolve(visit(url.href)).then(() => returned)]);
    const answer = new URL(request.url, redirect).searchParams;
    response.setHeader('content-type', 'text/plain; charset=utf-8').end('已登录，可以关闭此页。\n');
    if (answer.get('state') !== state || !answer.get('code')) throw new ClearError(`Not signed in: ${answer.get('error_description') ?? answer.get('error') ?? 'foreign answer'}`);
    const { access_token: token } = await json(discovered.token_endpoint, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'authorization_code', client_id: clientId, code: String(answer.get('code')), redirect_uri: redirect, code_verifier: verifier }),
    });
    return token;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Stands for a browser in which somebody chooses the person. @param {string} sub @returns {(url: string) => Promise<void>} */
export const choosing = (sub) => async (start) => {
  /** @type {Map<string, string>} */
  const cookies = new Map();
  let [url, method] = [start, 'GET'];
  for (let steps = 0; steps < 10; steps++) {
    const answer = await fetch(url, { method, redirect: 'manual', headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (!location && !new URL(url).pathname.startsWith('/interaction/')) return;
    if (!location && method === 'POST') throw new ClearError(`Nobody there is called ${sub}.`);
    url = location ? new URL(location, url).href : `${url.split('?')[0]}?as=${encodeURIComponent(sub)}`;
    method = location ? 'GET' : 'POST';
  }
  throw new ClearError(`Signing in as ${sub} comes to no end.`);
};

// @ts-check
/**
 * What secrecy costs. Each part is a function of its own and measures its rows; they run one after the other, in CPU time of this
 * process, threads of the cryptography included.
 */
import { hash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Callers } from '@finharbor/gateway/callers/callers';
import { createLogger } from '@finharbor/platform/logs/logger';
import { DpopNonces } from '@finharbor/security/dpop/dpop-nonces';
import { accessTokenAudience } from '@finharbor/security/tokens/access-token';
import { parseServiceKeys } from '@finharbor/security/tokens/service-token';
import { calculateJwkThumbprint, EmbeddedJWK, exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT } from 'jose';
import { Agent } from 'undici';
import { fieldEncryptionRows } from './field-encryption.mjs';
import { median } from './median.mjs';
import { sm2Rows } from './sm2.mjs';

/** @type {((options: { rounds: number, log: (line: string) => void }) => Promise<import('./run.mjs').Row[]>)[]} */
const parts = [accessTokens, sm2Rows, fieldEncryptionRows];

/** @type {import('./run.mjs').Bench} */
export default async function tokens(options) {
  const rows = [];
  for (const part of parts) rows.push(...await part(options));
  return rows;
}

const issuer = 'http://127.0.0.1:3000';
const [path, method] = ['/v1/organisations', 'GET'];
/** Calls of one kind before the next kind has its turn, and turns in a round. */
const [burst, turns, cachedCalls] = [100, 12, 20_000];

/**
 * The gateway finding out who calls, against jose's bare jwtVerify with the right key at hand. The naive ways: to verify a token each time
 * it comes; to import the key for each token; token and proof by jose's own means.
 * @type {(typeof parts)[number]}
 */
async function accessTokens({ rounds, log }) {
  const [signer, client] = await Promise.all([generateKeyPair('ES256', { extractable: true }), generateKeyPair('ES256', { extractable: true })]);
  const [publicJwk, clientJwk] = [await exportJWK(signer.publicKey), await exportJWK(client.publicKey)];
  const jkt = await calculateJwkThumbprint(clientJwk);
  const partners = createServer((request, response) => {
    const isKeys = request.url === '/oauth/jwks';
    const body = isKeys ? { keys: [{ ...publicJwk, kid: 'k1', alg: 'ES256', use: 'sig' }] } : { clients: [], tokens: [] };
    response.writeHead(200, { 'content-type': 'application/json', etag: '"1"' }).end(JSON.stringify(body));
  });
  partners.listen(0, '127.0.0.1');
  await once(partners, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (partners.address());
  const serviceKey = randomBytes(32).toString('base64url');
  const config = { PUBLIC_URL: issuer, PARTNERS_URL: `http://127.0.0.1:${port}`, SERVICE_KEY: serviceKey, TRUSTED_PROXIES: '', QUEUE_PREFIX: '{bench}' };
  const agent = new Agent();
  const callers = new Callers(/** @type {any} */ (config), createLogger('bench', 'silent'), /** @type {any} */ ({ agent }));
  const nonces = new DpopNonces(parseServiceKeys(serviceKey));

  const tokenOf = (/** @type {object} */ claims) => new SignJWT({ jti: randomUUID(), client_id: randomUUID(), org: randomUUID(), role: 'bank', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' }).setIssuer(issuer).setAudience(accessTokenAudience).setIssuedAt().setExpirationTime('5m').sign(signer.privateKey);
  const proofOf = (/** @type {string} */ token) => new SignJWT({
    jti: randomUUID(), htm: method, htu: issuer + path, ath: hash('sha256', token, 'base64url'), nonce: nonces.next(),
  }).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: clientJwk }).setIssuedAt().sign(client.privateKey);
  const shown = (/** @type {string} */ authorization, /** @type {string} */ proof = '') => ({ authorization, proof, method, path, certificate: undefined });
  const bare = (/** @type {string} */ token) => jwtVerify(token, signer.publicKey, { issuer, audience: accessTokenAudience, algorithms: ['ES256'] });

  const bound = await tokenOf({ cnf: { jkt } });
  /** Each kind is given fresh tokens and proofs, made before its time is taken. */
  const kinds = {
    bare: { make: () => tokenOf({}), call: bare },
    fresh: { make: () => tokenOf({}), call: (/** @type {string} */ token) => callers.identify(shown(`Bearer ${token}`)) },
    imported: { make: () => tokenOf({}), call: async (/** @type {string} */ token) => jwtVerify(token, await importJWK(publicJwk, 'ES256'), { issuer }) },
    dpop: {
      make: async () => { const token = await tokenOf({ cnf: { jkt } }); return [token, await proofOf(token)]; },
      call: (/** @type {string[]} */ [token, proof]) => callers.identify(shown(`DPoP ${token}`, proof)),
    },
    dpopAgain: { make: () => proofOf(bound), call: (/** @type {string} */ proof) => callers.identify(shown(`DPoP ${bound}`, proof)) },
    dpopNaive: {
      make: async () => { const token = await tokenOf({ cnf: { jkt } }); return [token, await proofOf(token)]; },
      call: async (/** @type {string[]} */ [token, proof]) => {
        await bare(token);
        const { protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt' });
        if (await calculateJwkThumbprint(/** @type {any} */ (protectedHeader.jwk)) !== jkt) throw new Error('Another key.');
      },
    },
  };
  const names = /** @type {(keyof typeof kinds)[]} */ (Object.keys(kinds));
  /** @type {Record<string, number[]>} µs of CPU a call */
  const costs = Object.fromEntries([...names, 'cached', 'hash'].map((name) => [name, []]));
  const known = `Bearer ${await tokenOf({})}`;
  for (let turn = -2; turn < turns * rounds; turn++) {
    for (const name of turn % 2 ? [...names].reverse() : names) {
      const { make, call } = /** @type {{ make: () => Promise<any>, call: (given: any) => Promise<unknown> }} */ (kinds[name]);
      const given = await Promise.all(Array.from({ length: burst }, make));
      await pause(50); // what making them left to be tidied up is not the call's
      const cost = await cpuOf(burst, (index) => call(given[index]));
      if (turn >= 0) costs[name].push(cost); // the first turns are the compiler's
    }
    const cached = await cpuOf(cachedCalls, () => callers.identify(shown(known)));
    const hashed = await cpuOf(cachedCalls, async () => hash('sha256', known, 'base64url'));
    if (turn < 0) continue;
    costs.cached.push(cached);
    costs.hash.push(hashed);
    if ((turn + 1) % turns === 0) {
      log(`round ${(turn + 1) / turns}: ${Object.entries(costs).map(([name, values]) => `${name} ${median(values).toFixed(1)}`).join(', ')} µs`);
    }
  }
  await callers.onApplicationShutdown();
  await agent.close();
  partners.closeAllConnections();
  partners.close();

  const of = (/** @type {string} */ name, /** @type {string} */ base = 'bare', times = 1) => median(costs[name].map((cost, turn) => cost / (times * costs[base][turn])));
  const cached = median(costs.cached);
  return [
    { name: 'tokens.cached', value: cached, unit: 'µs of CPU', limit: median(costs.hash), peer: median(costs.bare), goal: 5, ok: cached <= 5 },
    { name: 'tokens.fresh', value: of('fresh'), unit: '× CPU of a bare jwtVerify', limit: 1, peer: of('imported'), goal: 1.2, ok: of('fresh') <= 1.2 },
    { name: 'tokens.dpop', value: of('dpop', 'bare', 2), unit: '× CPU of two bare jwtVerify', limit: 1, peer: of('dpopNaive', 'bare', 2), goal: 1.3, ok: of('dpop', 'bare', 2) <= 1.3 },
    { name: 'tokens.dpop-known', value: of('dpopAgain', 'bare', 2), unit: '× CPU of two bare jwtVerify', limit: 0.5, peer: null, goal: null, ok: true },
  ];
}

/** µs of CPU that a call takes, one after the other. @param {number} calls @param {(index: number) => Promise<unknown>} call */
async function cpuOf(calls, call) {
  const before = process.cpuUsage();
  for (let index = 0; index < calls; index++) await call(index);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

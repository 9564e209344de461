// @ts-check
/**
 * CPU that a GET of a page of 20 costs the server: our services' stack against node:http (the limit), Nest on Express being the
 * naive way. The load comes from another process; wall time on a shared machine says little, so CPU is compared.
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { signServiceToken } from '@finharbor/security/tokens/service-token';
import { root } from '../tools/lib/workspace.mjs';
import { median } from './median.mjs';

const kinds = /** @type {const} */ (['bare', 'platform', 'fastify', 'express']);
const secondsOfLoad = 3;

/** @type {import('./run.mjs').Bench} */
export default async function http({ rounds, log }) {
  const key = randomBytes(32);
  const servers = new Map();
  for (const kind of kinds) servers.set(kind, await start(kind, key));
  try {
    for (const kind of kinds) await load(servers.get(kind), key, 1);
    /** @type {Record<string, number[]>} */
    const perRequest = Object.fromEntries(kinds.map((kind) => [kind, []]));
    for (let round = 0; round < rounds; round++) {
      for (const kind of round % 2 ? [...kinds].reverse() : kinds) {
        const { cpu: cost } = await load(servers.get(kind), key, secondsOfLoad);
        perRequest[kind].push(cost);
        log(`round ${round + 1}: ${kind} ${cost.toFixed(1)} µs`);
      }
    }
    const [bare, platform, fastify, express] = kinds.map((kind) => median(perRequest[kind]));
    const row = (/** @type {string} */ name, /** @type {number} */ value, /** @type {number | null} */ goal) =>
      ({ name: `http.${name}`, value: value / bare, unit: '× CPU of node:http', limit: 1, peer: express / bare, goal, ok: goal === null || value / bare <= goal });
    return [row('nest-get', platform, 2.2), row('nest-fastify-alone', fastify, null), row('nest-express', express, null)];
  } finally {
    for (const server of servers.values()) server.child.disconnect();
  }
}

/** @param {string} kind @param {Buffer} key @param {string[]} [flags] of node */
export async function start(kind, key, flags = []) {
  const script = join(root, 'bench/servers', kind === 'bare' ? 'bare.mjs' : 'nest.mjs');
  const child = fork(script, [kind], { execArgv: flags, env: { ...process.env, NODE_ENV: 'production', SERVICE_KEY: key.toString('base64url') } });
  const [{ port }] = await once(child, 'message');
  return { child, url: `http://127.0.0.1:${port}/v1/harbors` };
}

/**
 * CPU of the server per request, in µs, and requests a second.
 * @param {{ child: import('node:child_process').ChildProcess, url: string }} server @param {Buffer} key @param {number} duration
 */
export async function load({ child, url }, key, duration) {
  const authorization = `Bearer ${signServiceToken([key], { role: 'bank', organisationId: '018f0000-0000-7000-8000-000000000001', clientId: 'bench' }, 'harbors')}`;
  const cpu = async () => {
    child.send('cpu');
    return (await once(child, 'message'))[0].cpu;
  };
  const before = await cpu();
  const { requests, non2xx, errors, duration: seconds } = await autocannon({ url, connections: 16, duration, headers: { authorization } });
  if (non2xx || errors) throw new Error(`${url}: ${non2xx} answers were not 2xx, ${errors} errors`);
  return { cpu: (await cpu() - before) / requests.total, rate: requests.total / seconds };
}

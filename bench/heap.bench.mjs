// @ts-check
/**
 * What the small heaps of the quick start cost: `events` and `http` with its flags (the value), without any (the limit), and with those
 * first thought of (the peer: a young generation of 2 MB and --optimize-for-size). Reported; tools/lib/fleet.mjs chooses by it.
 */
import { randomBytes } from 'node:crypto';
import { nodeFlags } from '../tools/lib/fleet.mjs';
import { createTables } from './delivery.mjs';
import { interleave, platform } from './events.bench.mjs';
import { load, start } from './http.bench.mjs';
import { median } from './median.mjs';
import { bringUpStores } from './stores.mjs';

/** @type {Record<string, string[]>} */
const flags = {
  chosen: nodeFlags,
  none: [],
  smallest: ['--max-semi-space-size=2', '--max-old-space-size=192', '--optimize-for-size'],
};
const names = Object.keys(flags);
const secondsOfLoad = 3;

/** @type {import('./run.mjs').Bench} */
export default async function heap({ rounds, log }) {
  const [events, http] = [await drain(rounds, log), await serve(rounds, log)];
  const row = (/** @type {string} */ name, /** @type {string} */ unit, /** @type {Record<string, number>} */ { chosen, none, smallest }) =>
    ({ name: `heap.${name}`, value: chosen, unit, limit: none, peer: smallest, goal: null, ok: true });
  const of = (/** @type {Record<string, any[]>} */ results, /** @type {string} */ figure) =>
    Object.fromEntries(names.map((name) => [name, median(results[name].map((result) => result[figure]))]));
  return [
    row('events', 'events/s', of(events, 'rate')),
    row('events-cpu', 'µs of node an event', of(events, 'node')),
    row('events-memory', 'MB, two processes', of(events, 'memory')),
    row('http', 'requests/s', of(http, 'rate')),
    row('http-cpu', 'µs of node a request', of(http, 'cpu')),
  ];
}

/** @param {number} rounds @param {(line: string) => void} log */
async function drain(rounds, log) {
  const stores = await bringUpStores('bench-heap', log, { durable: true });
  try {
    await createTables(stores);
    const kinds = names.map((name) => [name, () => platform(stores, flags[name])]);
    return await interleave(stores, Object.fromEntries(kinds), rounds, log);
  } finally {
    await stores.stop();
  }
}

/** @param {number} rounds @param {(line: string) => void} log */
async function serve(rounds, log) {
  const key = randomBytes(32);
  const servers = await Promise.all(names.map((name) => start('platform', key, flags[name])));
  /** @type {Record<string, { cpu: number, rate: number }[]>} */
  const results = Object.fromEntries(names.map((name) => [name, []]));
  try {
    for (const server of servers) await load(server, key, 1);
    for (let round = 0; round < rounds; round++) {
      for (const at of round % 2 ? [2, 1, 0] : [0, 1, 2]) {
        const result = await load(servers[at], key, secondsOfLoad);
        results[names[at]].push(result);
        log(`round ${round + 1}: ${names[at]} ${result.rate.toFixed(0)} requests/s, ${result.cpu.toFixed(1)} µs of CPU a request`);
      }
    }
    return results;
  } finally {
    for (const server of servers) server.child.disconnect();
  }
}

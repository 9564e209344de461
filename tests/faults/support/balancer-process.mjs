// @ts-check
/**
 * A balancer of connections, as a platform has one in front of several copies (kube-proxy): it looks which copies say that they
 * are ready, gives each new connection to one of them in turn, passes bytes on, and understands nothing of what they mean.
 */
import { get } from 'node:http';
import { connect, createServer } from 'node:net';

/** @typedef {{ name: string, port: number, copies: string[] }} Route copies: URLs */

const patienceMs = 1_000;
/** A copy that says that it is not ready, or refuses, gets nothing from then on; one that is slow to say so, after so many times. */
const slowTimes = 3;
/** @type {Record<string, boolean[]>} which copies of a route are ready */
const ready = {};

/** @param {string} url @returns {Promise<'ready' | 'not ready' | 'slow'>} */
const look = (url) => new Promise((resolve) => {
  const request = get(`${url}/health/ready`, { agent: false, timeout: patienceMs }, (answer) => {
    answer.resume();
    resolve(answer.statusCode === 200 ? 'ready' : 'not ready');
  });
  request.on('timeout', () => {
    resolve('slow');
    request.destroy();
  }).on('error', () => resolve('not ready'));
});

/** @param {string} name @param {string} copy @param {number} index @param {number} everyMs @param {number} [slow] how often in a row */
async function watch(name, copy, index, everyMs, slow = 0) {
  const found = await look(copy);
  const times = found === 'slow' ? slow + 1 : 0;
  const now = found === 'ready' || (found === 'slow' && times < slowTimes && Boolean(ready[name]?.[index]));
  if (ready[name] && ready[name][index] !== now) {
    ready[name][index] = now;
    process.send?.({ ready });
  }
  setTimeout(() => void watch(name, copy, index, everyMs, times), everyMs);
}

/** @param {string} name @param {string} why */
const turnedAway = (name, why) => process.send?.({ turnedAway: `${new Date().toISOString().slice(11, 23)} ${name}: ${why}` });

/** @param {Route} route */
function serve({ name, port, copies }) {
  let turn = 0;
  const server = createServer({ noDelay: true }, (client) => {
    const choice = copies.filter((_, index) => ready[name]?.[index]);
    const chosen = choice[turn % choice.length];
    turn += 1;
    client.on('error', () => {});
    if (!chosen) {
      turnedAway(name, 'no copy is ready');
      return void client.resetAndDestroy();
    }
    const { hostname, port: there } = new URL(chosen);
    const copy = connect({ host: hostname, port: Number(there), noDelay: true });
    copy.on('error', (error) => {
      turnedAway(name, error.message);
      client.resetAndDestroy();
    });
    client.on('error', () => copy.resetAndDestroy());
    client.on('close', () => copy.destroy());
    copy.on('close', () => client.destroy());
    client.pipe(copy);
    copy.pipe(client);
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(undefined)));
}

process.once('message', async (message) => {
  const { routes, everyMs } = /** @type {{ routes: Route[], everyMs: number }} */ (message);
  for (const { name, copies } of routes) ready[name] = copies.map(() => false);
  await Promise.all(routes.map(serve));
  for (const { name, copies } of routes) copies.forEach((copy, index) => void watch(name, copy, index, everyMs));
  process.send?.({ ready });
});
process.on('disconnect', () => process.exit());

// @ts-check
/**
 * Fifty demands with harbor, enterprise, product and bank, through the gateway: five services in one operation. Asserts that each
 * service is asked for its entities exactly once, and reports the rate beside one service asked directly and bare Fastify.
 */
import { createServer } from 'node:http';
import { join } from 'node:path';
import autocannon from 'autocannon';
import Fastify from 'fastify';
import { signServiceToken } from '@finharbor/security/tokens/service-token';
import { fleetUrls, nodeFlags, serviceEnvironment } from '../tools/lib/fleet.mjs';
import { root, serviceNames } from '../tools/lib/workspace.mjs';
import { bringUpFleet } from './fleet.mjs';
import { median } from './median.mjs';

const rows = 50;
const secondsOfLoad = 4;
const across = `{ demands(first: ${rows}) { edges { node { id amount state harbor { name } enterprise { name } product { name } bank { name } } } } }`;
const alone = `{ demands(first: ${rows}) { edges { node { id amount state } } } }`;

/** @type {import('./run.mjs').Bench} */
export default async function graphql({ rounds, log }) {
  const suite = await bringUpFleet('bench-graphql', log);
  try {
    await suite.submitDemands(rows);
    const token = await suite.accessToken('supervisor');
    const counted = await countEntities(suite, token);
    log(`requests for entities: ${JSON.stringify(counted)}`);
    const once = Object.values(counted).every((count) => count === 1) && Object.keys(counted).length === 4;
    if (!once) throw new Error(`Each of four services must be asked for its entities exactly once, not ${JSON.stringify(counted)}.`);

    const answer = await suite.post(`${suite.url}/graphql`, token, across);
    const bare = Fastify();
    bare.post('/graphql', async () => answer);
    const bareUrl = await bare.listen({ port: 0, host: '127.0.0.1' });
    const service = () => signServiceToken([suite.serviceKey], { role: 'supervisor', organisationId: suite.supervisorId, clientId: 'bench' }, 'loan-matching');
    const targets = {
      across: { url: `${suite.url}/graphql`, token: () => token, query: across },
      alone: { url: `${suite.services['loan-matching'].url}/graphql`, token: service, query: alone },
      bare: { url: `${bareUrl}/graphql`, token: () => token, query: across },
    };
    /** @type {Record<string, number[]>} */
    const rates = { across: [], alone: [], bare: [] };
    for (const target of Object.values(targets)) await rate(target, 1);
    for (let round = 0; round < rounds; round++) {
      const names = /** @type {(keyof typeof targets)[]} */ (Object.keys(targets));
      for (const name of round % 2 ? names.reverse() : names) rates[name].push(await rate(targets[name], secondsOfLoad));
      log(`round ${round + 1}: ${Object.entries(rates).map(([name, values]) => `${name} ${values.at(-1)?.toFixed(0)}/s`).join(', ')}`);
    }
    await bare.close();
    const figures = { value: median(rates.across), unit: 'requests/s', limit: median(rates.bare), peer: median(rates.alone), goal: null, ok: true };
    return [
      { name: 'graphql.entities-requests-per-service', value: 1, unit: 'requests', limit: 1, peer: rows, goal: 1, ok: once },
      { name: 'graphql.50-rows-5-services', ...figures },
    ];
  } finally {
    await suite.stop();
  }
}

/**
 * Runs the operation through a second gateway whose way to each service leads through a counter.
 * @param {Awaited<ReturnType<typeof bringUpFleet>>} suite @param {string} token
 */
async function countEntities(suite, token) {
  /** @type {Record<string, number>} */
  const counts = {};
  const urls = await fleetUrls();
  urls.gateway = suite.url; // the issuer of the tokens stays the same
  const counters = await Promise.all(serviceNames.map((name) => new Promise((resolve) => {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => { body += text; }).on('end', async () => {
        if (body.includes('_entities')) counts[name] = (counts[name] ?? 0) + 1;
        const headers = Object.fromEntries(Object.entries(request.headers).filter(([key]) => !['host', 'connection', 'content-length'].includes(key)));
        const passed = { method: request.method, headers: /** @type {any} */ (headers), body: body || undefined };
        const answer = await fetch(suite.services[name].url + request.url, passed);
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(await answer.text());
      });
    }).listen(0, '127.0.0.1', () => {
      urls[name] = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
      resolve(server);
    });
  })));
  const [port] = [new URL((await fleetUrls()).gateway).port];
  suite.run.spawn('counting-gateway', process.execPath, [...nodeFlags, join(root, 'apps/gateway/dist/main.js')], {
    env: { ...serviceEnvironment('gateway', suite.options, urls), PORT: port }, log: join(suite.options.logDir, 'counting-gateway.log'),
  });
  await suite.ready(`http://127.0.0.1:${port}/health/ready`);
  const { data, errors } = await suite.post(`http://127.0.0.1:${port}/graphql`, token, across);
  if (errors || data.demands.edges.length !== rows) throw new Error(`The operation failed: ${JSON.stringify(errors ?? data).slice(0, 500)}`);
  for (const counter of counters) counter.close();
  return counts;
}

/** @param {{ url: string, token: () => string, query: string }} target @param {number} duration */
async function rate({ url, token, query }, duration) {
  const { requests, non2xx, errors, duration: seconds } = await autocannon({
    url, method: 'POST', connections: 8, duration, body: JSON.stringify({ query }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token()}` },
  });
  if (non2xx || errors) throw new Error(`${url}: ${non2xx} answers were not 2xx, ${errors} errors`);
  return requests.total / seconds;
}

// @ts-check
/**
 * Sending webhooks with the partners service as it runs in production, its receiver a process of its own: how fast 180 endpoints are
 * served beside 20 that never answer, against without these; what a delivery costs, claims and results included, against the same
 * POST by undici alone; and how soon after the commit in another service the first attempt comes, at 50 events a second.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { TestWebhooks } from '@finharbor/testing/webhooks';
import { newId } from '@finharbor/contracts/ids';
import { fleetUrls, nodeFlags, startFleet } from '../tools/lib/fleet.mjs';
import { freePort } from '../tools/lib/processes.mjs';
import { cpuSeconds, familyCpuSeconds, startServer } from './delivery.mjs';
import { median } from './median.mjs';
import { bringUpStores } from './stores.mjs';

const [healthyCount, hangingCount] = [180, 20];
/** Deliveries to each endpoint in a round. */
const each = 50;
const [perSecond, told] = [50, 500];
/** POSTs of undici alone at a time. */
const concurrency = healthyCount;

/** @typedef {import('@finharbor/testing/webhooks').TestEndpoint} Endpoint */

/** @type {import('./run.mjs').Bench} */
export default async function webhooks({ rounds, log }) {
  const stores = await bringUpStores('bench-webhooks', log, { durable: true });
  try {
    const port = await freePort();
    const receiver = await startServer(stores, 'receiver', [String(port)]);
    const poster = await startServer(stores, 'poster', [], nodeFlags);
    const own = new TestWebhooks({ query: stores.query }, new FieldCipher(stores.secrets.fieldKeys));
    const made = (/** @type {number} */ count, /** @type {string} */ path) =>
      Promise.all(Array.from({ length: count }, (_, at) => own.endpoint(`http://127.0.0.1:${port}/${path}/${at}`)));
    const [healthy, hanging] = [await made(healthyCount, 'well'), await made(hangingCount, 'hang')];
    const urls = healthy.map((_, at) => `http://127.0.0.1:${port}/well/${at}`);
    await turn(stores, [...healthy, ...hanging], 'PAUSED');
    const options = { ...stores, queuePrefix: '{bench}', only: ['partners'], env: { LOG_LEVEL: 'warn' } };
    const { services: { partners } } = await startFleet(options, await fleetUrls());

    /** Delivers to the endpoints all at once. @param {Endpoint[]} endpoints */
    const round = async (endpoints) => {
      await stores.query('truncate partners.webhook_deliveries, partners.webhook_attempts, partners.feed_events');
      for (const one of endpoints) await own.deliver(one, each);
      await stores.query('vacuum analyze partners.webhook_deliveries');
      await turn(stores, endpoints, 'ACTIVE');
      const before = { handled: receiver.handled, cpu: cpuSeconds(Number(partners.pid)), postgres: familyCpuSeconds(stores.postgresPid) };
      await receiver.hasHandled(before.handled + 1);
      const started = performance.now();
      const count = healthyCount * each;
      await receiver.hasHandled(before.handled + count);
      const rate = count / ((performance.now() - started) / 1_000);
      await settled(stores, healthy);
      const cpu = (cpuSeconds(Number(partners.pid)) - before.cpu) / count;
      const postgres = (familyCpuSeconds(stores.postgresPid) - before.postgres) / count;
      await turn(stores, endpoints, 'PAUSED');
      receiver.send('cut');
      await settled(stores, endpoints);
      return { rate, cpu, postgres };
    };
    const alone = async () => {
      const [before, cpu] = [poster.handled, cpuSeconds(poster.pid)];
      const [{ body }] = await stores.query('select body from partners.feed_events limit 1');
      poster.send('go', { urls, body, each, concurrency });
      await poster.hasHandled(before + urls.length * each);
      return (cpuSeconds(poster.pid) - cpu) / (urls.length * each);
    };

    await round(healthy);
    await alone();
    /** @type {Record<'rate' | 'kept' | 'cpu' | 'postgres' | 'undici' | 'times', number[]>} */
    const found = { rate: [], kept: [], cpu: [], postgres: [], undici: [], times: [] };
    for (let number = 0; number < rounds; number++) {
      const ways = [() => round(healthy), () => round([...hanging, ...healthy])];
      const [first, second] = number % 2 ? ways.reverse() : ways;
      const results = [await first(), await second()];
      const [free, beside] = number % 2 ? results.reverse() : results;
      const undici = await alone();
      found.rate.push(free.rate);
      found.kept.push(beside.rate / free.rate);
      found.cpu.push(free.cpu * 1e6);
      found.postgres.push(free.postgres * 1e6);
      found.undici.push(undici * 1e6);
      found.times.push(free.cpu / undici);
      log(`round ${number + 1}: ${free.rate.toFixed(0)}/s, beside those that hang ${beside.rate.toFixed(0)}/s; CPU ${(free.cpu * 1e6).toFixed(0)} µs, `
        + `PostgreSQL ${(free.postgres * 1e6).toFixed(0)} µs, undici ${(undici * 1e6).toFixed(0)} µs`);
    }
    const delays = await firstAttempts(stores, receiver, healthy);
    const [p50, p95] = [0.5, 0.95].map((part) => delays[Math.floor(delays.length * part)]);
    await partners.stop();
    await Promise.all([receiver.stop(), poster.stop()]);
    const row = { limit: null, peer: null };
    const [kept, times] = [median(found.kept), median(found.times)];
    return [
      { ...row, name: 'webhooks.rate', value: median(found.rate), unit: 'deliveries/s', goal: null, ok: true },
      { ...row, name: 'webhooks.isolation', value: kept, unit: '× rate without those that hang', limit: 1, goal: 0.8, ok: kept >= 0.8 },
      { ...row, name: 'webhooks.first.p50', value: p50, unit: 'ms after the commit', goal: null, ok: true },
      { ...row, name: 'webhooks.first.p95', value: p95, unit: 'ms after the commit', goal: 2_000, ok: p95 <= 2_000 },
      { ...row, name: 'webhooks.cpu', value: times, unit: '× CPU of undici alone', limit: 1, goal: 3, ok: times <= 3 },
      { ...row, name: 'webhooks.cpu.own', value: median(found.cpu), unit: 'µs a delivery', limit: median(found.undici), goal: null, ok: true },
      { ...row, name: 'webhooks.cpu.postgres', value: median(found.postgres), unit: 'µs a delivery', goal: null, ok: true },
    ];
  } finally {
    await stores.stop();
  }
}

/** @typedef {import('./stores.mjs').Stores} Stores */

/** @param {Stores} stores @param {Endpoint[]} endpoints @param {'ACTIVE' | 'PAUSED'} state */
const turn = (stores, endpoints, state) => stores.query(
  'update partners.webhook_endpoints set state = $1, failures = 0, failing_since = null, paused_until = null where id = any($2)', [state, endpoints.map(({ id }) => id)]);

/** Waits until nothing is on its way to the endpoints. @param {Stores} stores @param {Endpoint[]} endpoints */
async function settled(stores, endpoints) {
  for (let open = 1; open > 0;) {
    [{ open }] = await stores.query(
      'select count(*)::int as open from partners.webhook_deliveries where claimed_by is not null and endpoint_id = any($1)', [endpoints.map(({ id }) => id)]);
    if (open > 0) await pause(50);
  }
}

/**
 * Tells banks of dispatches at the rate, and how long each took until its webhook came, in ms, sorted.
 * @param {Stores} stores @param {import('./delivery.mjs').Server} receiver @param {Endpoint[]} endpoints
 */
async function firstAttempts(stores, receiver, endpoints) {
  await turn(stores, endpoints, 'ACTIVE');
  const teller = await startServer(stores, 'teller', ['enterprise-lists']);
  const keys = Array.from({ length: told }, () => newId());
  const started = performance.now();
  for (const [number, key] of keys.entries()) {
    const early = started + number * 1_000 / perSecond - performance.now();
    if (early > 0) await pause(early);
    teller.send('publish', { key, bankId: endpoints[number % endpoints.length]?.organisationId });
  }
  for (const giveUp = Date.now() + 30_000; keys.some((key) => !receiver.moments.has(key) || !teller.moments.has(key)); await pause(20)) {
    if (teller.failure) throw new Error(`The commits fail: ${teller.failure}`);
    if (Date.now() > giveUp) throw new Error('Some webhooks did not come within 30 s.');
  }
  await teller.stop();
  return keys.map((key) => Number(receiver.moments.get(key)) - Number(teller.moments.get(key))).sort((one, other) => one - other);
}

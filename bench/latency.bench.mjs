// @ts-check
/**
 * How soon a consumer learns of a fact, at 100 events a second: from issuing the commit to the handler through the platform, from
 * issuing the add to the handler with bare BullMQ, and what polling the outbox every second (nobody pokes the relay) makes of it.
 * The three by turns, each with processes of its own that live through the whole bench.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@finharbor/contracts/ids';
import { createTables, startServer } from './delivery.mjs';
import { median } from './median.mjs';
import { bringUpStores } from './stores.mjs';

const perSecond = 100;
/** Events in a turn of each kind. */
const count = 500;

/** @type {import('./run.mjs').Bench} */
export default async function latency({ rounds, log }) {
  const stores = await bringUpStores('bench-latency', log, { durable: true });
  try {
    await createTables(stores);
    const [loanMatching, enterpriseLists] = [['loan-matching'], ['enterprise-lists', 'latency']]
      .map((args) => startServer(stores, 'service', args));
    const [add, processing] = ['bare-add', 'bare-process'].map((kind) => startServer(stores, 'bullmq', [kind]));
    const service = { producer: await loanMatching, consumer: await enterpriseLists };
    const bullmq = { producer: await add, consumer: await processing };
    /** @type {Record<string, () => Promise<number[]>>} */
    const kinds = {
      bare: () => delays(bullmq),
      platform: () => delays(service),
      polled: async () => {
        service.producer.send('poke', { isPoked: false });
        const found = await delays(service);
        service.producer.send('poke', { isPoked: true });
        return found;
      },
    };
    await Promise.all([delays(service), delays(bullmq)]);
    /** @type {Record<string, { p50: number[], p99: number[] }>} */
    const found = { bare: { p50: [], p99: [] }, platform: { p50: [], p99: [] }, polled: { p50: [], p99: [] } };
    const names = Object.keys(kinds);
    for (let round = 0; round < rounds; round++) {
      for (const name of round % 2 ? [...names].reverse() : names) {
        const sorted = (await kinds[name]()).sort((one, other) => one - other);
        const [p50, p99] = [0.5, 0.99].map((part) => sorted[Math.floor(sorted.length * part)]);
        found[name].p50.push(p50);
        found[name].p99.push(p99);
        log(`round ${round + 1}: ${name} p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
      }
    }
    for (const { producer, consumer } of [service, bullmq]) await Promise.all([producer.stop(), consumer.stop()]);
    const [bare, platform, polled] = names.map((name) => ({ p50: median(found[name].p50), p99: median(found[name].p99) }));
    const row = { limit: null, peer: null };
    return [
      { ...row, name: 'latency.p50', value: platform.p50, unit: 'ms', limit: bare.p50, peer: polled.p50, goal: null, ok: true },
      { ...row, name: 'latency.p99', value: platform.p99, unit: 'ms', limit: bare.p99, peer: polled.p99, goal: null, ok: true },
      { ...row, name: 'latency.bullmq', value: platform.p50 / bare.p50, unit: '× p50 of bare BullMQ', goal: 3, ok: platform.p50 / bare.p50 <= 3 },
      { ...row, name: 'latency.polling', value: platform.p99 / polled.p99, unit: '× p99 of polling', goal: 0.1, ok: platform.p99 / polled.p99 <= 0.1 },
    ];
  } finally {
    await stores.stop();
  }
}

/**
 * Sends events at the rate, and how long each took, in ms.
 * @param {Record<'producer' | 'consumer', import('./delivery.mjs').Server>} servers
 */
export async function delays({ producer, consumer }) {
  const keys = Array.from({ length: count }, () => newId());
  const started = performance.now();
  for (const [number, key] of keys.entries()) {
    const early = started + number * 1000 / perSecond - performance.now();
    if (early > 0) await pause(early);
    producer.send('publish', { key });
  }
  for (const giveUp = Date.now() + 30_000; keys.some((key) => !consumer.moments.has(key) || !producer.moments.has(key)); await pause(20)) {
    if (producer.failure) throw new Error(`The producer cannot keep up with ${perSecond} events a second: ${producer.failure}`);
    if (Date.now() > giveUp) throw new Error('Some events did not arrive within 30 s.');
  }
  return keys.map((key) => Number(consumer.moments.get(key)) - Number(producer.moments.get(key)));
}

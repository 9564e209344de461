// @ts-check
/**
 * Draining a prefilled outbox to committed effects and acknowledgements with the platform's own relay and consumer, a process each,
 * against bare BullMQ (which keeps nothing) and the naive outbox (one job and one transaction to an event). PostgreSQL waits for its
 * disk, as it does in production. A wall time on a shared machine says little, so rounds are interleaved and their medians compared.
 */
import { cpuSeconds, createTables, familyCpuSeconds, peakMegabytes, startServer } from './delivery.mjs';
import { median } from './median.mjs';
import { bringUpStores } from './stores.mjs';

const count = 20_000;
/** So many first, with the same processes: the compiler has seen the code then. */
const warmUp = 4_000;

/** @typedef {import('./stores.mjs').Stores} Stores */
/**
 * @typedef {{ rate: number, cpu: number, node: number, postgres: number, redis: number, memory: number }} Result
 * CPU in µs an event, in all and by part; memory: the largest of the node processes, together, in MB
 */

/** @type {import('./run.mjs').Bench} */
export default async function events({ rounds, log }) {
  const stores = await bringUpStores('bench-events', log, { durable: true });
  try {
    await createTables(stores);
    const kinds = { bare, naive, platform: (/** @type {Stores} */ on) => platform(on) };
    const results = await interleave(stores, kinds, rounds, log);
    const of = (/** @type {string} */ kind, /** @type {keyof Result} */ figure) => median(results[kind].map((result) => result[figure]));
    const [bareRate, naiveRate, rate] = [of('bare', 'rate'), of('naive', 'rate'), of('platform', 'rate')];
    const [naiveCpu, cpu] = [of('naive', 'cpu'), of('platform', 'cpu')];
    const row = { limit: null, peer: null };
    return [
      { ...row, name: 'events.rate', value: rate, unit: 'events/s', limit: bareRate, peer: naiveRate, goal: null, ok: true },
      { ...row, name: 'events.bullmq', value: rate / bareRate, unit: '× rate of bare BullMQ', goal: 1.4, ok: rate / bareRate >= 1.4 },
      { ...row, name: 'events.naive', value: rate / naiveRate, unit: '× rate of the naive outbox', goal: 4.5, ok: rate / naiveRate >= 4.5 },
      { ...row, name: 'events.cpu', value: cpu / naiveCpu, unit: '× CPU of the naive outbox', goal: 0.3, ok: cpu / naiveCpu <= 0.3 },
    ];
  } finally {
    await stores.stop();
  }
}

/**
 * Measures each kind once in every round, in changing order, each with processes and tables of its own.
 * @param {Stores} stores @param {Record<string, (stores: Stores) => Promise<Result>>} kinds @param {number} rounds
 * @param {(line: string) => void} log
 */
export async function interleave(stores, kinds, rounds, log) {
  /** @type {Record<string, Result[]>} */
  const results = {};
  const names = Object.keys(kinds);
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 ? [...names].reverse() : names) {
      const result = await kinds[name](stores);
      (results[name] ??= []).push(result);
      const parts = ['node', 'postgres', 'redis'].map((part) => `${part} ${result[/** @type {keyof Result} */ (part)].toFixed(0)}`).join(', ');
      log(`round ${round + 1}: ${name} ${result.rate.toFixed(0)}/s, ${result.cpu.toFixed(0)} µs of CPU an event (${parts})`);
    }
  }
  return results;
}

/** @param {Stores} stores */
export async function bare(stores) {
  const servers = [await startServer(stores, 'bullmq', ['bare-process']), await startServer(stores, 'bullmq', ['bare-add'])];
  const [consumer, producer] = servers;
  return measure(stores, servers, async (events, before) => {
    producer.send('prepare', { count: events });
    const meter = before();
    producer.send('go');
    await consumer.hasHandled(consumer.handled + events);
    return meter();
  });
}

/** @param {Stores} stores */
export async function naive(stores) {
  const servers = [await startServer(stores, 'bullmq', ['naive-consumer']), await startServer(stores, 'bullmq', ['naive-relay'])];
  const [consumer, relay] = servers;
  return measure(stores, servers, async (events, before) => {
    await fill(stores, 'naive', events);
    const meter = before();
    relay.send('go');
    await consumer.hasHandled(consumer.handled + events);
    const result = meter();
    await checkEffects(stores, 'naive', events);
    return result;
  });
}

/** @param {Stores} stores @param {string[]} [flags] of node */
export async function platform(stores, flags) {
  const start = (/** @type {string} */ name) => startServer(stores, 'service', [name], flags);
  const servers = [await start('enterprise-lists'), await start('loan-matching')];
  const [consumer, relay] = servers;
  return measure(stores, servers, async (events, before) => {
    await fill(stores, 'loan_matching', events);
    const meter = before();
    relay.send('go');
    await consumer.hasHandled(consumer.handled + events);
    while ((await stores.query('select from loan_matching.delivery where acked_at is null limit 1')).length > 0);
    const result = meter();
    await checkEffects(stores, 'enterprise_lists', events);
    return result;
  });
}

/**
 * @param {Stores} stores @param {import('./delivery.mjs').Server[]} servers
 * @param {(events: number, before: () => () => Result) => Promise<Result>} drain
 */
async function measure(stores, servers, drain) {
  const before = (/** @type {number} */ events) => () => {
    const cpu = () => [
      servers.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0), familyCpuSeconds(stores.postgresPid), cpuSeconds(stores.redisPid),
    ];
    const usedBefore = cpu();
    const started = performance.now();
    return () => {
      const seconds = (performance.now() - started) / 1000;
      const [node, postgres, redis] = cpu().map((used, part) => (used - usedBefore[part]) / events * 1e6);
      const memory = servers.reduce((sum, { pid }) => sum + peakMegabytes(pid), 0);
      return { rate: events / seconds, cpu: node + postgres + redis, node, postgres, redis, memory };
    };
  };
  try {
    await drain(warmUp, before(warmUp));
    return await drain(count, before(count));
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/**
 * Fills an empty outbox in one transaction, so that a relay sees all of it or nothing.
 * @param {Stores} stores @param {string} schema @param {number} events
 */
async function fill(stores, schema, events) {
  const [effects, more] = schema === 'naive' ? ['naive', ''] : ['enterprise_lists', ', loan_matching.delivery'];
  await stores.query(`truncate ${schema}.outbox, ${effects}.inbox, ${effects}.bench_effects${more}`);
  await stores.query('checkpoint');
  await stores.query(
    `insert into ${schema}.outbox (event_id, name, org_id, aggregate_id, aggregate_version, payload, traceparent)
     select (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(g % 4096), 3, '0') ||
             '8' || substr(md5(random()::text), 1, 15))::uuid, 'demand.accepted', gen_random_uuid(), gen_random_uuid(), 1,
            jsonb_build_object('demandId', gen_random_uuid(), 'bankId', gen_random_uuid(),
                               'enterpriseId', gen_random_uuid(), 'consentId', gen_random_uuid()),
            '00-' || md5(random()::text) || '-' || substr(md5(random()::text), 1, 16) || '-01'
     from generate_series(1, $1::int) g`, [events]);
}

/** @param {Stores} stores @param {string} schema @param {number} events */
async function checkEffects(stores, schema, events) {
  const [{ rows, distinct }] = await stores.query(
    `select count(*)::int as rows, count(distinct event_id)::int as distinct from ${schema}.bench_effects`);
  if (rows !== events || distinct !== events) throw new Error(`${events} events had ${rows} effects, of ${distinct} events.`);
}

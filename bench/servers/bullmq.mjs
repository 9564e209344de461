// @ts-check
/**
 * The peers of `events` and `latency`: bare BullMQ, which keeps nothing, and the naive outbox, one job and one transaction to an
 * event. Each is written as its users would write it, on pg with prepared statements.
 *
 * node bullmq.mjs bare-add|bare-process|naive-relay|naive-consumer
 */
import { newId } from '@finharbor/contracts/ids';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { now, report, serve } from './parent.mjs';

const kind = process.argv[2];
const connection = new Redis(process.env.REDIS_URL ?? '', { maxRetriesPerRequest: null });
const prefix = '{bench}';
const options = { removeOnComplete: true, removeOnFail: true };
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: kind === 'naive-consumer' ? 10 : 2 });
pool.on('error', () => {});

/** As an event travels, some 420 bytes of JSON. */
const event = () => ({
  i: newId(), n: 'demand.accepted', o: newId(), a: newId(), v: 1,
  p: { demandId: newId(), bankId: newId(), enterpriseId: newId(), consentId: newId() },
  t: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
});

if (kind === 'bare-add') {
  const queue = new Queue('bare', { connection, prefix });
  await queue.waitUntilReady();
  /** @type {ReturnType<typeof event>[]} */
  let events = [];
  serve(async ({ order, count, key }) => {
    if (order === 'prepare') events = Array.from({ length: count }, event);
    if (order === 'publish') {
      report(0, [{ key, at: now() }]);
      await queue.add('event', { ...event(), a: key }, options);
    }
    if (order === 'go') {
      for (let from = 0; from < events.length; from += 500) {
        await queue.addBulk(events.slice(from, from + 500).map((data) => ({ name: 'event', data, opts: options })));
      }
    }
  });
}

if (kind === 'bare-process') {
  const worker = new Worker('bare', async (job) => report(1, [{ key: job.data.a, at: now() }]), { connection, prefix, concurrency: 50 });
  await worker.waitUntilReady();
  serve(() => {});
}

if (kind === 'naive-relay') {
  const queue = new Queue('naive', { connection, prefix });
  await queue.waitUntilReady();
  const client = await pool.connect();
  const claim = async () => {
    await client.query('begin');
    const { rows } = await client.query({
      name: 'claim',
      text: `select id, event_id as i, name as n, org_id as o, aggregate_id as a, aggregate_version as v, payload as p, traceparent as t
             from naive.outbox where published_at is null order by id limit 500 for update skip locked`,
    });
    await queue.addBulk(rows.map((data) => ({ name: 'event', data, opts: { ...options, attempts: 10, jobId: `event-${data.id}` } })));
    await client.query({ name: 'mark', text: 'update naive.outbox set published_at = now() where id = any($1)', values: [rows.map(({ id }) => id)] });
    await client.query('commit');
    return rows.length;
  };
  serve(async ({ order }) => {
    if (order === 'go') while (await claim() > 0);
  });
}

if (kind === 'naive-consumer') {
  const worker = new Worker('naive', async ({ data }) => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const inbox = 'insert into naive.inbox (event_id) values ($1) on conflict do nothing';
      const { rowCount } = await client.query({ name: 'inbox', text: inbox, values: [data.i] });
      const effect = 'insert into naive.bench_effects (event_id, payload) values ($1, $2)';
      if (rowCount) await client.query({ name: 'effect', text: effect, values: [data.i, JSON.stringify(data.p)] });
      await client.query('commit');
    } finally {
      client.release();
    }
    report(1);
  }, { connection, prefix, concurrency: 50 });
  await worker.waitUntilReady();
  serve(() => {});
}

import { Queues } from '@finharbor/platform/redis/queues';
import { Sweep } from '@finharbor/platform/delivery/sweep';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import type { TestDatabase } from '@finharbor/testing/database';
import type { Redis } from 'ioredis';
import { createDatabase, eventually, FeedbackModule, Harbors, HarborsModule } from './harness.js';

describe('delivery when Redis loses what it held', () => {
  let database: TestDatabase;
  let one: TestApp;
  let other: TestApp;
  let redis: Redis;

  // Two replicas of the producer from the start; the consumer comes later, so that envelopes lie in Redis until then.
  beforeEach(async () => {
    database = await createDatabase();
    one = await startTestApp(HarborsModule, 'harbors', {}, database);
    other = await startTestApp(HarborsModule, 'harbors', {}, database);
    redis = one.app.get(Queues).redis as Redis;
  });
  afterEach(async () => {
    await one.close();
    await other.close();
    await database.drop();
  });

  const names = (count: number, from = 'harbor'): string[] => Array.from({ length: count }, (_, index) => `${from} ${index}`);
  const keyOf = (row: { consumer: string; id: string; attempt: number }): string => `{${database.name}}:${row.consumer}:${row.id}-${row.attempt}`;
  const deliveries = (): Promise<{ id: string; consumer: string; attempt: number; acked_at: Date | null }[]> =>
    database.query('select id, consumer, attempt, acked_at from harbors.delivery order by consumer, id');
  const attempts = async (): Promise<number[]> => (await deliveries()).map((row) => row.attempt);
  const waiting = async (queue = 'feedback'): Promise<number> => redis.llen(`{${database.name}}:${queue}:wait`);
  /** One round of a sweep, as its own timer runs it. */
  const sweep = (app: TestApp): Promise<void> => app.app.get(Sweep)['round']();
  /** As if everything had been sent a minute ago: old enough for a sweep to ask after it. */
  const age = (): Promise<unknown> => database.query(`update harbors.delivery set published_at = published_at - interval '1 minute'`);

  /** This test's part of what FLUSHALL would do: other tests share the Redis. */
  async function loseEverything(): Promise<number> {
    const keys = await redis.keys(`{${database.name}}:*`.replaceAll(/[{}]/g, (brace) => `\\${brace}`));
    await redis.del(...keys);
    return keys.length;
  }

  async function inRedis(count: number): Promise<void> {
    await eventually(`${count} envelopes lie in Redis`, async () => await waiting() + await waiting('loan-matching') + await waiting('partners') + await waiting('enterprise-lists') === count);
    await eventually('the claims are saved, for which envelopes do not wait', async () => (await database.query('select from harbors.outbox')).length === 0);
  }

  /** Starts the consumer and tells what it applied. */
  async function consume(expected: number): Promise<string[]> {
    const feedback = await startTestApp(FeedbackModule, 'feedback', {}, database);
    try {
      const rows = (): Promise<{ name: string }[]> => database.query('select name from feedback.effects');
      await eventually('everything took effect', async () => (await rows()).length >= expected);
      await eventually('everything is acknowledged', async () => (await deliveries()).every((row) => row.consumer !== 'feedback' || row.acked_at));
      return (await rows()).map((row) => row.name).sort();
    } finally {
      await feedback.close();
    }
  }

  it('sends again exactly what is missing, with the next attempt, and soon, when all is gone; effects stay exactly once', async () => {
    await one.app.get(Harbors).register(...names(120));
    await inRedis(12);
    expect(await loseEverything()).toBeGreaterThanOrEqual(12);
    await eventually('all is sent again', async () => {
      // Never older than the 5 s after which the sweep asks without the missing epoch key.
      await database.query(`update harbors.delivery set published_at = now() - interval '1 second' where attempt = 1`);
      return (await attempts()).every((attempt) => attempt === 2);
    });
    await inRedis(12);
    expect(await consume(120)).toEqual(names(120).sort());
    expect(await attempts()).toEqual(Array(12).fill(2));
  });

  it('sends one lost envelope again and leaves those alone that Redis still holds', async () => {
    await one.app.get(Harbors).register(...names(120));
    await inRedis(12);
    await age();
    await sweep(one);
    await sweep(other);
    expect(await attempts()).toEqual(Array(12).fill(1));
    const [lost] = await deliveries();
    await redis.del(keyOf(lost));
    await sweep(one);
    // A service's own sweep may have been first, and be just about to send it.
    const again = async (): Promise<Awaited<ReturnType<typeof deliveries>>> => (await deliveries()).filter((row) => row.attempt === 2);
    await eventually('it is sent again', async () => (await again()).length === 1);
    const [found] = await again();
    expect(found).toEqual({ ...lost, id: expect.any(String), attempt: 2 });
    await eventually('it lies there again', async () => await redis.exists(keyOf(found)) === 1);
    expect(await attempts()).toHaveLength(12);
  });

  it('asks after every delivery, page by page, also when thousands were sent in the same instant, and packs small ones together', async () => {
    await one.app.get(Harbors).register('the body');
    await inRedis(4);
    await database.query(`
      insert into harbors.delivery (id, consumer, body, published_at)
      select gen_random_uuid(), 'loan-matching', '[{"i":' || number || '}]', now() - interval '1 hour' from generate_series(1, 2500) number`);
    await sweep(one);
    const [told] = await database.query(`select count(distinct id)::int as envelopes, count(distinct e ->> 'i')::int as events
      from harbors.delivery, jsonb_array_elements(body::jsonb) e where attempt = 2`);
    expect(told).toEqual({ envelopes: 50, events: 2_500 });
  });

  it('does not send twice when two sweeps find the same loss at once', async () => {
    await one.app.get(Harbors).register(...names(500));
    await inRedis(40);
    await loseEverything();
    await age();
    await Promise.all([sweep(one), sweep(other), sweep(one), sweep(other)]);
    await inRedis(40);
    expect(await attempts()).toEqual(Array.from({ length: 40 }, () => 2));
  });

  it('takes an envelope that Redis keeps as finished for acknowledged, when the acknowledgement was lost', async () => {
    await one.app.get(Harbors).register('finished');
    await consume(1);
    await database.query(`update harbors.delivery set acked_at = null`);
    await age();
    await sweep(one);
    const [, feedback, loanMatching] = await deliveries();
    expect(feedback).toMatchObject({ consumer: 'feedback', attempt: 1, acked_at: expect.any(Date) });
    expect(loanMatching).toMatchObject({ consumer: 'loan-matching', attempt: 1, acked_at: null });
  });

  it('claims each event once, however many relays run', async () => {
    const batches = Array.from({ length: 20 }, (_, index) => names(50, `batch ${index}`));
    await Promise.all(batches.map((batch, index) => (index % 2 ? one : other).app.get(Harbors).register(...batch)));
    expect(await consume(1_000)).toEqual(batches.flat().sort());
    const told = await database.query<{ consumer: string; events: number; distinct: number }>(
      `select consumer, count(*)::int as events, count(distinct e ->> 'i')::int as distinct
       from harbors.delivery, jsonb_array_elements(body::jsonb) e group by consumer order by consumer`);
    expect(told).toEqual(['enterprise-lists', 'feedback', 'loan-matching', 'partners'].map((consumer) => ({ consumer, events: 1_000, distinct: 1_000 })));
  });
});

import { readFileSync } from 'node:fs';
import { until } from '@finharbor/testing/until';
import { settle } from './support/oracle.js';
import { eventCount, record } from './support/report.js';
import { Rig } from './support/rig.js';
import { RedisServer } from './support/servers.js';

/** In the full form a million. */
const events = eventCount() * 50;
const mega = 1_048_576;

describe('a backlog', () => {
  let redis: RedisServer;
  let rig: Rig;

  beforeAll(async () => {
    rig = await Rig.create('redis://127.0.0.1:0');
    redis = await RedisServer.start(rig.run);
    rig.redisUrl = redis.url;
  }, 60_000);
  afterAll(() => rig?.stop());

  const rss = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
  const usedByRedis = async (): Promise<number> => Number(/used_memory:(\d+)/.exec(String(await redis.send('INFO', 'memory')))![1]) / mega;

  it('of a million events drains while Redis and the processes stay small', async () => {
    await rig.database.query(
      `insert into partners.outbox (event_id, name, org_id, aggregate_id, aggregate_version, payload)
       select gen_random_uuid(), 'outlet.registered', gen_random_uuid(), gen_random_uuid(), 1, jsonb_build_object(
         'outletId', gen_random_uuid(), 'organisationId', gen_random_uuid(), 'name', '示例支行' || n, 'areaCode', '500101')
       from generate_series(1, $1::int) n`, [events]);
    // The consumer comes late: at first everything has to wait somewhere, and that must not be Redis.
    const relay = await rig.add('partners').start();
    let [redisMb, relayMb, consumerMb, most] = [0, 0, 0, 0];
    const look = async (): Promise<void> => {
      redisMb = Math.max(redisMb, await usedByRedis());
      relayMb = Math.max(relayMb, rss(relay.pid));
      if (consumer.isAlive) consumerMb = Math.max(consumerMb, rss(consumer.pid));
      most = Math.max(most, await redis.waiting(rig.prefix, ['harbors']));
    };
    const consumer = rig.add('harbors', { RIG_BATCH: 1 });
    const relayed = Date.now();
    await until('all is relayed', async () => {
      await look();
      return await rig.count('select count(*) from (select from partners.outbox limit 1) one') === 0;
    }, 600_000);
    const relaySeconds = (Date.now() - relayed) / 1_000;
    await consumer.start();
    const began = Date.now();
    await until('all is applied', async () => {
      await look();
      return await rig.count(`select count(*) from (select from partners.delivery where acked_at is null limit 1) one`) === 0;
    }, 600_000);
    const drainSeconds = await settle(rig, began);
    const [{ rows, distinct }] = await rig.database.query<{ rows: number; distinct: number }>(
      'select count(*)::int as rows, count(distinct aggregate_id)::int as distinct from harbors.rig_effects');
    expect([rows, distinct]).toEqual([events, events]);
    expect(most).toBeLessThan(1_000);
    expect(redisMb).toBeLessThan(64);
    expect(Math.max(relayMb, consumerMb)).toBeLessThan(256);
    const rounded = [redisMb, relayMb, consumerMb].map(Math.round);
    record({
      rows: [], fault: 'a backlog of a million events', injected: 'written into the outbox by SQL; the consumer starts when all is relayed',
      acknowledged: events, lost: events - distinct, doubled: rows - distinct,
      note: `relayed in ${Math.round(relaySeconds)} s, drained in ${Math.round(drainSeconds)} s (${Math.round(events / drainSeconds)}/s); at most ${most} envelopes in Redis; `
        + `memory: Redis ${rounded[0]} MB, relay ${rounded[1]} MB, consumer ${rounded[2]} MB`,
    });
  }, 1_500_000);
});

import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@finharbor/testing/until';
import { expectExact, figures, recovered, settle } from './support/oracle.js';
import { eventCount, record } from './support/report.js';
import { Rig, type RigProcess } from './support/rig.js';
import { RedisServer } from './support/servers.js';
import { tail } from '../../tools/lib/run.mjs';

describe('a Redis', () => {
  let redis: RedisServer;
  let rig: Rig;
  let consumer: RigProcess;
  let producer: RigProcess;

  beforeEach(async () => {
    rig = await Rig.create('redis://127.0.0.1:0');
    redis = await RedisServer.start(rig.run);
    rig.redisUrl = redis.url;
    [consumer, producer] = [rig.add('harbors'), rig.add('partners', { RIG_NAMES: 'outlet.registered' })];
    await consumer.start();
  }, 60_000);
  afterEach(() => rig?.stop());

  const allow = (bytes: number): Promise<unknown> => redis.send('CONFIG', 'SET', 'maxmemory', bytes);
  const used = async (): Promise<number> => Number(/used_memory:(\d+)/.exec(String(await redis.send('INFO', 'memory')))![1]);

  async function end(since: number): Promise<{ recoverySeconds: number; found: Awaited<ReturnType<typeof expectExact>> }> {
    const recoverySeconds = await recovered(rig, since);
    await until('all is promised', () => rig.promised().length >= eventCount(), 120_000);
    await settle(rig, Date.now());
    expect(recoverySeconds).toBeLessThan(10);
    return { recoverySeconds, found: await expectExact(rig, eventCount()) };
  }

  it('that is full refuses every job for a while; nothing is lost and writes are accepted', async () => {
    await producer.start({ RIG_PRODUCE: eventCount(), RIG_RATE: 500 });
    await until('some are promised', () => rig.promised().length >= eventCount() / 4, 60_000);
    await allow(1);
    const from = rig.promised().length;
    await pause(5_000);
    expect(rig.promised().length).toBeGreaterThan(from);
    expect(await consumer.health()).toBe(200);
    await allow(0);
    const { recoverySeconds, found } = await end(Date.now());
    // A try that Redis refused counts: the first, perhaps one of the sweep while it is still full, and the one that succeeds.
    expect(await rig.count('select max(attempt) as count from partners.delivery')).toBeLessThanOrEqual(3);
    record({
      rows: [4], fault: 'Redis is full for a while', injected: 'CONFIG SET maxmemory 1 for 5 s, with events flowing', recoverySeconds, ...figures(found),
      note: 'what Redis refused counts as sent',
    });
  }, 200_000);

  it('that becomes full while a backlog waits in it loses nothing, and drains when it has room', async () => {
    await consumer.signal('SIGTERM');
    await producer.start({ RIG_PRODUCE: eventCount(), RIG_RATE: 2_000 });
    await until('most is promised', () => rig.promised().length >= eventCount() * 0.8, 120_000);
    const waiting = await redis.waiting(rig.prefix, ['harbors']);
    expect(waiting).toBeGreaterThan(0);
    await allow(await used());
    await consumer.start();
    await pause(5_000);
    await allow(0);
    const { recoverySeconds, found } = await end(Date.now());
    expect(found.envelopes).toBeLessThanOrEqual(1.2);
    record({
      rows: [4], fault: 'Redis becomes full while a backlog waits in it', injected: 'maxmemory set to what is used, then the stopped consumer started; raised after 5 s',
      recoverySeconds, ...figures(found), note: `${waiting} envelopes waited in Redis`,
    });
  }, 200_000);

  it('that may throw keys away is refused at boot, with the reason', async () => {
    await redis.send('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    await producer.start({}, { ready: false });
    await until('it ended', () => !producer.isAlive);
    expect(tail(producer.log, 50)).toMatch(/allkeys-lru.*noeviction/s);
    await redis.send('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await producer.start();
    record({ rows: [4], fault: 'Redis is configured to throw keys away', injected: 'maxmemory-policy allkeys-lru', note: 'boot refused with the reason; boots when it is noeviction' });
  });

  it('that is away for a minute, silent and then dead, stops no write and no process', async () => {
    const perSecond = 100;
    await producer.start({ RIG_PRODUCE: 80 * perSecond, RIG_RATE: perSecond });
    await until('events flow', () => rig.promised().length >= 5 * perSecond, 60_000);
    const accepted: number[] = [];
    const watch = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second += 5) {
        const before = rig.promised().length;
        await pause(5_000);
        accepted.push(rig.promised().length - before);
        expect([await producer.health(), await consumer.health()]).toEqual([200, 200]);
      }
    };
    process.kill(redis.pid, 'SIGSTOP');
    await watch(30);
    await redis.kill();
    await watch(30);
    expect(Math.min(...accepted)).toBeGreaterThan(0);
    await redis.start();
    const over = Date.now();
    const recoverySeconds = await recovered(rig, over);
    await until('all is promised', () => rig.promised().length >= 80 * perSecond, 60_000);
    await settle(rig, Date.now());
    const found = await expectExact(rig, 80 * perSecond);
    expect(recoverySeconds).toBeLessThan(10);
    expect(found.envelopes).toBeLessThanOrEqual(1.2);
    record({
      rows: [6], fault: 'Redis is away for a minute', injected: 'SIGSTOP for 30 s, then kill -9, started again after 30 s more', recoverySeconds, ...figures(found),
      note: `${accepted.reduce((sum, one) => sum + one, 0)} writes were accepted meanwhile; every service stayed ready`,
    });
  }, 200_000);
});

import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@finharbor/testing/until';
import { expectExact, figures, recovered, settle } from './support/oracle.js';
import { eventCount, record } from './support/report.js';
import { Rig, type RigProcess } from './support/rig.js';
import { RedisServer } from './support/servers.js';

/** Longer than a job's lock, and than the pause after which a job without one is taken from its worker: 4 s and 1.5 s. */
const beyondLockMs = 8_000;

describe('a consumer', () => {
  let redis: RedisServer;
  let rig: Rig;
  let producer: RigProcess;

  beforeEach(async () => {
    rig = await Rig.create('redis://127.0.0.1:0');
    redis = await RedisServer.start(rig.run);
    rig.redisUrl = redis.url;
    await rig.boot({ harbors: 1 });
    producer = rig.add('partners', { RIG_NAMES: 'outlet.registered' });
  }, 60_000);
  afterEach(() => rig?.stop());

  /** Backends of a service that wait for somebody else's lock. */
  const hanging = async (): Promise<number[]> => {
    await rig.database.query('select pg_stat_clear_snapshot()'); // or a transaction sees the same all the time
    return (await rig.database.query<{ pid: number }>(
      `select pid from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'finharbor harbors' and datname = current_database()`,
    )).map(({ pid }) => pid);
  };

  it('that is killed five times on the same job loses and doubles nothing', async () => {
    const [consumer] = rig.of('harbors');
    await rig.database.query('begin');
    await rig.database.query('lock table harbors.rig_effects in exclusive mode');
    await producer.start({ RIG_PRODUCE: 1 });
    await until('it is promised', () => rig.promised().length === 1);
    const killed = new Set<number>();
    for (let kill = 1; kill <= 5; kill += 1) {
      await until(`the consumer hangs in its job the ${kill}. time`, async () => (await hanging()).filter((pid) => !killed.has(pid)).length > 0);
      await consumer.signal('SIGKILL');
      // Its backends wait on until they get the lock, and then find nobody there; they must not be taken for those of the next.
      for (const pid of await hanging()) killed.add(pid);
      await consumer.start({}, { ready: kill === 5 });
    }
    await rig.database.query('commit');
    const over = Date.now();
    const recoverySeconds = await settle(rig, over);
    const found = await expectExact(rig, 1);
    const [job] = await redis.keys(`${rig.prefix}:harbors:*-1`);
    const begun = Number(await redis.send('HGET', job, 'ats')); // BullMQ's own count
    expect(begun).toBeGreaterThanOrEqual(6);
    expect(recoverySeconds).toBeLessThan(10);
    expect(found.envelopes).toBeLessThanOrEqual(1.2);
    record({
      rows: [2], fault: 'a consumer is killed five times on the same job', injected: 'kill -9 whenever it hangs in the transaction of the job',
      recoverySeconds, ...figures(found), note: `the job was begun ${begun} times`,
    });
  }, 120_000);

  it('that freezes beyond its lock and wakes up doubles nothing, whatever it was doing', async () => {
    await rig.boot({ harbors: 1 });
    const [frozen] = rig.of('harbors');
    await producer.start({ RIG_PRODUCE: eventCount(), RIG_RATE: eventCount() / 40 });
    let recoverySeconds = 0;
    for (let time = 1; time <= 3; time += 1) {
      await until('events flow', () => rig.promised().length >= (eventCount() * time) / 5, 60_000);
      await frozen.signal('SIGSTOP');
      await pause(beyondLockMs);
      await frozen.signal('SIGCONT');
      recoverySeconds = Math.max(recoverySeconds, await recovered(rig));
    }
    await until('all is promised', () => rig.promised().length >= eventCount(), 120_000);
    await settle(rig, Date.now());
    const found = await expectExact(rig, eventCount());
    expect(recoverySeconds).toBeLessThan(10);
    expect(found.envelopes).toBeLessThanOrEqual(1.2);
    record({
      rows: [15], fault: 'a worker freezes longer than its lock, three times, and wakes up', injected: 'SIGSTOP for 8 s and SIGCONT, with a second worker beside it',
      recoverySeconds, ...figures(found),
    });
  }, 200_000);

  it('that freezes in the middle of a transaction holds nothing up for long, and doubles nothing when it wakes up', async () => {
    const [frozen] = rig.of('harbors');
    await rig.database.query('begin');
    await rig.database.query('lock table harbors.rig_effects in exclusive mode');
    await producer.start({ RIG_PRODUCE: 50, RIG_RATE: 10_000 });
    await until('the consumer hangs in its job', async () => (await hanging()).length > 0);
    await frozen.signal('SIGSTOP');
    await rig.database.query('commit'); // its statement ends, its transaction does not: it holds the inbox rows of its events
    const stopped = Date.now();
    await rig.boot({ harbors: 1 });
    const waited = await settle(rig, stopped, 60_000);
    await frozen.signal('SIGCONT');
    await until('the sleeper serves again', async () => await frozen.health() === 200);
    const found = await expectExact(rig, 50);
    record({
      rows: [15], fault: 'a worker freezes inside its transaction', injected: 'SIGSTOP while it waits for a lock, SIGCONT when all is applied by another',
      ...figures(found), note: `its events took effect ${waited.toFixed(1)} s after it froze, by another worker, before it woke up`,
    });
  }, 120_000);
});

import { until } from '@finharbor/testing/until';
import { expectExact, figures, recovered, resent, settle } from './support/oracle.js';
import { eventCount, isFull, record } from './support/report.js';
import { Rig, type RigProcess } from './support/rig.js';
import { RedisServer } from './support/servers.js';

const consumers = ['enterprise-lists', 'loan-matching', 'harbors'] as const;
const replicas = isFull() ? 2 : 1;
const rate = isFull() ? 500 : 400;

describe('what carries events', () => {
  let redis: RedisServer;
  let rig: Rig;

  beforeAll(async () => {
    rig = await Rig.create('redis://127.0.0.1:0');
    redis = await RedisServer.start(rig.run);
    rig.redisUrl = redis.url;
    await rig.boot({ 'enterprise-lists': replicas, 'loan-matching': replicas, harbors: 2 });
  }, 60_000);
  afterAll(() => rig?.stop());

  it('is killed, all of it, in the middle of the work, and loses and doubles nothing', async () => {
    const share = eventCount() / 2;
    const left = (one: RigProcess): number => share - rig.promised(one).length;
    // Both relays publish as well, each a half: one that is killed in between goes on where its ledger ends.
    const produce = (one: RigProcess): Promise<void> => one.crash({ RIG_PRODUCE: left(one), RIG_RATE: rate }, { ready: false });
    const restart = (one: RigProcess): Promise<void> => one.crash({}, { ready: false });
    const killRedis = async (): Promise<void> => {
      await redis.kill();
      await redis.start();
    };
    const [relay, other] = [rig.add('partners'), rig.add('partners')];
    await Promise.all([relay, other].map((one) => one.start({ RIG_PRODUCE: share, RIG_RATE: rate })));
    const faults = [
      () => produce(relay), () => restart(rig.of('harbors')[0]), killRedis,
      () => produce(other), () => restart(rig.of('loan-matching')[0]), killRedis,
      () => produce(relay), () => restart(rig.of('enterprise-lists')[0]), killRedis,
    ];
    for (const [number, fault] of faults.entries()) {
      await until(`fault ${number} is due`, () => rig.promised().length >= (eventCount() * (number + 1)) / (faults.length + 1), 120_000);
      await fault();
    }
    const recoverySeconds = await recovered(rig);
    await until('all is promised', () => left(relay) <= 0 && left(other) <= 0, 120_000);
    await settle(rig, Date.now());
    const found = await expectExact(rig, eventCount());
    expect(recoverySeconds).toBeLessThan(10);
    expect(found.envelopes).toBeLessThanOrEqual(1.2);
    record({
      rows: [2, 3], fault: 'relay, consumer and Redis are killed, three times each, under load', recoverySeconds,
      injected: 'kill -9 of each in turn; Redis without persistence; two relays, two consumers', ...figures(found),
    });
  }, 300_000);

  it('forgets what waited for consumers that are down, three times, and sends again what was forgotten, not more', async () => {
    const [producer] = rig.of('partners');
    const before = { promised: rig.promised().length, resent: await resent(rig) };
    await Promise.all(consumers.flatMap((service) => rig.of(service)).map((one) => one.signal('SIGTERM')));
    await producer.crash({ RIG_PRODUCE: eventCount(), RIG_RATE: rate * 4 });
    let forgotten = 0;
    for (const part of [1, 2, 3]) {
      await until('a third is promised', () => rig.promised().length - before.promised >= (eventCount() * part) / 3, 120_000);
      await until('envelopes wait in Redis', async () => await redis.waiting(rig.prefix, consumers) > 0);
      const sent = await resent(rig);
      forgotten += await redis.forget(rig.prefix, consumers);
      await until('envelopes are sent again', async () => await resent(rig) > sent);
    }
    await Promise.all(consumers.flatMap((service) => rig.of(service)).map((one) => one.start()));
    const recoverySeconds = await settle(rig, Date.now());
    const found = await expectExact(rig, before.promised + eventCount());
    const republished = await resent(rig) - before.resent;
    expect(recoverySeconds).toBeLessThan(10);
    expect(republished).toBeLessThanOrEqual(1.2 * forgotten);
    record({
      rows: [4], fault: 'Redis forgets everything while envelopes wait in it, three times', injected: 'FLUSHALL with all consumers stopped', recoverySeconds,
      ...figures(found, before.promised), note: `${forgotten} envelopes were in Redis, ${republished} were sent again`,
    });
  }, 300_000);
});

import { until } from '@finharbor/testing/until';
import { expectExact, figures, open, resent, settle } from './support/oracle.js';
import { eventCount, record } from './support/report.js';
import { Rig, type RigProcess } from './support/rig.js';
import { RedisServer } from './support/servers.js';

const consumers = ['enterprise-lists', 'loan-matching', 'harbors'] as const;

/** What each mechanism does when it is the only one that is needed. */
describe('alone', () => {
  let redis: RedisServer;
  let rig: Rig;
  let producer: RigProcess;

  beforeEach(async () => {
    rig = await Rig.create('redis://127.0.0.1:0');
    redis = await RedisServer.start(rig.run);
    rig.redisUrl = redis.url;
    producer = rig.add('partners');
    await rig.boot({ 'enterprise-lists': 1, 'loan-matching': 1, harbors: 1 });
  }, 60_000);
  afterEach(() => rig?.stop());

  const stopConsumers = (): Promise<unknown> => Promise.all(consumers.flatMap((service) => rig.of(service)).map((one) => one.signal('SIGTERM')));
  const startConsumers = (): Promise<unknown> => Promise.all(consumers.flatMap((service) => rig.of(service)).map((one) => one.start()));

  /** Removes keys as a fault would, at one moment; how many there were. */
  const remove = async (pattern: string): Promise<number> => Number(await redis.send('EVAL',
    `local keys = redis.call('KEYS', ARGV[1]) for _, key in ipairs(keys) do redis.call('DEL', key) end return #keys`, 0, `${rig.prefix}:${pattern}`));

  it('the sweep makes good acknowledgements that are lost', async () => {
    await producer.start({ RIG_PRODUCE: eventCount(), RIG_RATE: 500 });
    let lost = 0;
    const thief = setInterval(() => void remove('partners-acks:*').then((keys) => { lost += keys; }, () => undefined), 20);
    await until('all is promised', () => rig.promised().length >= eventCount(), 120_000);
    clearInterval(thief);
    const recoverySeconds = await settle(rig, Date.now());
    const found = await expectExact(rig, eventCount());
    expect(lost).toBeGreaterThan(0);
    expect(recoverySeconds).toBeLessThan(10);
    record({
      rows: [], fault: 'acknowledgements are lost, and nothing else', injected: `every 20 ms what lies in the queue of acknowledgements is deleted`, recoverySeconds,
      ...figures(found), note: `${lost} keys were deleted`,
    });
  }, 200_000);

  it('the sweep finds what is gone by its age, when nothing tells that Redis lost anything', async () => {
    await stopConsumers();
    await producer.start({ RIG_PRODUCE: eventCount(), RIG_RATE: 2_000 });
    await until('all is promised', () => rig.promised().length >= eventCount(), 120_000);
    await until('all is relayed', async () => await rig.count('select count(*) from partners.outbox') === 0);
    const gone = await redis.waiting(rig.prefix, consumers);
    for (const consumer of consumers) await remove(`${consumer}:*`);
    await startConsumers();
    const recoverySeconds = await settle(rig, Date.now());
    const found = await expectExact(rig, eventCount());
    expect(await resent(rig)).toBeLessThanOrEqual(1.2 * gone);
    expect(recoverySeconds).toBeLessThan(10);
    record({
      rows: [4], fault: 'envelopes vanish from Redis, which keeps the rest', injected: 'the keys of the consumers’ queues are deleted, the epoch keys stay', recoverySeconds,
      ...figures(found), note: `${gone} envelopes were deleted, ${await resent(rig)} sent again`,
    });
  }, 200_000);

  it('a lost epoch key makes nobody send what is still there', async () => {
    await stopConsumers();
    await producer.start({ RIG_PRODUCE: eventCount(), RIG_RATE: 2_000 });
    await until('all is promised', () => rig.promised().length >= eventCount(), 120_000);
    for (let time = 1; time <= 3; time += 1) {
      expect(await remove('epoch:*')).toBeGreaterThan(0);
      await until('the producer has noticed', async () => (await redis.keys(`${rig.prefix}:epoch:partners`)).length === 1);
    }
    await startConsumers();
    const recoverySeconds = await settle(rig, Date.now());
    const found = await expectExact(rig, eventCount());
    expect(found.envelopes).toBe(1);
    expect(await open(rig)).toBe(0);
    record({ rows: [4], fault: 'only the epoch keys are lost', injected: 'they are deleted three times while envelopes wait', recoverySeconds, ...figures(found) });
  }, 200_000);
});

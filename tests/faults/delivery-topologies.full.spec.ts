import { until } from '@finharbor/testing/until';
import { expectExact, figures, recovered, resent, settle } from './support/oracle.js';
import { eventCount, record } from './support/report.js';
import { Rig, type RigProcess } from './support/rig.js';
import { PgBouncer } from './support/servers-pgbouncer.js';
import { RedisCluster } from './support/servers-cluster.js';
import { SentinelSuite } from './support/servers-sentinel.js';

describe('the platform on servers that are several', () => {
  let rig: Rig;
  let producer: RigProcess;

  beforeEach(async () => {
    rig = await Rig.create();
  });
  afterEach(() => rig?.stop());

  /** Two consumers of what one producer tells; the producer waits. */
  async function boot(): Promise<void> {
    await rig.boot({ 'enterprise-lists': 1, 'loan-matching': 1, harbors: 2 });
    producer = rig.add('partners');
  }

  /** Runs the fault when half of the events are promised; the seconds until what was promised by its end took effect. */
  async function faultInTheMiddle(fault: () => Promise<void>): Promise<number> {
    await producer.start({ RIG_PRODUCE: eventCount(), RIG_RATE: 600 });
    await until('half is promised', () => rig.promised().length >= eventCount() / 2, 120_000);
    await fault();
    const seconds = await recovered(rig);
    await until('all is promised', () => rig.promised().length >= eventCount(), 120_000);
    await settle(rig, Date.now());
    return seconds;
  }

  it('loses and doubles nothing when Sentinel makes a replica master that lagged', async () => {
    const suite = await SentinelSuite.start(rig.run, rig.dir);
    rig.redisUrl = suite.url;
    await boot();
    const [master, replica] = await suite.roles();
    const [consumer] = rig.of('enterprise-lists');
    const recoverySeconds = await faultInTheMiddle(async () => {
      await consumer.signal('SIGTERM'); // what goes to it waits in Redis
      process.kill(replica.pid, 'SIGSTOP'); // and from here on the replica misses what the master is told,
      await master.send('CLIENT', 'KILL', 'TYPE', 'replica'); // also what would wait for it in its socket
      const from = rig.promised().length;
      await until('the replica lags', () => rig.promised().length >= from + 500);
      await master.kill();
      process.kill(replica.pid, 'SIGCONT');
      await consumer.start({}, { ready: false });
    });
    expect((await suite.roles())[0]).toBe(replica);
    expect(await resent(rig)).toBeGreaterThan(0); // the replica did lack envelopes
    await master.start(); // the Sentinels make it a replica
    const found = await expectExact(rig, eventCount());
    expect(recoverySeconds).toBeLessThan(10);
    expect(found.envelopes).toBeLessThanOrEqual(1.2);
    record({
      rows: [5], fault: 'Redis fails over to a replica that lagged', recoverySeconds, ...figures(found),
      injected: 'three Sentinels; replica stopped for 500 events and a consumer with it, then kill -9 of the master', note: 'recovery includes the failover itself, from the kill on',
    });
  }, 300_000);

  it('runs on a Redis Cluster, whose node that holds the queues is killed', async () => {
    const cluster = await RedisCluster.start(rig.run, rig.dir);
    rig.redisUrl = cluster.url;
    await boot();
    const recoverySeconds = await faultInTheMiddle(async () => (await cluster.masterOf(rig.prefix)).kill());
    const found = await expectExact(rig, eventCount());
    expect(recoverySeconds).toBeLessThan(10);
    expect(found.envelopes).toBeLessThanOrEqual(1.2);
    record({
      rows: [5], fault: 'a Redis Cluster loses the node that holds the queues', recoverySeconds, ...figures(found),
      injected: 'three masters, three replicas; kill -9 of the master of the slot', note: 'recovery includes the failover itself, from the kill on',
    });
  }, 300_000);

  it('runs through PgBouncer in transaction mode, with fewer connections than it has itself', async () => {
    const bouncer = await PgBouncer.start(rig.run, rig.database);
    rig.databaseUrl = bouncer.through(rig.database.adminUrl);
    await boot();
    const recoverySeconds = await faultInTheMiddle(() => rig.of('harbors')[0].crash());
    const found = await expectExact(rig, eventCount());
    expect(recoverySeconds).toBeLessThan(10);
    record({
      rows: [2], fault: 'a consumer is killed behind PgBouncer in transaction mode', recoverySeconds, ...figures(found),
      injected: `PgBouncer ${bouncer.version}, four connections for each service; kill -9`,
    });
  }, 300_000);
});

import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@finharbor/testing/until';
import { identify } from '../../tools/lib/processes.mjs';
import { Run } from '../../tools/lib/run.mjs';
import { expectExact, figures, recovered, settle } from './support/oracle.js';
import { PostgresServer } from './support/postgres.js';
import { eventCount, record } from './support/report.js';
import { Rig } from './support/rig.js';

describe('PostgreSQL under the delivery of events', () => {
  const run = new Run('fleet');
  let postgres: PostgresServer;
  let rig: Rig;

  beforeAll(async () => {
    postgres = await PostgresServer.start(run);
    rig = await Rig.create(undefined, await postgres.database('rig'));
    await rig.boot({ 'enterprise-lists': 1, 'loan-matching': 1, harbors: 2 });
  }, 120_000);
  afterAll(async () => {
    await rig?.stop();
    await run.stop();
  });

  it('is killed, stopped at once and loses a backend while events drain, and neither loses nor doubles any', async () => {
    const share = { RIG_PRODUCE: eventCount() / 2, RIG_RATE: 300 };
    await Promise.all([rig.add('partners').start(share), rig.add('partners').start(share)]);
    const faults = [
      () => postgres.kill(),
      () => postgres.stop('SIGQUIT'),
      async () => {
        const backends = await postgres.backends();
        process.kill(backends[Math.floor(backends.length / 2)], 'SIGKILL'); // the postmaster then ends all others and starts anew by itself
        await until('all of them have ended', () => backends.every((pid) => identify(pid) === null));
      },
    ];
    let recoverySeconds = 0;
    for (const [number, fault] of faults.entries()) {
      await until(`fault ${number} is due`, () => rig.promised().length >= (eventCount() * (number + 1)) / (faults.length + 1), 180_000);
      await fault();
      await pause(1_000);
      if (number < 2) await postgres.start();
      await until('PostgreSQL answers', () => postgres.query('select').then(() => true, () => false));
      recoverySeconds = Math.max(recoverySeconds, await recovered(rig));
    }
    await until('all is promised', () => rig.promised().length >= eventCount(), 180_000);
    await settle(rig, Date.now());
    const found = await expectExact(rig, eventCount());
    expect(recoverySeconds).toBeLessThan(10);
    expect(found.envelopes).toBeLessThanOrEqual(1.2);
    record({
      rows: [7], fault: 'PostgreSQL dies under relays and consumers at work', recoverySeconds, ...figures(found),
      injected: 'kill -9 of all its processes, an immediate stop, kill -9 of one backend; fsync and synchronous_commit on',
    });
  }, 600_000);
});

import { until } from '@finharbor/testing/until';
import { serviceNames } from '@finharbor/contracts/services';
import { OwnFleet } from './support/database-fleet.js';

describe('a network', () => {
  let own: OwnFleet;

  beforeAll(async () => { own = await OwnFleet.start(['max_connections=100']); }, 240_000);
  afterAll(async () => { await own?.stop(); }, 60_000);

  /** What the services say of Redis. */
  const redisStates = async (): Promise<string[]> => Promise.all(serviceNames.map(async (name) =>
    (await (await fetch(`${own.fleet.services[name].url}/health/ready`)).json() as { redis: string }).redis));

  it('that forgets every connection to PostgreSQL, and lets new ones through', () => own.survives({
    rows: [10], fault: 'all connections to PostgreSQL go dumb, without an end', injected: 'a proxy drops what is sent on them, both ways, and passes new ones',
    inject: () => own.postgresLine.dropOld(),
  }), 240_000);

  it('that loses everything on the way to PostgreSQL for a while', () => own.survives({
    rows: [10], fault: 'PostgreSQL cannot be reached, without an end of any connection', injected: 'a proxy drops everything for 15 s, new connections too',
    inject: () => own.postgresLine.drop(),
    lastsMs: 15_000,
    end: () => own.postgresLine.pass(),
  }), 240_000);

  it('that loses what PostgreSQL answers', () => own.survives({
    rows: [10], fault: 'no answer of PostgreSQL arrives', injected: 'a proxy drops the answers alone, for 10 s',
    inject: () => own.postgresLine.drop('down'),
    lastsMs: 10_000,
    end: () => own.postgresLine.pass(),
  }), 240_000);

  it('that holds everything back for a while', () => own.survives({
    rows: [8, 10], fault: 'the line to PostgreSQL stalls', injected: 'a proxy holds back both ways for 12 s, and then delivers',
    inject: () => own.postgresLine.stall(),
    lastsMs: 12_000,
    end: () => own.postgresLine.pass(),
  }), 240_000);

  it('that is slow', () => own.survives({
    rows: [10], fault: 'the line to PostgreSQL is slow', injected: 'a proxy delays every packet by 20 ms each way, for 5 s',
    inject: () => own.postgresLine.delay(20),
    isFelt: false,
    lastsMs: 5_000,
    end: () => own.postgresLine.pass(),
  }), 240_000);

  it('that breaks connections to PostgreSQL and refuses new ones', () => own.survives({
    rows: [7, 10], fault: 'the line to PostgreSQL is cut', injected: 'a proxy resets every connection and refuses new ones for 8 s',
    inject: async () => {
      await own.postgresLine.refuse();
      await own.postgresLine.reset();
    },
    lastsMs: 8_000,
    end: () => own.postgresLine.pass(),
  }), 240_000);

  it('that forgets every connection to Redis, and lets new ones through', () => own.survives({
    rows: [10], fault: 'all connections to Redis go dumb, without an end', injected: 'a proxy drops what is sent on them, both ways, and passes new ones',
    inject: () => own.redisLine.dropOld(),
    isFelt: false,
  }), 240_000);

  it('that loses everything on the way to Redis for a while: writes go on', () => own.survives({
    rows: [6, 10], fault: 'Redis cannot be reached, without an end of any connection', injected: 'a proxy drops everything for 15 s, new connections too',
    inject: () => own.redisLine.drop(),
    isFelt: false,
    during: () => until('every service has noticed', async () => (await redisStates()).every((state) => state === 'down')),
    lastsMs: 15_000,
    end: () => own.redisLine.pass(),
  }), 240_000);
});

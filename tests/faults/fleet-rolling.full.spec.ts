import { FleetCopies } from './support/fleet-copies.js';
import { judgeFleet } from './support/fleet-oracle.js';
import { Load } from './support/load.js';
import { record } from './support/report.js';

/** Longer than the balancer needs to notice (0.3 s) and than the gateway leaves a connection idle (1 to 2 s). */
const lingerMs = 3_000;

describe('a rolling restart', () => {
  let fleet: FleetCopies;
  let load: Load | undefined;

  beforeAll(async () => {
    fleet = await FleetCopies.start({ lingerMs });
    await fleet.fleet.settle();
  }, 180_000);
  afterAll(async () => {
    load?.kill();
    await fleet?.stop();
  }, 60_000);

  it('of every process in turn, under the load of plain clients that try nothing twice, fails no request', async () => {
    fleet.balancer.turnedAway.length = 0; // what it said while the first copies started
    load = Load.start(fleet.fleet, { users: 5, retries: false });
    await load.more(100);
    const ends: number[] = [];
    for (const copy of [0, 1]) {
      for (const name of fleet.names) {
        const before = Date.now();
        await fleet.replace(copy, name);
        ends.push(Date.now() - before);
      }
    }
    await load.more(50);
    const ledger = await load.stop();
    load = undefined;
    expect(fleet.explain(ledger)).toEqual([]);
    const { acknowledged, lost, doubled, problems } = await judgeFleet(fleet.fleet, ledger);
    expect({ lost, doubled, problems }).toEqual({ lost: 0, doubled: 0, problems: [] });
    expect(new Set(ledger.done.map(({ op }) => op)).size).toBeGreaterThan(15);
    record({
      rows: [20], fault: 'a rolling restart under load', acknowledged, lost, doubled,
      injected: `SIGTERM to each of ${ends.length} processes (two of each service, two gateways behind a balancer of connections), each replaced`,
      note: `0 of ${ledger.entries.length} requests failed; plain keep-alive clients without retries; SHUTDOWN_LINGER_MS=${lingerMs}`,
    });
  }, 400_000);
});

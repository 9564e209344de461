import type { FinHarborClient, GraphqlError } from '@finharbor/client/client';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import { judgeFleet } from './support/fleet-oracle.js';
import { overview, shownOf, withoutPlaces } from './support/fleet-views.js';
import { Load } from './support/load.js';
import { record } from './support/report.js';

/** The issue's own bound. */
const recoveryBound = 10;
/** How long a service may take for its part of a query, here: what it takes longer is left out. */
const subgraphMs = 2_000;

describe('a subgraph', () => {
  let fleet: TestFleet;
  let supervisor: FinHarborClient;
  let load: Load | undefined;

  beforeAll(async () => {
    fleet = await startTestFleet({ env: { GRAPHQL_TIMEOUT_MS: String(subgraphMs) } });
    supervisor = fleet.client('supervisor');
    await fleet.settle();
    await overview(supervisor);
  }, 180_000);
  afterAll(async () => {
    load?.kill();
    await fleet?.stop();
  }, 60_000);

  const others = ['/v1/harbors', '/v1/organisations', '/v1/published-products', '/v1/push-lists', '/v1/issues'];

  async function timed<T>(work: Promise<T>): Promise<[T, number]> {
    const started = performance.now();
    return [await work, performance.now() - started];
  }

  const codes = (errors: GraphqlError[] | undefined): Set<string | undefined> => new Set(errors?.map(({ extensions }) => extensions?.code));

  it('that is stopped takes along what is its own, within its time, and the others are as fast as ever', async () => {
    const { pid } = fleet.services['loan-matching'];
    const whole = await overview(supervisor);
    expect(whole.errors).toBeUndefined();
    process.kill(pid!, 'SIGSTOP');
    let ended: number;
    try {
      for (let round = 0; round < 3; round += 1) {
        const [partial, ms] = await timed(overview(supervisor));
        expect(shownOf(partial.data)).toEqual(shownOf(whole.data, 'demandCounts'));
        expect(codes(partial.errors)).toEqual(new Set(['SERVICE_TIMEOUT']));
        expect(withoutPlaces(partial.errors)).toBe(true);
        expect(ms).toBeLessThan(3 * subgraphMs);
      }
      // Many at once, each of which waits for the one that is stopped: nobody else waits for them.
      const stuck = Array.from({ length: 200 }, () => overview(supervisor));
      const times: number[] = [];
      for (const path of others) times.push((await timed(supervisor.get(path)))[1]);
      const [{ errors }, ms] = await timed(supervisor.graphql('{ harbors(first: 3) { edges { node { number hostBank { name } } } } }'));
      expect(errors).toBeUndefined();
      expect(Math.max(...times, ms)).toBeLessThan(subgraphMs);
      const [answers, all] = await timed(Promise.all(stuck));
      expect(codes(answers.flatMap((answer) => answer.errors ?? []))).toEqual(new Set(['SERVICE_TIMEOUT']));
      expect(all).toBeLessThan(5 * subgraphMs);
      expect((await fetch(`${fleet.url}/health/ready`)).status).toBe(200);
    } finally {
      process.kill(pid!, 'SIGCONT');
      ended = Date.now();
    }
    await until('the query is whole again', async () => (await overview(supervisor)).errors === undefined);
    const recoverySeconds = (Date.now() - ended) / 1_000;
    expect(recoverySeconds).toBeLessThan(recoveryBound);
    record({
      rows: [19], fault: 'a subgraph hangs', injected: 'SIGSTOP of loan-matching, 200 queries at once', recoverySeconds,
      note: `partial data with SERVICE_TIMEOUT after GRAPHQL_TIMEOUT_MS=${subgraphMs}; REST and queries of the others answered meanwhile`,
    });
  }, 120_000);

  it('that is slow is waited for, and nothing is lost', async () => {
    const { pid } = fleet.services['product-catalog'];
    load = Load.start(fleet, { users: 4 });
    await load.more(30);
    const over = Date.now() + 15_000;
    try {
      // It runs a tenth of the time.
      for (let stopped = true; Date.now() < over; stopped = !stopped) {
        process.kill(pid!, stopped ? 'SIGSTOP' : 'SIGCONT');
        await new Promise((resolve) => setTimeout(resolve, stopped ? 450 : 50));
      }
    } finally {
      process.kill(pid!, 'SIGCONT');
    }
    const ended = Date.now();
    await load.more(60);
    const ledger = await load.stop();
    load = undefined;
    const { acknowledged, lost, doubled, problems } = await judgeFleet(fleet, ledger);
    expect({ lost, doubled, problems }).toEqual({ lost: 0, doubled: 0, problems: [] });
    const recoverySeconds = ledger.recovery(ended, 'product-catalog');
    expect(recoverySeconds).toBeLessThan(recoveryBound);
    record({
      rows: [19], fault: 'a subgraph is slow', injected: 'product-catalog runs a tenth of the time (SIGSTOP and SIGCONT) for 15 s, under load',
      acknowledged, lost, doubled, recoverySeconds,
    });
  }, 200_000);
});

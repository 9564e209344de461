import type { GraphqlError } from '@finharbor/client/client';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { checks } from './support/fleet-checks.js';
import { judgeFleet } from './support/fleet-oracle.js';
import { effectsSince } from './support/fleet-recovery.js';
import { overview, shownOf, withoutPlaces } from './support/fleet-views.js';
import { Load } from './support/load.js';
import { record } from './support/report.js';

/** The issue's own bound. */
const recoveryBound = 10;

describe('the fleet', () => {
  let fleet: TestFleet;
  let load: Load | undefined;

  beforeAll(async () => {
    fleet = await startTestFleet();
    await fleet.settle();
  }, 120_000);
  afterAll(async () => {
    load?.kill();
    await fleet?.stop();
  }, 60_000);

  it('loses and doubles nothing when the gateway and then a service are killed under load, and is back in time', async () => {
    load = Load.start(fleet);
    await load.more(30);
    const ends: [name: string, ready: number, effects: number][] = [];
    for (const name of ['gateway', 'loan-matching']) {
      await fleet.services[name].stop('SIGKILL');
      await fleet.services[name].start();
      const ready = Date.now();
      const effects = await effectsSince(fleet, ready);
      await load.more(15);
      ends.push([name, ready, effects]);
    }
    const ledger = await load.stop();
    load = undefined;
    const { acknowledged, lost, doubled, problems } = await judgeFleet(fleet, ledger);
    expect({ lost, doubled, problems }).toEqual({ lost: 0, doubled: 0, problems: [] });
    const recoverySeconds = Math.max(...ends.map(([, ready, effects]) => Math.max(effects, ledger.recovery(ready))));
    expect(recoverySeconds).toBeLessThan(recoveryBound);
    record({
      rows: [2, 21], fault: 'the gateway, then loan-matching, is killed under load', injected: 'kill -9 of the process, started again at once',
      acknowledged, lost, doubled, recoverySeconds, note: 'recovery from the moment when the process is ready again',
    });
  }, 120_000);

  it('answers what it can while a service is away: the other fields, and the other services over REST', async () => {
    const supervisor = fleet.client('supervisor');
    const whole = await overview(supervisor);
    expect(whole.errors).toBeUndefined();
    await fleet.services.feedback.stop('SIGKILL');
    const partial = await overview(supervisor);
    expect(shownOf(partial.data)).toEqual(shownOf(whole.data, 'issueCounts'));
    expect(new Set(partial.errors!.map(({ extensions }: GraphqlError) => extensions!.code))).toEqual(new Set(['SERVICE_UNAVAILABLE']));
    expect(withoutPlaces(partial.errors)).toBe(true);
    for (const path of ['/v1/harbors', '/v1/demands', '/v1/published-products', '/v1/push-lists']) await supervisor.get(path);
    const ended = Date.now();
    await fleet.services.feedback.start();
    const ready = Date.now();
    expect((await overview(supervisor)).errors).toBeUndefined();
    const recoverySeconds = (Date.now() - ready) / 1_000;
    expect(recoverySeconds).toBeLessThan(recoveryBound);
    record({
      rows: [19], fault: 'a subgraph is away', injected: 'kill -9 of feedback', recoverySeconds,
      note: `partial data with SERVICE_UNAVAILABLE, REST of the others unaffected; the process took ${((ready - ended) / 1_000).toFixed(1)} s to start`,
    });
  }, 60_000);

  it('is judged by an oracle that finds what is lost, doubled and illegal', async () => {
    const brief = Load.start(fleet, { users: 2, mix: { apply: 1, complain: 1 } });
    await brief.more(30);
    const ledger = await brief.stop();
    expect((await judgeFleet(fleet, ledger)).problems).toEqual([]);
    const { id } = ledger.of('demand.choose')[0] ?? ledger.of('demand.submit')[0];
    await fleet.database.query('begin');
    try {
      // Behind the services' backs, as a superuser whom no trigger stops: what must never happen.
      await fleet.database.query('set local session_replication_role = replica');
      await fleet.database.query(`delete from loan_matching.audit where resource_id = $1 and action = 'demand.submit'`, [id]);
      await fleet.database.query(`update loan_matching.demands set state = 'SUBMITTED', version = 7 where id = $1`, [id]);
      await fleet.database.query(`update harbors.harbor_totals set demand_total = demand_total + 1`);
      await fleet.database.query(
        `insert into feedback.issue_trail (id, org_id, issue_id, action, at) select gen_random_uuid(), org_id, id, 'REGISTERED', now() from feedback.issues
         where id = $1`, [ledger.of('issue.register')[0].id]);
      const atRest = { database: fleet.database, settle: async () => undefined, deadLetters: async () => [] };
      const { lost, doubled, problems } = await judgeFleet(atRest, ledger);
      expect([lost, doubled]).toEqual([1, 1]);
      for (const word of ['demand.submit" is there 0', '"issue REGISTERED', 'a demand went another way', 'an issue went another way', 'a harbor counts other']) {
        expect(problems).toContainEqual(expect.stringContaining(word));
      }
      expect(Object.keys(checks).length).toBeGreaterThan(20);
    } finally {
      await fleet.database.query('rollback');
    }
  }, 60_000);
});

import { FleetCopies } from './support/fleet-copies.js';
import { judgeFleet } from './support/fleet-oracle.js';
import { effectsSince, envelopesSent } from './support/fleet-recovery.js';
import { Load } from './support/load.js';
import { record } from './support/report.js';

const copies = 3;
const clocked = 100;

describe('three copies of every service and of the gateway at once', () => {
  let fleet: FleetCopies;
  let load: Load | undefined;

  beforeAll(async () => {
    fleet = await FleetCopies.start({ copies });
    await fleet.fleet.settle();
  }, 240_000);
  afterAll(async () => {
    load?.kill();
    await fleet?.stop();
  }, 60_000);

  it('send every event and apply it once, and one that is killed is made good by the others', async () => {
    load = Load.start(fleet.fleet, { users: 6 });
    await load.more(300);
    const envelopes = await envelopesSent(fleet.fleet);
    // One copy of each dies and stays dead: the others go on with what it held.
    for (const name of fleet.names) await fleet.copies[0].services[name].stop('SIGKILL');
    const killed = Date.now();
    const effects = await effectsSince(fleet.fleet, killed);
    await load.more(100);
    const ledger = await load.stop();
    load = undefined;
    const { acknowledged, lost, doubled, problems } = await judgeFleet(fleet.fleet, ledger);
    expect({ lost, doubled, problems }).toEqual({ lost: 0, doubled: 0, problems: [] });
    expect(envelopes).toBeLessThan(1.02);
    const recoverySeconds = Math.max(effects, ledger.recovery(killed));
    expect(recoverySeconds).toBeLessThan(10);
    record({
      rows: [22], fault: 'three relays, consumers and sweeps at once, of which one then dies', acknowledged, lost, doubled, recoverySeconds, envelopes,
      injected: `${copies} copies of each service and of the gateway under load, then kill -9 of one copy of each`,
      note: 'envelopes sent before the kill; nothing was started again',
    });
  }, 300_000);

  it('let every clock run out once', async () => {
    const anybody = fleet.fleet.client();
    const { items: [{ harborId }] } = await fleet.fleet.client('supervisor').get<{ items: { harborId: string }[] }>('/v1/loan-codes');
    const ids: string[] = [];
    for (let number = 0; number < clocked; number += 1) {
      const { issue } = await anybody.post<{ issue: { id: string } }>('/v1/issues', {
        harborId, nature: 'PAIN', channel: 'BOX', title: '手续繁琐', text: '希望简化。', registrantName: '示例王某', registrantPhone: '13800000000',
      });
      ids.push(issue.id);
    }
    const { database } = fleet.fleet;
    const due = await database.query('update feedback.due set due_at = now() where aggregate_id = any($1) returning kind', [ids]);
    const ended = Date.now();
    for (let left = due.length; left > 0;) [{ left }] = await database.query<{ left: number }>('select count(*)::int as left from feedback.due where aggregate_id = any($1)', [ids]);
    const steps = await database.query<{ steps: number; issues: number }>(
      `select count(*)::int as steps, count(distinct (issue_id, action))::int as issues from feedback.issue_trail where issue_id = any($1) and action like '%OVERDUE'`, [ids]);
    expect(steps).toEqual([{ steps: due.length, issues: due.length }]);
    expect(due.length).toBeGreaterThanOrEqual(clocked);
    record({
      rows: [22], fault: 'three schedulers at once', injected: `${due.length} clocks of ${clocked} issues run out at the same moment, ${copies} copies of feedback of which one was killed`,
      acknowledged: due.length, lost: 0, doubled: 0, recoverySeconds: (Date.now() - ended) / 1_000,
    });
  }, 120_000);
});

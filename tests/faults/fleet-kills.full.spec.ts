import { newId } from '@finharbor/contracts/ids';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import { generatedList } from '../../tools/demonstration/list.mjs';
import { judgeFleet } from './support/fleet-oracle.js';
import { effectsSince, envelopesSent } from './support/fleet-recovery.js';
import { type Ledger } from './support/ledger.js';
import { Load } from './support/load.js';
import { record } from './support/report.js';

/** The issue's own bound. */
const recoveryBound = 10;
const importRows = 20_000;

describe('a process that is killed', () => {
  let fleet: TestFleet;
  let load: Load | undefined;

  beforeAll(async () => {
    fleet = await startTestFleet();
    await fleet.settle();
  }, 180_000);
  afterAll(async () => {
    load?.kill();
    await fleet?.stop();
  }, 60_000);

  async function expectWhole(ledger: Ledger): Promise<{ acknowledged: number; lost: number; doubled: number }> {
    const { acknowledged, lost, doubled, problems } = await judgeFleet(fleet, ledger);
    expect({ lost, doubled, problems }).toEqual({ lost: 0, doubled: 0, problems: [] });
    return { acknowledged, lost, doubled };
  }

  it('be it the gateway or any service, in turn, under load, loses and doubles nothing', async () => {
    load = Load.start(fleet, { users: 6 });
    await load.more(150);
    const kills: { name: string; ready: number; effects: number }[] = [];
    for (const name of Object.keys(fleet.services)) {
      await fleet.services[name].stop('SIGKILL');
      await fleet.services[name].start();
      const ready = Date.now();
      kills.push({ name, ready, effects: await effectsSince(fleet, ready) });
      await load.more(60);
    }
    const ledger = await load.stop();
    load = undefined;
    const figures = await expectWhole(ledger);
    const recoverySeconds = Math.max(...kills.map(({ ready, effects }) => Math.max(effects, ledger.recovery(ready))));
    expect(recoverySeconds).toBeLessThan(recoveryBound);
    record({
      rows: [2], fault: 'the gateway and each service is killed in turn, under load', injected: `kill -9 of ${kills.length} processes, each started again at once`,
      ...figures, recoverySeconds, envelopes: await envelopesSent(fleet),
      note: `clients tried again with the same Idempotency-Key (${ledger.entries.filter(({ tries }) => tries > 1).length} calls did); recovery from the moment when the process is ready again`,
    });
  }, 400_000);

  it('all at once, as when a machine fails, loses and doubles nothing', async () => {
    load = Load.start(fleet, { users: 6 });
    await load.more(150);
    await Promise.all(Object.values(fleet.services).map((service) => service.stop('SIGKILL')));
    await Promise.all(Object.values(fleet.services).map((service) => service.start()));
    const ready = Date.now();
    const effects = await effectsSince(fleet, ready);
    await load.more(150);
    const ledger = await load.stop();
    load = undefined;
    const figures = await expectWhole(ledger);
    const recoverySeconds = Math.max(effects, ledger.recovery(ready));
    expect(recoverySeconds).toBeLessThan(recoveryBound);
    record({
      rows: [2], fault: 'all processes are killed at once, under load', injected: 'kill -9 of the gateway and the six services, all started again',
      ...figures, recoverySeconds, envelopes: await envelopesSent(fleet),
    });
  }, 300_000);

  it('in the middle of an import leaves nothing half done, and the same upload again gives the list whole', async () => {
    const [header, ...rows] = generatedList(importRows + 6_100).trim().split('\n');
    const csv = [header, ...rows.slice(6_100, 6_100 + importRows)].join('\n');
    const department = fleet.client('department');
    const [title, idempotencyKey] = ['中断的导入', newId()];
    const push = (): Promise<{ id: string; acceptedCount: number }> => department.post('/v1/push-lists', csv, {
      query: { title, period: '2026-Q4' }, contentType: 'text/csv', idempotencyKey,
    });
    const rowsOf = (): Promise<{ lists: string; entries: string }[]> => fleet.database.query(
      `select count(distinct l.id) as lists, count(e.id) as entries from enterprise_lists.push_lists l
       left join enterprise_lists.list_entries e on e.push_list_id = l.id where l.title = $1`, [title]);
    const before = (await fleet.database.query<{ count: string }>('select count(*) from enterprise_lists.enterprises'))[0].count;
    const pushed = push();
    pushed.catch(() => undefined);
    await until('the import writes rows', async () => (await fleet.database.query(
      `select 1 from pg_stat_activity where datname = current_database() and state <> 'idle' and query ilike '%enterprise_lists.list_entries%' and pid <> pg_backend_pid()`)).length > 0, 60_000);
    await fleet.services['enterprise-lists'].stop('SIGKILL');
    await until('the transaction is gone', async () => (await fleet.database.query(
      `select 1 from pg_stat_activity where datname = current_database() and usename like 'enterprise_lists%' and state <> 'idle'`)).length === 0);
    expect(await rowsOf()).toEqual([{ lists: '0', entries: '0' }]);
    expect((await fleet.database.query<{ count: string }>('select count(*) from enterprise_lists.enterprises'))[0].count).toBe(before);
    await fleet.services['enterprise-lists'].start();
    const ready = Date.now();
    const list = await until('the same upload again', () => push().catch(() => false as const));
    const recoverySeconds = (Date.now() - ready) / 1_000;
    expect(list.acceptedCount).toBe(importRows);
    expect(await push()).toEqual(list);
    expect(await rowsOf()).toEqual([{ lists: '1', entries: String(importRows) }]);
    await fleet.settle();
    expect(await fleet.database.query(
      `(select id, version from enterprise_lists.enterprises except select id, version from loan_matching.enterprise_copies)`)).toEqual([]);
    expect(await fleet.deadLetters()).toEqual([]);
    record({
      rows: [1], fault: 'the importer is killed in the middle of a list', injected: `kill -9 of enterprise-lists while it writes ${importRows} rows`,
      acknowledged: importRows, lost: 0, doubled: 0, recoverySeconds, note: 'one transaction: nothing half done; the same key gives the same list',
    });
  }, 200_000);
});

import { newId } from '@finharbor/contracts/ids';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import { generatedList } from '../../tools/demonstration/list.mjs';
import { callerOf, Services } from './support/database-services.js';
import { eventCount, isFull, record } from './support/report.js';

/** Enough to be met in the middle. */
const rows = eventCount() * 10;
const list = generatedList(rows);

const counted = ['rowCount', 'acceptedCount', 'rejectedCount', 'addedCount', 'causes', 'warnings'] as const;
type Report = { id: string; state: string } & Record<(typeof counted)[number], unknown>;
interface Standing { state: string; rows: number; wanted: string | null }

/** An import as a resource, whose service dies at any moment: it goes on behind its last chunk, and says what it would have said. */
describe('an import whose service is killed', () => {
  let database: TestDatabase;
  let services: Services;
  beforeAll(async () => {
    database = await createTestDatabase();
    services = await Services.start(database, ['enterprise-lists'], { restart: true });
  }, 60_000);
  afterAll(async () => {
    await services?.stop();
    await database?.drop();
  }, 60_000);

  const department = callerOf('department');
  const ask = async <T = Report>(method: string, path: string, body?: unknown): Promise<T> => {
    const isText = typeof body === 'string';
    const answer = await fetch(services.url('enterprise-lists') + path, {
      method, body: isText ? body : body === undefined ? undefined : JSON.stringify(body), headers: {
        authorization: services.bearer(department, 'enterprise-lists'), ...method === 'POST' && { 'idempotency-key': newId() },
        ...body !== undefined && { 'content-type': isText ? 'text/csv' : 'application/json' },
      },
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json() as T;
  };
  const kill = (): void => { process.kill(services.of('enterprise-lists').pid!, 'SIGKILL'); };
  const send = async (title: string, dryRun: boolean): Promise<string> => {
    const { id } = await ask('POST', '/v1/imports', { title, period: '2026-11', dryRun });
    await ask('PUT', `/v1/imports/${id}/file`, list);
    return id;
  };
  const stands = async (id: string): Promise<Standing> => (await database.query<Standing>(
    'select state, row_count as rows, wanted from enterprise_lists.imports where id = $1', [id]))[0];
  const ended = async (id: string): Promise<Report> => {
    await until('the import ended', async () => (await stands(id)).wanted === null, 60_000);
    let report: Report | undefined;
    await until('it can be read', async () => (report = await ask('GET', `/v1/imports/${id}`).catch(() => undefined)) !== undefined);
    return report!;
  };
  const told = (report: Report): object => Object.fromEntries(counted.map((name) => [name, report[name]]));
  const findings = (id: string): Promise<unknown[]> => database.query(
    'select row_number, ordinal, column_number, field, severity, rule, message, value from enterprise_lists.import_findings where import_id = $1 order by 1, 2', [id]);
  const staged = (id: string): Promise<{ row: number; entry: string }[]> => database.query(
    'select row_number as row, entry_id::text as entry from enterprise_lists.import_rows where import_id = $1 order by 1', [id]);

  it('goes on behind its last chunk, with the same report', async () => {
    const whole = await ended(await send('undisturbed', true));
    expect(whole).toMatchObject({ state: 'VALIDATED', rowCount: rows + 3, acceptedCount: rows, rejectedCount: 3, addedCount: rows });
    const moments = isFull() ? [0.1, 0.5, 0.9] : [0.3];
    let slowest = 0;
    for (const moment of moments) {
      const id = await send(`killed at ${moment}`, true);
      await until('it is in the middle', async () => (await stands(id)).rows > rows * moment);
      kill();
      const since = performance.now();
      const before = await staged(id);
      expect(before.length).toBeGreaterThan(0);
      expect(before.length).toBeLessThan(rows);
      const report = await ended(id);
      slowest = Math.max(slowest, (performance.now() - since) / 1_000);
      expect(told(report)).toEqual(told(whole));
      expect(await findings(id)).toEqual(await findings(whole.id));
      // What was staged before is what is there: nothing was read twice.
      expect((await staged(id)).slice(0, before.length)).toEqual(before);
    }
    record({
      rows: [1], fault: 'the importer is killed while it checks a list', injected: `kill -9 after ${moments.map((part) => `${part * 100} %`).join(', ')} of ${rows} rows`,
      acknowledged: moments.length, lost: 0, doubled: 0, recoverySeconds: Math.round(slowest * 10) / 10, note: 'it went on behind the last chunk, with the same report',
    });
  }, 120_000);

  it('is applied once, however often', async () => {
    const id = await send('applied', false);
    await until('it is being applied', async () => (await stands(id)).wanted === 'APPLY');
    kill();
    const report = await ended(id);
    expect(report).toMatchObject({ state: 'APPLIED', acceptedCount: rows, rejectedCount: 3, addedCount: rows });
    const [there] = await database.query(
      `select (select count(*)::int from enterprise_lists.push_lists) as lists, (select count(*)::int from enterprise_lists.list_entries) as entries,
         (select count(*)::int from enterprise_lists.enterprises) as enterprises, (select count(*)::int from enterprise_lists.import_rows where import_id = $1) as staged`, [id]);
    expect(there).toEqual({ lists: 1, entries: rows, enterprises: rows, staged: 0 });
    record({ rows: [1], fault: 'the importer is killed while it applies a list', injected: `kill -9 in the one transaction of ${rows} rows`, acknowledged: 1, lost: 0, doubled: 0 });
  }, 120_000);
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@finharbor/contracts/ids';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import { generatedList } from '../../tools/demonstration/list.mjs';
import { type Told, Witness } from './support/database-client.js';
import { callerOf, Services } from './support/database-services.js';
import { record } from './support/report.js';

const rows = 6_000;
const csv = generatedList(rows);
/** What the generated list comes to: three faulty rows are at its end. */
const report = { rowCount: rows + 3, acceptedCount: rows, rejectedCount: 3 };

describe('an import', () => {
  let database: TestDatabase;
  let services: Services;
  const department = callerOf('department');

  async function start(names: ('enterprise-lists' | 'loan-matching')[], options: Parameters<typeof Services.start>[2] = {}): Promise<void> {
    database = await createTestDatabase();
    services = await Services.start(database, names, { restart: true, ...options });
  }
  afterEach(async () => {
    await services?.stop();
    await database?.drop();
  }, 60_000);

  const witness = (): Witness => new Witness(services.url('enterprise-lists'));
  const asDepartment = { get authorization() { return services.bearer(department, 'enterprise-lists'); } };
  const pathOf = (title: string): string => `/v1/push-lists?title=${encodeURIComponent(title)}&period=2026-Q4`;
  const push = (title: string, key: string, body = csv): Promise<Told> => witness().insist(pathOf(title), {
    body, key, contentType: 'text/csv', get authorization() { return asDepartment.authorization; },
  });
  const size = async (): Promise<number> =>
    Number((await database.query<{ size: string }>(`select pg_relation_size('enterprise_lists.list_entries') as size`))[0].size);
  const lists = (): Promise<{ id: string; entries: number; rejections: number }[]> => database.query(
    `select id, (select count(*)::int from enterprise_lists.list_entries e where e.push_list_id = l.id) as entries,
       (select count(distinct row_number)::int from enterprise_lists.list_rejections r where r.push_list_id = l.id) as rejections
     from enterprise_lists.push_lists l order by id`);
  /** Every list is whole, and there is one for each of these answers. */
  async function expectWhole(told: Told[], expected = report): Promise<void> {
    for (const { body } of told) expect(body).toMatchObject(expected);
    const ids = [...new Set(told.map(({ body }) => String(body.id)))].sort();
    expect(await lists()).toEqual(ids.map((id) => ({ id, entries: expected.acceptedCount, rejections: expected.rejectedCount })));
  }

  it('whose service is killed at several moments is never half there, and the same key gets the same report', async () => {
    await start(['enterprise-lists', 'loan-matching']);
    const grown = async (bytes: number, from: number): Promise<boolean> => await size() > from + bytes;
    const moments: [string, (from: number, before: number) => Promise<boolean>][] = [
      ['when its first rows are written', (from) => grown(0, from)],
      ['in the middle', (from) => grown(300_000, from)],
      ['when it is committed', async (_from, before) => (await lists()).length > before],
    ];
    const told: Told[] = [];
    for (const [moment, reached] of moments) {
      const [from, before, key] = [await size(), (await lists()).length, newId()];
      const pushed = push(moment, key);
      await until(moment, () => reached(from, before));
      process.kill(services.of('enterprise-lists').pid!, 'SIGKILL');
      told.push(await pushed);
      expect((await push(moment, key)).body).toEqual(told.at(-1)!.body);
      await expectWhole(told);
    }
    await services.settle(['loan-matching', 'enterprise-lists']);
    expect(await database.query(`select id, version from enterprise_lists.enterprises except select id, version from loan_matching.enterprise_copies`)).toEqual([]);
    record({
      rows: [1], fault: 'the importer is killed in the middle of an import', injected: `kill -9 ${moments.map(([moment]) => moment).join(', ')}; ${rows} rows`,
      acknowledged: told.length, lost: 0, doubled: 0, note: 'all or nothing; the same key got the same report',
    });
  }, 300_000);

  it('needs little memory, however large the list: where there is hardly any, it is done all the same', async () => {
    await start(['enterprise-lists'], { flags: ['--max-old-space-size=96', '--max-semi-space-size=2'] });
    const { pid } = services.of('enterprise-lists');
    const told = await Promise.all(['list 0', 'list 1', 'list 2'].map((title) => push(title, newId())));
    await expectWhole(told);
    expect(services.of('enterprise-lists').pid).toBe(pid);
    record({
      rows: [18], fault: 'too little memory for what is asked', injected: `--max-old-space-size=96 and three imports of ${rows} rows at once`,
      acknowledged: told.length, lost: 0, doubled: 0, note: 'all were done, by the same process',
    });
  }, 300_000);

  it('of too many at once for the files that may be open is refused, and done when there is room', async () => {
    await start(['enterprise-lists']);
    const { pid } = services.of('enterprise-lists');
    expect(spawnSync('prlimit', ['--pid', String(pid), '--nofile=64:64']).status).toBe(0);
    const crowd = new Witness(services.url('enterprise-lists'));
    const small = generatedList(20);
    const pushed = Array.from({ length: 10 }, (_, at) => push(`list ${at}`, newId(), small));
    await Promise.all(Array.from({ length: 200 }, () => crowd.ask('/v1/push-lists', asDepartment)));
    const told = await Promise.all(pushed);
    await expectWhole(told, { rowCount: 23, acceptedCount: 20, rejectedCount: 3 });
    expect(crowd.told.filter(({ status }) => ![0, 200, 503].includes(status))).toEqual([]);
    expect((await crowd.ask('/v1/push-lists', asDepartment)).status).toBe(200);
    expect(services.of('enterprise-lists').pid).toBe(pid);
    record({
      rows: [18], fault: 'too few file descriptors', injected: 'ulimit -n 64, 200 readers and 10 imports at once',
      acknowledged: told.length, lost: 0, doubled: 0, note: `${crowd.told.filter(({ status }) => status !== 200).length} of 200 readers were refused`,
    });
  }, 300_000);

  it('that finds no room for its file is refused, leaves nothing, and is taken when there is room', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'finharbor-small-'));
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder]).status).toBe(0);
    try {
      await start(['enterprise-lists'], { env: { FILES_DIR: folder } });
      const client = witness();
      const refused = await client.ask(pathOf('too large'), { ...asDepartment, body: csv, contentType: 'text/csv' });
      expect([refused.status, refused.code, refused.retryAfter]).toEqual([503, 'SERVICE_UNAVAILABLE', '2']);
      expect([readdirSync(folder), await lists()]).toEqual([[], []]);
      const told = await push('small', newId(), generatedList(20));
      await expectWhole([told], { rowCount: 23, acceptedCount: 20, rejectedCount: 3 });
      record({
        rows: [17], fault: 'no room for the file of an upload', injected: `a list of ${Buffer.byteLength(csv)} bytes, and a folder for files of 512 KiB`,
        acknowledged: 1, lost: 0, doubled: 0, note: '503 and Retry-After; no file stays; a smaller list is taken at once',
      });
    } finally {
      await services?.stop();
      spawnSync('umount', [folder]);
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);
});

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { generatedList } from './demonstration/list.mjs';
import { root } from './lib/workspace.mjs';

interface Ended { code: number; stdout: string; stderr: string }

/** What a department's clerk runs, as a process that knows the address of the suite and a client. */
describe('npm run push-list', () => {
  let fleet: TestFleet;
  const folder = mkdtempSync(join(tmpdir(), 'finharbor-push-'));
  beforeAll(async () => { fleet = await startTestFleet(); }, 120_000);
  afterAll(async () => {
    await fleet?.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  const run = (...args: string[]): Promise<Ended> => new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'tools/push-list.mjs'), '--url', fleet.url, ...args], { env: { PATH: process.env.PATH, FINHARBOR_DATA_DIR: fleet.dir } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }));
  });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const last = ({ stdout }: Ended): Record<string, unknown> => JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>;
  const good = (rows: number, seed: number): string => generatedList(rows, seed).split('\n').filter((line) => !/91500101MA5U00011M|^$/.test(line)).slice(0, rows + 1).join('\n');
  /** The header and rows of a list that the demonstration does not hold. */
  const list = (rows: number, seed: number): string => file(`list-${seed}.csv`, good(rows, seed));

  it('pushes a list as the first department and ends with 0 when all rows were accepted; again it changes nothing', async () => {
    const path = list(20, 7);
    const first = await run(path, '--json', '--yes');
    expect(first).toMatchObject({ code: 0, stderr: expect.stringMatching(/^sending 0 %/) });
    expect(last(first)).toMatchObject({ rows: 20, added: 20, changed: 0, unchanged: 0, rejected: 0, state: 'APPLIED', rejectedFile: null });
    const { items: [{ title, period, departmentId }] } = await fleet.client('supervisor').call('GET /v1/push-lists', { query: { limit: 1 } });
    expect({ title, departmentId }).toEqual({ title: 'list-7', departmentId: fleet.credentials('department').organisationId });
    expect(period).toMatch(/^\d{4}-\d{2}$/);
    const again = await run(path, '--json');
    expect([again.code, last(again)]).toMatchObject([0, { rows: 20, added: 0, changed: 0, unchanged: 20, rejected: 0 }]);
  }, 60_000);

  it('keeps the rejected rows beside the file or where it is told, and ends with 2', async () => {
    const path = file('mixed.csv', `${good(5, 8)}\n${'坏行'.padEnd(3, '。')}\n`);
    const ended = await run(path, '--json', '--title', '混合名单', '--period', '2026-Q4');
    expect([ended.code, last(ended)]).toMatchObject([2, { rows: 6, added: 5, rejected: 1, rejectedFile: join(folder, 'mixed.rejected.csv') }]);
    expect(ended.stdout).toContain('error: row columnCount: 1');
    expect(readFileSync(join(folder, 'mixed.rejected.csv'), 'utf8')).toMatch(/^\ufeffrow,column,field,rule,.*\r\n7,,,columnCount,/);
    const out = join(folder, 'out.xlsx');
    expect(await run(path, '--out', out, '--dry-run', '--title', '混合名单', '--period', '2026-Q4')).toMatchObject({ code: 2, stdout: expect.stringContaining('(not applied)') });
    expect(readFileSync(out).subarray(0, 2).toString()).toBe('PK');
    expect(await run(path, '--atomicity', 'all', '--json', '--out', out)).toMatchObject({ code: 1, stdout: expect.stringMatching(/failed, nothing was applied/) });
  }, 60_000);

  it('sends a large file in parts, and goes on where it was broken off', async () => {
    const path = file('large.csv', `${good(3, 9)}\n${`${','.repeat(25)}\n`.repeat(400_000)}`);
    const department = fleet.client('department');
    const size = readFileSync(path).length;
    const begun = await department.call('POST /v1/imports', { body: { title: 'large', period: new Date(Date.now() + 28_800_000).toISOString().slice(0, 7), mode: 'UPSERT', atomicity: 'VALID_ROWS', dryRun: false, fileName: 'large.csv', bytes: size } });
    await department.call('PUT /v1/imports/{id}/parts/{number}', { path: { id: begun.id, number: 2 as never }, body: readFileSync(path).subarray(8_000_000, Math.min(size, 16_000_000)) as never, contentType: 'application/octet-stream' });
    const ended = await run(path, '--json');
    expect([ended.code, last(ended)]).toMatchObject([0, { rows: 3, added: 3, importId: begun.id }]);
  }, 60_000);

  it('says what is wrong and ends with 1', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--dry-run') });
    expect(await run()).toMatchObject({ code: 1, stdout: expect.stringContaining('npm run push-list') });
    expect(await run(join(folder, 'none.csv'))).toMatchObject({ code: 1, stderr: expect.stringMatching(/^There is no file .*none\.csv\.\n$/) });
    expect(await run(list(1, 10), '--mode', 'replace')).toMatchObject({ code: 1, stderr: '--mode is one of upsert, add, update.\n' });
    expect(await run(list(1, 10), '--title', 'x')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^VALIDATION_FAILED: .*title/m) });
    const unreadable = await run(file('no-header.csv', 'a,b\n1,2\n'), '--json');
    expect([unreadable.code, last(unreadable)]).toMatchObject([1, { state: 'FAILED', error: expect.stringContaining('creditCode') }]);
    expect(await run(list(1, 10), '--client', fleet.credentials('department').clientId, '--key', 'wrong')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^UNAUTHENTICATED/m) });
    expect(await run(list(1, 10), '--url', 'http://127.0.0.1:9')).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing answers') });
    expect(existsSync(join(folder, 'no-header.rejected.csv'))).toBe(false);
  }, 60_000);
});

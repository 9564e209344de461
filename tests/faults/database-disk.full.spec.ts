import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@finharbor/testing/until';
import { Run } from '../../tools/lib/run.mjs';
import { dishonest } from './support/database-client.js';
import { Banks, Services } from './support/database-services.js';
import { PostgresServer } from './support/postgres.js';
import { record } from './support/report.js';

describe('a full disk', () => {
  const run = new Run('fleet');
  const folder = mkdtempSync(join(tmpdir(), 'finharbor-disk-'));
  let server: PostgresServer;
  let services: Services;

  beforeAll(async () => {
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=320m,mode=777', 'tmpfs', folder]).status).toBe(0);
    chmodSync(folder, 0o777);
    server = await PostgresServer.start(run, ['min_wal_size=32MB', 'max_wal_size=64MB'], folder);
    services = await Services.start(await server.database(), ['product-catalog', 'loan-matching']);
  }, 180_000);
  afterAll(async () => {
    await services?.stop();
    await run.stop();
    spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('under PostgreSQL loses nothing that was acknowledged, and callers are told to come back until there is room', async () => {
    const banks = Banks.start(services);
    await banks.more(40);
    const begun = Date.now();
    const { bavail, bsize } = statfsSync(folder);
    const ballast = join(folder, 'ballast');
    try {
      writeFileSync(ballast, Buffer.alloc(bavail * bsize));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC'); // the server took the last of it meanwhile
    }
    await until('callers are sent away', () => banks.witness.since(begun).filter(({ status }) => status === 503).length > 20, 60_000);
    rmSync(ballast);
    const fell = !server.isReady;
    if (fell) await server.restart();
    const over = Date.now();
    await banks.more(40);
    const recoverySeconds = (banks.witness.since(over).find(({ status }) => status === 201)!.at - over) / 1_000;
    await banks.stop();
    const verdict = await banks.judge();
    expect(verdict).toMatchObject({ lost: 0, doubled: 0 });
    expect(dishonest(banks.witness.told, { withinMs: 10_000 })).toEqual([]);
    expect(recoverySeconds).toBeLessThan(10);
    record({
      rows: [17], fault: 'the disk of PostgreSQL is full', injected: 'its data on a file system of 320 MB, and a file that fills it', ...verdict, recoverySeconds,
      note: fell ? 'PostgreSQL gave up and was started again when there was room' : 'PostgreSQL went on by itself',
    });
  }, 180_000);
});

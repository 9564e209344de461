import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDatabaseHome } from './lib/postgres.mjs';
import { identify } from './lib/processes.mjs';
import { loadSecrets, newSecrets, root } from './lib/workspace.mjs';

/** A launcher in small: brings up both servers, says their pids, and then ends in order or waits to be killed. */
const launcher = (throwaway: boolean, stay: boolean) => `
  import { mkdirSync } from 'node:fs';
  import { startPostgres, throwawayFolder } from '${root}/tools/lib/postgres.mjs';
  import { startRedis } from '${root}/tools/lib/redis.mjs';
  import { Run, sweep } from '${root}/tools/lib/run.mjs';
  import { dataDir, makePassable } from '${root}/tools/lib/workspace.mjs';
  makePassable(dataDir);
  await sweep();
  const run = new Run('${throwaway ? 'tests' : 'suite'}');
  run.stopOnSignals(0);
  const folder = ${throwaway} ? throwawayFolder(run) : undefined;
  const [postgres, redis] = await Promise.all([
    startPostgres({ run, throwaway: ${throwaway}, folder, logFile: dataDir + '/postgres.log' }),
    startRedis({ run, say() {}, throwaway: ${throwaway}, folder, logFile: dataDir + '/redis.log' }),
  ]);
  console.log(JSON.stringify({ pids: [postgres.pid, redis.pid], folder }));
  if (${stay}) setInterval(() => {}, 1000);
  else await run.stop();
`;

interface Report { pids: number[]; folder?: string }

describe('the launcher\'s servers', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'finharbor-spec-'));
  const children: ChildProcess[] = [];

  const node = (args: string[], env: Record<string, string> = {}) => {
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env.PATH, FINHARBOR_DATA_DIR: dataDir, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    return child;
  };
  const start = async (kind: 'throwaway' | 'kept', then: 'stay' | 'stop') => {
    const child = node(['--input-type=module', '-e', launcher(kind === 'throwaway', then === 'stay')]);
    let [output, errors] = ['', ''];
    child.stderr?.on('data', (text) => (errors += text));
    const reported = new Promise<void>((resolve) => child.stdout?.on('data', (text) => (output += text).includes('\n') && resolve()));
    const ended = once(child, 'close').then(([code]) => code as number | null);
    await Promise.race([reported, ended]);
    if (!output) throw new Error(errors);
    return { child, ended, ...JSON.parse(output) as Report };
  };
  const alive = (pids: number[]) => pids.filter((pid) => identify(pid) !== null);

  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    removeDatabaseHome(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('throwaway ones start, stop and leave neither a process nor a folder', async () => {
    const { pids, folder, ended } = await start('throwaway', 'stop');
    expect(pids).toHaveLength(2);
    expect(await ended).toBe(0);
    expect(alive(pids)).toEqual([]);
    expect(existsSync(folder ?? '')).toBe(false);
    expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
  });

  it('what a killed launcher left is recognised and stopped by the next start', async () => {
    const killed = await start('throwaway', 'stay');
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(alive(killed.pids)).toEqual(killed.pids);
    const next = await start('throwaway', 'stop');
    await next.ended;
    expect(alive([...killed.pids, ...next.pids])).toEqual([]);
    expect(existsSync(killed.folder ?? '')).toBe(false);
  });

  it('servers that hold data are adopted, and stopped on SIGTERM', async () => {
    const killed = await start('kept', 'stay');
    killed.child.kill('SIGKILL');
    await killed.ended;
    const next = await start('kept', 'stay');
    expect(next.pids).toEqual(killed.pids);
    next.child.kill('SIGTERM');
    expect(await next.ended).toBe(0);
    expect(alive(next.pids)).toEqual([]);
  });

  it('npm start says clearly that the port is taken, before it starts anything', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const child = node([join(root, 'tools/start.mjs')], { PORT: String(port) });
    let errors = '';
    child.stderr?.on('data', (text) => (errors += text));
    const [code] = await once(child, 'close');
    server.close();
    expect(code).toBe(1);
    expect(errors).toMatch(new RegExp(`^Port ${port} is taken by another program`));
    expect(errors).not.toContain('    at ');
    expect(existsSync(join(dataDir, 'run')) ? readdirSync(join(dataDir, 'run')) : []).toEqual([]);
  });
});

describe('the installation\'s secrets', () => {
  const dir = mkdtempSync(join(tmpdir(), 'finharbor-spec-'));
  const file = join(dir, 'secrets.json');
  afterAll(() => rmSync(dir, { recursive: true }));

  it('are kept, and what a newer version needs besides is added', () => {
    const { auditKey: _later, ...old } = newSecrets();
    writeFileSync(file, JSON.stringify(old));
    const secrets = loadSecrets(dir);
    expect(secrets).toEqual({ ...old, auditKey: expect.stringMatching(/^a1:[\w-]{43}$/) });
    expect(loadSecrets(dir)).toEqual(secrets);
  });

  it('are not made anew when they are damaged: data would be lost with them', () => {
    writeFileSync(file, '{"serviceKey":"x"}');
    expect(() => loadSecrets(dir)).toThrow('damaged');
  });
});

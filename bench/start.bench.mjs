// @ts-check
/**
 * How long `npm start` takes to `ready` on an installed clone, from no data, and how much memory everything that it started
 * takes together (proportional set size: shared pages count once), PostgreSQL and Redis among it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDatabaseHome } from '../tools/lib/postgres.mjs';
import { freePort, pause } from '../tools/lib/processes.mjs';
import { ClearError, root } from '../tools/lib/workspace.mjs';
import { median } from './median.mjs';

/** The process and all its descendants (Linux). @param {number} ancestor */
function family(ancestor) {
  const parents = new Map(readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return [[Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]];
    } catch {
      return []; // ended meanwhile
    }
  }));
  const members = new Set([ancestor]);
  for (let size = 0; size !== members.size;) {
    size = members.size;
    for (const [pid, parent] of parents) if (members.has(parent)) members.add(pid);
  }
  return [...members];
}

/** @param {number} pid @returns {number} proportional set size in MB */
function proportionalSize(pid) {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** @returns {Promise<{ seconds: number, megabytes: number, processes: number }>} */
async function startOnce() {
  const dataDir = mkdtempSync(join(tmpdir(), 'finharbor-bench-'));
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
  const env = { ...inherited, FINHARBOR_DATA_DIR: dataDir, PORT: String(await freePort()) };
  const started = performance.now();
  const npm = spawn('npm', ['start', '--', '--reset'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  npm.stderr.on('data', (text) => (output += text));
  const ended = new Promise((resolve) => npm.once('close', resolve));
  const isReady = new Promise((resolve) => npm.stdout.on('data', (text) => {
    output += text;
    if (/^ready http/m.test(output)) resolve(true);
  }));
  try {
    const late = new Promise((resolve) => setTimeout(() => resolve(false), 300_000).unref());
    if (!await Promise.race([isReady, ended.then(() => false), late])) throw new ClearError(`npm start did not get ready:\n${output}`);
    const seconds = (performance.now() - started) / 1000;
    await pause(3_000); // the figure of a suite at rest, not of its start
    const members = family(Number(npm.pid));
    return { seconds, megabytes: members.reduce((sum, pid) => sum + proportionalSize(pid), 0), processes: members.length };
  } finally {
    npm.kill('SIGTERM');
    await ended;
    removeDatabaseHome(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** @type {import('./run.mjs').Bench} */
export default async function start({ rounds, log }) {
  const results = [];
  for (let round = 1; round <= rounds; round += 1) {
    const result = await startOnce();
    log(`round ${round}: ready after ${result.seconds.toFixed(1)} s, ${result.processes} processes, ${Math.round(result.megabytes)} MB`);
    results.push(result);
  }
  const seconds = median(results.map((result) => result.seconds));
  const megabytes = median(results.map((result) => result.megabytes));
  return [
    { name: 'start.ready', value: seconds, unit: 's', limit: null, peer: null, goal: 45, ok: seconds <= 45 },
    { name: 'start.memory', value: megabytes, unit: 'MB', limit: null, peer: null, goal: 1200, ok: megabytes <= 1200 },
  ];
}

// @ts-check
/** Brings up a private Redis (or Valkey) for this data folder or a throwaway one, and adopts one that an earlier start left. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort, identify, isSame, pause, processesIn, stopProcess } from './processes.mjs';
import { findRedis, redisEnvironment } from './redis-binaries.mjs';
import { tail } from './run.mjs';
import { ClearError, dataDir, loadSecrets, newSecrets, readJson, writeJson } from './workspace.mjs';

/** @typedef {{ url: string, pid: number, description: string, stop: () => Promise<void> }} Redis */
/** @typedef {{ pid: number, started: string, port: number }} Note what a server's folder says of it */

/** The living server of a folder, recognised by its note, its start time and what it runs on. @param {string} dir @returns {Note | null} */
export function runningRedis(dir) {
  /** @type {Note | null} */
  const note = readJson(join(dir, 'server.json'));
  const found = note && isSame(note) ? identify(note.pid) : null;
  return note && found && (found.cwd === dir || found.command.includes(dir)) ? note : null;
}

/**
 * Stops the servers of a folder, whoever started them. Two on one append-only file would ruin it, hence also one whose launcher was
 * killed before it could write the note.
 * @param {string} [dir] the data folder
 */
export async function stopLeftRedis(dir = dataDir) {
  const folder = join(dir, 'redis');
  const unnoted = existsSync(folder) ? processesIn(folder).map((pid) => ({ pid, ...identify(pid) })) : [];
  const running = runningRedis(folder);
  if (running) await stopProcess(running);
  for (const { pid, started, command } of unnoted) {
    if (started && command?.includes(join(folder, 'redis.conf'))) await stopProcess({ pid, started });
  }
}

/**
 * @param {{ run: import('./run.mjs').Run, say: (line: string) => void, throwaway?: boolean, folder?: string, logFile: string }} options
 * @returns {Promise<Redis>}
 */
export async function startRedis({ run, say, throwaway = false, folder = dataDir, logFile }) {
  const dir = join(folder, 'redis');
  const { redisPassword: password } = throwaway ? newSecrets() : loadSecrets();
  const answer = (/** @type {Note} */ note, /** @type {string} */ description) => ({
    url: `redis://:${password}@127.0.0.1:${note.port}`, pid: note.pid, description, stop: () => stopProcess(note),
  });
  const left = runningRedis(dir);
  if (left && await ready(left.port, password, () => !isSame(left))) {
    run.adopt({ name: 'redis', pid: left.pid, store: true, keep: true });
    return answer(left, `Redis on port ${left.port} (left running by an earlier start, adopted)`);
  }
  await stopLeftRedis(folder);
  const binary = await findRedis({ run, say });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    const configuration = join(dir, 'redis.conf');
    rmSync(configuration, { force: true });
    writeFileSync(configuration, settings(dir, port, password, throwaway, Number(binary.version)), { mode: 0o600 });
    const child = run.spawn('redis', binary.command, [configuration], {
      env: redisEnvironment(binary), cwd: dir, log: logFile, append: tries > 1, store: true, keep: !throwaway,
    });
    const over = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
    const note = { pid: Number(child.pid), started: identify(Number(child.pid))?.started ?? '', port };
    writeJson(join(dir, 'server.json'), note);
    if (await ready(port, password, over)) return answer(note, `Redis ${binary.version} on port ${port} (${binary.command})`);
    if (run.stopping) throw new ClearError('stopping');
    if (tries === 3) throw new ClearError(`Redis does not start:\n${tail(logFile)}`);
  }
}

/** @param {string} dir @param {number} port @param {string} password @param {boolean} throwaway @param {number} version */
const settings = (dir, port, password, throwaway, version) => [
  `port ${port}`,
  'bind 127.0.0.1',
  `requirepass ${password}`,
  `dir "${dir}"`,
  'daemonize no',
  'save ""',
  `appendonly ${throwaway ? 'no' : 'yes'}`,
  'appendfsync everysec',
  'maxmemory-policy noeviction', // evicted keys are lost jobs
  ...(version >= 6.2 ? ['set-proc-title no'] : []), // keeps this file's path in the command line, by which it is recognised
  '',
].join('\n');

/** Ready includes loading the append-only file. @param {number} port @param {string} password @param {() => boolean} over */
async function ready(port, password, over) {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline && !over(); await pause(20)) {
    const reply = await new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', timeout: 2_000 }, () => socket.write(`AUTH ${password}\r\nPING\r\n`));
      let text = '';
      const end = () => socket.destroy();
      socket.on('data', (data) => {
        text += data;
        if (text.split('\r\n').length > 2) end();
      }).on('error', end).on('timeout', end).on('close', () => resolve(text));
    });
    if (reply === '+OK\r\n+PONG\r\n') return true;
  }
  return false;
}

// @ts-check
/** Finding, recognising and stopping processes; free ports. A process is a pid together with its start time: pids are reused. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { connect, createServer } from 'node:net';

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const onLinux = process.platform === 'linux';

/** Start times on Linux count from the boot, so the boot is part of them. */
const boot = onLinux ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8) : '';

/**
 * @param {number} pid
 * @returns {{ started: string, command: string, cwd: string } | null} null when there is no such (living) process,
 *   or when this platform does not tell: then nothing is recognised, hence nothing foreign is ever stopped
 */
export function identify(pid) {
  if (!Number.isInteger(pid) || pid <= 1) return null;
  try {
    if (!onLinux) return identifyByPs(pid);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { started: `${boot}:${fields[19]}`, command, cwd: workingDirectory(pid) };
  } catch {
    return null;
  }
}

/** @param {number} pid */
function identifyByPs(pid) {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=,lstart=,command=', '-p', String(pid)], { encoding: 'utf8' });
  const [, state, started, command] = /^(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(stdout?.trim() ?? '') ?? [];
  return status === 0 && state && started && command && !state.startsWith('Z') ? { started, command, cwd: '' } : null;
}

/** @param {number | string} pid */
function workingDirectory(pid) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

/** Living processes that stand in a folder (Linux only), as a killed PostgreSQL's backends do in its data folder. @param {string} dir */
export function processesIn(dir) {
  if (!onLinux) return [];
  const place = realpathSync(dir);
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && workingDirectory(name) === place).map(Number);
}

/** Is it still the very process that was recorded? @param {{ pid: number, started: string }} recorded */
export function isSame(recorded) {
  const now = identify(recorded.pid);
  return now !== null && now.started === recorded.started;
}

/**
 * Asks a process to stop, waits, and kills it after the bound.
 * @param {{ pid: number, started: string, signal?: NodeJS.Signals, bound?: number }} target bound in ms, 10 s by default
 */
export async function stopProcess({ pid, started, signal = 'SIGTERM', bound = 10_000 }) {
  for (const [order, wait] of /** @type {[NodeJS.Signals, number][]} */ ([[signal, bound], ['SIGKILL', 5_000]])) {
    const deadline = Date.now() + wait;
    if (!isSame({ pid, started })) return;
    try {
      process.kill(pid, order);
    } catch {
      return;
    }
    while (Date.now() < deadline) {
      if (!isSame({ pid, started })) return;
      await pause(20);
    }
  }
}

/** @param {number} port @param {string} [host] @returns {Promise<boolean>} true when this process could listen there */
export function portIsFree(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** @param {number} port @param {string} host @returns {Promise<boolean>} true when something accepts connections there */
export function answers(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 3_000 });
    const end = (/** @type {boolean} */ result) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false)).once('timeout', () => end(false));
  });
}

const given = new Set();

/**
 * A free loopback port. Below the range that systems use for outgoing connections: a port found by asking for port 0 can be
 * taken by a client connection before the server that wants it has started.
 */
export async function freePort() {
  for (let tries = 0; tries < 200; tries += 1) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (given.has(port)) continue;
    given.add(port);
    if (await portIsFree(port)) return port;
  }
  throw new Error('no free port between 20000 and 32000 on 127.0.0.1');
}

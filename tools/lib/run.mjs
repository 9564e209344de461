// @ts-check
/**
 * What one launcher has running, written to `<data folder>/run/` as it happens, so that the next launcher recognises and stops
 * what a killed one left behind. Two kinds: `suite` (npm start, one per data folder) and anything else (tests, fleets).
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { identify, isSame, stopProcess } from './processes.mjs';
import { ClearError, dataDir, readJson, root, writeJson } from './workspace.mjs';

/**
 * @typedef {object} Entry one process of a run
 * @property {string} name
 * @property {number} pid
 * @property {string} started
 * @property {NodeJS.Signals} [signal] that asks it to stop, SIGTERM by default
 * @property {boolean} [store] a database: stopped after everything that uses it
 * @property {boolean} [keep] left for the next launcher, which adopts it by its data folder
 */
/** @typedef {{ pid: number, started: string }} Reference */
/**
 * @typedef {object} RunRecord
 * @property {string} kind
 * @property {Reference} launcher
 * @property {Reference | null} parent of the launcher: npm, or a shell
 * @property {string} [url]
 * @property {Entry[]} processes
 * @property {string[]} folders deleted with the run
 */
/** @typedef {{ env?: NodeJS.ProcessEnv, cwd?: string, uid?: number, gid?: number, log?: string, append?: boolean }} ProcessOptions */
/** @typedef {ProcessOptions & Partial<Entry>} SpawnOptions log: a file for the output, which otherwise goes through pipes */

/** @param {number} pid */
const reference = (pid) => {
  const found = identify(pid);
  return found ? { pid, started: found.started } : null;
};

export class Run {
  /** @param {string} kind @param {string} [dir] the data folder */
  constructor(kind, dir = dataDir) {
    this.file = join(dir, 'run', `${kind}-${process.pid}-${randomBytes(3).toString('hex')}.json`);
    /** @type {RunRecord} */
    this.record = {
      kind,
      launcher: reference(process.pid) ?? { pid: process.pid, started: '' },
      parent: reference(process.ppid),
      processes: [],
      folders: [],
    };
    /** @type {Promise<void> | null} */
    this.stopping = null;
    this.save();
  }

  save() {
    writeJson(this.file, this.record);
  }

  /** Shown to whoever starts a second suite on the same data folder. @param {string} url */
  announce(url) {
    this.record.url = url;
    this.save();
  }

  /** A folder that is deleted when the run stops. @param {string} dir */
  ownFolder(dir) {
    this.record.folders.push(dir);
    this.save();
    return dir;
  }

  /**
   * Starts a process in a session of its own: Ctrl-C in the terminal then reaches the launcher alone, which stops things in order.
   * @param {string} name @param {string} command @param {string[]} args @param {SpawnOptions} [options]
   */
  spawn(name, command, args, options = {}) {
    if (this.stopping) throw new ClearError('stopping');
    const { env, cwd = root, uid, gid, log, append, ...entry } = options;
    const output = log ? openSync(log, append ? 'a' : 'w', 0o600) : 'pipe';
    const child = spawn(command, args, { env, cwd, uid, gid, detached: true, stdio: ['ignore', output, output] });
    if (typeof output === 'number') closeSync(output);
    child.on('error', () => {}); // a caller that waits for it listens itself
    const { pid } = child;
    if (pid) {
      this.adopt({ name, pid, ...entry });
      child.once('exit', () => this.forget(pid));
    }
    return child;
  }

  /** Takes over a process, so that this run stops it. @param {Omit<Entry, 'started'>} entry */
  adopt(entry) {
    this.record.processes.push({ ...entry, started: identify(entry.pid)?.started ?? '' });
    this.save();
  }

  /** @param {number} pid */
  forget(pid) {
    this.record.processes = this.record.processes.filter((entry) => entry.pid !== pid);
    if (!this.stopping) this.save();
  }

  /**
   * Runs a command to its end. @param {string} name @param {string} command @param {string[]} args
   * @param {SpawnOptions & { onLine?: (line: string) => void }} [options]
   * @returns {Promise<string>} what it printed; rejects with its last lines when it fails
   */
  async command(name, command, args, { onLine, ...options } = {}) {
    const child = this.spawn(name, command, args, options);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
        if (onLine) for (const line of text.split('\n')) if (line.trim()) onLine(line);
      });
    }
    const code = await new Promise((resolve) => child.once('error', (error) => resolve(error.message)).once('close', resolve));
    if (code !== 0) throw new ClearError(`${name} failed (${code}):\n${lastLines(output)}`);
    return output;
  }

  /** Stops everything of this run: first what serves, then the databases. Safe to call twice. */
  stop() {
    this.stopping ??= stopRecord(this.record, this.file, true);
    return this.stopping;
  }

  /**
   * Ctrl-C, `kill`, a closed terminal and the death of npm all end in an orderly stop.
   * @param {number} exitCode @param {() => void} [onStop]
   */
  stopOnSignals(exitCode, onStop) {
    const end = async () => {
      if (this.stopping) return;
      onStop?.();
      await this.stop();
      process.exit(exitCode);
    };
    for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => void end());
    // Whoever read our output may be gone; that is no reason to die and leave processes behind.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
    if (process.env.npm_lifecycle_event) {
      const parent = process.ppid;
      setInterval(() => process.ppid !== parent && void end(), 500).unref();
    }
  }
}

/** @param {string} text @param {number} [count] */
export const lastLines = (text, count = 25) => text.trimEnd().split('\n').slice(-count).join('\n');

/** The end of a log file, for an error message. @param {string} file @param {number} [count] */
export const tail = (file, count = 25) => (existsSync(file) ? lastLines(readFileSync(file, 'utf8'), count) : '(no log)');

/** @param {RunRecord} record @param {string} file @param {boolean} own */
async function stopRecord(record, file, own) {
  const mine = record.processes.filter((entry) => own || !entry.keep);
  await Promise.all(mine.filter((entry) => !entry.store).map((entry) => stopProcess(entry)));
  for (const folder of record.folders) await sweep(join(folder, 'data'), { force: true });
  await Promise.all(mine.filter((entry) => entry.store).map((entry) => stopProcess(entry)));
  for (const folder of record.folders) {
    if (basename(folder).startsWith('finharbor-')) rmSync(folder, { recursive: true, force: true });
  }
  rmSync(file, { force: true });
}

/**
 * Stops what dead launchers of this data folder left running.
 * @param {string} [dir] @param {{ force?: boolean }} [options] force: stop it though its launcher lives (it belongs to a finished test run)
 * @returns {Promise<RunRecord[]>} the runs whose launcher is alive, which are left alone
 */
export async function sweep(dir = dataDir, { force = false } = {}) {
  const folder = join(dir, 'run');
  const alive = [];
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const file = join(folder, name);
    /** @type {RunRecord | null} */
    const record = name.endsWith('.json') ? readJson(file) : null;
    if (!record?.launcher || record.launcher.pid === process.pid && isSame(record.launcher)) continue;
    if (!force && isSame(record.launcher)) alive.push(record);
    else await stopRecord(record, file, force);
  }
  return alive;
}

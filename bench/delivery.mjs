// @ts-check
/** Processes and tables of the `events` and `latency` groups: the platform's relay and consumer, and their peers. */
import { fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceEnvironment } from '../tools/lib/fleet.mjs';
import { root } from '../tools/lib/workspace.mjs';

/** @typedef {import('./stores.mjs').Stores} Stores */
/** @typedef {import('./servers/parent.mjs').Moment} Moment */

/** @param {Stores} stores */
export async function createTables(stores) {
  await stores.query(`
    create table enterprise_lists.bench_effects (event_id uuid not null, payload jsonb not null);
    comment on table enterprise_lists.bench_effects is 'internal: what the bench handles';
    grant insert on enterprise_lists.bench_effects to enterprise_lists_worker;
    create schema naive;
    create table naive.outbox (like loan_matching.outbox including all, published_at timestamptz);
    create index on naive.outbox (id) where published_at is null;
    create table naive.inbox (like enterprise_lists.inbox including all);
    create table naive.bench_effects (like enterprise_lists.bench_effects)`);
}

/** One process and what it tells. */
export class Server extends EventEmitter {
  handled = 0;
  /** @type {Map<string, number>} */
  moments = new Map();
  /** @type {string | undefined} */
  failure;

  /** @param {import('node:child_process').ChildProcess} child */
  constructor(child) {
    super();
    this.child = child;
    child.on('error', () => {}); // that it has ended is seen by whoever waits for it
    child.on('message', (/** @type {any} */ { handled, moments, ready, failure }) => {
      if (ready) this.emit('ready');
      if (failure) this.failure ??= failure;
      for (const { key, at } of /** @type {Moment[]} */ (moments ?? [])) this.moments.set(key, at);
      if (!handled) return;
      this.handled += handled;
      this.emit('handled');
    });
  }

  get pid() {
    return Number(this.child.pid);
  }

  /** @param {string} order @param {object} [details] */
  send(order, details) {
    this.child.send({ order, ...details });
  }

  get hasEnded() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Waits until so many were handled in all; fails when nothing comes for a while. @param {number} count */
  async hasHandled(count) {
    while (this.handled < count) {
      await once(this, 'handled', { signal: AbortSignal.timeout(30_000) }).catch(() => {
        throw new Error(`${this.handled} of ${count} events were handled, and then none for 30 s.`);
      });
    }
  }

  async stop() {
    if (this.hasEnded) return;
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}

/**
 * Starts bench/servers/<script>.mjs and waits until it is ready.
 * @param {Stores} stores @param {string} script @param {string[]} args @param {string[]} [flags] of node
 */
export async function startServer(stores, script, args, flags = []) {
  const isService = ['service', 'teller'].includes(script);
  const urls = { gateway: 'http://127.0.0.1:1', [args[0] ?? '']: 'http://127.0.0.1:1' };
  const child = fork(join(root, `bench/servers/${script}.mjs`), args, {
    execArgv: flags,
    env: isService
      ? { ...serviceEnvironment(args[0] ?? '', { ...stores, queuePrefix: '{bench}' }, urls), LOG_LEVEL: 'warn' }
      : { PATH: process.env.PATH, NODE_ENV: 'production', REDIS_URL: stores.redisUrl, DATABASE_URL: stores.databaseUrl },
  });
  stores.run.adopt({ name: args.join(' '), pid: Number(child.pid) });
  child.once('exit', () => stores.run.forget(Number(child.pid)));
  const server = new Server(child);
  const ended = once(child, 'exit').then(() => { throw new Error(`${script} ${args.join(' ')} ended.`); });
  await Promise.race([once(server, 'ready'), ended]);
  ended.catch(() => {});
  return server;
}

/** The fields of /proc/<pid>/stat from the state on, null when there is no such process (Linux). @param {number | string} pid */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

const clockTick = 100;

/** CPU seconds that a process used so far, and its children that have ended. @param {number} pid */
export const cpuSeconds = (pid) => (stat(pid) ?? []).slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / clockTick;

/** The same of a process with all its children, as PostgreSQL is. @param {number} parent */
export const familyCpuSeconds = (parent) => readdirSync('/proc')
  .filter((name) => /^\d+$/.test(name) && Number(stat(name)?.[1]) === parent)
  .reduce((sum, child) => sum + cpuSeconds(Number(child)), cpuSeconds(parent));

/** The largest resident set of a process so far, in MB (Linux). @param {number} pid */
export const peakMegabytes = (pid) => Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

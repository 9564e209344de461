// @ts-check
/** Brings up the PostgreSQL of this data folder (or a throwaway one), adopts a running one, recovers from a crashed launcher. */
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { asDatabaseUser, canReach, databaseUser, findBinaries, throughPrefix } from './postgres-binaries.mjs';
import { freePort, identify, pause, processesIn, stopProcess } from './processes.mjs';
import { tail } from './run.mjs';
import { ClearError, dataDir, loadSecrets, makePassable, newSecrets, readJson, writeJson } from './workspace.mjs';

/**
 * @typedef {object} Postgres
 * @property {(database?: string) => string} url the superuser's URL of a database
 * @property {number} pid
 * @property {string} description for a progress line
 * @property {() => Promise<void>} stop
 */
/** @typedef {import('./run.mjs').Run} Run */
/** @typedef {import('./postgres-binaries.mjs').DatabaseUser} DatabaseUser */

/** A new folder for throwaway data that the database user can reach; the run deletes it. @param {Run} run */
export function throwawayFolder(run) {
  const make = (/** @type {string} */ parent) => makePassable(run.ownFolder(mkdtempSync(join(parent, 'finharbor-'))));
  const folder = make(tmpdir());
  return canReach(folder, databaseUser()) ? folder : make('/var/tmp');
}

/**
 * The folder that holds the database: the data folder, or, where the database user cannot reach that, one outside which
 * `location.json` names. A copied checkout must not share the database of the original, hence `dataDir` in the note.
 * @param {DatabaseUser} user @param {string} [dir]
 */
export function databaseHome(user, dir = dataDir) {
  const note = join(dir, 'location.json');
  const known = readJson(note);
  const moved = known && known.dataDir !== dir && !existsSync(join(known.dataDir, 'location.json'));
  if (known && (known.dataDir === dir || moved) && existsSync(known.folder)) {
    if (moved) writeJson(note, { ...known, dataDir: dir });
    return known.folder;
  }
  if (existsSync(join(dir, 'pg')) || canReach(makePassable(dir), user)) return dir;
  const name = `finharbor-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`;
  // Below /var/lib only root can make folders, so nobody can have prepared this one; /var/tmp needs a name nobody can guess.
  for (const make of [() => join('/var/lib', name), () => mkdtempSync(join('/var/tmp', `${name}-`))]) {
    try {
      const folder = makePassable(make());
      if (!canReach(folder, user)) continue;
      writeJson(note, { dataDir: dir, folder });
      return folder;
    } catch {
      // read-only: the next one
    }
  }
  throw new ClearError(`The database user can reach neither ${dir} nor a folder in /var/lib or /var/tmp.`);
}

/** Deletes what databaseHome made outside the data folder. @param {string} [dir] */
export function removeDatabaseHome(dir = dataDir) {
  const known = readJson(join(dir, 'location.json'));
  if (known?.dataDir === dir && basename(known.folder).startsWith('finharbor-')) rmSync(known.folder, { recursive: true, force: true });
}

/**
 * The living postmaster of a data folder, recognised by its lock file and its command line.
 * @param {string} pgdata @returns {{ pid: number, port: number, status: string, started: string } | null}
 */
export function runningPostmaster(pgdata) {
  try {
    const lines = readFileSync(join(pgdata, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    const found = identify(pid);
    if (!found || !found.command.includes(pgdata)) return null;
    return { pid, port: Number(lines[3]), status: (lines[7] ?? '').trim(), started: found.started };
  } catch {
    return null;
  }
}

/**
 * @param {string} pgdata @param {import('./postgres-binaries.mjs').Binaries} binaries @param {DatabaseUser} user
 * @param {string} password @param {Run} run @param {boolean} throwaway
 */
export async function initialise(pgdata, binaries, user, password, run, throwaway) {
  const draft = `${pgdata}.new`; // an initdb that was killed must not look like a database
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const passwordFile = `${draft}.password`;
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  if (user.uid !== undefined && user.gid !== undefined) for (const path of [draft, passwordFile]) chownSync(path, user.uid, user.gid);
  // The libc locale still classifies characters for pg_trgm, so that it must know Chinese; macOS has no C.UTF-8.
  const libc = process.platform === 'darwin' ? ['--lc-collate=C', '--lc-ctype=en_US.UTF-8'] : ['--locale=C.UTF-8'];
  const locale = binaries.major >= 17 ? [...libc, '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : libc;
  const [command, args] = throughPrefix(user, join(binaries.bin, 'initdb'), [
    '-D', draft, '-U', 'postgres', '-E', 'UTF8', '--auth=scram-sha-256', '--pwfile', passwordFile,
    ...locale, ...(throwaway ? ['--no-sync'] : []),
  ]);
  try {
    await run.command('initdb', command, args, asDatabaseUser(user));
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, pgdata);
}

/**
 * Data that exists stays with the user who made it, also when a user "postgres" has appeared since.
 * @param {string} pgdata @param {DatabaseUser} user
 */
function ownerOf(pgdata, user) {
  if (user.uid === undefined || !existsSync(pgdata)) return user;
  const { uid, gid } = statSync(pgdata);
  return { ...user, uid, gid };
}

/** Waits until an earlier server of this data folder has ended or is ready. @param {string} pgdata */
async function settle(pgdata) {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await pause(50)) {
    const running = runningPostmaster(pgdata);
    if (running?.status === 'ready') return running;
    if (!running && processesIn(pgdata).length === 0) return null;
  }
  const stuck = runningPostmaster(pgdata);
  if (stuck) await stopProcess({ ...stuck, signal: 'SIGQUIT' });
  return null;
}

/**
 * @param {{ run: Run, throwaway?: boolean, durable?: boolean, folder?: string, logFile: string }} options folder: where throwaway data
 *   goes; durable: throwaway data too waits for the disk
 * @returns {Promise<Postgres>}
 */
export async function startPostgres({ run, throwaway = false, durable = false, folder = '', logFile }) {
  const home = throwaway ? folder : databaseHome(databaseUser());
  const pgdata = join(home, 'pg');
  const user = ownerOf(pgdata, databaseUser());
  const { superuserPassword: password } = throwaway ? newSecrets() : loadSecrets();
  const answer = (/** @type {number} */ pid, /** @type {number} */ port, /** @type {string} */ description) => ({
    url: (database = 'postgres') => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`,
    pid,
    description,
    stop: async () => stopProcess({ pid, started: identify(pid)?.started ?? '', signal: 'SIGINT' }),
  });
  const existing = existsSync(pgdata) ? await settle(pgdata) : null;
  if (existing) {
    run.adopt({ name: 'postgres', pid: existing.pid, signal: 'SIGINT', store: true, keep: true });
    return answer(existing.pid, existing.port, `PostgreSQL on port ${existing.port} (left running by an earlier start, adopted)`);
  }
  const dataMajor = existsSync(pgdata) ? Number(readFileSync(join(pgdata, 'PG_VERSION'), 'utf8')) : undefined;
  const binaries = findBinaries(user, () => home, dataMajor);
  if (!dataMajor) await initialise(pgdata, binaries, user, password, run, throwaway);
  // PostgreSQL refuses to start while the lock file's pid is taken: by another program by now, or by a zombie that a container's
  // first process does not collect. No server or backend is left (settle has looked), so the file says nothing any more.
  const lock = join(pgdata, 'postmaster.pid');
  if (existsSync(lock) && (process.platform === 'linux' || identify(Number.parseInt(readFileSync(lock, 'utf8'), 10)))) rmSync(lock);

  const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  const speed = [...(durable ? [] : careless), 'max_connections=300', 'autovacuum_naptime=1h'];
  const common = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'timezone=UTC', 'log_timezone=UTC'];
  const settings = throwaway ? [...common, ...speed] : common;
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    const [command, args] = throughPrefix(user, join(binaries.bin, 'postgres'),
      ['-D', pgdata, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]);
    const child = run.spawn('postgres', command, args, {
      ...asDatabaseUser(user), log: logFile, append: tries > 1, signal: 'SIGINT', store: true, keep: !throwaway,
    });
    const ended = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
    if (await Promise.race([ended.then(() => false), ready(pgdata, () => child.exitCode !== null || child.signalCode !== null)])) {
      return answer(Number(child.pid), port, `PostgreSQL ${binaries.version} on port ${port} (${binaries.bin})`);
    }
    if (run.stopping) throw new ClearError('stopping');
    if (tries === 3) throw new ClearError(`PostgreSQL does not start:\n${tail(logFile)}`);
    await pause(500);
  }
}

/** Ready includes the redo after a crash, which may take a while. @param {string} pgdata @param {() => boolean} over */
async function ready(pgdata, over) {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline && !over(); await pause(20)) {
    if (runningPostmaster(pgdata)?.status === 'ready') return true;
  }
  return false;
}

/** Stops the server of a data folder, whoever started it. @param {string} [dir] */
export async function stopLeftPostgres(dir = dataDir) {
  const homes = [dir, readJson(join(dir, 'location.json'))?.folder].filter(Boolean);
  for (const home of homes) {
    const running = runningPostmaster(join(home, 'pg'));
    if (running) await stopProcess({ ...running, signal: 'SIGINT' });
  }
}

/**
 * Connects as administrator and creates the database when it is missing.
 * @param {string} url of the database to have
 * @param {string} hint for the message when the server refuses
 */
export async function ensureDatabase(url, hint) {
  const { default: pg } = await import('pg');
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const create = `CREATE DATABASE ${pg.escapeIdentifier(name)} ENCODING 'UTF8' TEMPLATE template0`;
  for (const [target, query] of [[url, 'SELECT 1'], [maintenance.href, create], [url, 'SELECT 1']]) {
    const client = new pg.Client({ connectionString: target, connectionTimeoutMillis: 10_000 });
    try {
      await client.connect();
      await client.query(query);
      if (target === url) return;
    } catch (error) {
      const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
      if (code !== '3D000') throw new ClearError(`PostgreSQL at ${maintenance.host} refuses: ${message}\n${hint}`);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

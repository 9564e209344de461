// @ts-check
/**
 * Finds a redis-server or valkey-server; on Debian and Ubuntu downloads the distribution's package and unpacks it into the data
 * folder. That needs no root and changes nothing in the system; npm has no package that carries a Redis.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { identify } from './processes.mjs';
import { ClearError, dataDir, root } from './workspace.mjs';

/** @typedef {{ command: string, libraries: string, version: string }} RedisBinary libraries: for LD_LIBRARY_PATH */

const servers = ['redis-server', 'valkey-server'];

/** Shared by `npm start`, tests and benches of this checkout, whatever their data folder; beside the data when `.data` is read-only. */
const caches = [...new Set([join(root, '.data'), dataDir])].map((dir) => join(dir, 'redis-bin'));

/** @param {RedisBinary} binary */
export const redisEnvironment = ({ libraries }) => ({ PATH: process.env.PATH, LD_LIBRARY_PATH: libraries, TZ: 'UTC' });

/** @param {string} command @param {string} libraries @returns {RedisBinary | null} null when it does not run */
function probe(command, libraries) {
  if (!existsSync(command)) return null;
  const env = redisEnvironment({ command, libraries, version: '' });
  const version = /v=(\d+\.\d+)/.exec(spawnSync(command, ['--version'], { env, encoding: 'utf8' }).stdout ?? '')?.[1];
  return version ? { command, libraries, version } : null;
}

/** @param {string} cache @returns {RedisBinary | null} */
function probeCache(cache) {
  const parent = join(cache, 'usr/lib');
  const names = existsSync(parent) ? readdirSync(parent).filter((name) => name.endsWith('-linux-gnu')) : [];
  const libraries = names.map((name) => join(parent, name)).join(':');
  return servers.map((name) => probe(join(cache, 'usr/bin', name), libraries)).find(Boolean) ?? null;
}

/** @param {string} program @returns {string[]} */
const onPath = (program) =>
  (process.env.PATH ?? '').split(delimiter).filter(Boolean).map((dir) => join(dir, program)).filter((file) => existsSync(file));

/** @param {{ run: import('./run.mjs').Run, say: (line: string) => void }} options @returns {Promise<RedisBinary>} */
export async function findRedis({ run, say }) {
  const found = servers.flatMap(onPath).map((file) => probe(file, '')).find(Boolean) ?? caches.map(probeCache).find(Boolean);
  if (found) return found;
  if (onPath('apt-get').length === 0 || onPath('dpkg').length === 0) throw new ClearError(missing('No Redis is installed.'));
  say('no Redis on this machine: unpacking the distribution\'s package (1.5 MB) into .data/redis-bin; the system stays as it is');
  const problems = [];
  for (const cache of caches) {
    try {
      mkdirSync(dirname(cache), { recursive: true });
      await unpack(cache, run);
      const binary = probeCache(cache);
      if (binary) return binary;
      problems.push('the unpacked server does not run on this machine');
    } catch (error) {
      if (run.stopping) throw error;
      problems.push(/** @type {Error} */ (error).message);
    }
  }
  throw new ClearError(missing(`The distribution's Redis package could not be fetched (is the network there?):\n${problems.join('\n')}`));
}

/** @param {string} reason */
function missing(reason) {
  const commands = {
    'apt-get': 'sudo apt-get install -y redis-server',
    brew: 'brew install redis',
    dnf: 'sudo dnf install -y valkey',
    apk: 'apk add redis',
    pacman: 'sudo pacman -S valkey',
  };
  const command = Object.entries(commands).find(([tool]) => onPath(tool).length)?.[1] ?? 'your package manager (redis or valkey)';
  return `${reason}\nInstall it with: ${command}\nor set REDIS_URL to a Redis of your own (appendonly yes, maxmemory-policy noeviction).`;
}

/** @param {string} cache @param {import('./run.mjs').Run} run */
async function unpack(cache, run) {
  const work = `${cache}.${process.pid}`;
  for (const name of readdirSync(dirname(cache))) {
    const [, pid] = /^redis-bin\.(\d+)$/.exec(name) ?? [];
    if (pid && !identify(Number(pid))) rmSync(join(dirname(cache), name), { recursive: true, force: true });
  }
  const tree = join(work, 'tree');
  for (const dir of ['lists/partial', 'cache/archives/partial', 'debs', 'tree']) mkdirSync(join(work, dir), { recursive: true });
  // Lists and cache of our own: nothing of the system is locked or written. Whatever third-party source fails, Redis is in the main one.
  const own = {
    'Dir::State::lists': join(work, 'lists'),
    'Dir::Cache': join(work, 'cache'),
    'Dir::State::status': '/var/lib/dpkg/status',
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': '',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
  };
  const options = ['-qq', ...Object.entries(own).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
  const env = { ...process.env, LC_ALL: 'C', HOME: '/tmp' };
  const apt = (/** @type {string[]} */ ...args) =>
    run.command(`apt-get ${args[0]}`, 'apt-get', [...options, ...args], { cwd: join(work, 'debs'), env });
  try {
    const update = await apt('update').catch((error) => String(error.message));
    const packages = await missingPackages(apt).catch((error) => {
      throw new ClearError(`${update.trim()}\n${error.message}`); // why there is no package is in what the update said
    });
    await apt('download', ...packages);
    for (const file of readdirSync(join(work, 'debs'))) {
      await run.command('dpkg', 'dpkg', ['-x', join(work, 'debs', file), tree], { env });
    }
    if (existsSync(cache) && !probeCache(cache)) rmSync(cache, { recursive: true });
    if (!existsSync(cache)) renameSync(tree, cache);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The server's package and those of its libraries that this machine lacks. @param {(...args: string[]) => Promise<string>} apt */
async function missingPackages(apt) {
  /** @type {unknown} */
  let reason;
  for (const name of servers) {
    try {
      const listing = await apt('install', '--print-uris', '--no-install-recommends', name);
      const packages = listing.split('\n').flatMap((line) => /^'\S+' ([^_\s]+)_\S+\.deb /.exec(line)?.[1] ?? []);
      if (packages.length) return packages;
      return [name]; // installed according to dpkg, yet not on the PATH
    } catch (error) {
      reason ??= error;
    }
  }
  throw reason;
}

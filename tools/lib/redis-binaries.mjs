// @ts-check
/**
 * Finds a redis-server or valkey-server; on Debian and Ubuntu downloads the distribution's package and unpacks it into the data
 * folder. That needs no root and changes nothing in the system; npm has no package that carries a Redis.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hasPackages, librariesIn, onPath, unpackPackage } from './debian-package.mjs';
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
  const libraries = librariesIn(cache);
  return servers.map((name) => probe(join(cache, 'usr/bin', name), libraries)).find(Boolean) ?? null;
}

/** @param {{ run: import('./run.mjs').Run, say: (line: string) => void }} options @returns {Promise<RedisBinary>} */
export async function findRedis({ run, say }) {
  const found = servers.flatMap(onPath).map((file) => probe(file, '')).find(Boolean) ?? caches.map(probeCache).find(Boolean);
  if (found) return found;
  if (!hasPackages()) throw new ClearError(missing('No Redis is installed.'));
  say('no Redis on this machine: unpacking the distribution\'s package (1.5 MB) into .data/redis-bin; the system stays as it is');
  const problems = [];
  for (const cache of caches) {
    try {
      await unpackPackage({ names: servers, folder: cache, works: () => probeCache(cache) !== null, run });
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

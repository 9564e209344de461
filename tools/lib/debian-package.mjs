// @ts-check
/**
 * Downloads a program's package of Debian or Ubuntu, with the libraries that this machine lacks, and unpacks it into a folder.
 * That needs no root and changes nothing in the system.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { identify } from './processes.mjs';
import { ClearError } from './workspace.mjs';

/** Where the PATH has the program, first things first. @param {string} program @returns {string[]} */
export const onPath = (program) =>
  (process.env.PATH ?? '').split(delimiter).filter(Boolean).map((dir) => join(dir, program)).filter((file) => existsSync(file));

/** Whether this system has such packages at all. */
export const hasPackages = () => onPath('apt-get').length > 0 && onPath('dpkg').length > 0;

/** The folders of shared libraries in an unpacked tree, for LD_LIBRARY_PATH. @param {string} tree */
export function librariesIn(tree) {
  const parent = join(tree, 'usr/lib');
  const names = existsSync(parent) ? readdirSync(parent).filter((name) => name.endsWith('-linux-gnu')) : [];
  return names.map((name) => join(parent, name)).join(':');
}

/**
 * @param {object} options
 * @param {string[]} options.names of packages, any of which will do
 * @param {string} options.folder gets the tree
 * @param {() => boolean} options.works whether what lies in the folder runs: then it is left alone
 * @param {import('./run.mjs').Run} options.run
 * @returns {Promise<void>} rejects when there is no package, or no network
 */
export async function unpackPackage({ names, folder, works, run }) {
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  const work = `${folder}.${process.pid}`;
  for (const name of readdirSync(parent)) {
    const [, base, pid] = /^(.+)\.(\d+)$/.exec(name) ?? [];
    if (base === basename(folder) && !identify(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true });
  }
  const tree = join(work, 'tree');
  for (const dir of ['lists/partial', 'cache/archives/partial', 'debs', 'tree']) mkdirSync(join(work, dir), { recursive: true });
  // Lists and cache of our own: nothing of the system is locked or written. Whatever third-party source fails, these are in the main one.
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
    const packages = await missingPackages(names, apt).catch((error) => {
      throw new ClearError(`${update.trim()}\n${error.message}`); // why there is no package is in what the update said
    });
    await apt('download', ...packages);
    for (const file of readdirSync(join(work, 'debs'))) {
      await run.command('dpkg', 'dpkg', ['-x', join(work, 'debs', file), tree], { env });
    }
    if (existsSync(folder) && !works()) rmSync(folder, { recursive: true });
    if (!existsSync(folder)) renameSync(tree, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * The program's package and those of its libraries that this machine lacks.
 * @param {string[]} names @param {(...args: string[]) => Promise<string>} apt
 */
async function missingPackages(names, apt) {
  /** @type {unknown} */
  let reason;
  for (const name of names) {
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

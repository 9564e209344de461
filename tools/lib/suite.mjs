// @ts-check
/** The whole suite on this machine: `npm start`, `npm run dev` and the demo bring it up through this. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies } from './dependencies.mjs';
import { fleetUrls, serviceEnvironment, startFleet } from './fleet.mjs';
import { ensureDatabase, removeDatabaseHome, startPostgres, stopLeftPostgres } from './postgres.mjs';
import { startPlatforms } from './platforms.mjs';
import { answers, freePort, isSame, pause, portIsFree } from './processes.mjs';
import { startRedis, stopLeftRedis } from './redis.mjs';
import { Run, sweep } from './run.mjs';
import { ClearError, dataDir, loadSecrets, makePassable, root, writeJson } from './workspace.mjs';

export const adminCredentialsFile = join(dataDir, 'admin-client.json');
export const logDir = join(dataDir, 'logs');
/** The checkpoints of the audit trails. */
export const auditDir = join(dataDir, 'audit');
/** Uploaded lists, encrypted. */
export const filesDir = join(dataDir, 'files');
/** Messages to people: nobody is really sent any. */
export const messagesDir = join(dataDir, 'messages');

/**
 * The administrator's URL of the suite's database: `finharbor` on the server of DATABASE_URL, unless that names a database itself.
 * @param {string} given
 */
export function suiteDatabaseUrl(given) {
  const url = new URL(given);
  if (['', '/', '/postgres'].includes(url.pathname)) url.pathname = '/finharbor';
  return url.href;
}

/** Data that the first start made as another user cannot be used: better said than met as EACCES somewhere. */
function refuseForeignData() {
  const file = join(dataDir, 'secrets.json');
  const owner = existsSync(file) ? statSync(file).uid : process.getuid?.();
  if (owner === process.getuid?.()) return;
  throw new ClearError(`${dataDir} belongs to another user (id ${owner}), who ran npm start here first.\nRun it as that user, or remove the folder.`);
}

/**
 * Clears the place: orphans of a killed launcher are stopped; a suite that runs on this data folder is an error, and so is a
 * stranger on the port.
 * @param {number} port @param {(line: string) => void} say
 */
async function clearThePlace(port, say) {
  for (const deadline = Date.now() + 30_000; ; await pause(200)) {
    const other = (await sweep()).find((run) => run.kind === 'suite');
    if (!other) break;
    // Its npm is dead: it has noticed, or is about to, and is stopping.
    if (other.parent && !isSame(other.parent) && Date.now() < deadline) continue;
    throw new ClearError(`FinHarbor already runs here (${other.url ?? 'starting'}, process ${other.launcher.pid}, data in ${dataDir}).\n`
      + `Stop it first (Ctrl-C there, or: kill ${other.launcher.pid}), or use another data folder: FINHARBOR_DATA_DIR=… npm start`);
  }
  if (await portIsFree(port)) return;
  say(`port ${port} is in use, waiting a moment`);
  await pause(1_000);
  if (!await portIsFree(port)) {
    throw new ClearError(`Port ${port} is taken by another program. Stop that program, or choose another port: PORT=${port + 1} npm start`);
  }
}

/** Removes all data. What was downloaded (Redis) is not data and stays: a reset must not need the network. */
async function reset() {
  if (process.env.DATABASE_URL) {
    throw new ClearError('--reset removes the data that the launcher made itself; with DATABASE_URL set, drop that database yourself and remove '
      + `${dataDir} (it holds the keys that the database's personal data is encrypted with).`);
  }
  await Promise.all([stopLeftPostgres(), stopLeftRedis()]);
  removeDatabaseHome();
  for (const name of existsSync(dataDir) ? readdirSync(dataDir) : []) {
    if (name !== 'redis-bin') rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}

/** @param {string} url @param {(line: string) => void} say */
async function givenRedis(url, say) {
  const { hostname, port } = new URL(url);
  if (!await answers(Number(port || 6379), hostname)) throw new ClearError(`Nothing answers at REDIS_URL (${hostname}:${port || 6379}).`);
  say(`Redis of REDIS_URL at ${hostname}:${port || 6379}`);
  return url;
}

/**
 * @typedef {object} Suite
 * @property {string} url of the gateway
 * @property {import('./fleet.mjs').Fleet} fleet
 * @property {() => Promise<void>} migrate
 * @property {Run} run
 */
/**
 * @param {{ port: number, reset?: boolean, exitCode?: number, say?: (line: string) => void }} options exitCode: after Ctrl-C
 * @returns {Promise<Suite>}
 */
export async function startSuite({ port, reset: anew = false, exitCode = 0, say = () => {} }) {
  refuseForeignData();
  await clearThePlace(port, say);
  await ensureDependencies(say);
  if (anew) await reset();
  makePassable(dataDir);
  mkdirSync(logDir, { recursive: true, mode: 0o700 });
  const run = new Run('suite');
  run.stopOnSignals(exitCode, () => say('stopping'));
  try {
    return await bringUp(port, run, say);
  } catch (error) {
    if (run.stopping) await new Promise(() => {}); // Ctrl-C while starting: the handler ends the process
    await run.stop();
    throw error;
  }
}

/** @param {number} port @param {Run} run @param {(line: string) => void} say @returns {Promise<Suite>} */
async function bringUp(port, run, say) {
  run.announce(`http://127.0.0.1:${port}`);
  const secrets = loadSecrets();
  const { DATABASE_URL: givenDatabase, REDIS_URL: givenRedisUrl } = process.env;
  const database = async () => {
    if (givenDatabase) {
      await stopLeftPostgres();
      const url = suiteDatabaseUrl(givenDatabase);
      say(`PostgreSQL of DATABASE_URL at ${new URL(url).host}, database ${new URL(url).pathname.slice(1)}`);
      return url;
    }
    const postgres = await startPostgres({ run, logFile: join(logDir, 'postgres.log') });
    say(postgres.description);
    return postgres.url('finharbor');
  };
  const queues = async () => {
    if (givenRedisUrl) {
      await stopLeftRedis();
      return givenRedis(givenRedisUrl, say);
    }
    const redis = await startRedis({ run, say, logFile: join(logDir, 'redis.log') });
    say(redis.description);
    return redis.url;
  };
  /** @param {string} name @param {string} script @param {NodeJS.ProcessEnv} [env] */
  const node = (name, script, env = process.env) => run.command(name, process.execPath, [join(root, script)], { env });
  const build = async () => say((await node('build', 'tools/build.mjs')).trim());
  const [databaseUrl, redisUrl] = await Promise.all([database(), queues(), build()]);

  await ensureDatabase(databaseUrl, givenDatabase ? 'DATABASE_URL must be an administrator\'s URL.'
    : `Does ${join(dataDir, 'secrets.json')} belong to this data? Restore that file, or begin anew with: npm start -- --reset`);
  const migrate = async () => {
    await node('migrate', 'tools/migrate.mjs', { ...process.env, MIGRATE_DATABASE_URL: databaseUrl, APP_PASSWORD: secrets.appPassword });
    say('database migrated');
  };
  await migrate();

  const people = await startPeople(run);
  const platforms = await startPlatforms(run, logDir, say);
  const options = {
    databaseUrl, redisUrl, queuePrefix: 'finharbor', logDir, auditDir, filesDir, messagesDir, secrets, restart: true, onProgress: say, run,
    env: { PEOPLE_ISSUER: people, ...platforms },
  };
  const urls = await fleetUrls(port);
  await node('bootstrap', 'apps/partners/dist/bootstrap.js', {
    ...serviceEnvironment('partners', options, urls), ADMIN_CREDENTIALS_FILE: adminCredentialsFile,
  });
  const fleet = await startFleet(options, urls);
  await loadDemonstration(fleet.url, say);
  return { url: fleet.url, fleet, migrate, run };
}

/** The provider where the demonstration's people sign in. @param {Run} run @returns {Promise<string>} its issuer */
async function startPeople(run) {
  const port = await freePort();
  run.spawn('people', process.execPath, [join(root, 'tools/people/main.mjs')], {
    env: { ...process.env, PORT: String(port), AUDIENCE: 'urn:finharbor:api' }, log: join(logDir, 'people.log'),
  });
  for (const deadline = Date.now() + 20_000; !await answers(port); await pause(50)) {
    if (Date.now() > deadline) throw new ClearError(`The people's provider does not start; see ${join(logDir, 'people.log')}.`);
  }
  const issuer = `http://127.0.0.1:${port}`;
  writeJson(join(dataDir, 'people.json'), { issuer });
  return issuer;
}

/** @param {string} url @param {(line: string) => void} say */
async function loadDemonstration(url, say) {
  const module = join(root, 'tools/demonstration.mjs');
  if (!existsSync(module)) return say('warning: tools/demonstration.mjs is missing, no demonstration data is loaded');
  const { loadDemonstration: load } = await import(module);
  return load({ url, adminCredentialsFile, dataDir, onProgress: say });
}

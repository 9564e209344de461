// @ts-check
/** The six services and the gateway as processes of their own, as `npm start`, tests and benches run them. */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort, identify, pause, stopProcess } from './processes.mjs';
import { Run, tail } from './run.mjs';
import { ClearError, root, serviceNames } from './workspace.mjs';

/**
 * Small heaps. A young generation of 2 MB with --optimize-for-size saves another 100 MB over all, but a query across services
 * then costs two to four times the CPU (npm run bench -- graphql).
 */
export const nodeFlags = ['--max-semi-space-size=8', '--max-old-space-size=192', '--enable-source-maps'];

/**
 * @typedef {object} FleetOptions
 * @property {string} databaseUrl the administrator's URL of the database; the services get logins of their own on it
 * @property {string} redisUrl
 * @property {string} queuePrefix
 * @property {number} [port] of the gateway; a free one by default
 * @property {string} logDir gets `<name>.log` of each
 * @property {Pick<import('./workspace.mjs').Secrets, 'appPassword' | 'serviceKey' | 'fieldKeys' | 'auditKey'>} secrets
 * @property {string} [auditDir] gets the checkpoints of the audit trails; `audit` in logDir by default
 * @property {string} [filesDir] gets uploaded lists, encrypted; `files` in logDir by default
 * @property {string} [messagesDir] gets the messages to people, a file each; without it nobody is sent any
 * @property {string[]} [flags] of node, instead of nodeFlags
 * @property {Record<string, string>} [reached] where the others and clients find each, when not where it listens: a balancer in between
 * @property {string} [home] the installation whose programs run, when not this one: another version
 * @property {string[]} [only] start these alone (names; `gateway` is one)
 * @property {Record<string, string>} [env] added to every service's environment
 * @property {boolean} [restart] start a service again that ends by itself, after a pause that grows
 * @property {(line: string) => void} [onProgress]
 * @property {Run} [run] that stops the fleet when it stops; the fleet has one of its own by default
 */
/**
 * @typedef {object} Service
 * @property {number | undefined} pid
 * @property {string} url
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop ends it and waits; it stays down until start()
 * @property {() => Promise<void>} start resolves when it is ready
 */
/** @typedef {{ url: string, services: Record<string, Service>, stop: () => Promise<void> }} Fleet */

/** @param {string} name */
export const schemaOf = (name) => name.replaceAll('-', '_');

/** The services' login on the administrator's database. @param {string} databaseUrl @param {string} name @param {string} password */
export function appUrl(databaseUrl, name, password) {
  const url = new URL(databaseUrl);
  url.username = `${schemaOf(name)}_app`;
  url.password = encodeURIComponent(password);
  return url.href;
}

/**
 * The whole environment of a service; nothing else is inherited, so that what runs does not depend on the shell it was started from.
 * @param {string} name @param {FleetOptions} options @param {Record<string, string>} urls of all, the gateway's among them
 * @returns {Record<string, string>}
 */
export function serviceEnvironment(name, options, urls) {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LOG_LEVEL', 'NODE_EXTRA_CA_CERTS'];
  const inherited = names.map((key) => [key, process.env[key]]).filter(([, value]) => value);
  const reached = options.reached ?? urls;
  const peers = serviceNames.map((peer) => [`${schemaOf(peer).toUpperCase()}_URL`, reached[peer]]);
  return {
    LOG_LEVEL: 'info',
    ...Object.fromEntries(inherited),
    NODE_ENV: 'production',
    // Else glibc keeps memory for each thread apart: checking a list of a million rows costs 30 MB more (npm run bench -- import).
    MALLOC_ARENA_MAX: '2',
    HOST: '127.0.0.1',
    PORT: new URL(urls[name] ?? '').port,
    PUBLIC_URL: reached.gateway ?? '',
    REDIS_URL: options.redisUrl,
    QUEUE_PREFIX: options.queuePrefix,
    SERVICE_KEY: options.secrets.serviceKey,
    FIELD_KEYS: options.secrets.fieldKeys,
    SANDBOX: 'true', // for trying things: clients may have a secret
    ...(name === 'gateway' ? Object.fromEntries(peers) : {
      DATABASE_URL: appUrl(options.databaseUrl, name, options.secrets.appPassword),
      AUDIT_KEY: options.secrets.auditKey,
      AUDIT_DIR: options.auditDir ?? join(options.logDir, 'audit'),
    }),
    ...(name === 'loan-matching' ? { LOAN_CODE_SESSIONLESS_DEMANDS: '1000000' } : {}), // so too: one code, tried by everybody
    ...(name === 'enterprise-lists' ? { FILES_DIR: options.filesDir ?? join(options.logDir, 'files') } : {}),
    ...(name === 'partners' && options.messagesDir ? messagesTo(options.messagesDir) : {}),
    ...options.env,
  };
}

/** For trying things: messages to people are files, and wait for others like them for a few seconds only. @param {string} dir */
function messagesTo(dir) {
  const { href } = pathToFileURL(dir);
  return { MAIL_URL: href, SMS_URL: href, MESSAGE_GATHER_SECONDS: '10' };
}

/** The addresses of a fleet that is about to start. @param {number} [port] of the gateway */
export async function fleetUrls(port) {
  /** @type {Record<string, string>} */
  const urls = { gateway: `http://127.0.0.1:${port ?? await freePort()}` };
  for (const name of serviceNames) urls[name] = `http://127.0.0.1:${await freePort()}`;
  return urls;
}

/** @param {string} url @returns {Promise<number>} the HTTP status, 0 when nothing answers */
const status = (url) => new Promise((resolve) => {
  const request = get(url, { timeout: 5_000, agent: false }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  request.on('error', () => resolve(0)).on('timeout', () => request.destroy());
});

/** @param {FleetOptions} options @param {Record<string, string>} [urls] @returns {Promise<Fleet>} */
export async function startFleet(options, urls) {
  const addresses = urls ?? await fleetUrls(options.port);
  const run = options.run ?? new Run('fleet');
  mkdirSync(options.logDir, { recursive: true, mode: 0o700 });
  const names = [...serviceNames, 'gateway'].filter((name) => options.only?.includes(name) ?? true);
  const services = Object.fromEntries(names.map((name) => [name, createService(name, options, addresses, run)]));
  const stop = async () => {
    await Promise.all(Object.values(services).map((service) => service.stop()));
    if (!options.run) await run.stop();
  };
  try {
    await Promise.all(Object.values(services).map((service) => service.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: addresses.gateway ?? '', services, stop };
}

/** @param {string} name @param {FleetOptions} options @param {Record<string, string>} urls @param {Run} run @returns {Service} */
function createService(name, options, urls, run) {
  const url = urls[name] ?? '';
  const log = join(options.logDir, `${name}.log`);
  const say = options.onProgress ?? (() => {});
  /** @type {import('node:child_process').ChildProcess | null} */
  let child = null;
  let wanted = false;
  let launched = 0;
  let failures = 0;

  const launch = () => {
    const started = Date.now();
    const mine = run.spawn(name, process.execPath, [...(options.flags ?? nodeFlags), join(options.home ?? root, 'apps', name, 'dist/main.js')], {
      env: serviceEnvironment(name, options, urls), log, append: launched > 0,
    });
    child = mine;
    launched += 1;
    mine.once('exit', (code, signal) => {
      if (child === mine) child = null;
      if (!wanted || run.stopping) return;
      say(`${name} ended by itself (${signal ?? code}); the end of ${log}:\n${tail(log, 15)}`);
      if (!options.restart) return;
      failures = Date.now() - started > 60_000 ? 1 : failures + 1;
      const wait = Math.min(30_000, 500 * 2 ** (failures - 1));
      setTimeout(() => wanted && !child && !run.stopping && launch(), wait);
    });
    return mine;
  };

  return {
    url,
    get pid() {
      return child?.pid;
    },
    async start() {
      if (child) return;
      const mine = launch();
      for (const deadline = Date.now() + 120_000; ; await pause(100)) {
        if (run.stopping) throw new ClearError('stopping');
        const over = mine.exitCode !== null || mine.signalCode !== null;
        if (!over && await status(`${url}/health/ready`) === 200) break;
        if (!over && Date.now() < deadline) continue;
        throw new ClearError(`${name} ${over ? 'ended while starting' : 'is not ready after 120 s'}; the end of ${log}:\n${tail(log)}`);
      }
      wanted = true; // only from here on is an end an accident to be repaired
      say(`${name} is ready`);
    },
    async stop(signal = 'SIGTERM') {
      wanted = false;
      const mine = child;
      if (!mine?.pid) return;
      const ended = mine.exitCode === null && mine.signalCode === null ? once(mine, 'exit') : null;
      await stopProcess({ pid: mine.pid, started: identify(mine.pid)?.started ?? '', signal });
      await ended;
    },
  };
}

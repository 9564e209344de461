// @ts-check
/** Installs the dependencies when they are missing or differ from the lock file. Runs before anything of node_modules is loaded. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { answers } from './processes.mjs';
import { ClearError, readJson, root } from './workspace.mjs';

/** Does node_modules hold what the lock file says? Compared by content: times say nothing after a clone or a copy. */
export function dependenciesAreCurrent() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const present = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (!wanted || !present) return false;
  return Object.entries(wanted).filter(([path]) => path.startsWith('node_modules/')).every(([path, entry]) => {
    if (entry.link) return existsSync(join(root, path));
    if (!present[path]) return Boolean(entry.optional || entry.devOptional || entry.peer);
    return present[path].version === entry.version;
  });
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new ClearError(`Node ${process.versions.node} is too old: FinHarbor needs 20.19 or newer (https://nodejs.org).`);
}

/** @returns {[string, string[]]} */
const npm = () => (process.env.npm_execpath?.endsWith('.js') ? [process.execPath, [process.env.npm_execpath]] : ['npm', []]);

/** @param {string[]} args */
function startNpm(args) {
  const [command, first] = npm();
  return spawn(command, [...first, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
}

/** @param {import('node:child_process').ChildProcess} child @returns {Promise<{ code: number | string | null, output: string }>} */
async function finished(child) {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text));
  const code = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message)).once('close', (status, signal) => resolve(signal ?? status));
  });
  return { code, output };
}

/**
 * Is npm's registry (or the proxy to it) there? Asked beforehand: without a network npm fails only after minutes, since it tries
 * every package by itself.
 */
async function registryAnswers() {
  const { HTTPS_PROXY, https_proxy, HTTP_PROXY, http_proxy } = process.env;
  if (HTTPS_PROXY || https_proxy || HTTP_PROXY || http_proxy) return true; // npm goes that way; let it find out
  const { code, output } = await finished(startNpm(['config', 'get', 'registry', 'https-proxy', 'proxy']));
  const addresses = [...output.matchAll(/^(?:registry|https-proxy|proxy) ?= ?(https?:\S+)/gm)].map(([, url]) => new URL(String(url)));
  const way = addresses.at(-1); // a proxy, when there is one, comes after the registry
  if (code !== 0 || !way) return true;
  const port = Number(way.port || (way.protocol === 'https:' ? 443 : 80));
  return await answers(port, way.hostname) || answers(port, way.hostname);
}

/** @param {(line: string) => void} [say] progress */
export async function ensureDependencies(say = (line) => console.log(line)) {
  checkNode();
  if (dependenciesAreCurrent()) return;
  say('installing dependencies (npm ci): about a minute');
  const started = Date.now();
  const source = await registryAnswers() ? '--prefer-offline' : '--offline'; // npm's own cache may have them all
  const child = startNpm(['ci', '--no-audit', '--no-fund', '--include=dev', source, '--loglevel=error']);
  const stop = () => child.kill('SIGTERM');
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.once(signal, stop);
  const progress = setInterval(() => say(`  still installing, ${Math.round((Date.now() - started) / 1000)} s`), 15_000);
  const { code, output } = await finished(child);
  clearInterval(progress);
  for (const signal of signals) process.removeListener(signal, stop);
  if (code === 0) return;
  if (child.killed) process.exit(130);
  const offline = /\b(E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|NETUNREACH|HOSTUNREACH|NOTCACHED|RR_SOCKET_TIMEOUT))\b/.exec(output);
  if (offline) {
    throw new ClearError(`The dependencies are not installed, and npm cannot reach its registry (${offline[1]}).\n`
      + 'Connect this machine to the network, or point npm at a registry that it reaches (npm config set registry URL), then try again.');
  }
  throw new ClearError(`npm ci failed (${code}):\n${output.trim().split('\n').slice(-25).join('\n')}`);
}

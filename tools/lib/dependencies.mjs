// @ts-check
/** Installs the dependencies when they are missing or differ from the lock file. Runs before anything of node_modules is loaded. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
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

/** @param {(line: string) => void} [say] progress */
export async function ensureDependencies(say = (line) => console.log(line)) {
  checkNode();
  if (dependenciesAreCurrent()) return;
  say('installing dependencies (npm ci): about a minute');
  const started = Date.now();
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const args = ['ci', '--no-audit', '--no-fund', '--include=dev', '--prefer-offline', '--loglevel=error', '--fetch-retries=1', '--fetch-retry-mintimeout=2000'];
  const child = spawn(/** @type {string} */ (npm[0]), [...npm.slice(1), ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
  const stop = () => child.kill('SIGTERM');
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.once(signal, stop);
  const progress = setInterval(() => say(`  still installing, ${Math.round((Date.now() - started) / 1000)} s`), 15_000);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const code = await new Promise((resolve) => child.once('error', (error) => resolve(error.message)).once('close', (status, signal) => resolve(signal ?? status)));
  clearInterval(progress);
  for (const signal of signals) process.removeListener(signal, stop);
  if (code === 0) return;
  if (child.killed) process.exit(130);
  const offline = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT)\b/.exec(output);
  if (offline) {
    throw new ClearError(`The dependencies are not installed, and npm cannot reach its registry (${offline[1]}).\n`
      + 'Connect this machine to the network (or point npm at a registry or proxy that it reaches: npm config set registry URL), then try again.');
  }
  throw new ClearError(`npm ci failed (${code}):\n${output.trim().split('\n').slice(-25).join('\n')}`);
}

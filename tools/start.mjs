// @ts-check
/**
 * `npm start [-- --reset]`: everything from nothing to a running suite with demonstration data. PORT (3000) is the gateway's;
 * DATABASE_URL (an administrator's), REDIS_URL and FINHARBOR_DATA_DIR are optional.
 */
import { join } from 'node:path';
import { main } from './lib/main.mjs';
import { startSuite } from './lib/suite.mjs';
import { ClearError, dataDir } from './lib/workspace.mjs';

/** The port and options of `npm start` and `npm run dev`. */
export function readOptions() {
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--reset');
  if (unknown.length) throw new ClearError(`Unknown option ${unknown[0]}; the one there is: --reset (removes all data and begins anew)`);
  const port = Number(process.env.PORT || 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new ClearError(`PORT must be a number from 1 to 65535, not "${process.env.PORT}"`);
  }
  return { port, reset: process.argv.includes('--reset') };
}

/** @param {string} url */
export function announce(url) {
  console.log([
    `ready ${url}`,
    `  ${url}/docs           REST API reference (try it out)`,
    `  ${url}/graphiql       GraphiQL, for ${url}/graphql`,
    `  ${url}/openapi.json   OpenAPI 3.1`,
    `  ${url}/health/ready   health`,
    `  ${url}/metrics        metrics`,
    `  demonstration credentials: ${join(dataDir, 'demo-clients.json')}`,
    '  sign in as a person:       npm run -s sign-in',
    '  Ctrl-C stops everything',
  ].join('\n'));
}

export async function startAndAnnounce() {
  const options = readOptions();
  const started = Date.now();
  const say = (/** @type {string} */ line) => console.log(`[${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s] ${line}`);
  const suite = await startSuite({ ...options, say });
  announce(suite.url);
  return { suite, say };
}

if (process.argv[1]?.endsWith('start.mjs')) void main(startAndAnnounce);

// @ts-check
/** Which client pushes, and to which suite. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FinHarborClient } from '@finharbor/client/client';
import { baseUrl } from '../lib/partner.mjs';
import { ClearError, dataDir, readJson } from '../lib/workspace.mjs';

/**
 * @param {{ url?: string, client?: string, key?: string }} options
 * @returns {{ client: FinHarborClient, name: string, url: string }}
 */
export function department({ url: base, client, key }) {
  const url = baseUrl(base);
  const found = { ...client === undefined ? demonstration() : clientOf(client), ...key !== undefined && keyOf(key) };
  if (!found.privateKey && !found.clientSecret) throw new ClearError(`The client ${found.clientId} needs a key: --key FILE (its private key, a JWK) or --key SECRET.`);
  const { clientId, privateKey, clientSecret, organisation } = found;
  return { client: new FinHarborClient({ baseUrl: url, clientId, privateKey, clientSecret }), name: organisation ?? clientId, url };
}

function demonstration() {
  const file = join(dataDir, 'demo-clients.json');
  const found = (readJson(file) ?? []).find((/** @type {{ role: string }} */ { role }) => role === 'department');
  if (!found) throw new ClearError(`No department in ${file}: run npm start first, or name a client with --client and --key.`);
  return found;
}

/** @param {string} given an id, or a file with a client; of several the first department @returns {any} */
function clientOf(given) {
  if (!existsSync(given)) return { clientId: given };
  const read = json(given);
  const found = Array.isArray(read) ? read.find(({ role }) => role === 'department') : read;
  if (!found?.clientId) throw new ClearError(`${given} has no clientId of a department.`);
  return found;
}

/** @param {string} given */
const keyOf = (given) => (existsSync(given) ? { privateKey: json(given) } : { clientSecret: given });

/** @param {string} file */
function json(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new ClearError(`${file} is no JSON.`);
  }
}

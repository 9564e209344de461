// @ts-check
/** Who a partner's tool speaks for, and to which suite. Loads nothing of ours but the partners' client. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FinHarborClient } from '@finharbor/client/client';
import { ClearError, dataDir, readJson, writeJson } from './workspace.mjs';

/**
 * @typedef {object} Partner
 * @property {string} clientId
 * @property {import('@finharbor/client/client-key').ClientKey} [privateKey]
 * @property {string} [clientSecret] of a sandbox client
 * @property {string} [organisation] its name
 */

/** The suite on this machine, unless another is named. @param {string} [base] */
export function baseUrl(base = `http://127.0.0.1:${process.env.PORT || 3000}`) {
  if (!URL.canParse(base)) throw new ClearError(`${base} is no address.`);
  return new URL(base).origin;
}

/**
 * The client of a file, or that of the example bank, which the operator of the suite on this machine makes at the first time.
 * @param {string} url @param {string} [file] @returns {Promise<Partner>}
 */
export async function partnerOf(url, file) {
  if (file) return readPartner(file);
  const kept = join(dataDir, 'example-bank', 'client.json');
  return readJson(kept) ?? onboard(url, kept);
}

/** @param {string} file a client with its privateKey (a JWK) or clientSecret; of several the first bank @returns {Partner} */
function readPartner(file) {
  if (!existsSync(file)) throw new ClearError(`There is no file ${file}.`);
  let found;
  try {
    const read = JSON.parse(readFileSync(file, 'utf8'));
    found = Array.isArray(read) ? read.find(({ role }) => role === 'bank') : read;
  } catch {
    throw new ClearError(`${file} is no JSON.`);
  }
  if (!found?.clientId || !(found.privateKey || found.clientSecret)) throw new ClearError(`${file} needs a clientId, and a privateKey (a JWK) or a clientSecret.`);
  return found;
}

/** What the operator does for a bank that sent its public key. @param {string} url @param {string} file @returns {Promise<Partner>} */
async function onboard(url, file) {
  const operator = readJson(join(dataDir, 'admin-client.json'));
  /** @type {{ role: string, organisation: string, organisationId: string }[]} */
  const clients = readJson(join(dataDir, 'demo-clients.json')) ?? [];
  const bank = clients.find(({ role }) => role === 'bank');
  if (!operator || !bank) throw new ClearError(`No client: name one with --client FILE, or run npm start first (${dataDir}).`);
  const kid = 'example-1';
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { clientId } = await new FinHarborClient({ baseUrl: url, ...operator }).call('POST /v1/api-clients', {
    body: { organisationId: bank.organisationId, role: 'bank', name: 'example-bank', jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid }] } },
  });
  const made = { clientId, organisation: bank.organisation, privateKey: { ...privateKey.export({ format: 'jwk' }), kid } };
  writeJson(file, made);
  return made;
}

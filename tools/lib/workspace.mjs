// @ts-check
/** Where things are: the checkout, its data folder, the secrets made at the first start. Loads nothing but Node. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** `.data` of the checkout, or FINHARBOR_DATA_DIR: tests and benches must never touch what the user keeps in `.data`. */
export const dataDir = resolve(process.env.FINHARBOR_DATA_DIR || join(root, '.data'));

/** The services with tables of their own; the gateway is not one of them. */
export const serviceNames = ['partners', 'enterprise-lists', 'product-catalog', 'loan-matching', 'feedback', 'harbors'];

/** A problem the user can solve: shown as its message alone, without a stack. */
export class ClearError extends Error {}

/** Makes the folder passable (not listable) for the database user, whatever the umask. @param {string} dir */
export function makePassable(dir) {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o711);
  return dir;
}

/** @param {string} file @returns {any} the parsed file, or null when it is missing or damaged */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** Writes whole or not at all, readable by the owner only. @param {string} file @param {unknown} value */
export function writeJson(file, value) {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}

/**
 * @typedef {object} Secrets
 * @property {string} superuserPassword of the PostgreSQL that the launcher starts
 * @property {string} redisPassword of the Redis that the launcher starts
 * @property {string} appPassword of the services' login roles
 * @property {string} serviceKey base64url, 32 bytes: services know each other by it
 * @property {string} fieldKeys `k1:<base64url 32 bytes>`: encrypts personal data, so losing it loses that data
 * @property {string} auditKey `a1:<base64url 32 bytes>`: an Ed25519 key that signs the seals of the audit trail
 */

/** @returns {Secrets} */
export function newSecrets() {
  const key = () => randomBytes(32).toString('base64url');
  return {
    superuserPassword: key(), redisPassword: key(), appPassword: key(), serviceKey: key(), fieldKeys: `k1:${key()}`, auditKey: `a1:${key()}`,
  };
}

/**
 * The installation's secrets, made at the first start; what a newer version needs besides is added.
 * @param {string} [dir] @returns {Secrets}
 */
export function loadSecrets(dir = dataDir) {
  const file = join(dir, 'secrets.json');
  if (!existsSync(file)) writeJson(file, newSecrets());
  const secrets = readJson(file);
  if (!secrets?.fieldKeys) throw new ClearError(`${file} is damaged: restore it, or begin anew with: npm start -- --reset`);
  if (secrets.auditKey) return secrets;
  const complete = { ...newSecrets(), ...secrets };
  writeJson(file, complete);
  return complete;
}

// @ts-check
/** The outside platforms of the quick start: where CHANNEL_EXCHANGE_DIR is set, a process plays each (tools/channel-peer.mjs). */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dataDir, readJson, root, writeJson } from './workspace.mjs';

/** One signs with Ed25519, the other with SM2, as platforms may. */
const channels = { INCLUSIVE: 'ed25519', GREEN: 'sm2' };

/** @param {string} kid @param {string} kind @returns {Promise<any>} a private JWK */
async function newKey(kid, kind) {
  if (kind === 'ed25519') return { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid };
  const [{ readSm2PrivateKey }, { toSm2Jwk }] = await Promise.all([
    import('@finharbor/security/national/sm2'), import('@finharbor/security/national/sm2-keys')]);
  const key = readSm2PrivateKey(randomBytes(31).toString('hex').padStart(64, '0'));
  return { ...toSm2Jwk(key), d: key.secret.toString('base64url'), kid };
}

/** @param {any} jwk */
const published = ({ d: _, ...jwk }) => jwk;

/**
 * Keys of both sides, made once and kept in a folder, and what the service and each platform are started with.
 * @param {string} dir of the exchange @param {string} keys folder of the keys
 */
export async function exchangeSettings(dir, keys) {
  const key = async (/** @type {string} */ name, /** @type {string} */ kind) => {
    const file = join(keys, `${name}.json`);
    const jwk = readJson(file) ?? await newKey(name, kind);
    writeJson(file, jwk);
    return { file, jwk };
  };
  const ours = await key('finharbor', 'ed25519');
  const trust = join(keys, 'finharbor-public.json');
  writeJson(trust, { keys: [published(ours.jwk)] });
  /** @type {Record<string, { keys: any[] }>} */
  const platformKeys = {};
  /** @type {{ channel: string, args: string[] }[]} */
  const peers = [];
  for (const [channel, kind] of Object.entries(channels)) {
    const { file, jwk } = await key(`platform-${channel.toLowerCase()}`, kind);
    platformKeys[channel] = { keys: [published(jwk)] };
    peers.push({ channel, args: [join(root, 'tools/channel-peer.mjs'), '--channel', channel, '--dir', dir, '--key', file, '--trust', trust] });
  }
  return {
    peers,
    env: { CHANNEL_EXCHANGE_DIR: dir, CHANNEL_EXCHANGE_KEY: JSON.stringify(ours.jwk), CHANNEL_PLATFORM_KEYS: JSON.stringify(platformKeys) },
  };
}

/**
 * Starts a platform for each channel, where CHANNEL_EXCHANGE_DIR says so; what the services are to be told of it.
 * @param {import('./run.mjs').Run} run @param {string} logDir @param {(line: string) => void} say
 * @returns {Promise<Record<string, string>>}
 */
export async function startPlatforms(run, logDir, say) {
  const { CHANNEL_EXCHANGE_DIR: given } = process.env;
  if (!given) return {};
  const dir = resolve(given);
  mkdirSync(dir, { recursive: true });
  const { peers, env } = await exchangeSettings(dir, join(dataDir, 'exchange-keys'));
  for (const { channel, args } of peers) {
    const name = `platform-${channel.toLowerCase()}`;
    run.spawn(name, process.execPath, args, { env: process.env, log: join(logDir, `${name}.log`) });
  }
  say(`outside platforms exchange files at ${dir}`);
  return env;
}

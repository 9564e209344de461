// @ts-check
import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { webhookPublicKey } from '@finharbor/client/webhooks';
import { dataDir, readJson, writeJson } from './workspace.mjs';

/**
 * The keys with which this machine signs webhooks to a receiver that is being built: the same at every run, one of each scheme, so that
 * a receiver is set up once. They are worth nothing elsewhere.
 */
export function localWebhookKeys() {
  const file = join(dataDir, 'webhook-keys.json');
  const kept = readJson(file) ?? {
    privateKey: generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), secret: `whsec_${randomBytes(32).toString('base64')}`,
  };
  writeJson(file, kept);
  const privateKey = createPrivateKey({ key: kept.privateKey, format: 'jwk' });
  /** @type {string} */
  const secret = kept.secret;
  return { secrets: [privateKey, secret], secret, publicKey: webhookPublicKey(privateKey) };
}

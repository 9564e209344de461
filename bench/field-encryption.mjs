// @ts-check
/** Field encryption in CPU time, for the group `tokens`: a data key against bare node:crypto (AES-256-GCM, the same key and AAD). */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { median } from './median.mjs';

const calls = 20_000;

/** @param {() => unknown} work @returns {number} CPU microseconds a call */
function cpu(work) {
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

/** @param {{ rounds: number, log: (line: string) => void }} options @returns {Promise<import('./run.mjs').Row[]>} */
export async function fieldEncryptionRows({ rounds, log }) {
  const cipher = new FieldCipher(`k1:${randomBytes(32).toString('base64url')}`).newDataKey();
  const key = cipher.secret;
  const place = { column: 'loan_matching.demands.contact_phone_encrypted', rowId: newId(), organisationId: newId() };
  const aad = Buffer.from(`${place.column}|${place.rowId}|${place.organisationId}`);
  const text = '13800000000';
  const ours = () => cipher.open(cipher.seal(text, place), place);
  const bare = () => {
    const nonce = randomBytes(12);
    const encrypting = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
    const body = Buffer.concat([encrypting.update(text, 'utf8'), encrypting.final()]);
    const decrypting = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 }).setAAD(aad);
    decrypting.setAuthTag(encrypting.getAuthTag());
    return Buffer.concat([decrypting.update(body), decrypting.final()]).toString('utf8');
  };
  if (ours() !== text || bare() !== text) throw new Error('What was encrypted does not come back.');
  for (const warm of [ours, bare]) cpu(warm);
  /** @type {number[][]} */
  const rows = [];
  for (let round = 0; round < rounds; round++) {
    rows.push(round % 2 ? [cpu(ours), cpu(bare)] : [cpu(bare), cpu(ours)].reverse());
    log(`round ${round + 1}: a field encrypted and decrypted ${rows[round]?.[0]?.toFixed(2)} µs of CPU, by node:crypto alone ${rows[round]?.[1]?.toFixed(2)}`);
  }
  const [value, limit] = [0, 1].map((column) => median(rows.map((row) => Number(row[column]))));
  const ratio = Number(value) / Number(limit);
  return [{ name: 'tokens.field-encryption', value: ratio, unit: '× CPU of bare node:crypto', limit: 1, peer: null, goal: 1.5, ok: ratio <= 1.5 }];
}

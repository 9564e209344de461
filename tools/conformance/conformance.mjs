// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { baseUrl, partnerOf } from '../lib/partner.mjs';
import { localWebhookKeys } from '../lib/webhook-keys.mjs';
import { ClearError } from '../lib/workspace.mjs';
import { callChecks } from './calls.mjs';
import { receiverChecks } from './receiver.mjs';
import { isSignedReport, signReport, thumbprintOf } from './report.mjs';
import { runChecks } from './requirements.mjs';

/**
 * @typedef {object} Options
 * @property {string} [base]
 * @property {string} [client]
 * @property {string} [receiver]
 * @property {string} [secret]
 * @property {string} [out]
 */

/** Whether nothing failed. @param {Options} options */
export async function testPartner({ base, client, receiver, secret, out }) {
  const url = baseUrl(base);
  const partner = await partnerOf(url, client);
  const tell = (/** @type {import('./requirements.mjs').Result} */ { id, outcome, sentence, seen }) =>
    console.log(`${outcome.padEnd(7)} ${id.padEnd(3)} ${sentence}\n            ${seen}`);
  const results = receiver ? await runChecks(receiverChecks(receiver, secretsFor(receiver, secret)), tell) : [];
  results.push(...await runChecks(callChecks(url, partner), tell));
  const facts = { at: new Date().toISOString(), base: url, receiver: receiver ?? null, clientId: partner.clientId, results };
  const signed = signReport(facts, partner.privateKey);
  const { counts, key } = signed.report;
  if (out) writeFileSync(out, `${JSON.stringify(signed, null, 2)}\n`);
  else console.log(JSON.stringify(signed));
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped; signed by ${key.kid}${out ? `: ${out}` : ''}`);
  return counts.failed === 0;
}

/** @param {string} receiver @param {string} [secret] */
function secretsFor(receiver, secret) {
  if (!URL.canParse(receiver)) throw new ClearError(`${receiver} is no address.`);
  if (secret) return [secret];
  const local = localWebhookKeys();
  console.log(`The receiver is to trust ${local.publicKey} (v1a) or ${local.secret} (v1) for this test.`);
  return local.secrets;
}

/** Says what a report is, and whether it is as it was signed. @param {string} file */
export function verifyReport(file) {
  let signed;
  let holds = false;
  try {
    signed = JSON.parse(readFileSync(file, 'utf8'));
    holds = isSignedReport(signed);
  } catch (error) {
    throw new ClearError(`${file} is no report: ${/** @type {Error} */ (error).message}`);
  }
  if (!holds) throw new ClearError(`${file} is not as it was signed.`);
  const { report: { at, base, clientId, counts, key, results } } = signed;
  for (const { id, outcome, sentence } of results) console.log(`${outcome.padEnd(7)} ${id.padEnd(3)} ${sentence}`);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped, at ${base} on ${at}`);
  console.log(`signed by the key ${key.kid}, thumbprint ${thumbprintOf(key)}: GET /v1/api-clients/${clientId}/keys says whether it is the client's`);
}

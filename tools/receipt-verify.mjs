// @ts-check
/**
 * `npm run receipt:verify -- FILE`: says what a receipt proves, with nothing but public keys: no database, no network. Ends with code 1
 * when anything about it does not hold. docs/signing.md says what is in a receipt.
 */
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { main } from './lib/main.mjs';
import { ClearError, dataDir, readJson } from './lib/workspace.mjs';

const usage = `npm run receipt:verify -- FILE [OPTIONS]

  FILE                 the receipt, as GET /v1/receipts/{service}/{id} gives it
  --public-key KEYS    the platform's public keys: id:key, separated by commas, or the file of
                       a JWK set as GET /v1/receipts/{service}/keys gives it
  --body FILE          the body that was sent: is it the one that the receipt is of?

Without --public-key: the key of the quick start in ${dataDir}.`;

const { values, positionals } = parseArgs({
  allowPositionals: true, options: { 'public-key': { type: 'string' }, body: { type: 'string' }, help: { type: 'boolean' } },
});

await main(async () => {
  if (values.help) return console.log(usage);
  if (positionals.length !== 1) throw new ClearError(`Name one receipt.\n\n${usage}`);
  const { verifyReceipt } = await import('@finharbor/security/receipts/receipt');
  const receipt = readReceipt(positionals[0]);
  const checks = verifyReceipt(receipt, await publicKeys());
  console.log(`receipt ${receipt.id}\n  ${receipt.method} ${receipt.targetUri}\n  received ${receipt.receivedAt} as ${receipt.resource} ${receipt.resourceId}`);
  console.log(`  from client ${receipt.clientId} of organisation ${receipt.organisationId}, Idempotency-Key ${receipt.idempotencyKey}`);
  for (const { holds, message } of checks) show(holds, message);
  if (!receipt.sender) console.log('  --  the sender did not sign: this shows what the platform received, not who wrote it');
  const body = values.body === undefined || await isBody(values.body, receipt.contentDigest);
  const proven = body && checks.every(({ holds }) => holds);
  console.log(proven ? 'proven' : 'NOT PROVEN');
  if (!proven) process.exitCode = 1;
});

/** @param {boolean} holds @param {string} message */
function show(holds, message) {
  console.log(`  ${holds ? 'ok ' : 'NOT'} ${message}`);
}

/** @param {string} file @returns {import('@finharbor/security/receipts/receipt').Receipt} */
function readReceipt(file) {
  const receipt = readJsonFile(file);
  if (typeof receipt?.form !== 'string' || typeof receipt.contentDigest !== 'string') throw new ClearError(`${file} is no receipt.`);
  return receipt;
}

/** @param {string} file */
function readJsonFile(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ClearError(`${file} cannot be read: ${/** @type {Error} */ (error).message}`);
  }
}

async function publicKeys() {
  const { AuditKeys } = await import('@finharbor/security/audit/seal');
  const given = values['public-key'];
  const { auditKey = '' } = given ? {} : readJson(join(dataDir, 'secrets.json')) ?? {};
  const text = given && existsSync(given)
    ? readJsonFile(given).keys.map((/** @type {{ kid: string, x: string }} */ { kid, x }) => `${kid}:${x}`).join(',') : given;
  try {
    const keys = new AuditKeys(auditKey, text);
    if (keys.publicKeys) return keys;
  } catch (error) {
    throw new ClearError(`--public-key: ${/** @type {Error} */ (error).message}`);
  }
  throw new ClearError(`No key: name it with --public-key, or run npm start first (${dataDir}).`);
}

/** @param {string} file @param {string} field what the receipt says @returns {Promise<boolean>} */
async function isBody(file, field) {
  if (!existsSync(file)) throw new ClearError(`There is no file ${file}.`);
  const { ContentDigest } = await import('@finharbor/security/signatures/content-digest');
  const digest = new ContentDigest(field);
  for await (const part of createReadStream(file)) digest.update(part);
  let same = true;
  try {
    digest.end();
  } catch {
    same = false;
  }
  show(same, `${file} is the body that was received`);
  return same;
}

// @ts-check
/**
 * `npm run import-cdr -- FILE [--base URL] [--admin FILE]`: imports products of the Australian Consumer Data Standards (a JSON list of
 * product details, version 4 and newer) into a running suite: each brand becomes a bank with a client of its own, its products are
 * written and published. Safe to run again: what is there already stays as it is.
 */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { byBrand, itemOf } from '@finharbor/product-catalog/cdr/cdr-import';
import { cleanedProduct } from '@finharbor/product-catalog/cdr/cdr-cleaning';
import { FinHarborClient } from '@finharbor/client/client';
import { main } from './lib/main.mjs';
import { baseUrl } from './lib/partner.mjs';
import { ClearError, dataDir, readJson, writeJson } from './lib/workspace.mjs';

const since = '2020-07-01';

await main(async () => {
  const { positionals: [file], values } = parseArgs({ allowPositionals: true, options: { base: { type: 'string' }, admin: { type: 'string' } } });
  if (!file || !existsSync(file)) throw new ClearError('Name a file: npm run import-cdr -- FILE');
  const url = baseUrl(values.base);
  const admin = readJson(values.admin ?? join(dataDir, 'admin-client.json'));
  if (!admin) throw new ClearError(`No administrator: name one with --admin FILE, or run npm start first (${dataDir}).`);
  const administrator = new FinHarborClient({ baseUrl: url, ...admin });
  const totals = { brands: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 };
  for (const [brand, products] of byBrand(listOf(file))) {
    const bank = await bankOf(url, administrator, brand);
    const lines = products.map((product) => JSON.stringify(itemOf(product))).join('\n');
    const report = await bank.post('/v1/product-upserts', Buffer.from(lines), { contentType: 'application/x-ndjson' });
    totals.brands += 1;
    for (const name of /** @type {const} */ (['created', 'updated', 'unchanged', 'rejected'])) totals[name] += report[name];
    for (const { externalId, errors } of report.items) {
      for (const { field, rule, message } of errors) console.error(`${brand} ${externalId}: ${field} ${rule}: ${message}`);
    }
    for (const product of products) {
      const { dropped } = cleanedProduct(product);
      if (dropped.length > 0) console.error(`${brand} ${product.productId}: left out, not as the standard writes it: ${dropped.join(', ')}`);
    }
  }
  console.log(Object.entries(totals).map(([name, count]) => `${count} ${name}`).join(', '));
  if (totals.rejected > 0) process.exitCode = 1;
});

/** @param {string} file @returns {unknown[]} the list, or the products of an answer of the standard */
function listOf(file) {
  let read;
  try {
    read = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new ClearError(`${file} is no JSON.`);
  }
  const list = Array.isArray(read) ? read : read?.data?.products ?? (read?.data && [read.data]);
  if (!Array.isArray(list)) throw new ClearError(`${file} is neither a list of products nor an answer of the standard.`);
  return list;
}

/**
 * The bank of a brand and a client of its own, made at the first time; its key stays in the data folder.
 * @param {string} url @param {FinHarborClient} administrator @param {string} brand
 */
async function bankOf(url, administrator, brand) {
  const name = createHash('sha256').update(brand).digest('hex').slice(0, 16);
  const file = join(dataDir, 'import-cdr', `${name}.json`);
  const kept = readJson(file);
  if (kept?.clientId) return new FinHarborClient({ baseUrl: url, ...kept });
  const { id: organisationId } = await administrator.post('/v1/organisations', { kind: 'BANK', name: `${brand} (CDR)`, validFrom: since }, { idempotencyKey: `cdr-bank-${name}` });
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = 'cdr-1';
  const { clientId } = await administrator.call('POST /v1/api-clients', {
    body: { organisationId, role: 'bank', name: 'import-cdr', jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid }] } },
  });
  const made = { clientId, privateKey: { ...privateKey.export({ format: 'jwk' }), kid } };
  writeJson(file, made);
  return new FinHarborClient({ baseUrl: url, ...made });
}

// @ts-check
/**
 * `npm run import-pages -- PAGES.json [--base URL] [--client FILE]`: imports product pages of a bank from their filled templates
 * (tools/product-pages) into a running suite, publishes them, holds the applicants that were worked out by hand against the machine, and
 * lists what could not be made executable. Safe to run again.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { qualityOf } from '@finharbor/contracts/eligibility/quality';
import { documentOf } from '@finharbor/contracts/eligibility/simple';
import { FinHarborClient } from '@finharbor/client/client';
import { main } from './lib/main.mjs';
import { baseUrl, partnerOf } from './lib/partner.mjs';
import { ClearError } from './lib/workspace.mjs';
import { disagreements, itemOf, templates } from './product-pages/templates.mjs';

await main(async () => {
  const { positionals: [file], values } = parseArgs({ allowPositionals: true, options: { base: { type: 'string' }, client: { type: 'string' } } });
  if (!file || !existsSync(file)) throw new ClearError('Name a file: npm run import-pages -- PAGES.json');
  /** @type {import('./product-pages/templates.mjs').Page[]} */
  const pages = JSON.parse(readFileSync(file, 'utf8'));
  const known = templates();
  const items = known.flatMap((template) => {
    const page = pages.find((one) => basename(one.file) === template.page);
    return page ? [itemOf(template, page)] : [];
  });
  const url = baseUrl(values.base);
  const bank = new FinHarborClient({ baseUrl: url, ...await partnerOf(url, values.client) });
  const lines = items.map((item) => JSON.stringify(item)).join('\n');
  const report = await bank.post('/v1/product-upserts', Buffer.from(lines), { contentType: 'application/x-ndjson' });
  for (const { externalId, errors } of report.items) for (const { field, rule } of errors) console.error(`${externalId}: ${field} ${rule}`);
  for (const { name, eligibility, eligibilityRules } of items) {
    const { executable, rules, texts } = qualityOf(documentOf(eligibility, eligibilityRules.rules));
    console.log(`${name}: ${executable} of ${rules} rules execute; not: ${texts.join(' | ') || 'none'}`);
  }
  for (const page of pages) if (!known.some(({ page: name }) => name === basename(page.file))) console.log(`${page.title}: no template`);
  const wrong = known.flatMap(disagreements);
  for (const line of wrong) console.error(line);
  const { created, updated, unchanged, rejected } = report;
  console.log(`${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected; ${known.flatMap(({ cases }) => cases).length - wrong.length} applicants as worked out by hand, ${wrong.length} otherwise`);
  if (rejected > 0 || wrong.length > 0) process.exitCode = 1;
});

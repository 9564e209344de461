#!/usr/bin/env node
// @ts-check
/**
 * `npm run push-list -- FILE [OPTIONS]`, or `finharbor-push FILE`: a department's list into the suite, by public APIs alone.
 * Ends with 0 when all rows were accepted, 2 when some were rejected, 1 when it failed. docs/imports.md.
 */
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';

const usage = `npm run push-list -- FILE [OPTIONS]      (or: npx finharbor-push FILE [OPTIONS])

FILE is a list as CSV, XLSX or NDJSON, with a header in Chinese or English.

  --title TEXT        title of the list (default: the name of the file)
  --period PERIOD     2026, 2026-H2, 2026-Q4 or 2026-11 (default: this month)
  --sheet NAME        the sheet of a workbook to read (default: the first)
  --mode MODE         upsert, add or update (default: upsert)
  --atomicity WHICH   valid-rows, or all: any rejected row, and nothing is applied (default: valid-rows)
  --dry-run           only check, and say what would happen
  --yes               do not ask; on a terminal the list is checked first and applied when you say so
  --out FILE          where the rejected rows go (default: beside FILE, as NAME.rejected.csv, or .xlsx for a workbook)
  --json              a last line with rows, added, changed, unchanged and rejected, as JSON
  --url URL           the suite (default: the one at PORT on this machine)
  --client ID|FILE    the client's id, or a file {"clientId", "privateKey": JWK} or {"clientId", "clientSecret"}
                      (default: the first department of .data/demo-clients.json)
  --key FILE|SECRET   the client's private key as a file with its JWK, or the secret of a sandbox client
  --help              this text

Ends with 0: all rows accepted, 2: some rejected, 1: failed.`;

await main(async () => {
  const text = /** @type {const} */ ({ type: 'string' });
  const flag = /** @type {const} */ ({ type: 'boolean' });
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      title: text, period: text, sheet: text, mode: text, atomicity: text, 'dry-run': flag, yes: flag, out: text, json: flag, url: text, client: text,
      key: text, help: flag,
    },
  });
  if (values.help || positionals.length === 0) {
    console.log(usage);
    if (!values.help) process.exitCode = 1;
    return;
  }
  await ensureDependencies((line) => console.error(line));
  const { pushList } = await import('./push-list/push.mjs');
  process.exitCode = await pushList(positionals, values);
});

// @ts-check
/**
 * `npm run test:faults [-- PATH…]`: the whole fault suite in its full form, one file after the other, and its report in
 * docs/fault-report.md. A part (with PATH) prints its rows and leaves the report alone, and so does a suite that failed.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { main } from './lib/main.mjs';
import { databaseUser, findBinaries } from './lib/postgres-binaries.mjs';
import { findRedis } from './lib/redis-binaries.mjs';
import { Run } from './lib/run.mjs';
import { ClearError, root } from './lib/workspace.mjs';

/** @typedef {import('../tests/faults/support/report.js').FaultRow & { test: string }} Row */

/** The rows of reliability.md section 4 that the suite must cover. */
const wanted = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 25];
const reportFile = join(root, 'docs/fault-report.md');

await main(async () => {
  const args = process.argv.slice(2);
  const folder = mkdtempSync(join(tmpdir(), 'finharbor-faults-'));
  const file = join(folder, 'rows.jsonl');
  try {
    const started = Date.now();
    if (!args.length) delete process.env.FAULT_EVENTS; // the report is of the full number
    const code = await runTests(args.length ? args : ['tests/faults'], file);
    const rows = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map((line) => /** @type {Row} */ (JSON.parse(line))) : [];
    rows.sort((one, other) => (one.rows[0] ?? 99) - (other.rows[0] ?? 99));
    if (args.length) {
      console.log(table(rows));
      process.exitCode = code;
      return;
    }
    if (code) throw new ClearError('The fault suite failed (the tests are named above); docs/fault-report.md stays as it was.');
    const missing = wanted.filter((number) => !rows.some((row) => row.rows.includes(number)));
    if (missing.length) throw new ClearError(`No test recorded row ${missing.join(', ')} of reliability.md section 4; docs/fault-report.md stays as it was.`);
    writeFileSync(reportFile, await report(rows, (Date.now() - started) / 60_000));
    console.log(`wrote docs/fault-report.md: ${rows.length} faults`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Runs them as `npm test` does, on servers of their own. @param {string[]} args @param {string} file @returns {Promise<number>} */
async function runTests(args, file) {
  const child = spawn(process.execPath, [join(root, 'tools/test.mjs'), '--runInBand', ...args], {
    cwd: root, stdio: 'inherit', env: { ...process.env, FAULTS: 'full', FAULT_REPORT: file },
  });
  // Ctrl-C reaches the child by itself, which then stops its servers; this process waits for it.
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once('close', (status) => resolve(status ?? 1)));
}

/** @param {Row[]} rows */
function table(rows) {
  const cell = (/** @type {string | number | undefined} */ value) => (value === undefined ? '' : String(value).replaceAll('|', '\\|'));
  const seconds = (/** @type {number | undefined} */ value) => (value === undefined ? '' : value.toFixed(1));
  const note = (/** @type {Row} */ row) =>
    [row.envelopes === undefined ? '' : `envelopes sent ${row.envelopes.toFixed(3)} times`, row.note ?? ''].filter(Boolean).join('; ');
  return [
    '| row | fault | injected how | acknowledged | lost | doubled | recovery s | note |',
    '| --- | --- | --- | ---: | ---: | ---: | ---: | --- |',
    ...rows.map((row) => `| ${[
      row.rows.join(', '), row.fault, row.injected, row.acknowledged, row.lost, row.doubled, seconds(row.recoverySeconds), note(row),
    ].map(cell).join(' | ')} |`),
  ].join('\n');
}

/** @param {Row[]} rows @param {number} minutes */
async function report(rows, minutes) {
  const run = new Run('versions');
  const { version } = await findRedis({ run, say: () => {} });
  const postgres = findBinaries(databaseUser(), () => tmpdir());
  await run.stop();
  const sum = (/** @type {'acknowledged' | 'lost' | 'doubled'} */ key) => rows.reduce((total, row) => total + (row[key] ?? 0), 0);
  return `# Fault report

Written by \`npm run test:faults\` on ${new Date().toISOString().slice(0, 10)}, in ${Math.round(minutes)} minutes; every test of it passed.
${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${release()}; `
    + `Node ${process.versions.node}, PostgreSQL ${postgres.version}, Redis ${version}.

*Acknowledged* is what clients were told is done: committed events, 2xx answers. *Lost* and *doubled* compare their ledgers with the
database at the end. *Recovery* counts from the end of the fault until all that was acknowledged took effect and requests succeed
again. *Row* is the row of the fault matrix (reliability.md section 4). All in all: ${sum('acknowledged')} acknowledged, ${sum('lost')} lost, ${sum('doubled')} doubled.

${table(rows)}
`;
}

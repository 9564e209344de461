// @ts-check
/**
 * `npm run test:faults [-- PATH…]`: the whole fault suite in its full form, one file after the other, and its report in
 * docs/fault-report.md. A part (with PATH) prints its rows and leaves the report alone, and so does a suite that failed.
 * `npm run test:faults -- --again`: on the same code, the files that failed or that an interrupted run did not come to; when all have
 * passed the report is written, and says which of them failed at first.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import { main } from './lib/main.mjs';
import { databaseUser, findBinaries } from './lib/postgres-binaries.mjs';
import { findRedis } from './lib/redis-binaries.mjs';
import { Run } from './lib/run.mjs';
import { ClearError, dataDir, readJson, root, writeJson } from './lib/workspace.mjs';

/** @typedef {import('../tests/faults/support/report.js').FaultRow & { test: string, file: string }} Row */
/** @typedef {{ rows: Row[], passed: string[], failed: string[] }} Result */
/**
 * @typedef {object} Whole a run of the whole suite, and what of it was run again
 * @property {string} code
 * @property {Row[]} rows
 * @property {string[]} left files that have not passed yet
 * @property {string[]} failed files that failed at some time
 * @property {number} minutes
 */

/** The rows of reliability.md section 4 that the suite must cover. */
const wanted = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 25];
const reportFile = join(root, 'docs/fault-report.md');
const stateFile = join(dataDir, 'faults.json');

await main(async () => {
  const args = process.argv.slice(2);
  const isAgain = args[0] === '--again';
  if (args.length && !isAgain) {
    const { rows, failed } = await runTests(args);
    console.log(table(rows));
    process.exitCode = failed.length ? 1 : 0;
    return;
  }
  const code = codeOf();
  /** @type {Whole | null} */
  const before = isAgain ? readJson(stateFile) : { code, rows: [], left: allFiles(), failed: [], minutes: 0 };
  if (before?.code !== code) throw new ClearError('The code is not that of the last run: run the whole suite (npm run test:faults).');
  delete process.env.FAULT_EVENTS; // the report is of the full number
  const started = Date.now();
  const { rows, passed, failed } = await runTests(before.left);
  /** @type {Whole} */
  const whole = {
    code, minutes: before.minutes + (Date.now() - started) / 60_000,
    rows: [...before.rows, ...rows.filter(({ file }) => passed.includes(file))].sort(byRow),
    left: before.left.filter((file) => !passed.includes(file)), failed: [...new Set([...before.failed, ...failed])],
  };
  writeJson(stateFile, whole);
  if (whole.left.length) throw new ClearError(`Not passed: ${whole.left.join(', ')}. docs/fault-report.md stays as it was; run these: npm run test:faults -- --again`);
  const missing = wanted.filter((number) => !whole.rows.some((row) => row.rows.includes(number)));
  if (missing.length) throw new ClearError(`No test recorded row ${missing.join(', ')} of reliability.md section 4; docs/fault-report.md stays as it was.`);
  writeFileSync(reportFile, await report(whole));
  console.log(`wrote docs/fault-report.md: ${whole.rows.length} faults`);
});

function allFiles() {
  return readdirSync(join(root, 'tests/faults')).filter((name) => name.endsWith('.spec.ts')).map((name) => `tests/faults/${name}`);
}

/** @param {Row} one @param {Row} other */
function byRow(one, other) {
  return (one.rows[0] ?? 99) - (other.rows[0] ?? 99);
}

/** What the suite tests, by its content: what was committed, and that nothing else lies there. */
function codeOf() {
  const git = (/** @type {string[]} */ ...given) => execFileSync('git', given, { cwd: root, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'apps', 'libs', 'tests/faults');
  if (changed) throw new ClearError(`Commit first, so that the report is of something that can be found again:\n${changed}`);
  return ['apps', 'libs', 'tests/faults'].map((folder) => git('rev-parse', `HEAD:${folder}`)).join(' ');
}

/** Runs them as `npm test` does, on servers of their own. @param {string[]} paths @returns {Promise<Result>} */
async function runTests(paths) {
  const folder = mkdtempSync(join(tmpdir(), 'finharbor-faults-'));
  const [rowsFile, filesFile] = [join(folder, 'rows.jsonl'), join(folder, 'files.jsonl')];
  try {
    const child = spawn(process.execPath, [
      join(root, 'tools/test.mjs'), '--runInBand', ...paths, '--reporters=default', `--reporters=${join(root, 'tools/lib/faults-reporter.mjs')}`,
    ], { cwd: root, stdio: 'inherit', env: { ...process.env, FAULTS: 'full', FAULT_REPORT: rowsFile, FAULT_FILES: filesFile } });
    // Ctrl-C reaches the child by itself, which then stops its servers; this process waits for it.
    for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
    const code = await new Promise((resolve) => child.once('close', resolve));
    const read = (/** @type {string} */ file) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)) : []);
    const named = (/** @type {any} */ one) => ({ ...one, file: relative(root, one.file) });
    const files = read(filesFile).map(named);
    const [passed, failed] = [true, false].map((wished) => files.filter((one) => one.passed === wished).map(({ file }) => file));
    if (code && !files.length) throw new ClearError('The fault suite did not begin.');
    return { passed: passed ?? [], failed: failed ?? [], rows: read(rowsFile).map(named) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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

/** @param {Whole} whole */
async function report({ rows, failed, minutes }) {
  const run = new Run('versions');
  const { version } = await findRedis({ run, say: () => {} });
  const postgres = findBinaries(databaseUser(), () => tmpdir());
  await run.stop();
  const sum = (/** @type {'acknowledged' | 'lost' | 'doubled'} */ key) => rows.reduce((total, row) => total + (row[key] ?? 0), 0);
  return `# Fault report

Written by \`npm run test:faults\` on ${new Date().toISOString().slice(0, 10)}, in ${Math.round(minutes)} minutes; every test of it passed${failed.length ? `, those in ${failed.join(', ')} at a later try` : ''}.
${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${release()}; `
    + `Node ${process.versions.node}, PostgreSQL ${postgres.version}, Redis ${version}.

*Acknowledged* is what clients were told is done: committed events, 2xx answers. *Lost* and *doubled* compare their ledgers with the
database at the end. *Recovery* counts from the end of the fault until all that was acknowledged took effect and requests succeed
again. *Row* is the row of the fault matrix (reliability.md section 4). All in all: ${sum('acknowledged')} acknowledged, ${sum('lost')} lost, ${sum('doubled')} doubled.

${table(rows)}
`;
}

// @ts-check
import { statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { FinHarborError } from '@finharbor/client/problem';
import { ClearError } from '../lib/workspace.mjs';
import { department } from './department.mjs';
import { Progress } from './progress.mjs';
import { upload } from './upload.mjs';

/** @typedef {import('@finharbor/client/client').FinHarborClient} Client */
/**
 * @typedef {object} Import what of an import is used here
 * @property {string} id
 * @property {string} state
 * @property {boolean} busy
 * @property {{ number: number, sha256: string }[] | null} [parts]
 * @property {{ percent: number, rows: number }} progress
 * @property {number} rowCount
 * @property {number} acceptedCount
 * @property {number} rejectedCount
 * @property {number | null} addedCount
 * @property {number | null} changedCount
 * @property {number | null} unchangedCount
 * @property {number | null} skippedCount
 * @property {{ severity: string, field: string | null, rule: string, count: number }[]} causes
 * @property {{ message: string }[]} warnings
 * @property {{ detail: string, code: string } | null} failure
 * @property {string | null} repeatOf
 */
/**
 * @typedef {{ title?: string, period?: string, sheet?: string, mode?: string, atomicity?: string, 'dry-run'?: boolean, yes?: boolean,
 *   out?: string, json?: boolean, url?: string, client?: string, key?: string }} Options
 */

const exits = { accepted: 0, failed: 1, rejected: 2 };
const modes = { upsert: 'UPSERT', add: 'ADD', update: 'UPDATE' };
const atomicities = { 'valid-rows': 'VALID_ROWS', all: 'ALL' };
const mostBytes = 500_000_000;

/** @param {string[]} files @param {Options} options @returns {Promise<number>} the exit code */
export async function pushList(files, options) {
  if (files.length > 1) throw new ClearError('One list at a time.');
  const [file] = files;
  const size = sizeOf(file);
  const { client, name, url } = department(options);
  const progress = new Progress(process.stderr);
  /** @type {Import | undefined} */
  let imported;
  try {
    const isAsked = !options.yes && !options['dry-run'] && process.stdin.isTTY && process.stderr.isTTY;
    imported = await send(client, file, size, options, isAsked, progress);
    imported = await ended(client, imported, progress);
    if (isAsked && imported.state === 'VALIDATED' && await agrees(imported, name)) {
      await client.call('POST /v1/imports/{id}/apply', { path: { id: imported.id } });
      imported = await ended(client, imported, progress);
    }
    progress.end();
    return await report(client, imported, file, options);
  } catch (error) {
    progress.end();
    const message = error instanceof Error ? error.message : String(error);
    if (options.json) console.log(JSON.stringify({ error: message, ...imported && { importId: imported.id } }));
    if (error instanceof FinHarborError) throw new ClearError(error.message);
    if (error instanceof TypeError && error.cause) throw new ClearError(`Nothing answers at ${url}. Is it running? (npm start)`);
    throw error;
  }
}

/** @param {string} file */
function sizeOf(file) {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new ClearError(`There is no file ${file}.`);
  if (found.size === 0) throw new ClearError(`${file} is empty.`);
  if (found.size > mostBytes) throw new ClearError(`${file} is larger than ${mostBytes / 1_000_000} MB.`);
  return found.size;
}

/**
 * @template T
 * @param {string} option @param {string | undefined} given @param {Record<string, T>} known @param {T} otherwise @returns {T}
 */
function oneOf(option, given, known, otherwise) {
  if (given === undefined) return otherwise;
  const found = known[given.toLowerCase().replace('_', '-')];
  if (found === undefined) throw new ClearError(`--${option} is one of ${Object.keys(known).join(', ')}.`);
  return found;
}

/**
 * @param {Client} client @param {string} file @param {number} size @param {Options} options
 * @param {boolean} isAsked @param {Progress} progress @returns {Promise<Import>}
 */
async function send(client, file, size, options, isAsked, progress) {
  const body = {
    title: options.title ?? basename(file, extname(file)).padEnd(2, '_').slice(0, 120), period: options.period ?? thisMonth(),
    mode: oneOf('mode', options.mode, modes, 'UPSERT'), atomicity: oneOf('atomicity', options.atomicity, atomicities, 'VALID_ROWS'),
    dryRun: isAsked || options['dry-run'] === true, sheet: options.sheet, fileName: basename(file).slice(0, 200), bytes: size,
  };
  const begin = async () => /** @type {Import} */ (/** @type {unknown} */ (await client.call('POST /v1/imports', { body: /** @type {any} */ (body) })));
  const transmit = (/** @type {Import} */ imported) =>
    /** @type {Promise<any>} */ (upload(client, imported, file, size, (bytes) => progress.show('sending', Math.floor(bytes * 100 / size))));
  progress.show('sending', 0);
  const known = await brokenOff(client, body);
  if (!known) return transmit(await begin());
  try {
    return await transmit(known);
  } catch (error) {
    // The file was changed since: what was sent of it then is of no use.
    if (!(error instanceof FinHarborError && error.problem.code === 'ILLEGAL_STATE')) throw error;
    await client.call('POST /v1/imports/{id}/abort', { path: { id: known.id } });
    return transmit(await begin());
  }
}

/**
 * An import of this file that was begun and broke off, with its parts.
 * @param {Client} client @param {Record<string, unknown>} wanted @returns {Promise<Import | undefined>}
 */
async function brokenOff(client, wanted) {
  const { items } = /** @type {any} */ (await client.call('GET /v1/imports', { query: { state: 'CREATED', limit: 20 } }));
  const names = ['title', 'period', 'mode', 'atomicity', 'dryRun', 'fileName', 'bytes'];
  const isSame = (/** @type {Record<string, unknown>} */ one) =>
    one.sheet === (wanted.sheet ?? null) && names.every((name) => one[name] === wanted[name]);
  const found = items.find(isSame);
  return found && /** @type {any} */ (await client.call('GET /v1/imports/{id}', { path: { id: found.id } }));
}

/** The first department's clock is the district's. */
const thisMonth = () => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit' }).format(new Date());

/**
 * The import when nothing of it is under way any more.
 * @param {Client} client @param {Import} imported @param {Progress} progress @returns {Promise<Import>}
 */
async function ended(client, imported, progress) {
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 1.5, 1_000)) {
    const now = /** @type {Import} */ (/** @type {unknown} */ (await client.call('GET /v1/imports/{id}', { path: { id: imported.id } })));
    const isChecked = now.state === 'VALIDATED';
    if (now.busy) progress.show(isChecked ? 'applying' : 'checking', isChecked ? 100 : now.progress.percent, `${now.progress.rows} rows`);
    else return now;
    await pause(waitMs);
  }
}

/** @param {Import} imported @param {string} name */
async function agrees(imported, name) {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`\r\x1b[2K${summary(imported)}\nApply it for ${name}? [y/N] `);
    return /^\s*(y|yes|是)\s*$/i.test(answer);
  } finally {
    terminal.close();
  }
}

/** @param {Import} imported */
function summary({ rowCount, rejectedCount, addedCount, changedCount, unchangedCount, skippedCount }) {
  const skipped = skippedCount ? `, ${skippedCount} left out by the mode` : '';
  return `${rowCount} rows: ${addedCount ?? 0} added, ${changedCount ?? 0} changed, ${unchangedCount ?? 0} unchanged${skipped}, ${rejectedCount} rejected`;
}

/**
 * Says what became of the list, and keeps the rejected rows.
 * @param {Client} client @param {Import} imported @param {string} file @param {Options} options @returns {Promise<number>}
 */
async function report(client, imported, file, options) {
  const { id, state, failure, rejectedCount } = imported;
  const isDone = state === 'APPLIED' || (state === 'VALIDATED' && options['dry-run'] === true);
  console.log(`${failure ? `failed, nothing was applied: ${failure.detail}\n` : ''}${summary(imported)}${state === 'VALIDATED' ? ' (not applied)' : ''}${imported.repeatOf ? ' (the same as before)' : ''}`);
  for (const { message } of imported.warnings) console.log(`  note: ${message}`);
  for (const { severity, field, rule, count } of imported.causes.slice(0, 20)) console.log(`  ${severity === 'ERROR' ? 'error' : 'warning'}: ${field ?? 'row'} ${rule}: ${count}`);
  const rejectedFile = rejectedCount > 0 ? await keepRejected(client, id, file, options.out) : null;
  if (rejectedFile) console.log(`rejected rows: ${rejectedFile}`);
  const facts = { ...countsOf(imported), importId: id, state, rejectedFile, ...failure && { error: failure.detail } };
  if (options.json) console.log(JSON.stringify(facts));
  if (!isDone) return exits.failed;
  return rejectedCount > 0 ? exits.rejected : exits.accepted;
}

/** @param {Import} imported */
const countsOf = ({ rowCount, addedCount, changedCount, unchangedCount, skippedCount, rejectedCount }) => ({
  rows: rowCount, added: addedCount ?? 0, changed: changedCount ?? 0, unchanged: unchangedCount ?? 0,
  skipped: skippedCount ?? 0, rejected: rejectedCount,
});

/**
 * A workbook comes back as one, marked and explained; of anything else there is a table of what is wrong.
 * @param {Client} client @param {string} id @param {string} file @param {string} [out]
 */
async function keepRejected(client, id, file, out) {
  const format = extname(out ?? file).toLowerCase() === '.xlsx' ? 'xlsx' : extname(out ?? '').toLowerCase() === '.ndjson' ? 'ndjson' : 'csv';
  const path = out ?? join(dirname(file), `${basename(file, extname(file))}.rejected.${format}`);
  writeFileSync(path, await client.download(`/v1/imports/${id}/results/rejected?format=${format}`));
  return path;
}

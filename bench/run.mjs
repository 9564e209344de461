// @ts-check
/**
 * `npm run bench -- [NAME …] [--json FILE]`: measures the groups bench/<NAME>.bench.mjs (all of them without a name), each figure
 * beside its limit and its naive peer. Exit code 0 when it was measured, also where a goal is missed; 1 when a group broke.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureDependencies } from '../tools/lib/dependencies.mjs';
import { main } from '../tools/lib/main.mjs';
import { ClearError } from '../tools/lib/workspace.mjs';

/**
 * @typedef {object} Row a figure
 * @property {string} name `<group>.<figure>`
 * @property {number} value
 * @property {string} unit
 * @property {number | null} limit what is possible at all, measured in the same run
 * @property {number | null} peer the naive way, measured in the same run
 * @property {number | null} goal null: reported only
 * @property {boolean} ok
 */
/** @typedef {(options: { rounds: number, log: (line: string) => void }) => Promise<Row[]>} Bench the default export of a group */

/** @param {Row[]} rows */
function table(rows) {
  const figure = (/** @type {number | null} */ value) => (value === null ? '-' : String(Number(value.toPrecision(4))));
  const lines = [
    ['figure', 'value', 'unit', 'limit', 'peer', 'goal', 'ok'],
    ...rows.map(({ name, value, unit, limit, peer, goal, ok }) =>
      [name, figure(value), unit, figure(limit), figure(peer), figure(goal), ok ? 'yes' : 'NO']),
  ];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}

async function run() {
  await ensureDependencies((line) => console.error(line));
  const { positionals, values } = parseArgs({
    allowPositionals: true, options: { json: { type: 'string' }, rounds: { type: 'string', default: '3' } },
  });
  const groups = readdirSync(new URL('.', import.meta.url)).flatMap((file) => /^(.+)\.bench\.mjs$/.exec(file)?.[1] ?? []);
  const unknown = positionals.find((name) => !groups.includes(name));
  if (unknown) throw new ClearError(`There is no bench "${unknown}"; there are: ${groups.join(', ')}`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new ClearError('--rounds must be a whole number from 1');

  const rows = [];
  for (const name of positionals.length ? positionals : groups) {
    const log = (/** @type {string} */ line) => console.error(`${name}: ${line}`);
    log('measuring');
    /** @type {{ default: Bench }} */
    const bench = await import(new URL(`${name}.bench.mjs`, import.meta.url).href);
    rows.push(...await bench.default({ rounds, log }));
  }
  console.log(table(rows));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
}

void main(run);

// @ts-check
/**
 * Reading a workbook of 100,000 rows as Excel writes it: our reader against exceljs streaming (the naive way) and against the least that
 * any reader does, expanding the parts and looking at every tag (the limit). Each in a process of its own, in CPU time of all threads.
 * Memory is the peak of the process beyond what it took before it began; a list of a million rows may not take much more.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ClearError } from '../tools/lib/workspace.mjs';
import { median } from './median.mjs';
import { writeXlsx } from './xlsx-file.mjs';

/** @typedef {{ rows: number, cells: number, cpu: number, wall: number, memory: number, idle: number }} Reading */

const reader = fileURLToPath(new URL('servers/xlsx-reader.mjs', import.meta.url));
const columns = 12;
const small = Number(process.env['BENCH_XLSX_ROWS'] ?? 100_000);

/** @param {string} way @param {string} path @param {number} rows @returns {Promise<Reading>} */
async function read(way, path, rows) {
  const { stdout } = await promisify(execFile)(process.execPath, [reader, way, path]);
  /** @type {Reading} */
  const reading = JSON.parse(stdout);
  if (reading.rows !== rows + 1 || reading.cells !== reading.rows * columns) throw new ClearError(`${way} read ${reading.rows} rows and ${reading.cells} cells of ${rows + 1}.`);
  return reading;
}

/** @type {import('./run.mjs').Bench} */
export default async function xlsx({ rounds, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'finharbor-bench-xlsx-'));
  try {
    const path = join(folder, 'list.xlsx');
    await writeXlsx(path, small);
    log(`${small} rows, ${(statSync(path).size / 1e6).toFixed(1)} MB`);
    /** @type {Record<'ours' | 'limit' | 'exceljs', Reading[]>} */
    const readings = { ours: [], limit: [], exceljs: [] };
    const ways = /** @type {(keyof typeof readings)[]} */ (Object.keys(readings));
    for (let round = 1; round <= rounds; round += 1) {
      for (const way of round % 2 ? ways : ways.toReversed()) {
        const reading = await read(way, path, small);
        readings[way].push(reading);
        log(`round ${round}: ${way} ${reading.cpu.toFixed(2)} s of CPU, ${reading.wall.toFixed(2)} s, ${Math.round(reading.memory)} MB (idle ${Math.round(reading.idle)})`);
      }
    }
    const large = join(folder, 'large.xlsx');
    await writeXlsx(large, 10 * small);
    const million = await read('ours', large, 10 * small);
    log(`${10 * small} rows: ${million.cpu.toFixed(2)} s of CPU, ${million.wall.toFixed(2)} s, ${Math.round(million.memory)} MB (idle ${Math.round(million.idle)})`);

    const figure = (/** @type {(reading: Reading) => number} */ of) => {
      const [value, limit, peer] = ways.map((way) => median(readings[way].map(of)));
      return { value, limit, peer };
    };
    const cpu = figure((reading) => reading.cpu);
    const memory = figure(({ memory: peak, idle }) => peak - idle);
    const times = median(readings.exceljs.map((reading, round) => reading.cpu / readings.ours[round].cpu));
    const growth = (million.memory - million.idle) / memory.value;
    return [
      { name: 'xlsx.cpu', ...cpu, unit: `s of CPU for ${small} rows`, goal: cpu.peer / 2, ok: cpu.value <= cpu.peer / 2 },
      { name: 'xlsx.times', value: times, unit: 'times less CPU than exceljs', limit: cpu.peer / cpu.limit, peer: 1, goal: 2, ok: times >= 2 },
      { name: 'xlsx.memory', ...memory, unit: 'MB beyond idle', goal: null, ok: true },
      { name: 'xlsx.growth', value: growth, unit: 'times that memory, ten times the rows', limit: null, peer: null, goal: null, ok: true },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

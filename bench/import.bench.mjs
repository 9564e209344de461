// @ts-check
/**
 * Lists of 100,000 and of 1,000,000 rows through the enterprise-lists service as it runs in production: uploaded, checked, staged,
 * written into the master with entries (the provenance of every field), access, events and audit. Beside it the same bytes by COPY into
 * one table (the limit), psql \copy, and TypeORM's save() of 20,000 of the rows, scaled (the naive peer), none of which checks or
 * remembers anything. The same list again, the same rows in another file, memory, and what other requests notice.
 */
import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { newId } from '@finharbor/contracts/ids';
import { signServiceToken } from '@finharbor/security/tokens/service-token';
import { creditCodeCheckCharacter } from '@finharbor/standards/credit-code';
import pg from 'pg';
import { from } from 'pg-copy-streams';
import { Pool } from 'undici';
import { fleetUrls, nodeFlags, startFleet } from '../tools/lib/fleet.mjs';
import { cpuSeconds, familyCpuSeconds, startServer } from './delivery.mjs';
import { median } from './median.mjs';
import { bringUpStores } from './stores.mjs';

const [small, large] = [Number(process.env.BENCH_IMPORT_ROWS ?? 100_000), Number(process.env.BENCH_IMPORT_LARGE ?? 1_000_000)];
/** Rows that save() is measured with; the rest is scaled. */
const saved = Math.min(20_000, small);
/** Requests of others, a second. */
const others = 40;
const columns = '企业名称,统一社会信用代码,注册日期,企业类型,注册资金,经营范围,所在省份,地区,注册地址,来源文件,行业代码,从业人员,营业收入(万元),资产总额(万元)';

/** @typedef {import('./stores.mjs').Stores} Stores */
/** @typedef {{ cpu: number, node: number, wall: number }} Cost CPU of Node and PostgreSQL together, of Node alone, and seconds */

/** @type {import('./run.mjs').Bench} */
export default async function imports({ rounds, log }) {
  const stores = await bringUpStores('bench-import', log, { durable: true });
  const file = join(stores.dataDir, 'list.csv');
  try {
    await stores.query('create schema naive');
    const options = { ...stores, queuePrefix: '{bench}', only: ['enterprise-lists'], env: { LOG_LEVEL: 'warn' } };
    const urls = await fleetUrls();
    const { services } = await startFleet(options, urls);
    const service = new Service(stores, urls['enterprise-lists'], Number(services['enterprise-lists'].pid));
    await writeList(file, 2_000, 9);
    await service.import(file, '热身'); // what every service has in memory once it worked
    await pause(3_000);
    const idle = service.megabytes;
    log(`idle ${idle.toFixed(0)} MB`);

    /** @type {Record<'copy' | 'save' | 'again' | 'bytes' | 'slower' | 'cpu' | 'node' | 'wall', number[]>} */
    const found = { copy: [], save: [], again: [], bytes: [], slower: [], cpu: [], node: [], wall: [] };
    let [tuples, peak] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      await writeList(file, small, 2 * round);
      const quiet = await service.others(3_000);
      const watched = await service.watched(() => service.import(file, `名单${round}`));
      await drained(stores);
      await writeList(file, small, 2 * round + 1);
      const copied = await copy(stores, file);
      const fresh = await service.cost(() => service.import(file, `名单${round}`));
      await drained(stores);
      const before = await written(stores);
      const same = await service.cost(() => service.import(file, `名单${round}`));
      await rewrite(file);
      const again = await service.cost(() => service.import(file, `名单${round}`));
      tuples += await written(stores) - before;
      const saving = await save(stores, file);
      peak = Math.max(peak, watched.peak);
      const perRow = small / saved;
      found.copy.push(fresh.cpu / copied.cpu);
      found.save.push(saving.fresh.cpu * perRow / fresh.cpu);
      found.again.push(saving.again.cpu * perRow / again.cpu);
      found.bytes.push(saving.again.cpu * perRow / same.cpu);
      found.slower.push(watched.p95 / quiet);
      found.cpu.push(fresh.cpu);
      found.node.push(fresh.node);
      found.wall.push(fresh.wall / copied.psql);
      log(`round ${round + 1}: ${fresh.cpu.toFixed(2)} s CPU (Node ${fresh.node.toFixed(2)}) in ${fresh.wall.toFixed(1)} s; COPY ${copied.cpu.toFixed(2)} s in ${copied.wall.toFixed(1)} s, `
        + `\\copy ${copied.psql.toFixed(1)} s; again ${again.cpu.toFixed(2)} s, same file ${same.cpu.toFixed(2)} s; save() ${(saving.fresh.cpu * perRow).toFixed(1)} s and ${(saving.again.cpu * perRow).toFixed(1)} s `
        + `(${saved} rows, scaled); others p95 ${quiet.toFixed(1)} → ${watched.p95.toFixed(1)} ms; ${watched.peak.toFixed(0)} MB; ${tuples} tuples`);
    }
    const row = { limit: null, peer: null };
    const rows = [
      { ...row, name: 'import.copy', value: median(found.copy), unit: '× CPU of raw COPY', limit: 1, goal: 3.5, ok: median(found.copy) <= 3.5 },
      { ...row, name: 'import.save', value: median(found.save), unit: '× less CPU than save()', peer: 1, goal: 4, ok: median(found.save) >= 4 },
      { ...row, name: 'import.again', value: median(found.again), unit: '× less CPU than save(), same rows', peer: 1, goal: 20, ok: median(found.again) >= 20 },
      { ...row, name: 'import.again.bytes', value: median(found.bytes), unit: '× less CPU than save(), same file', peer: 1, goal: 20, ok: median(found.bytes) >= 20 },
      { ...row, name: 'import.again.tuples', value: tuples, unit: 'tuples written', limit: 0, goal: 0, ok: tuples === 0 },
      { ...row, name: 'import.others', value: median(found.slower), unit: '× p95 of other requests', limit: 1, goal: 3, ok: median(found.slower) <= 3 },
      { ...row, name: 'import.cpu', value: median(found.cpu) / small * 1e6, unit: 'µs CPU a row', goal: null, ok: true },
      { ...row, name: 'import.cpu.node', value: median(found.node) / small * 1e6, unit: 'µs CPU of Node a row', goal: null, ok: true },
      { ...row, name: 'import.wall', value: median(found.wall), unit: '× wall of psql \\copy', limit: 1, goal: null, ok: true },
      { ...row, name: 'import.memory', value: peak - idle, unit: `MB over idle, ${small} rows`, goal: 80, ok: peak - idle <= 80 },
    ];
    if (large > 0) {
      await writeList(file, large, 8);
      const copied = await copy(stores, file);
      const fresh = await service.watched(() => service.import(file, '大名单'));
      log(`${large} rows: ${fresh.cpu.toFixed(1)} s CPU (Node ${fresh.node.toFixed(1)}) in ${fresh.wall.toFixed(1)} s; COPY ${copied.cpu.toFixed(1)} s in ${copied.wall.toFixed(1)} s, \\copy ${copied.psql.toFixed(1)} s; `
        + `${fresh.peak.toFixed(0)} MB; others p95 ${fresh.p95.toFixed(1)} ms`);
      const [ratio, over, growth] = [fresh.cpu / copied.cpu, fresh.peak - idle, fresh.peak / peak];
      rows.push(
        { ...row, name: 'import.large.copy', value: ratio, unit: '× CPU of raw COPY', limit: 1, goal: 3.5, ok: ratio <= 3.5 },
        { ...row, name: 'import.large.wall', value: fresh.wall / copied.psql, unit: '× wall of psql \\copy', limit: 1, goal: null, ok: true },
        { ...row, name: 'import.large.memory', value: over, unit: `MB over idle, ${large} rows`, goal: 80, ok: over <= 80 },
        { ...row, name: 'import.large.growth', value: growth, unit: `× memory at ${small} rows`, goal: 1.3, ok: growth <= 1.3 },
      );
    }
    return rows;
  } catch (error) {
    log(readFileSync(join(stores.logDir, 'enterprise-lists.log'), 'utf8').slice(-4_000));
    throw error;
  } finally {
    await stores.stop();
    rmSync(file, { force: true });
  }
}

/** The service process, as a department uses it. */
export class Service {
  departmentId = newId();

  /** @param {Stores} stores @param {string} url @param {number} pid */
  constructor(stores, url, pid) {
    this.stores = stores;
    this.pid = pid;
    this.http = new Pool(url, { connections: 8 });
  }

  get megabytes() {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]) / 1024;
  }

  /** @param {string} method @param {string} path @param {any} [body] @param {Record<string, string>} [headers] @returns {Promise<any>} */
  async ask(method, path, body, headers = {}) {
    const token = signServiceToken([this.stores.serviceKey], { role: 'department', organisationId: this.departmentId, clientId: 'bench' }, 'enterprise-lists');
    const answer = await this.http.request({
      method: /** @type {any} */ (method), path, body, bodyTimeout: 0, headersTimeout: 0,
      headers: { authorization: `Bearer ${token}`, ...(method === 'POST' && { 'idempotency-key': newId() }), ...headers },
    });
    const read = /** @type {any} */ (await answer.body.json());
    if (answer.statusCode >= 300) throw new Error(`${answer.statusCode} ${JSON.stringify(read)}`);
    return read;
  }

  /** Uploads a list and waits until it is applied. @param {string} file @param {string} title */
  async import(file, title) {
    const { id } = await this.ask('POST', '/v1/imports', JSON.stringify({ title, period: '2026-Q4', fileName: 'list.csv' }), { 'content-type': 'application/json' });
    await this.ask('PUT', `/v1/imports/${id}/file`, createReadStream(file, { highWaterMark: 256 * 1024 }), { 'content-type': 'text/csv', 'content-length': String(statSync(file).size) });
    for (;;) {
      const found = await this.ask('GET', `/v1/imports/${id}`);
      if (found.state === 'APPLIED') {
        if (found.acceptedCount === 0 || found.rejectedCount > 0) throw new Error(`Rows were refused: ${JSON.stringify(found.causes)}`);
        return;
      }
      if (['FAILED', 'ABORTED'].includes(found.state)) throw new Error(JSON.stringify(found));
      await pause(200);
    }
  }

  /** What work costs the service and PostgreSQL. @param {() => Promise<void>} work @returns {Promise<Cost>} */
  async cost(work) {
    const [node, postgres, started] = [cpuSeconds(this.pid), familyCpuSeconds(this.stores.postgresPid), performance.now()];
    await work();
    const wall = (performance.now() - started) / 1_000;
    const spent = cpuSeconds(this.pid) - node;
    return { node: spent, cpu: spent + familyCpuSeconds(this.stores.postgresPid) - postgres, wall };
  }

  /** The same, with the largest memory and the p95 of other requests, whose cost is part of it. @param {() => Promise<void>} work */
  async watched(work) {
    const state = { over: false };
    let peak = 0;
    const memory = (async () => {
      for (; !state.over; await pause(20)) peak = Math.max(peak, this.megabytes);
    })();
    const requests = this.p95(() => state.over);
    const cost = await this.cost(work);
    state.over = true;
    await memory;
    return { ...cost, peak, p95: await requests };
  }

  /** The p95 of requests while nothing else happens. @param {number} ms */
  others(ms) {
    const until = performance.now() + ms;
    return this.p95(() => performance.now() > until);
  }

  /** @param {() => boolean} isOver */
  async p95(isOver) {
    /** @type {Promise<number>[]} */
    const asked = [];
    for (; !isOver(); await pause(1_000 / others)) {
      asked.push((async () => {
        const started = performance.now();
        await this.ask('GET', '/v1/push-lists?limit=20');
        return performance.now() - started;
      })());
    }
    const times = (await Promise.all(asked)).sort((a, b) => a - b);
    return times[Math.floor(times.length * 0.95)] ?? Number.NaN;
  }
}

const scope = '一般项目：技术服务、技术开发、技术咨询；农副产品销售；日用百货销售；建筑材料销售；五金产品零售；食用农产品初加工；道路货物运输站经营；';

/** As departments write them, about 400 bytes to a row. @param {string} file @param {number} rows @param {number} series */
export async function writeList(file, rows, series) {
  await pipeline(function* () {
    yield `${columns}\n`;
    let text = '';
    for (let row = 0; row < rows; row++) {
      const first17 = `91500101MA${series}${row.toString().padStart(6, '0')}`;
      text += `重庆万州${row}号${series}贸易有限公司,${first17 + creditCodeCheckCharacter(first17)},20${10 + row % 16}-0${1 + row % 9}-15,有限责任公司（自然人独资）,${1 + row % 900}(万人民币元),`
        + `${scope}${row % 7 ? '' : '"货物进出口，代理"'.replaceAll('"', '')},重庆,万州,重庆市万州区太白街道白岩路${row % 700}号${row % 40}幢,csv/20${10 + row % 16}/重庆.csv,F51${10 + row % 80},${row % 90},${row % 5000}.5,${row % 3000}\n`;
      if (row % 1_000 !== 999) continue;
      yield text;
      text = '';
    }
    if (text) yield text;
  }, createWriteStream(file));
}

/** The same rows as another file: with the line ends of Windows. @param {string} file */
export const rewrite = async (file) => writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'));

const table = `create table naive.copied (name text, code text primary key, established text, type text, capital text, scope text, province text, district text,
  address text, source text, industry text, employees text, revenue text, assets text)`;

/** The file by COPY into a new logged table with a primary key, from here; and by psql. @param {Stores} stores @param {string} file */
export async function copy(stores, file) {
  const client = new pg.Client({ connectionString: stores.databaseUrl });
  await client.connect();
  await client.query(`drop table if exists naive.copied; ${table}; checkpoint`);
  const [node, postgres, started] = [process.cpuUsage(), familyCpuSeconds(stores.postgresPid), performance.now()];
  await pipeline(createReadStream(file, { highWaterMark: 256 * 1024 }), client.query(from('copy naive.copied from stdin (format csv, header)')));
  const wall = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(node);
  const cpu = (user + system) / 1e6 + familyCpuSeconds(stores.postgresPid) - postgres;
  await client.query(`drop table naive.copied; ${table}; checkpoint`);
  const psqlStarted = performance.now();
  const psql = await promisify(execFile)('psql', [stores.databaseUrl, '-qc', `\\copy naive.copied from '${file}' (format csv, header)`])
    .then(() => (performance.now() - psqlStarted) / 1_000, () => wall); // without psql, what COPY from here took
  await client.query('drop table naive.copied');
  await client.end();
  return { cpu, wall, psql };
}

/** @param {Stores} stores @param {string} file */
async function save(stores, file) {
  await stores.query(`drop table if exists naive.saved; create table naive.saved (name text, code text primary key, "establishedOn" date, type text, capital text, scope text,
    province text, district text, address text, source text, industry text, employees int, revenue numeric, assets numeric)`);
  const server = await startServer(stores, 'saver', [], nodeFlags);
  const measure = async () => {
    const [before, node, postgres] = [server.handled, cpuSeconds(server.pid), familyCpuSeconds(stores.postgresPid)];
    server.send('go', { file, rows: saved });
    for (; server.handled < before + saved; await pause(50)) if (server.hasEnded) throw new Error('save() failed.');
    return { cpu: cpuSeconds(server.pid) - node + familyCpuSeconds(stores.postgresPid) - postgres };
  };
  const both = { fresh: await measure(), again: await measure() };
  await server.stop();
  return both;
}

/** Until the events are on their way: what that costs is measured by `events`. @param {Stores} stores */
async function drained(stores) {
  for (;; await pause(200)) {
    const [{ open }] = await stores.query('select count(*)::int as open from enterprise_lists.outbox');
    if (open === 0) return;
  }
}

/** Tuples that were ever written into what an import is for. @param {Stores} stores */
async function written(stores) {
  await stores.query('select pg_stat_clear_snapshot()');
  await pause(1_500); // backends tell what they did once a second
  const [{ tuples }] = await stores.query(
    `select sum(n_tup_ins + case relname when 'outbox' then 0 else n_tup_upd + n_tup_del end)::int as tuples from pg_stat_user_tables where schemaname = 'enterprise_lists'
       and relname in ('enterprises', 'list_entries', 'enterprise_access', 'push_lists', 'data_keys', 'outbox', 'contradictions')`);
  return tuples;
}

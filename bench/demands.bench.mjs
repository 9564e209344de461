// @ts-check
/**
 * How long a business that the master knows waits for its matches, at 50 and at 150 submissions a second, open loop: they are sent on time
 * whether those before were answered or not, and each is timed from when it was to be sent. Beside it the least that it could be, a POST
 * that inserts one row through the same stack. Both on the same stores, by turns.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import { checkCreditCode } from '@finharbor/standards/credit-code';
import { signServiceToken } from '@finharbor/security/tokens/service-token';
import { Pool } from 'undici';
import { fleetUrls, serviceEnvironment, startFleet } from '../tools/lib/fleet.mjs';
import { generatedList } from '../tools/demonstration/list.mjs';
import { root } from '../tools/lib/workspace.mjs';
import { median } from './median.mjs';
import { bringUpStores } from './stores.mjs';

const perSecond = Number(process.env.DEMANDS_RATE ?? 50);
const high = 3 * perSecond;
const secondsOfLoad = Number(process.env.DEMANDS_SECONDS ?? 8);
/** Products on offer, as many as a district has. */
const products = 100;

/** @type {import('./run.mjs').Bench} */
export default async function demands({ rounds, log }) {
  const stores = await bringUpStores('bench-demands', log, { durable: true });
  try {
    const { databaseUrl, redisUrl, secrets, logDir, run, dataDir, serviceKey } = stores;
    await stores.query('create table loan_matching.bench_rows (id uuid primary key, org_id uuid not null, body jsonb not null)');
    await stores.query(`select loan_matching.tenant_table('bench_rows')`);
    const urls = await fleetUrls();
    const options = { databaseUrl, redisUrl, queuePrefix: '{bench}', secrets, logDir, run, env: { SANDBOX: 'false', FILES_DIR: dataDir } };
    await startFleet({ ...options, only: ['loan-matching'] }, urls);
    const bare = await startBare(serviceEnvironment('loan-matching', options, urls), stores);
    const lines = generatedList(3_000).split('\n').filter((line) => { // not its wrong rows
      const [name = '', creditCode = ''] = line.split(',');
      return name.length > 1 && !checkCreditCode(creditCode).problem;
    });
    const code = await prepare(stores, urls['loan-matching'], lines);
    const kinds = {
      bare: { pool: new Pool(bare, { connections: 64 }), path: `/v1/scans/${code}/demands` },
      submit: { pool: new Pool(urls['loan-matching'], { connections: 64 }), path: `/v1/scans/${code}/demands` },
    };
    let number = 0;
    /**
     * Sends at a rate and gives how long each took, in ms, shortest first; what was refused took for ever.
     * @param {'bare' | 'submit'} kind @param {number} rate @param {number} seconds
     */
    const load = async (kind, rate, seconds) => {
      const started = performance.now();
      /** @type {Promise<number>[]} */
      const sent = [];
      for (let index = 0; index < rate * seconds; index++) {
        const due = started + index * 1000 / rate;
        const early = due - performance.now();
        if (early > 0) await pause(early);
        const [enterpriseName = '', creditCode = ''] = (lines[number++ % lines.length] ?? '').split(',');
        const answer = submit(kinds[kind], serviceKey, enterpriseName, creditCode);
        sent.push(answer.then((taken) => (taken ? performance.now() - due : Infinity)));
      }
      return (await Promise.all(sent)).sort((one, other) => one - other);
    };
    for (const kind of /** @type {const} */ (['bare', 'submit'])) await load(kind, perSecond, 3);
    /** @type {Record<string, number[]>} */
    const found = { bare: [], submit: [], ratio: [], bareHigh: [], submitHigh: [] };
    const p95 = (/** @type {number[]} */ sorted) => sorted[Math.floor(sorted.length * 0.95)] ?? NaN;
    for (let round = 1; round <= rounds; round++) {
      const [one, other] = [p95(await load('bare', perSecond, secondsOfLoad)), p95(await load('submit', perSecond, secondsOfLoad))];
      found.bare.push(one);
      found.submit.push(other);
      found.ratio.push(other / one);
      found.bareHigh.push(p95(await load('bare', high, secondsOfLoad)));
      found.submitHigh.push(p95(await load('submit', high, secondsOfLoad)));
      log(`round ${round}: p95 at ${perSecond}/s bare ${one.toFixed(1)} ms, submission ${other.toFixed(1)} ms; at ${high}/s ${found.bareHigh.at(-1)?.toFixed(1)} and ${found.submitHigh.at(-1)?.toFixed(1)} ms`);
    }
    for (const { pool } of Object.values(kinds)) await pool.close();
    const [{ taken, unknown }] = await stores.query(
      `select count(*)::int as taken, (count(*) filter (where verification <> 'VERIFIED'))::int as unknown from loan_matching.applications`);
    if (taken === 0 || unknown > 0) throw new Error(`${unknown} of ${taken} applications are not verified.`);
    const ratio = median(found.ratio);
    const row = { unit: 'ms', goal: null, ok: true };
    return [
      { ...row, name: 'demands.p95', value: median(found.submit), limit: median(found.bare), peer: null },
      { ...row, name: 'demands.ratio', unit: '× p95 of a bare insert', value: ratio, limit: 1, peer: null, goal: 3, ok: ratio <= 3 },
      { ...row, name: 'demands.p95-at-150', value: median(found.submitHigh), limit: median(found.bareHigh), peer: null },
    ];
  } finally {
    await stores.stop();
  }
}

/** @param {{ pool: Pool, path: string }} to @param {Buffer} key @param {string} enterpriseName @param {string} creditCode */
async function submit({ pool, path }, key, enterpriseName, creditCode) {
  const { statusCode, body } = await pool.request({
    method: 'POST', path,
    headers: {
      authorization: `Bearer ${signServiceToken([key], { role: 'anonymous', organisationId: null, clientId: null }, 'loan-matching')}`,
      'content-type': 'application/json', 'idempotency-key': newId(),
    },
    body: JSON.stringify({
      enterpriseName, creditCode, kind: 'FIRST_LOAN', amount: '500000', termMonths: 12, purpose: '采购原材料', guaranteeTypes: ['CREDIT'], regionCode: '500101001',
      industryCode: 'C1371', employees: 32, revenue: '320', establishedOn: '2014-06-17', contactName: '示例联系人', contactPhone: '13900000000', consent: true,
    }),
  });
  const answer = await body.text();
  if (statusCode === 503) return false; // more than it can take, which it says
  if (statusCode !== 201) throw new Error(`${path.slice(0, 20)}…: ${statusCode} ${answer.slice(0, 300)}`);
  return true;
}

/**
 * The bare insert, in a process of its own with the same small heap.
 * @param {Record<string, string | undefined>} env @param {import('./stores.mjs').Stores} stores
 */
async function startBare(env, stores) {
  const child = fork(join(root, 'bench/servers/bare-insert.mjs'), [], { env: { ...env, PORT: '0', QUEUE_PREFIX: '{bare}', LOG_LEVEL: 'warn' }, execArgv: ['--max-semi-space-size=2', '--max-old-space-size=192', '--optimize-for-size'] });
  stores.run.adopt({ name: 'bare-insert', pid: Number(child.pid) });
  child.once('exit', () => stores.run.forget(Number(child.pid)));
  const [{ port }] = await once(child, 'message');
  return `http://127.0.0.1:${port}`;
}

/**
 * A harbor with a loan code, products on offer, and the enterprises as the master tells of them. Gives the code.
 * @param {import('./stores.mjs').Stores} stores @param {string} url @param {string[]} lines
 */
async function prepare(stores, url, lines) {
  const bankId = newId();
  const harborId = newId();
  await stores.query(`insert into loan_matching.organisation_copies (id, kind, name, version) values ($1, 'BANK', '示例银行', 1)`, [bankId]);
  await stores.query(`insert into loan_matching.harbor_copies (id, number, name, host_bank_id, area_code, version) values ($1, 'WZ-HB-0001', '示例港湾', $2, '500101001', 1)`, [harborId, bankId]);
  await stores.query(
    `insert into loan_matching.product_copies (id, bank_id, name, eligibility, published, version)
     select gen_random_uuid(), $1, '贷 ' || n, jsonb_build_object('regionCodes', jsonb_build_array('500101'), 'maxAmount', (100000 * n)::text), true, 1 from generate_series(1, $2) n`, [bankId, products]);
  const enterprises = lines.map((line) => {
    const [name, creditCode = '', establishedOn, , , industryCode] = line.split(',');
    return { id: enterpriseIdOf(creditCode), name, establishedOn, industryCode };
  });
  await stores.query(
    `insert into loan_matching.enterprise_copies (id, name, region_code, industry_code, size_class, established_on, kind, registration_status, tags, version)
     select id, name, '500101', "industryCode", 'MICRO', "establishedOn", 'ENTERPRISE', 'ACTIVE', '{}', 1
     from jsonb_to_recordset($1) as told (id uuid, name text, "industryCode" text, "establishedOn" date) on conflict (id) do nothing`, [JSON.stringify(enterprises)]);
  await stores.query('analyze loan_matching.enterprise_copies');
  const answer = await fetch(`${url}/v1/loan-codes`, {
    method: 'POST', body: JSON.stringify({ harborId, label: '大堂海报' }),
    headers: {
      authorization: `Bearer ${signServiceToken([stores.serviceKey], { role: 'bank', organisationId: bankId, clientId: 'bench' }, 'loan-matching')}`,
      'content-type': 'application/json', 'idempotency-key': newId(),
    },
  });
  const body = /** @type {any} */ (await answer.json());
  if (answer.status !== 201) throw new Error(JSON.stringify(body));
  return body.code;
}

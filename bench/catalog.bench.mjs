// @ts-check
/**
 * The product catalogue: CPU that a page of 50 out of 10,000 products costs the service, beside a bare Nest GET of the same bytes, when it
 * was asked for before and when nobody asked for it; what a search for two characters costs the service and PostgreSQL at
 * 10,000 products beside 1,000; and how long 10,000 products take in a bulk upsert, beside one by one through TypeORM.
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { newId } from '@finharbor/contracts/ids';
import { signServiceToken } from '@finharbor/security/tokens/service-token';
import { root } from '../tools/lib/workspace.mjs';
import { median } from './median.mjs';
import { bringUpStores } from './stores.mjs';

const [many, few] = [10_000, 1_000];
/** So many are saved one by one; their time is taken that much times longer. */
const savedOneByOne = 1_000;
const secondsOfLoad = 3;

/** @type {import('./run.mjs').Bench} */
export default async function catalog({ rounds, log }) {
  const stores = await bringUpStores('bench-catalog', log);
  /** @type {Server[]} */
  const servers = [];
  try {
    const service = await start('service', serviceEnvironment(stores));
    const bare = await start('bare', {});
    servers.push(service, bare);
    const rows = [await upserts(service, rounds, log)];
    await service.ask({ order: 'upsert', caller: { role: 'bank', organisationId: newId(), clientId: 'bench' }, items: [{ ...item(0), publish: true }] });
    await fill(stores, few);
    const atFew = await search(service, stores, rounds, log);
    await fill(stores, many);
    const atMany = await search(service, stores, rounds, log);
    const ratio = atMany / atFew;
    rows.push({ name: 'catalog.search', value: ratio, unit: '× CPU of service and database at 1,000', limit: 1, peer: null, goal: 1.5, ok: ratio <= 1.5 });
    rows.push(...await pages(service, bare, stores, rounds, log));
    return rows;
  } finally {
    for (const { child } of servers) child.disconnect();
    await stores.stop();
  }
}

/** @typedef {{ child: import('node:child_process').ChildProcess, url: string, ask: (message: any) => Promise<any> }} Server */
/** @typedef {import('./stores.mjs').Stores} Stores */
/** @typedef {(line: string) => void} Log */

/** @param {string} kind @param {Record<string, string>} environment @returns {Promise<Server>} */
async function start(kind, environment) {
  const child = fork(join(root, 'bench/servers/catalog.mjs'), [kind], { env: { ...process.env, NODE_ENV: 'production', ...environment } });
  const [{ port }] = await once(child, 'message');
  const ask = async (/** @type {any} */ message) => {
    child.send(message);
    const [answer] = await once(child, 'message');
    if (answer.failure) throw new Error(answer.failure);
    return answer;
  };
  return { child, url: `http://127.0.0.1:${port}/v1/published-products`, ask };
}

/** @param {Stores} stores */
function serviceEnvironment(stores) {
  const auditDir = join(stores.dataDir, 'audit');
  mkdirSync(auditDir, { recursive: true });
  return {
    DATABASE_URL: stores.appUrl('product-catalog'), REDIS_URL: stores.redisUrl, QUEUE_PREFIX: '{bench}', PUBLIC_URL: 'http://127.0.0.1:3000',
    SERVICE_KEY: stores.secrets.serviceKey, FIELD_KEYS: `k1:${randomBytes(32).toString('base64url')}`, AUDIT_KEY: `a1:${randomBytes(32).toString('base64url')}`,
    AUDIT_DIR: auditDir, LOG_LEVEL: 'silent',
  };
}

/** @param {Server} service @param {number} rounds @param {Log} log @returns {Promise<import('./run.mjs').Row>} */
async function upserts(service, rounds, log) {
  /** @type {number[]} */
  const ratios = [];
  for (let round = 0; round < rounds; round++) {
    const caller = () => ({ role: 'bank', organisationId: newId(), clientId: 'bench' });
    const bulk = (await service.ask({ order: 'upsert', caller: caller(), items: Array.from({ length: many }, (_, index) => item(index)) })).ms;
    const single = (await service.ask({ order: 'save', caller: caller(), items: Array.from({ length: savedOneByOne }, (_, index) => item(index)) })).ms * (many / savedOneByOne);
    ratios.push(single / bulk);
    log(`round ${round + 1}: ${many} products in ${bulk.toFixed(0)} ms, one by one in ${single.toFixed(0)} ms`);
  }
  const value = median(ratios);
  return { name: 'catalog.upsert', value, unit: '× faster than TypeORM one by one', limit: null, peer: 1, goal: 10, ok: value >= 10 };
}

/** @param {number} index */
const item = (index) => ({
  externalId: `p-${index}`, name: `港湾普惠贷${index}号`, description: `第${index}个产品，面向小微企业`,
  eligibility: { regionCodes: ['500101'], amountMin: '10000', amountMax: String(100_000 + index), termMonthsMax: 36, guaranteeTypes: ['CREDIT'] },
  eligibilityRules: { v: 1, rules: [{ fact: 'taxGrade', in: ['A', 'B'] }, { fact: 'revenue', min: '100', unit: 'TEN_THOUSAND_YUAN' }] },
  terms: { pricing: { kind: 'FIXED', rateMin: '3.45', rateMax: '4.35' }, documents: ['营业执照'], handlingWorkingDays: 5 },
});

/** Two characters that 40 products bear, however many there are. */
const rare = '脐橙';

/** Published products, each with the answer that the service itself wrote for one. @param {Stores} stores @param {number} count */
async function fill(stores, count) {
  const [{ body }] = await stores.query('select body from product_catalog.published_products where body is not null limit 1');
  await stores.query('truncate product_catalog.published_products');
  await stores.query(
    `insert into product_catalog.published_products (id, org_id, name, description, state, version, amount_max, annual_rate_min, published_at, body)
     select id, gen_random_uuid(), name, description, 'PUBLISHED', 1, 100000 + n, 3.45, now(), replace(replace($2, $3, id::text), '港湾普惠贷0号', name)
     from (select n, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as id,
       (case when n % ($1 / 40) = 0 then '${rare}' else '普惠' end) || '贷' || n as name, '第' || n || '个产品，面向小微企业' as description
       from generate_series(1, $1) n) made`, [count, body, JSON.parse(body).id]);
  await stores.query('vacuum analyze product_catalog.published_products');
}

/**
 * CPU of the service and of PostgreSQL per search, in µs.
 * @param {Server} service @param {Stores} stores @param {number} rounds @param {Log} log
 */
async function search(service, stores, rounds, log) {
  const { url } = service;
  await load(service, url, stores, 1, different(`/v1/published-products?q=${encodeURIComponent(rare)}&limit=50`));
  const costs = [];
  for (let round = 0; round < rounds; round++) {
    const before = await databaseMs(stores);
    const { cpu, count } = await load(service, url, stores, secondsOfLoad, different(`/v1/published-products?q=${encodeURIComponent(rare)}&limit=50`));
    costs.push(cpu + ((await databaseMs(stores)) - before) * 1_000 / count);
  }
  log(`search: ${median(costs).toFixed(0)} µs`);
  return median(costs);
}

/** CPU time that PostgreSQL and its processes have used, in ms. @param {Stores} stores */
async function databaseMs(stores) {
  const { execFileSync } = await import('node:child_process');
  const ticks = execFileSync('ps', ['-o', 'cputimes=', '--ppid', String(stores.postgresPid)]).toString().trim().split('\n').map(Number);
  return ticks.reduce((sum, seconds) => sum + seconds * 1_000, 0);
}

let asked = 0;

/**
 * Requests of which no two are alike: none is answered by what the service has kept. Every product serves the amount.
 * @param {string} path
 */
const different = (path) => [{
  setupRequest: (/** @type {object} */ request) => ({ ...request, path: `${path}&amount=${1 + asked++ % 99_999}` }),
}];

/**
 * The page that everybody looks at, and pages that nobody asked for before.
 * @param {Server} service @param {Server} bare @param {Stores} stores @param {number} rounds @param {Log} log
 * @returns {Promise<import('./run.mjs').Row[]>}
 */
async function pages(service, bare, stores, rounds, log) {
  const url = `${service.url}?limit=50`;
  const answer = await fetch(url, { headers: { authorization: authorization(stores) } });
  await bare.ask({ order: 'page', body: await answer.json() });
  /** @type {Record<string, () => Promise<{ cpu: number }>>} */
  const loads = {
    page: () => load(service, url, stores, secondsOfLoad),
    bare: () => load(bare, `${bare.url}?limit=50`, stores, secondsOfLoad),
    cold: () => load(service, url, stores, secondsOfLoad, different('/v1/published-products?limit=50')),
  };
  /** @type {Record<string, number[]>} */
  const costs = { page: [], bare: [], cold: [] };
  for (const one of Object.values(loads)) await one();
  for (let round = 0; round < rounds; round++) {
    for (const [name, one] of round % 2 ? Object.entries(loads).reverse() : Object.entries(loads)) costs[name].push((await one()).cpu);
    log(`round ${round + 1}: ${Object.entries(costs).map(([name, all]) => `${name} ${all.at(-1)?.toFixed(0)} µs`).join(', ')}`);
  }
  const row = (/** @type {string} */ name, /** @type {number[]} */ cost, /** @type {number | null} */ goal) => {
    const value = median(cost) / median(costs.bare);
    return { name: `catalog.${name}`, value, unit: '× CPU of a bare Nest GET of the same bytes', limit: 1, peer: null, goal, ok: goal === null || value <= goal };
  };
  return [row('page', costs.page, 2), row('page-not-kept', costs.cold, 2)];
}

/** @param {Stores} stores */
const authorization = (stores) => `Bearer ${signServiceToken([stores.serviceKey], { role: 'anonymous', organisationId: null, clientId: null }, 'product-catalog')}`;

/**
 * CPU of the server per request, in µs.
 * @param {Server} server @param {string} url @param {Stores} stores @param {number} duration
 * @param {import('autocannon').Request[]} [requests]
 */
async function load(server, url, stores, duration, requests) {
  const before = (await server.ask({ order: 'cpu' })).cpu;
  const headers = { authorization: authorization(stores) };
  const { requests: made, non2xx, errors } = await autocannon({ url, connections: 8, duration, headers, ...(requests && { requests }) });
  if (non2xx || errors) throw new Error(`${url}: ${non2xx} answers were not 2xx, ${errors} errors`);
  return { cpu: ((await server.ask({ order: 'cpu' })).cpu - before) / made.total, count: made.total };
}

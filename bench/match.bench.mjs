// @ts-check
/**
 * Matching: what it costs to rank one applicant against 10,000 products of the whole language, with reasons for a page of 20; how much
 * faster that is at 1,000 products than the same in SQL and in json-rules-engine; and 100,000 enterprises against 1,000 products beside
 * set-based SQL. Peers are asked only what they can answer: products whose every question has a column, applicants who state everything.
 */
import { compile } from '@finharbor/loan-matching/matching/compiled';
import { explainedPage } from '@finharbor/loan-matching/matching/explained';
import { RankedCatalogue } from '@finharbor/loan-matching/matching/ranking';
import { randomOf, someDocument, someFacts, someRate } from '@finharbor/testing/random-eligibility';
import { Engine } from 'json-rules-engine';
import pg from 'pg';
import { around, limits, lists, simpleFacts, simpleProduct } from './match-products.mjs';
import { median } from './median.mjs';
import { bringUpStores } from './stores.mjs';

const [many, few, page] = [10_000, 1_000, 20];
const enterprises = 100_000;
/** So many enterprises SQL is given at once, and json-rules-engine applicants. */
const [inSql, inRules] = [10_000, 3];

/** @typedef {import('./match-products.mjs').Product} Product */
/** @typedef {(line: string) => void} Log */

/** @type {import('./run.mjs').Bench} */
export default async function match({ rounds, log }) {
  const rows = ranking(rounds, log);
  const random = randomOf(8);
  const products = Array.from({ length: few }, (_, id) => simpleProduct(random, id));
  const catalogue = catalogueOf(products.map(({ id, document, rate }) => [String(id), document, rate]));
  const stores = await bringUpStores('bench-match', log);
  const sql = new pg.Client({ connectionString: stores.databaseUrl });
  try {
    await sql.connect();
    await fill(sql, products);
    rows.push(...await single(catalogue, products, sql, rounds, log), await batch(catalogue, sql, rounds, log));
  } finally {
    await sql.end();
    await stores.stop();
  }
  return rows;
}

/** @param {[string, any, string | null][]} products */
const catalogueOf = (products) => new RankedCatalogue(products.map(([productId, document, annualRateMin]) =>
  ({ productId, bankId: 'bank', name: productId, document, annualRateMin, compiled: compile(document) })));

/** CPU in µs of each of so many. @param {number} count @param {(index: number) => unknown} work */
function cpuOf(count, work) {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index++) work(index);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** As the service has them, with who said so. @param {any} known @returns {any} */
function factsOf({ region, industry, sizeClass, amount = '500000.00', term = '12', guarantee = [], ageOfBusiness: _, ...further }) {
  const told = (/** @type {string | undefined} */ value) => (value === undefined ? null : { value, source: 'APPLICANT' });
  return {
    amount, termMonths: Number(term), guaranteeTypes: guarantee, regionCode: told(region), industryCode: told(industry),
    sizeClass: told(sizeClass ?? 'UNKNOWN'), establishedOn: null, missingForSize: [], further,
  };
}

/** @param {number} rounds @param {Log} log @returns {import('./run.mjs').Row[]} */
function ranking(rounds, log) {
  const random = randomOf(7);
  const catalogue = catalogueOf(Array.from({ length: many }, (_, id) => [String(id), someDocument(random), someRate(random)]));
  const known = Array.from({ length: 2_000 }, () => someFacts(random));
  const needs = known.map((facts) => ({ facts: factsOf(facts), day: '2026-11-22' }));
  /** @type {number[][]} */
  const [ranked, explained] = [[], []];
  cpuOf(known.length, (index) => catalogue.page(known[index], { limit: page }));
  for (let round = 0; round < rounds; round++) {
    ranked.push(cpuOf(known.length, (index) => catalogue.page(known[index], { limit: page })));
    explained.push(cpuOf(known.length, (index) => explainedPage({ version: 1, ranked: catalogue }, needs[index], { limit: page })));
    log(`round ${round + 1}: ${ranked.at(-1)?.toFixed(0)} µs for one of ${many}, ${explained.at(-1)?.toFixed(0)} µs with the reasons of ${page}`);
  }
  const value = median(ranked);
  return [
    { name: 'match.rank', value, unit: `µs of CPU, one applicant and ${many} products`, limit: null, peer: null, goal: 200, ok: value <= 200 },
    { name: 'match.rank-and-explain', value: median(explained), unit: `µs of CPU, with the reasons of ${page}`, limit: null, peer: null, goal: null, ok: true },
  ];
}

const columns = [...Object.keys(lists).map((name) => `${name.toLowerCase()} text[]`), ...Object.keys(limits).map((name) => `${name.toLowerCase()} numeric`)];

/**
 * What a product does not ask is `*` or a limit that everybody keeps, so that every condition may use an index.
 * @param {pg.Client} sql @param {Product[]} products
 */
async function fill(sql, products) {
  await sql.query(`create table match_products (id int primary key, rate numeric not null, ${columns.join(', ')})`);
  const rows = products.map((product) => ({
    id: product.id, rate: product.rate, ...Object.fromEntries(Object.entries(product.lists).map(([name, list]) => [name.toLowerCase(), list ?? ['*']])),
    ...Object.fromEntries(Object.entries(limits).map(([name, { end }]) => [name.toLowerCase(), product.limits[name] ?? (end === 'min' ? 0 : 1e15)])),
  }));
  await sql.query('insert into match_products select * from jsonb_populate_recordset(null::match_products, $1)', [JSON.stringify(rows)]);
  for (const name of ['region', 'industry', 'tags']) await sql.query(`create index on match_products using gin (${name})`);
  await sql.query('create index on match_products (rate, id)');
  await sql.query('vacuum analyze match_products');
}

/** The conditions of a product `p` for the facts that `of` names. @param {(name: string) => string} of */
const conditions = (of) => [
  ...Object.keys(lists).map((fact) => `p.${fact.toLowerCase()} && ${of(fact)}`),
  ...Object.entries(limits).map(([name, { fact, end }]) => `p.${name.toLowerCase()} ${end === 'min' ? '<=' : '>='} ${of(fact)}`),
].join(' and ');

const names = [...Object.keys(lists), ...new Set(Object.values(limits).map(({ fact }) => fact))];
/** @param {any} facts */
const parameters = (facts) => names.map((name) => (name in lists ? [...around(name, facts), '*'] : facts[name]));
const cast = (/** @type {string} */ name) => (name in lists ? 'text[]' : 'numeric');

/**
 * @param {RankedCatalogue} catalogue @param {Product[]} products @param {pg.Client} sql @param {number} rounds @param {Log} log
 * @returns {Promise<import('./run.mjs').Row[]>}
 */
async function single(catalogue, products, sql, rounds, log) {
  const random = randomOf(9);
  const applicants = Array.from({ length: 2_000 }, () => simpleFacts(random));
  const where = conditions((name) => `$${names.indexOf(name) + 1}::${cast(name)}`);
  const ask = (/** @type {any} */ facts) => sql.query({ name: 'match', text: `select p.id, p.rate from match_products p where ${where} order by p.rate, p.id limit ${page}`, values: parameters(facts) });
  const engine = engineOf(products);
  await sameAnswers(catalogue, sql, where, engine, applicants.slice(0, 20));
  const time = async (/** @type {any[]} */ of, /** @type {(facts: any) => unknown} */ work) => {
    const times = [];
    for (const facts of of) {
      const begun = process.hrtime.bigint();
      await work(facts);
      times.push(Number(process.hrtime.bigint() - begun) / 1_000);
    }
    return median(times);
  };
  /** @type {Record<'index' | 'sql' | 'rules', number[]>} */
  const times = { index: [], sql: [], rules: [] };
  const index = () => {
    const of = applicants.map((facts) => {
      const begun = process.hrtime.bigint();
      catalogue.page(facts, { limit: page });
      return Number(process.hrtime.bigint() - begun) / 1_000;
    });
    return median(of);
  };
  index();
  for (let round = 0; round < rounds; round++) {
    times.index.push(index());
    times.sql.push(await time(applicants.slice(0, 300), ask));
    times.rules.push(await time(applicants.slice(0, inRules), (facts) => engine.run(ruleFacts(facts))));
    log(`round ${round + 1}: one of ${few} in ${times.index.at(-1)?.toFixed(1)} µs, SQL ${times.sql.at(-1)?.toFixed(0)} µs, json-rules-engine ${times.rules.at(-1)?.toFixed(0)} µs`);
  }
  const ratio = (/** @type {'sql' | 'rules'} */ peer) => median(times[peer].map((peers, round) => peers / times.index[round]));
  return [
    { name: 'match.sql', value: ratio('sql'), unit: `× faster than SQL, one applicant and ${few} products (medians)`, limit: null, peer: 1, goal: 100, ok: ratio('sql') >= 100 },
    { name: 'match.rules-engine', value: ratio('rules'), unit: '× faster than json-rules-engine, likewise', limit: null, peer: 1, goal: 1_000, ok: ratio('rules') >= 1_000 },
  ];
}

/** @param {Product[]} products */
function engineOf(products) {
  const engine = new Engine();
  engine.addOperator('overlaps', (/** @type {string[]} */ fact, /** @type {string[]} */ value) => value.some((one) => fact.includes(one)));
  for (const { id, lists: asked, limits: limited } of products) {
    const all = [
      ...Object.entries(asked).flatMap(([fact, value]) => (value ? [{ fact, operator: 'overlaps', value }] : [])),
      ...Object.entries(limits).flatMap(([name, { fact, end }]) =>
        (limited[name] === null ? [] : [{ fact, operator: end === 'min' ? 'greaterThanInclusive' : 'lessThanInclusive', value: limited[name] }])),
    ];
    engine.addRule({ conditions: { all }, event: { type: String(id) } });
  }
  return engine;
}

/** @param {any} facts */
const ruleFacts = (facts) => Object.fromEntries(names.map((name) => [name, name in lists ? around(name, facts) : Number(facts[name])]));

/**
 * All three give the same products, or nothing is measured.
 * @param {RankedCatalogue} catalogue @param {pg.Client} sql @param {string} where @param {Engine} engine @param {any[]} applicants
 */
async function sameAnswers(catalogue, sql, where, engine, applicants) {
  for (const [at, facts] of applicants.entries()) {
    const own = catalogue.page(facts, { limit: few, verdicts: /** @type {any} */ (['PASS']) }).items.map(({ product }) => Number(product.productId)).sort((a, b) => a - b);
    const others = [(await sql.query(`select p.id from match_products p where ${where} order by p.id`, parameters(facts))).rows.map(({ id }) => id)];
    if (at < inRules) others.push((await engine.run(ruleFacts(facts))).events.map(({ type }) => Number(type)).sort((a, b) => a - b));
    for (const other of others) if (JSON.stringify(own) !== JSON.stringify(other)) throw new Error(`Answers differ for ${JSON.stringify(facts)}: ${own} and ${other}`);
  }
}

/**
 * @param {RankedCatalogue} catalogue @param {pg.Client} sql @param {number} rounds @param {Log} log
 * @returns {Promise<import('./run.mjs').Row>}
 */
async function batch(catalogue, sql, rounds, log) {
  const random = randomOf(10);
  const all = Array.from({ length: enterprises }, () => simpleFacts(random));
  await sql.query(`create table match_enterprises (n int primary key, ${names.map((name) => `${name.toLowerCase()} ${cast(name)}`).join(', ')})`);
  const rows = all.map((facts, n) => {
    const values = parameters(facts);
    return { n, ...Object.fromEntries(names.map((name, at) => [name.toLowerCase(), values[at]])) };
  });
  const sets = Array.from({ length: enterprises / inSql }, (_, index) => index * inSql);
  for (const from of sets) {
    const set = JSON.stringify(rows.slice(from, from + inSql));
    await sql.query('insert into match_enterprises select * from jsonb_populate_recordset(null::match_enterprises, $1)', [set]);
  }
  await sql.query('vacuum analyze match_enterprises');
  /** @type {number[]} */
  const times = [];
  /** @type {number[]} */
  let passed = [];
  for (let round = 0; round < rounds; round++) {
    const begun = process.hrtime.bigint();
    passed = all.map((facts) => catalogue.page(facts, { limit: 3 }).passed);
    times.push(Number(process.hrtime.bigint() - begun) / 1e9);
    log(`round ${round + 1}: ${enterprises} enterprises and ${few} products in ${times.at(-1)?.toFixed(2)} s`);
  }
  // All of them in SQL too, once: it takes long.
  const joined = `select e.n, count(*)::int as passed from match_enterprises e join match_products p on ${conditions((name) => `e.${name.toLowerCase()}`)}
    where e.n >= $1 and e.n < $1 + ${inSql} group by e.n`;
  let inDatabase = 0;
  for (const from of sets) {
    const begun = process.hrtime.bigint();
    const { rows: found } = await sql.query(joined, [from]);
    inDatabase += Number(process.hrtime.bigint() - begun) / 1e9;
    const counts = new Map(found.map(({ n, passed: count }) => [n, count]));
    for (let n = from; n < from + inSql; n++) {
      if (passed[n] !== (counts.get(n) ?? 0)) throw new Error(`Enterprise ${n} passes ${passed[n]} and ${counts.get(n) ?? 0}`);
    }
  }
  log(`the same in SQL in ${inDatabase.toFixed(1)} s`);
  const value = inDatabase / median(times);
  const unit = `× faster than set-based SQL, which also matched all ${enterprises} enterprises with ${few} products`;
  return { name: 'match.batch', value, unit, limit: null, peer: 1, goal: 10, ok: value >= 10 };
}

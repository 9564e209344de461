// @ts-check
/**
 * 200 banks after the same 1,000 applications of the open pool, over HTTP through the service as it runs: each bank reads the pool, tries
 * what it picks, and reads again when another was quicker. Beside it the rate without contention, where each bank is told which
 * entries are its own and nobody else asks for them. Last a stampede: all 200 banks ask for one entry at the same moment, each over a
 * connection of its own that is open already.
 * Contacts are not sealed here: both sides would pay for that alike.
 */
import { newId } from '@finharbor/contracts/ids';
import { signServiceToken } from '@finharbor/security/tokens/service-token';
import { Pool } from 'undici';
import { fleetUrls, startFleet } from '../tools/lib/fleet.mjs';
import { median } from './median.mjs';
import { bringUpStores } from './stores.mjs';

const banks = Number(process.env.POOL_BANKS ?? 200);
const entries = Number(process.env.POOL_ENTRIES ?? 1_000);
/** Requests under way at once, as a gateway lets through; the same in every measurement but the stampede. */
const inFlight = 16;
const intake = '00000000-0000-4000-8000-000000000001';

/** @typedef {{ organisationId: string, productId: string, token: () => string }} Bank */
/** @typedef {{ http: Pool, wins: Map<string, string>, lost: number, busy: number }} Race busy: how often a bank was told to ask again */

/** @type {import('./run.mjs').Bench} */
export default async function pool({ rounds, log }) {
  const stores = await bringUpStores('bench-pool', log);
  try {
    const { databaseUrl, redisUrl, secrets, logDir, run, dataDir } = stores;
    /** @type {Bank[]} */
    const all = Array.from({ length: banks }, () => {
      const organisationId = newId();
      const token = () => signServiceToken([stores.serviceKey], { role: 'bank', organisationId, clientId: 'bench' }, 'loan-matching'); // good for a minute
      return { organisationId, productId: newId(), token };
    });
    await stores.query(
      `insert into loan_matching.product_copies (id, bank_id, name, eligibility, published, version)
       select id, bank_id, 'product', '{}', true, 1 from unnest($1::uuid[], $2::uuid[]) as p (id, bank_id)`,
      [all.map(({ productId }) => productId), all.map(({ organisationId }) => organisationId)]);
    const urls = await fleetUrls();
    await startFleet({ databaseUrl, redisUrl, queuePrefix: '{bench}', secrets, logDir, run, only: ['loan-matching'], env: { SANDBOX: 'false', FILES_DIR: dataDir } }, urls);
    const [http, doors] = [inFlight, banks].map((connections) => new Pool(urls['loan-matching'], { connections, headersTimeout: 600_000, bodyTimeout: 600_000 }));
    /** @type {{ alone: number[], contended: number[], ratio: number[], lost: number[], stampede: number[] }} */
    const found = { alone: [], contended: [], ratio: [], lost: [], stampede: [] };
    /** @returns {Race} */
    const raceOver = (/** @type {Pool} */ through) => ({ http: through, wins: new Map(), lost: 0, busy: 0 });
    const contestants = async () => {
      const race = raceOver(http);
      const seconds = await contend(race, all);
      await check(stores, race, entries);
      return { rate: entries / seconds, lost: race.lost };
    };
    const loners = async () => {
      const race = raceOver(http);
      const ids = await seed(stores);
      const seconds = await timed(ids.map((id, index) => () => take(race, all[index % banks], id)));
      await check(stores, race, entries);
      return entries / seconds;
    };
    await seed(stores, 100);
    await contend(raceOver(http), all); // warms it up
    for (let round = 1; round <= rounds; round++) {
      const first = round % 2 ? await loners() : 0;
      await seed(stores);
      const { rate, lost } = await contestants();
      const alone = first || await loners();
      const [one] = await seed(stores, 1);
      const herd = raceOver(doors);
      await Promise.all(all.map((bank) => list(herd, bank))); // opens its connections
      herd.busy = 0;
      const started = performance.now();
      await Promise.all(all.map((bank) => take(herd, bank, one ?? '')));
      const seconds = (performance.now() - started) / 1000;
      await check(stores, herd, 1);
      found.alone.push(alone);
      found.contended.push(rate);
      found.ratio.push(rate / alone);
      found.lost.push(lost);
      found.stampede.push(seconds * 1000);
      log(`round ${round}: alone ${alone.toFixed(0)}/s, contended ${rate.toFixed(0)}/s with ${lost} too late: × ${(rate / alone).toFixed(2)}; ${banks} banks after one: ${(seconds * 1000).toFixed(0)} ms, ${herd.busy} told to ask again`);
    }
    await Promise.all([http.close(), doors.close()]);
    const [{ deadlocks }] = await stores.query('select sum(deadlocks)::int as deadlocks from pg_stat_database');
    const ratio = median(found.ratio);
    return [
      { name: 'pool.rate', value: median(found.contended), unit: 'accepted/s', limit: median(found.alone), peer: null, goal: null, ok: true },
      { name: 'pool.ratio', value: ratio, unit: '× the rate without contention', limit: 1, peer: null, goal: 0.5, ok: ratio >= 0.5 },
      { name: 'pool.deadlocks', value: deadlocks, unit: 'deadlocks', limit: null, peer: null, goal: 0, ok: deadlocks === 0 },
      { name: 'pool.late', value: median(found.lost), unit: 'tries that came too late', limit: null, peer: null, goal: null, ok: true },
      { name: 'pool.stampede', value: median(found.stampede), unit: `ms for ${banks} banks after one entry, all at once`, limit: null, peer: null, goal: null, ok: true },
    ];
  } finally {
    await stores.stop();
  }
}

/** Every bank until the pool is empty. @param {Race} race @param {Bank[]} all */
function contend(race, all) {
  let next = 0;
  const turn = async () => {
    for (;;) {
      const bank = /** @type {Bank} */ (all[next++ % banks]);
      const open = await list(race, bank);
      if (open.length === 0) return;
      // Five at most, then the others have their turn.
      for (let tries = 0; tries < 5 && open.length > 0; tries++) {
        const [id] = open.splice(Math.floor(Math.random() * open.length), 1);
        if (!await take(race, bank, /** @type {string} */ (id))) break;
      }
    }
  };
  return timed(Array.from({ length: inFlight }, () => turn));
}

/** Seconds that the work takes, so many pieces at once. @param {(() => Promise<unknown>)[]} work */
async function timed(work) {
  const started = performance.now();
  const queue = [...work];
  await Promise.all(Array.from({ length: inFlight }, async () => {
    for (let piece = queue.shift(); piece; piece = queue.shift()) await piece();
  }));
  return (performance.now() - started) / 1000;
}

/** @param {Race} race @param {Bank} bank @returns {Promise<string[]>} */
async function list(race, { token }) {
  const ask = () => race.http.request({ method: 'GET', path: '/v1/pool-entries?limit=200', headers: { authorization: `Bearer ${token()}` } });
  let answer = await ask();
  for (; answer.statusCode === 503; answer = await ask(), race.busy++) await answer.body.dump();
  const body = /** @type {any} */ (await answer.body.json());
  if (answer.statusCode !== 200) throw new Error(JSON.stringify(body));
  return body.items.map((/** @type {{ id: string }} */ { id }) => id);
}

/** True when the bank has it. @param {Race} race @param {Bank} bank @param {string} id */
async function take(race, { token, productId, organisationId }, id) {
  const key = newId();
  const ask = () => race.http.request({
    method: 'POST', path: `/v1/pool-entries/${id}/acceptance`, body: JSON.stringify({ productId }),
    headers: { authorization: `Bearer ${token()}`, 'content-type': 'application/json', 'idempotency-key': key },
  });
  let answer = await ask();
  // Too much at once for this machine: told so, a bank asks again.
  for (; answer.statusCode === 503; answer = await ask(), race.busy++) await answer.body.dump();
  const body = await answer.body.text();
  if (answer.statusCode === 201) {
    if (race.wins.has(id)) throw new Error(`${id} was given away twice.`);
    race.wins.set(id, organisationId);
    return true;
  }
  if (answer.statusCode !== 404) throw new Error(`${answer.statusCode} ${body}`);
  race.lost++;
  return false;
}

/** One winner each, and the database agrees. @param {import('./stores.mjs').Stores} stores @param {Race} race @param {number} expected */
async function check(stores, { wins }, expected) {
  if (wins.size !== expected) throw new Error(`${wins.size} of ${expected} entries were taken.`);
  const rows = await stores.query(
    `select e.id, e.taken_by, count(d.id)::int as demands, min(d.org_id::text) as holder from loan_matching.pool_entries e
     join loan_matching.demands d on d.application_id = e.application_id and d.state = 'ACCEPTED' where e.id = any($1::uuid[]) group by e.id`, [[...wins.keys()]]);
  const wrong = rows.filter(({ id, taken_by, demands, holder }) => demands !== 1 || taken_by !== wins.get(id) || holder !== wins.get(id));
  if (rows.length !== expected || wrong.length > 0) throw new Error(`${rows.length} taken, ${wrong.length} wrong.`);
}

/** New applications in the pool. @param {import('./stores.mjs').Stores} stores @returns {Promise<string[]>} ids of the entries */
async function seed(stores, count = entries) {
  // Without triggers: whatever follows a submission is not what is measured.
  await stores.query(`begin; set local session_replication_role = replica;
    create temporary table made on commit drop as select loan_matching.new_id() as id, loan_matching.new_id() as entry from generate_series(1, ${count});
    insert into loan_matching.applications (id, org_id, state, mode, source, enterprise_id, submitted_at)
      select id, '${intake}', 'POOLED', 'OPEN_POOL', 'STAFF', gen_random_uuid(), now() from made;
    insert into loan_matching.demands (id, org_id, harbor_id, version, state, kind, amount, term_months, purpose, guarantee_types, enterprise_name, credit_code, enterprise_id,
        size_class, consent_id, submitted_at)
      select id, '${intake}', gen_random_uuid(), 1, 'SUBMITTED', 'FIRST_LOAN', 500000, 12, '采购原料', '{CREDIT}', '企业', 'X', gen_random_uuid(), 'SMALL', gen_random_uuid(), now() from made;
    insert into loan_matching.pool_entries (id, org_id, application_id, kind, amount, term_months, purpose, guarantee_types, size_class, had_by, listed_at)
      select entry, '${intake}', id, 'FIRST_LOAN', 500000, 12, '采购原料', '{CREDIT}', 'SMALL', '{}', now() from made; commit`);
  await stores.query('analyze loan_matching.pool_entries');
  const rows = await stores.query('select id from loan_matching.pool_entries where closed_at is null');
  return rows.map(({ id }) => id);
}

// @ts-check
/**
 * A list of 10,000 rows to 40 banks: from the supervisor's mutation until every bank has its referrals, through the service as it runs,
 * outbox, queue and events included. Beside it the naive way, rows saved one by one with TypeORM, measured on a part and counted up: that
 * pair of save() and referral is all it does, without events, audit, marks or row level security.
 */
import { newId } from '@finharbor/contracts/ids';
import { signServiceToken } from '@finharbor/security/tokens/service-token';
import { DataSource, EntitySchema } from 'typeorm';
import { Pool } from 'undici';
import { fleetUrls, startFleet } from '../tools/lib/fleet.mjs';
import { pause } from '../tools/lib/processes.mjs';
import { median } from './median.mjs';
import { bringUpStores } from './stores.mjs';

const rows = Number(process.env.DISPATCH_ROWS ?? 10_000);
const banks = Number(process.env.DISPATCH_BANKS ?? 40);
/** Rows of the naive way; the rest is counted up. */
const part = 2_000;
const criteria = ['good_prospects', 'strong_demand', 'sound_credit', 'lawful_operation', 'fixed_premises', 'real_demand', 'good_credit_standing', 'lawful_purpose'];

/** @type {import('./run.mjs').Bench} */
export default async function dispatch({ rounds, log }) {
  const stores = await bringUpStores('bench-dispatch', log);
  try {
    const departmentId = newId();
    const bankIds = Array.from({ length: banks }, () => newId());
    await stores.query(
      `insert into enterprise_lists.organisation_copies (id, kind, name, version) select id, 'BANK', 'bank', 1 from unnest($1::uuid[]) as b (id)`, [bankIds]);
    const { databaseUrl, redisUrl, secrets, logDir, run, dataDir } = stores;
    const urls = await fleetUrls();
    await startFleet({
      databaseUrl, redisUrl, queuePrefix: '{bench}', secrets, logDir, run, only: ['enterprise-lists'], env: { SANDBOX: 'false', FILES_DIR: dataDir },
    }, urls);
    const http = new Pool(urls['enterprise-lists'], { connections: 1, headersTimeout: 600_000, bodyTimeout: 600_000 });
    const naive = await typeorm(databaseUrl);
    /** @type {{ ours: number[], naive: number[], ratio: number[] }} */
    const found = { ours: [], naive: [], ratio: [] };
    let events = 0;
    for (let round = 1; round <= rounds; round++) {
      const listId = await seed(stores, departmentId);
      const before = await outboxed(stores);
      const started = performance.now();
      await mutate(http, stores.serviceKey, listId);
      for (;;) {
        const [{ open }] = await stores.query(
          'select (select count(*) from enterprise_lists.outbox)::int + (select count(*) from enterprise_lists.delivery where acked_at is null and consumer = $1)::int as open', ['enterprise-lists']);
        if (open === 0) break;
        await pause(50);
      }
      const seconds = (performance.now() - started) / 1000;
      const [{ made, given }] = await stores.query(
        'select count(*)::int as made, count(distinct org_id)::int as given from enterprise_lists.referrals where push_list_id = $1', [listId]);
      if (made !== rows * banks || given !== banks) throw new Error(`${made} referrals of ${given} banks.`);
      events = await outboxed(stores) - before;
      const perRow = await naively(naive, listId, newId());
      found.ours.push(seconds);
      found.naive.push(perRow * rows * banks);
      found.ratio.push(perRow * rows * banks / seconds);
      log(`round ${round}: ${seconds.toFixed(1)} s, ${events} events; row by row ${(perRow * 1000).toFixed(2)} ms each (of ${part}), so ${(perRow * rows * banks).toFixed(0)} s: × ${median(found.ratio).toFixed(1)}`);
    }
    await naive.destroy();
    await http.close();
    const ratio = median(found.ratio);
    return [
      { name: 'dispatch.rows', value: rows * banks / median(found.ours), unit: 'rows/s', limit: null, peer: rows * banks / median(found.naive), goal: null, ok: true },
      { name: 'dispatch.ratio', value: ratio, unit: '× faster than row by row', limit: null, peer: 1, goal: 10, ok: ratio >= 10 },
      { name: 'dispatch.events', value: events, unit: 'events', limit: banks, peer: rows * banks, goal: banks, ok: events === banks },
    ];
  } finally {
    await stores.stop();
  }
}

/** Events of a dispatch that were told so far. @param {import('./stores.mjs').Stores} stores @returns {Promise<number>} */
async function outboxed(stores) {
  const [{ count }] = await stores.query(
    `select (select count(*) from enterprise_lists.outbox where name = 'push-list.dispatched')::int + (select count(*) from enterprise_lists.delivery d,
       jsonb_array_elements(d.body::jsonb) e where e ->> 'n' = 'push-list.dispatched')::int as count`);
  return count;
}

/** An approved list of which every row is recommended. @param {import('./stores.mjs').Stores} stores @param {string} departmentId */
async function seed(stores, departmentId) {
  const listId = newId();
  await stores.query(
    `insert into enterprise_lists.push_lists (id, org_id, title, period, state, encoding, file_sha256, row_count, accepted_count, rejected_count, warnings, submitted_at)
     values ($1, $2, $1::uuid::text, '2026-Q4', 'APPROVED', 'UTF-8', 'x', $3, $3, 0, '[]', now())`, [listId, departmentId, rows]);
  await stores.query(
    `insert into enterprise_lists.enterprises (id, credit_code, name, kind, size_class, region_code, industry_code, established_on, version)
     select md5($1::text || g)::uuid, 'X' || left(md5($1::text || g), 17), '企业' || g, 'ENTERPRISE', 'MICRO', '500101', 'C1310', '2014-03-07', 1 from generate_series(1, $2) g`, [listId, rows]);
  await stores.query(
    `insert into enterprise_lists.list_entries (id, org_id, push_list_id, row_number, enterprise_id, credit_code, name, demand_amount, demand_term_months, demand_purpose,
       ${criteria.join(', ')}, evidence)
     select enterprise_lists.new_id(), $2, $1::uuid, g + 1, md5($1::uuid::text || g)::uuid, 'X' || left(md5($1::uuid::text || g), 17), '企业' || g, 2000000, 12, '采购原料',
       ${criteria.map(() => 'true').join(', ')}, '{"ALL": "走访记录"}' from generate_series(1, $3) g`, [listId, departmentId, rows]);
  await stores.query(`update enterprise_lists.list_entries set state = 'RECOMMENDED' where push_list_id = $1`, [listId]);
  await stores.query('vacuum analyze enterprise_lists.list_entries');
  await stores.query('vacuum analyze enterprise_lists.enterprises');
  return listId;
}

/** @param {Pool} http @param {Buffer} key @param {string} id */
async function mutate(http, key, id) {
  /** @type {import('@finharbor/security/tokens/caller').Caller} */
  const caller = { role: 'supervisor', organisationId: newId(), clientId: 'bench' };
  const answer = await http.request({
    method: 'POST', path: '/graphql',
    headers: { authorization: `Bearer ${signServiceToken([key], caller, 'enterprise-lists')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'mutation ($id: ID!) { dispatchPushList(id: $id, channel: INCLUSIVE) { bankCount } }', variables: { id } }),
  });
  const body = /** @type {any} */ (await answer.body.json());
  if (body.errors) throw new Error(JSON.stringify(body.errors));
}

const columns = /** @type {const} */ ({
  id: 'uuid', org_id: 'uuid', push_list_id: 'uuid', dispatch_id: 'uuid', entry_id: 'uuid', enterprise_id: 'uuid', channel: 'text', state: 'text',
  region_code: 'text', industry_code: 'text', size_class: 'text', established_year: 'int', capital_band: 'text', good_prospects: 'boolean', strong_demand: 'boolean',
  sound_credit: 'boolean', demand_amount: 'numeric', demand_term_months: 'int', demand_purpose: 'text', guarantee_type: 'text', delivered_at: 'timestamptz',
});
const referral = new EntitySchema({
  name: 'referral', schema: 'enterprise_lists', tableName: 'referrals',
  columns: Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, { type, nullable: true, ...(name === 'id' && { primary: true }) }])),
});

/** @param {string} url the administrator's: nothing is checked for its rows */
const typeorm = (url) => new DataSource({ type: 'postgres', url, entities: [referral], extra: { max: 1 } }).initialize();

/**
 * Saves rows of the list for one bank, one after the other. Seconds for each.
 * @param {DataSource} source @param {string} listId @param {string} bankId
 */
async function naively(source, listId, bankId) {
  const found = await source.query(
    `select e.id as entry_id, e.push_list_id, e.enterprise_id, m.region_code, m.industry_code, m.size_class, m.capital_band, e.good_prospects, e.strong_demand,
       e.sound_credit, e.demand_amount, e.demand_term_months, e.demand_purpose, e.guarantee_type
     from enterprise_lists.list_entries e join enterprise_lists.enterprises m on m.id = e.enterprise_id where e.push_list_id = $1 order by e.id limit $2`, [listId, part]);
  const repository = source.getRepository(referral);
  const dispatchId = newId();
  const started = performance.now();
  for (const row of found) {
    await repository.save({ ...row, id: newId(), org_id: bankId, dispatch_id: dispatchId, channel: 'INCLUSIVE', state: 'DELIVERED', established_year: 2014, delivered_at: new Date() });
  }
  const seconds = (performance.now() - started) / 1000 / found.length;
  await source.query('delete from enterprise_lists.referrals where org_id = $1', [bankId]);
  return seconds;
}

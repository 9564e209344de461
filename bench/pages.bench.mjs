// @ts-check
/**
 * What depth costs: a page of 50 of one bank's 1,000,000 loan codes through REST, the first against the one after 900,000 rows, by
 * turns. The cursor of the deep one is sealed with the service's key, as the service would after 18,000 pages; what the page holds
 * is compared with what OFFSET finds, which is the naive peer.
 */
import { randomBytes } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import { Cursors } from '@finharbor/platform/http/cursors';
import { signServiceToken } from '@finharbor/security/tokens/service-token';
import { Pool } from 'undici';
import { fleetUrls, startFleet } from '../tools/lib/fleet.mjs';
import { median } from './median.mjs';
import { bringUpStores } from './stores.mjs';

const rows = 1_000_000;
const depth = 900_000;
const pageSize = 50;
/** Calls of one kind before the other has its turn, and turns in a round. */
const [burst, turns] = [20, 40];

/** @type {import('./run.mjs').Bench} */
export default async function pages({ rounds, log }) {
  const stores = await bringUpStores('bench-pages', log);
  try {
    const organisationId = newId();
    log(`writing ${rows} rows`);
    await fill(stores, organisationId);
    const { databaseUrl, redisUrl, secrets, logDir, run } = stores;
    const urls = await fleetUrls();
    await startFleet({ databaseUrl, redisUrl, queuePrefix: '{bench}', secrets, logDir, run, only: ['loan-matching'] }, urls);
    const http = new Pool(urls['loan-matching'], { connections: 1 });
    /** @type {import('@finharbor/security/tokens/caller').Caller} */
    const caller = { role: 'bank', organisationId, clientId: 'bench' };
    const page = async (/** @type {string | null} */ cursor) => {
      const token = signServiceToken([stores.serviceKey], caller, 'loan-matching');
      const answer = await http.request({
        method: 'GET', path: `/v1/loan-codes?limit=${pageSize}${cursor ? `&cursor=${cursor}` : ''}`, headers: { authorization: `Bearer ${token}` },
      });
      const body = /** @type {any} */ (await answer.body.json());
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${JSON.stringify(body)}`);
      return body;
    };

    const offset = (/** @type {number} */ at) => stores.query(
      `select id from loan_matching.loan_codes where org_id = $1 order by id desc offset ${at} limit ${pageSize + 1}`, [organisationId]);
    const [before, ...expected] = await offset(depth - 1);
    const cursors = new Cursors(/** @type {any} */ ({ SERVICE_KEY: secrets.serviceKey }));
    const deep = cursors.seal(before.id, { list: 'loan-codes', organisationId });
    const [found, first] = [await page(deep), await page(null)];
    if (JSON.stringify(ids(found)) !== JSON.stringify(expected.map(({ id }) => id))) throw new Error('The deep page does not hold what OFFSET finds.');
    // A cursor of the service's own is sealed in the same way.
    const second = cursors.seal(first.items.at(-1).id, { list: 'loan-codes', organisationId });
    if (first.nextCursor !== second || ids(await page(second)).length !== pageSize) throw new Error('The service seals cursors in another way.');

    for (let call = 0; call < 300; call++) await page(call % 2 ? deep : null);
    /** @type {{ first: number[], ratio: number[] }} */
    const times = { first: [], ratio: [] };
    for (let turn = 0; turn < turns * rounds; turn++) {
      /** @type {number[]} */
      const [one, other] = [await time(burst, () => page(turn % 2 ? deep : null)), await time(burst, () => page(turn % 2 ? null : deep))];
      times.first.push(turn % 2 ? other : one);
      times.ratio.push(turn % 2 ? one / other : other / one);
    }
    const naive = await time(5, () => offset(depth)) / await time(5, () => offset(0));
    const value = median(times.ratio);
    log(`first page ${median(times.first).toFixed(2)} ms, page at ${depth} × ${value.toFixed(2)}; OFFSET × ${naive.toFixed(0)}`);
    await http.close();
    return [{ name: 'pages.deep', value, unit: '× time of the first page', limit: 1, peer: naive, goal: 2, ok: value <= 2 }];
  } finally {
    await stores.stop();
  }
}

const ids = (/** @type {{ items: { id: string }[] }} */ page) => page.items.map(({ id }) => id);

/** The middle time of some calls, in ms. @param {number} count @param {() => Promise<unknown>} call */
async function time(count, call) {
  const times = [];
  for (let made = 0; made < count; made++) {
    const started = performance.now();
    await call();
    times.push(performance.now() - started);
  }
  return median(times);
}

/**
 * Ids are UUIDs version 7, one millisecond apart; another bank has a fifth as many between them.
 * @param {import('./stores.mjs').Stores} stores @param {string} organisationId
 */
async function fill(stores, organisationId) {
  const prefix = randomBytes(4).toString('hex');
  await stores.query(
    `insert into loan_matching.loan_codes (id, org_id, code, harbor_id, label, created_at)
     select (lpad(to_hex(1750000000000 + g), 12, '0') || '7' || substr(md5(g::text), 1, 3) || '8' || substr(md5(g::text), 4, 15))::uuid,
            case when g % 6 = 0 then $2::uuid else $1::uuid end, $3 || g, gen_random_uuid(), 'Counter ' || g, now()
     from generate_series(1, ${rows * 1.2}) g`, [organisationId, newId(), prefix]);
  await stores.query('vacuum analyze loan_matching.loan_codes');
}

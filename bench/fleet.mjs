// @ts-check
/** The suite on throwaway servers, with the demonstration district, for benches that need all of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FinHarborClient } from '@finharbor/client/client';
import { loadDemonstration } from '../tools/demonstration.mjs';
import { demands } from '../tools/demonstration/district.mjs';
import { fleetUrls, serviceEnvironment, startFleet } from '../tools/lib/fleet.mjs';
import { pause } from '../tools/lib/processes.mjs';
import { readJson, root } from '../tools/lib/workspace.mjs';
import { bringUpStores } from './stores.mjs';

/** @param {string} kind of the run @param {(line: string) => void} log */
export async function bringUpFleet(kind, log) {
  const stores = await bringUpStores(kind, log);
  const { run, dataDir, logDir, databaseUrl, redisUrl, secrets, serviceKey } = stores;
  const options = { databaseUrl, redisUrl, queuePrefix: '{bench}', logDir, secrets, run, env: { RATE_LIMIT_FACTOR: '0' } };
  const urls = await fleetUrls();
  const adminCredentialsFile = join(dataDir, 'admin-client.json');
  await run.command('bootstrap', process.execPath, [join(root, 'apps/partners/dist/bootstrap.js')], {
    env: { ...serviceEnvironment('partners', options, urls), ADMIN_CREDENTIALS_FILE: adminCredentialsFile },
  });
  const fleet = await startFleet(options, urls);
  await loadDemonstration({ url: fleet.url, adminCredentialsFile, dataDir, onProgress: () => {} });
  /** @type {any[]} */
  const clients = readJson(join(dataDir, 'demo-clients.json'));
  const of = (/** @type {string} */ role) => clients.find((one) => one.role === role);

  return {
    url: fleet.url, services: fleet.services, run, options, supervisorId: of('supervisor').organisationId,
    serviceKey, stop: () => stores.stop(),

    /** Businesses of the generated list apply through a loan code and choose. @param {number} count */
    async submitDemands(count) {
      const anybody = new FinHarborClient({ baseUrl: fleet.url });
      const supervisor = new FinHarborClient({ baseUrl: fleet.url, ...of('supervisor') });
      const { items: [code] } = /** @type {any} */ (await supervisor.get('/v1/loan-codes'));
      const lines = readFileSync(join(root, 'tools/demonstration/enterprises.generated.csv'), 'utf8').split('\n').slice(1);
      for (let index = 0; index < count; index++) {
        const [enterpriseName, creditCode] = lines[index].split(',');
        const { demand, matches, accessSecret } = /** @type {any} */ (await anybody.post(`/v1/scans/${code.code}/demands`, {
          ...demands[index % 2], enterpriseName, creditCode, kind: 'OTHER', consent: true, contactName: '示例', contactPhone: '13800000000',
        }));
        const match = matches.find((/** @type {any} */ one) => one.verdict !== 'FAIL');
        if (match) await anybody.post(`/v1/demands/${demand.id}/choice`, { productId: match.productId }, { accessSecret });
      }
    },

    /** @param {string} role @returns {Promise<string>} */
    async accessToken(role) {
      const { clientId, clientSecret } = of(role);
      const answer = await fetch(`${fleet.url}/oauth/token`, {
        method: 'POST', body: 'grant_type=client_credentials',
        headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      });
      return (await answer.json()).access_token;
    },

    /** @param {string} url @param {string} token @param {string} query @returns {Promise<any>} */
    async post(url, token, query) {
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ query }) });
      return answer.json();
    },

    /** @param {string} url */
    async ready(url) {
      for (const deadline = Date.now() + 60_000; Date.now() < deadline; await pause(100)) {
        if (await fetch(url).then((answer) => answer.ok, () => false)) return;
      }
      throw new Error(`${url} is not ready after 60 s.`);
    },
  };
}

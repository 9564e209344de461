// @ts-check
/**
 * A bank's own system, as a third party would write it: knows the gateway's address, its client id and its secret
 * (BASE_URL, CLIENT_ID, CLIENT_SECRET), polls for work and answers it.
 * Its decisions are made up: a real bank decides credit by itself, the platform never does.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { FinHarborClient } from '@finharbor/client/client';

const { BASE_URL: baseUrl = '', CLIENT_ID: clientId = '', CLIENT_SECRET: clientSecret = '' } = process.env;
const finHarbor = new FinHarborClient({ baseUrl, clientId, clientSecret });
let stopping = false;
process.on('SIGTERM', () => { stopping = true; });
process.on('disconnect', () => { stopping = true; });

/** @typedef {{ items: any[], nextCursor: string | null }} Page */

/** Acknowledges what was delivered and answers what was acknowledged, a page at a time. */
async function referrals() {
  const delivered = /** @type {Page} */ (await finHarbor.get('/v1/referrals', { query: { state: 'DELIVERED', limit: 200 } }));
  if (delivered.items.length > 0) {
    await finHarbor.post('/v1/referral-acknowledgements', { referralIds: delivered.items.map((one) => one.id) });
  }
  const open = /** @type {Page} */ (await finHarbor.get('/v1/referrals', { query: { state: 'ACKNOWLEDGED', limit: 200 } }));
  if (open.items.length > 0) {
    await finHarbor.post('/v1/referral-answers', { answers: open.items.map(answerTo) });
  }
  return delivered.items.length + open.items.length;
}

/** @param {any} referral */
function answerTo(referral) {
  const last = parseInt(referral.id.slice(-1), 16);
  if (last < 10) return { referralId: referral.id, outcome: 'CLAIMED' };
  if (last < 13) return { referralId: referral.id, outcome: 'REJECTED', reasonCode: 'INDUSTRY_NOT_SERVED', reasonText: '本行暂不服务该行业' };
  return { referralId: referral.id, outcome: 'NO_NEED', reasonCode: 'CUSTOMER_NO_NEED', reasonText: '企业暂无融资需求' };
}

/** Accepts every demand that chose this bank, then decides it. */
async function demands() {
  let done = 0;
  for await (const demand of finHarbor.pages('/v1/demands', { state: 'ROUTED' })) {
    const { id } = /** @type {any} */ (demand);
    await finHarbor.post(`/v1/demands/${id}/acceptance`, {});
    const { phone } = /** @type {any} */ (await finHarbor.post(`/v1/demands/${id}/contact-views`, { reason: '联系申请人核实资料' }));
    const approved = Number(/** @type {any} */ (demand).amount) <= 1_000_000 && Boolean(phone);
    await finHarbor.post(`/v1/demands/${id}/decision`, approved
      ? { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: /** @type {any} */ (demand).amount, annualRate: '4.35' }
      : { outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: '超出本行现有额度' });
    done += 1;
  }
  return done;
}

/** Acknowledges and answers the issues registered at the harbors that this bank hosts. */
async function issues() {
  let done = 0;
  for (const state of ['REGISTERED', 'REOPENED']) {
    for await (const issue of finHarbor.pages('/v1/issues', { state })) {
      const { id } = /** @type {any} */ (issue);
      if (state === 'REGISTERED') await finHarbor.post(`/v1/issues/${id}/acknowledgement`, {});
      await finHarbor.post(`/v1/issues/${id}/reply`, { text: '已安排客户经理上门对接，并简化所需材料。' });
      done += 1;
    }
  }
  return done;
}

while (!stopping) {
  const done = await referrals() + await demands() + await issues();
  if (done === 0) await pause(200);
}
process.exit(0);

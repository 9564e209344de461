// @ts-check
/**
 * What a bank does with what it is told. Each step asks for what is in the state that calls for it, so that it may be run at any time
 * and again; keys of idempotency are made of the record, so that a step that was broken off is not done twice.
 * The decisions are made up: a bank decides credit by itself, the platform never does.
 */
import { FinHarborError } from '@finharbor/client/problem';

/** @typedef {import('@finharbor/client/client').FinHarborClient} Client */
/** @typedef {import('@finharbor/client/generated/types.gen').Demand} Demand */

/** So many at once. */
const batch = 500;

/** Publishes a product, unless there is one: without it no business finds the bank. @param {Client} bank */
export async function product(bank) {
  const { items: [published] } = await bank.call('GET /v1/products', { query: { state: 'PUBLISHED', limit: 1 } });
  if (published) return `product: ${published.name} is published already`;
  const { id, name } = await bank.call('POST /v1/products', {
    body: {
      name: '示例流动资金贷', annualRateMin: '3.80', annualRateMax: '5.60', repaymentModes: ['EQUAL_INSTALMENTS'],
      eligibility: { amountMin: '10000', amountMax: '3000000', termMonthsMin: 1, termMonthsMax: 36, guaranteeTypes: ['CREDIT', 'GUARANTEE'] },
    },
  });
  await bank.call('POST /v1/products/{id}/publication', { path: { id }, idempotencyKey: `publish-${id}` });
  return `product: ${name} published`;
}

/** Acknowledges referrals, within their clock, and answers each. @param {Client} bank */
export async function referrals(bank) {
  const delivered = await all(bank.each('GET /v1/referrals', { query: { state: 'DELIVERED' } }));
  for (const some of batches(delivered)) {
    await bank.call('POST /v1/referral-acknowledgements', { body: { referralIds: some.map(({ id }) => id) } });
  }
  const answers = (await all(bank.each('GET /v1/referrals', { query: { state: 'ACKNOWLEDGED' } }))).map(({ id }) => answerTo(id));
  for (const some of batches(answers)) await bank.call('POST /v1/referral-answers', { body: { answers: some } });
  const claimed = answers.filter(({ outcome }) => outcome === 'CLAIMED').length;
  return `referrals: ${delivered.length} acknowledged, ${answers.length} answered, of which ${claimed} claimed`;
}

/** @param {string} referralId @returns {import('@finharbor/client/generated/types.gen').ReferralAnswerInput} */
function answerTo(referralId) {
  if (parseInt(referralId.slice(-1), 16) < 12) return { referralId, outcome: 'CLAIMED' };
  return { referralId, outcome: 'REJECTED', reasonCode: 'INDUSTRY_NOT_SERVED', reasonText: '本行暂不服务该行业' };
}

/** Withdraws what was recalled, and confirms it: a bank that does so only now has not heard of it before. @param {Client} bank */
export async function recalls(bank) {
  const confirmed = await each(bank.each('GET /v1/referral-recalls', { query: { acknowledged: false } }), async ({ id, referralCount }) => {
    const withdrawn = await all(bank.each('GET /v1/referrals', { query: { recallId: id } }));
    // Here a bank takes them out of its own systems. When some are missing it has not done so, and must not say that it did.
    if (withdrawn.length !== referralCount) throw new Error(`Of the recall ${id} only ${withdrawn.length} of ${referralCount} referrals are there.`);
    await bank.call('POST /v1/referral-recalls/{id}/acknowledgement', {
      path: { id }, body: { referralCount: withdrawn.length }, idempotencyKey: `recall-${id}`,
    });
  });
  return `recalls: ${confirmed.done} confirmed${left(confirmed.left)}`;
}

/**
 * Accepts the demands that chose this bank, and decides those that it accepted. Those of referrals that it claimed and of an outside
 * platform are for its account managers: they have no contact of their own, the referral or the platform has it.
 * @param {Client} bank
 */
export async function demands(bank) {
  const accepted = await each(bank.each('GET /v1/demands', { query: { state: 'ROUTED' } }), ({ id }) =>
    bank.call('POST /v1/demands/{id}/acceptance', { path: { id }, idempotencyKey: `accept-${id}` }));
  const mine = (await all(bank.each('GET /v1/demands', { query: { state: 'ACCEPTED' } }))).filter(({ source }) => !['REFERRAL', 'PLATFORM'].includes(source));
  const decided = await each(mine, (demand) => decide(bank, demand));
  return `demands: ${accepted.done} accepted, ${decided.done} decided${left(accepted.left + decided.left)}`;
}

/** Speaks with the applicant first: whoever looks at a contact says why, and it is kept. @param {Client} bank @param {Demand} demand */
async function decide(bank, { id, amount }) {
  const contact = await bank.call('POST /v1/demands/{id}/contact-views', {
    path: { id }, body: { reason: '联系申请人核实资料' }, idempotencyKey: `contact-${id}`,
  });
  const isGood = Boolean(contact.phone) && Number(amount) <= 1_000_000;
  return bank.call('POST /v1/demands/{id}/decision', {
    path: { id }, idempotencyKey: `decide-${id}`,
    body: isGood
      ? { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: amount, annualRate: '4.35' }
      : { outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: '超出本行现有额度' },
  });
}

/** Acknowledges and answers the issues registered at the harbors that this bank hosts. @param {Client} bank */
export async function issues(bank) {
  const fresh = await each(bank.each('GET /v1/issues', { query: { state: 'REGISTERED' } }), ({ id }) =>
    bank.call('POST /v1/issues/{id}/acknowledgement', { path: { id }, idempotencyKey: `acknowledge-${id}` }));
  let answered = 0;
  for (const state of /** @type {const} */ (['HANDLING', 'REOPENED'])) {
    const replied = await each(bank.each('GET /v1/issues', { query: { state } }), ({ id }) =>
      bank.call('POST /v1/issues/{id}/reply', { path: { id }, body: { text: '已安排客户经理上门对接，并简化所需材料。' } }));
    answered += replied.done;
    fresh.left += replied.left;
  }
  return `issues: ${fresh.done} acknowledged, ${answered} answered${left(fresh.left)}`;
}

/** @param {number} count */
const left = (count) => (count ? `, ${count} left alone, since they had changed meanwhile` : '');

/**
 * Does the work for each record. What is no more in the state for it, because somebody else was faster or a consent was withdrawn, is
 * left alone: that is no failure.
 * @template T @param {AsyncIterable<T> | Iterable<T>} records @param {(record: T) => Promise<unknown>} work
 */
async function each(records, work) {
  const counts = { done: 0, left: 0 };
  for (const record of await all(records)) {
    try {
      await work(record);
      counts.done += 1;
    } catch (error) {
      const hasChanged = error instanceof FinHarborError && [404, 409].includes(error.problem.status);
      if (!hasChanged) throw error;
      counts.left += 1;
    }
  }
  return counts;
}

/** @template T @param {AsyncIterable<T> | Iterable<T>} records */
async function all(records) {
  /** @type {T[]} */
  const list = [];
  for await (const record of records) list.push(record);
  return list;
}

/** @template T @param {T[]} list */
function* batches(list) {
  for (let at = 0; at < list.length; at += batch) yield list.slice(at, at + batch);
}

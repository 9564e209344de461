// @ts-check
/** What people and systems do all day, through the public API: each story makes its own records, so that stories never meet. */
import { setTimeout as pause } from 'node:timers/promises';
import { demands as wishes, issues as complaints } from '../../../tools/demonstration/district.mjs';
import { generatedList } from '../../../tools/demonstration/list.mjs';
import { Abandoned } from './load-caller.mjs';

/** @typedef {import('./load-caller.mjs').Caller} Caller */
/** @typedef {import('./load-caller.mjs').Credentials} Credentials */
/** @typedef {import('./load-caller.mjs').Desk} Desk */

/** Rows that the demonstration did not push, for lists; businesses that apply are those that it did. */
const [header = '', ...rows] = generatedList(6_000).trim().split('\n');
const pushed = 120;
/** Those whose criteria are all met. */
const sound = rows.slice(pushed).filter((row) => !row.split(',').includes('否'));
const rowsToAList = 5;
/** How long a dispatched list may take to arrive at the banks before its story ends there. */
const arrivalMs = 60_000;

/** How often each story is told, of all. */
export const mix = { apply: 5, complain: 3, push: 1, offer: 1, organise: 1, look: 4 };
/** @typedef {keyof typeof mix} StoryName */

/** One user: a browser or a bank's system at a time, with connections of its own. */
export class User {
  /** @param {Desk} desk @param {Credentials[]} clients @param {{ next: number }} serial shared by all users */
  constructor(desk, clients, serial) {
    this.desk = desk;
    this.serial = serial;
    this.anybody = desk.caller();
    const callers = clients.map((one) => desk.caller(one));
    this.callers = [this.anybody, ...callers];
    const of = (/** @type {string} */ role) => callers.filter(({ credentials }) => credentials?.role === role);
    this.supervisor = pick(of('supervisor'));
    this.administrator = pick(of('system-administrator'));
    this.dashboard = pick(of('dashboard'));
    this.department = pick(of('department'));
    this.banks = of('bank');
    /** @type {{ code: string, harborId: string }[]} */
    this.codes = [];
  }

  /** Tells stories until it is told to stop; one that cannot go on is left. @param {StoryName[]} names @param {number} thinkMs */
  async live(names, thinkMs) {
    while (!this.desk.stopping) {
      const name = pick(names);
      try {
        if (this.codes.length === 0) this.codes = (await this.supervisor.get('/v1/loan-codes', { query: { limit: 50 } })).items;
        const number = this.serial.next;
        this.serial.next += 1;
        await this[name](number, `${this.desk.run} ${number}`);
      } catch (error) {
        if (!(error instanceof Abandoned)) throw error;
      }
      await pause(thinkMs * (0.5 + Math.random()));
    }
    for (const caller of this.callers) caller.close();
  }

  /**
   * A business scans a code, applies and chooses; the bank accepts, looks at the contact and decides.
   * @param {number} number @param {string} tag
   */
  async apply(number, tag) {
    const { code, harborId } = pick(this.codes);
    const [enterpriseName, creditCode] = (rows[number % pushed] ?? '').split(',');
    await this.anybody.get(`/v1/scans/${code}`);
    const submitted = await this.anybody.post('demand.submit', `/v1/scans/${code}/demands`, {
      enterpriseName, creditCode, kind: 'FIRST_LOAN', consent: true, contactName: '示例联系人', contactPhone: '13900000000',
      ...wishes[number % 2], purpose: `负荷 ${tag}`,
    }, { facts: { harborId, purpose: `负荷 ${tag}` } });
    const { demand: { id }, accessSecret: secret } = submitted;
    const match = submitted.matches.find((/** @type {any} */ one) => one.verdict !== 'FAIL' && !one.productName.startsWith('负荷'));
    if (!match || number % 5 === 0) return;
    const { bankId } = match;
    await this.anybody.post('demand.choose', `/v1/demands/${id}/choice`, { productId: match.productId }, { secret, facts: { id, bankId, harborId } });
    const bank = this.bank(bankId);
    await bank.get(`/v1/demands/${id}`);
    await bank.post('demand.accept', `/v1/demands/${id}/acceptance`, {}, { facts: { id, harborId } });
    if (number % 3 === 0) await bank.post('demand.contact-view', `/v1/demands/${id}/contact-views`, { reason: '核实资料' }, { facts: { id } });
    const decision = number % 4 === 0
      ? { outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: '额度已用完' }
      : { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '100000.00', annualRate: '3.85' };
    await bank.post('demand.decide', `/v1/demands/${id}/decision`, decision, { facts: { id, harborId, outcome: decision.outcome } });
    await this.anybody.get(`/v1/demands/${id}/trail`, { secret });
  }

  /**
   * A business registers an issue; bank and branch acknowledge it, the bank replies, the business confirms at the second reply
   * at the latest.
   * @param {number} number @param {string} tag
   */
  async complain(number, tag) {
    const { harborId } = pick(this.codes);
    const { issue: { id, bankId }, accessSecret: secret } = await this.anybody.post('issue.register', '/v1/issues', {
      harborId, ...complaints[number % complaints.length], title: `负荷 ${tag}`, registrantName: '示例登记人', registrantPhone: '13900009999',
    }, { facts: { harborId } });
    const bank = this.bank(bankId ?? (await this.supervisor.get(`/v1/issues/${id}`)).bankId);
    await bank.post('issue.acknowledge', `/v1/issues/${id}/acknowledgement`, {}, { facts: { id } });
    await this.supervisor.mutate('issue.acknowledge-branch', 'mutation ($id: ID!) { it: acknowledgeIssue(id: $id) { id } }', { id }, { id });
    const reply = () => bank.post('issue.reply', `/v1/issues/${id}/reply`, { text: `已处理 ${tag}` }, { facts: { id } });
    const confirm = (/** @type {boolean} */ satisfied) =>
      this.anybody.post(satisfied ? 'issue.close' : 'issue.reopen', `/v1/issues/${id}/confirmation`, { satisfied, comment: '知道了' }, { secret, facts: { id, harborId } });
    await reply();
    if (number % 3 === 0) {
      await confirm(false);
      await reply();
    }
    if (number % 2 === 0) await confirm(true);
  }

  /**
   * A department pushes a short list; the branch recommends its rows, approves it and sends it to two banks, which acknowledge and
   * answer every row.
   * @param {number} number @param {string} tag
   */
  async push(number, tag) {
    const from = (number * rowsToAList) % (sound.length - 10);
    const csv = [header, ...sound.slice(from, from + rowsToAList)].join('\n');
    const list = await this.department.post('push-list.submit', '/v1/push-lists', csv, {
      contentType: 'text/csv', query: { title: `负荷 ${tag}`, period: '2026-Q4' }, facts: { rows: rowsToAList },
    });
    const { id } = list;
    if (number % 7 === 0) {
      await this.supervisor.mutate('push-list.return', 'mutation ($id: ID!) { it: returnPushList(id: $id, reason: "补充材料") { id } }', { id }, { id });
      return;
    }
    await this.supervisor.mutate(
      'push-list.recommend', 'mutation ($id: ID!) { it: recommendListEntries(id: $id) { pushListId } }', { id }, { id });
    await this.supervisor.mutate('push-list.approve', 'mutation ($id: ID!) { it: approvePushList(id: $id) { id } }', { id }, { id });
    const banks = [this.banks[number % this.banks.length], this.banks[(number + 1) % this.banks.length]];
    const bankIds = banks.map(({ credentials }) => credentials?.organisationId);
    await this.supervisor.mutate('push-list.dispatch',
      'mutation ($id: ID!, $bankIds: [ID!]) { it: dispatchPushList(id: $id, channel: INCLUSIVE, bankIds: $bankIds) { id } }', { id, bankIds }, { id, bankIds });
    for (const bank of banks) {
      const referralIds = await this.arrived(bank, id, list.acceptedCount);
      if (referralIds.length === 0) return;
      await bank.post('referrals.acknowledge', '/v1/referral-acknowledgements', { referralIds }, { facts: { referralIds } });
      const answers = referralIds.map((referralId, index) => (index % 2 === 0
        ? { referralId, outcome: 'CLAIMED' } : { referralId, outcome: 'NO_NEED', reasonCode: 'CUSTOMER_NO_NEED', reasonText: '暂无需求' }));
      await bank.post('referrals.answer', '/v1/referral-answers', { answers }, { facts: { answers } });
    }
  }

  /**
   * The rows of a list that one bank was given, all of them; none when they do not come.
   * @param {Caller} bank @param {string} listId @param {number} count @returns {Promise<string[]>}
   */
  async arrived(bank, listId, count) {
    for (const deadline = Date.now() + arrivalMs; Date.now() < deadline && !this.desk.stopping; await pause(250)) {
      const { items } = await bank.get('/v1/referrals', { query: { state: 'DELIVERED', limit: 200 } });
      const mine = items.filter((/** @type {any} */ one) => one.pushListId === listId);
      if (mine.length >= count) return mine.map((/** @type {any} */ one) => one.id);
    }
    return [];
  }

  /**
   * A bank drafts a product that nobody's demand fits, publishes it, and now and then suspends it.
   * @param {number} number @param {string} tag
   */
  async offer(number, tag) {
    const bank = pick(this.banks);
    const { id } = await bank.post('product.create', '/v1/products', {
      name: `负荷 ${tag}`, annualRateMin: '3.80', annualRateMax: '5.60', eligibility: { amountMin: '900000000' },
    }, {});
    await bank.post('product.publish', `/v1/products/${id}/publication`, {}, { facts: { id } });
    await this.anybody.get(`/v1/published-products/${id}`);
    if (number % 2 === 0) await bank.post('product.suspend', `/v1/products/${id}/suspension`, {}, { facts: { id } });
  }

  /** The operator registers a department, gives it another name, and a bank an outlet. @param {number} _number @param {string} tag */
  async organise(_number, tag) {
    const { id } = await this.administrator.post('organisation.register', '/v1/organisations', { kind: 'DEPARTMENT', name: `负荷 ${tag}`, validFrom: '2020-01-01' }, {});
    await this.administrator.post('organisation.rename', `/v1/organisations/${id}/names`, { name: `负荷 ${tag} 新`, validFrom: '2021-01-01' }, { facts: { id } });
    const bankId = pick(this.banks).credentials?.organisationId;
    await this.administrator.post('outlet.register', `/v1/organisations/${bankId}/outlets`, { name: `负荷 ${tag}`, areaCode: '500101001' }, { facts: { bankId } });
    await this.administrator.get(`/v1/organisations/${id}`);
  }

  /** Dashboards and supervisors look around, across all services. */
  async look() {
    await this.dashboard.ask('graph.overview', `{ harbors(first: 20) { edges { node {
      number name hostBank { name } demandTotal openIssueTotal demandCounts { total approved rejected } issueCounts { total open } } } } }`);
    await this.supervisor.ask('graph.demands', '{ demands(first: 5) { edges { node { id state trail { step by } } } } }');
    await this.supervisor.ask('graph.lists', '{ pushLists(first: 3) { edges { node { id title dispatches { bank { name } referralCount } } } } }');
    await pick(this.banks).get('/v1/demands', { query: { limit: 5 } });
    await this.supervisor.get('/v1/issues', { query: { limit: 5 } });
    await this.anybody.get('/v1/published-products', { query: { limit: 5 } });
  }

  /** @param {string} organisationId @returns {Caller} */
  bank(organisationId) {
    const found = this.banks.find(({ credentials }) => credentials?.organisationId === organisationId);
    if (!found) throw new Error(`No bank has the id ${organisationId}.`);
    return found;
  }
}

/** @template T @param {readonly T[]} from @returns {T} */
const pick = (from) => from[Math.floor(Math.random() * from.length)];

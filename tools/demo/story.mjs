// @ts-check
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FinHarborClient } from '@finharbor/client/client';
import { demands as wishes, issues as complaints } from '../demonstration/district.mjs';
import { ClearError, root } from '../lib/workspace.mjs';

/** How many of the list's enterprises apply through a loan code, and how many issues are registered. */
const applicants = 12;
const maxWaitMs = 300_000;

/**
 * @typedef {{ clientId: string, clientSecret: string, organisation: string, organisationId: string, role: string }} DemoClient
 * @typedef {{ url: string, clients: DemoClient[], list?: string }} Options
 * @typedef {'rows' | 'accepted' | 'rejected' | 'referrals' | 'demands' | 'matched' | 'decided' | 'issues'} Figure
 * @typedef {Record<Figure, number>} Summary
 */

/** Plays the story and counts this run alone. @param {Options} options @returns {Promise<Summary>} */
export async function playStory(options) {
  const story = new Story(options);
  try {
    const list = await story.push();
    const referrals = await story.reviewAndDispatch(list);
    await story.publish();
    const demands = await story.apply(list);
    const issues = await story.raiseIssues();
    await story.awaitAnswers(list.id, referrals);
    const decided = await story.awaitDecisions(demands);
    await story.confirmIssues(issues);
    await story.overview();
    return {
      rows: list.rowCount, accepted: list.acceptedCount, rejected: list.rejectedCount, referrals, demands: demands.length,
      matched: demands.filter((one) => one.chosen).length, decided, issues: issues.length,
    };
  } finally {
    await story.stopBanks();
  }
}

class Story {
  /** @param {Options} options */
  constructor({ url, clients, list }) {
    this.url = url;
    this.file = list ?? join(root, 'tools/demonstration/enterprises.generated.csv');
    this.generated = !list;
    this.started = Date.now();
    this.of = (/** @type {string} */ role) => clients.filter((one) => one.role === role);
    this.as = (/** @type {DemoClient | undefined} */ client) =>
      new FinHarborClient({ baseUrl: url, clientId: client?.clientId, clientSecret: client?.clientSecret });
    this.supervisor = this.as(this.of('supervisor')[0]);
    this.anybody = this.as(undefined);
    this.banks = this.of('bank').map((credentials) => this.startBank(credentials));
    /** @type {any[]} */
    this.harbors = [];
  }

  /** @param {string} line */
  say(line) {
    console.log(`[${((Date.now() - this.started) / 1000).toFixed(1).padStart(5)} s] ${line}`);
  }

  /** A department pushes the list. */
  async push() {
    const [department] = this.of('department');
    this.department = this.as(department);
    const content = readFileSync(this.file);
    this.say(`${department.organisation} pushes ${basename(this.file)}${this.generated ? ' (generated)' : ''}, ${content.length} bytes`);
    const list = /** @type {any} */ (await this.department.post('/v1/push-lists', content, {
      query: { title: `演示 ${basename(this.file)}`, period: '2026-Q4' }, contentType: 'text/csv',
    }));
    this.say(`  ${list.rowCount} rows: ${list.acceptedCount} accepted, ${list.rejectedCount} rejected`);
    for (const warning of list.warnings ?? []) this.say(`  warning: ${warning.message}`);
    const rejections = /** @type {any} */ (await this.department.get(`/v1/push-lists/${list.id}/rejections`, { query: { limit: 5 } }));
    for (const one of rejections.items) this.say(`  row ${one.row}, ${one.field}: ${one.rule}: ${one.message}`);
    if (list.acceptedCount === 0) throw new ClearError('No row was accepted, so the story ends here.');
    return list;
  }

  /**
   * The central-bank branch recommends the rows whose criteria are all met, and dispatches them to all banks. A list that somebody else
   * wrote need not state them: then the demonstration vouches for all of its rows.
   * @param {any} list
   */
  async reviewAndDispatch(list) {
    if (!this.generated) {
      await this.graphql(this.supervisor, `mutation ($id: ID!) { assertCriteria(id: $id, assertions: [{ met: true, evidence: "演示用核实记录", criteria: [
        GOOD_PROSPECTS, STRONG_DEMAND, SOUND_CREDIT, LAWFUL_OPERATION, FIXED_PREMISES, REAL_DEMAND, GOOD_CREDIT_STANDING, LAWFUL_PURPOSE] }]) { entryCount } }`, { id: list.id });
    }
    const { it: { recommendedCount, gapCount, gaps } } = await this.graphql(this.supervisor, `mutation ($id: ID!) { it: recommendListEntries(id: $id) {
      recommendedCount gapCount gaps(first: 3) { edges { node { row outsideReason gaps { criterion kind } } } } } }`, { id: list.id });
    this.say(`central-bank branch recommended ${recommendedCount} rows; ${gapCount} lack something`);
    for (const { node } of gaps.edges) {
      const reasons = [...node.outsideReason ? [`outside the programme, ${node.outsideReason}`] : [], ...node.gaps.map((/** @type {any} */ gap) => `${gap.criterion} ${gap.kind}`)];
      this.say(`  row ${node.row}: ${reasons.join(', ')}`);
    }
    if (recommendedCount === 0) throw new ClearError('No row can be recommended, so the story ends here.');
    await this.graphql(this.supervisor, 'mutation ($id: ID!) { approvePushList(id: $id) { id } }', { id: list.id });
    await this.graphql(this.supervisor, 'mutation ($id: ID!) { dispatchPushList(id: $id, channel: INCLUSIVE) { id } }', { id: list.id });
    const expected = recommendedCount * this.banks.length;
    await this.until('referrals delivered', expected, async () => sum(await this.dispatches(list.id), 'referralCount'));
    this.say(`central-bank branch approved the list and dispatched it: ${expected} referrals to ${this.banks.length} banks`);
    return expected;
  }

  /** Each bank publishes a product, unless an earlier run did. */
  async publish() {
    let published = 0;
    for (const credentials of this.of('bank')) {
      const bank = this.as(credentials);
      const name = '演示流动资金贷';
      const own = /** @type {any} */ (await bank.get('/v1/products', { query: { limit: 200 } }));
      if (own.items.some((/** @type {any} */ one) => one.name === name && one.state === 'PUBLISHED')) continue;
      const eligibility = { amountMin: '10000', amountMax: '3000000', termMonthsMin: 1, termMonthsMax: 36, guaranteeTypes: ['CREDIT', 'GUARANTEE'] };
      const product = /** @type {any} */ (await bank.post('/v1/products', { name, eligibility, annualRateMin: '3.80', annualRateMax: '5.60' }));
      await bank.post(`/v1/products/${product.id}/publication`, {});
      published += 1;
    }
    this.say(`${published} products published, ${this.banks.length - published} published before`);
  }

  /** Businesses of the list scan a code, apply with demands of the demonstration's own, and choose among the matches. @param {any} list */
  async apply(list) {
    this.harbors = /** @type {any} */ (await this.supervisor.get('/v1/harbors', { query: { limit: 200 } })).items;
    const entries = /** @type {any} */ (await /** @type {FinHarborClient} */ (this.department).get(`/v1/push-lists/${list.id}/entries`, { query: { limit: applicants } })).items;
    const made = [];
    for (const [index, entry] of entries.entries()) {
      const harbor = this.harbors[index % this.harbors.length];
      const code = await this.codeOf(harbor);
      await this.anybody.get(`/v1/scans/${code}`);
      const submitted = /** @type {any} */ (await this.anybody.post(`/v1/scans/${code}/demands`, {
        enterpriseName: entry.name, creditCode: entry.creditCode, kind: 'FIRST_LOAN', consent: true,
        contactName: '示例联系人', contactPhone: `1390000${String(index).padStart(4, '0')}`, ...wishes[index % wishes.length],
      }));
      const match = submitted.matches.find((/** @type {any} */ one) => one.verdict !== 'FAIL');
      const access = { accessSecret: submitted.accessSecret };
      if (match) await this.anybody.post(`/v1/demands/${submitted.demand.id}/choice`, { productId: match.productId }, access);
      made.push({ id: submitted.demand.id, ...access, chosen: Boolean(match), matches: submitted.matches });
    }
    const [shown] = made;
    this.say(`${made.length} businesses scanned a code and applied; ${made.filter((one) => one.chosen).length} chose a product`);
    for (const match of shown?.matches.slice(0, 3) ?? []) {
      this.say(`  ${match.productName}: ${match.verdict} (${match.rules.map((/** @type {any} */ rule) => `${rule.rule} ${rule.outcome}`).join(', ')})`);
    }
    return made;
  }

  /** A loan code of the harbor's host bank for this run. @param {any} harbor @returns {Promise<string>} */
  async codeOf(harbor) {
    const bank = this.of('bank').find((one) => one.organisationId === harbor.hostBankId);
    harbor.code ??= /** @type {any} */ (await this.as(bank).post('/v1/loan-codes', { harborId: harbor.id, label: '演示' })).code;
    return harbor.code;
  }

  /** Businesses register issues at harbors; the central-bank branch acknowledges them beside the host bank. */
  async raiseIssues() {
    const made = [];
    for (const [index, complaint] of complaints.entries()) {
      const harbor = this.harbors[index % this.harbors.length];
      const registered = /** @type {any} */ (await this.anybody.post('/v1/issues', {
        harborId: harbor.id, ...complaint, registrantName: '示例登记人', registrantPhone: '13900009999',
      }));
      await this.supervisor.post(`/v1/issues/${registered.issue.id}/acknowledgement`, {});
      made.push({ id: registered.issue.id, accessSecret: registered.accessSecret });
    }
    this.say(`${made.length} financing issues registered, acknowledged by the central-bank branch`);
    return made;
  }

  /** @param {string} listId @param {number} referrals */
  async awaitAnswers(listId, referrals) {
    await this.until('referrals answered', referrals, async () => sum(await this.dispatches(listId), 'answeredCount'));
    for (const one of await this.dispatches(listId)) {
      this.say(`  ${one.bank?.name}: ${one.referralCount} referrals, ${one.acknowledgedCount} acknowledged, ${one.claimedCount} claimed`);
    }
  }

  /** @param {{ id: string, accessSecret: string, chosen: boolean }[]} demands */
  async awaitDecisions(demands) {
    const states = () => Promise.all(demands.map(async ({ id, accessSecret }) =>
      /** @type {any} */ (await this.anybody.get(`/v1/demands/${id}`, { accessSecret })).state));
    const isDecided = (/** @type {string} */ state) => state === 'APPROVED' || state === 'REJECTED';
    await this.until('demands decided', demands.filter((one) => one.chosen).length, async () => (await states()).filter(isDecided).length);
    const all = await states();
    this.say(`banks decided: ${all.filter((state) => state === 'APPROVED').length} approved, ${all.filter((state) => state === 'REJECTED').length} rejected`);
    return all.filter(isDecided).length;
  }

  /** @param {{ id: string, accessSecret: string }[]} issues */
  async confirmIssues(issues) {
    const open = new Set(issues);
    await this.until('issues replied and confirmed', issues.length, async () => {
      for (const issue of open) {
        const { state } = /** @type {any} */ (await this.anybody.get(`/v1/issues/${issue.id}`, { accessSecret: issue.accessSecret }));
        if (state !== 'REPLIED') continue;
        await this.anybody.post(`/v1/issues/${issue.id}/confirmation`, { satisfied: true }, { accessSecret: issue.accessSecret });
        open.delete(issue);
      }
      return issues.length - open.size;
    });
  }

  /** What a dashboard sees, across all services in one query. */
  async overview() {
    const dashboard = this.as(this.of('dashboard')[0]);
    const data = await this.graphql(dashboard, `{ harbors(first: 50) { edges { node {
      number name hostBank { name } demandCounts { total approved rejected } issueCounts { total open } } } } }`);
    this.say('harbors as the dashboard sees them:');
    for (const { node } of data.harbors.edges) {
      this.say(`  ${node.number} ${node.name} (${node.hostBank?.name}): ${node.demandCounts?.total} demands, ${node.demandCounts?.approved} approved, `
        + `${node.demandCounts?.rejected} rejected; ${node.issueCounts?.total} issues, ${node.issueCounts?.open} open`);
    }
  }

  /** @param {string} id */
  async dispatches(id) {
    const data = await this.graphql(this.supervisor, `query ($id: ID!) { pushList(id: $id) { dispatches {
      bank { name } referralCount acknowledgedCount answeredCount claimedCount } } }`, { id });
    return data.pushList.dispatches;
  }

  /**
   * Asks until the count is reached, and tells how far it is.
   * @param {string} what @param {number} goal @param {() => Promise<number>} count
   */
  async until(what, goal, count) {
    const deadline = Date.now() + maxWaitMs;
    for (let told = Date.now(), reached = await count(); reached < goal; reached = await count()) {
      if (Date.now() > deadline) throw new ClearError(`${what}: ${reached} of ${goal} after ${maxWaitMs / 1000} s.`);
      if (Date.now() - told > 2_000) {
        told = Date.now();
        this.say(`  ${what}: ${reached} of ${goal}`);
      }
      await pause(150);
    }
    this.say(`${what}: ${goal} of ${goal}`);
  }

  /** @param {FinHarborClient} client @param {string} query @param {object} [variables] @returns {Promise<any>} */
  async graphql(client, query, variables) {
    const { data, errors } = await client.graphql(query, variables);
    if (errors) throw new Error(errors.map((error) => `${error.path?.join('.') ?? ''} ${error.message}`).join('; '));
    return data;
  }

  /** A bank's system is a process of its own that gets the address, an id and a secret, nothing else. @param {DemoClient} credentials */
  startBank({ clientId, clientSecret, organisation }) {
    const child = spawn(process.execPath, [join(root, 'tools/demo/bank.mjs')], {
      env: { PATH: process.env.PATH, BASE_URL: this.url, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text) => { errors += text; });
    child.once('exit', (code) => { if (code) console.error(`the system of ${organisation} stopped:\n${errors.slice(-1500)}`); });
    return child;
  }

  async stopBanks() {
    const running = this.banks.filter((child) => child.exitCode === null && child.signalCode === null);
    await Promise.all(running.map((child) => new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGTERM');
    })));
  }
}

/** @param {any[]} rows @param {string} field */
const sum = (rows, field) => rows.reduce((total, row) => total + row[field], 0);

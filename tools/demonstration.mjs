// @ts-check
/**
 * Loads the demonstration district through the public API, so that every record enters through its owner and the other
 * services learn it by events only. Safe to run again: each request has an Idempotency-Key of its own for ever.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { banks, demands, departments, issues, others, products, supervisors } from './demonstration/district.mjs';
import { generatedList } from './demonstration/list.mjs';
import { readJson, root, writeJson } from './lib/workspace.mjs';

/** @typedef {{ clientId: string, clientSecret: string, organisation: string, organisationId: string, role: string }} DemoClient */
/** @typedef {import('@finharbor/client/client').FinHarborClient} Client */

/** @param {{ url: string, adminCredentialsFile: string, dataDir: string, onProgress: (line: string) => void }} options */
export async function loadDemonstration({ url, adminCredentialsFile, dataDir, onProgress }) {
  const { FinHarborClient } = await import('@finharbor/client/client');
  const clientsFile = join(dataDir, 'demo-clients.json');
  const marker = join(dataDir, 'demonstration.json');
  const as = (/** @type {Pick<DemoClient, 'clientId' | 'clientSecret'>} */ { clientId, clientSecret }) =>
    new FinHarborClient({ baseUrl: url, clientId, clientSecret });
  const admin = readJson(adminCredentialsFile);
  if (readJson(marker)?.administrator === admin.clientId && existsSync(clientsFile)) return;
  const load = new Loader(as(admin));

  const clients = await load.organisations(administratorsBeside(adminCredentialsFile));
  writeJson(clientsFile, clients);
  onProgress(`demonstration district: ${clients.length} organisations and clients`);
  const client = (/** @type {string} */ role, index = 0) => as(clients.filter((one) => one.role === role)[index]);

  const harbors = await load.harbors(client('supervisor'));
  const bankClients = banks.map((_, index) => client('bank', index));
  await load.products(bankClients);
  const codes = await load.loanCodes(bankClients, harbors);
  onProgress(`demonstration district: ${harbors.length} harbors, ${products.length} products, ${codes.length} loan codes`);

  await load.list(client('department'), client('supervisor'));
  await load.listUnderReview(client('department', departments.indexOf('商务委')), client('supervisor'));
  await load.story(new FinHarborClient({ baseUrl: url }), codes, harbors);
  onProgress('demonstration district: a list is with the banks, another under review, businesses have applied');
  writeJson(marker, { administrator: admin.clientId });
}

/**
 * The three administrators that the bootstrap made, each in a file of its own.
 * @param {string} file the system administrator's @returns {DemoClient[]}
 */
export const administratorsBeside = (file) => ['', 'security-', 'audit-'].map((prefix) => readJson(join(dirname(file), prefix + basename(file))));

/** The steps of the load, in the order in which they build on each other. */
export class Loader {
  /** @param {Client} admin */
  constructor(admin) {
    this.admin = admin;
    /** @type {string[]} outlet of each bank that carries its harbor */
    this.outlets = [];
  }

  /** @param {DemoClient[]} operators the three administrators @returns {Promise<DemoClient[]>} */
  async organisations(operators) {
    const wanted = [
      ...departments.map((name) => ({ kind: name === '市场监管局' ? 'MARKET_REGULATOR' : 'DEPARTMENT', role: 'department', names: [[name, '2000-01-01']] })),
      ...supervisors.map((one) => ({ ...one, role: 'supervisor' })),
      ...banks.map(({ name }) => ({ kind: 'BANK', role: 'bank', names: [[name, '2000-01-01']] })),
      ...others.map(({ kind, role, name }) => ({ kind, role, names: [[name, '2000-01-01']] })),
    ];
    const clients = await Promise.all(wanted.map(async ({ kind, role, names: [[first, validFrom], ...later] }) => {
      const { id } = await this.post(this.admin, '/v1/organisations', { kind, name: first, validFrom }, first);
      for (const [name, from] of later) await this.post(this.admin, `/v1/organisations/${id}/names`, { name, validFrom: from }, name);
      return this.client(id, role, (later.at(-1) ?? [first])[0]);
    }));
    for (const [index, { outlets }] of banks.entries()) {
      const bankId = clients.filter((one) => one.role === 'bank')[index].organisationId;
      const made = await Promise.all(outlets.map(([name, areaCode]) => this.post(this.admin, `/v1/organisations/${bankId}/outlets`, { name, areaCode }, name)));
      this.outlets.push(made[0].id);
    }
    const atBanks = clients.filter((one) => one.role === 'bank').slice(0, 2);
    const staff = await Promise.all(atBanks.map(({ organisationId, organisation }) => this.client(organisationId, 'harbor-staff', organisation)));
    const dashboard = await this.client(operators[0].organisationId, 'dashboard', '驾驶舱');
    const administrators = operators.map(({ clientId, clientSecret, organisationId, role }) =>
      ({ clientId, clientSecret, organisation: '区域运营方', organisationId, role }));
    return [...clients, ...staff, dashboard, ...administrators];
  }

  /** @param {string} organisationId @param {string} role @param {string} name @returns {Promise<DemoClient>} */
  async client(organisationId, role, name) {
    const made = await this.post(this.admin, '/v1/api-clients', { organisationId, role, name: `${name} (demonstration)`, sandbox: true }, `client ${role === 'harbor-staff' ? `${role} ` : ''}${name}`);
    return { clientId: made.clientId, clientSecret: made.clientSecret, organisation: name, organisationId, role };
  }

  /** @param {Client} supervisor */
  harbors(supervisor) {
    return Promise.all(banks.map(({ outlets: [[name, areaCode]] }, index) => this.post(supervisor, '/v1/harbors', {
      name: `${name.replace('支行', '')}金融服务港湾`, outletId: this.outlets[index], areaCode,
    }, `harbor ${name}`)));
  }

  /** @param {Client[]} bankClients */
  products(bankClients) {
    return Promise.all(products.map(async ({ bank, name, rates: [annualRateMin, annualRateMax], eligibility }) => {
      const { id } = await this.post(bankClients[bank], '/v1/products', { name, annualRateMin, annualRateMax, eligibility }, `product ${name}`);
      return this.post(bankClients[bank], `/v1/products/${id}/publication`, {}, `publish ${name}`);
    }));
  }

  /** @param {Client[]} bankClients @param {{ id: string, name: string }[]} harbors */
  loanCodes(bankClients, harbors) {
    return Promise.all(harbors.map((harbor, index) => this.post(bankClients[index], '/v1/loan-codes', { harborId: harbor.id, label: '大堂海报' }, `code ${harbor.name}`)));
  }

  /** @param {Client} department @param {Client} supervisor */
  async list(department, supervisor) {
    const csv = readFileSync(join(root, 'tools/demonstration/enterprises.generated.csv'));
    const list = await department.post('/v1/push-lists', csv, {
      query: { title: '示范推送名单（生成数据）', period: '2026-Q4' }, contentType: 'text/csv', idempotencyKey: key('list'),
    });
    const { state } = (await supervisor.graphql('query ($id: ID!) { pushList(id: $id) { state } }', { id: list.id })).data.pushList;
    if (state === 'UNDER_REVIEW') {
      await mustGraphql(supervisor, 'mutation ($id: ID!) { recommendListEntries(id: $id) { recommendedCount } approvePushList(id: $id) { id } }', { id: list.id });
    }
    if (state !== 'DISPATCHED') await mustGraphql(supervisor, 'mutation ($id: ID!) { dispatchPushList(id: $id, channel: INCLUSIVE) { id } }', { id: list.id });
  }

  /**
   * Another list is under review: of its rows some are recommended, some returned, the others wait.
   * @param {Client} department @param {Client} supervisor
   */
  async listUnderReview(department, supervisor) {
    const { id } = await department.post('/v1/push-lists', Buffer.from(generatedList(40, otherSeed)), {
      query: { title: '示范待审名单（生成数据）', period: '2026-Q4' }, contentType: 'text/csv', idempotencyKey: key('list under review'),
    });
    await mustGraphql(supervisor, `mutation ($id: ID!) {
      recommendListEntries(id: $id, filter: { fromRow: 2, toRow: 21 }) { recommendedCount }
      returnListEntries(id: $id, filter: { fromRow: 22, toRow: 24 }, reason: "经营场所证明已过期，请更新后重新报送") { entryCount }
    }`, { id });
  }

  /**
   * Three businesses apply at three harbors, one of them chooses a product; one registers an issue.
   * @param {Client} anybody @param {any[]} codes @param {any[]} harbors
   */
  async story(anybody, codes, harbors) {
    const rows = readFileSync(join(root, 'tools/demonstration/enterprises.generated.csv'), 'utf8').split('\n').slice(1, 4).map((line) => line.split(','));
    for (const [index, row] of rows.entries()) {
      const submitted = await this.post(anybody, `/v1/scans/${codes[index].code}/demands`, applicationOf(row, demands[index]), `demand ${index}`);
      const match = submitted.matches.find((/** @type {any} */ one) => one.verdict !== 'FAIL');
      if (index === 0 && match) {
        await anybody.post(`/v1/demands/${submitted.demand.id}/choice`, { productId: match.productId }, { accessSecret: submitted.accessSecret, idempotencyKey: key('choice') });
      }
    }
    await this.post(anybody, '/v1/issues', { harborId: harbors[0].id, ...issues[0], registrantName: '示例王某', registrantPhone: '13800000000' }, 'issue');
  }

  /**
   * A POST that may be repeated, and that waits while an event is still on its way to the service that needs it.
   * @param {Client} client @param {string} path @param {object} body @param {string} name of the request, for ever
   * @returns {Promise<any>}
   */
  async post(client, path, body, name) {
    for (let tries = 1; ; tries++) {
      try {
        return await client.post(path, body, { idempotencyKey: key(name) });
      } catch (error) {
        const onItsWay = /** @type {any} */ (error)?.problem?.status === 404;
        if (!onItsWay || tries === 60) throw error;
        await pause(250);
      }
    }
  }
}

/** Of the generated enterprises of the list under review, which no other list holds. */
const otherSeed = 20231018;

/** An Idempotency-Key is ASCII. @param {string} name */
const key = (name) => `demonstration-${Buffer.from(name).toString('base64url')}`.slice(0, 255);

/** @param {Client} client @param {string} query @param {object} variables */
async function mustGraphql(client, query, variables) {
  const { data, errors } = await client.graphql(query, variables);
  if (errors) throw new Error(errors.map((error) => error.message).join('; '));
  return data;
}

/** What a business enters behind the loan code. @param {string[]} row of the generated list @param {object} demand */
function applicationOf(row, demand) {
  return {
    enterpriseName: row[0], creditCode: row[1], kind: 'FIRST_LOAN', consent: true, contactName: row[11], contactPhone: row[12], ...demand,
  };
}

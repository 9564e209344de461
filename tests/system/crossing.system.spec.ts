import type { FinHarborClient, GraphqlError } from '@finharbor/client/client';
import { type ServiceName, serviceNames } from '@finharbor/contracts/services';
import type { Role } from '@finharbor/security/tokens/caller';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import { generatedList } from '../../tools/demonstration/list.mjs';

/** One query that crosses all services: from each root that one of them has, into the others. */
const crossing = `{
  harbors(first: 50) { edges { node {
    number hostBank { name } outlet { name }
    demandCounts { total submitted routed accepted approved rejected }
    demands(first: 20) { edges { node {
      id state amount enterpriseName enterprise { creditCode name } product { name } bank { name } decisions { outcome reasonCode approvedAmount }
    } } }
    issueCounts { total open closed }
    issues(first: 20) { edges { node { id state nature bank { name } } } }
  } } }
  demands(first: 5) { edges { node { id harbor { number } } } }
  issues(first: 5) { edges { node { id harbor { number } } } }
  referrals(first: 5) { edges { node { id state enterpriseName enterprise { creditCode name } bank { name } } } }
  publishedProducts(first: 5) { edges { node { name bank { name } } } }
  organisations(first: 5) { edges { node { kind name } } }
}`;

/** The same for those who may see figures over all banks. */
const totals = `{ harbors(first: 50) { edges { node { number demandTotal approvedTotal openIssueTotal } } } }`;

/** What of it each service gives: with the service away, just this is missing. Paths without `edges`, `node` and places in lists. */
const owned: Record<ServiceName, string[]> = {
  partners: ['harbors.hostBank', 'harbors.outlet', 'harbors.demands.bank', 'harbors.issues.bank', 'referrals.bank', 'publishedProducts.bank', 'organisations'],
  'enterprise-lists': ['harbors.demands.enterprise', 'referrals'],
  'product-catalog': ['harbors.demands.product', 'publishedProducts'],
  'loan-matching': ['harbors.demandCounts', 'harbors.demands', 'demands'],
  feedback: ['harbors.issueCounts', 'harbors.issues', 'issues'],
  harbors: ['harbors', 'demands.harbor', 'issues.harbor'],
};

/** What a role may not ask for at all. */
const closed: Partial<Record<Role, string[]>> = Object.fromEntries(['department', 'system-administrator'].map((role) =>
  [role, ['harbors.demandCounts', 'harbors.demands', 'harbors.issueCounts', 'harbors.issues', 'demands', 'issues', 'referrals']]));

/** Those who ask: two banks, since each sees something else. */
const callers: [role: Role, index: number][] = [['department', 0], ['supervisor', 0], ['bank', 0], ['bank', 1], ['dashboard', 0], ['system-administrator', 0]];

type Answer = { data: unknown; errors?: GraphqlError[] };
type Place = (string | number)[];
const nameOf = (path: Place): string => path.filter((step) => typeof step === 'string' && step !== 'edges' && step !== 'node').join('.');
/** Which fields could not be had, and why; each once, in whatever order the services answered. */
const refusals = (errors: GraphqlError[] = []): string[] => [...new Set(errors.map(({ path, extensions }) => `${nameOf(path!)} ${extensions?.code}`))].sort();
const startsWith = (path: Place, beginning: Place): boolean => beginning.every((step, index) => path[index] === step);

describe('one query across all services', () => {
  let fleet: TestFleet;
  const clients: FinHarborClient[] = [];

  beforeAll(async () => {
    fleet = await startTestFleet();
    clients.push(...callers.map(([role, index]) => fleet.client(role, index)));
    await makeBusiness(fleet);
  }, 120_000);
  afterAll(() => fleet?.stop());

  const ask = (caller: number): Promise<Answer> => clients[caller].graphql(crossing);

  describe.each(callers.map(([role, index], caller) => [role, index, caller] as const))('by %s %i', (role, index, caller) => {
    it('is what the databases hold for that role', async () => {
      const { data, errors } = await ask(caller);
      expect(withoutEdges(data)).toEqual(await expected(fleet, role, fleet.credentials(role, index).organisationId));
      expect(refusals(errors)).toEqual((closed[role] ?? []).map((path) => `${path} FORBIDDEN`).sort());
    });
  });

  it('differs between banks, and gives no bank all', async () => {
    const [all, one, other] = await Promise.all([1, 2, 3].map(async (caller) => demandIds((await ask(caller)).data)));
    expect(one.filter((id) => other.includes(id))).toEqual([]);
    expect([one.length, other.length].every((length) => length > 0 && length < all.length)).toBe(true);
  });

  it('gives figures over all banks to supervisors and dashboards alone', async () => {
    const rows = await fleet.database.query(
      `select number, (select count(*)::int from loan_matching.demands d where d.harbor_id = h.id) as "demandTotal",
         (select count(*)::int from loan_matching.demands d where d.harbor_id = h.id and state = 'APPROVED') as "approvedTotal",
         (select count(*)::int from feedback.issues i where i.harbor_id = h.id and state <> 'CLOSED') as "openIssueTotal"
       from harbors.harbors h order by h.id desc`);
    for (const [caller, [role]] of callers.entries()) {
      const { data, errors } = await clients[caller].graphql(totals);
      const open = role === 'supervisor' || role === 'dashboard';
      expect([role, withoutEdges(data)]).toEqual([role, { harbors: open ? rows : null }]);
      expect(errors?.map(({ path, extensions }) => [path, extensions?.code])).toEqual(open ? undefined : [[['harbors'], 'FORBIDDEN']]);
    }
  });

  describe.each(serviceNames)('with %s away', (service) => {
    let before: Answer[];

    beforeAll(async () => {
      before = await Promise.all(callers.map((_, caller) => ask(caller)));
      await fleet.services[service].stop();
    }, 60_000);

    it.each(callers.map(([role, index], caller) => [role, index, caller] as const))('serves the rest to %s %i', async (_role, _index, caller) => {
      const { data, errors = [] } = await ask(caller);
      const lost = lostPlaces(before[caller].data, data);
      expect([...new Set(lost.map(nameOf))].sort()).toEqual(owned[service].filter((path) => occursIn(before[caller].data, path)).sort());
      const away = errors.filter(({ extensions }) => extensions?.code === 'SERVICE_UNAVAILABLE');
      for (const place of lost) expect(away.some(({ path }) => startsWith(path!, place))).toBe(true);
      for (const { path } of away) expect(owned[service].some((name) => nameOf(path!).startsWith(name))).toBe(true);
      expect(refusals(errors.filter((error) => !away.includes(error))))
        .toEqual(refusals(before[caller].errors).filter((refusal) => !owned[service].some((name) => refusal.startsWith(name))));
    });

    it('keeps the gateway ready and names the service', async () => {
      const { status, body } = await until('the gateway names it', async () => {
        const answer = await fetch(`${fleet.url}/health/ready`);
        const readiness = await answer.json() as { status: string; services: Record<string, string> };
        return readiness.status === 'degraded' && { status: answer.status, body: readiness };
      });
      expect([status, body.services]).toEqual([200, Object.fromEntries(serviceNames.map((name) => [name, name === service ? 'down' : 'up']))]);
    });

    it('is whole again when the service is back', async () => {
      await fleet.services[service].start();
      const after = await Promise.all(callers.map((_, caller) => ask(caller)));
      const compared = ({ data, errors }: Answer): object => ({ data, refusals: refusals(errors) });
      expect(after.map(compared)).toEqual(before.map(compared));
    }, 60_000);
  });
});

interface Submitted {
  demand: { id: string };
  accessSecret: string;
  matches: { bankId: string; productId: string; verdict: string }[];
}

/** Five demands for two banks in all states and three issues, beside what the demonstration made. */
async function makeBusiness(fleet: TestFleet): Promise<void> {
  const anybody = fleet.client();
  const supervisor = fleet.client('supervisor');
  const [first, second] = [fleet.client('bank', 0), fleet.client('bank', 1)];
  const [codes, harbors] = await Promise.all(['/v1/loan-codes', '/v1/harbors'].map(async (path) =>
    (await supervisor.get<{ items: { id: string; code: string; harborId: string; hostBankId: string }[] }>(path)).items));
  const rows = generatedList().split('\n').slice(20).map((line) => line.split(','));

  const demand = async (row: number, bank?: number): Promise<string> => {
    const made = await anybody.post<Submitted>(
      `/v1/scans/${codes[row % 2].code}/demands`, {
        enterpriseName: rows[row][0], creditCode: rows[row][1], kind: 'FIRST_LOAN', consent: true, contactName: '示例联系人', contactPhone: '13900000000',
        amount: '200000.00', termMonths: 12, purpose: '采购原材料', guaranteeTypes: ['CREDIT'],
      });
    const { accessSecret } = made;
    if (bank !== undefined) {
      const { productId } = made.matches.find((one) => one.verdict !== 'FAIL' && one.bankId === fleet.credentials('bank', bank).organisationId)!;
      await anybody.post(`/v1/demands/${made.demand.id}/choice`, { productId }, { accessSecret });
    }
    return made.demand.id;
  };
  const decide = async (bank: FinHarborClient, id: string, decision?: object): Promise<void> => {
    await bank.post(`/v1/demands/${id}/acceptance`, {});
    if (decision) await bank.post(`/v1/demands/${id}/decision`, decision);
  };
  await decide(first, await demand(0, 0), { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '150000.00', annualRate: '4.35' });
  await decide(second, await demand(1, 1), { outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: '超出本行现有额度' });
  await decide(second, await demand(2, 1));
  await demand(3, 0);
  await demand(4);

  for (const bank of [0, 0, 2]) {
    const { id: harborId } = harbors.find(({ hostBankId }) => hostBankId === fleet.credentials('bank', bank).organisationId)!;
    await anybody.post('/v1/issues', { harborId, nature: 'BLOCK', channel: 'PHONE', title: '开户等待', text: '开户等待时间长。', registrantName: '示例王某', registrantPhone: '13800000000' });
  }
  const { items } = await first.get<{ items: { id: string }[] }>('/v1/referrals', { query: { limit: 2 } });
  const referralIds = items.map(({ id }) => id);
  await first.post('/v1/referral-acknowledgements', { referralIds });
  await first.post('/v1/referral-answers', { answers: [{ referralId: referralIds[0], outcome: 'CLAIMED' }] });
  await fleet.settle();
}

const today = `(now() at time zone 'Asia/Shanghai')::date`;

/** The answer to `crossing`, made by SQL from the tables of the owners: what the role may see of them. */
async function expected(fleet: TestFleet, role: Role, organisation: string): Promise<unknown> {
  const isOpen = closed[role] === undefined;
  const mine = role === 'bank' ? `= '${organisation}'` : 'is not null';
  const organisationNamed = (id: string): string => `(select jsonb_build_object('name', name) from partners.organisation_names
    where organisation_id = ${id} and valid_from <= ${today} and (valid_to is null or valid_to > ${today}))`;
  const enterprise = (id: string): string => `(select jsonb_build_object('creditCode', credit_code, 'name', name) from enterprise_lists.enterprises e where id = ${id}
    ${role === 'bank' ? `and exists (select from enterprise_lists.enterprise_access a where a.enterprise_id = e.id and a.org_id ${mine})` : ''})`;
  const number = (id: string): string => `(select jsonb_build_object('number', number) from harbors.harbors where id = ${id})`;
  /** Rows as an array, newest first, or null where the role may not ask. */
  const list = (row: string, from: string, limit = 50): string =>
    `(select coalesce(jsonb_agg(row order by id desc), '[]') from (select id, ${row} as row from ${from} order by id desc limit ${limit}) rows)`;
  const unlessClosed = (sql: string): string => (isOpen ? sql : 'null::jsonb');
  const counts = (table: string, states: Record<string, string>): string => `(select jsonb_build_object('total', count(*),
    ${Object.entries(states).map(([name, condition]) => `'${name}', count(*) filter (where ${condition})`).join(', ')}) from ${table})`;

  const known = role === 'bank' ? `case when d.state in ('ACCEPTED', 'APPROVED', 'REJECTED') then` : 'case when true then';
  const demand = `jsonb_build_object('id', id, 'state', state, 'amount', amount::text, 'enterpriseName', ${known} enterprise_name end,
    'enterprise', ${known} ${enterprise('d.enterprise_id')} end,
    'product', (select jsonb_build_object('name', name) from product_catalog.products p where p.id = d.product_id), 'bank', ${organisationNamed('d.bank_id')},
    'decisions', (select coalesce(jsonb_agg(jsonb_build_object('outcome', outcome, 'reasonCode', reason_code, 'approvedAmount', approved_amount::text)), '[]')
      from loan_matching.decisions where demand_id = d.id))`;
  const demands = `loan_matching.demands d where org_id ${mine}`;
  const issues = `feedback.issues i where org_id ${mine}`;
  const states = Object.fromEntries(['submitted', 'routed', 'accepted', 'approved', 'rejected'].map((name) => [name, `state = '${name.toUpperCase()}'`]));
  const claimed = role === 'bank' ? 'case when claimed_at is not null then' : 'case when true then';
  const [{ answer }] = await fleet.database.query<{ answer: unknown }>(`select jsonb_build_object(
    'harbors', ${list(`jsonb_build_object('number', number, 'hostBank', ${organisationNamed('h.host_bank_id')},
      'outlet', (select jsonb_build_object('name', name) from partners.outlets o where o.id = h.outlet_id),
      'demandCounts', ${unlessClosed(counts(`${demands} and harbor_id = h.id`, states))}, 'demands', ${unlessClosed(list(demand, `${demands} and harbor_id = h.id`))},
      'issueCounts', ${unlessClosed(counts(`${issues} and harbor_id = h.id`, { open: `state <> 'CLOSED'`, closed: `state = 'CLOSED'` }))},
      'issues', ${unlessClosed(list(`jsonb_build_object('id', id, 'state', state, 'nature', nature, 'bank', ${organisationNamed('i.org_id')})`, `${issues} and harbor_id = h.id`))})`,
    'harbors.harbors h')},
    'demands', ${unlessClosed(list(`jsonb_build_object('id', id, 'harbor', ${number('d.harbor_id')})`, demands, 5))},
    'issues', ${unlessClosed(list(`jsonb_build_object('id', id, 'harbor', ${number('i.harbor_id')})`, issues, 5))},
    'referrals', ${unlessClosed(list(`jsonb_build_object('id', id, 'state', state, 'enterpriseName', ${claimed} (${enterprise('r.enterprise_id')})->>'name' end,
      'enterprise', ${claimed} ${enterprise('r.enterprise_id')} end, 'bank', ${organisationNamed('r.org_id')})`, `enterprise_lists.referrals r where org_id ${mine}`, 5))},
    'publishedProducts', ${list(`jsonb_build_object('name', name, 'bank', ${organisationNamed('p.org_id')})`, `product_catalog.products p where state = 'PUBLISHED'`, 5)},
    'organisations', ${list(`${organisationNamed('o.id')} || jsonb_build_object('kind', kind)`, 'partners.organisations o', 5)}) as answer`);
  return answer;
}

/** A connection as the list of its records. */
function withoutEdges(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEdges);
  if (value === null || typeof value !== 'object') return value;
  if ('edges' in value) return (value.edges as { node: unknown }[]).map(({ node }) => withoutEdges(node));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutEdges(item)]));
}

/** Places that were filled and are null now; anything else that differs fails. */
function lostPlaces(before: unknown, after: unknown, place: Place = []): Place[] {
  if (after === null && before !== null) return [place];
  if (before === null || typeof before !== 'object') {
    expect([place, after]).toEqual([place, before]);
    return [];
  }
  const steps = Array.isArray(before) ? [...before.keys()] : Object.keys(before);
  expect([place, Object.keys(after as object).sort()]).toEqual([place, Object.keys(before).sort()]);
  const at = (value: unknown, step: Place[number]): unknown => (value as Record<Place[number], unknown>)[step];
  return steps.flatMap((step) => lostPlaces(at(before, step), at(after, step), [...place, step]));
}

/** Whether something stands at the path anywhere in the data. */
function occursIn(data: unknown, path: string): boolean {
  const inside = (value: unknown, steps: string[]): boolean => {
    if (value === null || value === undefined) return false;
    if (steps.length === 0) return true;
    if (Array.isArray(value)) return value.some((item) => inside(item, steps));
    return inside((value as Record<string, unknown>)[steps[0]], steps.slice(1));
  };
  return inside(withoutEdges(data), path.split('.'));
}

const demandIds = (data: unknown): string[] =>
  (withoutEdges(data) as { harbors: { demands: { id: string }[] }[] }).harbors.flatMap(({ demands }) => demands.map(({ id }) => id));

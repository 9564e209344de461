import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DemoClient, startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { playStory } from '../../tools/demo/story.mjs';
import { generatedList } from '../../tools/demonstration/list.mjs';

type Summary = Awaited<ReturnType<typeof playStory>>;

/** What a run of the story makes, by table: what was there before belongs to others. */
const madeByStory = ['enterprise_lists.push_lists', 'loan_matching.demands', 'feedback.issues'] as const;
type Made = Record<(typeof madeByStory)[number], string[]>;

describe('the demonstration story', () => {
  let fleet: TestFleet;
  const said: string[] = [];
  const { log } = console;

  beforeAll(async () => {
    fleet = await startTestFleet();
    console.log = (line: string) => said.push(line);
  }, 120_000);
  afterAll(async () => {
    console.log = log;
    await fleet?.stop();
  });

  const count = async (sql: string, parameters: unknown[]): Promise<number> =>
    Number((await fleet.database.query<{ count: string }>(sql, parameters))[0].count);

  const present = async (): Promise<Made> => {
    const ids = madeByStory.map((table) => `coalesce((select jsonb_agg(id) from ${table}), '[]') as "${table}"`);
    return (await fleet.database.query<Made>(`select ${ids.join(', ')}`))[0];
  };

  /** Plays the story and tells what it says it did, and what it left in the database. */
  async function play(list?: string): Promise<{ summary: Summary; made: Made }> {
    const before = await present();
    const summary = await playStory({ url: fleet.url, clients: fleet.clients, list });
    await fleet.settle();
    const after = await present();
    const made = Object.fromEntries(madeByStory.map((table) => [table, after[table].filter((id) => !before[table].includes(id))])) as Made;
    return { summary, made };
  }

  /** The same figures, counted in the tables of their owners. */
  async function recount(made: Made): Promise<Summary> {
    const [list] = made['enterprise_lists.push_lists'];
    const demands = made['loan_matching.demands'];
    const ofList = (what: string, more = ''): Promise<number> => count(`select count(${what}) from enterprise_lists.${more} where push_list_id = $1`, [list]);
    const [accepted, rejected] = [await ofList('*', 'list_entries'), await ofList('distinct row_number', 'list_rejections')];
    return {
      rows: accepted + rejected,
      accepted,
      rejected,
      referrals: await count(`select count(*) from enterprise_lists.referrals where push_list_id = $1 and answered_at is not null`, [list]),
      demands: await count(
        `select count(*) from loan_matching.demands d where id = any($1) and source = 'LOAN_CODE'
         and exists (select from enterprise_lists.list_entries e where e.push_list_id = $2 and e.enterprise_id = d.enterprise_id)`, [demands, list]),
      matched: await count(
        `select count(*) from loan_matching.demands d join loan_matching.matches m on m.demand_id = d.id and m.product_id = d.product_id
         where d.id = any($1) and m.verdict <> 'FAIL'`, [demands]),
      decided: await count('select count(*) from loan_matching.decisions where demand_id = any($1)', [demands]),
      issues: await count(`select count(*) from feedback.issues where id = any($1) and state = 'CLOSED'`, [made['feedback.issues']]),
    };
  }

  const enterprises = (): Promise<number> => count('select count(*) from enterprise_lists.enterprises', []);

  it('counts its own run as the database does, on the generated list', async () => {
    const { summary, made } = await play();
    expect(made['enterprise_lists.push_lists']).toHaveLength(1);
    expect(summary).toEqual(await recount(made));
    expect(summary).toMatchObject({ rows: 123, accepted: 120, rejected: 3, referrals: 678, demands: 12, issues: 3 });
    expect([summary.matched, summary.decided]).toEqual([summary.decided, summary.matched]);
    expect(summary.decided).toBeGreaterThan(0);
  }, 120_000);

  it('tells each step with its figures', () => {
    const steps = ['pushes enterprises.generated.csv (generated)', '123 rows: 120 accepted, 3 rejected', 'row 122, creditCode: checksum',
      'recommended 113 rows; 7 lack something', 'dispatched it: 678 referrals to 6 banks', 'products published', '12 businesses scanned a code', '3 financing issues registered',
      'referrals answered: 678 of 678', 'banks decided:', 'issues replied and confirmed: 3 of 3', 'harbors as the dashboard sees them'];
    for (const step of steps) expect(said.join('\n')).toContain(step);
  });

  it('works again with the same file and counts that run alone, while its banks are processes that know an address, an id and a secret', async () => {
    const known = await enterprises();
    const systems = new Map<number, Record<string, string>>();
    let over = false;
    const watching = (async () => {
      while (!over) {
        for (const [pid, environment] of bankSystems()) systems.set(pid, environment);
        await fleet.database.query('select 1');
      }
    })();
    const { summary, made } = await play().finally(() => { over = true; });
    await watching;
    expect(summary).toEqual(await recount(made));
    expect(summary).toMatchObject({ rows: 123, accepted: 120, rejected: 3, referrals: 678, demands: 12, issues: 3 });
    expect(await enterprises()).toBe(known);

    const bankClients = fleet.clients.filter(({ role }) => role === 'bank');
    const told = ({ clientId, clientSecret }: DemoClient): object =>
      ({ BASE_URL: fleet.url, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret });
    const byId = (one: { CLIENT_ID?: string }, other: { CLIENT_ID?: string }): number => (one.CLIENT_ID! < other.CLIENT_ID! ? -1 : 1);
    expect([...systems.values()].sort(byId)).toEqual(bankClients.map(told).sort(byId));
  }, 120_000);

  it('works with a file that contains it and ten rows more, and counts that run alone', async () => {
    const known = await enterprises();
    const file = join(fleet.dir, 'longer.csv');
    writeFileSync(file, generatedList(130));
    const { summary, made } = await play(file);
    expect(summary).toEqual(await recount(made));
    expect(summary).toMatchObject({ rows: 133, accepted: 130, rejected: 3, referrals: 780, demands: 12, issues: 3 });
    expect(await enterprises()).toBe(known + 10);
  }, 120_000);

  it('shows a business that no department has pushed by its own words alone, and nothing of the master', async () => {
    const supervisor = fleet.client('supervisor');
    const { items: [{ code }] } = await supervisor.get<{ items: { code: string }[] }>('/v1/loan-codes');
    await fleet.client().post(`/v1/scans/${code}/demands`, {
      enterpriseName: '无名单企业', creditCode: '91500101MA60AB1255', kind: 'OTHER', amount: '10000.00', termMonths: 6, purpose: '周转',
      guaranteeTypes: ['CREDIT'], contactName: '示例', contactPhone: '13800000000', consent: true,
    });
    const { data, errors } = await supervisor.graphql('{ demands(first: 1) { edges { node { enterpriseName enterprise { creditCode } } } } }');
    expect(data).toEqual({ demands: { edges: [{ node: { enterpriseName: '无名单企业', enterprise: null } }] } });
    expect(errors).toMatchObject([{ path: ['demands', 'edges', 0, 'node', 'enterprise', 'creditCode'], extensions: { code: 'NOT_FOUND' } }]);
  });

  it('leaves no dead letter and no bank running', async () => {
    expect([await fleet.deadLetters(), [...bankSystems()]]).toEqual([[], []]);
  });
});

/** What Node itself adds so that a child and its parent notice each other's end; it holds no information. */
const channel = new Set(['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE', 'PATH']);

/** The bank processes that this process started, with all that their environment tells them. */
function* bankSystems(): Generator<[number, Record<string, string>]> {
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    const read = (file: string): string => {
      try {
        return readFileSync(`/proc/${name}/${file}`, 'utf8');
      } catch {
        return ''; // ended meanwhile
      }
    };
    const [, parent] = /^\d+ \(.*\) \w (\d+)/.exec(read('stat')) ?? [];
    if (Number(parent) !== process.pid || !/\/bank\.mjs\0$/.test(read('cmdline'))) continue;
    const variables = read('environ').split('\0').filter(Boolean).map((one): [string, string] => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]);
    if (variables.length > 0) yield [Number(name), Object.fromEntries(variables.filter(([key]) => !channel.has(key)))];
  }
}

import { once } from 'node:events';
import { connect } from 'node:net';
import type { FinHarborClient } from '@finharbor/client/client';
import { serviceNames } from '@finharbor/contracts/services';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import { recommendAll } from './support/review.js';
import { generatedList } from '../../tools/demonstration/list.mjs';
import { answers, freePort, identify, stopProcess } from '../../tools/lib/processes.mjs';
import { findRedis, redisEnvironment } from '../../tools/lib/redis-binaries.mjs';
import { Run } from '../../tools/lib/run.mjs';

/** A Redis on a port that stays the same, which keeps nothing when it dies. */
class FragileRedis {
  private process?: ReturnType<Run['spawn']>;

  private constructor(private readonly run: Run, private readonly binary: Awaited<ReturnType<typeof findRedis>>, readonly port: number) {}

  static async start(run: Run): Promise<FragileRedis> {
    const redis = new FragileRedis(run, await findRedis({ run, say: () => undefined }), await freePort());
    await redis.start();
    return redis;
  }

  async start(): Promise<void> {
    this.process = this.run.spawn('fragile redis', this.binary.command, [
      '--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction',
    ], { env: redisEnvironment(this.binary) });
    await until('Redis answers', () => answers(this.port));
  }

  /** kill -9 */
  async kill(): Promise<void> {
    const pid = this.process!.pid!;
    await stopProcess({ pid, started: identify(pid)!.started, signal: 'SIGKILL' });
  }

  async flushAll(): Promise<void> {
    const socket = connect(this.port, '127.0.0.1');
    socket.write('FLUSHALL\r\n');
    const [reply] = await once(socket, 'data') as [Buffer];
    socket.destroy();
    expect(reply.toString()).toBe('+OK\r\n');
  }
}

/** A caller must not wait longer than this, whatever is broken behind the API. */
const boundMs = 5_000;

describe('an outage', () => {
  const run = new Run('fleet');
  let redis: FragileRedis;
  let fleet: TestFleet;
  let department: FinHarborClient;
  let supervisor: FinHarborClient;
  let bank: FinHarborClient;
  let anybody: FinHarborClient;

  beforeAll(async () => {
    redis = await FragileRedis.start(run);
    fleet = await startTestFleet({ redisUrl: `redis://127.0.0.1:${redis.port}` });
    [department, supervisor, bank, anybody] = (['department', 'supervisor', 'bank', 'anonymous'] as const).map((role) => fleet.client(role));
    await fleet.settle();
  }, 120_000);
  afterAll(async () => {
    await fleet?.stop();
    await run.stop();
  });

  const sql = <Row>(text: string, parameters: unknown[] = []): Promise<Row[]> => fleet.database.query<Row>(text, parameters);
  const count = async (text: string, parameters?: unknown[]): Promise<number> =>
    Number((await sql<{ count: string }>(text, parameters))[0].count);

  /** Within the bound, or it fails. */
  async function soon<T>(work: Promise<T>): Promise<T> {
    const started = Date.now();
    const result = await work;
    expect(Date.now() - started).toBeLessThan(boundMs);
    return result;
  }

  /**
   * Holds whoever writes to the table inside its transaction: does the first, waits until a consumer hangs there, and does
   * the second, which so happens after the consumer began and before it ended.
   */
  async function whileHeld(table: string, first: () => Promise<void>, second: () => Promise<void>): Promise<void> {
    await sql('begin');
    await sql(`lock table ${table} in exclusive mode`);
    try {
      await first();
      await until(`a consumer writes to ${table}`, async () =>
        await count('select count(*) from pg_locks where not granted and relation = $1::regclass', [table]) > 0);
      await second();
    } finally {
      await sql('commit');
    }
  }

  const open = (schema: string, attempts: string): Promise<number> =>
    count(`select count(*) from ${schema}.delivery where acked_at is null and attempt ${attempts}`);

  /** Redis forgets everything, and the service notices that envelopes of its own are lost and sends them again. */
  async function loseMemory(schema: string): Promise<void> {
    await redis.flushAll();
    await until(`${schema} sends again`, async () => await open(schema, '> 1') > 0);
  }

  async function mutate(mutation: string, id: string): Promise<void> {
    const { data, errors } = await supervisor.graphql<Record<string, { id: string } | null>>(`mutation ($id: ID!) { it: ${mutation} { id } }`, { id });
    expect([data, errors]).toEqual([{ it: { id } }, undefined]);
  }
  const dispatch = (id: string): Promise<void> => soon(mutate('dispatchPushList(id: $id, channel: INCLUSIVE)', id));

  const push = (rows: string[]): Promise<{ id: string; acceptedCount: number }> => department.post('/v1/push-lists', [header, ...rows].join('\n'), {
    query: { title: '故障演练', period: '2026-Q4' }, contentType: 'text/csv',
  });

  async function approvedList(rows: string[]): Promise<{ id: string; acceptedCount: number }> {
    const list = await push(rows);
    const { errors } = await supervisor.graphql(`mutation ($id: ID!) { ${recommendAll} }`, { id: list.id });
    expect(errors).toBeUndefined();
    await mutate('approvePushList(id: $id)', list.id);
    return list;
  }

  /** Each bank has each row of the list once, and no event was given up. */
  async function expectDelivered({ id, acceptedCount }: { id: string; acceptedCount: number }): Promise<void> {
    const banks = fleet.clients.filter(({ role }) => role === 'bank').map(({ organisationId }) => organisationId);
    const rows = await sql<{ bank: string; referrals: number; entries: number }>(
      `select org_id as bank, count(*)::int as referrals, count(distinct entry_id)::int as entries
       from enterprise_lists.referrals where push_list_id = $1 group by org_id order by org_id`, [id]);
    expect(rows).toEqual(banks.sort().map((one) => ({ bank: one, referrals: acceptedCount, entries: acceptedCount })));
    expect(await fleet.deadLetters()).toEqual([]);
  }

  const submitDemand = (code: string): Promise<{ demand: { id: string } }> => anybody.post(`/v1/scans/${code}/demands`, {
    enterpriseName: '万州示例企业', creditCode: '93500101QE3WEPLU8K', kind: 'FIRST_LOAN', consent: true, contactName: '示例联系人', contactPhone: '13900000000',
    amount: '200000.00', termMonths: 12, purpose: '采购原材料', guaranteeTypes: ['CREDIT'],
  });
  const loanCodes = async (): Promise<{ code: string; harborId: string }[]> =>
    (await supervisor.get<{ items: { code: string; harborId: string }[] }>('/v1/loan-codes')).items;

  /** What harbors counts from events is what their owners count. */
  async function expectHarborsCountRight(): Promise<void> {
    expect(await sql('select harbor_id as harbor, demand_total as demands, open_issue_total as issues from harbors.harbor_totals order by 1')).toEqual(await sql(
      `select id as harbor, (select count(*)::int from loan_matching.demands where harbor_id = h.id) as demands,
         (select count(*)::int from feedback.issues where harbor_id = h.id and state <> 'CLOSED') as issues from harbors.harbors h
       where exists (select from loan_matching.demands where harbor_id = h.id) or exists (select from feedback.issues where harbor_id = h.id) order by 1`));
  }

  /** What loan-matching knows of enterprises is what the master holds, and each event that told it took effect once. */
  async function expectEnterprisesCopied(): Promise<void> {
    const facts = 'id, region_code, industry_code, size_class, established_on, version';
    expect(await sql(`(select ${facts} from enterprise_lists.enterprises except select ${facts} from loan_matching.enterprise_copies)
      union all (select ${facts} from loan_matching.enterprise_copies except select ${facts} from enterprise_lists.enterprises)`)).toEqual([]);
    expect(await sql(
      `select event ->> 'n' as name, count(*) as told from enterprise_lists.delivery, jsonb_array_elements(body::jsonb) event
       where consumer = 'loan-matching' and not exists (select from loan_matching.inbox i where i.event_id = (event ->> 'i')::uuid) group by 1`)).toEqual([]);
  }

  describe('of Redis', () => {
    let list: { id: string; acceptedCount: number };

    beforeAll(async () => {
      list = await approvedList(rows.slice(0, 60));
      await fleet.settle();
      await redis.kill();
    }, 60_000);

    it('stops no request of any kind', async () => {
      const [{ code, harborId }] = await soon(loanCodes());
      await soon(submitDemand(code));
      await soon(anybody.post('/v1/issues', { harborId, nature: 'PAIN', channel: 'BOX', title: '手续繁琐', text: '希望简化。', registrantName: '示例王某', registrantPhone: '13800000000' }));
      const { id } = await soon(bank.post<{ id: string }>('/v1/products', { name: '断网贷', annualRateMin: '3.80', annualRateMax: '5.60', eligibility: { amountMin: '10000' } }));
      await soon(bank.post(`/v1/products/${id}/publication`, {}));
      await soon(push(rows.slice(60, 70)));
      const { items } = await soon(bank.get<{ items: { id: string }[] }>('/v1/referrals', { query: { limit: 5, state: 'DELIVERED' } }));
      await soon(bank.post('/v1/referral-acknowledgements', { referralIds: items.map((one) => one.id) }));
      await soon(fleet.administrator().post('/v1/organisations', { kind: 'DEPARTMENT', name: '断网时登记的部门' }));
    }, 60_000);

    it('leaves every service ready, which says that Redis is away', async () => {
      for (const name of serviceNames) {
        const answer = await soon(fetch(`${fleet.services[name].url}/health/ready`));
        expect([name, answer.status, await answer.json()]).toEqual([name, 200, { status: 'ok', database: 'up', redis: 'down' }]);
      }
      expect((await fetch(`${fleet.url}/health/ready`)).status).toBe(200);
    });

    it('and a kill -9 of its service lose nothing of a dispatch that was accepted, and double nothing', async () => {
      await dispatch(list.id);
      await fleet.services['enterprise-lists'].stop('SIGKILL');
      expect(await count('select count(*) from enterprise_lists.referrals where push_list_id = $1', [list.id])).toBe(0);
      expect(await count('select count(*) from enterprise_lists.dispatches where push_list_id = $1', [list.id])).toBe(6);
      await fleet.services['enterprise-lists'].start(); // and is ready, with Redis still away
      await redis.start();
      await fleet.settle();
      await expectDelivered(list);
    }, 90_000);

    it('is made good for everything that was done meanwhile', async () => {
      await expectHarborsCountRight();
      await expectEnterprisesCopied();
      expect(await count(`select count(*) from loan_matching.product_copies where name = '断网贷' and published`)).toBe(1);
      for (const schema of ['enterprise_lists', 'loan_matching', 'harbors']) {
        expect(await count(`select count(*) from ${schema}.organisation_copies where name = '断网时登记的部门'`)).toBe(1);
      }
      const up = until('Redis is up everywhere', async () => (await Promise.all(serviceNames.map(async (name) =>
        (await (await fetch(`${fleet.services[name].url}/health/ready`)).json() as { redis: string }).redis === 'up'))).every(Boolean));
      expect(await up).toBe(true);
    });
  });

  it('of the memory of Redis while a dispatch takes effect doubles and loses nothing', async () => {
    const list = await approvedList(rows.slice(70, 100));
    await fleet.settle();
    await whileHeld('enterprise_lists.referrals', () => dispatch(list.id), () => loseMemory('enterprise_lists'));
    await fleet.settle();
    await expectDelivered(list);
  }, 60_000);

  it('of a consumer and then of the memory of Redis loses nothing that waited there', async () => {
    await fleet.services['loan-matching'].stop();
    await push(rows.slice(100, 200));
    await until('the envelope was sent', async () => await open('enterprise_lists', '= 1') > 0);
    await loseMemory('enterprise_lists');
    await fleet.services['loan-matching'].start();
    await fleet.settle();
    await expectEnterprisesCopied();
  }, 60_000);

  it('of a consumer by kill -9, twice in a burst of events, loses and doubles nothing', async () => {
    const before = await count('select count(*) from loan_matching.enterprise_copies');
    const pushes = async (from: number): Promise<void> => {
      for (let list = from; list < from + 4; list += 1) await push(rows.slice(list * 100, (list + 1) * 100));
    };
    await pushes(2);
    for (const from of [6, 10]) {
      await whileHeld('loan_matching.enterprise_copies', () => pushes(from), () => fleet.services['loan-matching'].stop('SIGKILL'));
      await fleet.services['loan-matching'].start();
    }
    await fleet.settle();
    expect(await count('select count(*) from loan_matching.enterprise_copies')).toBe(before + 1_200);
    await expectEnterprisesCopied();
    expect(await fleet.deadLetters()).toEqual([]);
  }, 90_000);

  it('of the memory of Redis and of a service that counts, in bursts of demands, loses and doubles none', async () => {
    const codes = await loanCodes();
    const submit = async (): Promise<void> => {
      for (let demand = 0; demand < 20; demand += 1) await submitDemand(codes[demand % codes.length].code);
    };
    await whileHeld('harbors.harbor_totals', submit, () => loseMemory('loan_matching'));
    await whileHeld('harbors.harbor_totals', submit, () => fleet.services.harbors.stop('SIGKILL'));
    await fleet.services.harbors.start();
    await fleet.settle();
    await expectHarborsCountRight();
    expect(await fleet.deadLetters()).toEqual([]);
  }, 60_000);
});

/** Generated rows, none of them faulty; the demonstration pushed the first 120. */
const [header, ...rows] = generatedList(1_520).trim().split('\n').filter((_, index) => index === 0 || (index > 120 && index <= 1_520));

import { ClockKind } from '@finharbor/contracts/clocks';
import type { EventName, EventOf, Payload } from '@finharbor/contracts/events/catalogue';
import { publicEventIdOf } from '@finharbor/contracts/public-events/body';
import { newId } from '@finharbor/contracts/ids';
import { Cursors } from '@finharbor/platform/http/cursors';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { until } from '@finharbor/testing/until';
import { AppModule } from '../src/app.module.js';
import { FeedWaiters } from '../src/feed/feed-waiters.js';
import { FeedWriter } from '../src/feed/feed-writer.js';
import { FeedRetention } from '../src/feed/retention.js';

interface Told { id: string; type: string; subject: string; time: string }

describe('the change feed', () => {
  let app: TestApp;
  let replica: TestApp;
  let bank: Caller;
  let other: Caller;
  let branch: Caller;
  const path = '/v1/events';

  const organisation = async (kind: string): Promise<string> => {
    const id = newId();
    await app.database.query('insert into partners.organisations (id, kind) values ($1, $2)', [id, kind]);
    return id;
  };
  const newBank = async (): Promise<Caller> => callerOf('bank', await organisation('BANK'));
  const chosen = (caller: Caller, demandId = newId()): Payload<'demand.chosen'> =>
    ({ demandId, bankId: caller.organisationId!, productId: newId(), harborId: newId(), acceptBy: null });
  const tellChosen = (caller: Caller, demandId = newId(), of = app): Promise<void> =>
    of.deliver('demand.chosen', chosen(caller, demandId), { organisationId: caller.organisationId!, aggregateId: demandId, version: 2 });
  const read = async (caller: Caller, query = '', of = app): Promise<{ items: Told[]; nextCursor: string }> => (await of.get(caller, `${path}?${query}`).expect(200)).body;
  const subjects = ({ items }: { items: Told[] }): string[] => items.map(({ subject }) => subject);
  const eventOf = <Name extends EventName>(name: Name, caller: Caller, payload: Payload<Name>): EventOf<Name> =>
    ({ id: newId(), name, organisationId: caller.organisationId!, aggregateId: newId(), version: 1, payload });

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'partners');
    const { FIELD_KEYS } = process.env;
    replica = await startTestApp(AppModule, 'partners', { FIELD_KEYS: FIELD_KEYS! }, app.database);
    for (const one of [app, replica]) await one.app.listen(0, '127.0.0.1'); // else supertest would, and wait for all answers with the first
    [bank, other] = [await newBank(), await newBank()];
    branch = callerOf('supervisor', await organisation('CENTRAL_BANK_BRANCH'));
  });
  afterAll(async () => {
    await replica?.close();
    await app?.close();
  });

  it('tells each organisation what is its own, in the bytes that are stored, and a branch what concerns every bank', async () => {
    const [issueId, harborId] = [newId(), newId()];
    await tellChosen(bank);
    await app.deliver('issue.registered', { issueId, harborId }, { organisationId: bank.organisationId!, aggregateId: issueId });
    await tellChosen(other);
    const answer = await app.get(bank, path).expect(200);
    const rows = await app.database.query<{ body: string }>('select body from partners.feed_events where org_id = $1 order by sequence', [bank.organisationId]);
    expect(answer.text).toBe(`{"items":[${rows.map(({ body }) => body).join()}],"nextCursor":${JSON.stringify(answer.body.nextCursor)}}`);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.body.items).toMatchObject([
      { specversion: '1.0', source: 'http://127.0.0.1:3000', type: 'cn.finharbor.demand.chosen.v1', sequence: '2', recipient: bank.organisationId, datacontenttype: 'application/json' },
      { type: 'cn.finharbor.issue.registered.v1', subject: `issue/${issueId}`, sequence: '1', data: { issueId, harborId, href: `http://127.0.0.1:3000/v1/issues/${issueId}` } },
    ]);
    expect((await read(other)).items).toHaveLength(1);
    expect(subjects(await read(branch))).toEqual([`issue/${issueId}`]);
    expect((await read(branch)).items[0]).toMatchObject({ recipient: branch.organisationId });
    expect((await read(callerOf('supervisor'))).items).toEqual([]); // sees the rows of all elsewhere, and here its own
    for (const role of ['dashboard', 'harbor-staff', 'system-administrator'] as const) await app.get(callerOf(role), path).expect(403);
    await app.get(callerOf('anonymous'), path).expect(401);
  });

  it('tells of a clock those whom its event names, and nobody else', async () => {
    const mine = await newBank();
    const office = callerOf('supervisor', await organisation('FINANCE_OFFICE'));
    const clock = { clockId: newId(), kind: ClockKind.ISSUE_ANSWER, issueId: newId(), dueAt: '2026-11-24T16:00:00.000Z' };
    const of = { organisationId: mine.organisationId!, aggregateId: clock.clockId };
    await app.deliver('issue-clock.escalated', { ...clock, tell: ['HOLDER', 'FINANCE_OFFICE'], workingDaysOver: 2 }, of);
    await app.deliver('issue-clock.reminded', { ...clock, tell: ['CENTRAL_BANK_BRANCH'], workingDaysLeft: 0 }, of);
    const told = async (caller: Caller): Promise<string[]> =>
      (await read(caller, 'limit=500')).items.filter(({ subject }) => subject === `clock/${clock.clockId}`).map(({ type }) => type);
    expect([await told(mine), await told(office), await told(branch), await told(other)])
      .toEqual([['cn.finharbor.issue-clock.escalated.v1'], ['cn.finharbor.issue-clock.escalated.v1'], ['cn.finharbor.issue-clock.reminded.v1'], []]);
  });

  it('tells none what is another’s where both came together, and each in the order in which it was told', async () => {
    const [one, two] = [await newBank(), await newBank()];
    const events = [one, two, one, one, two].map((of) => eventOf('demand.chosen', of, chosen(of)));
    await app.app.get(Tenancy).worker(async (tx) => { for (const event of events) app.app.get(FeedWriter).tell(tx, event); });
    for (const caller of [one, two]) {
      const own = events.filter(({ organisationId }) => organisationId === caller.organisationId);
      expect(subjects(await read(caller))).toEqual(own.map(({ payload }) => `demand/${payload.demandId}`));
    }
  });

  it('goes on where it was left, by pages, and refuses another’s cursor and one that is too old', async () => {
    const mine = await newBank();
    const empty = await read(mine);
    expect(empty).toEqual({ items: [], nextCursor: expect.any(String) });
    for (let index = 0; index < 5; index += 1) await tellChosen(mine);
    const all = subjects(await read(mine));
    const seen: string[] = [];
    for (let page = await read(mine, `after=${empty.nextCursor}&limit=2`); ; page = await read(mine, `after=${page.nextCursor}&limit=2`)) {
      seen.push(...subjects(page));
      if (page.items.length === 0) break;
    }
    expect([all.length, seen]).toEqual([5, all]);
    const latest = await read(mine, 'after=latest');
    expect(latest.items).toEqual([]);
    await tellChosen(mine);
    expect((await read(mine, `after=${latest.nextCursor}`)).items).toHaveLength(1);
    expect((await app.get(other, `${path}?after=${latest.nextCursor}`).expect(400)).body.code).toBe('CURSOR_INVALID');
    const old = Math.floor(Date.now() / 86_400_000) - 91;
    const cursor = app.app.get(Cursors).seal(`1.${old}`, { list: 'events', organisationId: mine.organisationId });
    expect((await app.get(mine, `${path}?after=${cursor}`).expect(410)).body.code).toBe('CURSOR_EXPIRED');
    for (const query of ['wait=31', 'limit=501', 'types=demand.submitted', 'types=']) await app.get(mine, `${path}?${query}`).expect(400);
  });

  it('leaves out other types, and moves on past them', async () => {
    const mine = await newBank();
    const { nextCursor } = await read(mine);
    await tellChosen(mine);
    const page = await read(mine, `after=${nextCursor}&types=issue.registered,issue.closed`);
    expect(page.items).toEqual([]);
    await app.deliver('issue.closed', { issueId: newId(), harborId: newId() }, { organisationId: mine.organisationId! });
    expect(await read(mine, `after=${page.nextCursor}&types=issue.registered,issue.closed`)).toMatchObject({ items: [{ type: 'cn.finharbor.issue.closed.v1' }] });
    expect((await read(mine, `after=${page.nextCursor}`)).items).toHaveLength(1);
  });

  it('skips nothing when a transaction that began first commits last', async () => {
    const mine = await newBank();
    const events = [eventOf('demand.chosen', mine, chosen(mine)), eventOf('demand.chosen', mine, chosen(mine))];
    let commit!: () => void;
    const held = new Promise<void>((resolve) => { commit = resolve; });
    const tell = (event: EventOf, before = Promise.resolve()): Promise<void> => app.app.get(Tenancy).worker(async (tx) => {
      app.app.get(FeedWriter).tell(tx, event);
      tx.atEnd(() => before);
    });
    const locks = (state: string): Promise<unknown[]> => app.database.query(
      `select 1 from pg_locks where locktype = 'advisory' and ${state} and (classid::bigint << 32 | objid::bigint) = hashtextextended('change feed', 0)
         and database = (select oid from pg_database where datname = current_database())`);
    const first = tell(events[0], held);
    await until('the first has written', async () => (await locks('granted')).length > 0);
    const second = tell(events[1]);
    await until('the second waits', async () => (await locks('not granted')).length > 0);
    const before = await read(mine);
    expect(before.items).toEqual([]);
    commit();
    await Promise.all([first, second]);
    const told = (event: EventOf): string => publicEventIdOf(event.id, mine.organisationId!);
    expect((await read(mine, `after=${before.nextCursor}`)).items.map(({ id }) => id)).toEqual(events.map(told));
  });

  it('skips nothing and repeats nothing while many transactions of two replicas overlap', async () => {
    const mine = await newBank();
    const written: string[] = [];
    const pending = Array.from({ length: 16 }, async (_, writer) => {
      const at = writer % 2 === 0 ? app : replica;
      for (let index = 0; index < 8; index += 1) {
        const event = eventOf('demand.chosen', mine, chosen(mine));
        written.push(publicEventIdOf(event.id, mine.organisationId!));
        await at.app.get(Tenancy).worker(async (tx) => {
          at.app.get(FeedWriter).tell(tx, event);
          await tx.query('select pg_sleep(random() * 0.01)');
          tx.atEnd(async () => void await tx.query('select pg_sleep(random() * 0.008)'));
        });
      }
    });
    let done = false;
    void Promise.all(pending).finally(() => { done = true; });
    const seen: string[] = [];
    for (let [cursor, wasDone] = ['', false]; ;) {
      const page = await read(mine, `limit=500${cursor && `&after=${cursor}`}`);
      seen.push(...page.items.map(({ id }) => id));
      if (page.items.length === 0 && wasDone) break;
      [cursor, wasDone] = [page.nextCursor, done];
    }
    await Promise.all(pending);
    expect(seen).toHaveLength(written.length);
    expect([...seen].sort()).toEqual([...written].sort());
  });

  it('knows an internal event again, and gives it the same id and body also when it has forgotten it', async () => {
    const mine = await newBank();
    const event = eventOf('demand.chosen', mine, chosen(mine));
    const tell = (): Promise<void> => app.app.get(Tenancy).worker(async (tx) => app.app.get(FeedWriter).tell(tx, event));
    await tell();
    const [before] = (await read(mine)).items;
    await tell();
    expect((await read(mine)).items).toEqual([before]);
    await app.database.query('delete from partners.feed_events where org_id = $1', [mine.organisationId]); // an older backup
    await tell();
    expect((await read(mine)).items).toEqual([before]);
    expect(before.time).toBe(new Date(parseInt(event.id.replace('-', '').slice(0, 12), 16)).toISOString());
  });

  it('answers whoever waits as soon as there is something, whichever replica wrote it, and looks once for all of them', async () => {
    const mine = await newBank();
    const waiters = app.app.get(FeedWaiters);
    const waiting = Array.from({ length: 20 }, () => read(mine, 'wait=30'));
    const foreign = read(other, 'wait=5&after=latest');
    await until('all wait', () => waiters.count === 21);
    await tellChosen(mine, newId(), replica);
    const looks = waiters.looks;
    for (const { items } of await Promise.all(waiting)) expect(items).toHaveLength(1);
    expect(waiters.looks - looks).toBeLessThan(5);
    expect((await foreign).items).toEqual([]);
    await until('nobody waits', () => waiters.count === 0);
    const alone = read(mine, 'after=latest&wait=30');
    await until('it waits', () => waiters.count === 1);
    await tellChosen(mine);
    expect((await alone).items).toHaveLength(1);
  });

  it('lets go of whoever hangs up, and answers whoever waits when the process ends', async () => {
    const mine = await newBank();
    const leaving = await startTestApp(AppModule, 'partners', { FIELD_KEYS: process.env.FIELD_KEYS! }, app.database);
    await leaving.app.listen(0, '127.0.0.1');
    const waiters = leaving.app.get(FeedWaiters);
    const gone = leaving.get(mine, `${path}?wait=30`);
    const ended = gone.then(() => 'answered', () => 'gone');
    await until('it waits', () => waiters.count === 1);
    gone.abort();
    await until('it is let go', () => waiters.count === 0);
    const stays = read(mine, 'wait=30', leaving);
    await until('another waits', () => waiters.count === 1);
    await leaving.close();
    expect((await stays).items).toEqual([]);
    void ended;
  });

  it('forgets after 90 days', async () => {
    const mine = await newBank();
    await tellChosen(mine);
    await tellChosen(mine);
    const [, kept] = (await read(mine)).items;
    await app.database.query(`update partners.feed_events set at = now() - interval '91 days' where org_id = $1 and id <> $2`, [mine.organisationId, kept.id]);
    await app.app.get(FeedRetention).run();
    expect((await read(mine)).items).toEqual([kept]);
  });

  it('lists the types that there are, with their schemas', async () => {
    const { items } = (await app.get(callerOf('dashboard'), '/v1/event-types').expect(200)).body as { items: { type: string; schema: { required: string[] } }[] };
    expect(items.map(({ type }) => type)).toEqual(expect.arrayContaining(['referrals.dispatched', 'demand.chosen', 'webhook.test', 'webhook.challenge']));
    expect(items.find(({ type }) => type === 'referrals.dispatched')!.schema.required).toContain('count');
  });

  it.each([
    ['organisation.renamed', async (mine: Caller) => {
      const system = callerOf('system-administrator');
      const { id } = (await app.post(system, '/v1/organisations', { kind: 'BANK', name: `旧名 ${newId()}`, validFrom: '2020-01-01' }).expect(201)).body;
      await app.post(system, `/v1/organisations/${id}/names`, { name: '新名', validFrom: '2021-01-01' }).expect(201);
      void mine;
      return callerOf('bank', id);
    }],
    ['api-client.locked', async (mine: Caller) => {
      const client = (await app.post(callerOf('system-administrator'), '/v1/api-clients', { organisationId: mine.organisationId, role: 'bank', name: '核心系统', sandbox: true }).expect(201)).body;
      await app.post(callerOf('security-administrator'), `/v1/api-clients/${client.clientId}/lock`).expect(200);
      return mine;
    }],
    ['consent.withdrawn', async (mine: Caller) => {
      const consent = { recordKind: 'ISSUE', recordId: newId(), purpose: 'COMPLAINT_HANDLING', disclosure: 'IDENTITY_AND_CONTACT', textVersion: 'issue-2026-1' };
      const { id } = (await app.post(mine, '/v1/consents', consent).expect(201)).body;
      await app.post(mine, `/v1/consents/${id}/withdrawal`).expect(200);
      return mine;
    }],
  ])('tells %s, which partners itself makes true', async (type, make) => {
    const mine = await make(await newBank());
    await app.settle();
    expect((await read(mine)).items).toMatchObject([{ type: `cn.finharbor.${type}.v1`, recipient: mine.organisationId }]);
  });
});

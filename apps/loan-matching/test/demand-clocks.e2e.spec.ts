import { OrganisationKind, ReferenceDataKind } from '@finharbor/contracts/vocabulary';
import type { Caller } from '@finharbor/security/tokens/caller';
import { callerOf, District, newId } from './district.js';

interface Told { n: string; o: string; p: Record<string, unknown> }
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Clock = any;

describe('the clocks of demands', () => {
  let district: District;
  const branch = newId();
  const office = newId();
  beforeAll(async () => {
    district = await District.open();
    await district.announceNextYear();
    await district.app.deliver('organisation.registered', { organisationId: branch, kind: OrganisationKind.CENTRAL_BANK_BRANCH, name: '示例市分行' });
    await district.app.deliver('organisation.registered', { organisationId: office, kind: OrganisationKind.FINANCE_OFFICE, name: '示例金融办' });
  });
  afterAll(() => district.app.close());

  const query = <Row = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Row[]> =>
    district.app.database.query<Row>(sql, parameters);
  /** Clocks of a demand, by kind. */
  const clocksOf = async (id: string, caller: Caller = district.supervisor): Promise<Record<string, Clock>> => {
    await district.app.handleDue();
    const { body } = await district.app.get(caller, `/v1/demand-clocks?demandId=${id}&limit=200`).expect(200);
    return Object.fromEntries(body.items.map((clock: Clock) => [clock.kind, clock]));
  };
  /** What was told of a clock, in order, however many services it went to. */
  const told = async (clockId: string): Promise<Told[]> => {
    await district.app.settle();
    const rows = await query<{ i: string } & Told>(
      `select event ->> 'i' as i, event ->> 'n' as n, event ->> 'o' as o, event -> 'p' as p from loan_matching.delivery, jsonb_array_elements(body::jsonb) event where event ->> 'a' = $1
       union select event_id::text, name, org_id::text, payload from loan_matching.outbox where aggregate_id = $1::uuid`, [clockId]);
    return [...new Map(rows.map((row) => [row.i, row])).values()].sort((a, b) => a.i.localeCompare(b.i));
  };
  /** What is next of a clock comes now. */
  const comes = async (clockId: string): Promise<void> => {
    await query(`update loan_matching.due set due_at = now() where kind = 'clock' and aggregate_id = $1`, [clockId]);
    await district.app.handleDue();
  };
  const move = (id: string, state: string, at: string): Promise<unknown> =>
    query('insert into loan_matching.demand_moves (id, org_id, demand_id, state, at) values ($1, $2, $3, $4, $5)', [newId(), district.bankA.organisationId, id, state, at]);
  /** Lets the moves of a demand be these, and its clocks be read by them. */
  const movedSo = async (id: string, moves: [string, string][]): Promise<Record<string, Clock>> => {
    await district.app.handleDue(); // a move that is being read would leave clocks of today
    await query('alter table loan_matching.demand_moves disable trigger all');
    await query('delete from loan_matching.demand_moves where demand_id = $1', [id]);
    await query('delete from loan_matching.clocks where subject_id = $1', [id]);
    for (const [state, at] of moves) await move(id, state, at);
    await query(`insert into loan_matching.due (kind, aggregate_id, org_id, due_at) select 'demand-move', id, org_id, now() from loan_matching.demand_moves where demand_id = $1`, [id]);
    return clocksOf(id);
  };

  it('follow a demand from its bank to the loan, each for its step', async () => {
    const { app, bankA, bankB } = district;
    const { id, applicant } = await district.routed(bankA);
    expect(await clocksOf(id, bankA)).toMatchObject({ DEMAND_ACCEPT: { state: 'RUNNING', days: 1, bankId: bankA.organisationId } });
    await app.post(bankA, `/v1/demands/${id}/acceptance`).expect(201);
    expect(await clocksOf(id, bankA)).toMatchObject({
      DEMAND_ACCEPT: { state: 'MET' }, DEMAND_CONTACT: { state: 'RUNNING', days: 3 }, DEMAND_DECISION: { state: 'RUNNING', days: 10 },
      DEMAND_DECISION_LIMIT: { state: 'RUNNING', days: 30, unit: 'NATURAL_DAYS' },
    });
    await app.post(bankA, `/v1/demands/${id}/progress`, { stage: 'DOCKED' }).expect(201);
    expect(await clocksOf(id)).toMatchObject({ DEMAND_CONTACT: { state: 'MET' }, DEMAND_DECISION: { state: 'RUNNING' } });
    await app.post(bankA, `/v1/demands/${id}/decision`, { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '300000' }).expect(201);
    expect(await clocksOf(id)).toMatchObject({ DEMAND_DECISION: { state: 'MET' }, DEMAND_DECISION_LIMIT: { state: 'MET' }, DEMAND_LENDING: { state: 'RUNNING', days: 5 } });
    await app.post(bankA, `/v1/demands/${id}/progress`, { stage: 'LENT', amount: '300000' }).expect(201);
    const clocks = await clocksOf(id);
    expect(Object.values(clocks).map(({ state }: Clock) => state)).toEqual(Object.keys(clocks).map(() => 'MET'));
    expect((await app.get(applicant, `/v1/demands/${id}/clocks`).expect(200)).body).toHaveLength(5);
    await app.get(bankB, `/v1/demand-clocks/${clocks.DEMAND_ACCEPT.id}`).expect(404);
    await app.get(bankB, `/v1/demands/${id}/clocks`).expect(404);
    expect(await clocksOf(id, bankB)).toEqual({});
    const answer = await app.graphql(bankA, 'query ($id: ID!) { demandClocks(demandId: $id, kind: DEMAND_LENDING) { edges { node { state bank { id } } } } }', { id });
    expect(answer.data.demandClocks.edges).toEqual([{ node: { state: 'MET', bank: { id: bankA.organisationId } } }]);
  });

  it('remind the bank once, and tell at the end and after it whom the ladder names', async () => {
    const { bankA } = district;
    const { id } = await district.accepted(bankA);
    const { DEMAND_CONTACT: clock } = await clocksOf(id);
    for (let times = 0; times < 5; times += 1) await comes(clock.id);
    const events = await told(clock.id);
    expect(events.map(({ n, o, p }) => [n.replace('demand-clock.', ''), o, p.workingDaysLeft ?? p.workingDaysOver])).toEqual([
      ['reminded', bankA.organisationId, 1], ['reminded', bankA.organisationId, 0], ['breached', bankA.organisationId, undefined],
      ['escalated', bankA.organisationId, 0], ['escalated', branch, 0],
      ['escalated', bankA.organisationId, 2], ['escalated', branch, 2], ['escalated', office, 2],
    ]);
    expect(await district.steps(bankA, id)).toContain('CLOCK_OVERDUE');
    await district.app.post(bankA, `/v1/demands/${id}/progress`, { stage: 'DOCKED' }).expect(201);
    expect((await clocksOf(id)).DEMAND_CONTACT.breachedAt).toBeNull(); // of the sandbox: it was no day later
  });

  it('are paused while the enterprise must act, which has a clock of its own', async () => {
    const { id } = await district.accepted(district.bankA);
    const clocks = await movedSo(id, [
      ['ROUTED', '2025-03-03T10:00:00+08:00'], ['ACCEPTED', '2025-03-03T15:00:00+08:00'], ['DUE_DILIGENCE', '2025-03-04T09:00:00+08:00'],
      ['ACTION_REQUIRED', '2025-03-05T00:00:00+08:00'], ['DUE_DILIGENCE', '2025-03-12T00:00:00+08:00'], ['APPROVED', '2025-03-20T10:00:00+08:00'],
    ]);
    expect(clocks).toMatchObject({
      DEMAND_ACCEPT: { state: 'MET', dueAt: '2025-03-04T16:00:00.000Z' }, DEMAND_CONTACT: { state: 'MET', dueAt: '2025-03-06T16:00:00.000Z' },
      // One working day used before the question, nine from the answer on.
      DEMAND_DECISION: { state: 'MET', dueAt: '2025-03-24T16:00:00.000Z' }, DEMAND_DECISION_LIMIT: { state: 'MET', dueAt: '2025-04-09T16:00:00.000Z' },
      DEMAND_ANSWER: { state: 'MET', bankId: null, dueAt: '2025-03-12T16:00:00.000Z', stoppedAt: '2025-03-11T16:00:00.000Z' },
    });
    expect((await clocksOf(id, district.bankA)).DEMAND_ANSWER).toBeUndefined();
  });

  it('give the bank the days back in which it waited for what the contract needs', async () => {
    const { id } = await district.accepted(district.bankA);
    const clocks = await movedSo(id, [
      ['ACCEPTED', '2025-03-03T15:00:00+08:00'], ['APPROVED', '2025-03-04T09:00:00+08:00'],
      ['APPROVED_ACTION_REQUIRED', '2025-03-05T00:00:00+08:00'], ['APPROVED', '2025-03-12T00:00:00+08:00'],
    ]);
    expect(clocks).toMatchObject({
      DEMAND_DECISION: { state: 'MET', stoppedAt: '2025-03-04T01:00:00.000Z' },
      DEMAND_LENDING: { state: 'BREACHED', dueAt: '2025-03-18T16:00:00.000Z' }, // from 11 March's 24:00 on, five working days
      DEMAND_ANSWER: { state: 'MET', bankId: null, stoppedAt: '2025-03-11T16:00:00.000Z' },
    });
  });

  it('remind no organisation of what the enterprise must do, and tell the branch when it did not', async () => {
    const { bankA } = district;
    const { id } = await district.accepted(bankA);
    await district.app.post(bankA, `/v1/demands/${id}/questions`, { question: '请补充近三个月的银行流水' }).expect(201);
    const { DEMAND_ANSWER: clock } = await clocksOf(id);
    expect(await query(`select terms -> 'reminders' as reminders from loan_matching.clocks where id = $1`, [clock.id])).toEqual([{ reminders: [] }]);
    for (let times = 0; times < 3; times += 1) await comes(clock.id);
    const events = (await told(clock.id)).map(({ n, o }) => [n.replace('demand-clock.', ''), o]);
    expect(events.filter(([name]) => name === 'reminded')).toEqual([]);
    expect(events.filter(([name]) => name === 'escalated')).toEqual([['escalated', branch]]);
  });

  it('follow a corrected calendar, and so does what the demand says', async () => {
    const { app, bankA } = district;
    const { id } = await district.routed(bankA);
    await district.routedAt(id, '2025-06-30T10:00:00+08:00');
    expect((await app.get(bankA, `/v1/demands/${id}`)).body).toMatchObject({ acceptDueAt: '2025-07-01T16:00:00.000Z', acceptOverdue: true });
    await app.deliver('reference-data.changed', { kind: ReferenceDataKind.CALENDAR, rows: [{ key: '2025-07-01', data: { off: true } }] }, { version: 2 });
    const { DEMAND_ACCEPT: clock } = await clocksOf(id);
    expect(clock.dueAt).toBe('2025-07-02T16:00:00.000Z');
    expect((await app.get(bankA, `/v1/demands/${id}`)).body.acceptDueAt).toBe('2025-07-02T16:00:00.000Z');
  });

  it('leave out departments and harbors', async () => {
    await district.app.get(callerOf('department'), '/v1/demand-clocks').expect(403);
    await district.app.get(callerOf('harbor-staff'), '/v1/demand-clocks').expect(403);
  });
});

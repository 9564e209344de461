import { newId } from '@finharbor/contracts/ids';
import { ReferenceDataKind } from '@finharbor/contracts/vocabulary';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';

const telling = { nature: 'BLOCK', channel: 'ONLINE', title: '续贷手续太久', text: '续贷要等四十天。', registrantName: '陈丽', registrantPhone: '13812345678' };
interface Kept { id: string; state: string; due: string | null; breached: boolean; starts: string }
type Row = { key: string; data: Record<string, unknown> | null };

describe('the clocks of issues', () => {
  let app: TestApp;
  let version = 0;
  const [bank, branch, anonymous] = [callerOf('bank'), callerOf('supervisor'), callerOf('anonymous')];
  const harborId = newId();

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'feedback');
    await app.deliver('harbor.registered', { harborId, number: 'WZ-HB-0001', name: '高笋塘金融服务港湾', hostBankId: bank.organisationId!, areaCode: '500101001' });
  });
  afterAll(() => app.close());

  const query = <Found = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Found[]> =>
    app.database.query<Found>(sql, parameters);
  const registered = async (): Promise<{ id: string; registrant: Caller; acknowledgeBy: string | null; answerBy: string | null }> => {
    const { issue, accessSecret } = (await app.post(anonymous, '/v1/issues', { ...telling, harborId }).expect(201)).body;
    return { ...issue, registrant: { ...anonymous, role: 'applicant', accessSecret } };
  };
  const step = (caller: Caller, id: string, name: string, body?: object): ReturnType<TestApp['post']> => app.post(caller, `/v1/issues/${id}/${name}`, body).expect(201);
  const issueOf = async (id: string): Promise<Record<string, unknown>> => (await app.get(bank, `/v1/issues/${id}`).expect(200)).body;
  const actions = async (id: string): Promise<string[]> => (await app.get(bank, `/v1/issues/${id}/trail`)).body.map(({ action }: { action: string }) => action);
  /** Clocks of an issue, by kind; of two the later. */
  const clocksOf = async (id: string): Promise<Record<string, Kept>> => {
    await app.handleDue();
    const rows = await query<Kept & { kind: string }>(
      `select id, kind, state, to_char(due_at at time zone 'Asia/Shanghai' - interval '1 second', 'YYYY-MM-DD HH24:MI') as due, breached_at is not null as breached,
         (count(*) over (partition by kind))::text as starts from feedback.clocks where subject_id = $1 order by started_on`, [id]);
    return Object.fromEntries(rows.map(({ kind, ...clock }) => [kind.replace('ISSUE_', ''), clock]));
  };
  /** Lets the steps of an issue be these, in the time of Shanghai, and its clocks follow them. */
  const stepsSo = async (steps: [action: string, at: string][]): Promise<string> => {
    const { id } = await registered();
    await clocksOf(id);
    await query('delete from feedback.issue_trail where issue_id = $1', [id]);
    await query(`delete from feedback.due where aggregate_id in (select id from feedback.clocks where subject_id = $1)`, [id]);
    await query('delete from feedback.clocks where subject_id = $1', [id]);
    await query('update feedback.issues set acknowledge_by = null, answer_by = null where id = $1', [id]);
    // All at once: the service's own timer would follow a step whose next one is not there yet.
    await query(
      `insert into feedback.issue_trail (id, org_id, issue_id, action, at) select x.id, $1, $2, x.action, x.at from unnest($3::uuid[], $4::text[], $5::timestamptz[]) as x (id, action, at)`,
      [bank.organisationId, id, steps.map(() => newId()), steps.map(([action]) => action), steps.map(([, at]) => `${at}+08`)]);
    await app.handleDue();
    return id;
  };
  const changed = async (kind: 'CALENDAR' | 'SLA', ...rows: Row[]): Promise<void> => {
    version += 1;
    await app.deliver('reference-data.changed', { kind: ReferenceDataKind[kind], rows }, { version });
    await app.handleDue();
  };
  /** What is next of a clock comes now. */
  const comes = async ({ id }: Kept): Promise<void> => {
    await query(`update feedback.due set due_at = now() where kind = 'clock' and aggregate_id = $1`, [id]);
    await app.handleDue();
  };
  /** What was told of a clock, in order: the event, working days, and whom it names. */
  const told = async ({ id }: Kept): Promise<unknown[][]> => {
    const rows = await query<{ i: string; n: string; p: Record<string, unknown> }>(
      `select event ->> 'i' as i, event ->> 'n' as n, event -> 'p' as p from feedback.delivery, jsonb_array_elements(body::jsonb) event where event ->> 'a' = $1
       union select event_id::text, name, payload from feedback.outbox where aggregate_id = $1::uuid order by 1`, [id]);
    return rows.map(({ n, p }) => [n.replace('issue-clock.', ''), p.workingDaysLeft ?? p.workingDaysOver ?? null, (p.tell as string[]).join(' ')]);
  };

  it.each([
    ['2025-09-29', '2025-09-30', '2025-10-13'], ['2026-02-13', '2026-02-14', '2026-02-27'], ['2026-09-30', '2026-10-08', '2026-10-13'], ['2026-12-25', '2026-12-28', null],
  ])('of %s end with %s and %s', async (start, acknowledged, answered) => {
    const end = (day: string | null): string | null => day && `${day} 23:59`;
    const clocks = await clocksOf(await stepsSo([['REGISTERED', `${start} 12:00`]]));
    const { ACKNOWLEDGE, ACKNOWLEDGE_BRANCH, ANSWER } = clocks;
    expect([ACKNOWLEDGE, ACKNOWLEDGE_BRANCH, ANSWER].map(({ due }) => due)).toEqual([acknowledged, acknowledged, answered].map(end));
  });

  it('follow its steps, and say what the issue said when it was registered', async () => {
    const { id, registrant, acknowledgeBy, answerBy } = await registered();
    const running = acknowledgeBy ? 'RUNNING' : 'UNSET';
    expect(await clocksOf(id)).toMatchObject({ ACKNOWLEDGE: { state: running }, ACKNOWLEDGE_BRANCH: { state: running }, ANSWER: { state: answerBy ? 'RUNNING' : 'UNSET' } });
    expect(await issueOf(id)).toMatchObject({ acknowledgeBy, answerBy });
    await step(bank, id, 'acknowledgement');
    expect(await clocksOf(id)).toMatchObject({ ACKNOWLEDGE: { state: 'MET' }, ACKNOWLEDGE_BRANCH: { state: running } });
    await step(branch, id, 'acknowledgement');
    await step(bank, id, 'reply', { text: '已派专人上门' });
    expect(await clocksOf(id)).toMatchObject({ ACKNOWLEDGE_BRANCH: { state: 'MET' }, ANSWER: { state: 'MET' } });
    expect(await query(`select 1 from feedback.due where kind = 'clock' and aggregate_id in (select id from feedback.clocks where subject_id = $1)`, [id])).toEqual([]);
    await step(registrant, id, 'confirmation', { satisfied: false });
    expect((await clocksOf(id)).ANSWER).toMatchObject({ state: answerBy ? 'RUNNING' : 'UNSET' });
    expect((await issueOf(id)).answerOverdue).toBe(false);
  });

  it('do not run while the registrant has the word', async () => {
    const id = await stepsSo([
      ['REGISTERED', '2025-03-03 10:00'], ['BANK_ACKNOWLEDGED', '2025-03-04 09:00'], ['REPLIED', '2025-03-05 09:00'],
      ['REOPENED', '2025-03-12 09:00'], ['REPLIED', '2025-03-19 23:00'], ['REOPENED', '2025-04-01 09:00'], ['REPLIED', '2025-04-01 10:00'],
      ['REOPENED', '2025-04-01 11:00'], ['REPLIED', '2025-04-10 10:00'],
    ]);
    // Qingming was no working day; the last reply came a day late.
    expect((await clocksOf(id)).ANSWER).toMatchObject({ starts: '3', state: 'LATE', due: '2025-04-09 23:59' });
  });

  it('remind whoever must act once, and tell at the end and after it whom the ladder names, once', async () => {
    await changed('CALENDAR', ...[1, 2].map((years) => ({ key: String(new Date().getFullYear() + years), data: {} })));
    const { id } = await registered();
    const clocks = await clocksOf(id);
    for (let times = 0; times < 5; times += 1) for (const clock of Object.values(clocks)) await comes(clock);
    expect(await told(clocks.ANSWER)).toEqual([
      ['reminded', 1, 'HOLDER'], ['reminded', 0, 'HOLDER'], ['escalated', 0, 'HOLDER CENTRAL_BANK_BRANCH'], ['escalated', 2, 'HOLDER CENTRAL_BANK_BRANCH FINANCE_OFFICE'],
    ]);
    expect((await told(clocks.ACKNOWLEDGE)).map(([name]) => name)).toEqual(['reminded', 'escalated', 'escalated']);
    expect(await told(clocks.ACKNOWLEDGE_BRANCH)).toEqual([
      ['reminded', 0, 'CENTRAL_BANK_BRANCH'], ['escalated', 0, 'CENTRAL_BANK_BRANCH'], ['escalated', 2, 'CENTRAL_BANK_BRANCH FINANCE_OFFICE'],
    ]);
    const overdue = { bankAcknowledgementOverdue: true, branchAcknowledgementOverdue: true, answerOverdue: true };
    expect(await issueOf(id)).toMatchObject({ ...overdue, state: 'REGISTERED' });
    // What was told as overdue stays so, also in a sandbox, where the end came before its time.
    await step(bank, id, 'acknowledgement');
    await step(branch, id, 'acknowledgement');
    await step(bank, id, 'reply', { text: '已派专人上门' });
    expect(await clocksOf(id)).toMatchObject({ ACKNOWLEDGE: { state: 'LATE' }, ACKNOWLEDGE_BRANCH: { state: 'LATE' }, ANSWER: { state: 'LATE' } });
    expect(await issueOf(id)).toMatchObject(overdue);
    expect((await actions(id)).filter((action) => action.endsWith('OVERDUE')).sort()).toEqual(['ANSWER_OVERDUE', 'BANK_ACKNOWLEDGEMENT_OVERDUE', 'BRANCH_ACKNOWLEDGEMENT_OVERDUE']);
  });

  it('follow a corrected calendar: what runs ends later, and what was late was not', async () => {
    const late = await stepsSo([['REGISTERED', '2025-06-30 10:00'], ['BRANCH_ACKNOWLEDGED', '2025-07-01 09:00'], ['BANK_ACKNOWLEDGED', '2025-07-02 09:00'], ['REPLIED', '2025-07-03 09:00']]);
    const { ACKNOWLEDGE: clock } = await clocksOf(late);
    expect([clock, await issueOf(late)]).toMatchObject([{ state: 'LATE' }, { bankAcknowledgementOverdue: true, acknowledgeBy: '2025-07-01T16:00:00.000Z', answerOverdue: false }]);
    const { id } = await registered();
    const { ANSWER: running } = await clocksOf(id);
    const [before, day] = [await issueOf(id), running.due!.slice(0, 10)];

    await changed('CALENDAR', { key: '2025-07-01', data: { off: true } }, { key: day, data: { off: true } });
    expect([(await clocksOf(late)).ACKNOWLEDGE, await issueOf(late)]).toMatchObject([{ state: 'MET', due: '2025-07-02 23:59' }, { bankAcknowledgementOverdue: false, acknowledgeBy: '2025-07-02T16:00:00.000Z' }]);
    const moved = (await clocksOf(id)).ANSWER;
    expect([moved.state, moved.due! > running.due!]).toEqual(['RUNNING', true]);
    expect(new Date((await issueOf(id)).answerBy as string).getTime()).toBeGreaterThan(new Date(before.answerBy as string).getTime());

    // And back again: a breach that comes to light is told as any.
    await changed('CALENDAR', { key: '2025-07-01', data: null }, { key: day, data: null });
    expect(await issueOf(late)).toMatchObject({ bankAcknowledgementOverdue: true });
    expect(await issueOf(id)).toMatchObject({ answerBy: before.answerBy });
    expect((await told(clock)).map(([name]) => name)).toEqual(['escalated', 'cleared', 'escalated']);
    expect((await actions(late)).filter((action) => action.endsWith('OVERDUE'))).toEqual(['BANK_ACKNOWLEDGEMENT_OVERDUE']);
  });

  it('are set when the calendar reaches them, and go by the terms of their first day', async () => {
    const id = await stepsSo([['REGISTERED', '2019-12-02 10:00']]);
    expect([(await clocksOf(id)).ANSWER.state, (await issueOf(id)).answerBy]).toEqual(['UNSET', null]);
    await changed('CALENDAR', { key: '2019', data: {} });
    expect([(await clocksOf(id)).ANSWER, await issueOf(id)]).toMatchObject([{ state: 'BREACHED', due: '2019-12-09 23:59' }, { answerOverdue: true }]);
    await changed('SLA', { key: 'ISSUE_ANSWER 2019-12-02', data: { amount: 3, source: '通知', ladder: [{ after: 0, tell: ['FINANCIAL_REGULATOR'] }] } });
    expect((await clocksOf(id)).ANSWER.due).toBe('2019-12-05 23:59');
    expect((await clocksOf(await stepsSo([['REGISTERED', '2019-12-01 10:00']]))).ANSWER.due).toBe('2019-12-06 23:59');
    await changed('SLA', { key: 'ISSUE_ANSWER 2019-12-02', data: null });
    expect((await clocksOf(id)).ANSWER.due).toBe('2019-12-09 23:59');
  });

  it('tell nothing anew of what the version before found out, which sets no clocks of its own any more', async () => {
    const stepsOf = (...more: [string, string][]): [string, string][] => [['REGISTERED', '2025-03-03 10:00'], ...more, ['REPLIED', '2025-03-12 10:00']];
    const [telling, silent] = [await stepsSo(stepsOf()), await stepsSo(stepsOf(['ANSWER_OVERDUE', '2025-03-11 00:00']))];
    expect([(await told((await clocksOf(telling)).ANSWER)).length, (await told((await clocksOf(silent)).ANSWER)).length]).toEqual([1, 0]);
    expect((await issueOf(silent)).answerOverdue).toBe(true);
    expect((await actions(silent)).filter((action) => action === 'ANSWER_OVERDUE')).toHaveLength(1);
    const set = `insert into feedback.due (kind, aggregate_id, org_id, due_at) values ('issue.answer', $1, $2, now()) on conflict (kind, aggregate_id) do update set due_at = now()`;
    await query(set, [silent, bank.organisationId]);
    expect(await query('select 1 from feedback.due where aggregate_id = $1', [silent])).toEqual([]);
  });
});

import { newId } from '@finharbor/contracts/ids';
import { addDays } from '@finharbor/standards/dates';
import { deadlineEnd, localDate } from '@finharbor/standards/working-days';
import { type DutyPeriod, dutyPeriodOf, keepingPeriods } from '../src/lists/duty-periods.js';
import { DutyFrequency } from '../src/vocabulary.js';
import { csv, header, newCreditCode, recommendable, Story } from './support.js';
import { Review } from './review.support.js';

describe('what lists are worth', () => {
  let story: Story;
  let review: Review;
  beforeAll(async () => {
    story = await Story.begin();
    review = new Review(story);
  });
  afterAll(() => story.app.close());

  type Report = Record<string, unknown> & { departmentId: string; period: string };
  const reports = (as = story.department, query = ''): Promise<Report[]> => story.all<Report>(as, `/v1/quality-reports${query}`, 1);
  const push = (title: string, text: string, period: string) =>
    story.app.post(story.department, `/v1/push-lists?title=${encodeURIComponent(title)}&period=${period}`).set('content-type', 'text/csv').send(text).expect(201);

  it('is told by department and period: what was taken, why not, what was recommended, and what banks made of it', async () => {
    const { text } = recommendable(5);
    const bad = [`${newCreditCode().slice(0, -1)}*`, '91500101MA5U00011M', ''].map((code) => `万州坏行公司,${code}${','.repeat(9)}`);
    await push('质量名单', csv(header, '万州旧版公司,', `万州旧版二公司,${newCreditCode()}`), '2024-Q1');
    const { id } = (await push('质量名单', csv(text.trim(), ...bad), '2024-Q1')).body;
    await review.recommend(id, { filter: { fromRow: 2, toRow: 5 } });
    await review.mutate('approvePushList', { id }, 'state');
    await story.dispatch(id, [story.bank, story.otherBank]);
    const [report] = await reports(story.department, '?period=2024-Q1');
    expect(report).toMatchObject({
      departmentId: story.department.organisationId, period: '2024-Q1', dutyState: null, dueOn: null, submittedAt: expect.any(String),
      listCount: 1, revisionCount: 2, rowCount: 8, acceptedCount: 5, rejectedCount: 3, invalidCodeCount: 2, outsideCount: 0,
      pendingCount: 0, recommendedCount: 4, notRecommendedCount: 1, withdrawnCount: 0, dispatchedCount: 4,
      reachableCount: 0, unreachableCount: 0, claimedCount: 0, contactedCount: 0, creditedCount: 0, fundedCount: 0, conversion: '0.00',
    });
    expect((report.rejectedByRule as { rule: string; count: number }[]).reduce((sum, { count }) => sum + count, 0)).toBe(3);

    await story.app.database.query(
      `update enterprise_lists.list_entries e set acknowledged_count = 2, claimed_count = n % 2, unreachable_count = 1, docked_count = n % 2, approved_count = n % 2, lent_count = (n = 1)::int
       from (select id, row_number() over (order by id) as n from enterprise_lists.list_entries where push_list_id = $1) r where r.id = e.id and e.state = 'DISPATCHED'`, [id]);
    const figures = { reachableCount: 2, unreachableCount: 2, claimedCount: 2, contactedCount: 2, creditedCount: 2, fundedCount: 1, conversion: '20.00' };
    expect((await reports(story.supervisor, `?period=2024-Q1&departmentId=${story.department.organisationId}`))).toMatchObject([figures]);
    // One or two could be laid at a single bank's door.
    expect((await reports(story.department, '?period=2024-Q1'))[0]).toMatchObject(Object.fromEntries(Object.keys(figures).map((name) => [name, null])));
    const { data } = await story.app.graphql(story.supervisor, '{ qualityReports(period: "2024-Q1") { edges { node { fundedCount conversion department { id } rejectedByRule { rule count } } } } }');
    expect(data.qualityReports.edges).toHaveLength(1);
    expect(data.qualityReports.edges[0].node).toMatchObject({ fundedCount: 1, conversion: '20.00', department: { id: story.department.organisationId } });
  });

  it('is told newest period first, to a department its own alone', async () => {
    for (const period of ['2023-01', '2023-02', '2023-03']) await push('月报', recommendable(1).text, period);
    const own = await reports();
    expect(own.map(({ period }) => period)).toEqual([...own.map(({ period }) => period)].sort().reverse());
    expect(new Set(own.map(({ departmentId }) => departmentId))).toEqual(new Set([story.department.organisationId]));
    expect(await reports(story.otherDepartment)).toEqual([]);
    await story.app.get(story.bank, '/v1/quality-reports').expect(403);
    const { body } = await story.app.get(story.department, '/v1/quality-reports?limit=1').expect(200);
    expect((await story.app.get(story.supervisor, `/v1/quality-reports?limit=1&cursor=${body.nextCursor}`).expect(400)).body.code).toBe('CURSOR_INVALID');
  });

  describe('under a duty', () => {
    const set = async (department: string, frequency: string, graceDays = 0, as = story.supervisor) => {
      const { data, errors } = await story.app.graphql(as, `mutation ($id: ID!, $days: Int!) { setPushDuty(id: $id, frequency: ${frequency}, graceDays: $days) { period dueOn state frequency } }`,
        { id: department, days: graceDays });
      return { duty: data?.setPushDuty as Record<string, string>, code: errors?.[0].extensions?.code };
    };
    /** The clock of a duty runs out. */
    const runOut = async (departmentId: string): Promise<void> => {
      await story.app.database.query(`update enterprise_lists.due set due_at = now() where kind = 'push-duty' and aggregate_id = $1`, [departmentId]);
      await story.app.handleDue();
    };
    type Alarm = Record<string, unknown>;
    const alarms = async (departmentId: string): Promise<Alarm[]> => (await story.app.database.query<{ payload: Alarm }>(
      `select payload from (select payload, name from enterprise_lists.outbox union all
         select event -> 'p', event ->> 'n' from enterprise_lists.delivery, jsonb_array_elements(body::jsonb) event) told
       where name = 'push-duty.overdue' and payload ->> 'departmentId' = $1`, [departmentId])).map(({ payload }) => payload);
    const today = localDate(new Date());
    /** The period before the one that is open, and the open one. */
    const periods = (frequency: DutyFrequency, grace = 0): { last: DutyPeriod; open: DutyPeriod } => {
      const open = dutyPeriodOf(today, frequency, grace);
      let day = today;
      while (dutyPeriodOf(day, frequency, grace).period === open.period) day = addDays(day, -1);
      return { last: dutyPeriodOf(day, frequency, grace), open };
    };
    /** Puts the duty back to the period before. */
    const goBack = (departmentId: string, { period, dueOn }: DutyPeriod): Promise<unknown> =>
      story.app.database.query('update enterprise_lists.push_duties set period = $2, due_on = $3 where org_id = $1', [departmentId, period, dueOn]);
    const duties = (): Promise<Report[]> => story.all<Report>(story.department, '/v1/push-duties');

    it('an absent list is overdue, told once, and the next period begins; a late one is late', async () => {
      const id = story.otherDepartment.organisationId!;
      const { last, open } = periods(DutyFrequency.MONTHLY);
      expect((await set(id, 'MONTHLY')).duty).toMatchObject({ ...open, state: 'OPEN', frequency: 'MONTHLY' });
      await goBack(id, last);
      expect(await reports(story.otherDepartment)).toMatchObject([{ ...last, dutyState: 'OVERDUE', listCount: 0, conversion: null }]);
      await runOut(id);
      expect(await alarms(id)).toEqual([{ departmentId: id, ...last }]);
      expect(await story.all<Report>(story.otherDepartment, '/v1/push-duties')).toMatchObject([{ ...open, state: 'OPEN' }]);
      await story.app.post(story.otherDepartment, `/v1/push-lists?title=%E8%BF%9F%E6%8A%A5&period=${last.period}`).set('content-type', 'text/csv').send(recommendable(1).text).expect(201);
      expect(await reports(story.otherDepartment, `?period=${last.period}`)).toMatchObject([{ dutyState: 'LATE', listCount: 1 }]);
      await runOut(id); // of the open period, as if its last day were over
      expect((await alarms(id)).map(({ period }) => period).sort()).toEqual([last.period, open.period]);
    });

    it('a list in time is no alarm, nor is one for a month of the quarter; what was withdrawn is none', async () => {
      const id = story.department.organisationId!;
      const { last, open } = periods(DutyFrequency.QUARTERLY, 10);
      await set(id, 'QUARTERLY', 10);
      await goBack(id, last);
      const month = keepingPeriods(last.period)[2];
      const list = (await push('月名单', recommendable(1).text, month)).body.id as string;
      await story.app.database.query('update enterprise_lists.push_lists set submitted_at = $2 where id = $1', [list, deadlineEnd(last.dueOn)]);
      expect(await reports(story.department, `?period=${last.period}`)).toMatchObject([{ dutyState: 'IN_TIME', submittedAt: deadlineEnd(last.dueOn).toISOString() }]);
      await runOut(id);
      expect(await alarms(id)).toEqual([]);
      expect(await duties()).toMatchObject([open]);
      // The same frequency again keeps the open period, whose last day follows its grace.
      await goBack(id, last);
      expect((await set(id, 'QUARTERLY', 3)).duty).toMatchObject({ period: last.period, dueOn: addDays(last.dueOn, -7) });
      await story.app.post(story.department, `/v1/push-lists/${list}/withdrawal`, { reason: '报错部门' }).expect(201);
      const [{ dutyState }] = await reports(story.department, `?period=${last.period}`);
      expect(['OPEN', 'OVERDUE']).toContain(dutyState); // OPEN in the first days of a quarter
    });

    it('is set by a supervisor alone, for a department alone', async () => {
      const { organisationId: id } = story.department;
      expect((await set(id!, 'MONTHLY', 0, story.department)).code).toBe('FORBIDDEN');
      expect((await set(newId(), 'MONTHLY')).code).toBe('NOT_FOUND');
      expect((await set(story.bank.organisationId!, 'MONTHLY')).code).toBe('VALIDATION_FAILED');
      expect((await set(id!, 'MONTHLY', 61)).code).toBe('VALIDATION_FAILED');
      expect((await story.all<Report>(story.otherDepartment, '/v1/push-duties')).map(({ departmentId }) => departmentId)).toEqual([story.otherDepartment.organisationId]);
      expect((await story.all(story.supervisor, '/v1/push-duties', 1))).toHaveLength(2);
      await story.app.get(story.bank, '/v1/push-duties').expect(403);
    });
  });
});

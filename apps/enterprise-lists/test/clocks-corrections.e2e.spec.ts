import { ClockStory } from './clocks.support.js';
import { listOf, type Story } from './support.js';

describe('clocks and what they go by', () => {
  let clocks: ClockStory;
  let story: Story;
  beforeAll(async () => {
    clocks = await ClockStory.begin();
    ({ story } = clocks);
  });
  afterAll(() => story.app.close());

  it('are unset where the calendar does not reach, and are set when it grows', async () => {
    const id = await story.dispatched(listOf(1).text, [story.bank]);
    const { REFERRAL_ACKNOWLEDGE: clock } = await clocks.of(id);
    await clocks.beganAt(clock, '2020-12-25T10:00:00+08:00'); // no calendar that is built in goes back so far
    expect((await clocks.of(id)).REFERRAL_ACKNOWLEDGE).toMatchObject({ state: 'UNSET', dueAt: null, minutesLeft: null });
    expect(await clocks.names(clock)).toEqual([]);
    await clocks.changed('CALENDAR', [{ key: '2020', data: {} }, { key: '2020-12-28', data: { off: true } }]);
    expect((await clocks.of(id)).REFERRAL_ACKNOWLEDGE).toMatchObject({ dueAt: '2020-12-29T16:00:00.000Z', breachedAt: '2020-12-29T16:00:00.000Z' });
    expect(await clocks.names(clock)).toEqual(['breached']);
  });

  it('take a breach back, and tell it, when the calendar was wrong', async () => {
    const { id } = (await story.upload(listOf(1).text).expect(201)).body;
    await story.app.settle();
    const { LIST_REVIEW: clock } = await clocks.of(id);
    await clocks.beganAt(clock, '2025-09-22T10:00:00+08:00'); // its fifth working day is Sunday the 28th, worked in exchange
    expect((await clocks.of(id)).LIST_REVIEW).toMatchObject({ state: 'BREACHED', breachedAt: '2025-09-28T16:00:00.000Z' });
    await clocks.query(`update enterprise_lists.push_lists set state = 'APPROVED', reviewed_at = '2025-09-29T10:00:00+08:00' where id = $1`, [id]);
    await story.app.deliver('push-list.reviewed', { pushListId: id, departmentId: story.department.organisationId!, outcome: 'APPROVED' });
    expect((await clocks.of(id)).LIST_REVIEW).toMatchObject({ state: 'LATE', stoppedAt: '2025-09-29T02:00:00.000Z' });
    await clocks.changed('CALENDAR', [{ key: '2025-09-28', data: { off: true } }]);
    expect((await clocks.of(id)).LIST_REVIEW).toMatchObject({ state: 'MET', dueAt: '2025-09-29T16:00:00.000Z', breachedAt: null });
    expect(await clocks.names(clock)).toEqual(['breached', 'cleared']);
    await clocks.changed('CALENDAR', [{ key: '2025-09-28', data: null }]);
    expect((await clocks.of(id)).LIST_REVIEW.state).toBe('LATE');
    expect(await clocks.names(clock)).toEqual(['breached', 'cleared', 'breached']);
    const audited = await clocks.query<{ action: string }>(`select action from enterprise_lists.audit where resource = 'clock' and resource_id = $1 order by id`, [clock.id]);
    expect(audited.map(({ action }) => action)).toEqual(['clock.breach', 'clock.clear', 'clock.breach']);
  });

  it('have the terms of the day on which they started, with their source', async () => {
    const id = await story.dispatched(listOf(1).text, [story.bank]);
    const { REFERRAL_ACKNOWLEDGE: clock } = await clocks.of(id);
    const terms = (days: number, source: string): Record<string, unknown> => ({ amount: days, source });
    await clocks.changed('SLA', [{ key: 'REFERRAL_ACKNOWLEDGE 2025-06-01', data: terms(3, '万州区2025年通知') }, { key: 'REFERRAL_ACKNOWLEDGE 2999-01-01', data: terms(9, '以后') }]);
    expect((await clocks.of(id)).REFERRAL_ACKNOWLEDGE).toMatchObject({ days: 3, source: '万州区2025年通知' });
    await clocks.beganAt(clock, '2025-05-30T10:00:00+08:00');
    expect((await clocks.of(id)).REFERRAL_ACKNOWLEDGE).toMatchObject({ days: 1, dueAt: '2025-06-03T16:00:00.000Z' }); // behind the Dragon Boat holidays
  });

  it('keep a department and a harbor out', async () => {
    await story.app.get(story.department, '/v1/clocks').expect(403);
    expect((await story.app.graphql(story.department, '{ clocks { edges { node { id } } } }')).errors?.[0].extensions?.code).toBe('FORBIDDEN');
  });
});

import { Clocks } from '@finharbor/platform/clocks/clocks';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { AppModule } from '../src/app.module.js';
import { ClockStory } from './clocks.support.js';
import { listOf, type Story } from './support.js';

describe('the clocks of lists', () => {
  let clocks: ClockStory;
  let story: Story;
  let replica: TestApp;
  beforeAll(async () => {
    clocks = await ClockStory.begin();
    ({ story } = clocks);
    replica = await startTestApp(AppModule, 'enterprise-lists', { FIELD_KEYS: process.env.FIELD_KEYS! }, story.app.database);
    clocks.alsoBy(replica);
    // Whenever this runs: weekends alone are off.
    const year = new Date().getFullYear();
    await clocks.changed('CALENDAR', [year, year + 1].map((one) => ({ key: String(one), data: {} })));
  });
  afterAll(async () => {
    await replica.close();
    await story.app.close();
  });

  const work = (run: (tx: Tx) => Promise<void>): Promise<void> => story.app.app.get(Tenancy).worker(run);

  it('are one for each bank and step, however many rows there are, and a bank sees its own', async () => {
    const id = await story.dispatched(listOf(40).text);
    for (const bank of [story.bank, story.otherBank]) {
      const { REFERRAL_ACKNOWLEDGE: acknowledge, REFERRAL_CONTACT: contact, ...more } = await clocks.of(id, bank);
      expect(more).toEqual({});
      expect([acknowledge, contact]).toMatchObject([{ state: 'RUNNING', days: 1, openCount: 40, stoppedAt: null }, { state: 'RUNNING', days: 3, openCount: 40 }]);
      expect(acknowledge.source).toContain('135');
      expect(acknowledge.dueAt! < contact.dueAt!).toBe(true);
      expect(acknowledge.dueAt).toMatch(/T16:00:00.000Z$/);
      const own = (await clocks.clocks(bank)).filter(({ subjectId }) => subjectId === acknowledge.subjectId);
      expect(own.map((clock) => clock.id)).toEqual([contact.id, acknowledge.id]);
      await story.app.get(bank === story.bank ? story.otherBank : story.bank, `/v1/clocks/${acknowledge.id}`).expect(404);
    }
    const due = await clocks.query(`select 1 from enterprise_lists.due where kind = 'clock' and aggregate_id in (
      select c.id from enterprise_lists.clocks c join enterprise_lists.dispatches d on d.id = c.subject_id where d.push_list_id = $1)`, [id]);
    expect(due).toHaveLength(4);
    const answer = await story.app.graphql(story.supervisor,
      'query ($bank: ID!) { clocks(state: RUNNING, kind: REFERRAL_CONTACT, organisationId: $bank) { edges { node { kind unit openCount organisation { id } } } } }',
      { bank: story.bank.organisationId });
    expect(answer.data.clocks.edges[0].node).toEqual({ kind: 'REFERRAL_CONTACT', unit: 'WORKING_DAYS', openCount: 40, organisation: { id: story.bank.organisationId } });
  });

  it('remind once and are breached once, with two schedulers at once', async () => {
    const id = await story.dispatched(listOf(3).text, [story.bank]);
    const { REFERRAL_CONTACT: clock } = await clocks.of(id, story.bank);
    await clocks.comes(clock.id);
    await clocks.comes(clock.id);
    expect(await clocks.names(clock)).toEqual(['reminded 1', 'reminded 0']);
    expect(await clocks.told(clock)).toMatchObject([{ org: story.bank.organisationId, p: { kind: 'REFERRAL_CONTACT', subjectId: clock.subjectId, count: 3 } }, {}]);
    await clocks.comes(clock.id);
    expect(await clocks.names(clock)).toEqual(['reminded 1', 'reminded 0', 'breached']);
    await clocks.comes(clock.id);
    expect(await clocks.names(clock)).toHaveLength(3);
  });

  it('say nothing of what was done in time', async () => {
    const id = await story.dispatched(listOf(2).text, [story.bank]);
    const [one, two] = await story.referralIds(story.bank, id);
    await story.acknowledge(story.bank, [one]).expect(201);
    await story.app.settle();
    expect((await clocks.of(id)).REFERRAL_ACKNOWLEDGE).toMatchObject({ state: 'RUNNING', openCount: 1 });
    await story.acknowledge(story.bank, [two]).expect(201);
    await story.app.settle();
    const { REFERRAL_ACKNOWLEDGE: acknowledge, REFERRAL_CONTACT: contact } = await clocks.of(id);
    expect([acknowledge, contact]).toMatchObject([{ state: 'MET', openCount: 0 }, { state: 'RUNNING', openCount: 2 }]);
    await clocks.comes(acknowledge.id);
    expect(await clocks.names(acknowledge)).toEqual([]);
  });

  it('of what a bank left open offer it to the next bank, and end late', async () => {
    const id = await story.dispatched(listOf(3).text, [story.bank]);
    const [acknowledged] = await story.referralIds(story.bank, id);
    await story.acknowledge(story.bank, [acknowledged]).expect(201);
    await story.app.settle();
    const { REFERRAL_ACKNOWLEDGE: clock } = await clocks.of(id, story.bank);
    await clocks.comes(clock.id);
    await clocks.comes(clock.id);
    expect(await clocks.names(clock)).toEqual(['reminded 0', 'breached']);
    expect((await clocks.told(clock))[1].p.count).toBe(2);
    const states = await clocks.query<{ state: string }>('select state from enterprise_lists.referrals where push_list_id = $1 and org_id = $2 order by state', [id, story.bank.organisationId]);
    expect(states.map(({ state }) => state)).toEqual(['ACKNOWLEDGED', 'EXPIRED', 'EXPIRED']);
    expect((await clocks.of(id, story.bank)).REFERRAL_ACKNOWLEDGE).toMatchObject({ state: 'LATE', openCount: 0, breachedAt: clock.dueAt });
    expect((await clocks.of(id, story.bank)).REFERRAL_CONTACT).toMatchObject({ state: 'RUNNING', openCount: 1 });
  });

  it('run for the decision from the claim on, twice: in working days, and in natural days at most', async () => {
    const id = await story.dispatched(listOf(1).text, [story.bank]);
    const [referralId] = await story.referralIds(story.bank, id);
    await story.acknowledge(story.bank, [referralId]).expect(201);
    await story.answer(story.bank, [{ referralId, outcome: 'CLAIMED' }]).expect(201);
    await story.app.settle();
    const claimed = await clocks.of(id);
    expect(claimed).toMatchObject({
      REFERRAL_ACKNOWLEDGE: { state: 'MET' }, REFERRAL_CONTACT: { state: 'MET' }, REFERRAL_DECISION: { state: 'RUNNING', days: 10, openCount: 1 },
      REFERRAL_DECISION_LIMIT: { state: 'RUNNING', days: 30, openCount: 1 },
    });
    await story.answer(story.bank, [{ referralId, outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: '额度不足' }]).expect(201);
    await story.app.settle();
    expect(await clocks.of(id)).toMatchObject({ REFERRAL_CONTACT: { state: 'MET' }, REFERRAL_DECISION: { state: 'MET', openCount: 0 }, REFERRAL_DECISION_LIMIT: { state: 'MET' } });
  });

  it('run for the review of a list, which stops them', async () => {
    const { id } = (await story.upload(listOf(1).text).expect(201)).body;
    await story.app.settle();
    expect(await clocks.of(id)).toMatchObject({ LIST_REVIEW: { state: 'RUNNING', days: 5, openCount: 1 } });
    await story.approve(id);
    await story.app.settle();
    expect(await clocks.of(id)).toMatchObject({ LIST_REVIEW: { state: 'MET', openCount: 0 } });
  });

  it('use no time while they are paused, and have more once it is extended', async () => {
    const id = await story.dispatched(listOf(1).text, [story.bank]);
    const { REFERRAL_CONTACT: before } = await clocks.of(id);
    const service = story.app.app.get(Clocks);
    await work((tx) => service.pause(tx, [before.id]));
    await work((tx) => service.pause(tx, [before.id]));
    expect((await clocks.of(id)).REFERRAL_CONTACT).toMatchObject({ state: 'PAUSED', dueAt: null });
    expect(await clocks.query(`select 1 from enterprise_lists.due where kind = 'clock' and aggregate_id = $1`, [before.id])).toEqual([]);
    await work((tx) => service.resume(tx, [before.id]));
    expect((await clocks.of(id)).REFERRAL_CONTACT).toMatchObject({ state: 'RUNNING', dueAt: before.dueAt }); // of the day of the start nothing is counted
    await work((tx) => service.extend(tx, [before.id], 2));
    expect((await clocks.of(id)).REFERRAL_CONTACT.dueAt! > before.dueAt!).toBe(true);
  });
});

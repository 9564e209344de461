import { newId } from '@finharbor/contracts/ids';
import { sandboxOutcomes } from '@finharbor/contracts/sandbox';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';
import { secondsOf } from '../src/sandbox/sandbox.inputs.js';

describe('the sandbox', () => {
  let app: TestApp;
  const [bank, other] = [callerOf('bank'), callerOf('bank')];
  beforeAll(async () => { app = await startTestApp(AppModule, 'partners'); });
  afterAll(() => app.close());

  /** What was told, once however many services it went to. */
  const told = (name: string): Promise<object[]> => app.database.query(
    `select distinct event ->> 'i' as id, event ->> 'o' as organisation, event -> 'p' as payload
     from partners.delivery, jsonb_array_elements(body::jsonb) as event where event ->> 'n' = $1
     union select event_id::text, org_id::text, payload from partners.outbox where name = $1`, [name],
  );

  it('lists the credit codes that force an outcome', async () => {
    const { body } = await app.get(bank, '/v1/sandbox/outcomes').expect(200);
    expect(body).toEqual({ items: sandboxOutcomes });
  });

  it.each([['P3D', 259_200], ['PT1S', 1], ['P1DT2H3M4S', 93_784], ['PT36H', 129_600], ['P0D', 0]])('reads %s as %d seconds', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it.each(['3D', 'P', 'PT', 'P1M', 'P1Y', 'P-1D', 'P1.5D', 'P1DT', 'P1W', 'p1d', 'P1000D', ''])('refuses %p', async (advance) => {
    const { body } = await app.post(bank, '/v1/sandbox/clock', { advance }).expect(400);
    expect(body.errors[0].field).toBe('advance');
  });

  it('makes what is due to the organisation due sooner, here and elsewhere, and what is due to others not', async () => {
    const clock = async (organisationId: string): Promise<void> => {
      await app.database.query(`insert into partners.due (kind, aggregate_id, org_id, due_at) values ('none', $1, $2, now() + interval '3 days')`, [newId(), organisationId]);
    };
    for (const { organisationId } of [bank, other]) await clock(organisationId!);
    expect((await app.post(bank, '/v1/sandbox/clock', { advance: 'P2D' }).expect(201)).body).toEqual({ organisationId: bank.organisationId, seconds: 172_800 });
    const days = await app.database.query(`select org_id, round(extract(epoch from due_at - now()) / 86400)::int as days from partners.due where kind = 'none' order by days`);
    expect(days).toEqual([{ org_id: bank.organisationId, days: 1 }, { org_id: other.organisationId, days: 3 }]);
    expect(await told('sandbox-clock.advanced')).toEqual([{ id: expect.any(String), organisation: bank.organisationId, payload: { seconds: 172_800 } }]);
  });

  it('tries the organisation’s webhooks again sooner', async () => {
    for (const { organisationId } of [bank, other]) {
      await app.database.query(
        `insert into partners.webhook_deliveries (org_id, endpoint_id, event_id, type, body, next_attempt_at) values ($1, $2, $3, 'webhook.test', '{}', now() + interval '20 hours')`,
        [organisationId, newId(), newId()]);
    }
    await app.post(bank, '/v1/sandbox/clock', { advance: 'PT10H' }).expect(201);
    const hours = await app.database.query(`select org_id, round(extract(epoch from next_attempt_at - now()) / 3600)::int as hours from partners.webhook_deliveries order by hours`);
    expect(hours).toEqual([{ org_id: bank.organisationId, hours: 10 }, { org_id: other.organisationId, hours: 20 }]);
  });

  it('tells the services to close what is open', async () => {
    const { organisationId } = bank;
    expect((await app.post(bank, '/v1/sandbox/reset').expect(201)).body).toEqual({ organisationId });
    expect(await told('sandbox.reset')).toEqual([{ id: expect.any(String), organisation: organisationId, payload: { organisationId } }]);
    await app.post(callerOf('department'), '/v1/sandbox/reset').expect(403);
    await app.post(callerOf('system-administrator'), '/v1/sandbox/clock', { advance: 'P1D' }).expect(403);
  });
});

describe('an installation that is no sandbox', () => {
  it('has nothing of it', async () => {
    const app = await startTestApp(AppModule, 'partners', { SANDBOX: 'false' });
    try {
      const bank = callerOf('bank');
      const answers = [
        await app.get(bank, '/v1/sandbox/outcomes'), await app.post(bank, '/v1/sandbox/clock', { advance: 'P1D' }), await app.post(bank, '/v1/sandbox/reset'),
      ];
      for (const { status, body } of answers) expect([status, body.detail]).toEqual([404, 'There is nothing at this path.']);
      expect(await app.database.query(`select 1 from partners.outbox where name like 'sandbox%'`)).toEqual([]);
    } finally {
      await app.close();
    }
  });
});

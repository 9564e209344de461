import { newId } from '@finharbor/contracts/ids';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';

describe('the register of consents', () => {
  let app: TestApp;
  const bank = callerOf('bank');
  const staff = callerOf('harbor-staff', bank.organisationId!);
  const other = callerOf('bank');
  const supervisor = callerOf('supervisor');
  const givenAt = '2026-11-22T01:02:03.004Z';
  const path = '/v1/consents';
  const record = (change: object = {}): object =>
    ({ recordKind: 'ISSUE', recordId: newId(), purpose: 'COMPLAINT_HANDLING', disclosure: 'IDENTITY_AND_CONTACT', textVersion: 'issue-2026-1', ...change });
  /** What all others were told about it, each event once. */
  const withdrawnOf = async (id: string): Promise<Record<string, unknown>[]> =>
    (await app.database.query<{ payload: Record<string, unknown> }>(
      `select payload from partners.outbox where name = 'consent.withdrawn' and aggregate_id = $1 union
       select event -> 'p' from partners.delivery, jsonb_array_elements(body::jsonb) event where event ->> 'n' = 'consent.withdrawn' and event ->> 'a' = $1::text`,
      [id])).map(({ payload }) => payload);
  const given = async (consentId = newId(), demandId = newId()): Promise<{ consentId: string; demandId: string }> => {
    await app.deliver('consent.given', { consentId, demandId, textVersion: 'demand-2026-1', givenAt }, { aggregateId: consentId });
    return { consentId, demandId };
  };
  const accepted = (consentId: string, demandId: string, bankId = bank.organisationId!): Promise<void> =>
    app.deliver('demand.accepted', { demandId, bankId, enterpriseId: newId(), consentId }, { aggregateId: demandId });

  beforeAll(async () => { app = await startTestApp(AppModule, 'partners'); });
  afterAll(() => app.close());

  it('keeps what a business agreed to with its demand, and shows it to the bank that was told, and to no other', async () => {
    const { consentId, demandId } = await given();
    await app.get(bank, `${path}/${consentId}`).expect(404);
    expect((await app.get(supervisor, `${path}/${consentId}`).expect(200)).body).toMatchObject({ recipientId: null, disclosedAt: null, givenAt });
    await accepted(consentId, demandId);
    const consent = (await app.get(staff, `${path}/${consentId}`).expect(200)).body;
    expect(consent).toEqual({
      id: consentId, recordKind: 'DEMAND', recordId: demandId, recipientId: bank.organisationId, purpose: 'FINANCING_MATCH', disclosure: 'IDENTITY_AND_CONTACT',
      givenBy: 'APPLICANT', textVersion: 'demand-2026-1', givenAt, validUntil: null, disclosedAt: expect.any(String), withdrawnAt: null, cause: null,
    });
    await app.get(other, `${path}/${consentId}`).expect(404);
    const query = `{ consent(id: "${consentId}") { recipientId textVersion } consents(recordId: "${demandId}") { edges { node { id } } } }`;
    expect((await app.graphql(bank, query)).data).toEqual({
      consent: { recipientId: bank.organisationId, textVersion: 'demand-2026-1' }, consents: { edges: [{ node: { id: consentId } }] },
    });
    expect((await app.graphql(other, query)).data).toEqual({ consent: null, consents: { edges: [] } });
    expect((await app.get(other, path).expect(200)).body.items).toEqual([]);
    for (const role of ['department', 'area', 'system-administrator', 'audit-administrator'] as const) await app.get(callerOf(role), path).expect(403);
  });

  it('tells what the outside platform may know from what a bank may', async () => {
    const [consentId, demandId] = [newId(), newId()];
    await app.deliver('consent.revoked', { consentId, demandId, revokedAt: givenAt }, { aggregateId: consentId });
    await app.deliver('consent.given', { consentId, demandId, textVersion: 'platform-2026-1', givenAt, disclosure: 'NEED' }, { aggregateId: consentId });
    expect((await app.get(supervisor, `${path}/${consentId}`).expect(200)).body).toMatchObject({ disclosure: 'NEED', recipientId: null, cause: 'WITHDRAWN' });
  });

  it('tells it also of one that a replica of the version before keeps, which knew no other disclosure', async () => {
    const keep = async (first: object): Promise<unknown> => {
      const id = newId();
      const write = (said: object): Promise<unknown> => app.database.query(
        `insert into partners.consents (id, org_id, record_kind, record_id, purpose, disclosure, given_by, text_version, given_at)
         select $1, $1, 'DEMAND', $1, 'FINANCING_MATCH', 'IDENTITY_AND_CONTACT', 'APPLICANT', said ->> 'text', now() from (select $2::jsonb as said) told
         on conflict (id) do update set text_version = excluded.text_version`, [id, said]);
      await write(first);
      await write({ text: 'platform-2026-1' });
      return (await app.get(supervisor, `${path}/${id}`).expect(200)).body.disclosure;
    };
    expect([await keep({ text: 'platform-2026-1' }), await keep({})]).toEqual(['NEED', 'NEED']);
  });

  it('comes to the same in whichever order it is told, and when it is told again', async () => {
    const [consentId, demandId] = [newId(), newId()];
    await accepted(consentId, demandId);
    await given(consentId, demandId);
    await given(consentId, demandId);
    expect((await app.get(bank, `${path}/${consentId}`).expect(200)).body).toMatchObject({ textVersion: 'demand-2026-1', givenAt, recipientId: bank.organisationId });
    const [revoked, of] = [newId(), newId()];
    await app.deliver('consent.revoked', { consentId: revoked, demandId: of, revokedAt: givenAt }, { aggregateId: revoked });
    await accepted(revoked, of);
    await given(revoked, of);
    expect((await app.get(supervisor, `${path}/${revoked}`).expect(200)).body).toMatchObject({ cause: 'WITHDRAWN', withdrawnAt: givenAt });
    expect(await withdrawnOf(revoked)).toHaveLength(1);
  });

  it('records what a business agreed to before harbor staff, for their own bank, and tells of its withdrawal once', async () => {
    const recordId = newId();
    const { id, recipientId, givenBy } = (await app.post(staff, path, record({ recordId })).expect(201)).body;
    expect([recipientId, givenBy]).toEqual([bank.organisationId, 'HARBOR_STAFF']);
    await app.post(other, `${path}/${id}/withdrawal`).expect(404);
    expect((await app.post(staff, `${path}/${id}/withdrawal`).expect(200)).body).toMatchObject({ cause: 'WITHDRAWN', withdrawnAt: expect.any(String) });
    await app.post(bank, `${path}/${id}/withdrawal`).expect(200);
    expect(await withdrawnOf(id)).toEqual([{
      consentId: id, recordKind: 'ISSUE', recordId, recipientId: bank.organisationId, cause: 'WITHDRAWN', withdrawnAt: expect.any(String),
    }]);
    const trail = await app.database.query<{ action: string; role: string }>('select action, role from partners.audit where resource_id = $1 order by id', [id]);
    expect(trail).toEqual([{ action: 'consent.record', role: 'harbor-staff' }, { action: 'consent.withdraw', role: 'harbor-staff' }]);
  });

  it('ends one whose time is over by a clock, and stops the clock of one that is withdrawn before', async () => {
    const validUntil = new Date(Date.now() + 86_400_000).toISOString();
    const [ends, taken] = await Promise.all([1, 2].map(async () =>
      (await app.post(staff, path, record({ validUntil })).expect(201)).body.id as string));
    await app.post(callerOf('security-administrator'), `${path}/${taken}/withdrawal`).expect(200);
    await app.database.query('update partners.due set due_at = now() where aggregate_id = any($1)', [[ends, taken]]);
    await app.handleDue();
    const causes = await Promise.all([ends, taken].map(async (id) => (await app.get(bank, `${path}/${id}`).expect(200)).body.cause));
    expect(causes).toEqual(['EXPIRED', 'WITHDRAWN']);
    expect((await withdrawnOf(ends)).map(({ cause }) => cause)).toEqual(['EXPIRED']);
  });

  it('refuses what says nothing or too late, and whoever is not at a bank', async () => {
    const field = async (change: object): Promise<string> => (await app.post(staff, path, record(change)).expect(400)).body.errors[0].field;
    expect([await field({ validUntil: '2020-01-01T00:00:00Z' }), await field({ purpose: 'MARKETING' }), await field({ textVersion: '' }), await field({ recordId: 'x' })])
      .toEqual(['validUntil', 'purpose', 'textVersion', 'recordId']);
    for (const role of ['supervisor', 'department', 'security-administrator'] as const) await app.post(callerOf(role), path, record()).expect(403);
  });
});

import { ConsentRecordKind, ReferenceDataKind } from '@finharbor/contracts/vocabulary';
import { application, callerOf, District, newId, onDay } from './district.js';

describe('what other services tell of demands', () => {
  let district: District;
  beforeAll(async () => { district = await District.open(); });
  afterAll(() => district.app.close());

  const eventsOf = async (consentId: string): Promise<string[]> => {
    const rows = await district.app.database.query<{ name: string }>(
      `select name from loan_matching.outbox where aggregate_id = $1 union
       select event ->> 'n' from loan_matching.delivery, jsonb_array_elements(body::jsonb) event where event ->> 'a' = $1::text order by 1`, [consentId]);
    return rows.map(({ name }) => name);
  };
  const withdrawn = (demandId: string, consentId: string): Promise<void> => district.app.deliver('consent.withdrawn', {
    consentId, recordKind: ConsentRecordKind.DEMAND, recordId: demandId, recipientId: district.bankA.organisationId!, cause: 'EXPIRED', withdrawnAt: new Date().toISOString(),
  }, { aggregateId: consentId });
  const hidden = { enterpriseName: null, creditCode: null, enterpriseId: null, contactName: null, contactPhone: null, establishedOn: null };

  describe('its consent', () => {
    it('is told to the register with the demand, as the text that was shown', async () => {
      const { body } = await district.submit();
      expect(await eventsOf(body.demand.consentId)).toEqual(['consent.given']);
    });

    it('taken back by the applicant before a bank accepts, lets none accept', async () => {
      const { app, bankA } = district;
      const { id, applicant, body } = await district.routed(bankA);
      for (const stranger of [{ ...applicant, accessSecret: 'demand_wrong' }]) await app.post(stranger, `/v1/demands/${id}/consent-withdrawal`).expect(404);
      await app.post(bankA, `/v1/demands/${id}/consent-withdrawal`).expect(403);
      const answer = await app.post(applicant, `/v1/demands/${id}/consent-withdrawal`).expect(201);
      expect(answer.body.consentWithdrawnAt).not.toBeNull();
      expect((await app.post(bankA, `/v1/demands/${id}/acceptance`).expect(409)).body.code).toBe('CONSENT_WITHDRAWN');
      expect((await app.post(applicant, `/v1/demands/${id}/consent-withdrawal`).expect(201)).body.consentWithdrawnAt).toBe(answer.body.consentWithdrawnAt);
      expect(await eventsOf(body.demand.consentId)).toEqual(['consent.given', 'consent.revoked']);
      await withdrawn(id, body.demand.consentId);
      expect((await district.steps(applicant, id)).filter((step) => step === 'CONSENT_WITHDRAWN')).toEqual(['CONSENT_WITHDRAWN']);
    });

    it('that holds no more, closes what the bank that accepted was told, for its staff too', async () => {
      const { app, bankA } = district;
      const { id, body } = await district.accepted(bankA);
      const staff = callerOf('harbor-staff', bankA.organisationId!);
      for (const reader of [bankA, staff]) expect((await app.get(reader, `/v1/demands/${id}`).expect(200)).body).toMatchObject({ enterpriseName: '万州示例食品有限公司', contactName: '欧***' });
      await app.post(bankA, `/v1/demands/${id}/contact-views`, { reason: '核实资料' }).expect(201);
      await withdrawn(newId(), newId());
      await withdrawn(id, body.demand.consentId);
      for (const reader of [bankA, staff]) expect((await app.get(reader, `/v1/demands/${id}`).expect(200)).body).toMatchObject({ ...hidden, state: 'ACCEPTED', consentWithdrawnAt: expect.any(String) });
      const { data } = await app.graphql(bankA, `{ demand(id: "${id}") { enterpriseName contactPhone } }`);
      expect(data.demand).toEqual({ enterpriseName: null, contactPhone: null });
      expect((await app.post(bankA, `/v1/demands/${id}/contact-views`, { reason: '核实资料' }).expect(409)).body.code).toBe('CONSENT_WITHDRAWN');
      expect((await district.steps(bankA, id)).at(-1)).toBe('CONSENT_WITHDRAWN');
      expect((await app.get(district.supervisor, `/v1/demands/${id}`).expect(200)).body.enterpriseName).toBe('万州示例食品有限公司');
      // What it was told before, it may answer: the decision names nobody.
      await app.post(bankA, `/v1/demands/${id}/decision`, { outcome: 'REJECTED', reasonCode: 'CUSTOMER_NO_NEED', reasonText: '客户撤回授权' }).expect(201);
    });
  });

  describe('staff of a harbor', () => {
    it('read of a demand what their bank reads, and change nothing', async () => {
      const { app, bankA, bankB } = district;
      const { id } = await district.routed(bankA);
      const staff = callerOf('harbor-staff', bankA.organisationId!);
      expect((await app.get(staff, `/v1/demands/${id}`).expect(200)).body).toMatchObject({ ...hidden, state: 'ROUTED' });
      await app.get(callerOf('harbor-staff', bankB.organisationId!), `/v1/demands/${id}`).expect(404);
      await app.post(staff, `/v1/demands/${id}/acceptance`).expect(403);
    });
  });

  describe('reference data', () => {
    type Row = { key: string; data: Record<string, unknown> | null };
    const told = (kind: ReferenceDataKind, version: number, ...rows: Row[]): Promise<void> =>
      district.app.deliver('reference-data.changed', { kind, rows }, { version });
    const clock = (): Promise<string | null> => onDay('2026-12-31T04:00:00Z', async () => {
      const productId = await district.product(district.bankA);
      const { id, applicant } = await district.submit();
      return (await district.app.post(applicant, `/v1/demands/${id}/choice`, { productId }).expect(201)).body.acceptDueAt as string | null;
    });

    it('let a clock cross New Year 2027 once that year is told, by its holidays and their corrections', async () => {
      expect(await clock()).toBeNull();
      await told(ReferenceDataKind.CALENDAR, 2, { key: '2027', data: {} }, { key: '2027-01-01', data: { off: true } });
      expect(await clock()).toBe('2027-01-04T16:00:00.000Z'); // 1 January is off, 2 and 3 are a weekend
      await told(ReferenceDataKind.CALENDAR, 4, { key: '2027-01-03', data: { off: false } });
      expect(await clock()).toBe('2027-01-03T16:00:00.000Z');
      await told(ReferenceDataKind.CALENDAR, 3, { key: '2027-01-03', data: null }); // told late
      expect(await clock()).toBe('2027-01-03T16:00:00.000Z');
      await told(ReferenceDataKind.CALENDAR, 5, { key: '2027-01-03', data: null });
      expect(await clock()).toBe('2027-01-04T16:00:00.000Z');
    });

    it('say which regions there are', async () => {
      const { code } = await district.code();
      const submit = (): Promise<number> => district.app.post({ role: 'anonymous', organisationId: null, clientId: null }, `/v1/scans/${code}/demands`, application({ regionCode: '500101777' })).then(({ status }) => status);
      expect(await submit()).toBe(400);
      await told(ReferenceDataKind.REGIONS, 1, { key: '500101777', data: { code: '500101777', name: '新街道', kind: 'SUBDISTRICT', parent: '500101' } });
      expect(await submit()).toBe(201);
    });
  });
});

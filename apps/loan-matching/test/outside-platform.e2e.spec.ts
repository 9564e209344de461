import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import type { EventOf, Payload } from '@finharbor/contracts/events/catalogue';
import { ConsentRecordKind, ReasonCode } from '@finharbor/contracts/vocabulary';
import type { WireEvent } from '@finharbor/platform/delivery/envelope';
import { Handlers } from '@finharbor/platform/delivery/handlers';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { application, District, type Submitted } from './district.js';

describe('the outside platform of the inclusive channel', () => {
  let district: District;
  let codes = 0;
  beforeAll(async () => { district = await District.open(); });
  afterAll(() => district.app.close());

  /** What was told under a name, oldest first, about one application where it is given. */
  const told = async (name: string, aggregateId?: string): Promise<{ aggregateId: string; payload: never }[]> => {
    const { database } = district.app;
    const waiting = await database.query<{ id: string; aggregateId: string; payload: never }>(
      'select event_id as id, aggregate_id as "aggregateId", payload from loan_matching.outbox where name = $1', [name]);
    const sent = (await database.query<{ body: string }>('select body from loan_matching.delivery')).flatMap(({ body }) => JSON.parse(body) as WireEvent[]);
    const all = [...sent.filter(({ n }) => n === name).map(({ i, a, p }) => ({ id: i, aggregateId: a, payload: p as never })), ...waiting];
    return [...new Map(all.map((one) => [one.id, one])).values()].filter((one) => !aggregateId || one.aggregateId === aggregateId)
      .sort((one, other) => (one.id < other.id ? -1 : 1));
  };
  const offersOf = async (id: string): Promise<Payload<'application.offered'>[]> => (await told('application.offered', id)).map(({ payload }) => payload);
  const recallsOf = async (id: string): Promise<unknown[]> => (await told('application.recalled', id)).map(({ payload }) => payload);
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const read = async (of: Submitted): Promise<any> => (await district.app.get(of.applicant, `/v1/applications/${of.id}`).expect(200)).body;
  const confirm = (offerId: string, kind: 'DEMANDS' | 'DEMAND_RECALL' = 'DEMANDS'): Promise<void> => district.app.deliver('platform-demands.confirmed', {
    fileId: newId(), kind, offerIds: [offerId, newId()], sentAt: '2026-11-22T13:00:00.000Z', receivedAt: '2026-11-22T13:00:02.000Z',
  });

  describe('is told of an application', () => {
    it('only under a consent of its own, anonymously, and it is there when the platform says so', async () => {
      const silent = await district.submit();
      expect([await offersOf(silent.id), (await read(silent)).platformConsentAt]).toEqual([[], null]);
      const of = await district.submit({ platformConsent: true });
      const [offer, ...more] = await offersOf(of.id);
      expect(more).toEqual([]);
      expect(offer).toEqual({
        offerId: expect.any(String), kind: 'FIRST_LOAN', amount: '500000.00', termMonths: 12, guaranteeTypes: ['CREDIT'], sizeClass: expect.any(String),
        regionCode: '500101', industryCode: 'C13', source: 'LOAN_CODE', harborId: district.harborA,
      });
      for (const secret of [of.id, '万州示例', '91500101MA5U00011L', '采购', '欧阳', '13987654321']) expect(JSON.stringify(offer)).not.toContain(secret);
      const given = (await told('consent.given')).filter(({ payload }: { payload: { demandId: string } }) => payload.demandId === of.id);
      expect(given.map(({ payload }: { payload: { textVersion: string } }) => payload.textVersion)).toEqual(['demand-2026-1', 'platform-2026-1']);
      expect(await read(of)).toMatchObject({ platformConsentAt: expect.any(String), platformSentAt: null, platformReceivedAt: null });
      await confirm(offer.offerId);
      const there = { platformSentAt: '2026-11-22T13:00:00.000Z', platformReceivedAt: '2026-11-22T13:00:02.000Z', platformRecalledAt: null };
      expect(await read(of)).toMatchObject(there);
      const { data } = await district.app.graphql(district.dashboard, `{ application(id: "${of.id}") { platformSentAt platformReceivedAt platformRecalledAt } }`);
      expect(data).toEqual({ application: there });
      expect(await district.steps(of.applicant, of.id)).toContain('PLATFORM_RECEIVED');
    });

    it('when it is verified and not before', async () => {
      const [creditCode, enterpriseName] = ['91500101MA60AB1255', '迟到核验企业'];
      const of = await district.submitUnknown({ creditCode, enterpriseName, platformConsent: true });
      expect([of.body.application.state, await offersOf(of.id)]).toEqual(['UNVERIFIED', []]);
      await district.record(creditCode, enterpriseName);
      await district.app.handleDue();
      expect([(await read(of)).state, (await offersOf(of.id)).length]).toEqual(['SUBMITTED', 1]);
    });

    it('when the applicant agrees later, once, and for good no more when it takes that back', async () => {
      const of = await district.submit();
      const state = (given: unknown): ReturnType<typeof district.app.post> => district.app.post(of.applicant, `/v1/applications/${of.id}/platform-consent`, { given });
      expect((await state(true).expect(201)).body.platformConsentAt).toEqual(expect.any(String));
      await state(true).expect(201);
      const [{ offerId }, ...more] = await offersOf(of.id);
      expect(more).toEqual([]);
      expect((await state(false).expect(201)).body.platformRecalledAt).toEqual(expect.any(String));
      await state(false).expect(201);
      expect(await recallsOf(of.id)).toEqual([{ offerId }]);
      expect((await state(true).expect(409)).body.code).toBe('ILLEGAL_STATE');
      expect((await state('yes').expect(400)).body.errors).toMatchObject([{ field: 'given', rule: 'isBoolean' }]);
      for (const caller of [district.bankA, district.supervisor]) await district.app.post(caller, `/v1/applications/${of.id}/platform-consent`, { given: true }).expect(403);
      const other = await district.submit();
      await district.app.post(other.applicant, `/v1/applications/${of.id}/platform-consent`, { given: true }).expect(404);
      await confirm(offerId, 'DEMAND_RECALL');
      expect(await read(of)).toMatchObject({ platformRecallReceivedAt: '2026-11-22T13:00:02.000Z' });
      const revoked = (await told('consent.revoked')).filter(({ payload }: { payload: { demandId: string } }) => payload.demandId === of.id);
      expect(revoked).toHaveLength(1);
    });

    it.each([
      ['is withdrawn', (of: Submitted) => district.app.post(of.applicant, `/v1/applications/${of.id}/withdrawal`, { reasonCode: 'CUSTOMER_NO_NEED', reasonText: '资金已周转' })],
      ['has lost its consent', (of: Submitted) => district.app.post(of.applicant, `/v1/demands/${of.id}/consent-withdrawal`)],
    ])('no more when it %s', async (_what, end) => {
      const of = await district.submit({ platformConsent: true });
      await end(of).expect(201);
      expect(await recallsOf(of.id)).toEqual((await offersOf(of.id)).map(({ offerId }) => ({ offerId })));
      expect(await recallsOf(of.id)).toHaveLength(1);
    });

    it('no more when the register says that the consent holds no more', async () => {
      const of = await district.submit({ platformConsent: true });
      const [{ id }] = await district.app.database.query<{ id: string }>('select platform_consent_id as id from loan_matching.applications where id = $1', [of.id]);
      await district.app.deliver('consent.withdrawn', {
        consentId: id, recordKind: ConsentRecordKind.DEMAND, recordId: of.id, recipientId: newId(), cause: 'WITHDRAWN', withdrawnAt: new Date().toISOString(),
      });
      expect(await recallsOf(of.id)).toHaveLength(1);
      expect((await read(of)).demands[0].consentWithdrawnAt).toBeNull();
    });

    it('and no bank or harbor here reads anything of it', async () => {
      const staff = { ...district.bankA, role: 'harbor-staff' as const, clientId: 'person:li' };
      const { body } = await district.app.post(staff, '/v1/applications', { ...application({ platformConsent: true }), harborId: district.harborA }).expect(201);
      await confirm((await offersOf(body.application.id))[0].offerId);
      const seen = (await district.app.get(staff, `/v1/applications/${body.application.id}`).expect(200)).body;
      expect(Object.keys(seen).filter((name) => name.startsWith('platform'))).toEqual(['platformConsentAt']);
    });
  });

  it('tells what its banks did: steps of the trail that move nothing and that no bank here sees', async () => {
    const of = await district.routed(district.bankA, { platformConsent: true });
    const [{ offerId }] = await offersOf(of.id);
    const [before, banks] = [(await read(of)).state, await district.steps(district.bankA, of.id)];
    await district.app.deliver('platform-outcome.received', { offerId, result: 'CONTACTED', reasonCode: null, at: '2026-11-22T08:00:00.000Z' });
    await district.app.deliver('platform-outcome.received', { offerId, result: 'REJECTED', reasonCode: ReasonCode.INSUFFICIENT_GUARANTEE, at: '2026-11-22T09:00:00.000Z' });
    await district.app.deliver('platform-outcome.received', { offerId: newId(), result: 'LENT', reasonCode: null, at: '2026-11-22T09:00:00.000Z' });
    const trail = (await district.app.get(of.applicant, `/v1/demands/${of.id}/trail`).expect(200)).body as { by: string }[];
    expect(trail.filter(({ by }) => by === 'platform')).toMatchObject([
      { step: 'CONTACTED', at: '2026-11-22T08:00:00.000Z' }, { step: 'REJECTED', reasonCode: 'INSUFFICIENT_GUARANTEE' },
    ]);
    expect([(await read(of)).state, await district.steps(district.bankA, of.id)]).toEqual([before, banks]);
  });

  it('tells what its banks refused, which goes to the cultivation ledger once, with what banks here refused', async () => {
    const { app, bankA, supervisor } = district;
    const creditCode = '91500000202869177Y';
    const of = await district.accepted(bankA, { creditCode, platformConsent: true });
    const [{ offerId }] = await offersOf(of.id);
    const outcome = (reasonCode: ReasonCode): EventOf<'platform-outcome.received'> => ({
      id: newId(), name: 'platform-outcome.received', organisationId: newId(), aggregateId: offerId, version: 1,
      payload: { offerId, result: 'REJECTED', reasonCode, at: '2026-11-22T09:00:00.000Z' },
    });
    const [one, other] = [outcome(ReasonCode.INSUFFICIENT_GUARANTEE), outcome(ReasonCode.CREDIT_RECORD)];
    for (const events of [[one, other], [one], [outcome(ReasonCode.INSUFFICIENT_GUARANTEE)]]) {
      await app.app.get(Tenancy).worker((tx) => app.app.get(Handlers).handle(events, tx));
    }
    await app.post(bankA, `/v1/demands/${of.id}/decision`, { outcome: 'REJECTED', reasonCode: 'INSUFFICIENT_GUARANTEE', reasonText: '担保不足' }).expect(201);
    await app.settle();
    const { items } = (await app.get(supervisor, `/v1/cultivation-entries?enterpriseId=${enterpriseIdOf(creditCode)}`).expect(200)).body;
    const there = '00000000-0000-4000-8000-000000000002';
    expect(items).toMatchObject([
      { reasonCode: 'CREDIT_RECORD', source: 'DEMAND', entryId: null, causes: [{ bankId: there, rejectedId: other.id }] },
      { reasonCode: 'INSUFFICIENT_GUARANTEE', causes: [{ bankId: there, rejectedId: one.id }, { bankId: there }, { bankId: bankA.organisationId, rejectedId: of.id }] },
    ]);
  });

  it('tells what its banks refused a person, under the id that stands for it in this demand', async () => {
    const of = await district.submitUnknown({
      applicantKind: 'NATURAL_PERSON', purposeKind: 'START_UP', enterpriseName: undefined, creditCode: undefined, residentId: '11010519491231002X', specialGroups: ['VETERAN'], platformConsent: true,
    });
    const [{ offerId }] = await offersOf(of.id);
    await district.app.deliver('platform-outcome.received', { offerId, result: 'REJECTED', reasonCode: ReasonCode.CREDIT_RECORD, at: '2026-11-22T09:00:00.000Z' });
    const entries = await district.app.database.query(
      'select e.enterprise_name from loan_matching.cultivation_entries e join loan_matching.demands d on d.enterprise_id = e.enterprise_id where d.id = $1', [of.id]);
    expect(entries).toEqual([{ enterprise_name: null }]);
  });

  describe('sends an application in', () => {
    const sent = (changed: object = {}): Payload<'platform-application.received'> => ({
      reference: `YRT-${++codes}`, enterpriseName: '万州示例食品有限公司', enterpriseId: enterpriseIdOf('91500101MA5U00011L'), kind: 'FIRST_LOAN', amount: '300000', termMonths: 12,
      purpose: '采购原材料', guaranteeTypes: ['CREDIT'] as never, regionCode: '500101001', industryCode: 'C1371',
      consent: { textVersion: 'yrt-2026-1', givenAt: '2026-11-22T12:00:00.000Z' }, ...changed,
    });
    const take = async (changed: object = {}): Promise<{ id: string; state: string }[]> => {
      const payload = sent(changed);
      await district.app.deliver('platform-application.received', payload);
      return (await district.app.get(district.supervisor, '/v1/applications?source=PLATFORM&limit=100').expect(200)).body.items
        .filter(({ clientRef }: { clientRef: string }) => clientRef === payload.reference);
    };

    beforeAll(() => district.record('91500101MA5U00011L', '万州示例食品有限公司'));

    it('which becomes a demand of the best fitting bank under the consent given there, and is taken once', async () => {
      await district.product(district.bankB, '渝融通贷');
      const reference = 'YRT-ONCE';
      const [first] = await take({ reference });
      await district.app.settle();
      expect(await take({ reference, amount: '900000' })).toMatchObject([{ id: first.id, state: 'ROUTED', source: 'PLATFORM', harborId: null, verification: 'VERIFIED' }]);
      const [{ bankId }] = await district.app.database.query<{ bankId: string }>('select bank_id as "bankId" from loan_matching.demands where id = $1', [first.id]);
      const bank = [district.bankA, district.bankB].find(({ organisationId }) => organisationId === bankId)!;
      expect((await district.app.get(bank, `/v1/demands/${first.id}`).expect(200)).body).toMatchObject({ source: 'PLATFORM', state: 'ROUTED', enterpriseName: null, amount: '300000.00' });
      const accepted = (await district.app.post(bank, `/v1/demands/${first.id}/acceptance`).expect(201)).body;
      expect(accepted).toMatchObject({ enterpriseName: '万州示例食品有限公司', contactName: null, contactPhone: null });
      expect((await district.app.post(bank, `/v1/demands/${first.id}/questions`, { question: '请补充流水' }).expect(409)).body.code).toBe('ILLEGAL_STATE');
      const given = (await told('consent.given')).filter(({ payload }: { payload: { demandId: string } }) => payload.demandId === first.id);
      expect(given).toMatchObject([{ payload: { textVersion: 'yrt-2026-1', givenAt: '2026-11-22T12:00:00.000Z' } }]);
      expect((await told('demand.submitted')).filter(({ aggregateId }) => aggregateId === first.id)).toEqual([]);
    });

    it('which no bank sees as long as the master knows another name', async () => {
      const [one] = await take({ enterpriseId: enterpriseIdOf('91500101MA60AB1255'), enterpriseName: '冒名企业' });
      expect(one).toMatchObject({ state: 'UNVERIFIED', verification: 'NAME_MISMATCH' });
      for (const bank of [district.bankA, district.bankB]) await district.app.get(bank, `/v1/demands/${one.id}`).expect(404);
    });

    it('which goes into the pool where no product fits', async () => {
      const offered = await district.app.database.query<{ id: string }>('select id from loan_matching.product_copies where published');
      for (const { id } of offered) await district.app.deliver('product.suspended', { productId: id }, { version: 9 });
      expect(await take()).toMatchObject([{ state: 'POOLED', mode: 'OPEN_POOL' }]);
    });

    it('which goes on as well when it is verified only later, by what is on offer by then', async () => {
      const [creditCode, enterpriseName] = ['91500101MA60AB1336', '后补核验企业'];
      const come = async (): Promise<string> => (await take({ enterpriseId: enterpriseIdOf(creditCode), enterpriseName }))[0].id;
      const verify = (id: string): Promise<unknown> =>
        district.app.post(district.supervisor, `/v1/applications/${id}/verification`, { outcome: 'VERIFIED', reasonText: '已核对营业执照' }).expect(201);
      const now = async (id: string): Promise<object> => (await district.app.get(district.supervisor, `/v1/applications/${id}`).expect(200)).body;
      const unmatched = await come();
      const suspended = await district.product(district.bankA, '随后停售贷');
      const chosen = await come();
      await district.app.deliver('product.suspended', { productId: suspended }, { version: 9 });
      await verify(chosen);
      expect(await now(chosen)).toMatchObject({ state: 'POOLED', mode: 'OPEN_POOL' });
      await district.product(district.bankB, '后来上架贷');
      await verify(unmatched);
      expect(await now(unmatched)).toMatchObject({ state: 'ROUTED', mode: 'MATCH_FIRST', demands: [{ bankId: district.bankB.organisationId }] });
      const recorded = await come();
      await district.record(creditCode, enterpriseName);
      await district.app.handleDue();
      expect(await now(recorded)).toMatchObject({ state: 'ROUTED', verification: 'VERIFIED' });
    });

    it('also a renewal, though the platform does not tell when the loan ends', async () => {
      expect(await take({ kind: 'RENEWAL' })).toMatchObject([{ maturesOn: null, demands: [{ kind: 'RENEWAL' }] }]);
    });

    it('which is refused by name where it names what is not, and keeps nothing', async () => {
      const refused = (): Promise<{ detail: { rules: string } }[]> =>
        district.app.database.query(`select detail from loan_matching.audit where action = 'application.refuse' order by id desc limit 1`);
      expect(await take({ regionCode: '999999' })).toEqual([]);
      expect((await refused())[0].detail.rules).toBe('regionCode region');
      expect(await take({ purpose: '为万州示例食品有限公司采购' })).toEqual([]);
      expect((await refused())[0].detail.rules).toBe('purpose identity');
    });
  });
});

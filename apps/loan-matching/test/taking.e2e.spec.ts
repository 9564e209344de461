import type { Caller } from '@finharbor/security/tokens/caller';
import { localDate } from '@finharbor/standards/working-days';
import { anonymous, application, callerOf, District, newId } from './district.js';
import { banksOf, Routed } from './routing.js';

const name = '万州示例食品有限公司';
const person = (changed: object = {}): Record<string, unknown> => application({
  enterpriseName: undefined, creditCode: undefined, industryCode: undefined, employees: undefined, revenue: undefined,
  establishedOn: undefined,
  applicantKind: 'NATURAL_PERSON', residentId: '50010119900101123x', specialGroups: ['GRADUATE', 'DISABLED'], amount: '200000', purposeKind: 'START_UP', ...changed,
});
const problemsOf = (body: { errors: { field: string; rule: string }[] }): string[] => body.errors.map(({ field, rule }) => `${field} ${rule}`);

describe('an application that somebody takes down', () => {
  let district: District;
  let staff: Caller;
  let staffOfB: Caller;
  const area = callerOf('area');
  beforeAll(async () => {
    district = await District.open({ SANDBOX: 'false' });
    await district.record('91500101MA5U00011L', name);
    const at = (bank: Caller, who: string): Caller => ({ role: 'harbor-staff', organisationId: bank.organisationId, clientId: `person:${who}` });
    [staff, staffOfB] = [at(district.bankA, 'li'), at(district.bankB, 'wang')];
  });
  afterAll(() => district.app.close());

  const take = (caller: Caller, changed: object = {}) => district.app.post(caller, '/v1/applications', application({ harborId: district.harborA, ...changed }));

  it('names its first responder by the token, for ever, and is the applicant’s from then on', async () => {
    const { app, harborA, supervisor, bankA } = district;
    const { body } = await take(staff).expect(201);
    const { id } = body.application;
    expect(body.application).toMatchObject({ source: 'STAFF', state: 'SUBMITTED', harborId: harborA, firstResponder: 'person:li' });
    const applicant = { role: 'applicant' as const, organisationId: null, clientId: null, accessSecret: body.accessSecret as string };
    const productId = await district.product(bankA);
    await district.app.get(applicant, `/v1/applications/${id}`).expect(200);
    const { body: later } = await take(staff).expect(201);
    const holder = { ...applicant, accessSecret: later.accessSecret as string };
    await app.post(holder, `/v1/demands/${later.demand.id}/choice`, { productId }).expect(201);
    await app.settle();
    // The bank that hosts the harbor learns nothing of where it went; nobody else's staff knows it at all.
    expect((await app.get(staff, `/v1/applications/${later.application.id}`).expect(200)).body).toMatchObject({ state: 'SUBMITTED', demands: [], round: 1 });
    expect((await app.get(supervisor, `/v1/applications/${later.application.id}`).expect(200)).body).toMatchObject({ state: 'ROUTED', firstResponder: 'person:li' });
    for (const stranger of [staffOfB, area]) await app.get(stranger, `/v1/applications/${id}`).expect(404);
    expect((await app.get(staff, '/v1/applications').expect(200)).body.items.map((one: { id: string }) => one.id)).toEqual([later.application.id, id]);
    expect((await app.get(staffOfB, '/v1/applications').expect(200)).body.items).toEqual([]);
    for (const role of ['loan_matching_app', 'loan_matching_supervisor', 'loan_matching_worker']) {
      await app.database.query(`set role ${role}`);
      await expect(app.database.query(`update loan_matching.applications set first_responder = 'person:zhao'`)).rejects.toThrow('permission denied');
      await app.database.query('reset role');
    }
  });

  it('is refused by name where somebody takes down what is not theirs to take', async () => {
    const { bankA, harborB } = district;
    expect((await take(staff, { harborId: harborB }).expect(404)).body.code).toBe('NOT_FOUND');
    expect((await take(staff, { harborId: newId() }).expect(404)).body.code).toBe('NOT_FOUND');
    expect(problemsOf((await take(staff, { firstResponder: 'person:zhao' }).expect(400)).body)).toEqual(['firstResponder whitelistValidation']);
    for (const caller of [bankA, district.supervisor]) await take(caller).expect(403);
    expect((await take(anonymous)).status).toBe(401);
    await take(staff, { consent: false }).expect(400);
  });

  it('may be taken down on a visit in the grid', async () => {
    const { body } = await take(area, { gridPlace: '高笋塘街道 白岩书院社区 3 号楼' }).expect(201);
    expect(body.application).toMatchObject({ source: 'GRID', gridPlace: '高笋塘街道 白岩书院社区 3 号楼', firstResponder: 'test-area' });
  });

  it('is a demand that says to its bank and in the ledger how it came in, and is asked about and decided as any other', async () => {
    const { app, bankA, supervisor, harborA } = district;
    const productId = await district.product(bankA);
    const item = { ...application({ harborId: harborA }), clientRef: 'how-1' };
    const [{ accessSecret, applicationId }] = (await app.post(staff, '/v1/applications/batches', { items: [item] }).expect(201)).body.items;
    const ways = [['STAFF', (await take(staff)).body], ['GRID', (await take(area, { gridPlace: '高笋塘街道' })).body], ['BATCH', { accessSecret, demand: { id: applicationId } }]];
    for (const [source, { demand: { id }, accessSecret: secret }] of ways) {
      await app.post({ role: 'applicant', organisationId: null, clientId: null, accessSecret: secret }, `/v1/demands/${id}/choice`, { productId }).expect(201);
      expect((await app.post(bankA, `/v1/demands/${id}/acceptance`).expect(201)).body).toMatchObject({ source, harborId: harborA });
      for (const caller of [bankA, supervisor]) {
        for (const list of ['demands', 'demand-ledger']) {
          const { items } = (await app.get(caller, `/v1/${list}?source=${source}&limit=200`).expect(200)).body;
          const ids = items.map((one: { id?: string; demandId?: string }) => one.id ?? one.demandId);
          expect([source, list, ids]).toEqual([source, list, expect.arrayContaining([id])]);
        }
      }
      expect((await app.graphql(bankA, 'query ($id: ID!) { demand(id: $id) { source harbor { id } } }', { id })).data.demand).toEqual({ source, harbor: { id: harborA } });
      const asked = (await app.post(bankA, `/v1/demands/${id}/questions`, { question: '请补充近三个月的银行流水' }).expect(201)).body;
      await app.post(bankA, `/v1/demands/${id}/questions/${asked.id}/retraction`).expect(201);
      await app.post(bankA, `/v1/demands/${id}/decision`, { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '300000' }).expect(201);
      await app.settle();
      expect(await app.database.query(
        `select from loan_matching.delivery, jsonb_array_elements(body::jsonb) event where event ->> 'n' = 'demand.decided' and event ->> 'a' = $1 and consumer = 'harbors'`, [id])).toHaveLength(1);
    }
    expect((await app.get(bankA, '/v1/demand-ledger?source=LOAN_CODE').expect(200)).body.items).toEqual([]);
  });

  it('comes in once, however often a harbor that was offline sends its batch', async () => {
    const { app, harborA, harborB } = district;
    const item = (clientRef: string, changed: object = {}): object => ({ ...application({ harborId: harborA, ...changed }), clientRef });
    const items = [item('a-1'), item('a-2', { amount: '-5' }), item('a-3', { creditCode: '91500101MA5U00011M' }), item('a-4', { harborId: harborB }), item('a-1'), { amount: 1 }, item('a-5', { kind: 'RENEWAL' })];
    const { body } = await app.post(staff, '/v1/applications/batches', { items }).expect(201);
    expect(body.items.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['TAKEN', 'REJECTED', 'REJECTED', 'REJECTED', 'KNOWN', 'REJECTED', 'REJECTED']);
    expect(body.items.slice(1, 4).map(problemsOf)).toEqual([['amount yuan'], ['creditCode creditCodeCHECKSUM'], ['harborId harbor']]);
    expect(problemsOf(body.items[6])).toEqual(['maturesOn required']);
    expect(body.items[0]).toMatchObject({ index: 0, clientRef: 'a-1', accessSecret: expect.stringMatching(/^demand_/), errors: [] });
    expect(body.items[4]).toMatchObject({ applicationId: body.items[0].applicationId, accessSecret: null });
    const again = await Promise.all([1, 2].map(() => app.post(staff, '/v1/applications/batches', { items: [item('a-1'), item('a-2')] })));
    expect(again.flatMap(({ body: one }) => one.items.map(({ outcome }: { outcome: string }) => outcome)).sort()).toEqual(['KNOWN', 'KNOWN', 'KNOWN', 'TAKEN']);
    // The same words of another organisation are another application.
    const others = await app.post(area, '/v1/applications/batches', { items: [item('a-1')] }).expect(201);
    expect(others.body.items).toMatchObject([{ outcome: 'TAKEN' }]);
    expect((await app.get(staff, `/v1/applications/${body.items[0].applicationId}`).expect(200)).body).toMatchObject({ source: 'BATCH', clientRef: 'a-1' });
    await app.post(staff, '/v1/applications/batches', { items: [] }).expect(400);
    await app.post(staff, '/v1/applications/batches', { items: Array(51).fill(item('b-1')) }).expect(400);
  });

  describe('offline', () => {
    const ago = (days: number, minutes = 0): string => new Date(Date.now() - days * 86_400_000 - minutes * 60_000).toISOString();
    const send = async (changed: object) =>
      (await district.app.post(staff, '/v1/applications/batches', { items: [{ ...application({ harborId: district.harborA, ...changed }), clientRef: newId() }] }).expect(201)).body.items[0];
    const consentsOf = (id: string): Promise<{ at: string }[]> => district.app.database.query(
      `select distinct event -> 'p' ->> 'givenAt' as at, event ->> 'a' as consent from loan_matching.delivery, jsonb_array_elements(body::jsonb) event
       where event ->> 'n' = 'consent.given' and event -> 'p' ->> 'demandId' in (select id::text from loan_matching.demands where application_id = $1)`, [id]);

    it('was agreed to when it was taken down, with every bank and for the outside platform, and submitted when it came in', async () => {
      const { app, supervisor } = district;
      const [takenAt, banks, before] = [ago(3), await banksOf(district, 2), Date.now()];
      const { applicationId: id, accessSecret } = await send({ takenAt, platformConsent: true });
      const read = (await app.get(supervisor, `/v1/applications/${id}`).expect(200)).body;
      expect(read).toMatchObject({ takenAt, platformConsentAt: takenAt });
      expect(Date.parse(read.submittedAt)).toBeGreaterThanOrEqual(before);
      const applicant = { role: 'applicant' as const, organisationId: null, clientId: null, accessSecret };
      await new Routed(district, { id, applicant, body: read }).route({ mode: 'MATCH_FIRST', productIds: banks.map(({ productId }) => productId) });
      await app.settle();
      // That of the application, that of the second bank, and that for the outside platform.
      expect((await consentsOf(id)).map(({ at }) => at)).toEqual([takenAt, takenAt, takenAt]);
      await expect(app.database.query(`set role loan_matching_worker; update loan_matching.applications set taken_at = now()`)).rejects.toThrow('permission denied');
      await app.database.query('reset role');
    });

    it('is a renewal that was applied for before the loan ended, whenever it came in', async () => {
      const maturesOn = localDate(new Date(Date.now() - 86_400_000));
      const renewal = { kind: 'RENEWAL', maturesOn };
      expect(await send({ ...renewal, takenAt: ago(2) })).toMatchObject({ outcome: 'TAKEN' });
      expect(problemsOf(await send({ ...renewal, takenAt: ago(1) }))).toEqual(['maturesOn maturity']);
      expect(problemsOf(await send(renewal))).toEqual(['maturesOn maturity']);
    });

    it.each([[ago(14, 1)], [ago(-1)], ['2026-02-30T10:00:00Z'], [ago(1).slice(0, 10)], [ago(1).slice(0, 19)], ['yesterday'], [5]])('was not taken down at %s', async (takenAt) => {
      expect(problemsOf(await send({ takenAt }))).toEqual(['takenAt instantWithin']);
    });

    it('is no field of what is taken down here and now', async () => {
      expect(problemsOf((await take(staff, { takenAt: ago(1) }).expect(400)).body)).toEqual(['takenAt whitelistValidation']);
      expect((await take(staff).expect(201)).body.application.takenAt).toBeNull();
    });
  });

  it('of a natural person of the six groups goes through the green channel, and its number stays sealed', async () => {
    const { app, bankA, supervisor, dashboard } = district;
    const productId = await district.product(bankA, '创业担保贷款');
    const { id, applicant, body } = await district.submitUnknown(person());
    expect(body).toMatchObject({ application: { applicantKind: 'NATURAL_PERSON', state: 'SUBMITTED', greenChannel: true }, demand: { enterpriseName: null, creditCode: null, greenChannel: true, sizeClass: 'NOT_APPLICABLE' } });
    expect(JSON.stringify(body)).not.toMatch(/50010119900101123x/i);
    await app.post(applicant, `/v1/demands/${id}/choice`, { productId }).expect(201);
    const accepted = await app.post(bankA, `/v1/demands/${id}/acceptance`).expect(201);
    expect(accepted.body).toMatchObject({ enterpriseName: null, contactName: '欧***', greenChannel: true });
    await app.settle();
    const tables = await app.database.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'loan_matching'`);
    for (const { name: table } of tables) {
      expect([table, await app.database.query(`select 1 from loan_matching.${table} t where t::text ilike '%50010119900101123x%'`)]).toEqual([table, []]);
    }
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const read = async (from: string): Promise<unknown> => (await app.get(dashboard, `/v1/green-channel/statistics?from=${from}&to=${today}`)).body;
    expect(await read(today)).toMatchObject({ applications: 1, accepted: 1, approved: 0, ended: 0 });
    expect(((await read(today)) as { groups: object[] }).groups).toEqual(expect.arrayContaining([{ group: 'GRADUATE', applications: 1 }, { group: 'VETERAN', applications: 0 }]));
    expect(await read('2099-01-01')).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect((await app.get(supervisor, '/v1/applications?greenChannel=true').expect(200)).body.items).toHaveLength(1);
    await app.get(bankA, `/v1/green-channel/statistics?from=${today}&to=${today}`).expect(403);
  });

  it.each([
    ['without a number', { residentId: undefined }, 'residentId residentIdEMPTY'],
    ['with a wrong check character', { residentId: '500101199001011230' }, 'residentId residentIdCHECKSUM'],
    ['under age', { residentId: '110105201501011239' }, 'residentId fullAge'],
    ['of none of the groups', { specialGroups: [] }, 'specialGroups required'],
    ['that is not for a start-up', { purposeKind: 'EQUIPMENT' }, 'purposeKind startUp'],
    ['that does not say what it is for, of none of the groups', { purposeKind: undefined, specialGroups: undefined }, 'specialGroups required, purposeKind startUp'],
    ['that names an enterprise', { creditCode: '91500101MA5U00011L', enterpriseName: name }, 'enterpriseName naturalPerson, creditCode naturalPerson'],
    ['whose purpose has its number', { purpose: '为 50010119900101123x 周转' }, 'purpose identity'],
  ])('of a natural person %s is refused', async (_what, changed, problem) => {
    const { code } = await district.code();
    const { body } = await district.app.post(anonymous, `/v1/scans/${code}/demands`, person(changed)).expect(400);
    expect(problemsOf(body).join(', ')).toBe(problem);
    expect(JSON.stringify(body)).not.toMatch(/\d{17}[\dx]/i);
  });
});

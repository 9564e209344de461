import { enterpriseIdOf } from '@finharbor/contracts/ids';
import type { Caller } from '@finharbor/security/tokens/caller';
import { addDays } from '@finharbor/standards/dates';
import { localDate } from '@finharbor/standards/working-days';
import { application, callerOf, District, newId } from './district.js';
import { Routed } from './routing.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Body = any;

describe('the ledgers', () => {
  let district: District;
  beforeAll(async () => { district = await District.open(); });
  afterAll(() => district.app.close());

  const query = <Row = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Row[]> =>
    district.app.database.query<Row>(sql, parameters);
  const ledger = async (caller: Caller, filter: string): Promise<Body[]> => (await district.app.get(caller, `/v1/demand-ledger?limit=200&${filter}`).expect(200)).body.items;
  const dockings = async (caller: Caller, filter: string): Promise<Body[]> => (await district.app.get(caller, `/v1/docking-entries?limit=200&${filter}`).expect(200)).body.items;
  /** Lets what happened to a demand have happened on days of a March, in its order. */
  const inMarch = async (id: string, days: Record<string, number>): Promise<void> => {
    for (const [state, day] of Object.entries(days)) {
      await query(`update loan_matching.demand_moves set at = make_timestamptz(2025, 3, $3, 10, 0, 0, 'Asia/Shanghai') where demand_id = $1 and coalesce(state, stage) = $2`, [id, state, day]);
      await query(`update loan_matching.demand_progress set at = make_timestamptz(2025, 3, $3, 10, 0, 0, 'Asia/Shanghai') where demand_id = $1 and stage = $2`, [id, state, day]);
    }
  };

  it('tell of demands how they stood at the end of any day, to a bank since it held them', async () => {
    const { app, bankA, bankB, supervisor, dashboard } = district;
    const { id } = await district.accepted(bankA);
    await app.post(bankA, `/v1/demands/${id}/decision`, { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '300000' }).expect(201);
    await inMarch(id, { SUBMITTED: 3, ROUTED: 4, ACCEPTED: 5, DOCKED: 7, APPROVED: 7, CREDITED: 7 });
    const asOf = async (caller: Caller, day: number): Promise<Body> => (await ledger(caller, `asOf=2025-03-0${day}`)).find(({ demandId }) => demandId === id);
    expect(await asOf(supervisor, 2)).toBeUndefined();
    expect(await asOf(supervisor, 3)).toMatchObject({ state: 'SUBMITTED', bankId: null, productId: null, creditedAmount: null, enterpriseName: '万州示例食品有限公司' });
    expect(await asOf(bankA, 3)).toBeUndefined();
    expect(await asOf(bankA, 4)).toMatchObject({ state: 'ROUTED', bankId: bankA.organisationId, since: '2025-03-04T02:00:00.000Z' });
    expect(await asOf(dashboard, 6)).toMatchObject({ state: 'ACCEPTED', dockedAt: null });
    expect(await asOf(bankA, 7)).toMatchObject({ state: 'APPROVED', creditedAmount: '300000.00', lentAmount: null, dockedAt: '2025-03-07T02:00:00.000Z' });
    expect((await ledger(bankA, `state=APPROVED&bankId=${bankA.organisationId}`)).map(({ demandId }) => demandId)).toContain(id);
    expect(await ledger(bankA, 'asOf=2025-03-06&state=APPROVED')).toEqual([]);
    expect(await ledger(bankB, '')).toEqual([]);
    await app.get(supervisor, '/v1/demand-ledger?asOf=2025-02-30').expect(400);
    await app.get(callerOf('department'), '/v1/demand-ledger').expect(403);
  });

  it('name nobody to a bank that has not accepted, and page by cursor', async () => {
    const { app, bankA, bankB } = district;
    const [one, two] = [await district.routed(bankB), await district.routed(bankB)];
    const first = (await app.get(bankB, '/v1/demand-ledger?limit=1').expect(200)).body;
    expect(first.items).toMatchObject([{ demandId: two.id, state: 'ROUTED', enterpriseId: null, enterpriseName: null, creditCode: null }]);
    const second = (await app.get(bankB, `/v1/demand-ledger?limit=1&cursor=${first.nextCursor}`).expect(200)).body;
    expect([second.items[0].demandId, second.nextCursor]).toEqual([one.id, null]);
    await app.get(bankA, `/v1/demand-ledger?limit=1&cursor=${first.nextCursor}`).expect(400);
    const answer = await app.graphql(bankB, '{ demandLedger(first: 2, state: ROUTED) { edges { node { demandId bank { id } } } } }');
    expect(answer.data.demandLedger.edges).toHaveLength(2);
  });

  it('have one need once, however many banks it is with: by its application, of which no bank is told', async () => {
    const { app, bankA, bankB, supervisor, dashboard } = district;
    const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [await district.product(bankA), await district.product(bankB)] });
    await app.settle();
    const rows = await ledger(supervisor, `applicationId=${routed.id}`);
    expect(rows).toMatchObject([bankB, bankA].map(({ organisationId: bankId }) =>
      ({ bankId, state: 'ROUTED', amount: '500000.00', applicationId: routed.id, applicationState: 'ROUTED' })));
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    expect(await ledger(dashboard, `applicationId=${routed.id}&asOf=${today}`)).toMatchObject(rows.map(() => ({ applicationId: routed.id, applicationState: null })));
    expect(await ledger(supervisor, `applicationId=${routed.id}&asOf=2025-01-01`)).toEqual([]);
    const own = (await ledger(bankB, '')).find(({ demandId }) => demandId === rows[0].demandId);
    expect(own.state).toBe('ROUTED');
    for (const withheld of ['applicationId', 'applicationState']) expect(own).not.toHaveProperty(withheld);
    for (const id of [routed.id, own.demandId]) await app.get(bankB, `/v1/demand-ledger?applicationId=${id}`).expect(400);
    const seen = '{ demandLedger(first: 1) { edges { node { demandId applicationId applicationState } } } }';
    expect((await app.graphql(supervisor, seen)).data.demandLedger.edges[0].node).toMatchObject({ applicationState: 'ROUTED' });
    expect(JSON.stringify((await app.graphql(bankB, seen)).data ?? {})).not.toContain(routed.id);
  });

  it('have each attempt to reach an enterprise, as it was entered', async () => {
    const { app, bankA, bankB, supervisor } = district;
    const { id } = await district.accepted(bankA);
    const attempt = { demandId: id, way: 'PHONE', outcome: 'NOT_REACHED', note: '三次未接' };
    const { body } = await app.post(bankA, '/v1/docking-entries', attempt).expect(201);
    expect(body).toMatchObject({ ...attempt, organisationId: bankA.organisationId, enterpriseName: '万州示例食品有限公司' });
    await app.post(bankB, '/v1/docking-entries', attempt).expect(404);
    await app.post(supervisor, '/v1/docking-entries', attempt).expect(403);
    await app.post(bankA, '/v1/docking-entries', { ...attempt, contactedAt: '2999-01-01T00:00:00Z' }).expect(400);
    await app.post(bankA, '/v1/docking-entries', { ...attempt, contactedAt: '2020-01-01T00:00:00Z' }).expect(400);
    await app.post(bankA, '/v1/docking-entries', { ...attempt, way: 'TELEPATHY' }).expect(400);
    // What the bank tells of the demand itself is one too, once.
    await app.post(bankA, `/v1/demands/${id}/progress`, { stage: 'DOCKED' }).expect(201);
    await district.app.handleDue();
    expect(await dockings(bankA, `demandId=${id}`)).toMatchObject([{ way: 'UNSTATED', outcome: 'REACHED' }, { way: 'PHONE', outcome: 'NOT_REACHED' }]);
    expect(await dockings(supervisor, `demandId=${id}&outcome=REACHED`)).toHaveLength(1);
    expect(await dockings(supervisor, `demandId=${id}&asOf=2020-01-01`)).toEqual([]);
    expect(await dockings(bankB, '')).toEqual([]);
    await expect(query(`set role loan_matching_worker; update loan_matching.docking_entries set note = 'x'`)).rejects.toThrow(/permission denied/);
  });

  it('have the visit in the grid on which a demand was taken down, for whoever made it', async () => {
    const { app, bankA, supervisor } = district;
    const area = callerOf('area');
    const taken = { ...application(), harborId: district.harborA, gridPlace: '高笋塘街道 3 号楼' };
    const { body } = await app.post(area, '/v1/applications', taken).expect(201);
    await district.app.handleDue();
    const id = body.application.id;
    expect(await dockings(area, '')).toMatchObject([{ demandId: id, organisationId: area.organisationId, way: 'VISIT', outcome: 'REACHED', enterpriseName: null }]);
    expect(await dockings(supervisor, `demandId=${id}`)).toHaveLength(1);
    expect(await dockings(bankA, `demandId=${id}`)).toEqual([]);

    // Also later attempts, of whoever took it down and of nobody else, whatever became of it.
    const attempt = { demandId: id, way: 'PHONE', outcome: 'TO_BE_CONTINUED' };
    expect((await app.post(area, '/v1/docking-entries', attempt).expect(201)).body).toMatchObject({ ...attempt, organisationId: area.organisationId, enterpriseName: null });
    for (const other of [callerOf('area'), callerOf('harbor-staff')]) await app.post(other, '/v1/docking-entries', attempt).expect(404);
    await app.post(area, '/v1/docking-entries', { ...attempt, contactedAt: '2020-01-01T00:00:00Z' }).expect(400);
    const { id: unknown } = await district.accepted(bankA);
    await app.post({ ...callerOf('harbor-staff'), organisationId: bankA.organisationId }, '/v1/docking-entries', { ...attempt, demandId: unknown }).expect(404);
    const staff = { ...callerOf('harbor-staff'), organisationId: bankA.organisationId };
    const productId = await district.product(district.bankB);
    const own = (await app.post(staff, '/v1/applications', { ...application(), harborId: district.harborA }).expect(201)).body;
    const applicant = { role: 'applicant' as const, organisationId: null, clientId: null, accessSecret: own.accessSecret };
    const entered = async (): Promise<Body> => (await app.post(staff, '/v1/docking-entries', { ...attempt, demandId: own.application.id }).expect(201)).body;
    expect(await entered()).toMatchObject({ organisationId: bankA.organisationId, enterpriseName: null });
    await app.post(applicant, `/v1/demands/${own.application.id}/choice`, { productId }).expect(201);
    await app.post(district.bankB, `/v1/demands/${own.application.id}/acceptance`).expect(201);
    expect(await entered()).toMatchObject({ organisationId: bankA.organisationId, enterpriseName: null });
    expect(await dockings(district.bankB, `demandId=${own.application.id}`)).toEqual([]);
  });

  it('have a visit on which no network was, when it was made, and nothing of what was taken down elsewhere', async () => {
    const { app, harborA, supervisor } = district;
    const takenAt = new Date(Date.now() - 5 * 86_400_000).toISOString();
    const items = [{ gridPlace: '天城镇 2 组', takenAt }, { gridPlace: '天城镇 3 组' }, { takenAt }].map((more) => ({ ...application({ harborId: harborA, ...more }), clientRef: newId() }));
    const { body } = await app.post(callerOf('area'), '/v1/applications/batches', { items }).expect(201);
    await app.handleDue();
    const [visited, untimed, taken] = await Promise.all(body.items.map(({ applicationId }: { applicationId: string }) => dockings(supervisor, `demandId=${applicationId}`)));
    expect(visited).toMatchObject([{ way: 'VISIT', outcome: 'REACHED', contactedAt: takenAt }]);
    expect(Date.parse(visited[0].recordedAt)).toBeGreaterThan(Date.parse(takenAt));
    expect(untimed).toMatchObject([{ way: 'VISIT', contactedAt: untimed[0].recordedAt }]);
    expect(taken).toEqual([]);
  });

  it('have no attempt of a bank that may not know the enterprise', async () => {
    const { app, bankA } = district;
    const routed = await district.routed(bankA);
    await app.post(bankA, '/v1/docking-entries', { demandId: routed.id, way: 'VISIT', outcome: 'REACHED' }).expect(409);
    const accepted = await district.accepted(bankA);
    await app.post(accepted.applicant, `/v1/demands/${accepted.id}/consent-withdrawal`).expect(201);
    await app.post(bankA, '/v1/docking-entries', { demandId: accepted.id, way: 'VISIT', outcome: 'REACHED' }).expect(409);
  });

  describe('of credit', () => {
    const alerts = async (enterpriseId: string): Promise<Body[]> =>
      (await district.app.get(district.supervisor, `/v1/credit-alerts?enterpriseId=${enterpriseId}`).expect(200)).body.items;
    const approved = async (bank: Caller, amount: string, changed: object, offeredMonths?: number): Promise<string> => {
      const { id, applicant } = await district.accepted(bank, { amount, ...changed });
      if (offeredMonths) {
        await district.app.post(bank, `/v1/demands/${id}/counter-offers`, { amount, termMonths: offeredMonths, text: '期限更长' }).expect(201);
        await district.app.post(applicant, `/v1/demands/${id}/counter-offer-acceptance`).expect(201);
      }
      await district.app.post(bank, `/v1/demands/${id}/decision`, { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: amount }).expect(201);
      await district.app.handleDue();
      return id;
    };
    const banded = async (bank: Caller, id: string): Promise<string> => (await district.app.get(bank, `/v1/demands/${id}/credit-band`).expect(200)).body.band;

    it('alert supervisors when all banks together credit too much, and give banks a band', async () => {
      const { app, bankA, bankB, supervisor } = district;
      const creditCode = '91500101MA5UABCD0Y';
      const enterpriseId = enterpriseIdOf(creditCode);
      const one = await approved(bankA, '4000000', { creditCode });
      expect([await banded(bankA, one), await alerts(enterpriseId)]).toEqual(['NORMAL', []]);
      const two = await approved(bankB, '4000000', { creditCode });
      // An approval that waits for the contract is one.
      await app.post(bankB, `/v1/demands/${two}/questions`, { question: '签订合同前请补充营业执照副本' }).expect(201);
      expect([await banded(bankA, one), await banded(bankB, two)]).toEqual(['ELEVATED', 'ELEVATED']);
      await approved(bankB, '4000000', { creditCode });
      expect(await banded(bankA, one)).toBe('HIGH');
      const [alert, ...more] = await alerts(enterpriseId);
      expect([alert, more]).toMatchObject([{ kind: 'CREDIT_TOTAL', state: 'OPEN', measured: '12000000.00', threshold: '10000000.00', enterpriseName: '万州示例食品有限公司' }, []]);
      await app.get(bankA, '/v1/credit-alerts').expect(403);
      await app.get(bankB, `/v1/demands/${one}/credit-band`).expect(404);
      await app.post(supervisor, `/v1/credit-alerts/${alert.id}/handling`, { note: '已约谈相关银行' }).expect(201);
      await app.post(supervisor, `/v1/credit-alerts/${alert.id}/handling`, { note: '再次' }).expect(409);
      const [{ id: asked }] = (await app.get(bankB, `/v1/demands/${two}/questions`).expect(200)).body;
      await app.post(bankB, `/v1/demands/${two}/questions/${asked}/retraction`).expect(201);
      await app.post(bankB, `/v1/demands/${two}/progress`, { stage: 'LENT', amount: '4000000' }).expect(201);
      await district.app.handleDue();
      expect((await alerts(enterpriseId)).map(({ state }) => state)).toEqual(['HANDLED']); // it is as it was handled
      await app.post(bankA, `/v1/demands/${one}/progress`, { stage: 'ENDED', reasonCode: 'CUSTOMER_NO_NEED', reasonText: '企业不再需要' }).expect(201);
      await district.app.handleDue();
      expect(await banded(bankA, one)).toBe('ELEVATED');
      expect((await alerts(enterpriseId)).map(({ state }) => state)).toEqual(['HANDLED']); // it got better
      await approved(bankB, '9000000', { creditCode });
      expect((await alerts(enterpriseId)).map(({ state }) => state)).toEqual(['OPEN', 'HANDLED']);
    });

    it('count a renewal instead of what its bank lent before, and nothing whose term is over', async () => {
      const { bankA, bankB } = district;
      const creditCode = '91500101B1QJKN0G0D';
      const asked = { creditCode, contactPhone: '13711114444' };
      const renewal = { ...asked, kind: 'RENEWAL', maturesOn: addDays(localDate(new Date()), 60) };
      const first = await approved(bankA, '4000000', asked);
      const second = await approved(bankA, '4000000', renewal);
      expect([await banded(bankA, second), await alerts(enterpriseIdOf(creditCode))]).toEqual(['NORMAL', []]);
      const other = await approved(bankB, '6500000', renewal); // of another bank
      expect([await banded(bankB, other), (await alerts(enterpriseIdOf(creditCode)))[0]]).toMatchObject(['HIGH', { kind: 'CREDIT_TOTAL', measured: '10500000.00' }]);
      // Further credit of the same bank is no renewal.
      const further = await approved(bankA, '500000', asked);
      expect((await alerts(enterpriseIdOf(creditCode)))[0]).toMatchObject({ measured: '11000000.00' });
      // A renewal that came to nothing leaves what there was.
      await district.app.post(bankB, `/v1/demands/${other}/progress`, { stage: 'ENDED', reasonCode: 'CUSTOMER_NO_NEED', reasonText: '企业不再需要' }).expect(201);
      expect(await banded(bankA, first)).toBe('NORMAL');
      const third = await approved(bankB, '6000000', asked, 24);
      const agedMonths = (id: string, months: number): Promise<unknown> =>
        query(`update loan_matching.decisions set decided_at = now() - make_interval(months => $2) where demand_id = $1`, [id, months]);
      expect(await banded(bankB, third)).toBe('HIGH'); // 4 + 0.5 + 6
      await agedMonths(third, 23);
      expect(await banded(bankB, third)).toBe('HIGH');
      await agedMonths(third, 25);
      expect(await banded(bankB, third)).toBe('NORMAL');
      await district.app.post(bankB, `/v1/demands/${third}/progress`, { stage: 'LENT', amount: '6000000' }).expect(201);
      expect(await banded(bankB, third)).toBe('HIGH'); // from lending on
      await query(`update loan_matching.demand_progress set at = now() - interval '25 months' where demand_id = $1 and stage = 'LENT'`, [third]);
      expect(await banded(bankA, further)).toBe('NORMAL');
    });

    it('flag what looks like a misused identity, from figures that the district sets', async () => {
      const { app, bankA, supervisor } = district;
      const creditCode = '91500101MA60AB1255';
      const { body } = await app.get(supervisor, '/v1/credit-rules').expect(200);
      const rule = body.find(({ kind }: { kind: string }) => kind === 'NEWLY_REGISTERED');
      const set = { threshold: '6', source: '万州区2026年通知' };
      await app.patch(supervisor, '/v1/credit-rules/NEWLY_REGISTERED', set).set('if-match', '"9"').expect(412);
      expect((await app.patch(supervisor, '/v1/credit-rules/NEWLY_REGISTERED', set).set('if-match', `"${rule.version}"`).expect(200)).body).toMatchObject({ ...set, threshold: '6.00', version: 2 });
      await app.patch(bankA, '/v1/credit-rules/NEWLY_REGISTERED', set).set('if-match', '"2"').expect(403);
      const establishedOn = new Date(Date.now() - 140 * 86_400_000).toISOString().slice(0, 10);
      const { id } = await district.accepted(bankA, { creditCode, establishedOn, revenue: '0' });
      await app.post(bankA, `/v1/demands/${id}/decision`, { outcome: 'REJECTED', reasonCode: 'MISUSE_SUSPECTED', reasonText: '疑似套取经营性贷款' }).expect(201);
      await district.app.handleDue();
      expect((await alerts(enterpriseIdOf(creditCode))).map(({ kind }) => kind).sort()).toEqual(['MISUSE_SUSPECTED', 'NEWLY_REGISTERED', 'NO_OPERATION']);
    });

    it('alert supervisors of demands with many banks at once', async () => {
      const { app, bankA, bankB, supervisor } = district;
      const creditCode = '93500101MA5UH0014B';
      await app.patch(supervisor, '/v1/credit-rules/PARALLEL_DEMANDS', { threshold: '1', source: '试点' }).set('if-match', '"1"').expect(200);
      await district.accepted(bankA, { creditCode });
      const { id } = await district.routed(bankB, { creditCode });
      await district.app.handleDue();
      expect(await alerts(enterpriseIdOf(creditCode))).toContainEqual(expect.objectContaining({ kind: 'PARALLEL_DEMANDS', measured: '2.00', threshold: '1.00' }));
      await app.get(bankB, `/v1/demands/${id}/credit-band`).expect(409);
      await app.settle();
      expect(await query(`select distinct event ->> 'o' as org, event -> 'p' ->> 'kind' as kind from loan_matching.delivery, jsonb_array_elements(body::jsonb) event
        where event ->> 'n' = 'credit-alert.raised' and event -> 'p' ->> 'kind' = 'PARALLEL_DEMANDS'`)).toHaveLength(1);
    });

    it('flag one contact that asks for many enterprises', async () => {
      const codes = ['91500000202869177Y', '91500000676129728J', '92500101MA5UW0016R', '92500101MA61CD341K'];
      for (const creditCode of codes) {
        await district.routed(district.bankA, { creditCode, contactPhone: '13711112222' });
        await district.app.handleDue();
      }
      expect(await alerts(enterpriseIdOf(codes[2]))).toEqual([]);
      expect(await alerts(enterpriseIdOf(codes[3]))).toMatchObject([{ kind: 'SHARED_CONTACT', measured: '4.00' }]);
    });

    it('flag no person who asks more than once, and count none as an enterprise', async () => {
      const person = {
        applicantKind: 'NATURAL_PERSON', purposeKind: 'START_UP', enterpriseName: undefined, creditCode: undefined, residentId: '11010519491231002X', specialGroups: ['VETERAN'],
        contactPhone: '13711113333',
      };
      for (let times = 0; times < 4; times++) await district.submitUnknown(person);
      await district.routed(district.bankA, { creditCode: '91500101PYTX4YK78B', contactPhone: person.contactPhone });
      await district.app.handleDue();
      const [{ count }] = await query(`select count(*)::int from loan_matching.credit_alerts c join loan_matching.demands d using (enterprise_id)
        where c.kind = 'SHARED_CONTACT' and d.credit_code is null`);
      expect([count, await alerts(enterpriseIdOf('91500101PYTX4YK78B'))]).toEqual([0, []]);
    });
  });

  it('try another ladder on what was', async () => {
    const { app, supervisor, bankA } = district;
    const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const input = { kind: 'DEMAND_CONTACT', from: '2025-01-01', to: day, days: 1, ladder: [{ after: 0, tell: ['HOLDER'] }] };
    const { body } = await app.post(supervisor, '/v1/ladder-simulations', input, newId()).expect(200);
    expect(body.held.clocks).toBeGreaterThan(0);
    expect(body.tried.clocks).toBe(body.held.clocks);
    const ofEnterprises = { ...input, kind: 'DEMAND_ANSWER', reminders: [1] };
    expect((await app.post(supervisor, '/v1/ladder-simulations', ofEnterprises).expect(400)).body.errors).toMatchObject([{ field: 'reminders' }, { field: 'ladder' }]);
    await app.post(supervisor, '/v1/ladder-simulations', { ...input, to: '2024-01-01' }).expect(400);
    await app.post(supervisor, '/v1/ladder-simulations', { ...input, kind: 'LIST_REVIEW' }).expect(400);
    await app.post(bankA, '/v1/ladder-simulations', input).expect(403);
  });
});

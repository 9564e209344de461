import type { Caller } from '@finharbor/security/tokens/caller';
import { District, newId } from './district.js';
import { type Bank, banksOf, Routed } from './routing.js';

describe('an application', () => {
  let district: District;
  let a: Bank, b: Bank, c: Bank, d: Bank;
  beforeAll(async () => {
    district = await District.open();
    [a, b, c, d] = await banksOf(district, 4);
  });
  afterAll(() => district.app.close());

  it('goes to several banks at once, up to the limit, and each has a demand of its own', async () => {
    const routed = await Routed.of(district);
    const products = [a, b, c, d].map(({ productId }) => productId);
    expect((await routed.route({ mode: 'MATCH_FIRST', productIds: products }, 400)).errors).toMatchObject([{ field: 'productIds', rule: 'limit' }]);
    expect(await routed.route({ mode: 'MATCH_FIRST', productIds: products.slice(0, 2) })).toMatchObject({ state: 'ROUTED', round: 1, mode: 'MATCH_FIRST' });
    expect((await routed.demands()).map(({ state, bankId }) => [state, bankId])).toEqual([['ROUTED', a.organisationId], ['ROUTED', b.organisationId]]);
    expect((await routed.route({ mode: 'MATCH_FIRST', productIds: [a.productId] }, 400)).errors).toMatchObject([{ rule: 'bankOnce' }]);
    await routed.route({ mode: 'MATCH_FIRST', productIds: [c.productId] });
    expect(await routed.state()).toEqual(['ROUTED', 1]);
    await routed.route({ mode: 'MATCH_FIRST', productIds: [d.productId] }, 400);
    await routed.accept(b);
    await routed.accept(c);
    expect(await routed.state()).toEqual(['ACCEPTED', 1]);
    await routed.approve(c);
    await routed.reject(b);
    expect(await routed.state()).toEqual(['APPROVED', 1]);
    expect((await routed.demands()).map(({ state }) => state)).toEqual(['ROUTED', 'REJECTED', 'APPROVED']);
  });

  it('is the enterprise’s to choose again when a round found nobody: three rounds, then it is the supervisor’s', async () => {
    const routed = await Routed.of(district);
    for (const [index, bank] of [a, b, c].entries()) {
      await routed.route({ mode: 'MATCH_FIRST', productIds: [bank.productId] });
      expect(await routed.state()).toEqual(['ROUTED', index + 1]);
      await routed.act(bank, 'refusal', { reasonCode: 'NO_QUOTA', reasonText: '额度已满' });
      expect(await routed.state()).toEqual([index < 2 ? 'SUBMITTED' : 'EXHAUSTED', index + 1]);
    }
    expect((await routed.route({ mode: 'MATCH_FIRST', productIds: [d.productId] }, 409)).code).toBe('ILLEGAL_STATE');
    expect((await routed.route({ mode: 'MATCH_FIRST', productIds: [d.productId] }, 409, district.supervisor)).code).toBe('CONSENT_MISSING');
    const consent = (given: unknown, caller: Caller = routed.submitted.applicant, id = routed.id) =>
      district.app.post(caller, `/v1/applications/${id}/onward-consent`, { given });
    const { body: agreed } = await consent(true).expect(201);
    expect(agreed).toMatchObject({ id: routed.id, state: 'EXHAUSTED', onwardConsentAt: expect.any(String) });
    expect((await consent(true).expect(201)).body.onwardConsentAt).toBe(agreed.onwardConsentAt);
    expect((await consent(false).expect(201)).body.onwardConsentAt).toBeNull();
    expect((await routed.route({ mode: 'MATCH_FIRST', productIds: [d.productId] }, 409, district.supervisor)).code).toBe('CONSENT_MISSING');
    await consent(true).expect(201);
    expect((await consent('yes').expect(400)).body.errors).toMatchObject([{ field: 'given', rule: 'isBoolean' }]);
    for (const caller of [a, district.supervisor]) await consent(true, caller).expect(403);
    await consent(true, (await district.submit()).applicant).expect(404);
    const said = await district.app.database.query<{ detail: object }>(
      `select detail from loan_matching.audit where action = 'application.onward-consent' and resource_id = $1 order by id`, [routed.id]);
    expect(said.map(({ detail }) => detail)).toEqual([{ given: true }, { given: false }, { given: true }]);
    await routed.route({ mode: 'MATCH_FIRST', productIds: [d.productId] }, 201, district.supervisor);
    expect(await routed.state()).toEqual(['ROUTED', 4]);
    await district.app.post(a, `/v1/applications/${routed.id}/routing`, { mode: 'OPEN_POOL' }).expect(403);
    await district.app.post(routed.submitted.applicant, `/v1/demands/${routed.id}/consent-withdrawal`).expect(201);
    await consent(false).expect(201);
    expect((await consent(true).expect(409)).body.code).toBe('CONSENT_WITHDRAWN');
  });

  it('that is refused goes on to the next fitting bank without re-entry, where the enterprise agreed, and at last to the pool', async () => {
    const silent = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId] });
    await silent.accept(a);
    await silent.reject(a);
    expect(await silent.state()).toEqual(['SUBMITTED', 1]);
    const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId], onward: true });
    await routed.accept(a);
    await routed.reject(a);
    expect(await routed.state()).toEqual(['ROUTED', 2]);
    const [, next] = await routed.demands();
    expect(next).toMatchObject({ state: 'ROUTED', amount: '500000.00', purpose: '采购原材料' });
    expect(next.bankId).not.toBe(a.organisationId);
    const bank = [b, c, d].find(({ organisationId }) => organisationId === next.bankId)!;
    expect(await routed.accept(bank)).toMatchObject({ id: next.id, state: 'ACCEPTED', enterpriseName: '万州示例食品有限公司', contactPhone: '139****4321' });
    const seen = await district.app.post(bank, `/v1/demands/${next.id}/contact-views`, { reason: '约定上门时间' }).expect(201);
    expect(seen.body).toEqual({ name: '欧阳测试', phone: '13987654321' });
  });

  it('that nobody accepts in time goes to the pool, where the enterprise agreed; else the enterprise chooses again', async () => {
    const silent = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId] });
    for (const [index, bank] of [a, b, c].entries()) {
      if (index > 0) await silent.route({ mode: 'MATCH_FIRST', productIds: [bank.productId] });
      await silent.overdue(bank);
      expect(await silent.state()).toEqual([index < 2 ? 'SUBMITTED' : 'EXHAUSTED', index + 1]);
    }
    const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId, b.productId], onward: true });
    await routed.overdue(a);
    expect([await routed.state(), (await routed.at(a)).state]).toEqual([['ROUTED', 1], 'EXPIRED']);
    await routed.overdue(b);
    expect(await routed.state()).toEqual(['POOLED', 2]);
    expect((await routed.demands()).map(({ state, endReasonCode }) => [state, endReasonCode])).toEqual([['EXPIRED', 'TOO_SLOW'], ['EXPIRED', 'TOO_SLOW']]);
    expect([(await routed.entries(a)).length, (await routed.entries(c)).length]).toEqual([0, 1]);
    const { id } = await routed.at(a);
    expect((await district.app.post(a, `/v1/demands/${id}/acceptance`).expect(409)).body.code).toBe('ILLEGAL_STATE');
  });

  it.each([[true], [false]])('goes on whatever its banks do and in whatever order: accept, refuse, reject, let their time pass; onward %s', async (onward) => {
    const does: Record<string, (routed: Routed, bank: Bank) => Promise<unknown>> = {
      late: (routed, bank) => routed.overdue(bank),
      refuses: (routed, bank) => routed.act(bank, 'refusal', { reasonCode: 'NO_QUOTA', reasonText: '额度已满' }),
      accepts: (routed, bank) => routed.accept(bank),
      rejects: (routed, bank) => routed.reject(bank),
    };
    const orders = [
      'a accepts, b late, a rejects', 'b late, a accepts, a rejects', 'a accepts, a rejects, b late', 'b late, a refuses', 'a refuses, b late', 'a late, b late',
    ];
    for (const order of orders) {
      const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId, b.productId], onward });
      const steps = order.split(', ').map((step) => step.split(' '));
      for (const [index, [who, what]] of steps.entries()) {
        await does[what](routed, who === 'a' ? a : b);
        const [state] = await routed.state();
        const isOver = index === steps.length - 1;
        const goesOn = order.endsWith('late') ? 'POOLED' : 'ROUTED';
        expect([order, index, state]).toEqual([order, index, isOver ? (onward ? goesOn : 'SUBMITTED') : expect.stringMatching(/^(ROUTED|ACCEPTED)$/)]);
      }
      expect(await routed.state()).toEqual([expect.anything(), onward ? 2 : 1]);
    }
  });

  describe('whose bank is late', () => {
    const refusal = { reasonCode: 'NO_QUOTA', reasonText: '额度已满' };

    it('takes no answer of it from the end of its time on, and nothing moves', async () => {
      const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId], onward: true });
      const { id } = await routed.at(a);
      await district.app.handleDue();
      // The end has come, and the clock has not spoken yet.
      await district.app.database.query('update loan_matching.demands set accept_due_at = now() where id = $1', [id]);
      const before = await routed.demands();
      for (const [what, body] of [['acceptance'], ['refusal', refusal]] as [string, object?][]) {
        expect(await routed.act(a, what, body, 409)).toMatchObject({ code: 'ILLEGAL_STATE', detail: 'The time to accept the demand is over: the bank has it no more.' });
      }
      expect([await routed.demands(), await routed.state()]).toEqual([before, ['ROUTED', 1]]);
    });

    it('goes on too where an earlier version had left it with the bank', async () => {
      const left = async (productIds: string[]): Promise<Routed> => {
        const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds });
        await district.app.handleDue();
        await district.app.database.query('update loan_matching.demands set accept_overdue = true where application_id = $1', [routed.id]);
        return routed;
      };
      const [one, two, three] = [a, b, c].map(({ productId }) => productId);
      const [migrated, pooled, chosen] = [await left([one]), await left([one, two]), await left([one, two, three])];
      const { id } = await migrated.at(a);
      await district.app.database.query(`insert into loan_matching.due (kind, aggregate_id, org_id, due_at) values ('demand.late', $1, $2, now())`, [id, a.organisationId]);
      await district.app.handleDue();
      expect(await migrated.state()).toEqual(['SUBMITTED', 1]);
      await pooled.route({ mode: 'OPEN_POOL' });
      expect(await pooled.state()).toEqual(['POOLED', 2]);
      await chosen.route({ mode: 'MATCH_FIRST', productIds: [d.productId] });
      expect([await chosen.state(), (await chosen.demands()).map(({ state }) => state)]).toEqual([['ROUTED', 2], ['EXPIRED', 'EXPIRED', 'EXPIRED', 'ROUTED']]);
    });
  });

  it('is designated to a bank, or to the one whose harbor covers the area', async () => {
    await district.product(district.bankB, '主办贷');
    await district.app.deliver('harbor.registered', {
      harborId: district.harborB, number: 'WZ-HB-0002', name: '江城港湾', hostBankId: district.bankB.organisationId!, areaCode: '500101017',
    }, { version: 2 });
    const named = await Routed.of(district, { mode: 'DESIGNATED', bankId: c.organisationId });
    expect((await named.demands()).map(({ bankId }) => bankId)).toEqual([c.organisationId]);
    const covered = new Routed(district, await district.submit({ regionCode: '500101017' }));
    expect(await covered.route({ mode: 'DESIGNATED' })).toMatchObject({ mode: 'DESIGNATED' });
    expect((await covered.demands()).map(({ bankId }) => bankId)).toEqual([district.bankB.organisationId]);
    expect((await covered.route({ mode: 'DESIGNATED' }, 400)).errors).toMatchObject([{ field: 'bankId' }]);
  });

  it('is taken from a bank and given to another before signing, by its applicant', async () => {
    const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId, b.productId] });
    await routed.accept(a);
    await routed.approve(a);
    await routed.route({ mode: 'MATCH_FIRST', productIds: [c.productId], instead: true });
    expect(await routed.state()).toEqual(['ROUTED', 2]);
    expect((await routed.demands()).map(({ state }) => state)).toEqual(['WITHDRAWN', 'WITHDRAWN', 'ROUTED']);
    await routed.act(c, 'refusal', { reasonCode: 'MEETS_CRITERIA', reasonText: '符合条件' }, 400);
    const { id } = await routed.at(c);
    const end = { reasonCode: 'CUSTOMER_TOO_EXPENSIVE', reasonText: '利率太高' };
    await district.app.post(routed.submitted.applicant, `/v1/demands/${id}/withdrawal`, { ...end, reasonCode: 'NO_QUOTA' }).expect(400);
    await district.app.post(routed.submitted.applicant, `/v1/demands/${id}/withdrawal`, end).expect(201);
    expect(await routed.state()).toEqual(['SUBMITTED', 2]);
    await district.app.post(routed.submitted.applicant, `/v1/demands/${id}/withdrawal`, end).expect(409);
  });

  it('has its other banks told that it needs them no more when one has lent', async () => {
    const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId, b.productId, c.productId] });
    for (const bank of [a, b]) await routed.accept(bank);
    await routed.approve(a);
    await routed.act(a, 'progress', { stage: 'LENT', amount: '300000' });
    expect(await routed.state()).toEqual(['FUNDED', 1]);
    expect((await routed.demands()).map(({ state }) => state)).toEqual(['APPROVED', 'WITHDRAWN', 'WITHDRAWN']);
    await routed.route({ mode: 'OPEN_POOL' }, 409);
  });

  describe('of which a bank lent', () => {
    const noNeed = { reasonCode: 'CUSTOMER_NO_NEED', reasonText: '资金已周转' };

    it('is taken back from it by nobody, and nothing of it moves, also before the others were told', async () => {
      const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId, b.productId], onward: true });
      for (const bank of [a, b]) await routed.accept(bank);
      await routed.approve(a);
      const { id } = await routed.at(a);
      // As before the event of it was handled: the application knows of no loan.
      await district.app.database.query(
        `insert into loan_matching.demand_progress (id, org_id, demand_id, stage, amount, at) values ($1, $2, $3, 'LENT', 300000, now())`, [newId(), a.organisationId, id]);
      const before = [await routed.state(), await routed.demands()];
      expect(before[0]).toEqual(['APPROVED', 1]);
      const taken = [
        await district.app.post(routed.submitted.applicant, `/v1/demands/${id}/withdrawal`, noNeed),
        await district.app.post(routed.submitted.applicant, `/v1/applications/${routed.id}/withdrawal`, noNeed),
        ...await Promise.all([routed.submitted.applicant, district.supervisor].map((caller) =>
          district.app.post(caller, `/v1/applications/${routed.id}/routing`, { mode: 'MATCH_FIRST', productIds: [c.productId], instead: true }))),
      ];
      expect(taken.map(({ status, body }) => [status, body.code, body.detail])).toEqual(taken.map(() =>
        [409, 'ILLEGAL_STATE', 'The bank paid the loan out: there is nothing to take back from it.']));
      expect([await routed.state(), await routed.demands()]).toEqual(before);
      await district.app.post(routed.submitted.applicant, `/v1/demands/${(await routed.at(b)).id}/withdrawal`, noNeed).expect(201);
    });

    it('is either lent or taken back, however close they come', async () => {
      for (let race = 0; race < 5; race++) {
        const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId] });
        await routed.accept(a);
        await routed.approve(a);
        const { id } = await routed.at(a);
        const [lent, ...back] = await Promise.all([
          district.app.post(a, `/v1/demands/${id}/progress`, { stage: 'LENT', amount: '300000' }),
          district.app.post(routed.submitted.applicant, `/v1/demands/${id}/withdrawal`, noNeed),
          district.app.post(routed.submitted.applicant, `/v1/applications/${routed.id}/withdrawal`, noNeed),
        ]);
        const [{ state, progress }] = await routed.demands();
        const isLent = progress.some(({ stage }: { stage: string }) => stage === 'LENT');
        expect([lent.status, state === 'APPROVED', back.every(({ status }) => status === 409)]).toEqual(isLent ? [201, true, true] : [409, false, false]);
      }
    });

    it('and one that a replica of before let end without a move is taken back as any', async () => {
      const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId] });
      await routed.accept(a);
      await routed.approve(a);
      const { id } = await routed.at(a);
      await district.app.database.query(
        `insert into loan_matching.demand_progress (id, org_id, demand_id, stage, reason_code, reason_text, at) values ($1, $2, $3, 'ENDED', 'CUSTOMER_NO_NEED', '客户不再需要', now())`,
        [newId(), a.organisationId, id]);
      await district.app.post(routed.submitted.applicant, `/v1/demands/${id}/withdrawal`, noNeed).expect(201);
      expect(await routed.state()).toEqual(['SUBMITTED', 1]);
    });
  });
});

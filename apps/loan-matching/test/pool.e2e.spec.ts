import { ReferenceDataKind } from '@finharbor/contracts/vocabulary';
import { District, newId, onDay } from './district.js';
import { type Bank, banksOf, Routed } from './routing.js';

describe('the open pool', () => {
  let district: District;
  let banks: Bank[];
  beforeAll(async () => {
    district = await District.open();
    banks = await banksOf(district, 6);
  });
  afterAll(() => district.app.close());

  const take = (bank: Bank, entryId: string, productId = bank.productId) => district.app.post(bank, `/v1/pool-entries/${entryId}/acceptance`, { productId });
  const pooled = (): Promise<Routed> => Routed.of(district, { mode: 'OPEN_POOL' });

  it('shows what is asked for and not who asks, to every bank and those above them', async () => {
    const routed = await pooled();
    const entry = await routed.entry(banks[0]);
    expect(entry).toEqual({
      id: expect.any(String), kind: 'FIRST_LOAN', amount: '500000.00', termMonths: 12, purpose: '采购原材料', guaranteeTypes: ['CREDIT'],
      regionCode: '500101', industryCode: 'C13', sizeClass: 'SMALL', listedAt: expect.any(String), closesAt: expect.anything(),
      greenChannel: false,
    });
    expect(entry.id).not.toBe(routed.id);
    for (const caller of [district.supervisor, district.dashboard]) expect(await routed.entries(caller)).toEqual([entry]);
    await district.app.get(routed.submitted.applicant, '/v1/pool-entries').expect(401);
    expect((await district.app.get(banks[0], '/v1/demands').expect(200)).body.items).toEqual([]);
  });

  it('gives an entry to the first bank that accepts, exactly once, however many race for it', async () => {
    for (let race = 0; race < 5; race++) {
      const routed = await pooled();
      const { id } = await routed.entry(banks[0]);
      const answers = await Promise.all(banks.map((bank) => take(bank, id)));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 404, 404, 404, 404, 404]);
      const won = answers.findIndex(({ status }) => status === 201);
      expect(answers[won].body).toMatchObject({ state: 'ACCEPTED', bankId: banks[won].organisationId, enterpriseName: '万州示例食品有限公司', contactPhone: '139****4321' });
      expect(await routed.state()).toEqual(['ACCEPTED', 1]);
      expect((await routed.demands()).map(({ bankId }) => bankId)).toEqual([banks[won].organisationId]);
      for (const bank of banks) expect(await routed.entries(bank)).toEqual([]);
    }
  });

  it('answers the same, byte for byte, for what another took, what was taken back, what the bank had before, and what never was', async () => {
    const [taken, back, had] = [await pooled(), await pooled(), await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [banks[0].productId], onward: true })];
    await had.overdue(banks[0]);
    expect(await had.state()).toEqual(['POOLED', 2]);
    const ids = [(await taken.entry(banks[1])).id, (await back.entry(banks[1])).id, (await had.entry(banks[1])).id, newId()];
    await take(banks[1], ids[0]).expect(201);
    await back.route({ mode: 'MATCH_FIRST', productIds: [banks[2].productId] });
    const answers = await Promise.all(ids.map(async (id) => {
      const { status, text } = await take(banks[0], id);
      return `${status} ${text}`;
    }));
    expect(answers[0]).toMatch(/^404 /);
    expect(new Set(answers).size).toBe(1);
    expect((await district.app.get(banks[0], '/v1/pool-entries').expect(200)).text).not.toContain(ids[2]);
    await take(banks[1], ids[2]).expect(201);
  });

  it('takes a product of the bank that is on offer, and nothing is taken by another', async () => {
    const routed = await pooled();
    const { id } = await routed.entry(banks[0]);
    for (const productId of [banks[1].productId, newId()]) {
      expect((await take(banks[0], id, productId).expect(400)).body.errors).toMatchObject([{ field: 'productId', rule: 'onOffer' }]);
    }
    expect(await routed.entries(banks[3])).toHaveLength(1);
    const key = newId();
    const path = `/v1/pool-entries/${id}/acceptance`;
    const first = await district.app.post(banks[0], path, { productId: banks[0].productId }, key).expect(201);
    expect((await district.app.post(banks[0], path, { productId: banks[0].productId }, key).expect(201)).text).toBe(first.text);
  });

  it('lets go of what the enterprise takes back, or takes its consent back from', async () => {
    const routed = await pooled();
    await district.app.post(routed.submitted.applicant, `/v1/demands/${routed.id}/consent-withdrawal`).expect(201);
    expect([await routed.entries(banks[0]), await routed.state()]).toEqual([[], ['SUBMITTED', 1]]);
    expect((await routed.route({ mode: 'OPEN_POOL' }, 409)).code).toBe('CONSENT_WITHDRAWN');
    const other = await pooled();
    await other.route({ mode: 'OPEN_POOL' }, 409);
    await other.route({ mode: 'DESIGNATED', bankId: banks[0].organisationId });
    expect([await other.entries(banks[1]), await other.state()]).toEqual([[], ['ROUTED', 2]]);
  });

  it('is taken and taken back at once without a deadlock, and ends with the enterprise', async () => {
    for (let race = 0; race < 3; race++) {
      const routed = await pooled();
      const { id } = await routed.entry(banks[0]);
      const end = { reasonCode: 'CUSTOMER_NO_NEED', reasonText: '资金已周转' };
      const answers = await Promise.all([
        ...banks.slice(0, 3).map((bank) => take(bank, id)),
        district.app.post(routed.submitted.applicant, `/v1/applications/${routed.id}/withdrawal`, end),
        ...banks.slice(3).map((bank) => take(bank, id)),
      ]);
      const [withdrawn] = answers.splice(3, 1);
      expect(withdrawn.status).toBe(201);
      expect(answers.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(1);
      expect(new Set(answers.map(({ status }) => status)).size).toBeLessThanOrEqual(2);
      expect([await routed.state(), await routed.entries(banks[0])]).toEqual([['WITHDRAWN', 1], []]);
      expect((await routed.demands()).filter(({ state }) => state !== 'WITHDRAWN')).toEqual([]);
    }
  });

  it('that nobody takes from goes to the host bank of the area, and then to the supervisor', async () => {
    const ranOut = async (routed: Routed): Promise<void> => {
      await district.app.database.query(
        `update loan_matching.due set due_at = now() where kind = 'pool.close' and aggregate_id in (select id from loan_matching.pool_entries where application_id = $1)`, [routed.id]);
      await district.app.handleDue();
    };
    const nobody = await pooled();
    await ranOut(nobody);
    expect([await nobody.entries(banks[0]), await nobody.state()]).toEqual([[], ['EXHAUSTED', 1]]);
    await district.product(district.bankA, '主办贷');
    const routed = await pooled();
    await ranOut(routed);
    expect(await routed.state()).toEqual(['ROUTED', 2]);
    expect((await routed.demands()).map(({ bankId }) => bankId)).toEqual([district.bankA.organisationId]);
    const taken = await pooled();
    const { id } = await taken.entry(banks[0]);
    await take(banks[0], id).expect(201);
    await ranOut(taken);
    expect(await taken.state()).toEqual(['ACCEPTED', 1]);
  });

  it('asks every day when an entry closes where the calendar does not reach, and closes it then', async () => {
    const pooledOn = async (instant: string): Promise<Routed> => {
      const routed = await Routed.of(district);
      await onDay(instant, () => routed.route({ mode: 'OPEN_POOL' }));
      return routed;
    };
    const nextDay = async (): Promise<void> => {
      await district.app.database.query(`update loan_matching.due set due_at = now() where kind = 'pool.reckon'`);
      await district.app.handleDue();
    };
    const [coming, past] = [await pooledOn('2026-12-30T04:00:00Z'), await pooledOn('2020-12-28T04:00:00Z')];
    for (const when of ['at once', 'a day later']) {
      if (when !== 'at once') await nextDay();
      expect([when, (await coming.entry(banks[0])).closesAt, (await past.entry(banks[0])).closesAt]).toEqual([when, null, null]);
    }
    await district.app.deliver('reference-data.changed', {
      kind: ReferenceDataKind.CALENDAR, rows: [{ key: '2020', data: {} }, { key: '2027', data: {} }, { key: '2027-01-01', data: { off: true } }],
    }, { version: 2 });
    await nextDay();
    expect((await coming.entry(banks[0])).closesAt).toBe('2027-01-05T16:00:00.000Z'); // 31 December, 4 and 5 January
    expect(await past.entries(banks[0])).toEqual([]);
    expect(await past.state()).not.toEqual(['POOLED', 1]);
    const clocks = await district.app.database.query(
      `select d.kind, d.due_at from loan_matching.due d join loan_matching.pool_entries e on e.id = d.aggregate_id where e.application_id = any($1)`, [[coming.id, past.id]]);
    expect(clocks).toEqual([{ kind: 'pool.close', due_at: new Date('2027-01-05T16:00:00.000Z') }]);
  });
});

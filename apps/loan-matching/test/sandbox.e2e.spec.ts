import { sandboxOutcomes } from '@finharbor/contracts/sandbox';
import type { Caller } from '@finharbor/security/tokens/caller';
import { until } from '@finharbor/testing/until';
import { District, newId } from './district.js';

const codeOf = (outcome: string): string => sandboxOutcomes.find((one) => one.outcome === outcome)!.creditCode;

describe('the sandbox', () => {
  let district: District;
  beforeAll(async () => {
    district = await District.open({ SANDBOX_SLOW_MS: '1500' });
    await district.announceNextYear();
  });
  afterAll(() => district.app.close());

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const read = async (caller: Caller, id: string): Promise<any> => (await district.app.get(caller, `/v1/demands/${id}`).expect(200)).body;
  /** How often an event about the demand was told, however many services it went to. */
  const published = async (name: string, demandId: string): Promise<number> => {
    const rows = await district.app.database.query<{ id: string }>(
      `select distinct event ->> 'i' as id from loan_matching.delivery, jsonb_array_elements(body::jsonb) as event
       where event ->> 'n' = $1 and strpos(event::text, $2) > 0
       union select event_id::text from loan_matching.outbox where name = $1 and strpos(payload::text, $2) > 0`, [name, demandId],
    );
    return rows.length;
  };

  it('approves what is to be approved, and rejects for each reason, by the bank’s own steps', async () => {
    const { bankA } = district;
    const forced = sandboxOutcomes.filter(({ reasonCode }) => reasonCode);
    expect(forced).toHaveLength(15);
    const demands = [];
    for (const one of forced) demands.push({ ...one, ...await district.routed(bankA, { creditCode: one.creditCode }) });
    await district.app.handleDue();
    for (const { id, applicant, outcome, reasonCode } of demands) {
      const demand = await until(`${reasonCode} happens`, async () => {
        const body = await read(applicant, id);
        return body.state !== 'ROUTED' && body;
      });
      expect(demand).toMatchObject({ state: outcome, decisions: [{ outcome, reasonCode }] });
    }
    const [{ id, applicant }] = demands;
    expect((await district.steps(applicant, id)).slice(-2)).toEqual(['ACCEPTED', 'APPROVED']);
    await district.app.handleDue();
    expect(await district.clocksOf(id)).toEqual([expect.objectContaining({ kind: 'DEMAND_LENDING' })]);
    for (const name of ['demand.accepted', 'demand.decided']) expect([name, await published(name, id)]).toEqual([name, 1]);
    expect(await read(bankA, id)).toMatchObject({ state: 'APPROVED', creditCode: codeOf('APPROVED') });
  });

  it('lets the time to accept run out at once, and the bank has it no more', async () => {
    const { bankA } = district;
    const { id, applicant } = await district.routed(bankA, { creditCode: codeOf('TIME_OUT') });
    await until('its time ran out', async () => {
      await district.app.handleDue();
      return (await read(bankA, id)).state === 'EXPIRED';
    });
    await district.app.handleDue();
    expect(await read(applicant, id)).toMatchObject({ acceptOverdue: true, endReasonCode: 'TOO_SLOW' });
    expect((await district.app.get(bankA, `/v1/demand-clocks?demandId=${id}`).expect(200)).body.items).toMatchObject([{ state: 'LATE', breachedAt: expect.any(String) }]);
    expect(await published('demand-clock.cleared', id)).toBe(0);
    await district.app.post(bankA, `/v1/demands/${id}/acceptance`).expect(409);
  });

  it('sends an enterprise twice', async () => {
    const { bankB } = district;
    const { id } = await district.routed(bankB, { creditCode: codeOf('DUPLICATE') });
    await district.app.handleDue();
    const items = await until('the second demand', async () => {
      const { body } = await district.app.get(bankB, '/v1/demands').expect(200);
      return body.items.length === 2 && body.items;
    });
    const other = items.find((one: { id: string }) => one.id !== id)!;
    const own = items.find((one: { id: string }) => one.id === id)!;
    expect({ ...other, id: '', consentId: '', submittedAt: '' }).toEqual({ ...own, id: '', consentId: '', submittedAt: '' });
    expect([other.consentId === own.consentId, await district.steps(bankB, other.id)]).toEqual([false, ['ROUTED']]);
    for (const name of ['demand.submitted', 'demand.chosen', 'consent.given']) expect([name, await published(name, other.id)]).toEqual([name, 1]);
    const accepted = await Promise.all([id, other.id].map((one) => district.app.post(bankB, `/v1/demands/${one}/acceptance`).expect(201)));
    expect(accepted[0].body).toMatchObject({ creditCode: codeOf('DUPLICATE'), contactName: '欧***', contactPhone: '139****4321' });
    expect(accepted[1].body).toMatchObject({ creditCode: codeOf('DUPLICATE'), contactName: '欧***', contactPhone: '139****4321' });
  });

  it('answers late what was done long before, and a repeated request at once', async () => {
    const { bankA, app } = district;
    const { id } = await district.routed(bankA, { creditCode: codeOf('SLOW') });
    const key = newId();
    let isAnswered = false;
    const slow = app.post(bankA, `/v1/demands/${id}/acceptance`, undefined, key).then((answer) => {
      isAnswered = true;
      return answer;
    });
    await until('it was accepted', async () => (await read(bankA, id)).state === 'ACCEPTED');
    const again = await app.post(bankA, `/v1/demands/${id}/acceptance`, undefined, key);
    expect([isAnswered, again.status, again.headers['idempotent-replayed']]).toEqual([false, 201, 'true']);
    expect((await slow).body).toEqual(again.body);
  });

  it('moves the clocks of one organisation, and no other’s', async () => {
    const { bankA, bankB, app } = district;
    const [one, other] = [await district.routed(bankA), await district.routed(bankB)];
    await district.setClock(one.id, '2 days');
    await district.setClock(other.id, '2 days');
    await app.deliver('sandbox-clock.advanced', { seconds: 86_400 }, { organisationId: bankA.organisationId! });
    await district.app.handleDue();
    expect((await read(bankA, one.id)).acceptOverdue).toBe(false);
    await app.deliver('sandbox-clock.advanced', { seconds: 2 * 86_400 }, { organisationId: bankA.organisationId! });
    await until('its time ran out', async () => {
      await district.app.handleDue();
      return (await read(bankA, one.id)).acceptOverdue;
    });
    expect((await read(bankB, other.id)).acceptOverdue).toBe(false);
  });

  it('rejects what is open of a bank, when it is reset', async () => {
    const { bankA, bankB, app } = district;
    const [routed, accepted, withdrawn, submitted, others, late] = [
      await district.routed(bankA), await district.accepted(bankA), await district.routed(bankA), await district.submit(),
      await district.routed(bankB), await district.routed(bankA),
    ];
    await district.app.handleDue();
    // As an earlier version left it.
    await app.database.query('update loan_matching.demands set accept_overdue = true where id = $1', [late.id]);
    await app.post(withdrawn.applicant, `/v1/demands/${withdrawn.id}/consent-withdrawal`).expect(201);
    await app.deliver('sandbox.reset', { organisationId: bankA.organisationId! }, { organisationId: bankA.organisationId! });
    const stateOf = async ({ id, applicant }: { id: string; applicant: Caller }): Promise<string> => (await read(applicant, id)).state;
    await until('all is closed', async () => {
      await district.app.handleDue();
      return await stateOf(routed) === 'REJECTED';
    });
    expect(await Promise.all([accepted, withdrawn, submitted, others, late].map(stateOf))).toEqual(['REJECTED', 'ROUTED', 'SUBMITTED', 'ROUTED', 'ROUTED']);
    expect((await read(routed.applicant, routed.id)).decisions).toMatchObject([{ outcome: 'REJECTED', reasonCode: 'OTHER' }]);
    const { body } = await app.get(bankA, '/v1/demands?state=ROUTED').expect(200);
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([late.id, withdrawn.id]);
  });
});

describe('an installation that is no sandbox', () => {
  it('forces nothing, moves no clock and closes nothing, whatever it is told', async () => {
    const district = await District.open({ SANDBOX: 'false' });
    try {
      await district.announceNextYear();
      const { bankA, app } = district;
      const { id } = await district.routed(bankA, { creditCode: codeOf('APPROVED') });
      expect(await district.clocksOf(id)).not.toContainEqual(expect.objectContaining({ kind: 'sandbox.outcome' }));
      await district.setClock(id, '1 day');
      const facts = { organisationId: bankA.organisationId! };
      await app.deliver('sandbox-clock.advanced', { seconds: 10 * 86_400 }, facts);
      await app.deliver('sandbox.reset', facts, facts);
      // As if it had been a sandbox a moment ago.
      await app.database.query(`insert into loan_matching.due (kind, aggregate_id, org_id, due_at) values ('sandbox.outcome', $1, $2, now())`, [id, bankA.organisationId]);
      await district.app.handleDue();
      expect((await app.get(bankA, `/v1/demands/${id}`).expect(200)).body).toMatchObject({ state: 'ROUTED', acceptOverdue: false });
      const clocks = await district.clocksOf(id);
      expect(clocks).toEqual([expect.objectContaining({ kind: 'DEMAND_ACCEPT' })]);
    } finally {
      await district.app.close();
    }
  });
});

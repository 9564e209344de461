import type { Caller } from '@finharbor/security/tokens/caller';
import { callerOf, District, newId } from './district.js';
import { type Bank, banksOf, Routed } from './routing.js';

/** What a bank sees of its demand: the same, whatever other banks do with the same application, and whether there are any. */
describe('a bank', () => {
  let district: District;
  let a: Bank, b: Bank, c: Bank;
  beforeAll(async () => {
    district = await District.open();
    [a, b, c] = await banksOf(district, 3);
  });
  afterAll(() => district.app.close());

  /** All that the bank can read of its demand; ids and times by their kind, and the product it knows. */
  const seenBy = async (bank: Bank, routed: Routed): Promise<string> => {
    await routed.state();
    const { id } = await routed.at(bank);
    const read = async (path: string): Promise<unknown> => (await district.app.get(bank, `/v1/demands/${id}${path}`).expect(200)).body;
    const graph = await district.app.graphql(bank, 'query ($id: ID!) { demand(id: $id) { id state endReasonCode endReasonText submittedAt source decisions { outcome } progress { stage } trail { step by reasonCode dueAt } } }', { id });
    const refused = await district.app.post(bank, `/v1/demands/${id}/acceptance`);
    return JSON.stringify([await read(''), await read('/trail'), await read('/counter-offers'), graph, refused.status, refused.body])
      .replaceAll(bank.productId, '<product>').replaceAll(bank.organisationId!, '<bank>')
      .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '<id>').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
  };
  const both = (mode: object = {}): Promise<Routed> => Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId, b.productId], ...mode });
  const alone = (bank: Bank, more: object = {}): Promise<Routed> => Routed.of(district, { mode: 'MATCH_FIRST', productIds: [bank.productId], ...more });
  const takeBack = { reasonCode: 'CUSTOMER_TOO_EXPENSIVE', reasonText: '另一家银行利率更低' };

  it('sees the same whether it is alone, the first, one of several, or the next after another’s refusal', async () => {
    const [single, first] = [await alone(a), await both()];
    const after = await alone(b, { onward: true });
    const next = await alone(c, { onward: true });
    for (const [routed, bank] of [[after, b], [next, c]] as const) {
      await routed.accept(bank);
      await routed.reject(bank);
    }
    await after.state();
    const ofNext = (await after.demands())[1];
    const nextBank = [a, c].find(({ organisationId }) => organisationId === ofNext.bankId)!;
    const views = [await seenBy(a, single), await seenBy(a, first), await seenBy(b, first), await seenBy(nextBank, after)];
    expect(views[0]).toContain('"ACCEPTED"');
    expect(new Set(views).size).toBe(1);
  });

  it('cannot tell by ids, times or consents that it is not the first', async () => {
    const routed = await both();
    const [first, second] = await routed.demands();
    expect(second.id.slice(0, 13)).toBe(first.id.slice(0, 13));
    expect(second.consentId.slice(0, 13)).toBe(first.consentId.slice(0, 13));
    expect(new Set([first.id, second.id, first.consentId, second.consentId]).size).toBe(4);
    await district.app.database.query(`update loan_matching.demands set submitted_at = submitted_at - interval '3 days' where application_id = $1`, [routed.id]);
    for (const bank of [a, b]) {
      const [seen, trail] = [await routed.at(bank), (await district.app.get(bank, `/v1/demands/${(await routed.at(bank)).id}/trail`)).body];
      expect(Math.abs(Date.parse(seen.submittedAt) - Date.parse(trail[0].at))).toBeLessThan(60_000);
      expect(Object.keys(seen).filter((key) => /application|round|further/i.test(key))).toEqual([]);
    }
    expect(Date.now() - Date.parse((await routed.demands())[0].submittedAt)).toBeGreaterThan(86_400_000);
    const given = await district.app.database.query<{ p: { demandId: string; givenAt: string } }>(
      `select payload as p from loan_matching.outbox where name = 'consent.given' and payload ->> 'demandId' = any($1) union all
       select event -> 'p' from (select jsonb_array_elements(body::jsonb) as event from loan_matching.delivery) e where event ->> 'n' = 'consent.given' and event -> 'p' ->> 'demandId' = any($1)`,
      [[first.id, second.id]]);
    expect(given).toHaveLength(2);
    expect(given[0].p.givenAt).toBe(given[1].p.givenAt);
  });

  it('is told the same when another lent, when the enterprise withdrew all or this alone, and when it was given to another', async () => {
    const views: Record<string, string[]> = { ROUTED: [], ACCEPTED: [], APPROVED: [] };
    for (const stage of Object.keys(views)) {
      const begun = async (): Promise<Routed> => {
        const routed = await both({ onward: true });
        if (stage !== 'ROUTED') await routed.accept(b);
        if (stage === 'APPROVED') await routed.approve(b);
        return routed;
      };
      const lent = await begun();
      await lent.accept(a);
      await lent.approve(a);
      await lent.act(a, 'progress', { stage: 'LENT', amount: '100000' });
      const withdrawn = await begun();
      await district.app.post(withdrawn.submitted.applicant, `/v1/applications/${withdrawn.id}/withdrawal`, { ...takeBack, reasonText: '不贷了' }).expect(201);
      const given = await begun();
      await given.route({ mode: 'MATCH_FIRST', productIds: [c.productId], instead: true });
      const reassigned = await begun();
      await reassigned.route({ mode: 'DESIGNATED', bankId: c.organisationId, instead: true }, 201, district.supervisor);
      const ended = [lent, withdrawn, given, reassigned];
      if (stage !== 'APPROVED') {
        const alone = await begun();
        await district.app.post(alone.submitted.applicant, `/v1/demands/${(await alone.at(b)).id}/withdrawal`, takeBack).expect(201);
        ended.push(alone);
      }
      for (const routed of ended) views[stage].push(await seenBy(b, routed));
      expect(views[stage][0]).toContain('"state":"WITHDRAWN"');
      expect(views[stage][0]).toContain('CUSTOMER_NO_NEED');
      expect(new Set(views[stage]).size).toBe(1);
    }
  });

  it('finds the demand of another bank, the application and its ways to be none', async () => {
    const routed = await both();
    const other = (await routed.at(b)).id;
    const { id } = await routed.at(a);
    for (const [path, body] of [['acceptance'], ['refusal', takeBack], ['counter-offers', { amount: '1', termMonths: 1, text: '其他' }], ['counter-offer-retraction']] as [string, object?][]) {
      const answers = await Promise.all([other, newId()].map((one) => district.app.post(a, `/v1/demands/${one}/${path}`, body).then(({ status, text }) => `${status} ${text}`)));
      expect([answers[0].slice(0, 3), answers[0]]).toEqual(['404', answers[1]]);
    }
    for (const caller of [a, b]) await district.app.get(caller, `/v1/applications/${routed.id}/demands`).expect(403);
    for (const path of ['withdrawal', 'counter-offer-acceptance']) await district.app.post(a, `/v1/demands/${id}/${path}`, takeBack).expect(403);
    const stranger: Caller = { ...routed.submitted.applicant, accessSecret: 'demand_guess' };
    await district.app.get(stranger, `/v1/applications/${routed.id}/demands`).expect(404);
    await district.app.post(stranger, `/v1/demands/${other}/withdrawal`, takeBack).expect(404);
  });

  it('sees in the database neither applications nor the pool, and of counter-offers its own', async () => {
    const routed = await both();
    await (await Routed.of(district)).route({ mode: 'OPEN_POOL' });
    for (const bank of [a, b]) {
      await routed.accept(bank);
      await routed.act(bank, 'counter-offers', { amount: '1000', termMonths: 6, text: '先贷少量' });
    }
    const seenAs = async (org: string, table: string): Promise<string[]> => {
      await district.app.database.query('begin');
      await district.app.database.query(`select set_config('role', 'loan_matching_app', true), set_config('app.org', $1, true)`, [org]);
      const rows = await district.app.database.query<{ org_id: string }>(`select distinct org_id from loan_matching.${table}`);
      await district.app.database.query('rollback');
      return rows.map(({ org_id }) => org_id);
    };
    expect([await seenAs(a.organisationId!, 'applications'), await seenAs(a.organisationId!, 'pool_entries')]).toEqual([[], []]);
    expect([await seenAs(a.organisationId!, 'counter_offers'), await seenAs(callerOf('bank').organisationId!, 'counter_offers')]).toEqual([[a.organisationId], []]);
    for (const table of ['demand_moves', 'trail_steps', 'demand_progress']) expect(await seenAs(a.organisationId!, table)).toEqual([a.organisationId]);
  });
});

import { Sealer } from '@finharbor/platform/audit/sealer';
import { verifyAudit } from '@finharbor/testing/audit';
import { District } from './district.js';
import { banksOf, Routed } from './routing.js';

describe('the trail of a demand', () => {
  let district: District;
  beforeAll(async () => { district = await District.open(); });
  afterAll(() => district.app.close());

  it('is part of the sealed chain: whoever changes a step later is found out', async () => {
    const { app } = district;
    const [bank] = await banksOf(district, 1);
    const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [bank.productId] });
    await routed.accept(bank);
    await routed.reject(bank);
    await app.settle();
    const problems = async (): Promise<string[]> => {
      await app.app.get(Sealer).seal();
      return (await verifyAudit({ database: app.database }, 'loan-matching')).findings.map(({ kind, count }) => `${kind} ${count}`);
    };
    const [{ steps, sealed }] = await app.database.query<{ steps: number; sealed: number }>(
      `select (select count(*)::int from loan_matching.trail_steps) as steps, (select count(*)::int from loan_matching.audit where action = 'trail.step') as sealed`);
    expect(steps).toBeGreaterThan(4);
    expect(sealed).toBe(steps);
    expect(await problems()).toEqual([]);
    for (const change of [`reason_code = 'TOO_SLOW' where step = 'REJECTED'`, `due_at = due_at + interval '1 day' where step = 'ROUTED'`, `by = 'supervisor' where step = 'ACCEPTED'`]) {
      await app.database.query('begin');
      await app.database.query(`update loan_matching.trail_steps set ${change} and demand_id = '${routed.id}'`);
      expect(await problems()).toEqual(['step-changed 1']);
      await app.database.query('rollback');
    }
  });
});

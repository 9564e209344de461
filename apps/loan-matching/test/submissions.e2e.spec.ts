import { DataSource } from 'typeorm';
import { District, newId } from './district.js';

/** On what a submission reads and writes: those of the relay and of clocks may run beside it. */
const statements = /loan_matching"?\."?(?:data_keys where id = any|applications|demands|catalogue|organisation_copies|enterprise_copies)/;

describe('a submission', () => {
  let district: District;
  beforeAll(async () => { district = await District.open(); });
  afterAll(() => district.app.close());

  it('is answered with what is read later', async () => {
    const { app, bankA, bankB } = district;
    for (const bank of [bankA, bankB]) await district.product(bank, `贷 ${newId()}`, { amountMax: '400000' });
    const { id, applicant, body } = await district.submit({ revenue: '0320.5', assets: '0.000001', specialGroups: ['REGISTERED_UNEMPLOYED', 'VETERAN'] });
    const read = async (path: string): Promise<object> => (await app.get(applicant, path).expect(200)).body;
    expect(await read(`/v1/applications/${id}`)).toMatchObject(body.application);
    expect(body.matches).toHaveLength(2);
    expect(await read(`/v1/demands/${id}/matches`)).toEqual(body.matches);
    expect(body.application.demands[0]).toMatchObject({ revenue: '320.500000', assets: '0.000001' });
  });

  it('has its groups sealed with no statement more', async () => {
    const { app } = district;
    const counted = async (changed: object): Promise<number> => {
      const { code } = await district.code();
      await app.settle();
      const [source, seen] = [app.app.get(DataSource), [] as string[]];
      const { logger } = source;
      source.logger = new Proxy(logger, { get: (_, name) => (text: string) => { if (name === 'logQuery' && statements.test(text)) seen.push(text); } });
      const { id } = await district.submit(changed, code);
      source.logger = logger;
      const [{ sealed }] = await app.database.query<{ sealed: boolean }>(
        'select personal_facts_encrypted is not null as sealed from loan_matching.applications where id = $1', [id]);
      expect(sealed).toBe('specialGroups' in changed);
      return seen.length;
    };
    const plain = await counted({});
    expect(plain).toBeGreaterThan(1);
    expect(await counted({ specialGroups: ['VETERAN'] })).toBe(plain);
  });

  it('leaves its trail, its audit rows and its clocks in their order', async () => {
    const { app } = district;
    const { id } = await district.submitUnknown({ creditCode: '91500000676129728J' });
    const ordered = async (sql: string): Promise<unknown[]> => (await app.database.query<{ it: unknown }>(sql, [id])).map(({ it }) => it);
    expect(await ordered('select step as it from loan_matching.trail_steps where demand_id = $1 order by id')).toEqual(['SUBMITTED', 'MATCHED']);
    expect(await ordered(`select a.action as it from loan_matching.audit a join loan_matching.audit own on own.request_id = a.request_id
      where own.resource_id = $1 order by a.id`)).toEqual(['demand.submit', 'worker:submission']);
    expect(await ordered('select kind as it from loan_matching.due where aggregate_id = $1 order by due_at')).toEqual(['application.recheck', 'application.unverified']);
  });
});

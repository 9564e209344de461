import { enterpriseIdOf } from '@finharbor/contracts/ids';
import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Handlers } from '@finharbor/platform/delivery/handlers';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { until } from '@finharbor/testing/until';
import { District, newId } from './district.js';

describe('rejections that are told at once', () => {
  let district: District;
  beforeAll(async () => { district = await District.open(); });
  afterAll(() => district.app.close());

  it('wait for each other in one order, whatever the order of their envelopes', async () => {
    const { app, bankA, bankB } = district;
    const [tenancy, handlers] = [app.app.get(Tenancy), app.app.get(Handlers)];
    const [one, other] = [enterpriseIdOf(newId()), enterpriseIdOf(newId())];
    const rejections = (bankId: string, enterprises: string[]): Promise<void> => {
      const events = enterprises.map((enterpriseId) => ({
        name: 'referral.rejected', organisationId: bankId, aggregateId: newId(), version: 1,
        payload: { referralId: newId(), entryId: newId(), enterpriseId, bankId, reasonCode: ReasonCode.CREDIT_RECORD, round: 1 },
      } as EventOf<'referral.rejected'>));
      return tenancy.worker((tx) => handlers.handle(events, tx));
    };
    const both: Promise<void>[] = [];
    await tenancy.worker(async (tx) => {
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [one]);
      both.push(rejections(bankA.organisationId!, [one, other]));
      await until('the first waits', () => waiting(1));
      both.push(rejections(bankB.organisationId!, [other, one]));
      await until('the second waits', () => waiting(2));
    });
    await Promise.all(both);
    const causes = await app.database.query('select 1 from loan_matching.cultivation_causes where org_id = any($1)', [[bankA.organisationId, bankB.organisationId]]);
    expect(causes).toHaveLength(4);
  });

  const waiting = async (count: number): Promise<boolean> => (await district.app.database.query(
    `select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`,
  )).length === count;
});

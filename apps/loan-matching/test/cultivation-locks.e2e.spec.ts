import { enterpriseIdOf } from '@finharbor/contracts/ids';
import type { EventName, EventOf, Payload } from '@finharbor/contracts/events/catalogue';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Handlers } from '@finharbor/platform/delivery/handlers';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { until } from '@finharbor/testing/until';
import { platformId } from '../src/demands/demand-states.js';
import { District, newId } from './district.js';

describe('rejections that are told at once', () => {
  let district: District;
  beforeAll(async () => { district = await District.open(); });
  afterAll(() => district.app.close());

  const handle = (events: EventOf[]): Promise<void> => {
    const { app } = district.app;
    return app.get(Tenancy).worker((tx) => app.get(Handlers).handle(events, tx));
  };
  const event = <Name extends EventName>(name: Name, payload: Payload<Name>): EventOf =>
    ({ id: newId(), name, organisationId: newId(), aggregateId: newId(), version: 1, payload } as EventOf);
  const rejections = (bankId: string, enterprises: string[]): EventOf[] => enterprises.map((enterpriseId) =>
    event('referral.rejected', { referralId: newId(), entryId: newId(), enterpriseId, bankId, reasonCode: ReasonCode.CREDIT_RECORD, round: 1 }));
  /** While the first enterprise is locked, both come to wait for it, in whatever order they would take the two. */
  const together = async (locked: string, first: EventOf[], second: EventOf[]): Promise<void> => {
    const both: Promise<void>[] = [];
    await district.app.app.get(Tenancy).worker(async (tx) => {
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [locked]);
      both.push(handle(first));
      await until('the first waits', () => waiting(1));
      both.push(handle(second));
      await until('the second waits', () => waiting(2));
    });
    await Promise.all(both);
  };
  const causes = (...banks: string[]): Promise<unknown[]> =>
    district.app.database.query('select 1 from loan_matching.cultivation_causes where org_id = any($1)', [banks]);

  it('wait for each other in one order, whatever the order of their envelopes', async () => {
    const [a, b] = [district.bankA.organisationId!, district.bankB.organisationId!];
    const [one, other] = [enterpriseIdOf(newId()), enterpriseIdOf(newId())];
    await together(one, rejections(a, [one, other]), rejections(b, [other, one]));
    expect(await causes(a, b)).toHaveLength(4);
  });

  it('and so do those of the outside platform', async () => {
    const codes = ['91500000202869177Y', '91500000676129728J'];
    const outcomes: EventOf[] = [];
    for (const creditCode of codes) {
      const { id } = await district.submit({ creditCode, platformConsent: true });
      const [{ offerId }] = await district.app.database.query<{ offerId: string }>('select platform_offer_id as "offerId" from loan_matching.applications where id = $1', [id]);
      outcomes.push(event('platform-outcome.received', { offerId, result: 'REJECTED', reasonCode: ReasonCode.CREDIT_RECORD, at: '2026-11-22T09:00:00.000Z' }));
    }
    const [one, other] = codes.map(enterpriseIdOf);
    const bankId = newId();
    await together(one, outcomes, rejections(bankId, [other, one]));
    expect(await causes(bankId, platformId)).toHaveLength(4);
  });

  const waiting = async (count: number): Promise<boolean> => (await district.app.database.query(
    `select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`,
  )).length === count;
});

import { newId } from '@finharbor/contracts/ids';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';

interface Told { type: string; subject: string; data: Record<string, unknown> }

describe('demands and applications that wait for somebody', () => {
  let app: TestApp;
  let bank: Caller, other: Caller, branch: Caller, office: Caller;
  const nobody = '00000000-0000-4000-8000-000000000001';

  const organisation = async (role: 'bank' | 'supervisor', kind: string): Promise<Caller> => {
    const id = newId();
    await app.database.query('insert into partners.organisations (id, kind) values ($1, $2)', [id, kind]);
    return callerOf(role, id);
  };
  beforeAll(async () => {
    app = await startTestApp(AppModule, 'partners');
    [bank, other] = [await organisation('bank', 'BANK'), await organisation('bank', 'BANK')];
    [branch, office] = [await organisation('supervisor', 'CENTRAL_BANK_BRANCH'), await organisation('supervisor', 'FINANCE_OFFICE')];
  });
  afterAll(() => app?.close());

  const feed = async (caller: Caller, type: string): Promise<Told[]> => (await app.get(caller, `/v1/events?types=${type}`).expect(200)).body.items;
  /** What people of an organisation are to be told. */
  const notices = async ({ organisationId }: Caller): Promise<string[]> =>
    (await app.database.query<{ kind: string }>('select kind from partners.message_notices where org_id = $1 order by id', [organisationId])).map(({ kind }) => kind);

  it('an answer: told to the bank that asked, and to nobody else', async () => {
    const [demandId, questionId] = [newId(), newId()];
    await app.deliver('demand.answered', { demandId, questionId }, { organisationId: bank.organisationId!, aggregateId: demandId, version: 4 });
    expect(await feed(bank, 'demand.answered')).toMatchObject([{
      type: 'cn.finharbor.demand.answered.v1', subject: `demand/${demandId}`, sequence: '4',
      data: { demandId, questionId, href: expect.stringMatching(new RegExp(`/v1/demands/${demandId}/questions$`)) },
    }]);
    for (const caller of [other, branch, office]) expect([await feed(caller, 'demand.answered'), await notices(caller)]).toEqual([[], []]);
    expect(await notices(bank)).toEqual(['DEMAND_ANSWERED']);
  });

  it('an answer to other terms likewise', async () => {
    const [offerId, demandId] = [newId(), newId()];
    await app.deliver('counter-offer.answered', { offerId, demandId, answer: 'DECLINED' }, { organisationId: other.organisationId!, aggregateId: offerId, version: 2 });
    expect(await feed(other, 'counter-offer.answered')).toMatchObject([{
      subject: `counter-offer/${offerId}`, data: { offerId, demandId, answer: 'DECLINED', href: expect.stringMatching(new RegExp(`/v1/demands/${demandId}/counter-offers$`)) },
    }]);
    for (const caller of [bank, branch, office]) expect(await feed(caller, 'counter-offer.answered')).toEqual([]);
    expect(await notices(other)).toEqual(['DEMAND_ANSWERED']);
  });

  it.each([
    ['application.exhausted', { rounds: 3 }, 'APPLICATION_EXHAUSTED'],
    ['application.unverified', {}, 'APPLICATION_UNVERIFIED'],
  ] as const)('%s: told to the central-bank branch, and to no bank', async (name, more, kind) => {
    const applicationId = newId();
    await app.deliver(name, { applicationId, ...more } as never, { organisationId: nobody, aggregateId: applicationId, version: 2 });
    const [told] = await feed(branch, name);
    expect(told).toMatchObject({ subject: `application/${applicationId}`, data: { applicationId, ...more, href: expect.stringMatching(new RegExp(`/v1/applications/${applicationId}$`)) } });
    expect(await notices(branch)).toContain(kind);
    for (const caller of [bank, other, office]) expect(await feed(caller, name)).toEqual([]);
    expect([await notices(bank), await notices(other)]).toEqual([['DEMAND_ANSWERED'], ['DEMAND_ANSWERED']]);
  });

  it('reach an endpoint that wants them', async () => {
    const [id, applicationId] = [newId(), newId()];
    await app.database.query(
      `insert into partners.webhook_endpoints (id, org_id, url, types, state, scheme) values ($1, $2, 'https://branch.example.cn/', '{application.unverified}', 'PAUSED', 'ED25519')`,
      [id, branch.organisationId]);
    for (const name of ['application.exhausted', 'application.unverified'] as const) {
      await app.deliver(name, { applicationId, rounds: 3 }, { organisationId: nobody, aggregateId: applicationId, version: 2 });
    }
    expect(await app.database.query('select type from partners.webhook_deliveries where endpoint_id = $1', [id])).toEqual([{ type: 'application.unverified' }]);
  });
});

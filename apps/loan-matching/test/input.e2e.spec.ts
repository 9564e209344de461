import { anonymous, application, callerOf, District, newId } from './district.js';

describe('bad input', () => {
  let district: District;
  let code: string;
  let demandId: string;

  beforeAll(async () => {
    district = await District.open();
    ({ code } = await district.code());
    ({ id: demandId } = await district.accepted(district.bankA));
  });
  afterAll(() => district.app.close());

  const submit = async (changed: object, status: number): Promise<string[]> => {
    const { body } = await district.app.post(anonymous, `/v1/scans/${code}/demands`, application(changed)).expect(status);
    return (body.errors ?? []).map(({ field, rule }: { field: string; rule: string }) => `${field} ${rule}`);
  };
  const decide = async (body: object, status: number): Promise<string[]> => {
    const answer = await district.app.post(district.bankA, `/v1/demands/${demandId}/decision`, body).expect(status);
    return (answer.body.errors ?? []).map(({ field, rule }: { field: string; rule: string }) => `${field} ${rule}`);
  };

  it.each(['-1', '0', '0.00', '0.001', '10000000000.01', '99999999999', '1e6', '1,000', ' 5', '５００', 'NaN', '', 500000, null, {}, [['1']]])(
    'refuses the amount %j', async (amount) => expect(await submit({ amount }, 400)).toEqual(['amount yuan']));

  it.each([['0.01', '0.01'], ['10000000000', '10000000000.00'], ['10000000000.00', '10000000000.00'], ['00012.5', '12.50']])(
    'takes the amount %s at the boundary', async (amount, kept) => {
      const { body } = await district.app.post(anonymous, `/v1/scans/${code}/demands`, application({ amount })).expect(201);
      expect(body.demand.amount).toBe(kept);
      expect((await district.app.get(district.supervisor, `/v1/demands/${body.demand.id}`)).body.amount).toBe(kept);
    });

  it.each([
    [{ termMonths: 0 }, 'termMonths min'], [{ termMonths: 601 }, 'termMonths max'], [{ termMonths: 1.5 }, 'termMonths isInt'],
    [{ consent: false }, 'consent equals'], [{ consent: undefined }, 'consent equals'], [{ consent: 'true' }, 'consent equals'],
    [{ kind: 'GIFT' }, 'kind isEnum'], [{ guaranteeTypes: ['HOPE'] }, 'guaranteeTypes isEnum'], [{ guaranteeTypes: ['CREDIT', 'CREDIT'] }, 'guaranteeTypes arrayUnique'],
    [{ contactPhone: '12345' }, 'contactPhone matches'], [{ contactPhone: '+1 202 555 0100' }, 'contactPhone matches'], [{ contactName: '王' }, 'contactName line'],
    [{ enterpriseName: '名\u0000称' }, 'enterpriseName text'], [{ enterpriseName: '名\n称' }, 'enterpriseName line'], [{ purpose: '   ' }, 'purpose line'], [{ purpose: '长'.repeat(201) }, 'purpose line'],
    [{ employees: -1 }, 'employees min'], [{ revenue: '-5' }, 'revenue tenThousandYuan'], [{ assets: 5 }, 'assets tenThousandYuan'],
    [{ creditCode: '91500101MA5U00011M' }, 'creditCode creditCodeCHECKSUM'], [{ creditCode: 'x' }, 'creditCode creditCodeLENGTH'],
    [{ regionCode: '999999' }, 'regionCode region'], [{ industryCode: 'Q01' }, 'industryCode industry'], [{ establishedOn: '2099-01-01' }, 'establishedOn pastDate'],
    [{ bankId: newId() }, 'bankId whitelistValidation'], [{ state: 'APPROVED' }, 'state whitelistValidation'], [{ __proto__x: 1 }, '__proto__x whitelistValidation'],
  ])('refuses %j by field and rule', async (changed, problem) => expect(await submit(changed, 400)).toEqual([problem]));

  it('names every problem at once and keeps nothing', async () => {
    const count = async (): Promise<unknown> => (await district.app.database.query('select count(*)::int as n from loan_matching.demands'))[0];
    const before = await count();
    expect((await submit({ amount: '-1', termMonths: -1, nonsense: 1 }, 400)).sort()).toEqual(['amount yuan', 'nonsense whitelistValidation', 'termMonths min']);
    expect(new Set(await submit({ termMonths: '12', employees: null, revenue: null }, 400))).toEqual(new Set(['termMonths isInt', 'termMonths min', 'termMonths max']));
    expect(await submit({ creditCode: '9', regionCode: '1' }, 400)).toEqual(['creditCode creditCodeLENGTH', 'regionCode region']);
    expect(await count()).toEqual(before);
  });

  it.each(['１３９８７６５４３２１', '139 8765 4321', '023-58123456', '02358123456'])('reads the phone %s', (contactPhone) => submit({ contactPhone }, 201));

  it('reads a credit code in full-width and lower case', async () => {
    const { body } = await district.app.post(anonymous, `/v1/scans/${code}/demands`, application({ creditCode: '９１５００１０１ma5u00011l' })).expect(201);
    expect(body.demand.creditCode).toBe('91500101MA5U00011L');
  });

  it.each([
    [{ outcome: 'REJECTED', reasonCode: 'NO_QUOTA' }, ['reasonText required']],
    [{ outcome: 'REJECTED', reasonText: '额度已满' }, ['reasonCode isEnum']],
    [{ outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: ' 无 ' }, ['reasonText line']],
    [{ outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: '长'.repeat(501) }, ['reasonText line']],
    [{ outcome: 'REJECTED', reasonCode: 'MEETS_CRITERIA', reasonText: '额度已满' }, ['reasonCode outcome']],
    [{ outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: '额度已满', approvedAmount: '5' }, ['approvedAmount outcome']],
    [{ outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA' }, ['approvedAmount required']],
    [{ outcome: 'APPROVED', reasonCode: 'NO_QUOTA', approvedAmount: '5' }, ['reasonCode outcome']],
    [{ outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '-5' }, ['approvedAmount yuan']],
    [{ outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '10000000000.01' }, ['approvedAmount yuan']],
    [{ outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '5', annualRate: '100' }, ['annualRate percent']],
    [{ outcome: 'MAYBE', reasonCode: 'MEETS_CRITERIA' }, ['outcome isEnum']],
    [{ outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '5', decidedBy: 'platform' }, ['decidedBy whitelistValidation']],
  ])('refuses the decision %j', async (body, problems) => expect(await decide(body, 400)).toEqual(problems));

  it('refuses pages, filters and cursors that are none', async () => {
    const { app, bankA, bankB } = district;
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'state=LOST', 'order=asc']) await app.get(bankA, `/v1/demands?${query}`).expect(400);
    await district.accepted(bankA);
    const { nextCursor } = (await app.get(bankA, '/v1/demands?limit=1').expect(200)).body;
    expect((await app.get(bankA, `/v1/demands?limit=1&cursor=${nextCursor}`).expect(200)).body.items).toHaveLength(1);
    for (const [caller, query] of [[bankB, `cursor=${nextCursor}`], [bankA, `state=ACCEPTED&cursor=${nextCursor}`], [bankA, 'cursor=x']] as const) {
      expect((await app.get(caller, `/v1/demands?${query}`).expect(400)).body.code).toBe('CURSOR_INVALID');
    }
    expect((await app.get(bankA, '/v1/demands?state=ACCEPTED').expect(200)).body.items).toHaveLength(2);
    expect((await app.get(bankA, '/v1/demands?state=ROUTED').expect(200)).body.items).toEqual([]);
  });

  it('refuses ids that are none, missing keys, broken JSON, and roles without a say', async () => {
    const { app, bankA } = district;
    await app.get(bankA, '/v1/demands/nonsense').expect(400);
    await app.post(bankA, '/v1/demands/nonsense/acceptance').expect(400);
    expect((await app.post(bankA, `/v1/demands/${demandId}/acceptance`).unset('idempotency-key').expect(400)).body.code).toBe('IDEMPOTENCY_KEY_MISSING');
    const broken = await app.post(anonymous, `/v1/scans/${code}/demands`).set('content-type', 'application/json').send('{"amount": ').expect(400);
    expect(broken.body.code).toBe('MALFORMED_REQUEST');
    await app.post(bankA, `/v1/scans/${code}/demands`, application()).expect(403);
    await app.post(callerOf('supervisor'), `/v1/demands/${demandId}/decision`, {}).expect(403);
    expect((await app.get(undefined, '/v1/demands').expect(401)).body.code).toBe('UNAUTHENTICATED');
  });
});

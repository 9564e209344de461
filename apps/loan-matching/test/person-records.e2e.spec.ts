import { callerOf, District, newId } from './district.js';

describe('who may be called about a demand', () => {
  let district: District;
  beforeAll(async () => { district = await District.open(); });
  afterAll(() => district.app.close());

  const ask = async (what: 'person-reports' | 'person-erasures', identifier: string): Promise<unknown[]> => {
    const { body } = await district.app.post(callerOf('security-administrator'), `/v1/operations/loan-matching/${what}`, { identifier, reason: '本人申请' }).expect(201);
    expect(body).toMatchObject({ service: 'loan-matching', complete: true });
    return body.records;
  };
  const texts = (name: string, phone: string): object[] => [{ column: 'contact_name', text: name }, { column: 'contact_phone', text: phone }];

  it('is reported wherever the demand went, under one key from beginning to end', async () => {
    const { app, bankA } = district;
    const productId = await district.product(bankA, '报告贷');
    const { id, applicant } = await district.submit({ contactName: '诸葛一', contactPhone: '13812342001' });
    const keys = async (): Promise<unknown> => (await app.database.query('select count(*)::int as count from loan_matching.data_keys'))[0];
    const before = await keys();
    const [record] = await ask('person-reports', '138 1234 2001');
    expect(record).toMatchObject({ table: 'demands', id, texts: texts('诸葛一', '13812342001') });
    await app.post(applicant, `/v1/demands/${id}/choice`, { productId }).expect(201);
    expect(await ask('person-reports', '008613812342001')).toEqual([{ table: 'demands', id, organisationId: bankA.organisationId, texts: texts('诸葛一', '13812342001') }]);
    expect(await keys()).toEqual(before);
  });

  it('is nobody after an erasure, in stored answers too, and the demand goes on', async () => {
    const { app, bankA } = district;
    const [{ id }, other] = [await district.accepted(bankA, { contactName: '诸葛二', contactPhone: '13812342002' }), await district.accepted(bankA, { contactPhone: '13812342003' })];
    const [path, key] = [`/v1/demands/${id}/contact-views`, newId()];
    const first = await app.post(bankA, path, { reason: '回访' }, key).expect(201);
    expect(first.body).toEqual({ name: '诸葛二', phone: '13812342002' });
    expect((await app.post(bankA, path, { reason: '回访' }, key).expect(201)).text).toBe(first.text);
    expect(await ask('person-erasures', '13812342002')).toEqual([{ table: 'demands', id, organisationId: bankA.organisationId, texts: [] }]);
    expect(await ask('person-reports', '13812342002')).toEqual([]);
    await app.post(bankA, path, { reason: '回访' }).expect(404);
    await app.post(bankA, path, { reason: '回访' }, key).expect(404);
    expect((await app.get(bankA, `/v1/demands/${id}`).expect(200)).body).toMatchObject({ state: 'ACCEPTED', contactName: null, contactPhone: null, enterpriseName: '万州示例食品有限公司' });
    await app.post(bankA, `/v1/demands/${id}/decision`, { outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: '额度已用完' }).expect(201);
    expect((await app.post(bankA, `/v1/demands/${other.id}/contact-views`, { reason: '回访' }).expect(201)).body.phone).toBe('13812342003');
  });

  it('erased before a bank was chosen, the demand is chosen and accepted all the same', async () => {
    const { app, bankA } = district;
    const productId = await district.product(bankA, '无名贷');
    const { id, applicant } = await district.submit({ contactPhone: '13812342004' });
    await ask('person-erasures', '13812342004');
    await app.post(applicant, `/v1/demands/${id}/choice`, { productId }).expect(201);
    await app.post(bankA, `/v1/demands/${id}/acceptance`).expect(201);
    await app.post(bankA, `/v1/demands/${id}/contact-views`, { reason: '回访' }).expect(404);
    expect((await app.get(bankA, `/v1/demands/${id}`).expect(200)).body).toMatchObject({ state: 'ACCEPTED', contactName: null, contactPhone: null });
  });
});

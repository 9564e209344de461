import { newId } from '@finharbor/contracts/ids';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';

const text = '官网写的最高额度是五百万元';

describe('reports of wrong products', () => {
  let app: TestApp;
  const [bank, otherBank, department, supervisor] = [callerOf('bank'), callerOf('bank'), callerOf('department'), callerOf('supervisor')];
  let productId: string;
  const report = async (): Promise<{ id: string }> =>
    (await app.post(department, `/v1/published-products/${productId}/reports`, { field: 'eligibility.amountMax', text }).expect(201)).body;

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'product-catalog');
    productId = (await app.post(bank, '/v1/products', { name: '港湾信用贷', eligibility: {} }).expect(201)).body.id;
  });
  afterAll(() => app.close());

  it('are for products that are on offer', async () => {
    await app.post(department, `/v1/published-products/${productId}/reports`, { text }).expect(404);
    await app.post(bank, `/v1/products/${productId}/publication`).expect(201);
    await app.post(callerOf('anonymous'), `/v1/published-products/${productId}/reports`, { text }).expect(401);
    expect((await app.post(department, `/v1/published-products/${productId}/reports`, { text: '<b>错了</b>' }).expect(400)).body.errors[0].rule).toBe('plainText');
  });

  it('reach whoever must answer, who answers once', async () => {
    const { id } = await report();
    expect((await app.get(bank, '/v1/product-reports?state=OPEN').expect(200)).body.items).toMatchObject([{ id, productId, productVersion: 1, reporterId: department.organisationId, dueAt: expect.any(String) }]);
    expect((await app.get(otherBank, '/v1/product-reports').expect(200)).body.items).toEqual([]);
    for (const party of [bank, department, supervisor]) await app.get(party, `/v1/product-reports/${id}`).expect(200);
    const unknown = (await app.get(otherBank, `/v1/product-reports/${newId()}`).expect(404)).text;
    expect((await app.get(otherBank, `/v1/product-reports/${id}`).expect(404)).text).toBe(unknown);
    const answer = { outcome: 'CORRECTED', text: '已更正为五百万元' };
    await app.post(otherBank, `/v1/product-reports/${id}/answer`, answer).expect(404);
    await app.post(department, `/v1/product-reports/${id}/answer`, answer).expect(403);
    expect((await app.post(bank, `/v1/product-reports/${id}/answer`, answer).expect(201)).body).toMatchObject({ state: 'CORRECTED', answer: answer.text, overdue: false });
    await app.post(bank, `/v1/product-reports/${id}/answer`, answer).expect(409);
    expect((await app.get(department, `/v1/product-reports/${id}`)).body).toMatchObject({ state: 'CORRECTED' });
    expect(await app.database.query('select 1 from product_catalog.due where aggregate_id = $1', [id])).toEqual([]);
  });

  it('are overdue when the clock runs out, and may still be answered', async () => {
    const { id } = await report();
    await app.database.query(`update product_catalog.due set due_at = now() - interval '1 second' where aggregate_id = $1`, [id]);
    await app.handleDue();
    expect((await app.get(supervisor, `/v1/product-reports/${id}`)).body).toMatchObject({ state: 'OPEN', overdue: true });
    await app.post(bank, `/v1/product-reports/${id}/answer`, { outcome: 'REFUSED', text: '额度以合同为准' }).expect(201);
  });
});

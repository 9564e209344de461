import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { until } from '@finharbor/testing/until';
import { AppModule } from '../src/app.module.js';

const draft = (amountMax: string): object => ({ name: '港湾信用贷', eligibility: { amountMax } });
const days = (count: number): string => new Date(Date.now() - count * 86_400_000).toISOString();

describe('the history of products', () => {
  let app: TestApp;
  const [bank, anonymous] = [callerOf('bank'), callerOf('anonymous')];
  let id: string;

  const write = async (amountMax: string): Promise<void> => {
    const { headers } = await app.get(bank, `/v1/products/${id}`).expect(200);
    await app.put(bank, `/v1/products/${id}`, draft(amountMax)).set('if-match', headers.etag).expect(200);
  };
  const publish = async (body?: object): Promise<void> => void await app.post(bank, `/v1/products/${id}/publication`, body).expect(201);
  const amount = async (query: string): Promise<string | number> => {
    const answer = await app.get(anonymous, `/v1/published-products/${id}?${query}`);
    return answer.status === 200 ? answer.body.eligibility.amountMax : answer.status;
  };

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'product-catalog');
    id = (await app.post(bank, '/v1/products', draft('100')).expect(201)).body.id;
    await publish({ validFrom: days(30) });
    await write('200');
    await publish({ validFrom: days(10) });
  });
  afterAll(() => app.close());

  it('tells what applied then', async () => {
    expect(await amount(`as_of=${days(31)}`)).toBe(404);
    expect(await amount(`as_of=${days(20)}`)).toBe('100.00');
    expect(await amount(`as_of=${days(1)}`)).toBe('200.00');
    expect(await amount(`known_at=${days(0)}`)).toBe('200.00');
  });

  it('tells what was known then: a correction does not change what was said before', async () => {
    const before = new Date().toISOString();
    await write('150');
    await publish({ validFrom: days(25), validTo: days(15) });
    expect(await amount(`as_of=${days(20)}`)).toBe('150.00');
    expect(await amount(`as_of=${days(20)}&known_at=${before}`)).toBe('100.00');
    expect(await amount(`as_of=${days(12)}`)).toBe('100.00');
    expect((await app.get(anonymous, `/v1/published-products/${id}`).expect(200)).body.eligibility.amountMax).toBe('200.00');
    expect((await app.get(bank, `/v1/products/${id}`)).body).toMatchObject({ version: 3, revision: 3, publishedRevision: 2 });
  });

  it('refuses a correction of the future, of nothing, and of what was never published', async () => {
    const refused = async (of: string, body: object): Promise<string> => (await app.post(bank, `/v1/products/${of}/publication`, body).expect(400)).body.errors[0].field;
    expect(await refused(id, { validFrom: days(-1) })).toBe('validFrom');
    expect(await refused(id, { validFrom: days(1), validTo: days(2) })).toBe('validTo');
    expect(await refused(id, { validFrom: 'yesterday' })).toBe('validFrom');
    const other = (await app.post(bank, '/v1/products', draft('1')).expect(201)).body.id as string;
    expect(await refused(other, { validFrom: days(2), validTo: days(1) })).toBe('validTo');
  });

  it('tells rates against the LPR as they were on that day', async () => {
    const pricing = { kind: 'LPR', lprTerm: 'ONE_YEAR', basisPointsMin: 100, basisPointsMax: 100 };
    const other = (await app.post(bank, '/v1/products', { name: '浮动贷', eligibility: {}, terms: { pricing } }).expect(201)).body.id as string;
    await app.post(bank, `/v1/products/${other}/publication`, { validFrom: '2024-01-01T00:00:00Z' }).expect(201);
    expect((await app.get(anonymous, `/v1/published-products/${other}?as_of=2024-07-21T00:00:00Z`)).body).toMatchObject({ annualRateMin: '4.4500', rateQuotedOn: '2024-06-20' });
    expect((await app.get(anonymous, `/v1/published-products/${other}`)).body).toMatchObject({ annualRateMin: '4.0000', rateQuotedOn: '2026-04-20' });
  });

  it('tells the versions and their differences', async () => {
    const versions = (await app.get(anonymous, `/v1/published-products/${id}/versions`).expect(200)).body;
    expect(versions.map(({ version, validTo }: { version: number; validTo: string | null }) => [version,
      validTo === null])).toEqual([[3, false], [2, true], [1, true]]);
    expect((await app.get(anonymous, `/v1/published-products/${id}/differences?from=1&to=2`).expect(200)).body)
      .toEqual([{ field: 'eligibility.amountMax', from: '100.00', to: '200.00' }]);
    await app.get(anonymous, `/v1/published-products/${id}/differences?from=1&to=9`).expect(404);
    await app.get(anonymous, `/v1/published-products/${id}/differences?from=0&to=2`).expect(400);
  });

  it('lets nobody change a version', async () => {
    for (const role of ['app', 'supervisor', 'worker']) {
      for (const sql of ['update product_catalog.product_versions set version = 9', 'delete from product_catalog.product_versions']) {
        await app.database.admin.query('begin');
        await app.database.admin.query(`select set_config('role', $1, true), set_config('app.org', $2, true)`, [`product_catalog_${role}`, bank.organisationId]);
        await expect(app.database.admin.query(sql)).rejects.toMatchObject({ code: '42501' });
        await app.database.admin.query('rollback');
      }
    }
  });

  it('feeds changes in order, each once, and goes on from where it was', async () => {
    interface Feed { items: { productId: string; version: number }[]; nextCursor: string }
    const page = async (cursor?: string): Promise<Feed> => (await app.get(anonymous, `/v1/product-changes?limit=2${cursor ? `&cursor=${cursor}` : ''}`).expect(200)).body;
    const seen: string[] = [];
    let at: Feed | undefined;
    // Other databases of the server may have a transaction open that began before.
    await until('all is told', async () => {
      at = await page(at?.nextCursor);
      seen.push(...at.items.map(({ productId, version }) => `${productId} ${version}`));
      return seen.length >= 4;
    });
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((one) => one.startsWith(id))).toEqual([1, 2, 3].map((version) => `${id} ${version}`));
    await app.post(bank, `/v1/products/${id}/suspension`).expect(201);
    const news = await until('it is told', async () => {
      at = await page(at!.nextCursor);
      return at.items.length > 0 && at;
    });
    expect(news.items).toMatchObject([{ productId: id, version: 4, state: 'SUSPENDED' }]);
  });
});

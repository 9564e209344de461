import { newId } from '@finharbor/contracts/ids';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import { Witness } from './support/database-client.js';
import { callerOf, Services } from './support/database-services.js';
import { Proxy } from './support/proxy.js';
import { record } from './support/report.js';

describe('what was committed and never answered', () => {
  let database: TestDatabase;
  let line: Proxy;
  let services: Services;

  beforeAll(async () => {
    database = await createTestDatabase();
    line = await Proxy.start(database.adminUrl);
    services = await Services.start(database, ['product-catalog'], { databaseUrl: line.through(database.adminUrl), restart: true });
  }, 120_000);
  afterAll(async () => {
    await services?.stop();
    await line?.stop();
    await database?.drop();
  });

  /** Loses the answer to the commit of a product, does what happens then, and asks again with the same key. */
  async function loseAnswer(then: () => Promise<unknown>): Promise<void> {
    const bank = callerOf('bank');
    const witness = new Witness(services.url('product-catalog'));
    const request = {
      key: newId(),
      body: { name: '故障贷', annualRateMin: '3.80', annualRateMax: '5.60', eligibility: { amountMin: '10000' } },
      get authorization() { return services.bearer(bank, 'product-catalog'); },
    };
    const products = (): Promise<{ id: string }[]> => database.query('select id from product_catalog.products where org_id = $1', [bank.organisationId]);
    await line.trap('commit');
    const asked = witness.ask('/v1/products', request);
    await until('the product is committed', async () => (await products()).length === 1);
    await then();
    expect([0, 503]).toContain((await asked).status);
    await line.pass();
    const again = await witness.insist('/v1/products', request);
    const once = await witness.insist('/v1/products', request);
    expect(once.body).toEqual(again.body);
    expect(await products()).toEqual([{ id: again.body.id }]);
    expect(await database.query(`select resource_id as id from product_catalog.audit where action = 'product.create' and org_id = $1`, [bank.organisationId]))
      .toEqual([{ id: again.body.id }]);
  }

  it('because the service was killed, is answered to the same key as it would have been', async () => {
    await loseAnswer(async () => process.kill(services.of('product-catalog').pid!, 'SIGKILL'));
    record({
      rows: [21], fault: 'a service crashes between commit and answer', injected: 'a proxy keeps back the answer to the commit, then kill -9 of the service',
      acknowledged: 1, lost: 0, doubled: 0, note: 'the same key got the record of the first try',
    });
  }, 120_000);

  it('because the answer to the commit was lost, is answered to the same key as it would have been', async () => {
    await loseAnswer(async () => undefined);
    record({
      rows: [21, 10], fault: 'the answer to a commit is lost', injected: 'a proxy drops it; the service says 503 and Retry-After',
      acknowledged: 1, lost: 0, doubled: 0, note: 'the same key got the record of the first try',
    });
  }, 120_000);
});

import { until } from '@finharbor/testing/until';
import { Run } from '../../tools/lib/run.mjs';
import { dishonest, Witness } from './support/database-client.js';
import { Banks, callerOf, Services } from './support/database-services.js';
import { PostgresServer } from './support/postgres.js';
import { isFull, record } from './support/report.js';

/** Connections of one service. */
const poolSize = 6;

describe('the database', () => {
  const run = new Run('fleet');
  let server: PostgresServer;
  let services: Services;

  beforeAll(async () => {
    server = await PostgresServer.start(run);
    services = await Services.start(await server.database(), ['product-catalog', 'loan-matching']);
  }, 120_000);
  afterAll(async () => {
    await services?.stop();
    await run.stop();
  });

  it('is killed under load and started again: what was acknowledged is there, once, and meanwhile callers are told to come back', async () => {
    const banks = Banks.start(services);
    await banks.more(isFull() ? 200 : 40);
    const begun = Date.now();
    await server.kill();
    await until('callers are sent away', () => banks.witness.since(begun).filter(({ status }) => status === 503).length > 20);
    const ready = await new Witness(services.url('product-catalog')).ask('/health/ready');
    expect([ready.status, ready.body.database]).toEqual([503, 'down']);
    await server.start();
    const over = Date.now();
    await banks.more(isFull() ? 200 : 40);
    const recoverySeconds = (banks.witness.since(over).find(({ status }) => status === 201)!.at - over) / 1_000;
    await banks.stop();
    const verdict = await banks.judge();
    expect(verdict).toMatchObject({ lost: 0, doubled: 0 });
    expect(dishonest(banks.witness.told, { withinMs: 8_000 })).toEqual([]);
    expect(recoverySeconds).toBeLessThan(10);
    record({ rows: [7], fault: 'PostgreSQL is killed under load', injected: 'kill -9 of the postmaster and all its backends', ...verdict, recoverySeconds });
  }, 60_000);

  it('has no connection left for a caller, who is told so within a second, and is served at once when there is one', async () => {
    const witness = new Witness(services.url('product-catalog'));
    const authorization = services.bearer(callerOf('bank'), 'product-catalog');
    const holder = await server.connect('faults');
    await holder.query('begin');
    await holder.query('lock table product_catalog.products in access exclusive mode');
    const body = { name: '故障贷', annualRateMin: '3.80', annualRateMax: '5.60', eligibility: { amountMin: '10000' } };
    const held = Array.from({ length: poolSize }, () => witness.ask('/v1/products', { authorization, body }));
    await until('every connection is busy', async () => (await server.query<{ count: number }>(
      `select count(*)::int from pg_locks where not granted and relation = 'product_catalog.products'::regclass`, [], 'faults'))[0].count === poolSize);
    const refused = await Promise.all(Array.from({ length: 30 }, () => witness.ask('/v1/products', { authorization })));
    await holder.query('commit');
    const over = Date.now();
    expect(refused.map(({ status, code, retryAfter }) => [status, code, retryAfter])).toEqual(refused.map(() => [503, 'SERVICE_UNAVAILABLE', '2']));
    expect(Math.max(...refused.map(({ ms }) => ms))).toBeLessThan(1_000);
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual(held.map(() => 201));
    expect((await witness.ask('/v1/products', { authorization })).status).toBe(200);
    const recoverySeconds = (Date.now() - over) / 1_000;
    await holder.end();
    record({
      rows: [9], fault: 'a service has no free connection', injected: `${poolSize} callers wait for a locked table, 30 more come`,
      acknowledged: poolSize, lost: 0, doubled: 0, recoverySeconds, note: 'the 30 were refused within a second',
    });
  }, 60_000);
});

import { spawnSync } from 'node:child_process';
import { AuditKeys } from '@finharbor/security/audit/seal';
import { testAuditKey } from '@finharbor/testing/audit';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import { root } from '../../tools/lib/workspace.mjs';
import { Banks, Services } from './support/database-services.js';
import { isFull, record } from './support/report.js';

describe('the audit trail', () => {
  let database: TestDatabase;
  let services: Services;

  beforeAll(async () => {
    database = await createTestDatabase();
    services = await Services.start(database, ['product-catalog', 'loan-matching']);
  }, 120_000);
  afterAll(async () => {
    await services?.stop();
    await database.drop();
  });

  const count = async (what: string): Promise<number> => (await database.query<{ n: number }>(`select count(*)::int as n from product_catalog.${what}`))[0].n;

  /** `npm run audit:verify` as an auditor runs it, who holds no secret. */
  function verify(): { code: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [
      'tools/audit-verify.mjs', '--service', 'product-catalog', '--database', database.adminUrl, '--checkpoints', services.auditDir,
      '--public-key', new AuditKeys(testAuditKey).publicKeys,
    ], { cwd: root, encoding: 'utf8', env: { PATH: process.env.PATH } });
    return { code: status, output: `${stdout}${stderr}` };
  }

  it('is whole though the service that seals it is killed again and again while it writes', async () => {
    const banks = Banks.start(services, 4);
    for (let kill = 0; kill < (isFull() ? 10 : 3); kill += 1) {
      await banks.more(isFull() ? 60 : 15);
      // The kill comes right behind a seal: often between its commit and the checkpoint outside.
      await until('one more seal', async () => await count('audit_seals') > kill);
      await services.of('product-catalog').stop('SIGKILL');
      await services.of('product-catalog').start();
    }
    await banks.more(15);
    await banks.stop();
    const verdict = await banks.judge();
    expect(verdict).toMatchObject({ lost: 0, doubled: 0 });
    expect(await count('audit_seals')).toBeGreaterThanOrEqual(3);
    expect(verify()).toMatchObject({ code: 0, output: expect.stringMatching(/product-catalog .* ok\nnothing is wrong\n$/) });
    record({ rows: [1, 26], fault: 'a service is killed while it writes and seals its audit trail', injected: 'kill -9, again and again, under load', ...verdict });
  }, 120_000);

  it('betrays a superuser of the database who changes, deletes or cuts it', async () => {
    await services.of('product-catalog').stop();
    await database.query('set session_replication_role = replica');
    const seals = await database.query<{ number: number; first: number }>(
      'select number::int, first_id::int as first from product_catalog.audit_seals order by number');
    const [one, other] = seals;
    const end = seals.at(-1)!;
    const told: string[] = [];
    for (const [statements, expected] of [
      [[`update product_catalog.audit set org_id = gen_random_uuid() where id = ${one.first}`],
        `row-changed: product-catalog: row ${one.first} of seal 1 was changed after it was sealed`],
      [[`delete from product_catalog.audit where id = ${other.first}`], `row-deleted: product-catalog: row ${other.first} of seal 2 was deleted`],
      [[`delete from product_catalog.audit where id >= ${end.first}`, `delete from product_catalog.audit_seals where number = ${end.number}`],
        `tail-cut: product-catalog: seal ${end.number} with rows ${end.first} to `],
    ] as const) {
      for (const statement of statements) await database.query(statement);
      const { code, output } = verify();
      expect([code, output]).toEqual([1, expect.stringContaining(expected)]);
      told.push(expected);
    }
    // Each was named when it was done; what lies in the part that was cut off is not told twice.
    for (const first of [told[0], told.at(-1)!]) expect(verify().output).toContain(first);
    record({
      rows: [26], fault: 'a superuser changes a row of the audit trail, deletes one, and cuts off the end with its seal',
      injected: 'UPDATE, DELETE, triggers off', note: 'each found and named by npm run audit:verify',
    });
  }, 60_000);
});

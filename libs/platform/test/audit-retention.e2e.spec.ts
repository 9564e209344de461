import { addSeal, endOfChain } from '@finharbor/platform/audit/chain';
import { Retention } from '@finharbor/platform/audit/retention';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { AuditKeys, packRows, trailColumns, type TrailRow } from '@finharbor/security/audit/seal';
import type { TestApp } from '@finharbor/testing/app';
import type { TestDatabase } from '@finharbor/testing/database';
import { asSuperuser, found, seal, sealed, startAudited, verification } from './audit-harness.js';
import { createDatabase } from './harness.js';

describe('keeping the audit trail', () => {
  let database: TestDatabase;
  let app: TestApp;

  beforeEach(async () => {
    database = await createDatabase();
    app = await startAudited(database);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const timeOf = async (age: string): Promise<string> => (await database.query<{ at: string }>(
    `select to_char((now() - $1::interval) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`, [age]))[0].at;

  /** Rows that were written and sealed so long ago, as the sealer of that day would have done it. */
  async function past(age: string, count: number): Promise<void> {
    await database.query(`insert into feedback.audit (at, role, action, resource) select now() - $1::interval, 'bank', 'x', 'note' from generate_series(1, $2::int)`, [age, count]);
    const at = await timeOf(age);
    await app.app.get(Tenancy).worker(async (tx) => {
      const end = await endOfChain(tx);
      const rows = await tx.query<TrailRow>(`select ${trailColumns} from feedback.audit t where t.id > $1 order by t.id`, [end.low]);
      const last = Number(rows.at(-1)!.id);
      await addSeal(tx, identityOf('feedback'), app.app.get(AuditKeys), end, packRows(rows), {
        at, first: Number(rows[0].id), last, count: rows.length, total: end.total + rows.length, low: last,
      });
    });
    await seal(app);
  }

  /** A pruning of so long ago. */
  async function pastPruning(age: string, prunes: number, last: number): Promise<void> {
    const at = await timeOf(age);
    await app.app.get(Tenancy).worker(async (tx) => {
      await addSeal(tx, identityOf('feedback'), app.app.get(AuditKeys), await endOfChain(tx), Buffer.alloc(0), { at, first: null, last, count: last, prunes });
    });
    await asSuperuser(database, `delete from feedback.audit where id <= ${last}`, `update feedback.audit_seals set rows = null where number <= ${prunes}`);
    await seal(app);
  }

  const prune = (one = app): Promise<void> => one.app.get(Retention).prune();
  const count = async (what: string): Promise<number> => (await database.query<{ n: number }>(`select count(*)::int as n from feedback.${what}`))[0].n;

  it('deletes what is older than three years, by whole seals, and says so in the chain and in the trail', async () => {
    await past('50 months', 4);
    await past('37 months', 3);
    await past('35 months', 2);
    await prune();
    expect([await count('audit where id <= 9'), await count('audit_seals where rows is null')]).toEqual([2, 2]);
    expect(await database.query('select number::int, prunes::int, count, last_id::int from feedback.audit_seals where prunes is not null'))
      .toEqual([{ number: 4, prunes: 2, count: 7, last_id: 7 }]);
    expect(await database.query(`select role, detail from feedback.audit where action = 'audit.prune'`)).toEqual([{ role: 'service', detail: { throughSeal: 2, rows: 7 } }]);
    await sealed(app, 1);
    expect(await verification(database)).toMatchObject({ to: 5, rows: 4, unsealed: 0, findings: [] });
  });

  it('goes on where it stopped, and has its own prunings among what it prunes', async () => {
    await past('80 months', 2);
    await pastPruning('44 months', 1, 2);
    await past('43 months', 3);
    await past('20 months', 3);
    await prune();
    await sealed(app, 1);
    expect(await database.query('select number::int, prunes::int, count, last_id::int from feedback.audit_seals where prunes is not null order by number'))
      .toEqual([{ number: 2, prunes: 1, count: 2, last_id: 2 }, { number: 5, prunes: 3, count: 3, last_id: 5 }]);
    expect(await verification(database)).toMatchObject({ rows: 5, findings: [] });
    const shorter = await startAudited(database, { AUDIT_RETENTION_MONTHS: '6' });
    await prune(shorter);
    await shorter.close();
    expect(await verification(database)).toMatchObject({ rows: 3, unsealed: 1, findings: [] });
  });

  it('keeps what is younger than something that came after it', async () => {
    await sealed(app, 2);
    await past('50 months', 2);
    await prune();
    expect(await count('audit')).toBe(4);
  });

  it('keeps what has a day to go', async () => {
    await past('36 months 12 hours', 2);
    await prune();
    expect([await count('audit'), await count('audit_seals')]).toEqual([2, 1]);
  });

  it('deletes no evidence: what is not as it was sealed stays', async () => {
    await past('40 months', 3);
    await asSuperuser(database, `update feedback.audit set action = 'y' where id = 2`);
    await expect(prune()).rejects.toThrow('Seal 1 or a row of it is not as it was sealed: nothing is pruned.');
    expect(await found(database)).toEqual(['row-changed 1 2']);
    await asSuperuser(database, 'delete from feedback.audit where id = 2');
    await startAudited(database).then(async (other) => {
      await expect(prune(other)).rejects.toThrow('nothing is pruned');
      await other.close();
    });
    expect(await found(database)).toEqual(['row-deleted 1 2']);
  });

  it('is told from a deletion by anybody else, and from what is put in its place', async () => {
    await past('40 months', 3);
    await past('20 months', 3);
    await prune();
    await asSuperuser(database, 'delete from feedback.audit where id = 5',
      `insert into feedback.audit (id, role, action, resource) overriding system value values (2, 'bank', 'x', 'x')`);
    expect(await found(database)).toEqual(['row-inserted 1 2', 'row-deleted 2 5']);
  });

  it('is the only way out: not for young rows, and not for old ones that no pruning covers', async () => {
    await past('40 months', 3);
    await past('2 months', 3);
    const remove = (where: string): Promise<unknown> => app.app.get(Tenancy).worker((tx) => tx.query(`delete from feedback.audit where ${where}`));
    await expect(remove('id = 1')).rejects.toThrow('only ever added to');
    await prune();
    await expect(remove('id = 5')).rejects.toThrow('only ever added to');
    await expect(app.app.get(Tenancy).worker((tx) => tx.query('delete from feedback.audit_seals'))).rejects.toThrow('permission denied');
    await expect(app.app.get(Tenancy).worker((tx) => tx.query(`update feedback.audit_seals set at = now()`))).rejects.toThrow('permission denied');
    expect(await found(database)).toEqual([]);
  });

  it('never under six months, whoever signed it', async () => {
    await past('5 months', 3);
    await pastPruning('0 months', 1, 3);
    expect(await found(database)).toEqual(['pruned-early 2']);
    await expect(startAudited(database, { AUDIT_RETENTION_MONTHS: '5' })).rejects.toThrow('AUDIT_RETENTION_MONTHS');
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@finharbor/contracts/ids';
import { addSeal, endOfChain } from '@finharbor/platform/audit/chain';
import { Checkpoints, readCheckpoints } from '@finharbor/platform/audit/checkpoints';
import { Sealer } from '@finharbor/platform/audit/sealer';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import { AuditKeys } from '@finharbor/security/audit/seal';
import { verifyTrail } from '@finharbor/security/verification/verify-trail';
import type { TestApp } from '@finharbor/testing/app';
import { auditDirOf, testAuditKey } from '@finharbor/testing/audit';
import type { TestDatabase } from '@finharbor/testing/database';
import { Client } from 'pg';
import { asSuperuser, found, seal, sealed, startAudited, verification, write } from './audit-harness.js';
import { createDatabase, eventually } from './harness.js';

describe('sealing the audit trail', () => {
  let database: TestDatabase;
  let app: TestApp;
  const replicas: TestApp[] = [];

  beforeEach(async () => {
    database = await createDatabase();
    app = await startAudited(database);
  });
  afterEach(async () => {
    for (const one of [app, ...replicas.splice(0)]) await one.close();
    await database.drop();
  });

  const replica = async (environment: Record<string, string> = {}): Promise<TestApp> => {
    const made = await startAudited(database, environment);
    replicas.push(made);
    return made;
  };
  const seals = (): Promise<{ number: number; count: number; low: number; above: string }[]> =>
    database.query('select number::int, count, low::int, above::text from feedback.audit_seals order by number');
  const lines = (): { number: number }[] =>
    readFileSync(join(auditDirOf(database), 'feedback.jsonl'), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as { number: number });

  /** A transaction that has written a row and is not committed yet. */
  async function begun(): Promise<{ id: number; commit: () => Promise<void>; rollback: () => Promise<void> }> {
    const client = new Client({ connectionString: database.adminUrl });
    await client.connect();
    await client.query('begin');
    const { rows: [{ id }] } = await client.query<{ id: number }>(
      `insert into feedback.audit (role, action, resource, resource_id) values ('service', 'long', 'note', $1) returning id::int`, [newId()]);
    const end = (how: string) => async () => { await client.query(how); await client.end(); };
    return { id, commit: end('commit'), rollback: end('rollback') };
  }

  it('covers what was committed, and nothing when nothing was', async () => {
    await seal(app);
    expect(await seals()).toEqual([]);
    await sealed(app, 3);
    await seal(app);
    expect(await seals()).toEqual([{ number: 1, count: 3, low: 0, above: '{[1,4)}' }]);
    await sealed(app, 2);
    expect((await seals())[1]).toEqual({ number: 2, count: 2, low: 3, above: '{[4,6)}' });
    expect(await verification(database)).toMatchObject({ from: 1, to: 2, rows: 5, unsealed: 0, complete: true, findings: [], more: 0 });
    expect(lines().map(({ number }) => number)).toEqual([1, 2]);
  });

  it('goes in batches when much waits, such as the rows from before there were seals', async () => {
    await database.query(`insert into feedback.audit (role, action, resource) select 'service', 'old', 'note' from generate_series(1, 2500)`);
    await seal(app);
    expect((await seals()).map(({ count }) => count)).toEqual([1_000, 1_000, 500]);
    expect(await verification(database)).toMatchObject({ rows: 2_500, unsealed: 0, findings: [] });
  });

  it('is not held up by a transaction that takes long, and covers its rows when they come', async () => {
    const long = await begun();
    const longer = await begun();
    for (let n = 0; n < 3; n += 1) await sealed(app, 2);
    expect((await seals()).at(-1)).toEqual({ number: 3, count: 2, low: 0, above: '{[3,9)}' });
    expect(await verification(database)).toMatchObject({ rows: 6, unsealed: 0, findings: [] });
    await long.commit();
    await seal(app);
    expect((await seals()).at(-1)).toEqual({ number: 4, count: 1, low: 0, above: '{[1,2),[3,9)}' });
    await longer.rollback();
    await sealed(app, 1); // only now are the numbers so far settled: 2 will never come
    await sealed(app, 1);
    expect((await seals()).at(-1)).toMatchObject({ number: 6, low: 9 });
    expect(await found(database)).toEqual([]);
    await asSuperuser(database, `update feedback.audit set action = 'x' where id = ${long.id}`);
    expect(await found(database)).toEqual([`row-changed 4 ${long.id}`]);
  });

  it('is done once by two replicas at a time, while both and others write', async () => {
    const other = await replica();
    const writing = Promise.all([app, other].map(async (one) => {
      for (let n = 0; n < 40; n += 1) {
        await one.app.get(Tenancy).worker(async (tx) => {
          await audit(tx, { action: 'one', resource: 'note', resourceId: null });
          if (n % 7 === 0) throw new Error('rolled back');
          if (n % 3 === 0) await audit(tx, { action: 'two', resource: 'note', resourceId: null });
        }).catch(() => undefined);
      }
      return true;
    }));
    let done = false;
    const sealing = [app, other].map(async (one) => { while (!done) await seal(one); });
    await writing;
    done = true;
    await Promise.all(sealing);
    await seal(app);
    expect(await verification(database)).toMatchObject({ unsealed: 0, complete: true, findings: [] });
    const [{ rows, sealedRows }] = await database.query<{ rows: number; sealedRows: number }>(
      `select (select count(*)::int from feedback.audit) as rows, (select sum(count)::int from feedback.audit_seals) as "sealedRows"`);
    expect(sealedRows).toBe(rows);
  });

  it('makes good the checkpoints of a run that ended between its commit and the file', async () => {
    await sealed(app, 1);
    const file = join(auditDirOf(database), 'feedback.jsonl');
    const first = readFileSync(file, 'utf8');
    await sealed(app, 1);
    await sealed(app, 1);
    // The crash: the seals are in the database, the file has half of a line.
    writeFileSync(file, `${first}{"service":"feedback","number":2,"at":`);
    await seal(await replica());
    expect(readFileSync(file, 'utf8').split('\n').filter((line) => line.endsWith('}')).map((line) => (JSON.parse(line) as { number: number }).number)).toEqual([1, 2, 3]);
    expect(await found(database)).toEqual([]);
  });

  it('goes on when the checkpoints cannot be written, says so, and makes them good', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'finharbor-audit-'));
    const blocked = join(folder, 'file');
    writeFileSync(blocked, '');
    const other = await replica({ AUDIT_DIR: blocked });
    await sealed(other, 2);
    expect(await seals()).toHaveLength(1);
    expect(other.app.get(Sealer).checkpointFailure).toMatch(/ENOTDIR|EEXIST/);
    expect((await other.get(undefined, '/metrics')).text).toContain('finharbor_audit_checkpoints_failing{service="feedback"} 1');
    rmSync(blocked);
    await seal(other);
    expect(other.app.get(Sealer).checkpointFailure).toBeUndefined();
    expect(await new Checkpoints(blocked, 'feedback').last()).toMatchObject({ number: 1, first: 1, last: 2 });
    rmSync(folder, { recursive: true });
  });

  it('tells when the database lacks what was written as a checkpoint', async () => {
    await sealed(app, 1);
    await sealed(app, 1);
    await asSuperuser(database, 'delete from feedback.audit_seals where number = 2');
    await seal(await replica({ AUDIT_SEAL_SECONDS: '3600' }));
    expect(replicas[0].app.get(Sealer).checkpointFailure).toBe('seal 2 is not the one that was written as a checkpoint');
  });

  it('shows how much waits', async () => {
    const metric = async (name: string): Promise<number> => Number(new RegExp(`^${name}{service="feedback"} (.+)$`, 'm').exec((await app.get(undefined, '/metrics')).text)![1]);
    await sealed(app, 1);
    expect([await metric('finharbor_audit_unsealed_rows'), await metric('finharbor_audit_seal_age_seconds')]).toEqual([0, 0]);
    await write(app, 2);
    await database.query('select pg_sleep(0.01)');
    expect(await metric('finharbor_audit_unsealed_rows')).toBe(2);
    expect(await metric('finharbor_audit_seal_age_seconds')).toBeGreaterThan(0.009);
    expect(await metric('finharbor_audit_checkpoints_failing')).toBe(0);
  });

  it('goes by itself', async () => {
    await write(app, 1);
    await replica({ AUDIT_SEAL_SECONDS: '1' });
    await eventually('it is sealed', async () => (await seals()).length === 1);
    await eventually('it has its checkpoint', async () => await new Checkpoints(auditDirOf(database), 'feedback').last() !== undefined);
  });

  it('goes on with another key, and verifies with the public keys alone', async () => {
    await sealed(app, 1);
    const [next, old] = [`t2:${Buffer.alloc(32, 7).toString('base64url')}`, new AuditKeys(testAuditKey).publicKeys];
    await sealed(await replica({ AUDIT_KEY: next, AUDIT_PUBLIC_KEYS: old }), 1);
    const publicKeys = `${new AuditKeys(next).publicKeys},${old}`;
    const check = (keys: string) => verifyTrail({
      service: 'feedback', schema: 'feedback', keys: new AuditKeys('', keys),
      query: <Row>(sql: string, parameters: unknown[]) => database.query<Row>(sql, parameters),
    });
    expect((await check(publicKeys)).findings).toEqual([]);
    expect((await check(old)).findings).toMatchObject([{ kind: 'key-unknown', seal: 2 }]);
    expect(() => new AuditKeys('', publicKeys).seal('feedback', {} as never)).toThrow('no key to sign with');
    expect(() => new AuditKeys(next, `t2:${old.split(':')[1]}`)).toThrow('two audit keys t2');
  });

  it('is verified in parts as well, also across a long transaction', async () => {
    const long = await begun();
    for (let n = 0; n < 4; n += 1) await sealed(app, 3);
    await long.commit();
    for (let n = 0; n < 3; n += 1) await sealed(app, 3);
    const part = (from: number, until?: number) => verifyTrail({
      service: 'feedback', schema: 'feedback', keys: new AuditKeys(testAuditKey), from, until,
      query: <Row>(sql: string, parameters: unknown[]) => database.query<Row>(sql, parameters),
    });
    for (let from = 1; from <= 8; from += 1) {
      expect(await part(from)).toMatchObject({ from, to: 7, complete: true, unsealed: 0, findings: [] });
    }
    await asSuperuser(database, 'delete from feedback.audit where id in (3, 16)');
    expect((await part(1)).findings).toMatchObject([{ seal: 1, rows: [3] }, { seal: 5, rows: [16] }]);
    expect((await part(6)).findings).toMatchObject([{ seal: 5, rows: [16] }]);
  });

  it('is verified for as long as there is time, and from there on the next time', async () => {
    const keys = app.app.get(AuditKeys);
    await app.app.get(Tenancy).worker(async (tx) => {
      for (let n = 0; n < 250; n += 1) {
        await addSeal(tx, identityOf('feedback'), keys, await endOfChain(tx), Buffer.alloc(0), { at: '2026-01-01T00:00:00.000000Z', first: null, last: null, count: 0 });
      }
    });
    const ids = await sealed(app, 2);
    await asSuperuser(database, `delete from feedback.audit where id = ${ids[1]}`);
    const verify = (from: number) => verifyTrail({
      service: 'feedback', schema: 'feedback', keys, from, until: 0, checkpoints: readCheckpoints(auditDirOf(database), 'feedback'),
      query: <Row>(sql: string, parameters: unknown[]) => database.query<Row>(sql, parameters),
    });
    expect(await verify(1)).toMatchObject({ from: 1, to: 200, complete: false, findings: [] });
    expect(await verify(201)).toMatchObject({ from: 201, to: 251, complete: true, findings: [{ kind: 'row-deleted', seal: 251, rows: [ids[1]] }] });
  });
});

import { newId } from '@finharbor/contracts/ids';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import type { TestDatabase } from '@finharbor/testing/database';
import { DataSource } from 'typeorm';
import { createDatabase, eventually, FeedbackModule, Issue, workerReason } from './harness.js';

describe('tenancy', () => {
  let database: TestDatabase;
  let app: TestApp;
  let tenancy: Tenancy;
  const [bankA, bankB] = [callerOf('bank'), callerOf('bank')];
  const nobody = callerOf('anonymous');

  beforeAll(async () => {
    database = await createDatabase();
    app = await startTestApp(FeedbackModule, 'feedback', {}, database);
    tenancy = app.app.get(Tenancy);
    for (const [bank, texts] of [[bankA, ['a1', 'a2']], [bankB, ['b1']]] as const) {
      for (const text of texts) await database.query('insert into feedback.notes values ($1, $2, $3)', [newId(), bank.organisationId, text]);
    }
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const texts = async (tx: Tx): Promise<string[]> => (await tx.query<{ text: string }>('select text from feedback.notes order by text')).map((row) => row.text);
  const seenBy = (caller: Caller): Promise<string[]> => tenancy.run(caller, texts);
  const code = (error: unknown): string => (error as { driverError: { code: string } }).driverError.code;
  const failureOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => { throw new Error('it succeeded'); }, (error: unknown) => error);

  it('shows each organisation its own rows, and none to callers without one', async () => {
    expect(await seenBy(bankA)).toEqual(['a1', 'a2']);
    expect(await seenBy(bankB)).toEqual(['b1']);
    expect(await seenBy(callerOf('department'))).toEqual([]);
    expect(await seenBy(nobody)).toEqual([]);
    expect(await seenBy({ role: 'applicant', organisationId: null, clientId: null, accessSecret: 's' })).toEqual([]);
  });

  it('shows all rows to those who watch over all, and to the service itself', async () => {
    for (const role of ['supervisor', 'dashboard', 'system-administrator', 'security-administrator', 'audit-administrator'] as const) expect(await seenBy(callerOf(role))).toEqual(['a1', 'a2', 'b1']);
    expect(await tenancy.worker(texts)).toEqual(['a1', 'a2', 'b1']);
    expect(await tenancy.asWorker(workerReason, nobody, texts)).toEqual(['a1', 'a2', 'b1']);
  });

  it('shows the same through TypeORM as through SQL', async () => {
    const rows = await tenancy.run(bankB, (tx) => tx.manager.find(Issue));
    expect(rows.map((row) => row.text)).toEqual(['b1']);
  });

  it('lets nobody write, change or take over a row of another organisation', async () => {
    const insert = failureOf(tenancy.run(bankA, (tx) => tx.query('insert into feedback.notes values ($1, $2, $3)', [newId(), bankB.organisationId, 'x'])));
    expect(code(await insert)).toBe('42501');
    expect(await tenancy.run(bankA, (tx) => tx.query(`update feedback.notes set text = 'stolen' where text = 'b1' returning id`))).toEqual([]);
    const give = failureOf(tenancy.run(bankA, (tx) => tx.query(`update feedback.notes set org_id = $1 where text = 'a1'`, [bankB.organisationId])));
    expect(code(await give)).toBe('42501');
    expect(await seenBy(bankB)).toEqual(['b1']);
  });

  it('keeps nothing of a caller on the connection for the next one', async () => {
    const [{ pid }] = await tenancy.run(bankA, (tx) => tx.query<{ pid: number }>('select pg_backend_pid() as pid'));
    let same = false;
    for (let tries = 0; tries < 20 && !same; tries++) {
      const [row] = await tenancy.run(nobody, (tx) => tx.query<{ pid: number; role: string; org: string; texts: number }>(
        `select pg_backend_pid() as pid, current_user as role, current_setting('app.org') as org, (select count(*)::int from feedback.notes) as texts`));
      same = row.pid === pid;
      expect(row).toMatchObject({ role: 'feedback_app', org: '', texts: 0 });
    }
    expect(same).toBe(true);
    // Nothing may query outside a transaction of Tenancy; what does all the same sees nothing.
    for (let tries = 0; tries < 10; tries++) {
      await tenancy.run(callerOf('supervisor', bankA.organisationId!), texts);
      const [left] = await app.app.get(DataSource).query<unknown[]>(
        `select current_user as role, coalesce(current_setting('app.org', true), '') as org, (select count(*)::int from feedback.notes) as texts`);
      expect(left).toEqual({ role: 'feedback_app', org: '', texts: 0 });
    }
    const logins = await database.query(`select distinct usename from pg_stat_activity where datname = current_database() and application_name like 'finharbor %'`);
    expect(logins).toEqual([{ usename: 'feedback_app' }]);
  });

  it('gives a connection back clean after a failure, and throws one away that cannot roll back', async () => {
    await failureOf(tenancy.run(bankA, (tx) => tx.query('select 1 / 0')));
    expect(await seenBy(bankB)).toEqual(['b1']);
    const killed = failureOf(tenancy.run(bankA, async (tx) => {
      const [{ pid }] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await database.query('select pg_terminate_backend($1)', [pid]);
      await eventually('the backend has gone', async () => (await database.query('select 1 from pg_stat_activity where pid = $1', [pid])).length === 0);
      return texts(tx);
    }));
    expect(await killed).toBeInstanceOf(Error);
    for (let tries = 0; tries < 10; tries++) expect(await seenBy(bankB)).toEqual(['b1']);
  });

  it('saves nothing when a failure is swallowed, and says so', async () => {
    const before = await seenBy(bankA);
    const swallowed = tenancy.run(bankA, async (tx) => {
      await tx.query('insert into feedback.notes values ($1, $2, $3)', [newId(), bankA.organisationId, 'a3']);
      await tx.query('select 1 / 0').catch(() => undefined);
    });
    await expect(swallowed).rejects.toThrow('swallowed');
    expect(await seenBy(bankA)).toEqual(before);
  });

  it('sends writes that were put off together, in their order, and before the next statement', async () => {
    const later = (tx: Tx, text: string): void => tx.later('insert into feedback.notes values ($1, $2, $3)', [newId(), bankA.organisationId, text]);
    const before = await seenBy(bankA);
    await tenancy.run(bankA, async (tx) => {
      later(tx, 'l1');
      tx.later(`update feedback.notes set text = 'a one' where org_id = $1 and text = $2`, [bankA.organisationId, 'a1']);
      later(tx, 'l2');
      expect(await texts(tx)).toEqual(expect.arrayContaining(['a one', 'l1', 'l2']));
      tx.later(`update feedback.notes set text = $2 where org_id = $1 and text = 'a one'`, [bankA.organisationId, 'a1']);
      later(tx, 'l3');
    });
    expect((await seenBy(bankA)).sort()).toEqual([...before, 'l1', 'l2', 'l3'].sort());
    await database.query(`delete from feedback.notes where text like 'l_'`);
  });

  it('fails as a write fails that was put off, with the commit or with what comes behind it', async () => {
    const before = await seenBy(bankA);
    const taken = newId();
    const fail = (tx: Tx): void => { for (const text of ['f1', 'f2']) tx.later('insert into feedback.notes values ($1, $2, $3)', [taken, bankA.organisationId, text]); };
    const byManager = async (tx: Tx): Promise<void> => { fail(tx); await tx.manager.query('select 1'); };
    for (const work of [async (tx: Tx) => fail(tx), async (tx: Tx) => { fail(tx); await texts(tx); }, byManager]) {
      await expect(tenancy.run(bankA, work)).rejects.toThrow('notes_pkey');
    }
    // Behind a statement that failed by itself they are not why.
    const behind = tenancy.run(bankA, async (tx) => Promise.all([tx.query('select 1 / 0'), byManager(tx)]));
    await expect(behind).rejects.toThrow('division by zero');
    expect(await seenBy(bankA)).toEqual(before);
  });

  it('runs what waits for the commit only after it, once, and survives its failure', async () => {
    const ran: string[] = [];
    const work = (): void => { ran.push('ran'); };
    await failureOf(tenancy.run(bankA, async (tx) => {
      tx.onCommit(work);
      await tx.query('select 1 / 0');
    }));
    expect(ran).toEqual([]);
    const result = await tenancy.run(bankA, async (tx) => {
      tx.onCommit(() => { throw new Error('too late to fail'); });
      tx.onCommit(work);
      tx.onCommit(work);
      expect(ran).toEqual([]);
      return 'saved';
    });
    expect([result, ran]).toEqual(['saved', ['ran']]);
  });

  it('lets dashboards read and nothing else', async () => {
    const dashboard = callerOf('dashboard');
    const write = failureOf(tenancy.run(dashboard, (tx) => tx.query('insert into feedback.notes values ($1, $2, $3)', [newId(), dashboard.organisationId, 'x'])));
    expect(code(await write)).toBe('25006');
    const asWorker = failureOf(tenancy.asWorker(workerReason, dashboard, (tx) => tx.query(`update feedback.notes set text = 'x'`)));
    expect(code(await asWorker)).toBe('25006');
    const undo = failureOf(tenancy.run(dashboard, async (tx) => {
      await tx.query('set transaction read write');
      await tx.query(`update feedback.notes set text = 'x'`);
    }));
    expect(code(await undo)).toBe('25001');
  });

  it('runs as worker for listed reasons alone, and audits each in the same transaction', async () => {
    const audited = (): Promise<unknown[]> => database.query(`select role, org_id, client_id, action from feedback.audit where action like 'worker:%' order by id`);
    const before = (await audited()).length;
    expect(() => tenancy.asWorker('because', bankA, texts)).toThrow('"because" is not a worker reason of feedback.');
    await failureOf(tenancy.asWorker(workerReason, bankA, async () => { throw new Error('no'); }));
    expect(await audited()).toHaveLength(before);
    await tenancy.asWorker(workerReason, bankA, texts);
    expect((await audited()).slice(before)).toEqual([{ role: 'bank', org_id: bankA.organisationId, client_id: 'test-bank', action: `worker:${workerReason}` }]);
  });

  it('knows in whose name it runs', async () => {
    expect(await tenancy.run(bankA, async (tx) => tx.organisationId)).toBe(bankA.organisationId);
    await expect(tenancy.worker(async (tx) => tx.organisationId)).rejects.toThrow('no organisation’s name');
  });

  it('finds a tenant’s rows by the index that begins with the organisation', async () => {
    await database.query(`insert into feedback.notes select gen_random_uuid(), gen_random_uuid(), 'x' from generate_series(1, 5000)`);
    await database.query('analyze feedback.notes');
    const plan = await tenancy.run(bankA, (tx) => tx.query<{ 'QUERY PLAN': string }>('explain select * from feedback.notes order by id desc limit 50'));
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toContain('notes_org');
    expect(text).toContain('Index Cond: (org_id =');
    await database.query(`delete from feedback.notes where text = 'x'`);
  });
});

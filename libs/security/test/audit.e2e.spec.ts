import { newId } from '@finharbor/contracts/ids';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';
import { audit, type AuditTx } from '../src/audit/audit.js';

describe('audit', () => {
  let database: TestDatabase;
  beforeAll(async () => { database = await createTestDatabase(); });
  afterAll(() => database.drop());

  /** What `audit` needs of a transaction, as a database role sees it. */
  const as = (role: string, facts: Partial<AuditTx> = {}): AuditTx => ({
    schema: 'feedback', caller: undefined, requestId: undefined, ...facts,
    later: async (sql, parameters) => {
      await database.query('begin');
      try {
        await database.query(`select set_config('role', $1, true)`, [`feedback_${role}`]);
        await database.query(sql, [...parameters ?? []]);
        await database.query('commit');
      } catch (error) {
        await database.query('rollback');
        throw error;
      }
    },
  });

  it('writes who did what to which record, and when', async () => {
    const [organisationId, resourceId] = [newId(), newId()];
    const caller = { role: 'bank', organisationId, clientId: 'client-1', accessSecret: 'hunter2' } as const;
    await audit(as('app', { caller, requestId: 'request-7' }), { action: 'issue.reply', resource: 'issue', resourceId, detail: { state: 'REPLIED', tags: ['a', 'b'] } });
    await audit(as('worker'), { action: 'issue.close', resource: 'issue', resourceId: null });
    const rows = await database.query('select * from feedback.audit order by id');
    expect(rows).toEqual([
      {
        id: '1', at: expect.any(Date), role: 'bank', org_id: organisationId, client_id: 'client-1', action: 'issue.reply', resource: 'issue', resource_id: resourceId,
        detail: { state: 'REPLIED', tags: ['a', 'b'] }, request_id: 'request-7',
      },
      {
        id: '2', at: expect.any(Date), role: 'service', org_id: null, client_id: null, action: 'issue.close', resource: 'issue', resource_id: null, detail: null, request_id: null,
      },
    ]);
    expect(Math.abs(Date.now() - (rows[0] as { at: Date }).at.getTime())).toBeLessThan(60_000);
    expect(JSON.stringify(rows)).not.toContain('hunter2');
  });

  it('rows can be added by all roles of the service, and read, changed or removed by none that serves callers', async () => {
    for (const role of ['app', 'supervisor', 'worker']) await audit(as(role), { action: 'x', resource: 'x', resourceId: null });
    for (const [role, statement] of [
      ['app', 'select 1 from feedback.audit'], ['supervisor', 'select 1 from feedback.audit'],
      ...['app', 'supervisor', 'worker'].flatMap((one) => [[one, `update feedback.audit set action = 'y'`], [one, 'delete from feedback.audit'], [one, 'truncate feedback.audit']]),
    ]) await expect(as(role).later(statement)).rejects.toThrow('permission denied');
    await as('worker').later('select 1 from feedback.audit');
  });
});

import { newId } from '@finharbor/contracts/ids';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import { AuditKeys } from '@finharbor/security/audit/seal';
import type { TestApp } from '@finharbor/testing/app';
import { testAuditKey } from '@finharbor/testing/audit';
import { callerOf } from '@finharbor/testing/callers';
import type { TestDatabase } from '@finharbor/testing/database';
import { asSuperuser, sealed, startAudited, write } from './audit-harness.js';
import { createDatabase } from './harness.js';

const path = '/v1/operations/feedback/audit';

describe('the audit administrator', () => {
  const administrator = callerOf('audit-administrator');
  const bank = callerOf('bank');
  const noteId = newId();
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await createDatabase();
    app = await startAudited(database);
    await app.app.get(Tenancy).run(bank, (tx) => audit(tx, { action: 'note.write', resource: 'note', resourceId: noteId, detail: { state: 'NEW' } }));
    await sealed(app, 4);
    await write(app, 2);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('sees how far the trail is sealed', async () => {
    const { body } = await app.get(administrator, path).expect(200);
    expect(body).toEqual({
      service: 'feedback', lastSeal: 1, sealedAt: expect.stringMatching(/^20.*Z$/), sealedRows: 5, prunedRows: 0, unsealedRows: 2,
      unsealedSeconds: expect.any(Number), retentionMonths: 36, checkpointFailure: null, publicKeys: new AuditKeys(testAuditKey).publicKeys,
    });
    expect(body.unsealedSeconds).toBeGreaterThan(0);
    expect(JSON.stringify(body)).not.toContain(testAuditKey.split(':')[1]);
  });

  it('reads the trail by page, newest first, and leaves a trace of it', async () => {
    const first = (await app.get(administrator, `${path}/records?limit=3&resource=note`).expect(200)).body;
    expect(first.items.map(({ id }: { id: number }) => id)).toEqual([7, 6, 5]);
    const second = (await app.get(administrator, `${path}/records?limit=4&resource=note&cursor=${first.nextCursor}`).expect(200)).body;
    expect(second.items.map(({ id }: { id: number }) => id)).toEqual([4, 3, 2, 1]);
    expect(second.nextCursor).toBeNull();
    expect(second.items.at(-1)).toEqual({
      id: 1, at: expect.any(String), role: 'bank', organisationId: bank.organisationId, clientId: 'test-bank', action: 'note.write', resource: 'note',
      resourceId: noteId, detail: '{"state": "NEW"}', requestId: null,
    });
    const [trace] = (await app.get(administrator, `${path}/records?limit=1&resource=audit`).expect(200)).body.items;
    expect(trace).toMatchObject({ role: 'audit-administrator', organisationId: administrator.organisationId, action: 'audit.read', requestId: expect.any(String) });
    expect(JSON.parse(trace.detail)).toEqual({ resource: 'note', resourceId: null, organisationId: null, from: null, to: null, rows: 4 });
  });

  it('finds rows by record, organisation and time', async () => {
    const ids = async (query: string): Promise<number[]> => ((await app.get(administrator, `${path}/records?${query}`).expect(200)).body.items as { id: number }[]).map(({ id }) => id);
    expect(await ids(`resourceId=${noteId}`)).toEqual([1]);
    expect(await ids(`organisationId=${bank.organisationId}`)).toEqual([1]);
    const times = await database.query<{ at: Date }>('select at from feedback.audit where id in (2, 5) order by id');
    const [from, to] = times.map(({ at }) => at.toISOString());
    const within = await ids(`from=${from}&to=${to}&resource=note`);
    expect([within.includes(3), within.includes(6), within.includes(1)]).toEqual([true, false, false]);
    expect(await ids(`from=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
    expect(await ids('to=2020-01-01T00:00:00Z')).toEqual([]);
    await app.get(administrator, `${path}/records?from=yesterday`).expect(400);
    await app.get(administrator, `${path}/records?resourceId=1`).expect(400);
    await app.get(administrator, `${path}/records?cursor=x`).expect(400);
  });

  it('verifies, and is told which row is bad', async () => {
    const { body } = await app.post(administrator, `${path}/verifications`).expect(201);
    expect(body).toEqual({ service: 'feedback', fromSeal: 1, toSeal: 1, rows: expect.any(Number), unsealedRows: expect.any(Number), complete: true, findings: [], moreFindings: 0 });
    expect((await app.post(administrator, `${path}/verifications`, { fromSeal: 99 }).expect(201)).body).toMatchObject({ fromSeal: 2, toSeal: 1, findings: [] });
    await asSuperuser(database, `update feedback.audit set role = 'supervisor' where id = 3`);
    const bad = await app.post(administrator, `${path}/verifications`, { fromSeal: 1 }).expect(201);
    expect(bad.body.findings).toEqual([{ kind: 'row-changed', seal: 1, rows: [3], count: 1, message: 'feedback: row 3 of seal 1 was changed after it was sealed' }]);
    await app.post(administrator, `${path}/verifications`, { fromSeal: 0 }).expect(400);
    const traces = await database.query<{ detail: object }>(`select detail from feedback.audit where action = 'audit.verify' order by id`);
    expect(traces.map(({ detail }) => detail)).toEqual([
      { from: 1, to: 1, findings: 0 }, { from: 2, to: 1, findings: 0 }, { from: 1, to: 1, findings: 1 },
    ]);
  });

  it('is the only one, at this service alone', async () => {
    for (const role of ['department', 'supervisor', 'bank', 'dashboard'] as const) {
      await app.get(callerOf(role), path).expect(403);
      await app.get(callerOf(role), `${path}/records`).expect(403);
      await app.post(callerOf(role), `${path}/verifications`, {}).expect(403);
    }
    await app.get(callerOf('anonymous'), `${path}/records`).expect(401);
    for (const wrong of ['harbors', 'nothing']) {
      await app.get(administrator, `/v1/operations/${wrong}/audit`).expect(404);
      await app.get(administrator, `/v1/operations/${wrong}/audit/records`).expect(404);
      await app.post(administrator, `/v1/operations/${wrong}/audit/verifications`, {}).expect(404);
    }
  });
});

import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { ApiClientsService } from '../src/api-clients/api-clients.service.js';
import { AppModule } from '../src/app.module.js';

describe('API clients of two organisations', () => {
  let app: TestApp;
  const administrator = callerOf('system-administrator');
  const security = callerOf('security-administrator');
  const banks: Caller[] = [];
  const clientIds: string[] = [];

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'partners');
    for (const name of ['甲银行', '乙银行']) {
      const { id: organisationId } = (await app.post(administrator, '/v1/organisations', { kind: 'BANK', name }).expect(201)).body;
      clientIds.push((await app.post(administrator, '/v1/api-clients', { organisationId, role: 'bank', name: '系统', sandbox: true }).expect(201)).body.clientId);
      banks.push(callerOf('bank', organisationId));
    }
  });
  afterAll(() => app.close());

  it('are for administrators alone', async () => {
    for (const role of ['department', 'supervisor', 'bank', 'dashboard'] as const) {
      await app.get(callerOf(role), '/v1/api-clients').expect(403);
      await app.post(callerOf(role), '/v1/api-clients', {}).expect(403);
      await app.post(callerOf(role), `/v1/api-clients/${clientIds[0]}/lock`).expect(403);
    }
    const { items } = (await app.get(administrator, '/v1/api-clients').expect(200)).body as { items: { id: string }[] };
    expect(items.map((item) => item.id)).toEqual([...clientIds].reverse());
  });

  it('are kept apart by the database, behind the table of routes', async () => {
    const service = app.app.get(ApiClientsService);
    const page = await service.list(banks[0], { limit: 50 });
    expect(page.items.map((item) => item.id)).toEqual([clientIds[0]]);
    await expect(service.lock(banks[0], clientIds[1])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const other = { organisationId: banks[1].organisationId!, role: 'bank', name: '冒名', sandbox: true } as const;
    await expect(service.create(banks[0], other)).rejects.toThrow('row-level security');
  });

  it('signing keys are for the token endpoint alone', async () => {
    for (const caller of [banks[0], administrator]) {
      await expect(app.app.get(Tenancy).run(caller, (tx) => tx.query('select * from partners.signing_keys'))).rejects.toThrow('permission denied');
    }
  });

  it('leave an audit row for each change', async () => {
    await app.post(security, `/v1/api-clients/${clientIds[1]}/lock`).expect(200);
    const rows = await app.database.query(`select action, resource_id from partners.audit where resource = 'api-client' order by id`);
    expect(rows).toEqual([
      ...clientIds.map((id) => ({ action: 'api-client.create', resource_id: id })), { action: 'api-client.lock', resource_id: clientIds[1] },
    ]);
  });
});

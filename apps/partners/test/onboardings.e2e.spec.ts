import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';

const jwks = (): object => ({ keys: [{ ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }), kid: 'one' }] });

describe('the onboarding of a partner', () => {
  let app: TestApp;
  const system = callerOf('system-administrator');
  const security = callerOf('security-administrator');
  const path = '/v1/onboardings';
  const client = (change: object = {}): object => ({ role: 'bank', name: '核心系统', jwks: jwks(), senderConstraint: 'DPOP', ...change });
  const proposal = (change: object = {}): object =>
    ({ organisation: { kind: 'BANK', name: `示范银行 ${randomUUID().slice(0, 8)}` }, client: client(), reason: '已签合作协议', ...change });
  const propose = async (change?: object): Promise<{ id: string; organisationName: string }> =>
    (await app.post(system, path, proposal(change)).expect(201)).body;
  const count = async (what: string): Promise<number> => (await app.database.query<{ n: number }>(`select count(*)::int as n from ${what}`))[0].n;
  const reason = { reason: '材料齐全' };

  beforeAll(async () => { app = await startTestApp(AppModule, 'partners'); });
  afterAll(() => app.close());

  it('makes nothing before the approval, and organisation and client with it', async () => {
    const before = await Promise.all([count('partners.organisations'), count('partners.api_clients'), count('partners.outbox')]);
    const proposed = await propose();
    expect(proposed).toMatchObject({ state: 'PROPOSED', organisationId: null, clientId: null, keyIds: ['one'], role: 'bank', proposedBy: system.clientId });
    expect(await Promise.all([count('partners.organisations'), count('partners.api_clients'), count('partners.outbox')])).toEqual(before);
    const approved = (await app.post(security, `${path}/${proposed.id}/approval`, reason).expect(200)).body;
    expect(approved).toMatchObject({ state: 'APPROVED', decidedBy: security.clientId, decisionReason: '材料齐全' });
    const [made] = await app.database.query('select org_id, role, sandbox, sender_constraint, locked_at, secret_hash, keys from partners.api_clients where id = $1', [approved.clientId]);
    expect(made).toMatchObject({ org_id: approved.organisationId, role: 'bank', sandbox: false, sender_constraint: 'DPOP', locked_at: null, secret_hash: null, keys: [{ kid: 'one' }] });
    const organisation = (await app.get(system, `/v1/organisations/${approved.organisationId}`).expect(200)).body;
    expect(organisation).toMatchObject({ kind: 'BANK', name: proposed.organisationName });
    const again = await propose({ organisation: undefined, organisationId: approved.organisationId });
    const second = (await app.post(security, `${path}/${again.id}/approval`, reason).expect(200)).body;
    expect([second.organisationId, second.clientId === approved.clientId]).toEqual([approved.organisationId, false]);
    await app.post(security, `${path}/${again.id}/approval`, reason).expect(409);
  });

  it('is decided by nobody who proposed it, whatever the role', async () => {
    const { id } = await propose();
    const same: Caller = { ...security, clientId: system.clientId };
    for (const decision of ['approval', 'rejection']) {
      const refused = await app.post(same, `${path}/${id}/${decision}`, reason).expect(403);
      expect(refused.body.code).toBe('FORBIDDEN');
      await app.post(system, `${path}/${id}/${decision}`, reason).expect(403);
    }
    await app.post(security, path, proposal()).expect(403);
    await app.post(security, `${path}/${id}/withdrawal`, reason).expect(403);
    await expect(app.database.query(`update partners.onboardings set state = 'REJECTED', decided_by = proposed_by where id = $1`, [id])).rejects.toThrow('two_persons');
    expect((await app.get(security, `${path}/${id}`).expect(200)).body.state).toBe('PROPOSED');
    await app.post(security, `${path}/${id}/approval`, reason).expect(200);
  });

  it('is made once by two who approve at once', async () => {
    const [{ id }, before] = [await propose(), await count('partners.api_clients')];
    const statuses = await Promise.all([1, 2, 3].map(async () => (await app.post(security, `${path}/${id}/approval`, reason)).status));
    expect([statuses.sort(), await count('partners.api_clients') - before]).toEqual([[200, 409, 409], 1]);
  });

  it('ends by rejection, withdrawal and time, and of that nothing is made', async () => {
    const [rejected, withdrawn, expired] = [await propose(), await propose(), await propose()];
    const clients = await count('partners.api_clients');
    expect((await app.post(security, `${path}/${rejected.id}/rejection`, reason).expect(200)).body.state).toBe('REJECTED');
    expect((await app.post(system, `${path}/${withdrawn.id}/withdrawal`, reason).expect(200)).body.state).toBe('WITHDRAWN');
    const [due] = await app.database.query<{ days: number }>(`select round(extract(epoch from due_at - now()) / 86400)::int as days from partners.due where aggregate_id = $1`, [expired.id]);
    expect(due.days).toBe(14);
    expect(await count(`partners.due where kind = 'onboarding.expiry'`)).toBe(1);
    await app.database.query(`update partners.due set due_at = now() where aggregate_id = $1`, [expired.id]);
    await app.handleDue();
    expect((await app.get(system, `${path}/${expired.id}`).expect(200)).body).toMatchObject({ state: 'EXPIRED', decidedBy: null, clientId: null });
    for (const { id } of [rejected, withdrawn, expired]) {
      expect((await app.post(security, `${path}/${id}/approval`, reason).expect(409)).body.code).toBe('ILLEGAL_STATE');
    }
    expect(await count('partners.api_clients')).toBe(clients);
    const listed = (await app.get(security, `${path}?state=EXPIRED`).expect(200)).body.items as { id: string }[];
    expect(listed.map(({ id }) => id)).toEqual([expired.id]);
  });

  it('is refused for what could not be made, with the field', async () => {
    const field = async (change: object): Promise<string> =>
      (await app.post(system, path, proposal(change)).expect(400)).body.errors[0].field;
    expect(await field({ client: client({ role: 'supervisor' }) })).toBe('client.role');
    expect(await field({ client: client({ jwks: { keys: [] } }) })).toBe('jwks.keys');
    expect(await field({ organisationId: newId() })).toBe('organisationId');
    expect(await field({ organisation: undefined })).toBe('organisationId');
    expect(await field({ organisation: { kind: 'BANK', name: '明日银行', validFrom: '2099-01-01' } })).toBe('validFrom');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(await field({ client: client({ jwks: { keys: [privateKey.export({ format: 'jwk' })] } }) })).toBe('jwks.keys.0');
    await app.post(system, path, proposal({ organisation: undefined, organisationId: newId() })).expect(404);
    await app.post(security, `${path}/${newId()}/approval`, reason).expect(404);
  });

  it('leaves each step in the audit, with who did it', async () => {
    const rows = await app.database.query<{ action: string; role: string }>(
      `select distinct action, role from partners.audit where resource = 'onboarding' order by action`);
    expect(rows.map(({ action, role }) => `${action} ${role}`)).toEqual([
      'onboarding.approved security-administrator', 'onboarding.expired service', 'onboarding.propose system-administrator',
      'onboarding.rejected security-administrator', 'onboarding.withdrawn system-administrator',
    ]);
  });
});

import { newId } from '@finharbor/contracts/ids';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { TestSigner } from '@finharbor/testing/signing';
import { AppModule } from '../src/app.module.js';

describe('the keys with which a client signs', () => {
  let app: TestApp;
  let bank: Caller;
  let otherBank: Caller;
  let colleague: Caller;
  const administrator = callerOf('system-administrator');
  const [ed25519, p256, sm2] = [TestSigner.of('ed25519', 'a').jwk, TestSigner.of('ecdsa-p256-sha256', 'b').jwk, TestSigner.of('sm2-sm3', 'c').jwk];

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'partners', { SANDBOX: 'true' });
    [bank, otherBank] = [await clientOf('甲银行'), await clientOf('乙银行')];
    colleague = await clientOf('', bank.organisationId!);
  });
  afterAll(() => app.close());

  async function clientOf(name: string, known?: string): Promise<Caller> {
    const organisationId = known ?? (await app.post(administrator, '/v1/organisations', { kind: OrganisationKind.BANK, name }).expect(201)).body.id;
    const clientId = newId();
    await app.database.query(`insert into partners.api_clients (id, org_id, name, role, secret_hash) values ($1, $2, '系统', 'bank', 'x')`, [clientId, organisationId]);
    return { role: 'bank', organisationId, clientId };
  }
  const path = (client: Caller): string => `/v1/api-clients/${client.clientId}/signature-keys`;
  const set = (as: Caller, keys: object[], more = {}, client = bank): ReturnType<TestApp['post']> => app.post(as, path(client), { jwks: { keys }, ...more });
  const told = async (client: Caller): Promise<object[]> => (await app.database.query<{ p: object }>(
    `select distinct on ((e->>'v')::int) p from (select jsonb_array_elements(body::jsonb) as e from partners.delivery union all
       select jsonb_build_object('n', name, 'v', aggregate_version, 'p', payload) from partners.outbox) told, lateral (select e->'p' as p) x
     where e->>'n' = 'api-client.keys-changed' and p->>'clientId' = $1 order by (e->>'v')::int`, [client.clientId])).map(({ p }) => p);

  it('are set by the client itself, all at once, and told to the services', async () => {
    expect((await app.get(bank, path(bank)).expect(200)).body).toEqual({ items: [], signatureRequired: false });
    const { body } = await set(bank, [ed25519, { ...p256, iat: 1, x5u: 'https://evil.example' }]).expect(200);
    expect(body).toEqual({ signatureRequired: false, items: [
      { kid: 'a', algorithm: 'ed25519', jwk: JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: ed25519.x, kid: 'a', use: 'sig' }) },
      { kid: 'b', algorithm: 'ecdsa-p256-sha256', jwk: JSON.stringify({ kty: 'EC', crv: 'P-256', x: p256.x, y: p256.y, kid: 'b', use: 'sig' }) },
    ] });
    await set(bank, [sm2]).expect(200);
    expect((await app.get(bank, path(bank)).expect(200)).body.items).toEqual([{ kid: 'c', algorithm: 'sm2-sm3', jwk: expect.any(String) }]);
    expect(await told(bank)).toEqual([
      { clientId: bank.clientId, organisationId: bank.organisationId, signatureRequired: false, keys: [expect.objectContaining({ kid: 'a' }), expect.objectContaining({ kid: 'b' })] },
      { clientId: bank.clientId, organisationId: bank.organisationId, signatureRequired: false, keys: [{ ...sm2, use: 'sig' }] },
    ]);
  });

  it('are nobody else’s to see or set but the system administrator’s', async () => {
    for (const other of [otherBank, colleague, callerOf('department')]) {
      await set(other, [ed25519]).expect(404);
      await app.get(other, path(bank)).expect(404);
    }
    for (const role of ['supervisor', 'security-administrator', 'dashboard'] as const) await set(callerOf(role), [ed25519]).expect(403);
    await app.get(administrator, path(bank)).expect(200);
    await set(administrator, [ed25519]).expect(200);
    await app.get(administrator, `/v1/api-clients/${newId()}/signature-keys`).expect(404);
    expect(await told(otherBank)).toEqual([]);
  });

  it('must be there where the administrator says that the client must sign', async () => {
    expect((await set(bank, [ed25519], { signatureRequired: true }).expect(403)).body.code).toBe('FORBIDDEN');
    expect((await set(administrator, [ed25519], { signatureRequired: true }).expect(200)).body.signatureRequired).toBe(true);
    expect((await set(bank, [p256]).expect(200)).body.signatureRequired).toBe(true);
    expect((await set(bank, []).expect(409)).body.code).toBe('ILLEGAL_STATE');
    expect((await set(bank, [p256], { signatureRequired: false }).expect(403)).body.code).toBe('FORBIDDEN');
    expect((await told(bank)).at(-1)).toMatchObject({ signatureRequired: true, keys: [{ kid: 'b' }] });
    await set(administrator, [], { signatureRequired: false }).expect(200);
  });

  it('are refused one by one, with the reason', async () => {
    const before = await told(bank);
    const { body } = await set(bank, [ed25519, { ...p256, x: p256.y }, { ...sm2, y: sm2.x }, { ...ed25519, kid: undefined }, null as never, { ...ed25519, d: 'x' }]).expect(400);
    expect(body.errors.map(({ field }: { field: string }) => field)).toEqual([1, 2, 3, 4, 5].map((index) => `jwks.keys.${index}`));
    expect(body.errors[1].message).toBe('This is no public key of SM2.');
    expect(body.errors[4].message).toContain('private');
    for (const keys of [[ed25519, { ...p256, kid: 'a' }], Array.from({ length: 11 }, (_, at) => ({ ...ed25519, kid: String(at) })), 'x' as never]) await set(bank, keys).expect(400);
    expect(await told(bank)).toEqual(before);
  });

  it('of a locked client are not changed, and every change is audited', async () => {
    await app.database.query('update partners.api_clients set locked_at = now() where id = $1', [otherBank.clientId]);
    expect((await set(administrator, [ed25519], {}, otherBank).expect(409)).body.code).toBe('ILLEGAL_STATE');
    const rows = await app.database.query(`select detail from partners.audit where action = 'api-client.set-signature-keys' and resource_id = $1 order by id limit 2`, [bank.clientId]);
    expect(rows).toEqual([{ detail: { kids: ['a', 'b'], signatureRequired: false } }, { detail: { kids: ['c'], signatureRequired: false } }]);
  });
});

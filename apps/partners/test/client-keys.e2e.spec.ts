import { randomBytes } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import { createApp } from '@finharbor/platform/boot/create-app';
import { AccessTokens } from '@finharbor/security/tokens/access-token';
import { anonymous, type Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { bearerOf, callerOf } from '@finharbor/testing/callers';
import { decodeJwt } from 'jose';
import { AppModule } from '../src/app.module.js';
import { issuer, KeyClient, newKey, sendForm } from './key-client.js';

describe('clients and their keys', () => {
  let app: TestApp;
  let url: string;
  const system = callerOf('system-administrator');
  const security = callerOf('security-administrator');
  const certificate = randomBytes(32).toString('base64url');

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'partners', { PUBLIC_URL: issuer, SANDBOX: 'false', CLIENT_CERTIFICATE_HEADER: 'x-ssl-client-sha256' });
    await app.app.listen(0, '127.0.0.1');
    url = await app.app.getUrl();
  });
  afterAll(async () => {
    delete process.env.CLIENT_CERTIFICATE_HEADER;
    await app.close();
  });

  it('rotate without a pause: the next key is added, both are good, the old one is removed', async () => {
    const client = await KeyClient.make(app, url);
    const next = await newKey('2026-2', 'EdDSA');
    const added = await app.post(client.caller, `/v1/api-clients/${client.id}/keys`, { jwks: { keys: [next.jwk] } }).expect(201);
    expect(added.body.items.map(({ kid, kty }: Record<string, string>) => [kid, kty])).toEqual([['2026-1', 'EC'], ['2026-2', 'OKP']]);
    const assertions = (): Promise<string[]> => Promise.all([client.assertion(), client.assertion({}, {}, next)]);
    await client.token();
    for (const assertion of await assertions()) expect((await client.ask(assertion)).status).toBe(200);
    await app.post(client.caller, `/v1/api-clients/${client.id}/key-removals`, { kids: ['2026-1'] }).expect(201);
    const [old, fresh] = await assertions();
    expect([(await client.ask(old)).status, (await client.ask(fresh)).status]).toEqual([401, 200]);
    const last = await app.post(client.caller, `/v1/api-clients/${client.id}/key-removals`, { kids: ['2026-2'] }).expect(409);
    expect(last.body.code).toBe('ILLEGAL_STATE');
    const actions = await app.database.query(`select action, detail->'kids' as kids from partners.audit where resource_id = $1 order by id`, [client.id]);
    expect(actions).toEqual([
      { action: 'api-client.create', kids: ['2026-1'] }, { action: 'api-client.add-keys', kids: ['2026-2'] }, { action: 'api-client.remove-keys', kids: ['2026-1'] },
    ]);
  });

  it('are looked after by the client itself and the system administrator, and by nobody else', async () => {
    const [client, other] = [await KeyClient.make(app, url), await KeyClient.make(app, url)];
    const keysOf = async (): Promise<unknown> => (await app.get(system, `/v1/api-clients/${client.id}/keys`).expect(200)).body;
    const before = await keysOf();
    const jwks = { keys: [(await newKey('thief')).jwk] };
    const colleague: Caller = { ...client.caller, clientId: newId() };
    for (const caller of [other.caller, colleague, callerOf('supervisor'), callerOf('department'), security]) {
      await app.post(caller, `/v1/api-clients/${client.id}/keys`, { jwks }).expect(404);
      await app.post(caller, `/v1/api-clients/${client.id}/key-removals`, { kids: ['2026-1'] }).expect(404);
      if (caller !== security) await app.get(caller, `/v1/api-clients/${client.id}/keys`).expect(404);
    }
    await app.post(callerOf('dashboard'), `/v1/api-clients/${client.id}/keys`, { jwks }).expect(403);
    await app.get(anonymous, `/v1/api-clients/${client.id}/keys`).expect(401);
    await app.post(system, `/v1/api-clients/${newId()}/keys`, { jwks }).expect(404);
    expect(await keysOf()).toEqual(before);
    await app.get(security, `/v1/api-clients/${client.id}/keys`).expect(200);
    await app.post(system, `/v1/api-clients/${client.id}/keys`, { jwks }).expect(201);
  });

  it('are refused when they are too weak, private, there already or too many', async () => {
    const client = await KeyClient.make(app, url);
    const { pair, jwk } = await newKey('private');
    const { exportJWK } = await import('jose');
    for (const [key, message] of [[{ ...await exportJWK(pair.privateKey), kid: 'p' }, /private key/], [{ ...jwk, kid: '2026-1' }, /there already/], [{ ...jwk, crv: 'P-384' }, /P-256/]] as const) {
      const answer = await app.post(client.caller, `/v1/api-clients/${client.id}/keys`, { jwks: { keys: [key] } }).expect(400);
      expect(answer.body.errors[0].message).toMatch(message);
      expect(JSON.stringify(answer.body)).not.toContain((await exportJWK(pair.privateKey)).d);
    }
    for (const body of [{}, { jwks: 7 }, { jwks: [] }, { jwks: {} }, { jwks: { keys: [] } }, { kids: ['x'] }]) {
      await app.post(client.caller, `/v1/api-clients/${client.id}/keys`, body).expect(400);
    }
    for (const body of [{}, { kids: [] }, { kids: [7] }, { kids: 'x' }]) await app.post(client.caller, `/v1/api-clients/${client.id}/key-removals`, body).expect(400);
  });

  it('are needed for every client of an installation that is no sandbox', async () => {
    const organisationId = (await KeyClient.make(app, url)).caller.organisationId!;
    const body = { organisationId, role: 'bank', name: '核心系统' };
    const { jwk } = await newKey('one');
    const cases: [object, string][] = [
      [{}, 'jwks.keys'], [{ sandbox: true }, 'sandbox'], [{ sandbox: 'true' }, 'sandbox'], [{ jwks: { keys: [jwk] }, sandbox: true }, 'sandbox'],
      [{ jwks: { keys: [jwk] }, senderConstraint: 'NONE' }, 'senderConstraint'], [{ jwks: { keys: [jwk] }, secretHash: 'x' }, 'secretHash'],
    ];
    for (const [more, field] of cases) {
      const answer = await app.post(system, '/v1/api-clients', { ...body, ...more }).expect(400);
      expect([more, answer.body.errors[0].field]).toEqual([more, field]);
    }
    // One administrator alone makes none: another approves the onboarding.
    expect((await app.post(system, '/v1/api-clients', { ...body, jwks: { keys: [jwk] } }).expect(403)).body.code).toBe('FORBIDDEN');
    const { id } = await KeyClient.make(app, url);
    const { items: [listed] } = (await app.get(system, '/v1/api-clients').expect(200)).body;
    expect(listed).toMatchObject({ id, sandbox: false, senderConstraint: 'DPOP' });
    expect(listed).not.toHaveProperty('keys');
  });

  it('go with tokens that are bound to a certificate, where a client wants that', async () => {
    const client = await KeyClient.make(app, url, { more: { senderConstraint: 'CERTIFICATE' } });
    const ask = async (headers: Record<string, string>) => client.ask(await client.assertion(), headers);
    const answer = await ask({ 'x-client-certificate': certificate });
    expect([answer.status, answer.body.token_type]).toEqual([200, 'Bearer']);
    expect(decodeJwt(answer.body.access_token as string).cnf).toEqual({ 'x5t#S256': certificate });
    const without = await ask({});
    expect([without.status, without.body.error]).toEqual([400, 'invalid_grant']);
    await client.ask(); // for the nonce
    const both = await ask({ 'x-client-certificate': certificate, dpop: await client.proof() });
    expect([both.status, both.body.error]).toEqual([400, 'invalid_request']);
    const dpop = await KeyClient.make(app, url);
    expect((await dpop.ask(undefined, { 'x-client-certificate': certificate })).body.error).toBe('invalid_grant');
    const metadata = await (await fetch(`${url}/.well-known/oauth-authorization-server`, { headers: { 'x-service-token': bearerOf(anonymous, 'partners').slice(7) } })).json();
    expect(metadata).toMatchObject({ tls_client_certificate_bound_access_tokens: true, token_endpoint_auth_methods_supported: ['private_key_jwt'] });
  });

  it('ask whether tokens are good, and give them back', async () => {
    const [client, other] = [await KeyClient.make(app, url), await KeyClient.make(app, url)];
    const token = await client.token();
    const { jti, exp, iat, cnf } = decodeJwt(token);
    const active = { active: true, client_id: client.id, token_type: 'DPoP', jti, exp, iat, cnf, iss: issuer, aud: 'urn:finharbor:api', org: client.caller.organisationId, role: 'bank' };
    expect((await client.present('/oauth/introspection', token)).body).toEqual(active);
    expect((await other.present('/oauth/introspection', token)).body).toEqual({ active: false });
    for (const bad of [`${token}x`, 'x', jti!, '~', token.split('.').slice(0, 2).join('.'), await client.assertion()]) {
      expect([bad, (await client.present('/oauth/introspection', bad)).body]).toEqual([bad, { active: false }]);
    }
    expect(await other.present('/oauth/revocation', token)).toMatchObject({ status: 200, body: {} });
    expect((await client.present('/oauth/introspection', token)).body).toEqual(active);
    for (let times = 0; times < 2; times++) expect(await client.present('/oauth/revocation', token)).toMatchObject({ status: 200, body: {} });
    expect((await client.present('/oauth/introspection', token)).body).toEqual({ active: false });
    expect((await client.present('/oauth/introspection', await client.token())).body).toMatchObject({ active: true });
    const rows = await app.database.query(`select action from partners.audit where resource_id = $1 and action = 'token.revoke'`, [client.id]);
    expect(rows).toHaveLength(1);
  });

  it('tell of tokens nothing to whoever does not authenticate', async () => {
    const client = await KeyClient.make(app, url);
    const token = await client.token();
    const forged = await client.assertion({}, {}, await newKey('2026-1'));
    for (const path of ['/oauth/introspection', '/oauth/revocation']) {
      expect((await client.present(path, token, forged)).status).toBe(401);
      expect((await sendForm(url, path, { token })).status).toBe(400);
      expect((await sendForm(url, path, [['token', token], ['token', token], ['client_assertion', await client.assertion()]])).status).toBe(400);
      expect((await sendForm(url, path, { token: `${'x'.repeat(100_000)}` })).status).toBe(400);
    }
    expect((await client.present('/oauth/introspection', token)).body).toMatchObject({ active: true });
  });

  it('that are locked, and tokens that are revoked, are told to whoever verifies tokens', async () => {
    const [locked, client] = [await KeyClient.make(app, url), await KeyClient.make(app, url)];
    const token = await client.token();
    const list = async (etag = '') => app.get(security, '/v1/revocations').set('if-none-match', etag);
    const first = await list();
    expect([first.status, first.body.clients.includes(locked.id)]).toEqual([200, false]);
    expect((await list(first.headers.etag)).status).toBe(304);
    await app.post(security, `/v1/api-clients/${locked.id}/lock`).expect(200);
    await client.present('/oauth/revocation', token);
    const { until } = await import('@finharbor/testing/until');
    const { body } = await until('the list is another', async () => { const answer = await list(first.headers.etag); return answer.status === 200 && answer; }, 3_000);
    expect(body.clients).toContain(locked.id);
    await until('the token is on it', async () => ((await list()).body.tokens as string[]).includes(decodeJwt(token).jti!), 3_000);
    for (const caller of [client.caller, callerOf('supervisor'), callerOf('dashboard')]) await app.get(caller, '/v1/revocations').expect(403);
    await app.get(anonymous, '/v1/revocations').expect(401);
    expect((await locked.ask()).status).toBe(401);
    expect((await locked.present('/oauth/introspection', token)).status).toBe(401);
    await app.post(system, `/v1/api-clients/${locked.id}/keys`, { jwks: { keys: [(await newKey('late')).jwk] } }).expect(409);
  });

  it('give tokens that a gateway can verify', async () => {
    const client = await KeyClient.make(app, url);
    const tokens = new AccessTokens({ issuer, jwksUrl: new URL(`${url}/oauth/jwks`), headers: () => ({ 'x-service-token': bearerOf(anonymous, 'partners').slice(7) }) });
    expect(await tokens.verify(await client.token())).toMatchObject({ caller: client.caller, jkt: expect.any(String) });
  });

  it('keep an installation that is no sandbox from starting while a client has a secret, unless that one is locked', async () => {
    const organisationId = (await KeyClient.make(app, url)).caller.organisationId!;
    const id = newId();
    await app.database.query(`insert into partners.api_clients (id, org_id, name, role, secret_hash) values ($1, $2, '旧系统', 'bank', 'hash')`, [id, organisationId]);
    const start = async (): Promise<void> => {
      const other = await createApp(AppModule);
      try { await other.init(); } finally { await other.close(); }
    };
    await expect(start()).rejects.toThrow(`clients with a secret: ${id}`);
    expect((await sendForm(url, '/oauth/token', { grant_type: 'client_credentials' }, { authorization: `Basic ${Buffer.from(`${id}:x`).toString('base64')}` })).status).toBe(401);
    await app.database.query('update partners.api_clients set locked_at = now() where id = $1', [id]);
    await start();
  });
});

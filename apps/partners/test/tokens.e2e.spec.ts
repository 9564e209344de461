import { newId } from '@finharbor/contracts/ids';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { AccessTokens } from '@finharbor/security/tokens/access-token';
import { anonymous, type Caller, signedInRoles } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { bearerOf, callerOf } from '@finharbor/testing/callers';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { AppModule } from '../src/app.module.js';

const issuer = 'https://finharbor.example/harbor';

interface Credentials { clientId: string; clientSecret: string; organisationId: string; role: string }
interface OauthAnswer { status: number; headers: Headers; body: Record<string, string> }

describe('tokens', () => {
  let app: TestApp;
  let url: string;
  let client: Credentials;
  let printed: string;
  const administrator = callerOf('system-administrator');
  const security = callerOf('security-administrator');

  const serviceToken = (caller: Caller = anonymous): string => bearerOf(caller, 'partners').replace('Bearer ', '');
  const basicOf = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

  async function ask(headers: Record<string, string | undefined>, body: string, path = '/oauth/token'): Promise<OauthAnswer> {
    const sent = { 'x-service-token': serviceToken(), 'content-type': 'application/x-www-form-urlencoded', ...headers };
    const given = Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers: given, body });
    return { status: answer.status, headers: answer.headers, body: await answer.json() as Record<string, string> };
  }
  const token = ({ clientId, clientSecret }: Credentials): Promise<OauthAnswer> =>
    ask({ authorization: basicOf(clientId, clientSecret) }, 'grant_type=client_credentials');
  const read = async (path: string): Promise<Record<string, unknown>> =>
    (await fetch(`${url}${path}`, { headers: { 'x-service-token': serviceToken() } })).json() as Promise<Record<string, unknown>>;
  const verifier = (headers?: () => Record<string, string>): AccessTokens =>
    new AccessTokens({ issuer, jwksUrl: new URL(`${url}/oauth/jwks`), headers });

  const givenOrganisation = async (kind: string): Promise<string> =>
    (await app.post(administrator, '/v1/organisations', { kind, name: '三峡示范银行' }).expect(201)).body.id;
  const givenClient = async (kind = 'BANK', role = 'bank'): Promise<Credentials> =>
    (await app.post(administrator, '/v1/api-clients', { organisationId: await givenOrganisation(kind), role, name: '核心系统', sandbox: true }).expect(201)).body;

  beforeAll(async () => {
    const streams = [process.stdout, process.stderr] as const;
    const write = streams.map((stream) => stream.write);
    printed = '';
    for (const stream of streams) stream.write = ((text: string) => { printed += text; return true; }) as never;
    const { warn, info, log } = console;
    Object.assign(console, { warn: (text: string) => { printed += text; }, info: (text: string) => { printed += text; } });
    app = await startTestApp(AppModule, 'partners', { PUBLIC_URL: issuer });
    await app.app.listen(0, '127.0.0.1');
    url = await app.app.getUrl();
    client = await givenClient();
    await token(client);
    Object.assign(console, { warn, info, log });
    streams.forEach((stream, index) => { stream.write = write[index]; });
  });
  afterAll(() => app.close());

  it('gives a client a token of five minutes that the gateway can verify, for HTTP Basic and the grant type alone', async () => {
    const answer = await token(client);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 300 });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-request-id')).toMatch(/./);
    const claims = decodeJwt(answer.body.access_token);
    expect(claims).toMatchObject({ iss: issuer, aud: 'urn:finharbor:api', client_id: client.clientId, sub: client.clientId, org: client.organisationId, role: 'bank' });
    expect(claims.exp! - claims.iat!).toBe(300);
    expect(decodeProtectedHeader(answer.body.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(await verifier(() => ({ 'x-service-token': serviceToken() })).verify(answer.body.access_token))
      .toMatchObject({ caller: { role: 'bank', organisationId: client.organisationId, clientId: client.clientId } });
  });

  it('shows public keys alone and stores the private part encrypted', async () => {
    const { keys } = await read('/oauth/jwks') as { keys: Record<string, string>[] };
    expect(keys).toEqual([{ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: expect.any(String), x: expect.any(String), y: expect.any(String) }]);
    const stored = await app.database.query<{ kid: string; private_jwk_encrypted: string }>('select kid, private_jwk_encrypted from partners.signing_keys');
    expect(stored).toEqual([{ kid: keys[0].kid, private_jwk_encrypted: expect.stringMatching(/^v1\.k1\./) }]);
  });

  it('says where everything is by the address of the outside, and nothing of what it does not do', async () => {
    const metadata = {
      issuer, token_endpoint: `${issuer}/oauth/token`, jwks_uri: `${issuer}/oauth/jwks`,
      grant_types_supported: ['client_credentials'], response_types_supported: [], subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'], token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic'],
      introspection_endpoint: `${issuer}/oauth/introspection`, revocation_endpoint: `${issuer}/oauth/revocation`,
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'PS256', 'EdDSA', 'Ed25519'],
      dpop_signing_alg_values_supported: ['ES256', 'PS256', 'EdDSA', 'Ed25519'],
    };
    expect(await read('/.well-known/oauth-authorization-server')).toEqual(metadata);
    expect(await read('/.well-known/openid-configuration')).toEqual(metadata);
  });

  it('refuses a wrong secret, an unknown client and a locked one with the same words', async () => {
    const locked = await givenClient();
    expect((await token(locked)).status).toBe(200);
    const answer = await app.post(security, `/v1/api-clients/${locked.clientId}/lock`).expect(200);
    expect(answer.body.lockedAt).not.toBeNull();
    const again = await app.post(security, `/v1/api-clients/${locked.clientId}/lock`).expect(200);
    expect(again.body.lockedAt).toBe(answer.body.lockedAt);
    const refusals = await Promise.all([
      token({ ...client, clientSecret: 'fhs_wrong' }), token(locked), token({ ...client, clientId: newId() }), token({ ...client, clientId: 'somebody' }),
      token({ ...client, clientId: '00000000-0000-0000-0000-000000000000' }),
    ]);
    for (const refusal of refusals) {
      expect(refusal.status).toBe(401);
      expect(refusal.body).toEqual({ error: 'invalid_client', error_description: 'client authentication failed' });
      expect(refusal.headers.get('www-authenticate')).toMatch(/^Basic realm="/);
    }
  });

  it('answers every other mistake in OAuth’s own form', async () => {
    const authorization = basicOf(client.clientId, client.clientSecret);
    const grant = 'grant_type=client_credentials';
    const cases: [string, OauthAnswer, number, string][] = [
      ['unknown grant', await ask({ authorization }, 'grant_type=password&username=a&password=b'), 400, 'unsupported_grant_type'],
      ['no grant', await ask({ authorization }, ''), 400, 'invalid_request'],
      ['no credentials', await ask({}, grant), 400, 'invalid_request'],
      ['credentials in the body', await ask({}, `${grant}&client_id=${client.clientId}&client_secret=${client.clientSecret}`), 401, 'invalid_client'],
      ['no client at all', await ask({ authorization: 'Basic !' }, grant), 400, 'invalid_request'],
      ['a JSON body', await ask({ authorization, 'content-type': 'application/json' }, '{"grant_type":"client_credentials"}'), 400, 'invalid_request'],
      ['another audience', await ask({ authorization }, `${grant}&resource=https://elsewhere.example`), 400, 'invalid_target'],
      ['a browser', await ask({ authorization, accept: 'text/html' }, 'grant_type=implicit'), 400, 'unsupported_grant_type'],
      ['a huge body', await ask({ authorization }, `${grant}&scope=${'a'.repeat(100_000)}`), 400, 'invalid_request'],
    ];
    for (const [name, answer, status, error] of cases) expect([name, answer.status, answer.body.error]).toEqual([name, status, error]);
  });

  it('serves nobody but the gateway', async () => {
    const authorization = basicOf(client.clientId, client.clientSecret);
    for (const intruder of [undefined, 'forged', serviceToken().replace(/.$/, (last) => (last === 'A' ? 'g' : 'A'))]) {
      const answer = await ask({ authorization, 'x-service-token': intruder }, 'grant_type=client_credentials');
      expect([answer.status, answer.body.code]).toEqual([401, 'UNAUTHENTICATED']);
    }
    await app.get(undefined, '/oauth/jwks').expect(401);
    await app.get(undefined, '/.well-known/openid-configuration').expect(401);
    const { access_token: accessToken } = (await token(client)).body;
    await expect(verifier().verify(accessToken)).rejects.toThrow();
  });

  it('keeps a valid service token of the gateway above the Authorization header', async () => {
    const answer = await fetch(`${url}/v1/api-clients`, { headers: { 'x-service-token': serviceToken(administrator), authorization: bearerOf(callerOf('bank'), 'partners') } });
    expect(answer.status).toBe(200);
    const forged = await fetch(`${url}/v1/api-clients`, { headers: { 'x-service-token': 'forged', authorization: bearerOf(administrator, 'partners') } });
    expect(forged.status).toBe(401);
  });

  it('reads forms on no other route', async () => {
    const answer = await ask({ authorization: bearerOf(administrator, 'partners'), 'x-service-token': undefined, 'idempotency-key': newId() }, 'kind=BANK', '/v1/organisations');
    expect([answer.status, answer.body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('says that it is away, in OAuth’s form, while the database takes no connections', async () => {
    const { name } = app.database;
    await app.database.query(`alter database ${name} connection limit 0`);
    await app.database.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = $2', [name, 'partners_app']);
    const away = await token(client);
    await app.database.query(`alter database ${name} connection limit -1`);
    expect([away.status, away.body.error, away.headers.get('retry-after')]).toEqual([503, 'temporarily_unavailable', '2']);
    expect((await token(client)).status).toBe(200);
  });

  it('starts, makes clients and gives tokens without a word on stdout or stderr', () => {
    expect(printed).toBe('');
  });

  it('gives a client only a role that fits the kind of its organisation', async () => {
    const fitting: Record<string, string[]> = {
      BANK: ['bank', 'harbor-staff'], DEPARTMENT: ['department'],
      OPERATOR: ['system-administrator', 'security-administrator', 'audit-administrator', 'dashboard'],
      AREA_ORGANISATION: ['area'], INSURER: ['insurer'], GUARANTOR: ['guarantor'], FUND: ['institution'], INCUBATOR: ['institution'],
      COURT: ['department'], POLICE: ['department'], MARKET_REGULATOR: ['department'],
      CENTRAL_BANK_BRANCH: ['supervisor', 'dashboard'], FINANCE_OFFICE: ['supervisor', 'dashboard'], FINANCIAL_REGULATOR: ['supervisor', 'dashboard'],
    };
    expect(Object.keys(fitting).sort()).toEqual(Object.keys(OrganisationKind).sort());
    for (const [kind, roles] of Object.entries(fitting)) {
      const organisationId = await givenOrganisation(kind);
      for (const role of signedInRoles) {
        const answer = await app.post(administrator, '/v1/api-clients', { organisationId, role, name: '系统', sandbox: true });
        expect([kind, role, answer.status]).toEqual([kind, role, roles.includes(role) ? 201 : 400]);
        if (answer.status === 400) expect(answer.body.errors).toEqual([{ field: 'role', rule: 'roleOfKind', message: `clients of a ${kind} have the role ${roles.join(' or ')}` }]);
      }
    }
    const anonymousRole = await app.post(administrator, '/v1/api-clients', { organisationId: newId(), role: 'anonymous', name: '系统' }).expect(400);
    expect(anonymousRole.body.errors[0]).toMatchObject({ field: 'role', rule: 'isIn' });
    await app.post(administrator, '/v1/api-clients', { organisationId: newId(), role: 'bank', name: '系统', sandbox: true }).expect(404);
    await app.post(security, `/v1/api-clients/${newId()}/lock`).expect(404);
  });

  it('shows a secret once, repeats it for a repeated request alone, and keeps it nowhere in clear', async () => {
    const [key, body] = [newId(), { organisationId: await givenOrganisation('BANK'), role: 'bank', name: '核心系统', sandbox: true }];
    const first = await app.post(administrator, '/v1/api-clients', body, key).expect(201);
    expect(first.body).toEqual({ clientId: expect.any(String), clientSecret: expect.stringMatching(/^fhs_/), organisationId: body.organisationId, role: 'bank' });
    expect((await app.post(administrator, '/v1/api-clients', body, key).expect(201)).text).toBe(first.text);
    const listed = await app.get(administrator, '/v1/api-clients').expect(200);
    expect(listed.body.items[0]).toEqual({
      id: first.body.clientId, organisationId: body.organisationId, name: '核心系统', role: 'bank', createdAt: expect.any(String), lockedAt: null,
      sandbox: true, senderConstraint: null,
    });
    const tables = await app.database.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'partners'`);
    for (const { name } of tables) {
      const rows = await app.database.query<{ row: string }>(`select t::text as row from partners.${name} t`);
      expect([name, rows.filter(({ row }) => row.includes(first.body.clientSecret))]).toEqual([name, []]);
    }
  });
});

import { randomBytes } from 'node:crypto';
import { AccessTokens } from '@finharbor/security/tokens/access-token';
import { anonymous, roles } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { bearerOf, callerOf } from '@finharbor/testing/callers';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import { decodeProtectedHeader } from 'jose';
import { AppModule } from '../src/app.module.js';

const issuer = 'https://finharbor.example';

interface Key { kid: string; state: string; createdAt: string; signsFrom: string; retiresAt: string | null }

describe('signing keys', () => {
  let database: TestDatabase;
  const replicas: TestApp[] = [];
  const urls: string[] = [];
  let basic: string;
  const administrator = callerOf('security-administrator');
  const headers = (): Record<string, string> => ({ 'x-service-token': bearerOf(anonymous, 'partners').slice(7) });

  const published = async (url: string): Promise<string[]> =>
    ((await (await fetch(`${url}/oauth/jwks`, { headers: headers() })).json()) as { keys: { kid: string; d?: string }[] }).keys.map(({ kid, d }) => `${kid}${d ?? ''}`);
  const askToken = (url: string): Promise<Response> => fetch(`${url}/oauth/token`, {
    method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }), headers: { ...headers(), authorization: basic },
  });
  const token = async (url: string): Promise<string> => ((await (await askToken(url)).json()) as { access_token: string }).access_token;
  const signer = async (url: string): Promise<string> => decodeProtectedHeader(await token(url)).kid!;
  const list = async (): Promise<Key[]> => (await replicas[1].get(administrator, '/v1/signing-keys').expect(200)).body.items;
  const states = async (): Promise<string[]> => (await list()).map(({ state }) => state);
  /** Moves the clock of the database on, as far as keys go by it. */
  const later = (seconds: number): Promise<unknown> => database.query(
    `update partners.signing_keys set created_at = created_at - make_interval(secs => $1), signs_from = signs_from - make_interval(secs => $1),
       retired_at = retired_at - make_interval(secs => $1)`, [seconds]);
  /** Every replica comes to this without a restart. */
  const everywhere = (what: string, test: (url: string) => Promise<boolean>): Promise<unknown> =>
    Promise.all(urls.map((url) => until(what, () => test(url))));
  const audited = async (action: string): Promise<number> =>
    (await database.query('select 1 from partners.audit where action = $1', [action])).length;

  beforeAll(async () => {
    database = await createTestDatabase();
    const environment = { PUBLIC_URL: issuer, FIELD_KEYS: `k1:${randomBytes(32).toString('base64url')}` };
    for (const replica of [0, 1]) {
      replicas[replica] = await startTestApp(AppModule, 'partners', environment, database);
      await replicas[replica].app.listen(0, '127.0.0.1');
      urls[replica] = await replicas[replica].app.getUrl();
    }
    const made = async (path: string, body: object): Promise<Record<string, string>> =>
      (await replicas[0].post(callerOf('system-administrator'), path, body).expect(201)).body;
    const { id: organisationId } = await made('/v1/organisations', { kind: 'BANK', name: '三峡示范银行' });
    const { clientId, clientSecret } = await made('/v1/api-clients', { organisationId, role: 'bank', name: '核心系统', sandbox: true });
    basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  });
  afterAll(async () => {
    for (const replica of replicas) await replica.close();
    await database.drop();
  });

  it('are looked after by administrators alone, and shown without the keys themselves', async () => {
    for (const role of roles.filter((one) => one !== 'security-administrator')) {
      for (const answer of [await replicas[0].get(callerOf(role), '/v1/signing-keys'), await replicas[0].post(callerOf(role), '/v1/signing-keys')]) {
        expect([role, answer.status]).toEqual([role, role === 'anonymous' || role === 'applicant' ? 401 : 403]);
      }
    }
    expect(await list()).toEqual([{ kid: expect.any(String), state: 'SIGNING', createdAt: expect.any(String), signsFrom: expect.any(String), retiresAt: null }]);
  });

  it('are followed: the next is published first, signs when its time has come, and the last goes when its tokens have run out', async () => {
    const [{ kid: old }] = await list();
    const gateway = new AccessTokens({ issuer, jwksUrl: new URL(`${urls[0]}/oauth/jwks`), headers });
    const last = await token(urls[0]);

    const made = await replicas[0].post(administrator, '/v1/signing-keys').expect(201);
    expect(made.body).toEqual({ kid: expect.any(String), state: 'PUBLISHED', createdAt: expect.any(String), signsFrom: expect.any(String), retiresAt: null });
    expect(Date.parse(made.body.signsFrom) - Date.parse(made.body.createdAt)).toBe(60_000);
    const { kid } = made.body as Key;
    await everywhere('both keys are published', async (url) => (await published(url)).join() === [old, kid].join());
    expect([await signer(urls[0]), await signer(urls[1])]).toEqual([old, old]);
    expect(await states()).toEqual(['PUBLISHED', 'SIGNING']);
    const again = await replicas[1].post(administrator, '/v1/signing-keys').expect(409);
    expect(again.body).toMatchObject({ code: 'ILLEGAL_STATE', detail: `The next key is published already, and signs from ${made.body.signsFrom} on.` });

    await later(60);
    await everywhere('the new key signs', async (url) => (await signer(url)) === kid);
    expect([await published(urls[0]), await published(urls[1])]).toEqual([[kid, old], [kid, old]]);
    const [signing, verifying] = await list();
    expect([signing.state, verifying.state]).toEqual(['SIGNING', 'VERIFYING']);
    expect(Date.parse(verifying.retiresAt!) - Date.parse(signing.signsFrom)).toBe(360_000);
    for (const each of [last, await token(urls[1])]) expect(await gateway.verify(each)).toMatchObject({ caller: { role: 'bank' } });

    await later(361);
    await everywhere('the old key is gone', async (url) => (await published(url)).join() === kid);
    expect(await states()).toEqual(['SIGNING', 'RETIRED']);
    const stored = await database.query('select kid, private_jwk_encrypted is null as destroyed, retired_at is null as used from partners.signing_keys order by signs_from');
    expect(stored).toEqual([{ kid: old, destroyed: true, used: false }, { kid, destroyed: false, used: true }]);
    expect([await audited('signing-key.make'), await audited('worker:rotate-signing-keys'), await audited('signing-key.retire')]).toEqual([2, 1, 1]);
    const [{ role, client_id: client }] = await database.query<{ role: string; client_id: string }>(
      `select role, client_id from partners.audit where action = 'signing-key.make' order by id desc limit 1`);
    expect([role, client]).toEqual(['security-administrator', administrator.clientId]);
  });

  it('follow one another unasked when they are old, one at a time whatever the number of replicas', async () => {
    const before = await list();
    await later(91 * 86_400);
    await everywhere('a new key is published', async (url) => (await published(url)).length === 2);
    expect((await list()).length).toBe(before.length + 1);
    expect(await states()).toEqual(['PUBLISHED', 'SIGNING', 'RETIRED']);
    const [next] = await list();
    await later(60);
    await everywhere('the new key signs', async (url) => (await signer(url)) === next.kid);
  });

  it('are shown as they were while the database takes no connections, and sign nothing', async () => {
    const { name } = database;
    const known = await published(urls[0]);
    await database.query(`alter database ${name} connection limit 0`);
    await database.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = $2', [name, 'partners_app']);
    try {
      // For longer than the keys are believed without a look at the database.
      const missed = Date.now() + 2_500;
      await until('the database was missed', async () => {
        const answer = await askToken(urls[0]);
        expect([answer.status, await answer.json()]).toEqual([503, { error: 'temporarily_unavailable', error_description: 'a service that this needs is away' }]);
        expect([answer.headers.get('retry-after'), await published(urls[0])]).toEqual(['2', known]);
        return Date.now() > missed;
      });
    } finally {
      await database.query(`alter database ${name} connection limit -1`);
    }
    await everywhere('tokens are given again', async (url) => (await signer(url)) !== undefined);
  });
});

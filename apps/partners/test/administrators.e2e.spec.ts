import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { decodeJwt, importJWK, type JWK } from 'jose';
import { administratorConfig, ensureAdministrators } from '../src/administrators.js';
import type { ApiClientCredentials } from '../src/api-clients/api-client.entity.js';
import { AppModule } from '../src/app.module.js';
import { ClientLookup } from '../src/tokens/client-lookup.js';
import { issuer, KeyClient, newKey } from './key-client.js';

describe('the first administrators', () => {
  let app: TestApp;
  let folder: string;
  let file: string;
  const ensure = (): Promise<string> => ensureAdministrators(app.app, administratorConfig.parse({ ADMIN_CREDENTIALS_FILE: file }));
  const credentials = async (prefix = ''): Promise<ApiClientCredentials> => JSON.parse(await readFile(join(folder, `${prefix}admin-client.json`), 'utf8'));

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'partners');
    folder = await mkdtemp(join(tmpdir(), 'administrator-'));
    file = join(folder, 'admin-client.json');
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  it('are made once, with the operator, in a file that only its owner may read', async () => {
    expect(await ensure()).toBe('made');
    const first = await credentials();
    expect(Object.keys(first)).toEqual(['clientId', 'clientSecret', 'organisationId', 'role']);
    expect(first.role).toBe('system-administrator');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const operator = await app.get(callerOf('system-administrator'), `/v1/organisations/${first.organisationId}`).expect(200);
    expect(operator.body).toMatchObject({ kind: 'OPERATOR', name: '区域运营方' });
    expect(await ensure()).toBe('kept');
    expect(await credentials()).toEqual(first);
  });

  it('are three with a client and a file each, so that no one has the power of all', async () => {
    const all = await Promise.all(['', 'security-', 'audit-'].map(credentials));
    expect(all.map(({ role }) => role)).toEqual(['system-administrator', 'security-administrator', 'audit-administrator']);
    expect(new Set(all.map(({ clientId }) => clientId)).size).toBe(3);
    expect(new Set(all.map(({ organisationId }) => organisationId)).size).toBe(1);
    expect((await stat(join(folder, 'security-admin-client.json'))).mode & 0o777).toBe(0o600);
    await rm(join(folder, 'audit-admin-client.json'));
    expect(await ensure()).toBe('made');
    expect([await credentials(), await credentials('security-')]).toEqual(all.slice(0, 2));
    expect((await credentials('audit-')).clientId).not.toBe(all[2].clientId);
  });

  it('are made anew, for the same operator, when the file is lost, damaged or of another installation', async () => {
    const { organisationId } = await credentials();
    const stranger = { clientId: '0190b0b0-0000-7000-8000-000000000000', clientSecret: 'fhs_x', organisationId, role: 'system-administrator' };
    for (const text of [undefined, '{"clientId":', '{}', JSON.stringify(stranger)]) {
      await rm(file);
      if (text !== undefined) await writeFile(file, text);
      if (text !== undefined) await chmod(file, 0o644);
      expect([text, await ensure()]).toEqual([text, 'made']);
      expect((await credentials()).organisationId).toBe(organisationId);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await ensure()).toBe('kept');
    }
  });

  it('are made anew when the client of a file was locked', async () => {
    const { clientId } = await credentials();
    await app.post(callerOf('security-administrator'), `/v1/api-clients/${clientId}/lock`).expect(200);
    expect(await ensure()).toBe('made');
    const { clientId: newClientId } = await credentials();
    expect(newClientId).not.toBe(clientId);
    expect((await app.app.get(ClientLookup).find(newClientId))?.role).toBe('system-administrator');
  });

  it('gives an operator the name that is configured, and refuses to start without a file to write to', () => {
    expect(administratorConfig.parse({ ADMIN_CREDENTIALS_FILE: file, OPERATOR_NAME: '某区平台公司' }).OPERATOR_NAME).toBe('某区平台公司');
    expect(() => administratorConfig.parse({})).toThrow('ADMIN_CREDENTIALS_FILE');
  });
});

describe('the first administrators of an installation that is no sandbox', () => {
  let app: TestApp;
  let folder: string;

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'partners', { PUBLIC_URL: issuer, SANDBOX: 'false' });
    await app.app.listen(0, '127.0.0.1');
    folder = await mkdtemp(join(tmpdir(), 'administrator-'));
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  it('have a key pair each, whose private part is in their file alone, and get tokens with it', async () => {
    const file = join(folder, 'admin-client.json');
    const ensure = (): Promise<string> => ensureAdministrators(app.app, administratorConfig.parse({ ADMIN_CREDENTIALS_FILE: file }));
    expect(await ensure()).toBe('made');
    for (const prefix of ['', 'security-', 'audit-']) {
      const text = await readFile(join(folder, `${prefix}admin-client.json`), 'utf8');
      const { clientId, privateKey, organisationId, role, ...more } = JSON.parse(text) as ApiClientCredentials & { privateKey: JWK };
      expect(more).toEqual({});
      const { d: _private, ...jwk } = privateKey;
      const pair = { privateKey: await importJWK(privateKey), publicKey: await importJWK(jwk) } as CryptoKeyPair;
      const client = new KeyClient(await app.app.getUrl(), clientId, { pair, jwk, alg: 'ES256', kid: jwk.kid! }, { role, organisationId, clientId });
      expect(decodeJwt(await client.token())).toMatchObject({ role, org: organisationId, cnf: { jkt: expect.any(String) } });
      for (const { name } of await app.database.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'partners'`)) {
        const rows = await app.database.query<{ row: string }>(`select t::text as row from partners.${name} t`);
        expect([name, rows.filter(({ row }) => row.includes(privateKey.d!))]).toEqual([name, []]);
      }
    }
    expect(await ensure()).toBe('kept');
    const { clientId } = JSON.parse(await readFile(file, 'utf8')) as ApiClientCredentials;
    await writeFile(file, JSON.stringify({ clientId, privateKey: (await newKey('other')).jwk }));
    expect(await ensure()).toBe('made');
  });
});

import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { administratorConfig, ensureAdministrator } from '../src/administrator.js';
import type { ApiClientCredentials } from '../src/api-clients/api-client.entity.js';
import { AppModule } from '../src/app.module.js';
import { ClientLookup } from '../src/tokens/client-lookup.js';

describe('the first administrator', () => {
  let app: TestApp;
  let folder: string;
  let file: string;
  const ensure = (): Promise<string> => ensureAdministrator(app.app, administratorConfig.parse({ ADMIN_CREDENTIALS_FILE: file }));
  const credentials = async (): Promise<ApiClientCredentials> => JSON.parse(await readFile(file, 'utf8'));

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'partners');
    folder = await mkdtemp(join(tmpdir(), 'administrator-'));
    file = join(folder, 'admin-client.json');
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  it('is made once, with the operator, in a file that only its owner may read', async () => {
    expect(await ensure()).toBe('made');
    const first = await credentials();
    expect(Object.keys(first)).toEqual(['clientId', 'clientSecret', 'organisationId', 'role']);
    expect(first.role).toBe('administrator');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const operator = await app.get(callerOf('administrator'), `/v1/organisations/${first.organisationId}`).expect(200);
    expect(operator.body).toMatchObject({ kind: 'OPERATOR', name: '区域运营方' });
    expect(await ensure()).toBe('kept');
    expect(await credentials()).toEqual(first);
  });

  it('is made anew, for the same operator, when the file is lost, damaged or of another installation', async () => {
    const { organisationId } = await credentials();
    const stranger = { clientId: '0190b0b0-0000-7000-8000-000000000000', clientSecret: 'fhs_x', organisationId, role: 'administrator' };
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

  it('is made anew when the client of the file was locked', async () => {
    const { clientId } = await credentials();
    await app.post(callerOf('administrator'), `/v1/api-clients/${clientId}/lock`).expect(200);
    expect(await ensure()).toBe('made');
    const { clientId: newClientId } = await credentials();
    expect(newClientId).not.toBe(clientId);
    expect((await app.app.get(ClientLookup).find(newClientId)).role).toBe('administrator');
  });

  it('gives an operator the name that is configured, and refuses to start without a file to write to', () => {
    expect(administratorConfig.parse({ ADMIN_CREDENTIALS_FILE: file, OPERATOR_NAME: '某区平台公司' }).OPERATOR_NAME).toBe('某区平台公司');
    expect(() => administratorConfig.parse({})).toThrow('ADMIN_CREDENTIALS_FILE');
  });
});

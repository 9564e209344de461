import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newId } from '@finharbor/contracts/ids';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { TestSigner } from '@finharbor/testing/signing';
import { root } from '../../tools/lib/workspace.mjs';

const run = promisify(execFile);
const list = '企业名称,统一社会信用代码\n万州示例食品有限公司,91500101MA5U00011L\n';

/** Signs a push list as the page for partners says, and verifies its receipt with what it was given, and nothing else. */
describe('signed business on the whole suite', () => {
  let fleet: TestFleet;
  let token: string;
  const folder = mkdtempSync(join(tmpdir(), 'finharbor-signed-'));

  beforeAll(async () => {
    fleet = await startTestFleet();
    token = await tokenOf('department');
  }, 120_000);
  afterAll(async () => {
    await fleet?.stop();
    rmSync(folder, { recursive: true });
  });

  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  async function tokenOf(role: 'department' | 'bank'): Promise<string> {
    const { clientId, clientSecret } = fleet.credentials(role);
    const answer = await fetch(`${fleet.url}/oauth/token`, {
      method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }),
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }
  async function register(jwk: object): Promise<void> {
    const answer = await fetch(`${fleet.url}/v1/api-clients/${fleet.credentials('department').clientId}/signature-keys`, {
      method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': newId() }, body: JSON.stringify({ jwks: { keys: [jwk] } }),
    });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('algorithm')]);
    await fleet.settle();
  }
  const verify = (...options: string[]): Promise<{ stdout: string }> => run(process.execPath, [join(root, 'tools/receipt-verify.mjs'), ...options]);

  it('works as docs/signing.md says it', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    await register({ ...publicKey.export({ format: 'jwk' }), kid: '2026-1' });
    const [, program] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/signing.md'), 'utf8'))!;
    const environment = {
      PATH: process.env.PATH, FINHARBOR_URL: fleet.url, FINHARBOR_TOKEN: token, SIGNING_KID: '2026-1',
      SIGNING_KEY: file('key.pem', privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()),
    };
    const csv = file('list.csv', list);
    const { stdout } = await run(process.execPath, [file('sign-and-push.mjs', program), csv], { cwd: folder, env: environment });
    expect(stdout).toContain('201');
    const keys = await (await fetch(`${fleet.url}/v1/receipts/enterprise-lists/keys`)).text();
    const found = await verify(join(folder, 'receipt.json'), '--public-key', file('keys.json', keys), '--body', csv);
    expect(found.stdout).toMatch(/signed by the platform’s key [\s\S]*signed by the sender’s key 2026-1 \(ed25519\)[\s\S]*list\.csv is the body[\s\S]*\nproven\n/);
  });

  it('holds for SM2 through the gateway, and not for a list that was changed on the way', async () => {
    const signer = TestSigner.of('sm2-sm3');
    await register(signer.jwk);
    const path = '/v1/push-lists?title=SM2&period=2026-11';
    const push = (body: string): Promise<Response> => fetch(fleet.url + path, {
      method: 'POST', body, headers: { authorization: `Bearer ${token}`, ...signer.headers({ path, body: list, key: newId(), contentType: 'text/csv', origin: fleet.url }) },
    });
    const changed = await push(list.replace('示例', '样例'));
    expect([changed.status, ((await changed.json()) as { code: string }).code]).toEqual([400, 'CONTENT_DIGEST_INVALID']);
    const answer = await push(list);
    expect([answer.status, await answer.text()]).toEqual([201, expect.stringContaining('UNDER_REVIEW')]);
    const [, receipt] = /<(.*)>; rel="receipt"/.exec(answer.headers.get('link')!)!;
    expect((await fetch(receipt, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect((await fetch(receipt, { headers: { authorization: `Bearer ${await tokenOf('bank')}` } })).status).toBe(404);
    expect((await fetch(receipt)).status).toBe(401);
  });
});

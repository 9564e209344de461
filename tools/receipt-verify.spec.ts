import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditKeys } from '@finharbor/security/audit/seal';
import { type ReceiptFacts, signReceipt } from '@finharbor/security/receipts/receipt';
import { contentDigest } from '@finharbor/security/signatures/content-digest';
import { signerKey } from '@finharbor/security/signatures/keys';
import { verifyRequest } from '@finharbor/security/signatures/signature';
import { TestSigner } from '@finharbor/testing/signing';
import { root } from './lib/workspace.mjs';

const body = '企业名称,统一社会信用代码\n';
const keys = new AuditKeys(`k1:${randomBytes(32).toString('base64url')}`);
const folder = mkdtempSync(join(tmpdir(), 'finharbor-receipt-'));

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return path;
}

/** What a client sent to an installation, as the platform confirms it. */
function facts(): ReceiptFacts {
  const signer = TestSigner.of('sm2-sm3');
  const headers = signer.headers({ path: '/v1/push-lists', body, key: 'k' });
  const targetUri = 'http://127.0.0.1:3000/v1/push-lists';
  return {
    id: '019aa000-0000-7000-8000-000000000000', issuer: 'http://127.0.0.1:3000', service: 'enterprise-lists', receivedAt: new Date().toISOString(),
    organisationId: 'o', clientId: 'c', method: 'POST', targetUri, idempotencyKey: 'k', resource: 'push-list', resourceId: 'l',
    contentDigest: contentDigest({ 'sha-256': createHash('sha256').update(body).digest() }),
    sender: verifyRequest({ method: 'POST', targetUri, headers }, [signerKey(signer.jwk)]),
  };
}

/** Runs the command in a folder without anything, as somebody who only has the receipt would. */
function run(...options: string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tools/receipt-verify.mjs'), ...options], {
    encoding: 'utf8', env: { PATH: process.env.PATH, FINHARBOR_DATA_DIR: folder },
  });
  return { status, text: stdout + stderr };
}

describe('npm run receipt:verify', () => {
  const signed = facts();
  const receipt = signReceipt(keys, signed);
  const good = file('receipt.json', receipt);
  const publicKey = `--public-key=${keys.publicKeys}`;
  afterAll(() => rmSync(folder, { recursive: true }));

  it('says what is proven, with the public key alone', () => {
    for (const key of [publicKey, `--public-key=${file('keys.json', keys.jwks)}`]) {
      const { status, text } = run(good, key, `--body=${file('list.csv', body)}`);
      expect([status, text]).toEqual([0, expect.stringContaining('\nproven\n')]);
      for (const line of ['POST http://127.0.0.1:3000/v1/push-lists', 'ok  signed by the platform’s key k1', 'ok  signed by the sender’s key sm2-sm3-1 (sm2-sm3)',
        'ok  the sender signed this method', 'list.csv is the body that was received']) expect(text).toContain(line);
    }
    const unsigned = run(file('unsigned.json', signReceipt(keys, { ...signed, sender: null })), publicKey);
    expect([unsigned.status, unsigned.text]).toEqual([0, expect.stringContaining('the sender did not sign')]);
  });

  it('says what does not hold, and ends with code 1', () => {
    const changed = run(file('changed.json', { ...receipt, resourceId: 'm' }), publicKey);
    expect([changed.status, changed.text]).toEqual([1, expect.stringMatching(/NOT signed by the platform’s key k1[\s\S]*NOT PROVEN/)]);
    const body2 = run(good, publicKey, `--body=${file('other.csv', `${body}x`)}`);
    expect([body2.status, body2.text]).toEqual([1, expect.stringMatching(/NOT .*other\.csv is the body[\s\S]*NOT PROVEN/)]);
    const unknown = run(good, `--public-key=${new AuditKeys(`k2:${randomBytes(32).toString('base64url')}`).publicKeys}`);
    expect([unknown.status, unknown.text]).toEqual([1, expect.stringContaining('not among the public keys')]);
  });

  it.each([
    ['no file', [], 'Name one receipt'], ['a file that is not there', ['nowhere.json', publicKey], 'nowhere.json cannot be read'],
    ['a file that is no receipt', [file('none.json', {}), publicKey], 'is no receipt'], ['no key', [good], 'No key: name it with --public-key'],
    ['a key that is none', [good, '--public-key=x'], 'An audit key is written'], ['a body that is not there', [good, publicKey, '--body=nowhere.csv'], 'no file nowhere.csv'],
  ])('tells in one line what it lacks: %s', (_what, options, message) => {
    const { status, text } = run(...options);
    expect([status, text]).toEqual([1, expect.stringContaining(message)]);
    expect(text).not.toContain('    at ');
  });

  it('explains itself', () => {
    expect(run('--help')).toEqual({ status: 0, text: expect.stringContaining('--public-key KEYS') });
  });
});

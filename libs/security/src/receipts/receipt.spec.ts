import { createHash, randomBytes } from 'node:crypto';
import { AuditKeys } from '../audit/seal.js';
import { readSm2PrivateKey } from '../national/sm2.js';
import { toSm2Jwk } from '../national/sm2-keys.js';
import { contentDigest } from '../signatures/content-digest.js';
import { signerKey } from '../signatures/keys.js';
import { signRequest, verifyRequest } from '../signatures/signature.js';
import { canonical, type Receipt, receiptDigest, type ReceiptFacts, signReceipt, verifyReceipt } from './receipt.js';

const keys = new AuditKeys(`k1:${randomBytes(32).toString('base64url')}`);
const publicKeys = new AuditKeys('', keys.publicKeys);
const secret = readSm2PrivateKey(createHash('sha256').update('bank').digest('hex'));
const digests = Object.fromEntries(['sha-256', 'sha-512'].map((name) => [name, createHash(name.replace('-', '')).update('{}').digest()]));

function facts(headers: Record<string, string> = { 'content-digest': contentDigest({ 'sha-512': digests['sha-512'] }) }): ReceiptFacts {
  const now = Date.now();
  const message = { method: 'POST', targetUri: 'https://h.example/v1/x?a=%E4%B8%AD', headers: { 'content-type': 'application/json', 'idempotency-key': 'k', ...headers } };
  const fields = signRequest(message, secret, { created: Math.floor(now / 1_000), keyid: 'sm2' });
  const sender = verifyRequest({ ...message, headers: { ...message.headers, ...fields } }, [signerKey({ ...toSm2Jwk(secret), kid: 'sm2' })], now);
  return {
    id: 'r', issuer: 'https://h.example', service: 'loan-matching', receivedAt: '2026-11-22T00:00:00.000Z', organisationId: 'o', clientId: null, method: 'POST',
    targetUri: message.targetUri, idempotencyKey: 'k', contentDigest: contentDigest(digests), resource: 'demand', resourceId: 'd', sender,
  };
}

const failing = (receipt: Receipt, by = publicKeys): string[] => verifyReceipt(receipt, by).filter(({ holds }) => !holds).map(({ what, message }) => `${what}: ${message}`);

describe('a receipt', () => {
  const receipt = signReceipt(keys, facts());

  it('holds with the public key alone, also after it was written and read in another order', () => {
    expect(failing(receipt)).toEqual([]);
    expect(verifyReceipt(receipt, publicKeys)).toHaveLength(3);
    const turned = Object.fromEntries(Object.entries(JSON.parse(JSON.stringify(receipt, null, 4)) as Receipt).reverse()) as never;
    expect([failing(turned), receiptDigest(turned)]).toEqual([[], receiptDigest(receipt)]);
    expect(failing(signReceipt(keys, { ...facts(), sender: null }))).toEqual([]);
  });

  it('is signed over its canonical form, members by name', () => {
    expect(canonical({ b: 'x"中', a: { d: null, c: '' } })).toBe('{"a":{"c":"","d":null},"b":"x\\"中"}');
    expect(receiptDigest(receipt)).toBe(createHash('sha256').update(canonical(receipt)).digest('hex'));
  });

  it('does not hold when anything in it is another', () => {
    for (const name of Object.keys(receipt) as (keyof Receipt)[]) {
      const changed = { ...receipt, [name]: name === 'sender' ? null : `${String(receipt[name])}x` };
      expect([name, failing(changed as never).length > 0]).toEqual([name, true]);
    }
    expect(failing({ ...receipt, added: 'x' } as never)).not.toEqual([]);
    expect(failing({ ...receipt, sender: { ...receipt.sender!, algorithm: 'ed25519' } })).not.toEqual([]);
  });

  it('is unproven, and not wrong, without the key that signed it', () => {
    const others = new AuditKeys(`k2:${randomBytes(32).toString('base64url')}`);
    expect(failing(receipt, others)).toEqual(['platform: the key k1 is not among the public keys given']);
    expect(failing(receipt, new AuditKeys(`k1:${randomBytes(32).toString('base64url')}`))).toEqual(['platform: signed by the platform’s key k1']);
  });

  it.each<[string, Partial<ReceiptFacts>]>([
    ['@method', { method: 'PUT' }], ['@target-uri', { targetUri: 'https://h.example/v1/y' }], ['idempotency-key', { idempotencyKey: 'j' }],
    ['content-digest', { contentDigest: contentDigest({ ...digests, 'sha-512': Buffer.alloc(64) }) }], ['content-digest', { contentDigest: contentDigest({ 'sha-256': digests['sha-256'] }) }],
    ['content-digest', { contentDigest: '' }],
  ])('that the platform made of something else than the sender signed is found: %s', (what, changed) => {
    expect(failing(signReceipt(keys, { ...facts(), ...changed }))).toEqual([`sender covers: the sender signed another ${what}`]);
  });

  it('that the platform made with a signature of nobody’s is found', () => {
    const { sender, ...others } = facts();
    const forged = [{ ...sender!, signature: Buffer.alloc(64, 1).toString('base64') }, { ...sender!, base: `${sender!.base}x` }, { ...sender!, key: { ...sender!.key, x: '' } }];
    for (const one of forged) expect(failing(signReceipt(keys, { ...others, sender: one }))[0]).toMatch(/^sender: /);
  });
});

import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import type { ClientKey } from './client-key.js';
import { RequestSigner } from './request-signer.js';

const request = {
  method: 'POST', target: 'https://harbor.example/v1/demands/1/decision?a=b', contentType: 'application/json', idempotencyKey: 'key-1', body: '{"outcome":"APPROVED"}',
};
const keys: [string, ClientKey][] = [
  ['Ed25519', { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'k"1' }],
  ['P-256', { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), kid: 'k"1' }],
];

describe('a request', () => {
  it.each(keys)('is signed with %s over what docs/signing.md says', (_curve, jwk) => {
    const headers = new RequestSigner(jwk).headers(request);
    const [, parameters, created] = /^sig=(\(.*\);created=(\d+);keyid="k\\"1")$/.exec(headers['signature-input'])!;
    const digest = `sha-256=:${createHash('sha256').update(request.body).digest('base64')}:`;
    const base = [
      '"@method": POST', '"@target-uri": https://harbor.example/v1/demands/1/decision?a=b', `"content-digest": ${digest}`, '"content-type": application/json',
      '"idempotency-key": key-1', `"@signature-params": ${parameters}`,
    ].join('\n');
    const signature = Buffer.from(/^sig=:(.*):$/.exec(headers.signature)![1], 'base64');
    const { d: _secret, ...publicJwk } = jwk;
    const key = createPublicKey({ key: publicJwk, format: 'jwk' });
    const holds = (text: string): boolean => (jwk.kty === 'OKP' ? verify(null, Buffer.from(text), key, signature)
      : verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, signature));
    expect([holds(base), holds(`${base} `), headers['content-digest']]).toEqual([true, false, digest]);
    expect(Math.abs(Number(created) - Date.now() / 1_000)).toBeLessThan(60);
  });

  it('is not signed with another key, nor with one that has no name', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ format: 'jwk' });
    expect(() => new RequestSigner({ ...rsa, kid: 'a' })).toThrow('Ed25519 or P-256');
    expect(() => new RequestSigner({ ...keys[0][1], kid: undefined })).toThrow('kid');
  });
});

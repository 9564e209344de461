import { createHash, randomBytes } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, exportPKCS8, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { DpopNonces } from './dpop-nonces.js';
import { DpopProofs, type ProvenRequest } from './dpop-proofs.js';

const minute = 60_000;
const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
const token = 'header.body.signature';

describe('nonces of DPoP', () => {
  const [old, fresh] = [randomBytes(32), randomBytes(32)];

  it('are good for three minutes at least and five at most, for whoever knows the key', () => {
    for (let second = 0; second < 60; second += 7) {
      const made = 1_800_000_000_000 + second * 1_000;
      const nonce = new DpopNonces([old]).next(made);
      const nonces = new DpopNonces([old]);
      expect([0, 1, 3].map((minutes) => nonces.isGood(nonce, made + minutes * minute))).toEqual([true, true, true]);
      expect(nonces.isGood(nonce, made + 5 * minute)).toBe(false);
      expect(nonces.isGood(nonce, made - 5 * minute)).toBe(false);
    }
  });

  it('are made with the first key and good under each, and no others are', () => {
    const [before, between, after] = [new DpopNonces([old]), new DpopNonces([old, fresh]), new DpopNonces([fresh, old])];
    expect([before.isGood(between.next()), between.isGood(after.next()), after.isGood(before.next())]).toEqual([true, true, true]);
    expect(before.isGood(after.next())).toBe(false);
    for (const other of ['', 'nonce', before.next().slice(1), `${before.next()}A`]) expect(before.isGood(other)).toBe(false);
  });
});

describe('a DPoP proof', () => {
  const nonces = new DpopNonces([randomBytes(32)]);
  const used = new Set<string>();
  const proofs = new DpopProofs(nonces, (id) => !used.has(id) && used.add(id) !== undefined);
  let pair: CryptoKeyPair;
  let jwk: JWK;
  let jkt: string;

  const claims = (change: JWTPayload = {}): JWTPayload => ({
    jti: randomBytes(8).toString('hex'), htm: 'POST', htu: 'https://finharbor.example/v1/things', iat: Math.floor(Date.now() / 1000),
    ath: hashOf(token), nonce: nonces.next(), ...change,
  });
  const sign = (change: JWTPayload = {}, header: object = {}, key: CryptoKey = pair.privateKey): Promise<string> =>
    new SignJWT(claims(change)).setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header } as never).sign(key);
  const check = (proof: string, change: Partial<ProvenRequest> = {}, now?: number): Promise<string | undefined> =>
    proofs.check({ proof, method: 'POST', url: 'https://finharbor.example/v1/things?limit=2', tokenHash: hashOf(token), jkt, ...change }, now);

  beforeAll(async () => {
    pair = await generateKeyPair('ES256', { extractable: true }) as CryptoKeyPair;
    jwk = await exportJWK(pair.publicKey);
    jkt = await calculateJwkThumbprint(jwk);
  });

  it('is good once', async () => {
    const proof = await sign();
    expect(await check(proof)).toBeUndefined();
    expect(await check(proof)).toBe('invalid_dpop_proof');
    expect(await check(await sign())).toBeUndefined();
  });

  it.each(['ES256', 'PS256', 'EdDSA', 'Ed25519'])('is signed with %s', async (alg) => {
    const other = await generateKeyPair(alg, { extractable: true });
    const key = await exportJWK(other.publicKey);
    const proof = await sign({}, { alg, jwk: key }, other.privateKey as CryptoKey);
    expect(await check(proof, { jkt: await calculateJwkThumbprint(key) })).toBeUndefined();
  });

  it('names the URL without its query, however it is written', async () => {
    for (const htu of ['https://finharbor.example/v1/things', 'https://FINHARBOR.example:443/v1/./things', 'https://finharbor.example/v1/things?x=1#y']) {
      expect([htu, await check(await sign({ htu }))]).toEqual([htu, undefined]);
    }
  });

  it.each<[string, JWTPayload]>([
    ['another method', { htm: 'GET' }], ['the method in small letters', { htm: 'post' }], ['another path', { htu: 'https://finharbor.example/v1/other' }],
    ['another host', { htu: 'https://evil.example/v1/things' }], ['no URL', { htu: '/v1/things' }], ['no htu', { htu: undefined }],
    ['another token', { ath: hashOf('another') }], ['no token', { ath: undefined }], ['no name', { jti: undefined }], ['an empty name', { jti: '' }],
    ['no time', { iat: undefined }], ['a time that is past', { iat: Math.floor(Date.now() / 1000) - 75 }], ['a time to come', { iat: Math.floor(Date.now() / 1000) + 75 }],
    ['an expiry that is past', { exp: 1_000 }], ['a time that is text', { iat: 'now' as never }],
  ])('is refused with %s', async (_what, change) => expect(await check(await sign(change))).toBe('invalid_dpop_proof'));

  it.each<[string, JWTPayload]>([['no', { nonce: undefined }], ['an old', { nonce: nonces.next(Date.now() - 10 * minute) }], ['another’s', { nonce: 'nonce' }]])(
    'is told the nonce when it has %s one', async (_what, change) => expect(await check(await sign(change))).toBe('use_dpop_nonce'));

  it('is refused when another key signed it, whichever it names', async () => {
    const other = await generateKeyPair('ES256', { extractable: true });
    const otherJwk = await exportJWK(other.publicKey);
    for (const proof of [
      await sign({}, { jwk: otherJwk }, other.privateKey as CryptoKey), await sign({}, {}, other.privateKey as CryptoKey),
      await sign({}, { jwk: undefined, jku: 'https://evil.example' }), await sign({}, { jwk: undefined, kid: jkt }),
    ]) expect(await check(proof)).toBe('invalid_dpop_proof');
  });

  it('is refused when it is no proof, or not signed as it must be', async () => {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [, body, signature] = (await sign()).split('.');
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk };
    const secret = new TextEncoder().encode(await exportPKCS8(pair.privateKey));
    for (const proof of [
      '', '.', 'x.y.z', `${encode({ ...header, alg: 'none' })}.${body}.`, `${encode({ ...header, alg: 'nOnE' })}.${body}.`,
      `${encode(header)}.${body}.`, `${encode(header)}.${body}.${Buffer.alloc(64).toString('base64url')}`,
      `${encode({ ...header, alg: 'ES384' })}.${body}.${signature}`, `${encode({ ...header, jwk: null })}.${body}.${signature}`,
      `${encode({ ...header, crit: ['exp'] })}.${body}.${signature}`, `${encode({ ...header, jwk: { ...jwk, x: 7 } })}.${body}.${signature}`,
      await sign({}, { typ: 'JWT' }), await sign({}, { typ: undefined }), await sign({}, { jwk: await exportJWK(pair.privateKey) }),
      await new SignJWT(claims()).setProtectedHeader({ ...header, alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } } as never).sign(secret),
      (await sign()).replace(/\.[^.]*\./, `.${encode(claims({ htm: 'DELETE' }))}.`),
    ]) expect([proof, await check(proof)]).toEqual([proof, 'invalid_dpop_proof']);
  });

  it('is refused with a key under which anybody could sign: RSA of 1024 bits, a point that is none', async () => {
    const { generateKeyPairSync, createSign, constants } = await import('node:crypto');
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const key = small.publicKey.export({ format: 'jwk' }) as JWK;
    const text = `${Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg: 'PS256', jwk: key })).toString('base64url')}.${Buffer.from(JSON.stringify(claims())).toString('base64url')}`;
    const signature = createSign('sha256').update(text).sign({ key: small.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }).toString('base64url');
    expect(await check(`${text}.${signature}`, { jkt: await calculateJwkThumbprint(key) })).toBe('invalid_dpop_proof');
    const none = { ...jwk, y: jwk.x };
    expect(await check(await sign({}, { jwk: none }), { jkt: await calculateJwkThumbprint(none) })).toBe('invalid_dpop_proof');
  });

  it('is not called bad when it cannot be told whether it was used', async () => {
    const broken = new DpopProofs(nonces, () => { throw new RangeError('broken'); });
    await expect(broken.check({ proof: await sign(), method: 'POST', url: 'https://finharbor.example/v1/things', tokenHash: hashOf(token), jkt })).rejects.toThrow('broken');
  });
});

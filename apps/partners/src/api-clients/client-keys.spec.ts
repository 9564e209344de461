import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { DomainError } from '@finharbor/contracts/errors';
import { thumbprintOf } from '@finharbor/security/dpop/thumbprint';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { readClientKeys } from './client-keys.js';

const jwkOf = (pair: { publicKey: { export: (options: { format: 'jwk' }) => unknown } }): JWK => pair.publicKey.export({ format: 'jwk' }) as JWK;
const ec = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const ed = jwkOf(generateKeyPairSync('ed25519'));
const rsa = jwkOf(generateKeyPairSync('rsa', { modulusLength: 2048 }));

function problemOf(jwks: unknown, taken?: Parameters<typeof readClientKeys>[1]): string | undefined {
  try {
    readClientKeys(jwks, taken);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    return (error as DomainError).errors?.map(({ field, message }) => `${field}: ${message}`).join('; ');
  }
}

describe('the keys of a client', () => {
  it('are EC P-256, Ed25519 or RSA, and kept without what else came with them', async () => {
    const kept = readClientKeys({ keys: [{ ...ec, kid: 'one', x5u: 'https://evil.example', iat: 1 }, { ...ed, kid: 'two', alg: 'EdDSA' }, rsa] });
    expect(kept).toEqual([
      { kty: 'EC', crv: 'P-256', x: ec.x, y: ec.y, kid: 'one', use: 'sig', alg: 'ES256' },
      // Clients call it EdDSA or Ed25519, whatever they said here.
      { kty: 'OKP', crv: 'Ed25519', x: ed.x, kid: 'two', use: 'sig' },
      { kty: 'RSA', n: rsa.n, e: 'AQAB', kid: await calculateJwkThumbprint(rsa), use: 'sig', alg: 'PS256' },
    ]);
    for (const key of [ec, ed, rsa]) expect(thumbprintOf(key)).toBe(await calculateJwkThumbprint(key));
  });

  it('are no private or shared ones', () => {
    const secret = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    for (const key of [secret, { ...rsa, p: 'AQAB' }, { kty: 'oct', k: 'c2VjcmV0' }]) expect(problemOf({ keys: [key] })).toMatch(/^jwks\.keys\.0: this is a private key/);
  });

  it.each<[string, unknown, RegExp]>([
    ['RSA of 1024 bits', jwkOf(generateKeyPairSync('rsa', { modulusLength: 1024 })), /2048/],
    ['RSA with the exponent 3', jwkOf(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 })), /65537/],
    ['RSA with an even modulus', { ...rsa, n: Buffer.from(rsa.n!, 'base64url').fill(0, 255).toString('base64url') }, /2048/],
    ['P-384', jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-384' })), /P-256/],
    ['X25519', jwkOf(generateKeyPairSync('x25519')), /Ed25519/],
    ['a point that is not on the curve', { ...ec, y: ec.x }, /cannot be read/],
    ['Ed25519 without a point', { kty: 'OKP', crv: 'Ed25519' }, /not whole/],
    ['Ed25519 with a short point', { ...ed, x: 'AAAA' }, /cannot be read/],
    ['the algorithm of another kind', { ...rsa, alg: 'RS256' }, /PS256/],
    ['a key for encryption', { ...ec, use: 'enc' }, /sig/],
    ['a key that signs', { ...ec, key_ops: ['sign'] }, /verify/],
    ['a kid with spaces', { ...ec, kid: 'my key' }, /kid/],
    ['a kid that is no text', { ...ec, kid: 7 }, /kid/],
    ['an unknown kind', { ...ec, kty: 'constructor', crv: undefined }, /RSA/],
    ['no object', 'key', /JSON object/],
  ])('are refused: %s', (_what, key, message) => expect(problemOf({ keys: [key] })).toMatch(message));

  it('of small order would let anybody sign anything, and are refused', () => {
    const identity = Buffer.from(`01${'00'.repeat(31)}`, 'hex');
    const weak = { kty: 'OKP', crv: 'Ed25519', x: identity.toString('base64url') };
    const forged = Buffer.concat([identity, Buffer.alloc(32)]);
    expect(verify(null, Buffer.from('pay everybody'), createPublicKey({ key: weak, format: 'jwk' }), forged)).toBe(true);
    for (const last of [0x00, 0x80]) {
      const point = Buffer.from(identity);
      point[31] |= last;
      expect(problemOf({ keys: [{ ...weak, x: point.toString('base64url') }] })).toMatch(/small order/);
    }
  });

  it('are from one to ten, with names and points of their own, those that are there already among them', () => {
    const [kept] = readClientKeys({ keys: [{ ...ec, kid: 'one' }] });
    expect(problemOf({ keys: [{ ...ed, kid: 'one' }] }, [kept])).toBe('jwks.keys.0: the key or its kid is there already');
    expect(problemOf({ keys: [{ ...ec, kid: 'two' }] }, [kept])).toBe('jwks.keys.0: the key or its kid is there already');
    expect(problemOf({ keys: [{ ...ed, kid: 'two' }, { ...rsa, kid: 'two' }] }, [kept])).toBe('jwks.keys.1: the key or its kid is there already');
    for (const jwks of [undefined, null, 7, {}, { keys: [] }, { keys: {} }, { keys: Array.from({ length: 11 }, () => ec) }]) {
      expect(problemOf(jwks)).toBe('jwks.keys: a client has from one to 10 keys');
    }
    expect(problemOf({ keys: [ed] }, Array.from({ length: 10 }, () => kept))).toBe('jwks.keys: a client has from one to 10 keys');
  });
});

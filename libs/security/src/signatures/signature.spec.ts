import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { DomainError } from '@finharbor/contracts/errors';
import { type InnerList, parseDictionary } from 'structured-headers';
import { readSm2PrivateKey } from '../national/sm2.js';
import { toSm2Jwk } from '../national/sm2-keys.js';
import { contentDigest } from './content-digest.js';
import { isSignerKey, signBase, type SignerJwk, signerKey } from './keys.js';
import { signRequest, verifyRequest } from './signature.js';
import { signatureBase, type SignedMessage } from './signature-base.js';

// RFC 9421, appendix B: keys (B.1.3, B.1.4) and messages (B.2).
const p256 = { kty: 'EC', crv: 'P-256', kid: 'test-key-ecc-p256', x: 'qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA', y: 'Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0' };
const ed25519 = { kty: 'OKP', crv: 'Ed25519', kid: 'test-key-ed25519', x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs' };
const ed25519Secret = createPrivateKey({ key: { ...ed25519, d: 'n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU' }, format: 'jwk' });
const request: SignedMessage = {
  method: 'POST', targetUri: 'https://example.com/foo?param=Value&Pet=dog',
  headers: { date: 'Tue, 20 Apr 2021 02:07:55 GMT', 'content-type': 'application/json', 'content-length': '18' },
};
const response: SignedMessage = {
  status: 200,
  headers: {
    date: 'Tue, 20 Apr 2021 02:07:56 GMT', 'content-type': 'application/json', 'content-length': '23',
    'content-digest': 'sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:',
  },
};
const inputOf = (text: string): InnerList => parseDictionary(`sig=${text}`).get('sig') as InnerList;

describe('the examples of RFC 9421', () => {
  const b24 = '("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"';
  const b26 = '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"';

  it('B.2.4, ecdsa-p256-sha256', () => {
    const base = signatureBase(response, inputOf(b24));
    expect(base.toString().split('\n')).toEqual([
      '"@status": 200', '"content-type": application/json', `"content-digest": ${response.headers['content-digest'] as string}`, '"content-length": 23',
      `"@signature-params": ${b24}`,
    ]);
    const signature = Buffer.from('wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==', 'base64');
    expect(signerKey(p256)).toMatchObject({ id: 'test-key-ecc-p256', algorithm: 'ecdsa-p256-sha256' });
    expect(signerKey(p256).verify(base, signature)).toBe(true);
    expect(signerKey(p256).verify(signatureBase({ ...response, status: 201 }, inputOf(b24)), signature)).toBe(false);
  });

  it('B.2.6, ed25519', () => {
    const base = signatureBase(request, inputOf(b26));
    expect(base.toString().split('\n').slice(0, 4)).toEqual(['"date": Tue, 20 Apr 2021 02:07:55 GMT', '"@method": POST', '"@path": /foo', '"@authority": example.com']);
    const signature = signBase(ed25519Secret, base);
    expect(signature.toString('base64')).toBe('wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==');
    expect(signerKey(ed25519).verify(base, signature)).toBe(true);
    expect(signerKey(ed25519).verify(signatureBase({ ...request, method: 'PUT' }, inputOf(b26)), signature)).toBe(false);
  });

  it('2.2 and 2.1, what is derived and how fields are written', () => {
    const base = signatureBase(
      { method: 'POST', targetUri: 'https://www.example.com/path?param=value', headers: { 'x-list': ['  a ', 'b,  c'], 'x-folded': 'Obsolete\n    line', 'x-empty': '' } },
      inputOf('("@target-uri" "@scheme" "@request-target" "@query" "x-list" "x-folded" "x-empty")'),
    );
    expect(base.toString().split('\n').slice(0, -1)).toEqual([
      '"@target-uri": https://www.example.com/path?param=value', '"@scheme": https', '"@request-target": /path?param=value', '"@query": ?param=value',
      '"x-list": a, b,  c', '"x-folded": Obsolete line', '"x-empty": ',
    ]);
    expect(signatureBase({ targetUri: 'https://www.example.com/path', headers: {} }, inputOf('("@query")')).toString()).toMatch(/^"@query": \?\n/);
  });
});

/** A key pair of each algorithm. */
function signers(): [string, KeyObject | ReturnType<typeof readSm2PrivateKey>, SignerJwk][] {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sm2 = readSm2PrivateKey(createHash('sha256').update('any').digest('hex'));
  return [
    ['ed25519', ed25519Secret, ed25519],
    ['ecdsa-p256-sha256', ec.privateKey, { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec' } as SignerJwk],
    ['sm2-sm3', sm2, { ...toSm2Jwk(sm2), kid: 'sm2', use: 'sig' }],
  ];
}

const now = 1_800_000_000_000;
const body = Buffer.from('{"outcome":"REJECTED"}');
const unsigned: SignedMessage = {
  method: 'POST', targetUri: 'https://harbor.example/v1/demands/1/decision?a=b',
  headers: { 'content-type': 'application/json', 'idempotency-key': 'k1', 'content-digest': contentDigest({ 'sha-256': createHash('sha256').update(body).digest() }) },
};
const keys = [signerKey(ed25519), signerKey(p256)];
type Changes = { components?: string[]; parameters?: object; message?: SignedMessage };

function signed({ components, parameters, message = unsigned }: Changes = {}): SignedMessage {
  const fields = signRequest(message, ed25519Secret, { created: now / 1_000, keyid: ed25519.kid, ...parameters }, components);
  return { ...message, headers: { ...message.headers, ...fields } };
}

function refusal(message: SignedMessage, at = now): [string, string, string] {
  try {
    verifyRequest(message, keys, at);
  } catch (error) {
    const { code, errors } = error as DomainError;
    return [code, errors![0].rule, errors![0].message];
  }
  throw new Error('It was believed.');
}

describe('a signed request', () => {
  it.each(signers())('holds when signed with %s, and tells what a receipt needs', (algorithm, secret, jwk) => {
    const fields = signRequest(unsigned, secret, { created: now / 1_000, keyid: jwk.kid, nonce: 'n' });
    const verified = verifyRequest({ ...unsigned, headers: { ...unsigned.headers, ...fields } }, [...keys, signerKey(jwk)], now);
    expect(verified).toMatchObject({ key: jwk, algorithm });
    expect(verified.base).toContain('"@target-uri": https://harbor.example/v1/demands/1/decision?a=b');
    expect(signerKey(jwk).verify(Buffer.from(verified.base), Buffer.from(verified.signature, 'base64'))).toBe(true);
    const foreign = signers().filter(([other]) => other !== algorithm).map(([, , other]) => signerKey({ ...other, kid: jwk.kid }));
    const message = { ...unsigned, headers: { ...unsigned.headers, ...fields } };
    for (const key of foreign) expect(() => verifyRequest(message, [key], now)).toThrow(DomainError);
  });

  it.each([
    ['method', { method: 'PUT' }], ['path', { targetUri: 'https://harbor.example/v1/demands/2/decision?a=b' }], ['query', { targetUri: 'https://harbor.example/v1/demands/1/decision' }],
    ['installation', { targetUri: 'https://sandbox.example/v1/demands/1/decision?a=b' }],
  ])('does not hold for another %s', (_what, change) => {
    expect(refusal({ ...signed(), ...change })).toEqual(['SIGNATURE_INVALID', 'signature', expect.stringContaining('test-key-ed25519')]);
  });

  it.each(['content-digest', 'content-type', 'idempotency-key'])('does not hold with another %s, or without it', (name) => {
    const message = signed();
    expect(refusal({ ...message, headers: { ...message.headers, [name]: 'other' } }).slice(0, 2)).toEqual(['SIGNATURE_INVALID', 'signature']);
    expect(refusal({ ...message, headers: { ...message.headers, [name]: undefined } })).toEqual(['SIGNATURE_INVALID', 'component', `"${name}" is no field of this message.`]);
  });

  it('is believed for five minutes, and by a clock that is a minute behind', () => {
    for (const seconds of [0, 299, 300, -60]) expect(verifyRequest(signed(), keys, now + seconds * 1_000).key.kid).toBe(ed25519.kid);
    expect(refusal(signed(), now + 301_000)).toEqual(['SIGNATURE_INVALID', 'created', expect.stringContaining('more than 300 seconds ago')]);
    expect(refusal(signed(), now - 61_000)).toEqual(['SIGNATURE_INVALID', 'created', expect.stringContaining('ahead')]);
    expect(verifyRequest(signed({ parameters: { expires: now / 1_000 + 10 } }), keys, now).key.kid).toBe(ed25519.kid);
    expect(refusal(signed({ parameters: { expires: now / 1_000 - 1 } }))[1]).toBe('expires');
  });

  const required = ['@method', '@target-uri', 'content-digest', 'content-type', 'idempotency-key'];
  it.each<[string, string, Changes]>([
    ...required.map((name): [string, string, Changes] => [`that does not cover ${name}`, 'covers', { components: required.filter((one) => one !== name) }]),
    ['without a time', 'created', { parameters: { created: undefined } }],
    ['with a time that is text', 'created', { parameters: { created: String(now / 1_000) } }],
    ['with a time that is no whole number', 'created', { parameters: { created: now / 1_000 + 0.5 } }],
    ['without a key', 'keyid', { parameters: { keyid: undefined } }],
    ['with a key that nobody knows', 'keyid', { parameters: { keyid: 'constructor' } }],
    ['with another algorithm than its key’s', 'alg', { parameters: { alg: 'hmac-sha256' } }],
    ['with another one’s key', 'signature', { parameters: { keyid: p256.kid } }],
  ])('is refused %s', (_what, rule, changes) => {
    const parameters = { created: now / 1_000, keyid: ed25519.kid, ...changes.parameters };
    const kept = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined)) as never;
    const fields = signRequest(unsigned, ed25519Secret, kept, changes.components);
    expect(refusal({ ...unsigned, headers: { ...unsigned.headers, ...fields } }).slice(0, 2)).toEqual(['SIGNATURE_INVALID', rule]);
  });

  const { 'signature-input': input, signature } = signed().headers as Record<string, string>;
  const covering = (components: string): string => input.replace(/\(.*\)/, `(${required.map((name) => `"${name}"`).join(' ')} ${components})`);
  it.each<[string, string, string | undefined, string | undefined]>([
    ['no input', 'syntax', undefined, signature], ['no signature', 'syntax', input, undefined], ['an unreadable input', 'syntax', 'sig=(', signature],
    ['an unreadable signature', 'syntax', input, 'sig=:a'], ['two signatures', 'single', `${input}, b=()`, signature], ['a signature too many', 'single', input, `${signature}, b=:AA==:`],
    ['nothing', 'single', '', ''], ['an input that is no list', 'syntax', 'sig=1', signature], ['a signature that is no bytes', 'syntax', input, 'sig=1'],
    ['another label', 'syntax', input.replace('sig', 'gis'), signature], ['a component with parameters', 'component', covering('"content-type";sf'), signature],
    ['a component twice', 'component', covering('"@method"'), signature], ['an unknown component', 'component', covering('"@constructor"'), signature],
    ['a component that is no string', 'component', covering('a'), signature], ['an upper-case field', 'component', covering('"Date"'), signature],
    ['a component of answers', 'component', covering('"@status"'), signature], ['a short signature', 'signature', input, 'sig=:AA==:'],
  ])('is refused with %s', (_what, rule, inputField, signatureField) => {
    const headers = { ...unsigned.headers, 'signature-input': inputField, signature: signatureField };
    expect(refusal({ ...unsigned, headers }).slice(0, 2)).toEqual(['SIGNATURE_INVALID', rule]);
  });
});

it('is not signed where a component is not ASCII, which could be mistaken for another', () => {
  for (const value of ['中', '\u0100', 'a\nb', '\0']) {
    expect(() => signatureBase({ headers: { 'x-a': value } }, inputOf('("x-a")'))).toThrow('"x-a" has characters that are not ASCII');
  }
});

it('is not signed where a component has parameters, which would make it another', () => {
  expect(() => signatureBase({ headers: { 'x-a': 'a' } }, inputOf('("x-a";sf)'))).toThrow('"x-a" has the parameter sf');
});

describe('a key', () => {
  it('is refused where it cannot verify requests', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
    const wrong: [object, string][] = [
      [{ ...rsa, kid: 'a' }, 'must be Ed25519, P-256 or SM2'], [{ ...p384, kid: 'a' }, 'must be Ed25519, P-256 or SM2'], [{ kty: 'oct', k: 'AA', kid: 'a' }, 'must be Ed25519, P-256 or SM2'],
      [{ ...p256, x: p256.y }, 'nvalid'], [{ ...p256, crv: 'SM2' }, 'no public key of SM2'], [{ ...p256, kid: undefined }, 'needs a kid'], [{ ...p256, kid: '中' }, 'needs a kid'],
      [{ ...p256, use: 'enc' }, 'must be sig'], [{ ...p256, d: 'x' }, 'private'],
      [{ ...ed25519, x: Buffer.from(`01${'00'.repeat(31)}`, 'hex').toString('base64url') }, 'small order'], [{ ...ed25519, x: Buffer.from(`01${'00'.repeat(30)}80`, 'hex').toString('base64url') }, 'small order'],
    ];
    for (const [jwk, reason] of wrong) {
      expect(() => signerKey(jwk as SignerJwk)).toThrow(reason);
      expect(isSignerKey(jwk)).toBe(false);
    }
    expect(signers().map(([, , jwk]) => isSignerKey(jwk))).toEqual([true, true, true]);
  });
});

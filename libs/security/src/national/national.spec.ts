import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import smCryptoV2 from 'sm-crypto-v2';
import { chooseEngine, passesSelfTest, readSm2PrivateKey, sm2Engine, sm2Sign, sm2Verify } from './sm2.js';
import { fromDer, isSignature, toDer } from './sm2-curve.js';
import { libraryEngine, nativeEngine, type Sm2Engine, zOf } from './sm2-engines.js';
import { sm2PublicKey, toSm2Jwk } from './sm2-keys.js';
import { hmacSm3, sm3 } from './sm3.js';
import { Sm4Key } from './sm4.js';

/** What most people use. It has no types; its functions are those of its successor. */
const smCrypto = createRequire(import.meta.url)('sm-crypto') as typeof smCryptoV2;

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

describe('SM3', () => {
  it.each([
    ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
    ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
  ])('hashes the examples of GB/T 32905-2016: %s', (text, digest) => {
    expect(sm3(text).toString('hex')).toBe(digest);
    expect(sm3(text.slice(0, 2), text.slice(2)).toString('hex')).toBe(digest);
  });

  it('authenticates as HMAC, as the other implementation does too', () => {
    expect(hmacSm3('k', 'a', 'bc').toString('hex')).toBe('af684d81732e81f6a9c5dd0aa68f27667b36debcebe29e094a654c3d496a898a');
    const [key, text] = [randomBytes(100), randomBytes(1_000)];
    expect(hmacSm3(key, text).toString('hex')).toBe(smCryptoV2.sm3(text, { key, mode: 'hmac' }));
  });
});

describe('SM4 with HMAC-SM3', () => {
  const key = new Sm4Key(randomBytes(32));
  const place = Buffer.from('place');

  it('opens what it sealed, and never seals the same twice', () => {
    for (const text of [Buffer.alloc(0), Buffer.from('张三'), randomBytes(1_000)]) {
      const sealed = key.seal(text, place);
      expect(sealed).toHaveLength(text.length + 48);
      expect(key.open(sealed, place)).toEqual(text);
      expect(key.seal(text, place)).not.toEqual(sealed);
    }
  });

  it('is SM4 in counter mode under HMAC-SM3, as its description says, by another implementation', () => {
    const secret = randomBytes(32);
    const sealed = new Sm4Key(secret).seal(Buffer.from('一二三四五'), place);
    const encryption = hmacSm3(secret, 'finharbor sm4-ctr').subarray(0, 16).toString('hex');
    const stream = smCryptoV2.sm4.encrypt(sealed.subarray(0, 16), encryption, { padding: 'none' });
    expect(Buffer.from(sealed.subarray(16, 31).map((byte, at) => byte ^ hex(stream)[at])).toString()).toBe('一二三四五');
    const tag = createHmac('sm3', hmacSm3(secret, 'finharbor hmac-sm3')).update(hex('0000000000000005')).update(place).update(sealed.subarray(0, 31)).digest();
    expect(sealed.subarray(31)).toEqual(tag);
  });

  it('refuses what was changed, cut, moved elsewhere or sealed with another key', () => {
    const sealed = key.seal(Buffer.from('一二三'), place);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] ^= 1;
      expect(() => key.open(changed, place)).toThrow('not what was encrypted');
    }
    expect(() => key.open(sealed.subarray(0, 47), place)).toThrow('not what was encrypted');
    expect(() => key.open(Buffer.alloc(0), place)).toThrow('not what was encrypted');
    expect(() => key.open(sealed, Buffer.from('places'))).toThrow('not what was encrypted');
    expect(() => new Sm4Key(randomBytes(32)).open(sealed, place)).toThrow('not what was encrypted');
    // A byte that moves from the text to what it belongs to.
    expect(() => key.open(sealed.subarray(1), Buffer.concat([place, sealed.subarray(0, 1)]))).toThrow('not what was encrypted');
    expect(() => new Sm4Key(randomBytes(16))).toThrow('32 bytes');
  });
});

// GB/T 32918.5-2017, A.2.
const secret = '3945208F 7B2144B1 3F36E38A C6D39F95 88939369 2860B51A 42FB81EF 4DF7C5B8';
const point = '09F9DF31 1E5421A1 50DD7D16 1E4BC5C6 72179FAD 1833FC07 6BB08FF3 56F35020 CCEA490C E26775A5 2DC6EA71 8CC1AA60 0AED05FB F35E084A 6632F607 2DA9AD13';
const signature = 'F5A03B06 48D2C463 0EEAC513 E1BB81A1 5944DA38 27D5B741 43AC7EAC EEE720B3 B1B6AA29 DF212FD8 763182BC 0D421CA1 BB9038FD 1F7F42D4 840B69C4 85BBC1AA';
const message = Buffer.from('message digest');
const keyHex = point.replaceAll(' ', '');

describe.each([['native', nativeEngine], ['library', libraryEngine]])('SM2, %s', (_name, engine) => {
  const key = readSm2PrivateKey(secret.replaceAll(' ', ''), engine);
  const known = sm2PublicKey(keyHex);

  it('does the example of GB/T 32918.5-2017', () => {
    expect(key.point).toEqual(hex(point));
    expect(zOf(known.point).toString('hex')).toBe('b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3');
    expect(sm2Verify(known, message, hex(signature), 'raw', engine)).toBe(true);
    expect(sm2Verify(known, message, toDer(hex(signature)), 'der', engine)).toBe(true);
    expect(sm2Verify(known, Buffer.from('message digesT'), hex(signature), 'raw', engine)).toBe(false);
  });

  it('understands sm-crypto and sm-crypto-v2, and they understand it', () => {
    for (let turn = 0; turn < 2; turn += 1) {
      const pair = smCrypto.sm2.generateKeyPairHex();
      const [own, text] = [readSm2PrivateKey(pair.privateKey, engine), randomBytes(turn * 50)];
      for (const format of ['raw', 'der'] as const) {
        const options = { hash: true, der: format === 'der' };
        const mine = sm2Sign(own, text, format, engine).toString('hex');
        const libraries = [[smCrypto.sm2, [...text] as never], [smCryptoV2.sm2, text]] as const;
        for (const [library, bytes] of libraries) expect(library.doVerifySignature(bytes, mine, pair.publicKey, options)).toBe(true);
        const theirs = libraries.map(([library, bytes]) => library.doSignature(bytes, pair.privateKey, options));
        expect(theirs.map((one) => sm2Verify(own, text, hex(one), format, engine))).toEqual([true, true]);
      }
    }
  });

  it('refuses what is no signature', () => {
    const [r, n] = [hex(signature).subarray(0, 32), hex('fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123')];
    const complement = hex((BigInt(`0x${n.toString('hex')}`) - BigInt(`0x${r.toString('hex')}`)).toString(16).padStart(64, '0'));
    const wrong = [Buffer.alloc(0), Buffer.alloc(64), Buffer.concat([r, Buffer.alloc(32)]), Buffer.concat([r, n]), Buffer.concat([r, complement]), Buffer.alloc(64, 255), hex(`${signature}00`)];
    expect(wrong.map(isSignature)).toEqual(wrong.map(() => false));
    expect(wrong.map((one) => sm2Verify(known, message, one, 'raw', engine))).toEqual(wrong.map(() => false));
    expect(sm2Verify(known, message, hex(signature), 'der', engine)).toBe(false);
    expect(sm2Verify(sm2PublicKey(smCrypto.sm2.generateKeyPairHex().publicKey), message, hex(signature), 'raw', engine)).toBe(false);
  });
});

describe('the engine', () => {
  const other: Sm2Engine = { ...nativeEngine, name: 'not SM2' };
  const lacking = (): never => { throw new Error('unsupported'); };

  it('is node:crypto here, and passes its self-test', () => {
    expect(sm2Engine().name).toBe('node:crypto');
    expect([passesSelfTest(nativeEngine, libraryEngine), passesSelfTest(libraryEngine, nativeEngine)]).toEqual([true, true]);
  });

  it.each<[string, Partial<Sm2Engine>]>([
    ['has no SM2', { publicOf: lacking, sign: lacking, verify: lacking }],
    ['believes everything', { verify: () => true }],
    ['believes nothing', { verify: () => false }],
    ['signs something else', { sign: () => hex(signature).reverse() }],
    ['leaves out who signs', { sign: (key, text) => nativeEngine.sign(key, Buffer.concat([zOf(key.point), text])) }],
    ['computes other points', { publicOf: () => Buffer.alloc(64, 1) }],
  ])('is the library where OpenSSL %s', (_what, wrong) => {
    const engine = chooseEngine([{ ...other, ...wrong }, libraryEngine]);
    expect(engine.name).toBe('sm-crypto-v2');
    const key = readSm2PrivateKey(secret.replaceAll(' ', ''), engine);
    expect(sm2Verify(key, message, sm2Sign(key, message, 'der', engine), 'der')).toBe(true);
  });

  it('is none where nothing passes', () => {
    expect(() => chooseEngine([{ ...other, verify: () => true }])).toThrow('No implementation of SM2');
  });
});

describe('keys', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'SM2' });
  const spki = pair.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  const pkcs8 = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

  it('are read from PEM, hexadecimal and JWK alike', () => {
    const key = readSm2PrivateKey(pkcs8);
    const forms = [spki, key.point.toString('hex'), `04${key.point.toString('hex').toUpperCase()}`, toSm2Jwk(key)];
    for (const form of forms) expect(sm2PublicKey(form).point).toEqual(key.point);
    const short = `30410201003013${pkcs8Der(pkcs8).slice(16, 54)}0427302502010104 20${key.secret.toString('hex')}`;
    const pem = `-----BEGIN PRIVATE KEY-----\n${hex(short).toString('base64')}\n-----END PRIVATE KEY-----\n`;
    for (const form of [pem, key.secret.toString('hex'), { ...toSm2Jwk(key), d: key.secret.toString('base64url') }]) expect(readSm2PrivateKey(form)).toEqual(key);
  });

  it('are refused where they are of another curve, off the curve, out of range, or not two halves of one', () => {
    const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = toSm2Jwk(sm2PublicKey(keyHex));
    const off = `${keyHex.slice(0, -1)}4`;
    const infinite = '0'.repeat(128);
    const wrong = ['', 'x', off, infinite, keyHex.slice(2), `02${keyHex.slice(0, 64)}`, p256.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      { ...jwk, crv: 'P-256' }, { ...jwk, kty: 'OKP' }, { ...jwk, y: jwk.x }, { ...jwk, x: `${jwk.x}A` }, { ...jwk, x: 1 as never }];
    for (const form of wrong) expect(() => sm2PublicKey(form)).toThrow('This is no public key of SM2.');
    const n = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123';
    const secrets = ['', '0'.repeat(64), n, `${n.slice(0, -1)}2`, 'f'.repeat(64), p256.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()];
    for (const form of secrets) expect(() => readSm2PrivateKey(form)).toThrow('This is no private key of SM2.');
    expect(() => readSm2PrivateKey({ ...jwk, d: readSm2PrivateKey(pkcs8).secret.toString('base64url') })).toThrow('This is no pair of keys of SM2.');
  });

  it('sign in two forms of which each is one', () => {
    const key = readSm2PrivateKey(pkcs8);
    for (let turn = 0; turn < 50; turn += 1) {
      const raw = sm2Sign(key, randomBytes(10));
      expect([isSignature(raw), fromDer(toDer(raw))]).toEqual([true, raw]);
    }
    // Leading zeros, a number too long, something behind it.
    const der = toDer(Buffer.alloc(64, 1));
    expect(fromDer(der)).toEqual(Buffer.alloc(64, 1));
    for (const other of [Buffer.concat([der, Buffer.alloc(1)]), der.subarray(1), Buffer.alloc(0), hex('300702020001020101'), hex('3003020101')]) expect(fromDer(other)).toBeUndefined();
  });
});

const pkcs8Der = (pem: string): string => Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64').toString('hex');

import { createDecipheriv, randomBytes } from 'node:crypto';
import { hmacSm3 } from '../national/sm3.js';
import { DataKey, dataKeyIdOf } from './data-key.js';
import { FieldCipher } from './field-cipher.js';
import type { FieldPlace } from './field-place.js';
import { type SuiteName, suiteNames } from './suites.js';

const secret = (): string => randomBytes(32).toString('base64url');
const [k1, k2] = [`k1:${secret()}`, `k2:${secret()}`];
const place: FieldPlace = { column: 'feedback.issues.title_encrypted', rowId: '0197-row', organisationId: '0197-bank' };

describe.each<SuiteName>([...suiteNames])('what is encrypted with %s', (suite) => {
  const cipher = new FieldCipher(k1, suite);
  const version = suite === 'AES' ? 1 : 2;

  it.each(['13800138000', '', '张三丰 𠮷', 'x'.repeat(10_000), 'a.b c'])('comes back as it was, under a field key and under a data key', (text) => {
    const [direct, key] = [cipher.encrypt(text, place), cipher.newDataKey()];
    const sealed = key.seal(text, place);
    expect([direct.slice(0, 6), sealed.slice(0, 40)]).toEqual([`v${version}.k1.`, `d${version}.${key.id}.`]);
    expect([cipher.decrypt(direct, place), key.open(sealed, place)]).toEqual([text, text]);
    expect(key.seal(text, place)).not.toBe(sealed);
  });

  it('cannot be moved, changed or opened with another key', () => {
    const key = cipher.newDataKey();
    const sealed = key.seal('13800138000', place);
    for (const other of [{ ...place, rowId: 'x' }, { ...place, column: 'x' }, { ...place, organisationId: 'x' }]) expect(() => key.open(sealed, other)).toThrow();
    for (let at = 40; at < sealed.length; at++) { // by a high bit: the last character of base64url has low ones that are not used
      const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'g' : 'A') + sealed.slice(at + 1);
      expect(() => key.open(changed, place)).toThrow();
    }
    expect(() => cipher.newDataKey().open(sealed, place)).toThrow('This was not encrypted with this key.');
    expect(() => new DataKey(key.id, randomBytes(32), suite).open(sealed, place)).toThrow();
  });

  it('is opened whatever the suite is now', () => {
    const other = new FieldCipher(`${k2},${k1}`, suite === 'AES' ? 'SM4' : 'AES');
    const key = cipher.newDataKey();
    const wrapped = cipher.wrap(key, ['13800138000', 'a@b.cn']);
    expect(wrapped.wrapped).not.toContain('13800138000');
    const again = other.unwrap(wrapped);
    expect([again.key.id, again.identifiers]).toEqual([key.id, ['13800138000', 'a@b.cn']]);
    expect(again.key.open(key.seal('x', place), place)).toBe('x');
    expect(again.key.seal('x', place).slice(0, 3)).toBe(`d${3 - version}.`);
    expect(other.decrypt(cipher.encrypt('y', place), place)).toBe('y');
    expect(other.prefix).toBe(`v${3 - version}.k2.`);
  });

  it('is found by a fingerprint of its own, and under any key and suite that is still there', () => {
    const index = cipher.blindIndex('13800138000', 'person', '');
    expect(index).toMatch(/^[\w-]{22}$/);
    expect(new FieldCipher(`${k2},${k1}`, suite === 'AES' ? 'SM4' : 'AES').blindIndexes('13800138000', 'person', '')).toContain(index);
    expect(new Set([index, cipher.blindIndex('13800138000', 'other', ''), new FieldCipher(k2, suite).blindIndex('13800138000', 'person', '')]).size).toBe(3);
  });
});

it('a data key belongs to its row', () => {
  const cipher = new FieldCipher(k1);
  const { wrapped } = cipher.wrap(cipher.newDataKey(), []);
  expect(() => cipher.unwrap({ id: cipher.newDataKey().id, wrapped })).toThrow();
});

it('SM4 is what another program would write: counter mode, then HMAC-SM3 over place and ciphertext', () => {
  const bytes = randomBytes(32);
  const key = new DataKey('01970000-0000-7000-8000-000000000000', bytes, 'SM4');
  const whole = Buffer.from(key.seal('万州', place).slice(40), 'base64url');
  const [nonce, body, tag] = [whole.subarray(0, 16), whole.subarray(16, -32), whole.subarray(-32)];
  const cipher = createDecipheriv('sm4-ctr', hmacSm3(bytes, 'finharbor sm4-ctr').subarray(0, 16), nonce);
  expect(Buffer.concat([cipher.update(body), cipher.final()]).toString()).toBe('万州');
  const where = Buffer.from('feedback.issues.title_encrypted|0197-row|0197-bank');
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(where.length));
  expect(hmacSm3(hmacSm3(bytes, 'finharbor hmac-sm3'), length, where, nonce, body)).toEqual(tag);
});

it.each(['', 'v1.k1.a.b.c', 'd1.short.x', 'd1.01970000-0000-7000-8000-000000000000', 'plain'])('%j needs no data key', (text) => {
  expect(dataKeyIdOf(text)).toBeUndefined();
});

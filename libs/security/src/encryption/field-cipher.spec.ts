import { createCipheriv, randomBytes } from 'node:crypto';
import { FieldCipher, parseFieldKeys } from './field-cipher.js';
import type { FieldPlace } from './field-place.js';

const secret = (): string => randomBytes(32).toString('base64url');
const [k1, k2] = [`k1:${secret()}`, `k2:${secret()}`];
const place: FieldPlace = { column: 'feedback.issues.phone', rowId: '0197-row', organisationId: '0197-bank' };

describe('an encrypted field', () => {
  const cipher = new FieldCipher(k1);

  it.each(['13800138000', '', '张三丰 𠮷', 'x'.repeat(10_000), 'a.b.c'])('comes back as it was', (text) => {
    const encrypted = cipher.encrypt(text, place);
    expect(encrypted).toMatch(/^v1\.k1\.[\w-]{16}\.[\w-]*\.[\w-]{22}$/);
    expect(cipher.decrypt(encrypted, place)).toBe(text);
    if (text) expect(encrypted).not.toContain(text);
  });

  it('looks different each time', () => {
    expect(cipher.encrypt('same', place)).not.toBe(cipher.encrypt('same', place));
  });

  it.each<[string, FieldPlace]>([
    ['another row', { ...place, rowId: '0197-other' }], ['another column', { ...place, column: 'feedback.issues.name' }],
    ['another organisation', { ...place, organisationId: '0197-other' }],
    ['a place that only reads the same', { column: 'feedback.issues.phone|0197-row', rowId: '', organisationId: '0197-bank' }],
  ])('cannot be moved to %s', (_what, other) => {
    expect(() => cipher.decrypt(cipher.encrypt('13800138000', place), other)).toThrow();
  });

  it('cannot be changed in any part', () => {
    const parts = cipher.encrypt('13800138000', place).split('.');
    for (const index of [2, 3, 4]) {
      const changed = [...parts];
      changed[index] = (changed[index].startsWith('A') ? 'B' : 'A') + changed[index].slice(1);
      expect(() => cipher.decrypt(changed.join('.'), place)).toThrow();
    }
  });

  it('is refused with a tag cut to what can be guessed', () => {
    const parts = cipher.encrypt('13800138000', place).split('.');
    for (const bytes of [4, 8, 12, 15]) {
      const cut = Buffer.from(parts[4], 'base64url').subarray(0, bytes).toString('base64url');
      expect(() => cipher.decrypt([...parts.slice(0, 4), cut].join('.'), place)).toThrow();
    }
  });

  it('is refused when it is none, of another version, or of an unknown key', () => {
    const encrypted = cipher.encrypt('x', place);
    for (const wrong of ['', 'text', 'v1.k1.a.b', encrypted.replace('v1.', 'v2.'), encrypted.replace('.k1.', '.k9.')]) expect(() => cipher.decrypt(wrong, place)).toThrow();
    expect(() => new FieldCipher(k2).decrypt(encrypted, place)).toThrow('No key for a field encrypted as v1.k1.');
    expect(() => new FieldCipher(`k1:${secret()}`).decrypt(encrypted, place)).toThrow();
  });

  it('of an old key is read while new ones are written with the new key', () => {
    const rotated = new FieldCipher(`${k2},${k1}`);
    expect(rotated.decrypt(cipher.encrypt('old', place), place)).toBe('old');
    const fresh = rotated.encrypt('new', place);
    expect(fresh).toMatch(/^v1\.k2\./);
    expect(new FieldCipher(k2).decrypt(fresh, place)).toBe('new');
    expect(() => cipher.decrypt(fresh, place)).toThrow();
  });

  it('is AES-256-GCM bound to its place, as another program would write it', () => {
    const nonce = randomBytes(12);
    const gcm = createCipheriv('aes-256-gcm', parseFieldKeys(k1).get('k1')!, nonce).setAAD(Buffer.from('feedback.issues.phone|0197-row|0197-bank'));
    const body = Buffer.concat([gcm.update('万州'), gcm.final()]);
    expect(cipher.decrypt(['v1', 'k1', ...[nonce, body, gcm.getAuthTag()].map((part) => part.toString('base64url'))].join('.'), place)).toBe('万州');
  });
});

describe('a blind index', () => {
  const cipher = new FieldCipher(k1);

  it('is the same for the same value, and differs by value, purpose, organisation and key', () => {
    const index = cipher.blindIndex('13800138000', 'phone', 'bank-a');
    expect(index).toMatch(/^[\w-]{22}$/);
    expect(new FieldCipher(k1).blindIndex('13800138000', 'phone', 'bank-a')).toBe(index);
    const others = [
      cipher.blindIndex('13800138001', 'phone', 'bank-a'), cipher.blindIndex('13800138000', 'id', 'bank-a'),
      cipher.blindIndex('13800138000', 'phone', 'bank-b'), new FieldCipher(`k1:${secret()}`).blindIndex('13800138000', 'phone', 'bank-a'),
    ];
    expect(new Set([index, ...others]).size).toBe(5);
  });

  it('finds a value written before the keys were changed', () => {
    const before = cipher.blindIndex('13800138000', 'phone', 'bank-a');
    const rotated = new FieldCipher(`${k2},${k1}`);
    const [first, , third] = rotated.blindIndexes('13800138000', 'phone', 'bank-a'); // of each key, with this suite and the other one
    expect([first, third]).toEqual([rotated.blindIndex('13800138000', 'phone', 'bank-a'), before]);
    expect(rotated.blindIndex('13800138000', 'phone', 'bank-a')).not.toBe(before);
  });
});

describe('field keys', () => {
  it.each(['', 'k1', 'k1:', `:${secret()}`, 'k1:c2hvcnQ', `k1:${secret()}x`, `${k1};${k2}`, `${k1},`, `k.1:${secret()}`, `k 1:${secret()}`, `k1:${secret()}:x`])('are refused as %s', (keys) => {
    expect(() => new FieldCipher(keys)).toThrow('A field key is written id:<base64url of 32 bytes>.');
  });

  it('are refused when two have one name', () => {
    expect(() => new FieldCipher(`${k1},k1:${secret()}`)).toThrow('There are two field keys k1.');
  });
});

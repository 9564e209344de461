/**
 * Chinese cryptography (国密) as Node's own OpenSSL does it: the product relies on node:crypto for SM3 and SM4 and ships
 * no code of its own. Vectors: GB/T 32905-2016 annex A (SM3), GB/T 32907-2016 annex A (SM4); the HMAC value is Node's.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';

const sm3 = (text: string) => createHash('sm3').update(text).digest('hex');

describe('SM3', () => {
  it.each([
    ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
    ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
  ])('hashes %s', (text, digest) => expect(sm3(text)).toBe(digest));

  it('makes an HMAC', () => {
    expect(createHmac('sm3', 'k').update('abc').digest('hex')).toBe('af684d81732e81f6a9c5dd0aa68f27667b36debcebe29e094a654c3d496a898a');
  });
});

describe('SM4', () => {
  const key = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');

  it('encrypts one block (ECB, no padding)', () => {
    const cipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
    expect(Buffer.concat([cipher.update(key), cipher.final()]).toString('hex')).toBe('681edf34d206965e86b3e94f536e4246');
  });

  it('decrypts it again', () => {
    const decipher = createDecipheriv('sm4-ecb', key, null).setAutoPadding(false);
    expect(Buffer.concat([decipher.update('681edf34d206965e86b3e94f536e4246', 'hex'), decipher.final()])).toEqual(key);
  });
});

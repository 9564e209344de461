import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import fc from 'fast-check';
import { checkCode, type CodeJwk, type CodeToken, keyIdOf, readCode, signCode } from './code-token.js';
import { LoanCodeKind } from './loan-code-kind.js';

function newKey(): { jwk: CodeJwk; privateKey: KeyObject } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const x = publicKey.export({ format: 'jwk' }).x!;
  return { jwk: { kty: 'OKP', crv: 'Ed25519', x, kid: x }, privateKey };
}

const { jwk, privateKey } = newKey();
const token: CodeToken = {
  shortCode: 'abcdefghij0123456789', kind: LoanCodeKind.PARK, keyId: keyIdOf(jwk.kid), version: 3, validFrom: '2026-11-22', validTo: '2027-06-30',
};
const signed = signCode(token, privateKey);
const refused = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('a signed loan code', () => {
  it('says what was signed, in 120 characters that need no escaping', () => {
    fc.assert(fc.property(
      fc.record({
        shortCode: fc.uint8Array({ minLength: 15, maxLength: 15 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
        kind: fc.constantFrom(...Object.values(LoanCodeKind)), version: fc.integer({ min: 1, max: 65_535 }),
        validFrom: fc.constantFrom('2020-01-01', '2026-11-22', '2148-12-31'), validTo: fc.constantFrom(null, '2148-12-31'),
      }),
      (any) => {
        const text = signCode({ ...any, keyId: token.keyId }, privateKey);
        expect(text).toMatch(/^[\w-]{120}$/);
        expect(checkCode(text, [newKey().jwk, jwk], any.validFrom)).toEqual({ ...any, keyId: token.keyId });
      },
    ), { numRuns: 50 });
  });

  it('is verified with the published key and what docs/loan-codes.md says, and nothing of ours', () => {
    const bytes = Buffer.from(signed, 'base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: jwk.x }, format: 'jwk' });
    expect(bytes).toHaveLength(90);
    expect(verify(null, bytes.subarray(0, 26), key, bytes.subarray(26))).toBe(true);
    expect([bytes[0], bytes.readUInt16BE(20), bytes.readUInt16BE(22), bytes.readUInt16BE(24)]).toEqual([0x13, 3, 20_779, 20_999]);
    expect(bytes.subarray(16, 20)).toEqual(Buffer.from(jwk.kid, 'base64url').subarray(0, 4));
  });

  it('changed in one bit, wherever, is refused, or is of a key that nobody knows', () => {
    const bytes = Buffer.from(signed, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] ^= 1 << (bit & 7);
      const place = bit >> 3;
      const code = place === 0 ? /LOAN_CODE_FORGED|NOT_FOUND/ : place >= 16 && place < 20 ? /LOAN_CODE_FOREIGN/ : /LOAN_CODE_FORGED/;
      expect(() => checkCode(changed.toString('base64url'), [jwk], '2026-12-01')).toThrow(expect.objectContaining({ code: expect.stringMatching(code) }));
    }
  });

  it('of another platform, of another’s key under our name, too early and too late is refused by name', () => {
    const other = newKey();
    expect(() => checkCode(signCode({ ...token, keyId: keyIdOf(other.jwk.kid) }, other.privateKey), [jwk], '2026-12-01')).toThrow(refused('LOAN_CODE_FOREIGN'));
    expect(() => checkCode(signed, [], '2026-12-01')).toThrow(refused('LOAN_CODE_FOREIGN'));
    expect(() => checkCode(signCode(token, other.privateKey), [jwk, other.jwk], '2026-12-01')).toThrow(refused('LOAN_CODE_FORGED'));
    expect(() => checkCode(signed, [jwk], '2026-11-21')).toThrow(refused('LOAN_CODE_NOT_YET_VALID'));
    expect(() => checkCode(signed, [jwk], '2027-07-01')).toThrow(refused('LOAN_CODE_EXPIRED'));
    for (const day of ['2026-11-22', '2027-06-30']) expect(checkCode(signed, [jwk], day)).toEqual(token);
  });

  it.each(['', 'abcdefghij0123456789', 'A'.repeat(120), `${signed}A`, signed.slice(1), `${signed.slice(0, -1)}=`, `${signed.slice(0, -1)}+`])('is none: %s', (text) => {
    expect(readCode(text)).toBeUndefined();
    expect(() => checkCode(text, [jwk], '2026-12-01')).toThrow(refused('NOT_FOUND'));
  });
});

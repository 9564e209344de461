import { createHmac, randomBytes } from 'node:crypto';
import { anonymous, type Caller } from './caller.js';
import { signServiceToken, verifyServiceToken } from './service-token.js';

const key = randomBytes(32);
const bank: Caller = { role: 'bank', organisationId: '0197-bank', clientId: 'client-1' };
const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const claims = { aud: 'finharbor', exp: Math.floor(Date.now() / 1000) + 60, role: 'bank', org: 'o', client: 'c' };

/** A token with these parts, rightly signed. */
function signed(header: unknown, body: unknown): string {
  const text = `${encode(header)}.${encode(body)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}
const ours = { alg: 'HS256', typ: 'JWT' };

describe('a service token', () => {
  it('names the caller', () => {
    expect(verifyServiceToken(key, signServiceToken(key, bank))).toEqual(bank);
    expect(verifyServiceToken(key, signServiceToken(key, anonymous))).toEqual(anonymous);
    expect(verifyServiceToken(key, signed(ours, claims))).toEqual({ role: 'bank', organisationId: 'o', clientId: 'c' });
  });

  it('holds for a minute', () => {
    const now = Date.now();
    const token = signServiceToken(key, bank, now);
    expect(verifyServiceToken(key, token, now + 58_000)).toEqual(bank);
    expect(verifyServiceToken(key, token, now + 60_000)).toBeUndefined();
  });

  it('does not carry an applicant’s secret', () => {
    const token = signServiceToken(key, { ...bank, accessSecret: 'hunter2' });
    expect(Buffer.from(token.split('.')[1], 'base64url').toString()).not.toContain('hunter2');
  });

  it('is refused when it is signed by another key, changed in any part, or malformed', () => {
    const token = signServiceToken(key, bank);
    const [header, body, mac] = token.split('.');
    const admin = encode({ ...claims, role: 'administrator' });
    for (const wrong of [
      signServiceToken(randomBytes(32), bank), `${header}.${admin}.${mac}`, `${header}.${body}.${mac.slice(0, -2)}`, `${header}.${body}.${mac}A`, `${header}.${body}.${mac}=`,
      `${header}.${body}.`, `${header}.${body}`, `.${body}.${mac}`, `${token}.${mac}`, token.toUpperCase(), '', '.', '..', 'x', `Bearer ${token}`,
    ]) expect([wrong, verifyServiceToken(key, wrong)]).toEqual([wrong, undefined]);
    const [last] = mac.slice(-1);
    for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      if (letter !== last) expect(verifyServiceToken(key, `${header}.${body}.${mac.slice(0, -1)}${letter}`)).toBeUndefined();
    }
  });

  it.each([
    ['no algorithm', { alg: 'none', typ: 'JWT' }, claims], ['another algorithm', { alg: 'RS256', typ: 'JWT' }, claims], ['a header in another order', { typ: 'JWT', alg: 'HS256' }, claims],
    ['another audience', ours, { ...claims, aud: 'others' }], ['no audience', ours, { ...claims, aud: undefined }],
    ['an expiry that is past', ours, { ...claims, exp: 1 }], ['an expiry in words', ours, { ...claims, exp: 'never' }], ['no expiry', ours, { ...claims, exp: undefined }],
    ['an unknown role', ours, { ...claims, role: 'root' }], ['no role', ours, { ...claims, role: undefined }],
    ['no JSON', ours, '{"aud":'], ['null', ours, 'null'], ['a list', ours, '[]'], ['a number', ours, '7'],
  ])('is refused with %s, though rightly signed', (_what, header, body) => {
    expect(verifyServiceToken(key, signed(header, body))).toBeUndefined();
  });

  it('gives no organisation that is not a text', () => {
    expect(verifyServiceToken(key, signed(ours, { ...claims, org: { $ne: '' }, client: 7 }))).toEqual({ role: 'bank', organisationId: null, clientId: null });
  });
});

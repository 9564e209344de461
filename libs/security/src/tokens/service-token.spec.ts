import { createHmac, randomBytes } from 'node:crypto';
import { anonymous, type Caller } from './caller.js';
import { parseServiceKeys, signServiceToken, verifyServiceToken } from './service-token.js';

const key = randomBytes(32);
const keys = [key];
const audience = 'harbors';
const callerIn = (token: string, now?: number): Caller | undefined => verifyServiceToken(keys, token, audience, now)?.caller;
const bank: Caller = { role: 'bank', organisationId: '0197-bank', clientId: 'client-1' };
const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const claims = { aud: audience, exp: Math.floor(Date.now() / 1000) + 60, role: 'bank', org: 'o', client: 'c' };

/** A token with these parts, rightly signed. */
function signed(header: unknown, body: unknown): string {
  const text = `${encode(header)}.${encode(body)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}
const ours = { alg: 'HS256', typ: 'JWT' };

describe('a service token', () => {
  it('names the caller', () => {
    expect(callerIn(signServiceToken(keys, bank, audience))).toEqual(bank);
    expect(callerIn(signServiceToken(keys, anonymous, audience))).toEqual(anonymous);
    expect(callerIn(signed(ours, claims))).toEqual({ role: 'bank', organisationId: 'o', clientId: 'c' });
  });

  it('holds for a minute', () => {
    const now = Date.now();
    const token = signServiceToken(keys, bank, audience, now);
    expect(callerIn(token, now + 58_000)).toEqual(bank);
    expect(callerIn(token, now + 60_000)).toBeUndefined();
  });

  it('tells when that minute ends, so that nobody remembers it for longer', () => {
    const now = Date.now();
    const token = signServiceToken(keys, bank, audience, now);
    const { expiresAt } = verifyServiceToken(keys, token, audience, now)!;
    expect([callerIn(token, expiresAt - 1), callerIn(token, expiresAt)]).toEqual([bank, undefined]);
    expect(expiresAt).toBeGreaterThan(now + 58_000);
    expect(expiresAt).toBeLessThanOrEqual(now + 60_000);
  });

  it('is good at the service that it was made for and at no other', () => {
    for (const other of ['partners', 'harbor', 'Harbors', '', 'finharbor']) expect(verifyServiceToken(keys, signServiceToken(keys, bank, audience), other)).toBeUndefined();
  });

  it('is signed by the first key and good under any, in each step of a change of the key', () => {
    const [old, fresh] = [key, randomBytes(32)];
    const steps = [[old], [old, fresh], [fresh, old], [fresh]];
    for (const [step, signers] of steps.entries()) {
      // A rolling restart: some processes are a step ahead, some behind.
      for (const verifiers of steps.slice(Math.max(0, step - 1), step + 2)) {
        expect(verifyServiceToken(verifiers, signServiceToken(signers, bank, audience), audience)?.caller).toEqual(bank);
      }
    }
    expect(verifyServiceToken([fresh], signServiceToken([old, fresh], bank, audience), audience)).toBeUndefined();
  });

  it('has keys of 32 bytes, one or several', () => {
    const [one, two] = [randomBytes(32), randomBytes(32)];
    expect(parseServiceKeys(one.toString('base64url'))).toEqual([one]);
    expect(parseServiceKeys([one, two].map((each) => each.toString('base64url')).join())).toEqual([one, two]);
    for (const text of ['', 'hunter2', ',', `${one.toString('base64url')},`, `${one.toString('base64url')},hunter2`]) expect(() => parseServiceKeys(text)).toThrow(/^must be 32 bytes/);
  });

  it('does not carry an applicant’s secret', () => {
    const token = signServiceToken(keys, { ...bank, accessSecret: 'hunter2' }, audience);
    expect(Buffer.from(token.split('.')[1], 'base64url').toString()).not.toContain('hunter2');
  });

  it('is refused when it is signed by another key, changed in any part, or malformed', () => {
    const token = signServiceToken(keys, bank, audience);
    const [header, body, mac] = token.split('.');
    const admin = encode({ ...claims, role: 'system-administrator' });
    for (const wrong of [
      signServiceToken([randomBytes(32)], bank, audience), `${header}.${admin}.${mac}`, `${header}.${body}.${mac.slice(0, -2)}`, `${header}.${body}.${mac}A`, `${header}.${body}.${mac}=`,
      `${header}.${body}.`, `${header}.${body}`, `.${body}.${mac}`, `${token}.${mac}`, token.toUpperCase(), '', '.', '..', 'x', `Bearer ${token}`,
    ]) expect([wrong, callerIn(wrong)]).toEqual([wrong, undefined]);
    const [last] = mac.slice(-1);
    for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      if (letter !== last) expect(callerIn(`${header}.${body}.${mac.slice(0, -1)}${letter}`)).toBeUndefined();
    }
  });

  it.each([
    ['no algorithm', { alg: 'none', typ: 'JWT' }, claims], ['another algorithm', { alg: 'RS256', typ: 'JWT' }, claims], ['a header in another order', { typ: 'JWT', alg: 'HS256' }, claims],
    ['another audience', ours, { ...claims, aud: 'others' }], ['no audience', ours, { ...claims, aud: undefined }], ['several audiences', ours, { ...claims, aud: [audience] }],
    ['an expiry that is past', ours, { ...claims, exp: 1 }], ['an expiry in words', ours, { ...claims, exp: 'never' }], ['no expiry', ours, { ...claims, exp: undefined }],
    ['an unknown role', ours, { ...claims, role: 'root' }], ['no role', ours, { ...claims, role: undefined }],
    ['no JSON', ours, '{"aud":'], ['null', ours, 'null'], ['a list', ours, '[]'], ['a number', ours, '7'],
  ])('is refused with %s, though rightly signed', (_what, header, body) => {
    expect(callerIn(signed(header, body))).toBeUndefined();
  });

  it('gives no organisation that is not a text', () => {
    expect(callerIn(signed(ours, { ...claims, org: { $ne: '' }, client: 7 }))).toEqual({ role: 'bank', organisationId: null, clientId: null });
  });
});

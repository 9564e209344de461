import { hashSecret, newSecret, secretMatches } from './secrets.js';

describe('secrets', () => {
  it('are 256 random bits under a prefix', () => {
    const made = new Set(Array.from({ length: 1_000 }, () => newSecret('fh')));
    expect(made.size).toBe(1_000);
    for (const secret of made) expect(secret).toMatch(/^fh_[\w-]{43}$/);
  });

  it('are kept as a hash that does not show them, and recognised by it', () => {
    const secret = newSecret('fh');
    const hash = hashSecret(secret);
    expect(hash).toMatch(/^[\w-]{43}$/);
    expect(hash).not.toContain(secret.slice(3));
    expect(secretMatches(secret, hash)).toBe(true);
    for (const wrong of [newSecret('fh'), `${secret} `, secret.slice(0, -1), '', hash]) expect(secretMatches(wrong, hash)).toBe(false);
    for (const wrong of ['', hash.slice(1), `${hash}x`, secret]) expect(secretMatches(secret, wrong)).toBe(false);
  });
});

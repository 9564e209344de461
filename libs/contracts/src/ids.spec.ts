import { enterpriseIdOf, idByName, newId, timeOfId } from './ids.js';

const v7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const timeOf = (id: string): number => parseInt(id.replace('-', '').slice(0, 12), 16);

describe('newId', () => {
  it('is a UUID of version 7 that tells when it was made', () => {
    const before = Date.now();
    const id = newId();
    expect(id).toMatch(v7);
    expect(timeOf(id)).toBeGreaterThanOrEqual(before);
    expect(timeOf(id)).toBeLessThanOrEqual(Date.now() + 10);
  });

  it('rises strictly, as text and so as PostgreSQL sorts it, also within one millisecond', () => {
    const now = Date.now(); // as if twenty thousand were made in the same instant
    const ids = Array.from({ length: 20_000 }, () => newId(now));
    for (let index = 1; index < ids.length; index++) if (ids[index - 1] >= ids[index]) throw new Error(`${ids[index - 1]} is not before ${ids[index]}`);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) if (!v7.test(id)) throw new Error(id);
  });

  it('rises when the clock goes back', () => {
    const now = Date.now() + 1_000;
    const ids = [newId(now), newId(now - 60_000), newId(now - 60_000), newId(now), newId(now + 1)];
    expect(ids).toEqual([...ids].sort());
    expect(timeOf(ids[4])).toBe(now + 1);
  });

  it('cannot be guessed from its neighbour', () => {
    const tails = Array.from({ length: 100 }, () => newId().slice(20));
    expect(new Set(tails).size).toBe(100);
  });
});

describe('enterpriseIdOf', () => {
  it('is a UUID of version 5, the same for the same code', () => {
    const id = enterpriseIdOf('91500101MA5UKXXX0X');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(enterpriseIdOf('91500101MA5UKXXX0X')).toBe(id);
    expect(enterpriseIdOf('91500101MA5UKXXX0Y')).not.toBe(id);
  });

  it('is what it was in the first version: ids are stored', () => {
    expect(enterpriseIdOf('91500101MA5UKXXX0X')).toBe('ace7f9e0-e61d-58e4-a580-f234a4b9c9ab');
  });
});

describe('idByName', () => {
  it('is that of RFC 9562', () => {
    expect(idByName('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });
});

describe('timeOfId', () => {
  it('is when the id was made', () => {
    const now = Date.now() + 5_000;
    expect(timeOfId(newId(now)).getTime()).toBe(now);
  });
});

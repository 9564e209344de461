import { parseValue } from 'graphql';
import { Decimal, LocalDate } from './scalars.js';

describe.each([
  ['Decimal', Decimal, ['0', '-1', '500000.00', '123456789012345678.123456', '-0.5'], ['', '1.', '.5', '1e3', '1,000', '１', '1 ', 'NaN', '--1', '1234567890123456789', '1.1234567']],
  ['LocalDate', LocalDate, ['2026-11-21', '2024-02-29', '0001-01-01'], ['', '2026-02-29', '2026-13-01', '2026-00-10', '2026-1-1', '2026-11-21T00:00:00Z', '20261121', '10000-01-01', ' 2026-11-21']],
] as const)('%s', (name, scalar, good, bad) => {
  it.each(good)('takes %s, as a variable and in a document', (text) => {
    expect(scalar.parseValue(text)).toBe(text);
    expect(scalar.parseLiteral(parseValue(`"${text}"`))).toBe(text);
    expect(scalar.serialize(text)).toBe(text);
  });

  it.each(bad)('refuses "%s"', (text) => {
    expect(() => scalar.parseValue(text)).toThrow(`${name} is written like`);
    expect(() => scalar.parseLiteral(parseValue(`"${text}"`))).toThrow(`${name} is written like`);
  });

  it('refuses numbers and other values', () => {
    for (const value of [1, true, null, {}, [good[0]]]) expect(() => scalar.parseValue(value)).toThrow(`${name} is written like`);
    expect(() => scalar.parseLiteral(parseValue('1'))).toThrow(`${name} is written like`);
  });
});

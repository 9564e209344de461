import { compareDecimals, scaled, unscaled, yuanOf } from './decimals.js';

describe('decimals', () => {
  it('compares where floating point would err', () => {
    expect(compareDecimals('9007199254740993', '9007199254740992')).toBe(1);
    expect(compareDecimals('0.1', '0.10')).toBe(0);
    expect(compareDecimals('999999999999.99', '1000000000000')).toBe(-1);
    expect(compareDecimals('100000.000001', '100000')).toBe(1);
    expect(compareDecimals('2', '10')).toBe(-1);
  });

  it.each(['', '-1', '+1', '1e3', '1.', '.5', ' 1', '1,000', '１', '1.1234567', '1234567890123456789', 'NaN'])('does not read %p', (text) => {
    expect(scaled(text)).toBeUndefined();
    expect(compareDecimals(text, '1')).toBeUndefined();
    expect(compareDecimals('1', text)).toBeUndefined();
  });

  it('writes millionths without zeros that say nothing', () => {
    expect([0n, 1n, 1_500_000n, 10_000_000n].map(unscaled)).toEqual(['0', '0.000001', '1.5', '10']);
  });

  it('writes yuan with two places', () => {
    expect(yuanOf('0500')).toBe('500.00');
    expect(yuanOf('0.5')).toBe('0.50');
    expect(yuanOf('10000000000')).toBe('10000000000.00');
    expect(yuanOf('12.05')).toBe('12.05');
  });
});

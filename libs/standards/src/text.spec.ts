import fc from 'fast-check';
import { escapeSpreadsheetCell, isNotStated, normaliseCode, removeBlanks, toHalfWidth, unescapeSpreadsheetCell, upperCaseAscii } from './text.js';

describe('toHalfWidth', () => {
  it.each([
    ['９１５００１０１ＭＡ', '91500101MA'],
    ['（重庆）有限公司', '(重庆)有限公司'],
    ['［Ａ］｛ｂ｝', '[A]{b}'],
    ['甲\u3000乙', '甲 乙'],
    ['，：％', ',:%'],
    ['“引号”。、《书》', '“引号”。、《书》'],
  ])('%s becomes %s', (text, expected) => expect(toHalfWidth(text)).toBe(expected));

  it('leaves text without full-width forms alone and is idempotent', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const once = toHalfWidth(text);
      expect(toHalfWidth(once)).toBe(once);
      expect(once).toHaveLength(text.length);
    }));
  });
});

describe('normalising codes', () => {
  it('removes inner, no-break, zero-width and ideographic blanks', () => {
    expect(removeBlanks(' 9150\u00a00101\t\u200bMA5U\ufeff 0001\u30001L\r\n')).toBe('91500101MA5U00011L');
  });

  it('upper-cases a-z only', () => {
    expect(upperCaseAscii('maß ﬀ x')).toBe('MAß ﬀ X');
  });

  it('does all three', () => {
    expect(normaliseCode('　９１５０ ０１０１ｍａ５ｕ００01 1l ')).toBe('91500101MA5U00011L');
  });
});

describe('isNotStated', () => {
  it.each(['', '  ', '\u3000', 'N/A', 'n/a', 'Ｎ／Ａ', '#N/A', '-', '－', '—', '/', '无', ' 暂无 ', 'null'])('%j says nothing', (text) =>
    expect(isNotStated(text)).toBe(true));

  it.each(['0', '无锡', 'N', '万州', '-1'])('%j says something', (text) => expect(isNotStated(text)).toBe(false));
});

describe('escapeSpreadsheetCell', () => {
  it.each([
    '=1+1', '+cmd|calc', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '\n=1', ' =1', '\u200b=1', '＝1+1', '＋A1', '－A1', '＠A1',
    '=HYPERLINK("http://x","y")', '-', '\t',
  ])('%j is made harmless', (cell) => expect(escapeSpreadsheetCell(cell)).toBe(`'${cell}`));

  it.each(['', '重庆', '-5', '+8613800138000', '-12.50', '0', 'a=b', '1-2', "'=1", '91500101MA5U00011L'])('%j stays', (cell) =>
    expect(escapeSpreadsheetCell(cell)).toBe(cell));

  it('never leaves a cell that begins a formula', () => {
    fc.assert(fc.property(fc.constantFrom('=', '+', '-', '@'), fc.string(), (sign, rest) => {
      const escaped = escapeSpreadsheetCell(sign + rest);
      expect(escaped.startsWith("'") || /^[+-]\d+(\.\d+)?$/.test(escaped)).toBe(true);
    }));
  });
});

describe('unescapeSpreadsheetCell', () => {
  it('takes back what was put in front, and nothing else', () => {
    const text = fc.string({ unit: fc.constantFrom('=', '+', '-', '@', "'", 'a', '1', ' ', '\t', '＝'), maxLength: 6 });
    fc.assert(fc.property(text, (given) => {
      const escaped = escapeSpreadsheetCell(given);
      if (escaped !== given) expect(unescapeSpreadsheetCell(escaped)).toBe(given);
    }));
    expect(["'abc", "O'Neill", "''=1", ''].map(unescapeSpreadsheetCell)).toEqual(["'abc", "O'Neill", "''=1", '']);
  });
});

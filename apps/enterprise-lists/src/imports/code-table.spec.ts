import { creditCodeCheckCharacter } from '@finharbor/standards/credit-code';
import { CodeTable } from './code-table.js';

const codeOf = (serial: number): string => {
  const first17 = `91500101MA${String(serial).padStart(7, '0')}`;
  return first17 + creditCodeCheckCharacter(first17);
};

describe('the table of credit codes of a list', () => {
  it('names the first row of each code, as a Map would, however many there are', () => {
    const [table, map] = [new CodeTable(), new Map<string, number>()];
    for (let row = 2; row < 60_000; row += 1) {
      const code = codeOf((row * 7_919) % 50_021);
      expect(table.claim(code, row)).toBe(map.get(code));
      if (!map.has(code)) map.set(code, row);
    }
  });

  it('tells codes apart that differ in one place', () => {
    const table = new CodeTable();
    const code = codeOf(1);
    expect(table.claim(code, 2)).toBeUndefined();
    for (let place = 0; place < 18; place += 1) {
      const other = code.slice(0, place) + (code[place] === 'Z' ? 'Y' : 'Z') + code.slice(place + 1);
      expect(table.claim(other, 10 + place)).toBeUndefined();
      expect(table.claim(other, 100)).toBe(10 + place);
    }
    expect(table.claim(code, 3)).toBe(2);
  });
});

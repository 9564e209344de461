import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { CsvScanner, detectDelimiter } from './csv.js';
import type { RawRow } from './row-source.js';

function scan(text: string, delimiter: string, pieces: number[]): RawRow[] {
  const scanner = new CsvScanner(delimiter);
  const rows: RawRow[] = [];
  let at = 0;
  for (let turn = 0; at < text.length; turn += 1) {
    const size = pieces.length > 0 ? pieces[turn % pieces.length] : text.length;
    rows.push(...scanner.push(text.slice(at, at + size)));
    at += size;
  }
  rows.push(...scanner.push('', true));
  return rows;
}

/** The same by a reader that others wrote. */
const reference = (text: string, delimiter: string): string[][] =>
  parse(text, { delimiter, record_delimiter: '\n', relax_column_count: true, skip_empty_lines: true });

const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 });
const delimiter = fc.constantFrom(',', ';', '\t', '|');

describe('the scanner of CSV', () => {
  it('gives back what a writer wrote, whatever the pieces', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '万', '𠮷', '"', ',', ';', '\t', '|', '\n', ' ', '“'), maxLength: 8 });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(table, delimiter, pieces, fc.boolean(), (rows, mark, sizes, isEnded) => {
      const quoted = (text: string, index: number): string =>
        (/["\n]/.test(text) || text.includes(mark) || (index % 3 === 0 && text !== '') ? `"${text.replaceAll('"', '""')}"` : text);
      const text = rows.map((cells) => cells.map(quoted).join(mark)).join('\n') + (isEnded ? '\n' : '');
      const expected = rows.filter((cells) => cells.join('') !== '' || cells.length > 1);
      expect(scan(text, mark, sizes).map(({ cells }) => cells)).toEqual(expected);
    }), { numRuns: 500 });
  });

  it('agrees with csv-parse on any text: the same cells, or both refuse it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '万', '"', '"', ',', ',', '\n', '\n', ' '), maxLength: 24 });
    let refused = 0;
    fc.assert(fc.property(text, pieces, (given, sizes) => {
      const attempt = (read: () => string[][]): string[][] | 'refused' => {
        try {
          return read();
        } catch {
          return 'refused';
        }
      };
      const ours = attempt(() => scan(given, ',', sizes).map(({ cells }) => cells));
      if (ours === 'refused') refused += 1;
      expect(ours).toEqual(attempt(() => reference(given, ',')));
    }), { numRuns: 3_000 });
    expect(refused).toBeGreaterThan(100);
  });

  it('numbers rows as a spreadsheet does and goes on where another stopped', () => {
    const text = 'a,b\n\n"x\ny",1\n2,3\n';
    expect(scan(text, ',', []).map(({ row }) => row)).toEqual([1, 3, 4]);
    const scanner = new CsvScanner(',');
    scanner.push(text);
    expect(new CsvScanner(',', scanner.row, scanner.line).push('4,5\n')).toEqual([{ row: 5, cells: ['4', '5'] }]);
    expect(() => new CsvScanner(',', scanner.row, scanner.line).push('a,b"c\n')).toThrow('line 6');
  });

  it.each([
    ['统一社会信用代码,企业名称', ','], ['"a,b";c', ';'], ['a\tb\tc,d', '\t'], ['a|b', '|'], ['a', ','], ['', ','], ['\n\na;b\n1,2,3', ';'], ['a;b,c', ','],
    ['"x""y,,,"\tz', '\t'], ['"一\n二";三', ';'],
  ])('sees what separates the cells of %j', (text, expected) => expect(detectDelimiter(text)).toBe(expected));
});

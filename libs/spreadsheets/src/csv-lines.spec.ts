import { csvLine } from './csv-lines.js';

describe('CSV that goes out', () => {
  it.each(['=1+1', '+cmd|x', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '＝1+1', '＋1', '－1', '＠x'])('makes %j a text', (text) => {
    expect(csvLine([text])).toMatch(/^"?'/);
  });

  it.each([
    [['a', 1, null, ''], 'a,1,,\r\n'],
    [['a,b', 'say "x"', 'two\nlines', ' blank '], '"a,b","say ""x""","two\nlines"," blank "\r\n'],
    [['万州=公司', 'a-b', '2026-11-21'], '万州=公司,a-b,2026-11-21\r\n'],
  ])('writes %j', (cells, line) => expect(csvLine(cells)).toBe(line));
});

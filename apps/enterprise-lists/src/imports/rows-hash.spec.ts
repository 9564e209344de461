import type { RawRow } from '@finharbor/spreadsheets/row-source';
import { RowsHash } from './rows-hash.js';

const hashOf = (...batches: RawRow[][]): { head: string | null; all: string } => {
  const hash = new RowsHash();
  for (const batch of batches) hash.add(batch);
  return { head: hash.head, all: hash.digest() };
};
const row = (number: number, ...cells: string[]): RawRow => ({ row: number, cells });
const many = (count: number): RawRow[] => Array.from({ length: count }, (_, index) => row(index + 1, `甲${index}`, '乙'));

describe('what rows are known by', () => {
  it('is the same however they come', () => {
    const rows = many(2_500);
    const whole = hashOf(rows);
    expect(whole.head).toMatch(/^[\w-]{43}$/);
    for (const at of [1, 999, 1_000, 1_001, 2_499]) expect(hashOf(rows.slice(0, at), rows.slice(at))).toEqual(whole);
    expect(hashOf(many(1_000)).head).toBe(whole.head);
    expect(hashOf(many(999)).head).toBeNull();
  });

  it.each([
    ['another cell', [row(1, 'a', 'b'), row(2, 'c', 'e')]], ['another place', [row(1, 'a', 'b'), row(3, 'c', 'd')]], ['another order', [row(1, 'c', 'd'), row(2, 'a', 'b')]],
    ['a cell less', [row(1, 'a', 'b'), row(2, 'c')]], ['an empty cell', [row(1, 'a', 'b'), row(2, 'c', 'd', '')]], ['a row less', [row(1, 'a', 'b')]],
    ['cells in one', [row(1, 'a', 'b'), row(2, 'c\u0001d')]], ['rows in one', [row(1, 'a', 'b2 2 3 c\u0001d')]], ['cells cut elsewhere', [row(1, 'ab', ''), row(2, 'c', 'd')]],
  ])('is different with %s', (_, rows) => {
    expect(hashOf(rows).all).not.toBe(hashOf([row(1, 'a', 'b'), row(2, 'c', 'd')]).all);
  });
});

import { roles } from '../tokens/caller.js';
import { withoutSmallCounts } from './small-counts.js';

class Row {
  constructor(readonly total: number | null, readonly part: number | null, readonly rest: number | null, readonly apart: number | null, readonly name = 'row') {}
}
const groups: (keyof Row)[][] = [['total', 'part', 'rest'], ['apart']];
const told = (counts: [number, number, number, number]): unknown[] => {
  const { total, part, rest, apart } = withoutSmallCounts('department', new Row(...counts), ...groups);
  return [total, part, rest, apart];
};

describe('small counts', () => {
  it.each([
    [[0, 0, 0, 0], [0, 0, 0, 0]],
    [[3, 3, 0, 4], [3, 3, 0, 4]],
    [[1, 1, 0, 3], [null, null, 0, 3]],
    [[2, 0, 2, 0], [null, 0, null, 0]],
    // 4 - 3 = 1: what is withheld could be found from what is told.
    [[4, 3, 1, 1], [null, null, null, null]],
    [[6, 3, 3, 2], [6, 3, 3, null]],
  ] as const)('%j are told as %j', (counts, wanted) => expect(told([...counts] as [number, number, number, number])).toEqual(wanted));

  it('are told to those who see every row, and to nobody else', () => {
    const row = new Row(1, 1, 0, 2);
    const hearing = roles.filter((role) => withoutSmallCounts(role, row, ...groups).total === 1);
    expect(hearing).toEqual(['supervisor', 'dashboard']);
  });

  it('leave the record what it is: of its class, its other fields, the original untouched', () => {
    const row = new Row(1, 1, 0, 2);
    const shown = withoutSmallCounts('department', row, ...groups);
    expect(shown).toBeInstanceOf(Row);
    expect([shown.name, row.total]).toEqual(['row', 1]);
    expect(withoutSmallCounts('department', new Row(null, null, 2, 5), ...groups)).toEqual(new Row(null, null, null, 5));
  });
});

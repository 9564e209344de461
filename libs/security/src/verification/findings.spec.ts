import { Findings } from './findings.js';

const none = { from: 0, to: 0 };

describe('findings', () => {
  it('are one for each kind and seal, in the order of the chain, in words', () => {
    const findings = new Findings();
    findings.add('row-changed', 7, [12]);
    findings.add('row-deleted', 7, [13]);
    findings.add('row-changed', 7, [15]);
    findings.add('seal-missing', 2, [], 3);
    expect(findings.of('harbors', none)).toEqual([
      { kind: 'seal-missing', service: 'harbors', seal: 2, rows: [], count: 3, message: 'harbors: seal 2 and 2 more from there is missing' },
      { kind: 'row-changed', service: 'harbors', seal: 7, rows: [12, 15], count: 2, message: 'harbors: rows 12, 15 of seal 7 were changed after they were sealed' },
      { kind: 'row-deleted', service: 'harbors', seal: 7, rows: [13], count: 1, message: 'harbors: row 13 of seal 7 was deleted' },
    ]);
  });

  it('name the first rows of many, and count the rest', () => {
    const findings = new Findings();
    for (let row = 1; row <= 1_000; row += 1) findings.add('row-deleted', 1, [row]);
    const [{ rows, count, message }] = findings.of('harbors', none);
    expect([rows.length, rows[0], count]).toEqual([20, 1, 1_000]);
    expect(message).toMatch(/^harbors: rows 1, 2, .* 20 and 980 more of seal 1 were deleted$/);
  });

  it('stop at a hundred, but always tell that the end is missing', () => {
    const findings = new Findings();
    for (let seal = 1; seal <= 150; seal += 1) findings.add('row-deleted', seal, [seal]);
    for (let seal = 151; seal <= 300; seal += 1) findings.add('tail-cut', seal, [seal * 10, seal * 10 + 9], 1);
    const all = findings.of('harbors', none);
    expect([all.length, findings.more]).toEqual([101, 50]);
    expect(all.at(-1)).toMatchObject({ kind: 'tail-cut', seal: 151, rows: [1_510, 3_009], count: 150 });
  });

  it('leave out rows that were pruned while we looked', () => {
    const findings = new Findings();
    for (const seal of [3, 4, 5, 6]) findings.add('row-deleted', seal, [seal]);
    expect(findings.of('harbors', { from: 3, to: 5 }).map(({ seal }) => seal)).toEqual([3, 6]);
  });
});

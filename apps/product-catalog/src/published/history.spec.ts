import { differences } from './history.js';

describe('differences', () => {
  it('are told by the path of the field, and not of what each version says of itself', () => {
    expect(differences(
      { name: '甲', version: 1, publishedAt: 'x', eligibility: { amountMax: '1', regionCodes: ['500101'] }, terms: null },
      { name: '乙', version: 2, publishedAt: 'y', eligibility: { amountMax: '1', regionCodes: ['500101', '500102'] }, terms: { origin: 'POLICY' }, more: 1 },
    )).toEqual([
      { field: 'name', from: '甲', to: '乙' },
      { field: 'eligibility.regionCodes', from: ['500101'], to: ['500101', '500102'] },
      { field: 'terms', from: null, to: { origin: 'POLICY' } },
      { field: 'more', from: null, to: 1 },
    ]);
    expect(differences({ a: 1 }, { a: 1 })).toEqual([]);
  });
});

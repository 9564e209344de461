import { SizeClass } from '@finharbor/contracts/vocabulary';
import { keptFacts } from './kept-facts.js';
import { type Facts, FactSource } from './matching.js';

const facts: Facts = {
  amount: '500000.00', termMonths: 12, guaranteeTypes: [], regionCode: null, industryCode: null, establishedOn: null,
  sizeClass: { value: SizeClass.UNKNOWN, source: FactSource.APPLICANT }, missingForSize: [],
};

describe('facts that are kept', () => {
  it('leave out special groups and age, and say so', () => {
    const kept = keptFacts({ ...facts, further: { groups: ['VETERAN'], applicantAge: '43', taxGrade: 'A' } }, '2026-11-22');
    expect(kept).toEqual({ facts: { ...facts, further: { taxGrade: 'A' } }, day: '2026-11-22', withheld: ['groups', 'applicantAge'] });
    expect(JSON.stringify(kept.facts)).not.toMatch(/VETERAN|43/);
  });

  it('are otherwise the whole of them', () => {
    const told = { ...facts, further: { tags: ['GREEN'] } };
    expect(keptFacts(told, '2026-11-22')).toEqual({ facts: told, day: '2026-11-22', withheld: [] });
  });
});

import { SizeClass } from '@finharbor/contracts/vocabulary';
import { keptFacts, personalTextOf, wholeFacts } from './kept-facts.js';
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

  it('are whole again with those that are sealed, and stay withheld without them', () => {
    const told = { ...facts, further: { groups: ['VETERAN'], applicantAge: '43', taxGrade: 'A' } };
    const kept = keptFacts(told, '2026-11-22');
    const text = personalTextOf(told)!;
    expect(JSON.parse(text)).toEqual({ groups: ['VETERAN'], applicantAge: '43' });
    expect(wholeFacts(kept, text)).toEqual({ facts: told, day: '2026-11-22', withheld: [] });
    expect(wholeFacts(kept, null)).toEqual(kept);
    expect(personalTextOf({ ...facts, further: { groups: [] } })).toBe('{"groups":[]}');
    expect([personalTextOf({ ...facts, further: { taxGrade: 'A' } }), personalTextOf(facts)]).toEqual([null, null]);
  });

  it('are otherwise the whole of them', () => {
    const told = { ...facts, further: { tags: ['GREEN'] } };
    expect(keptFacts(told, '2026-11-22')).toEqual({ facts: told, day: '2026-11-22', withheld: [] });
  });
});

import { eligibilityOf, industriesAround, productProblems, regionsAround } from './eligibility-rules.js';
import type { CreateProductInput } from '../products/product.inputs.js';

const today = '2026-11-21';
const problemsOf = (input: Partial<CreateProductInput>): string[] =>
  productProblems({ name: '港湾信用贷', eligibility: {}, ...input }, today).map(({ field, rule }) => `${field} ${rule}`);

describe('the rules of a product', () => {
  it('accepts a product that asks nothing, and ranges of one value', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({
      eligibility: { amountMin: '500000', amountMax: '500000.00', termMonthsMin: 12, termMonthsMax: 12 }, annualRateMin: '3.45', annualRateMax: '3.45',
    })).toEqual([]);
  });

  it('names every impossible range at once', () => {
    expect(problemsOf({
      eligibility: { amountMin: '999999999999.99', amountMax: '999999999999.98', termMonthsMin: 13, termMonthsMax: 12 }, annualRateMin: '10.5', annualRateMax: '9.75',
    })).toEqual(['eligibility.amountMax range', 'eligibility.termMonthsMax range', 'annualRateMax range']);
    expect(problemsOf({ eligibility: { amountMax: '0.00' } })).toEqual(['eligibility.amountMax positive']);
  });

  it('names unknown and abolished regions and unknown industries by their place', () => {
    expect(problemsOf({ eligibility: { regionCodes: ['500101', '999999', '500105'] } }))
      .toEqual(['eligibility.regionCodes.1 region', 'eligibility.regionCodes.2 region']);
    expect(problemsOf({ eligibility: { industryCodes: ['C', 'C1310', '1310', 'A13', 'Z', '44444', '00'] } }))
      .toEqual([3, 4, 5, 6].map((place) => `eligibility.industryCodes.${place} industry`));
  });

  it('keeps industries as the standard writes them, each once', () => {
    expect(eligibilityOf({ industryCodes: ['1310', 'Ｃ１３１０', 'c'] }).industryCodes).toEqual(['C1310', 'C']);
    expect(eligibilityOf({})).toMatchObject({ regionCodes: null, amountMax: null });
  });

  it('knows what lies around a region and an industry', () => {
    expect(regionsAround('500101001', today)).toEqual(['500101001', '500101', '500000']);
    expect(regionsAround('500000', today)).toEqual(['500000']);
    expect(industriesAround('1310')).toEqual(['C', 'C13', 'C131', 'C1310']);
    expect(industriesAround('C')).toEqual(['C']);
    expect(() => regionsAround('500105', today)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    expect(() => industriesAround('C99')).toThrow(expect.objectContaining({ errors: [expect.objectContaining({ field: 'industryCode' })] }));
  });
});

import type { Condition } from '@finharbor/contracts/eligibility/condition';
import { documentOf } from '@finharbor/contracts/eligibility/simple';
import { GuaranteeType, SizeClass } from '@finharbor/contracts/vocabulary';
import {
  byVerdict, type Eligibility, type Fact, type Facts, FactSource, MatchOutcome, MatchRule, reasonsFor, type Result,
} from './matching.js';

const { PASS, FAIL, UNKNOWN } = MatchOutcome;
const { APPLICANT, ENTERPRISE_MASTER } = FactSource;
const today = '2026-11-22';
const told = (value: string, source = APPLICANT): Fact => ({ value, source });

const facts: Facts = {
  amount: '500000.00',
  termMonths: 12,
  guaranteeTypes: [GuaranteeType.CREDIT, GuaranteeType.MORTGAGE],
  regionCode: told('500101001'),
  industryCode: told('C1310'),
  sizeClass: { value: SizeClass.SMALL, source: APPLICANT },
  establishedOn: told('2024-11-22'),
  missingForSize: [],
};

const check = (eligibility: Eligibility, changed: Partial<Facts> = {}): Result[] =>
  reasonsFor({ ...facts, ...changed }, today)(documentOf(eligibility));
const outcomeOf = (eligibility: Eligibility, changed: Partial<Facts> = {}): MatchOutcome => {
  const [result, ...others] = check(eligibility, changed);
  expect(others).toEqual([]);
  return result.outcome;
};

describe('region', () => {
  it.each([
    ['a street in its district', '500101001', ['500101'], PASS],
    ['the same street', '500101001', ['500101001'], PASS],
    ['any of several', '500101001', ['500102', '500101'], PASS],
    ['a street in its municipality', '500101001', ['500000'], PASS],
    ['a district in its municipality', '500101', ['500000'], PASS],
    ['a zone in its district', '500101Z01', ['500101'], PASS],
    ['a street that no table knows, in its district', '500103001', ['500103'], PASS],
    ['another street', '500101002', ['500101001'], FAIL],
    ['another district', '500102', ['500101'], FAIL],
    ['another municipality', '110101', ['500000'], FAIL],
    ['another zone', '500101Z02', ['500101Z01'], FAIL],
    ['a street of another district and a zone', '500102001', ['500101Z01'], FAIL],
    ['a district too coarse for a street', '500101', ['500101001'], UNKNOWN],
    ['a municipality too coarse for a district', '500000', ['500101'], UNKNOWN],
    ['a street that a zone may overlap', '500101001', ['500101Z01'], UNKNOWN],
    ['a zone that may overlap a street', '500101Z01', ['500101001'], UNKNOWN],
  ])('%s', (_, code, regionCodes, outcome) => expect(outcomeOf({ regionCodes }, { regionCode: told(code) })).toBe(outcome));

  it('is open when nobody stated it, and says what is missing', () => {
    expect(check({ regionCodes: ['500101', '500102'] }, { regionCode: null })).toEqual([
      { rule: MatchRule.REGION, outcome: UNKNOWN, expected: '500101, 500102', actual: null, source: null, missing: ['regionCode'] },
    ]);
  });
});

describe('industry', () => {
  it.each([
    ['a class in its section', 'C1310', ['C'], PASS],
    ['a class in its division', 'C1310', ['C13'], PASS],
    ['a class in a bare division', 'C1310', ['13'], PASS],
    ['the same class', 'C1310', ['C1310'], PASS],
    ['any of several', 'C1310', ['A', 'C13'], PASS],
    ['another section', 'C1310', ['A', 'F'], FAIL],
    ['another division of the section', 'C1310', ['C14'], FAIL],
    ['a division too coarse for a class', 'C13', ['C1310'], UNKNOWN],
  ])('%s', (_, code, industryCodes, outcome) => expect(outcomeOf({ industryCodes }, { industryCode: told(code) })).toBe(outcome));

  it('is open when nobody stated it', () => {
    expect(check({ industryCodes: ['C'] }, { industryCode: null })[0]).toMatchObject({ outcome: UNKNOWN, actual: null, missing: ['industryCode'] });
  });
});

describe('size class', () => {
  const sizeClasses = [SizeClass.SMALL, SizeClass.MICRO];
  const sized = (value: SizeClass): Partial<Facts> => ({ sizeClass: { value, source: ENTERPRISE_MASTER }, missingForSize: ['employees'] });

  it.each([
    [SizeClass.SMALL, PASS], [SizeClass.MICRO, PASS], [SizeClass.MEDIUM, FAIL], [SizeClass.LARGE, FAIL],
    [SizeClass.NOT_APPLICABLE, FAIL], [SizeClass.UNKNOWN, UNKNOWN],
  ])('%s', (value, outcome) => expect(outcomeOf({ sizeClasses }, sized(value))).toBe(outcome));

  it('says which indicators are missing', () => {
    expect(check({ sizeClasses }, sized(SizeClass.UNKNOWN))).toEqual([
      { rule: MatchRule.SIZE_CLASS, outcome: UNKNOWN, expected: 'SMALL, MICRO', actual: 'UNKNOWN', source: null, missing: ['employees'] },
    ]);
    expect(check({ sizeClasses }, sized(SizeClass.LARGE))[0]).toMatchObject({ actual: 'LARGE', source: ENTERPRISE_MASTER, missing: [] });
  });
});

describe('amount', () => {
  it.each([
    ['above the least', { amountMin: '499999.99' }, PASS],
    ['exactly the least', { amountMin: '500000' }, PASS],
    ['a fen below the least', { amountMin: '500000.01' }, FAIL],
    ['below the most', { amountMax: '500000.01' }, PASS],
    ['exactly the most', { amountMax: '500000' }, PASS],
    ['a fen above the most', { amountMax: '499999.99' }, FAIL],
    ['a least that cannot be read', { amountMin: 'about 5' }, UNKNOWN],
    ['a most that cannot be read', { amountMax: '1e6' }, UNKNOWN],
  ])('%s', (_, eligibility, outcome) => expect(outcomeOf(eligibility)).toBe(outcome));

  it('compares exactly where doubles are equal, and by value where texts differ', () => {
    expect(outcomeOf({ amountMax: '9007199254740992' }, { amount: '9007199254740993.00' })).toBe(FAIL);
    expect(outcomeOf({ amountMin: '1000000' }, { amount: '999999.99' })).toBe(FAIL);
    expect(outcomeOf({ amountMax: '1000000' }, { amount: '999999.99' })).toBe(PASS);
  });

  it('judges each end by itself', () => {
    expect(check({ amountMin: '1', amountMax: '2' }).map(({ rule, outcome, expected, actual }) => [rule, outcome, expected, actual])).toEqual([
      [MatchRule.AMOUNT_MIN, PASS, '1', '500000.00'], [MatchRule.AMOUNT_MAX, FAIL, '2', '500000.00'],
    ]);
  });
});

describe('term', () => {
  it.each([
    [{ termMonthsMin: 11 }, PASS], [{ termMonthsMin: 12 }, PASS], [{ termMonthsMin: 13 }, FAIL],
    [{ termMonthsMax: 13 }, PASS], [{ termMonthsMax: 12 }, PASS], [{ termMonthsMax: 11 }, FAIL],
  ])('12 months and %j', (eligibility, outcome) => expect(outcomeOf(eligibility)).toBe(outcome));

  it('shows months', () => expect(check({ termMonthsMin: 6 })[0]).toMatchObject({ rule: MatchRule.TERM_MIN, expected: '6', actual: '12', source: APPLICANT }));
});

describe('years in business', () => {
  it.each([
    ['exactly two years', '2024-11-22', 2, PASS],
    ['a day short of two years', '2024-11-23', 2, FAIL],
    ['half a year', '2026-05-22', 0.5, PASS],
    ['a day short of half a year', '2026-05-23', 0.5, FAIL],
    ['no time asked', '2026-11-22', 0, PASS],
    ['a day that is not yet', '2026-11-23', 0, FAIL],
  ])('%s', (_, day, yearsInBusinessMin, outcome) => expect(outcomeOf({ yearsInBusinessMin }, { establishedOn: told(day) })).toBe(outcome));

  it('is open without a date', () => {
    expect(check({ yearsInBusinessMin: 1 }, { establishedOn: null })[0]).toMatchObject({ outcome: UNKNOWN, expected: '1', missing: ['establishedOn'] });
  });

  it('shows years', () => expect(check({ yearsInBusinessMin: 1.5 }, { establishedOn: told('2025-06-22') })[0]).toMatchObject({ expected: '1.5', actual: '1.41' }));
});

describe('guarantee types', () => {
  const guaranteeTypes = [GuaranteeType.MORTGAGE, GuaranteeType.PLEDGE];

  it.each([
    ['one of two offered is taken', [GuaranteeType.CREDIT, GuaranteeType.MORTGAGE], PASS],
    ['none offered is taken', [GuaranteeType.CREDIT, GuaranteeType.GUARANTEE], FAIL],
    ['nothing was said', [], UNKNOWN],
  ])('%s', (_, offered, outcome) => expect(outcomeOf({ guaranteeTypes }, { guaranteeTypes: offered })).toBe(outcome));
});

describe('a product', () => {
  it('that states nothing, or lists without entries, takes everybody', () => {
    expect(check({})).toEqual([]);
    expect(check({ regionCodes: [], industryCodes: [], sizeClasses: [], guaranteeTypes: [] })).toEqual([]);
  });

  it('gives a result for every rule that it states, in one order', () => {
    const all: Eligibility = {
      guaranteeTypes: [GuaranteeType.CREDIT], yearsInBusinessMin: 1, termMonthsMax: 24, termMonthsMin: 1, amountMax: '1000000', amountMin: '1',
      sizeClasses: [SizeClass.SMALL], industryCodes: ['C'], regionCodes: ['500101'],
    };
    expect(check(all).map(({ rule }) => rule)).toEqual(Object.values(MatchRule).slice(0, 9));
    expect(check(all).every(({ outcome }) => outcome === PASS)).toBe(true);
  });
});

it('matches of before rankings come by verdict, then name, then id', () => {
  const match = (verdict: MatchOutcome, name: string, productId: string): Parameters<typeof byVerdict>[0] => ({ verdict, name, productId });
  const sorted = [match(PASS, 'a', '1'), match(PASS, 'a', '3'), match(PASS, 'b', '0'), match(UNKNOWN, 'a', '2'), match(FAIL, '乙', '7'), match(FAIL, '甲', '6')];
  expect(sorted.toReversed().sort(byVerdict)).toEqual(sorted);
});

describe('a whole document', () => {
  const rulesOf = (...rules: Condition[]): Result[] =>
    reasonsFor({ ...facts, further: { revenue: '5000000', groups: ['VETERAN'], applicantAge: '43', tags: ['GREEN'] } }, today)({ v: 1, rules });

  it('is matched with a reason per rule, in the units of matching', () => {
    expect(rulesOf(
      { fact: 'revenue', min: '400', unit: 'TEN_THOUSAND_YUAN' }, { fact: 'ageOfBusiness', min: '30', unit: 'MONTH' }, { fact: 'term', min: '1', max: '3', unit: 'YEAR' },
      { fact: 'taxGrade', in: ['A', 'B'] }, { fact: 'purpose', in: ['GREEN'] },
    )).toEqual([
      { rule: MatchRule.REVENUE, outcome: PASS, expected: '4000000', actual: '5000000', source: APPLICANT, missing: [] },
      { rule: MatchRule.YEARS_IN_BUSINESS, outcome: FAIL, expected: '2.5', actual: '2', source: APPLICANT, missing: [] },
      { rule: MatchRule.TERM, outcome: PASS, expected: '12–36', actual: '12', source: APPLICANT, missing: [] },
      { rule: MatchRule.TAX_GRADE, outcome: UNKNOWN, expected: 'A, B', actual: null, source: null, missing: ['taxGrade'] },
      { rule: MatchRule.PURPOSE, outcome: UNKNOWN, expected: 'GREEN', actual: null, source: null, missing: ['purposeKind'] },
    ]);
  });

  it('says of joined rules what is left to hold, and of texts that only a person can tell', () => {
    const [joined, text] = rulesOf(
      { all: [{ fact: 'amount', max: '100', unit: 'TEN_THOUSAND_YUAN' }, { any: [{ fact: 'taxGrade', in: ['A'] }, { fact: 'guarantee', has: [GuaranteeType.PLEDGE] }] }] },
      { text: '有固定经营场所' },
    );
    expect(joined).toMatchObject({ rule: MatchRule.COMBINED, outcome: UNKNOWN, missing: ['taxGrade'], toPass: '(taxGrade: A) or (guarantee: PLEDGE)' });
    expect(text).toEqual({ rule: MatchRule.TEXT, outcome: UNKNOWN, expected: '有固定经营场所', actual: null, source: null, missing: [] });
  });

  it('keeps to itself which groups somebody belongs to, and how old', () => {
    expect(rulesOf({ fact: 'groups', has: ['VETERAN', 'DISABLED'] })[0]).toMatchObject({ rule: MatchRule.GROUPS, outcome: PASS, actual: null });
    expect(rulesOf({ fact: 'applicantAge', max: '45', unit: 'YEAR' })[0]).toMatchObject({ rule: MatchRule.APPLICANT_AGE, outcome: PASS, actual: null });
  });

  it('is told the tags of the master by the master', () => {
    expect(rulesOf({ fact: 'tags', has: ['GREEN'] })[0]).toMatchObject({ rule: MatchRule.TAGS, outcome: PASS, actual: 'GREEN', source: ENTERPRISE_MASTER });
  });
});

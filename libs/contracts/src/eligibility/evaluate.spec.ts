import type { Condition } from './condition.js';
import { evaluate, evaluateAll } from './evaluate.js';
import type { KnownFacts } from './facts.js';

const known: KnownFacts = {
  region: '500101001', industry: 'C1310', sizeClass: 'SMALL', ageOfBusiness: '24', revenue: '5000000', employees: '12', taxGrade: 'B',
  tags: ['专精特新'], groups: ['VETERAN'], guarantee: ['CREDIT'], amount: '500000.00', term: '12', purpose: 'EQUIPMENT',
};
const outcomeOf = (condition: Condition, facts: KnownFacts = known): string => evaluate(condition, facts).outcome;

describe('predicates', () => {
  it.each<[Condition, string]>([
    [{ fact: 'region', in: ['500101'] }, 'PASS'],
    [{ fact: 'region', in: ['500102'] }, 'FAIL'],
    [{ fact: 'region', in: ['500101Z01'] }, 'UNKNOWN'],
    [{ fact: 'industry', in: ['C', 'F'] }, 'PASS'],
    [{ fact: 'industry', in: ['C14'] }, 'FAIL'],
    [{ fact: 'sizeClass', in: ['SMALL', 'MICRO'] }, 'PASS'],
    [{ fact: 'taxGrade', in: ['A'] }, 'FAIL'],
    [{ fact: 'tags', has: ['专精特新', '高新技术企业'] }, 'PASS'],
    [{ fact: 'tags', hasAll: ['专精特新', '高新技术企业'] }, 'FAIL'],
    [{ fact: 'groups', has: ['DISABLED'] }, 'FAIL'],
    [{ fact: 'guarantee', has: ['CREDIT', 'PLEDGE'] }, 'PASS'],
    [{ fact: 'ageOfBusiness', min: '2', unit: 'YEAR' }, 'PASS'],
    [{ fact: 'ageOfBusiness', min: '25', unit: 'MONTH' }, 'FAIL'],
    [{ fact: 'revenue', min: '500', max: '500', unit: 'TEN_THOUSAND_YUAN' }, 'PASS'],
    [{ fact: 'amount', max: '499999.99', unit: 'YUAN' }, 'FAIL'],
    [{ fact: 'employees', max: '12', unit: 'PERSON' }, 'PASS'],
    [{ text: '信用良好' }, 'UNKNOWN'],
    [{ fact: 'temper', in: ['GOOD'] } as never, 'UNKNOWN'],
    [{ moon: 'full' } as never, 'UNKNOWN'],
    [{ fact: 'term', max: '1', unit: 'FORTNIGHT' } as never, 'UNKNOWN'],
  ])('%j is %s', (condition, outcome) => expect(outcomeOf(condition)).toBe(outcome));

  it('compare exactly where doubles are equal', () => {
    expect(outcomeOf({ fact: 'amount', max: '9007199254740992', unit: 'YUAN' }, { amount: '9007199254740993' })).toBe('FAIL');
    expect(outcomeOf({ fact: 'ageOfBusiness', min: '0.1', unit: 'YEAR' }, { ageOfBusiness: '1.2' })).toBe('PASS');
  });

  it('are open without their fact, and name it', () => {
    expect(evaluate({ fact: 'taxGrade', in: ['A'] }, {})).toEqual({ outcome: 'UNKNOWN', missing: ['taxGrade'], toPass: { fact: 'taxGrade', in: ['A'] } });
    expect(evaluate({ fact: 'region', in: ['500101001'] }, { region: '500101' })).toMatchObject({ outcome: 'UNKNOWN', missing: ['region'] });
  });
});

describe('all, any and not', () => {
  const [yes, no, open, other]: Condition[] = [
    { fact: 'taxGrade', in: ['B'] }, { fact: 'taxGrade', in: ['A'] }, { fact: 'assets', min: '1', unit: 'YUAN' }, { fact: 'applicantAge', max: '55', unit: 'YEAR' },
  ];

  it.each<[Condition, string]>([
    [{ all: [yes, open] }, 'UNKNOWN'], [{ all: [no, open] }, 'FAIL'], [{ any: [yes, open] }, 'PASS'], [{ any: [no, open] }, 'UNKNOWN'],
    [{ any: [no, no] }, 'FAIL'], [{ not: open }, 'UNKNOWN'], [{ not: no }, 'PASS'], [{ not: yes }, 'FAIL'],
  ])('%j is %s', (condition, outcome) => expect(outcomeOf(condition)).toBe(outcome));

  it('say what is missing and what is left to hold', () => {
    expect(evaluate({ all: [yes, { any: [no, open, other] }] }, known)).toEqual({
      outcome: 'UNKNOWN', missing: ['assets', 'applicantAge'], toPass: { any: [no, open, other] },
    });
    expect(evaluate({ all: [yes, no, open] }, known)).toEqual({ outcome: 'FAIL', missing: [], toPass: { all: [no, open] } });
    expect(evaluate({ not: yes }, known).toPass).toEqual({ not: yes });
    expect(evaluate(yes, known).toPass).toBeNull();
  });
});

describe('a document', () => {
  it('comes to FAIL by one rule, else to UNKNOWN by one, else to PASS', () => {
    const rules: Condition[] = [{ fact: 'term', min: '1', unit: 'YEAR' }, { text: '信用良好' }, { fact: 'term', max: '6', unit: 'MONTH' }];
    expect(evaluateAll({ v: 1, rules }, known)).toMatchObject({ verdict: 'FAIL', rules: [{ rule: rules[0], outcome: 'PASS' }, { outcome: 'UNKNOWN' }, { outcome: 'FAIL' }] });
    expect(evaluateAll({ v: 1, rules: rules.slice(0, 2) }, known).verdict).toBe('UNKNOWN');
    expect(evaluateAll({ v: 1, rules: [] }, {}).verdict).toBe('PASS');
  });
});

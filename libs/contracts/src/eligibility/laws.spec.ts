import fc from 'fast-check';
import { type Condition, everyCondition } from './condition.js';
import { contradictions } from './contradictions.js';
import { evaluate, evaluateAll } from './evaluate.js';
import type { FactName, KnownFacts, Unit } from './facts.js';
import { canonicalText, normalise } from './normalise.js';
import { eligibilityProblems } from './validate.js';

const subset = <T>(values: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...values], { minLength: 1 });
const regions = ['500000', '500101', '500101001', '500101Z01', '500102'];
const industries = ['C', 'C13', 'C1310', 'A', 'F52'];
const quantity = (fact: FactName, units: Unit[], most: number): fc.Arbitrary<Condition> =>
  fc.tuple(fc.nat(most), fc.nat(most), fc.constantFrom(...units), fc.constantFrom('min', 'max', 'both')).map(([a, b, unit, ends]) => ({
    fact, unit, ...(ends !== 'max' && { min: String(Math.min(a, b)) }), ...(ends !== 'min' && { max: String(Math.max(a, b)) }),
  } as Condition));

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  subset(regions).map((codes): Condition => ({ fact: 'region', in: codes })),
  subset(industries).map((codes): Condition => ({ fact: 'industry', in: codes })),
  subset(['A', 'B', 'M']).map((grades): Condition => ({ fact: 'taxGrade', in: grades })),
  subset(['甲', '乙', '丙']).map((tags): Condition => ({ fact: 'tags', has: tags })),
  subset(['甲', '乙', '丙']).map((tags): Condition => ({ fact: 'tags', hasAll: tags })),
  quantity('term', ['MONTH', 'YEAR'], 4),
  quantity('revenue', ['YUAN', 'TEN_THOUSAND_YUAN'], 3),
  fc.constantFrom('信用良好', '经营正常').map((text): Condition => ({ text })),
);
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf,
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((all): Condition => ({ all })),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((any): Condition => ({ any })),
    tie('condition').map((not): Condition => ({ not }))),
}));

/** Everything known, and which of it nobody stated. */
const full: fc.Arbitrary<Required<Pick<KnownFacts, 'region' | 'industry' | 'taxGrade' | 'tags' | 'term' | 'revenue'>>> = fc.record({
  region: fc.constantFrom('500101001', '500102001', '110101'), industry: fc.constantFrom('C1310', 'A0111', 'F5210'), taxGrade: fc.constantFrom('A', 'B', 'D'),
  tags: fc.subarray(['甲', '乙', '丙']), term: fc.nat(48).map(String), revenue: fc.constantFrom('0', '1', '2.5', '10000', '20000.01', '30000'),
});
const some: fc.Arbitrary<KnownFacts> = fc.tuple(full, fc.subarray(['region', 'industry', 'taxGrade', 'tags', 'term', 'revenue'] as const))
  .map(([facts, stated]) => Object.fromEntries(stated.map((name) => [name, facts[name]])));

const outcomeOf = (one: Condition, facts: KnownFacts): string => evaluate(one, facts).outcome;
const holds = (property: (a: Condition, b: Condition, facts: KnownFacts) => void): void =>
  fc.assert(fc.property(condition, condition, some, property), { numRuns: 500 });

describe('three values', () => {
  it('keep the laws of Kleene: De Morgan, double negation, order, absorption', () => holds((a, b, facts) => {
    expect(outcomeOf({ not: { all: [a, b] } }, facts)).toBe(outcomeOf({ any: [{ not: a }, { not: b }] }, facts));
    expect(outcomeOf({ not: { any: [a, b] } }, facts)).toBe(outcomeOf({ all: [{ not: a }, { not: b }] }, facts));
    expect(outcomeOf({ not: { not: a } }, facts)).toBe(outcomeOf(a, facts));
    expect(outcomeOf({ all: [a, b] }, facts)).toBe(outcomeOf({ all: [b, a] }, facts));
    expect(outcomeOf({ any: [a, { all: [a, b] }] }, facts)).toBe(outcomeOf(a, facts));
  }));

  it('never change a yes or a no when more becomes known', () => {
    fc.assert(fc.property(condition, full, some, (one, all, part) => {
      const before = outcomeOf(one, Object.fromEntries(Object.keys(part).map((name) => [name, all[name as keyof typeof all]])));
      if (before !== 'UNKNOWN') expect(outcomeOf(one, all)).toBe(before);
    }), { numRuns: 500 });
  });

  it('name a missing fact for what is open, unless a person must tell or a code is too coarse', () => holds((a, _b, facts) => {
    const { outcome, missing } = evaluate(a, facts);
    if (outcome !== 'UNKNOWN') expect(missing).toEqual([]);
    else if (!everyCondition(a).some((one) => 'text' in one)) expect(missing).not.toEqual([]);
  }));

  it('leave for what does not pass a condition of the same outcome, and nothing for what passes', () => holds((a, _b, facts) => {
    const { outcome, toPass } = evaluate(a, facts);
    expect(toPass === null).toBe(outcome === 'PASS');
    if (toPass) expect(outcomeOf(toPass, facts)).toBe(outcome);
  }));
});

describe('the normal form', () => {
  it('means the same, and is its own normal form', () => holds((a, b, facts) => {
    const document = { v: 1 as const, rules: [a, b] };
    const normal = normalise(document);
    expect(evaluateAll(normal, facts).verdict).toBe(evaluateAll(document, facts).verdict);
    expect(normalise(normal)).toEqual(normal);
    for (const one of normal.rules.flatMap(everyCondition)) if ('not' in one) expect(everyCondition(one.not)).toHaveLength(1);
  }));

  it('is one for what differs in writing only', () => {
    expect(canonicalText({ v: 1, rules: [{ not: { any: [{ fact: 'term', min: '1.0', unit: 'YEAR' }, { fact: 'industry', in: ['1310', 'c'] }] } }] }))
      .toBe(canonicalText({ v: 1, rules: [{ not: { fact: 'industry', in: ['C', 'C1310'] } }, { not: { fact: 'term', min: '12', unit: 'MONTH' } }] }));
    expect(canonicalText({ v: 1, rules: [{ fact: 'term', min: '1', unit: 'YEAR' }] }))
      .not.toBe(canonicalText({ v: 1, rules: [{ fact: 'term', min: '1', unit: 'MONTH' }] }));
  });
});

describe('contradictions', () => {
  it('are told only of what nobody passes', () => {
    fc.assert(fc.property(fc.array(condition, { minLength: 1, maxLength: 4 }), full, (rules, facts) => {
      if (contradictions(rules, 'rules').length > 0) expect(evaluateAll({ v: 1, rules }, facts).verdict).not.toBe('PASS');
    }), { numRuns: 1_000 });
  });
});

describe('validation', () => {
  it('answers whatever it is given, within its limit', () => {
    fc.assert(fc.property(fc.anything({ maxDepth: 5 }), (value) => {
      expect(eligibilityProblems(value, { today: '2026-11-22' }).length).toBeLessThanOrEqual(50);
      expect(eligibilityProblems({ v: 1, rules: [value] }, { today: '2026-11-22' }).length).toBeLessThanOrEqual(50);
    }), { numRuns: 300 });
  });
});

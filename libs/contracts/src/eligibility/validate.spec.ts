import type { Condition } from './condition.js';
import { qualityOf } from './quality.js';
import { documentOf } from './simple.js';
import { eligibilityProblems } from './validate.js';

const context = { today: '2026-11-22' };
const problems = (value: unknown): string[] => eligibilityProblems(value, context).map(({ field, rule }) => `${field} ${rule}`);
const rules = (...list: unknown[]): string[] => problems({ v: 1, rules: list });
const good: Condition[] = [
  { fact: 'region', in: ['500101'] }, { fact: 'industry', in: ['C', 'A0151'] }, { fact: 'revenue', min: '100', max: '20000', unit: 'TEN_THOUSAND_YUAN' },
  { any: [{ fact: 'guarantee', has: ['MORTGAGE'] }, { all: [{ fact: 'taxGrade', in: ['A', 'B'] }, { not: { fact: 'tags', hasAll: ['失信'] } }] }] },
  { text: '有固定经营场所' },
];

describe('a document is refused by path and rule', () => {
  it('unless it is right', () => {
    expect(rules(...good)).toEqual([]);
    expect(rules()).toEqual([]);
  });

  it.each<[unknown, string[]]>([
    [null, [' document']],
    [[], [' document']],
    [{ v: 2, rules: [] }, ['v version']],
    [{ v: 1, rules: {} }, ['rules list']],
    [{ v: 1, rules: [], note: 1 }, ['note unknown']],
  ])('its frame: %j', (value, expected) => expect(problems(value)).toEqual(expected));

  it.each<[unknown, string[]]>([
    ['x', ['rules.0 condition']],
    [{}, ['rules.0 condition']],
    [{ fact: 'term', any: [] }, ['rules.0 condition']],
    [{ all: [] }, ['rules.0.all list']],
    [{ any: [{ all: [{ not: { fact: 'luck', in: ['x'] } }] }] }, ['rules.0.any.0.all.0.not.fact fact']],
    [{ text: ' ' }, ['rules.0.text text']],
    [{ text: '见<b>公告</b>' }, ['rules.0.text markup']],
    [{ text: '好', by: 'x' }, ['rules.0.by unknown']],
    [{ fact: 'constructor', in: ['x'] }, ['rules.0.fact fact']],
    [{ fact: 'region', has: ['500101'] }, ['rules.0.has predicate', 'rules.0 predicate']],
    [{ fact: 'region', in: ['999999', '500105'] }, ['rules.0.in.0 region', 'rules.0.in.1 region']],
    [{ fact: 'industry', in: ['C99'] }, ['rules.0.in.0 industry']],
    [{ fact: 'sizeClass', in: ['UNKNOWN'] }, ['rules.0.in.0 choice']],
    [{ fact: 'groups', has: ['VETERAN', 'VETERAN'] }, ['rules.0.has twice']],
    [{ fact: 'groups', has: [] }, ['rules.0.has list']],
    [{ fact: 'tags', has: ['<i>'] }, ['rules.0.has.0 value']],
    [{ fact: 'tags', has: ['a'], hasAll: ['b'] }, ['rules.0 predicate']],
    [{ fact: 'amount', unit: 'YUAN' }, ['rules.0 range']],
    [{ fact: 'amount', min: '1', unit: 'MONTH' }, ['rules.0.unit unit']],
    [{ fact: 'amount', min: '1' }, ['rules.0.unit unit']],
    [{ fact: 'amount', min: 1, unit: 'YUAN' }, ['rules.0.min decimal']],
    [{ fact: 'amount', min: '1e6', unit: 'YUAN' }, ['rules.0.min decimal']],
    [{ fact: 'amount', min: '2', max: '1', unit: 'YUAN' }, ['rules.0.max range']],
    [{ fact: 'term', min: '51', unit: 'YEAR' }, ['rules.0.min impossible']],
    [{ fact: 'term', max: '0', unit: 'MONTH' }, ['rules.0.max impossible']],
    [{ fact: 'amount', in: ['1'], unit: 'YUAN' }, ['rules.0.in predicate', 'rules.0 range']],
  ])('%j', (rule, expected) => expect(rules(rule)).toEqual(expected));

  it('when it is too large, with one problem and not ten thousand', () => {
    expect(rules(...Array.from({ length: 10_000 }, () => ({ nonsense: 1 })))).toEqual(['rules limit']);
    expect(rules({ all: Array.from({ length: 200 }, () => ({ fact: 'tags', has: ['a'] })) })).toEqual(['rules limit']);
    let deep: unknown = { text: 'x' };
    for (let level = 0; level < 8; level++) deep = { not: deep };
    expect(rules(deep)[0]).toMatch(/depth$/);
  });
});

describe('contradictions', () => {
  it.each<[string, Condition[], string[]]>([
    ['ranges that do not meet', [{ fact: 'term', min: '2', unit: 'YEAR' }, { fact: 'term', max: '12', unit: 'MONTH' }], ['rules.1 contradiction']],
    ['lists without a common value', [{ fact: 'taxGrade', in: ['A'] }, { fact: 'taxGrade', in: ['B', 'M'] }], ['rules.1 contradiction']],
    ['regions apart', [{ fact: 'region', in: ['500101'] }, { all: [{ fact: 'region', in: ['500102'] }] }], ['rules.1.all.0 contradiction']],
    ['a condition and its opposite', [{ fact: 'region', in: ['500101001'] }, { not: { fact: 'region', in: ['500101'] } }], ['rules.1.not contradiction']],
    ['an any none of whose ways is left', [{ fact: 'term', max: '12', unit: 'MONTH' }, { any: [{ fact: 'term', min: '24', unit: 'MONTH' }, { fact: 'term', min: '3', unit: 'YEAR' }] }], ['rules.1.any contradiction']],
    ['not any', [{ fact: 'taxGrade', in: ['A'] }, { not: { any: [{ fact: 'taxGrade', in: ['A', 'B'] }, { text: 'x' }] } }], ['rules.1.not.any.0 contradiction']],
    ['several any without a combination', [
      { any: [{ fact: 'taxGrade', in: ['A'] }, { fact: 'term', max: '12', unit: 'MONTH' }] },
      { any: [{ fact: 'taxGrade', in: ['B'] }, { fact: 'taxGrade', in: ['M'] }] }, { fact: 'tags', has: ['甲'] },
      { any: [{ fact: 'term', min: '2', unit: 'YEAR' }, { not: { fact: 'tags', has: ['甲', '乙'] } }] },
    ], ['rules.3.any contradiction']],
    ['several any, one within another', [
      { any: [{ all: [{ fact: 'taxGrade', in: ['A'] }, { any: [{ fact: 'purpose', in: ['HOME'] }, { fact: 'purpose', in: ['TRADE'] }] }] }, { fact: 'purpose', in: ['GREEN'] }] },
      { any: [{ fact: 'purpose', in: ['VEHICLE'] }, { fact: 'taxGrade', in: ['B'] }] }, { not: { fact: 'purpose', in: ['GREEN'] } },
    ], ['rules.1.any contradiction']],
    ['three lists of which any two meet', [{ fact: 'taxGrade', in: ['A', 'B'] }, { fact: 'taxGrade', in: ['B', 'M'] }, { fact: 'taxGrade', in: ['A', 'M'] }], ['rules.2 contradiction']],
    ['every word excluded', [{ not: { fact: 'demandKind', in: ['FIRST_LOAN'] } }, { not: { fact: 'demandKind', in: ['RENEWAL', 'OTHER'] } }], ['rules.1.not contradiction']],
  ])('are told: %s', (_, list, expected) => expect(rules(...list)).toEqual(expected));

  it.each<[string, Condition[]]>([
    ['ranges that touch', [{ fact: 'term', min: '1', unit: 'YEAR' }, { fact: 'term', max: '12', unit: 'MONTH' }]],
    ['a region within another', [{ fact: 'region', in: ['500101'] }, { fact: 'region', in: ['500101001'] }]],
    ['sets of which one may have both', [{ fact: 'tags', has: ['甲'] }, { fact: 'tags', has: ['乙'] }]],
    ['an exception', [{ fact: 'region', in: ['500101'] }, { not: { fact: 'region', in: ['500101001'] } }]],
    ['several any with one combination', [
      { any: [{ fact: 'taxGrade', in: ['A'] }, { fact: 'term', max: '12', unit: 'MONTH' }] }, { any: [{ fact: 'taxGrade', in: ['B'] }, { fact: 'term', min: '13', unit: 'MONTH' }] },
    ]],
    ['one way left', [{ fact: 'term', max: '12', unit: 'MONTH' }, { any: [{ fact: 'term', min: '24', unit: 'MONTH' }, { text: 'x' }] }]],
  ])('are not told of: %s', (_, list) => expect(rules(...list)).toEqual([]));

  const tag = (index: number): Condition => ({ fact: 'tags', has: [`t${index}`] });
  const grades: Condition[] = [['A', 'B'], ['M', 'C']].map((pair) => ({ any: pair.map((grade) => ({ fact: 'taxGrade' as const, in: [grade] })) }));

  it('are found among many others that ask for something else', () => {
    const others = Array.from({ length: 25 }, (_, index): Condition => ({ any: [tag(index), { not: tag(index) }] }));
    expect(rules(...others, ...grades)).toEqual(['rules.26.any contradiction']);
  });

  it('are looked for no longer than is fit: a riddle that takes more is let pass', () => {
    // Four pigeons in three holes.
    const sits = (pigeon: number, hole: number): Condition => tag(pigeon * 10 + hole);
    const each = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
    const somewhere = each(4).map((pigeon): Condition => ({ any: each(3).map((hole) => sits(pigeon, hole)) }));
    const apart = (hole: number, one: number, other: number): Condition =>
      ({ any: [{ not: sits(one, hole) }, { not: sits(other, hole) }] });
    const alone = each(3).flatMap((hole) => each(4).flatMap((one) => each(one).map((other) => apart(hole, one, other))));
    const started = performance.now();
    expect(rules(...alone, ...somewhere)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('are found between fields and rules', () => {
    expect(problems(documentOf({ amountMax: '100' }, [{ fact: 'amount', min: '1', unit: 'TEN_THOUSAND_YUAN' }]))).toEqual(['rules.1 contradiction']);
  });
});

describe('quality', () => {
  it('counts what executes, wherever it stands', () => {
    expect(qualityOf({ v: 1, rules: good })).toEqual({
      rules: 7, executable: 6, executablePercent: 85, texts: ['有固定经营场所'],
      facts: ['region', 'industry', 'revenue', 'guarantee', 'taxGrade', 'tags'],
    });
    expect(qualityOf({ v: 1, rules: [] }).executablePercent).toBe(100);
  });
});

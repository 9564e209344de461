import fc from 'fast-check';
import { EnterpriseTag, GreenEdition } from '../statement-vocabulary.js';
import { type Contradiction, type Facts, mergedFields, mergeStatements, type Precedence, type Statement } from './merge-statements.js';

const nothing = Object.fromEntries(Object.values(mergedFields).flat().map((name) => [name, null])) as unknown as Facts;
let serial = 0;
const says = (source: string, at: number, facts: Partial<Statement>): Statement =>
  ({ ...nothing, statedTags: null, tagsUntil: null, greenCategory: null, greenEdition: null, entryId: `entry ${serial += 1}`, source, at, ...facts });
const newest: Precedence = { rank: () => 0, chosen: () => undefined };

it('takes of each field the newest word, and forgets nothing that a newer one leaves out', () => {
  const { facts, origins, contradictions } = mergeStatements([says('a', 1, { employees: 5, name: '甲' }), says('a', 3, { name: '乙' }), says('b', 2, { revenue: '7' })], newest);
  expect(facts).toEqual({ ...nothing, employees: 5, name: '乙', revenue: '7' });
  expect([origins.employees?.at, origins.name?.at, origins.revenue?.source, contradictions]).toEqual([1, 3, 'b', []]);
});

it('keeps capital and currency together', () => {
  const { facts } = mergeStatements([says('a', 1, { registeredCapital: '5', capitalCurrency: 'USD' }), says('b', 2, { registeredCapital: '6', capitalCurrency: 'CNY' })], newest);
  expect(facts).toMatchObject({ registeredCapital: '6', capitalCurrency: 'CNY' });
});

it('believes the higher rank, and then finds no contradiction with the lower', () => {
  const statements = [says('a', 1, { employees: 5, name: '甲' }), says('b', 2, { employees: 6, name: '乙' })];
  const { facts, contradictions } = mergeStatements(statements, { ...newest, rank: (source, field) => (source === 'a' && field === 'employees' ? 1 : 0) });
  expect([facts.employees, facts.name, contradictions.map(({ field }) => field)]).toEqual([5, '乙', ['name']]);
});

it('finds what sources of one rank state differently, of each its newest word, and believes the one that was chosen', () => {
  const statements = [says('b', 1, { district: '江津', regionCode: '500116' }), says('a', 2, { district: '涪陵' }), says('a', 3, { district: '万州', province: '重庆', regionCode: '500101' }), says('c', 4, { province: '四川' })];
  const { facts, contradictions } = mergeStatements(statements, newest);
  expect(contradictions).toMatchObject([{ field: 'district', stated: [{ source: 'a', value: '万州' }, { source: 'b', value: '江津' }] }]);
  expect(facts).toMatchObject({ district: '万州', regionCode: '500101', province: '四川' });
  expect(mergeStatements(statements, { ...newest, chosen: ({ stated }: Contradiction) => stated[1].source }).facts).toMatchObject({ district: '江津', regionCode: '500116' });
});

it.each([['重庆（万州）公司', '重庆(万州)公司'], ['万州 公司', '万州公司']])('%s and %s are one name', (one, other) =>
  expect(mergeStatements([says('a', 1, { name: one }), says('b', 2, { name: other })], newest).contradictions).toEqual([]));

it('adds up tags over sources; a source takes back what its newer list leaves out', () => {
  const { LITTLE_GIANT, HIGH_TECH, GREEN_DIGITAL } = EnterpriseTag;
  const statements = [
    says('a', 1, { statedTags: [HIGH_TECH], tagsUntil: '2026-01-01' }), says('a', 2, { statedTags: [LITTLE_GIANT], tagsUntil: '2027-01-01' }),
    says('b', 1, { statedTags: [GREEN_DIGITAL, LITTLE_GIANT], tagsUntil: '2028-01-01', greenCategory: '甲', greenEdition: GreenEdition.EDITION_2021 }),
    says('c', 3, { greenCategory: '乙', greenEdition: GreenEdition.EDITION_2025 }), says('c', 2, { greenCategory: '丙', greenEdition: GreenEdition.EDITION_2021 }),
  ];
  expect(mergeStatements(statements, newest)).toMatchObject({
    statedTags: [GREEN_DIGITAL, LITTLE_GIANT], tagsUntil: { LITTLE_GIANT: '2028-01-01' }, greenCategories: { EDITION_2021: '丙', EDITION_2025: '乙' },
  });
});

it('says the same in whatever order the statements are given', () => {
  const statement = fc.record({ source: fc.constantFrom('a', 'b', 'c'), at: fc.nat(3), entryId: fc.uuid(), employees: fc.option(fc.nat(3)), name: fc.option(fc.constantFrom('甲', '乙')) });
  const stories = fc.uniqueArray(statement, { selector: ({ entryId }) => entryId, maxLength: 6 });
  fc.assert(fc.property(stories, fc.infiniteStream(fc.nat()), (given, random) => {
    const statements = given.map(({ source, at, ...facts }) => says(source, at, facts));
    const other = statements.map((one) => ({ one, by: random.next().value })).sort((a, b) => a.by - b.by).map(({ one }) => one);
    const rank: Precedence['rank'] = (source) => (source === 'c' ? 1 : 0);
    expect(mergeStatements(other, { ...newest, rank })).toEqual(mergeStatements(statements, { ...newest, rank }));
  }));
});

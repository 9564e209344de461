import { type Condition, isAll, isAny, isHas, isHasAll, isIn, isNot, isText, type RangePredicate } from '@finharbor/contracts/eligibility/condition';
import { facts as definitions, type FactName, type KnownFacts } from '@finharbor/contracts/eligibility/facts';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { randomOf, someDocument, someFacts, someRate } from '@finharbor/testing/random-eligibility';
import { Catalogue } from '../src/matching/catalogue.js';
import { District, newId } from './district.js';

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const list = (values: readonly string[]): string => `array[${values.map(text).join(', ')}]::text[]`;

/** A code within a scope: true or false, and null for a code that is too coarse to tell. */
function within(fact: 'region' | 'industry', scope: string): string {
  if (fact === 'industry') return `case when f.industry like ${text(`${scope}%`)} then true when ${text(scope)} like f.industry || '%' then null else f.industry is null and null end`;
  const stem = scope.endsWith('0000') ? scope.slice(0, 2) : scope;
  return `case when f.region like ${text(`${stem}%`)} then true
    when ${text(scope)} like (case when f.region like '%0000' then left(f.region, 2) else f.region end) || '%' then null
    when left(f.region, 6) = ${text(scope.slice(0, 6))} and (substr(f.region, 7, 1) = 'Z') <> (${text(scope.slice(6, 7))} = 'Z') then null
    else f.region is null and null end`;
}

function range({ fact, min, max, unit }: RangePredicate): string {
  const definition = definitions[fact];
  const factor = definition.kind === 'QUANTITY' ? (definition.units as Record<string, number>)[unit] : 0;
  return [[min, '>='], [max, '<=']].flatMap(([limit, sign]) => (limit === undefined ? [] : `f."${fact}" ${sign} ${limit}::numeric * ${factor}`)).join(' and ');
}

/** The rule in the words of SQL, whose `and`, `or` and `not` know three values too. */
function sql(rule: Condition): string {
  if (isAll(rule)) return `(${['true', ...rule.all.map(sql)].join(' and ')})`;
  if (isAny(rule)) return `(${['false', ...rule.any.map(sql)].join(' or ')})`;
  if (isNot(rule)) return `(not ${sql(rule.not)})`;
  if (isText(rule)) return 'null::boolean';
  if (isHas(rule)) return `(f."${rule.fact}" && ${list(rule.has)})`;
  if (isHasAll(rule)) return `(f."${rule.fact}" @> ${list(rule.hasAll)})`;
  if (!isIn(rule)) return `(${range(rule)})`;
  if (rule.fact !== 'region' && rule.fact !== 'industry') return `(f."${rule.fact}" = any (${list(rule.in)}))`;
  return `(${rule.in.map((scope) => within(rule.fact as 'region', scope)).join(' or ')})`;
}

const columnOf = (name: string): string => `"${name}" ${{ SET: 'text[]', QUANTITY: 'numeric', CHOICE: 'text', SCOPE: 'text' }[definitions[name as FactName].kind]}`;

describe('PostgreSQL, asked the same in its own words,', () => {
  let district: District;
  beforeAll(async () => {
    district = await District.open();
  });
  afterAll(() => district.app.close());

  it('says of every product and applicant what the index says', async () => {
    const random = randomOf(2026);
    const products = Array.from({ length: 90 }, () => ({ id: newId(), document: someDocument(random), rate: someRate(random) }));
    for (const { id, document, rate } of products) {
      await district.app.deliver('product.published', {
        productId: id, bankId: district.bankA.organisationId!, name: id, eligibility: {}, annualRateMin: rate,
        expression: document as unknown as { v: number; rules: Record<string, unknown>[] },
      });
    }
    const applicants = Array.from({ length: 150 }, () => someFacts(random));
    const rows = await district.app.database.query<{ verdicts: (boolean | null)[] }>(
      `select array[${products.map(({ document }) => sql({ all: document.rules })).join(',\n')}] as verdicts
       from jsonb_to_recordset($1) as f (n int, ${Object.keys(definitions).map(columnOf).join(', ')}) order by n`,
      [JSON.stringify(applicants.map((facts, n) => ({ n, ...facts })))],
    );
    const { ranked } = await district.app.app.get(Tenancy).worker((tx) => district.app.app.get(Catalogue).now(tx));
    const told = (facts: KnownFacts): Map<string, string> =>
      new Map(ranked.page(facts, { limit: 1_000 }).items.map(({ product, verdict }) => [product.productId, verdict]));
    const counts = { PASS: 0, UNKNOWN: 0, FAIL: 0 };
    const differing = applicants.flatMap((facts, n) => {
      const verdicts = told(facts);
      return products.flatMap(({ id, document }, at) => {
        const expected = { true: 'PASS', false: 'FAIL', null: 'UNKNOWN' }[String(rows[n].verdicts[at])] as keyof typeof counts;
        counts[expected] += 1;
        return verdicts.get(id) === expected ? [] : [{ facts, document, expected, told: verdicts.get(id) }];
      });
    });
    expect(differing.slice(0, 3)).toEqual([]);
    // It was asked about all three.
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(500);
  });
});

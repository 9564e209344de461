import type { EligibilityDocument } from '@finharbor/contracts/eligibility/condition';
import { evaluateAll } from '@finharbor/contracts/eligibility/evaluate';
import type { KnownFacts } from '@finharbor/contracts/eligibility/facts';
import { type Random, randomOf, someDocument, someFacts, someRate } from '@finharbor/testing/random-eligibility';
import { compile } from './compiled.js';
import { MatchOutcome } from './matching.js';
import { currentRanking, type OfferedProduct, RankedCatalogue, rankings } from './ranking.js';

const { PASS, UNKNOWN, FAIL } = MatchOutcome;
const offered = (productId: string, rules: unknown[], more: Partial<OfferedProduct> = {}): OfferedProduct => {
  const document = { v: 1, rules } as EligibilityDocument;
  return { productId, bankId: 'bank', name: `贷${productId}`, document, annualRateMin: null, compiled: compile(document), ...more };
};
const someDistrict = (seed: number, size: number): { products: OfferedProduct[]; random: Random } => {
  const random = randomOf(seed);
  const one = (at: number): OfferedProduct => offered(String(at), someDocument(random).rules, { annualRateMin: someRate(random) });
  return { random, products: Array.from({ length: size }, (_, at) => one(at)) };
};
const all = { limit: 10_000 };
const places = (products: OfferedProduct[], facts: KnownFacts = {}, ranking = currentRanking): string[] =>
  new RankedCatalogue(products, ranking).page(facts, all).items.map(({ product, verdict }) => `${product.productId} ${verdict}`);

describe('the index', () => {
  it('says of every product what the language says, whatever is asked and known', () => {
    for (const [seed, size] of [[1, 400], [2, 300], [3, 33], [4, 1], [5, 0]]) {
      const { products, random } = someDistrict(seed, size);
      const catalogue = new RankedCatalogue(products);
      for (let applicant = 0; applicant < 25; applicant++) {
        const facts = someFacts(random);
        const expected = new Map(products.map(({ productId, document }) => [productId, evaluateAll(document, facts)]));
        const { items, passed, open, failed } = catalogue.page(facts, all);
        expect(new Map(items.map(({ product, verdict }) => [product.productId, verdict])))
          .toEqual(new Map([...expected].map(([id, { verdict }]) => [id, verdict])));
        expect(passed + open + failed).toBe(products.length);
        expect(items.map(({ position }) => position)).toEqual(items.map((_, place) => place + 1));
        expect(passed).toBe([...expected.values()].filter(({ verdict }) => verdict === 'PASS').length);
      }
    }
  });

  it.each<[string, unknown[], KnownFacts, MatchOutcome]>([
    ['exactly the least', [{ fact: 'amount', min: '50', unit: 'TEN_THOUSAND_YUAN' }], { amount: '500000.00' }, PASS],
    ['a fen below it', [{ fact: 'amount', min: '50', unit: 'TEN_THOUSAND_YUAN' }], { amount: '499999.99' }, FAIL],
    ['exactly the most', [{ fact: 'amount', max: '500000', unit: 'YUAN' }], { amount: '500000' }, PASS],
    ['what doubles cannot tell apart', [{ fact: 'revenue', max: '9007199254740992', unit: 'YUAN' }], { revenue: '9007199254740993' }, FAIL],
    ['a day that is not yet', [{ fact: 'ageOfBusiness', min: '0', unit: 'YEAR' }], { ageOfBusiness: '-1' }, FAIL],
    ['a limit that cannot be read', [{ fact: 'term', min: 'some', unit: 'MONTH' }], { term: '12' }, UNKNOWN],
    ['the same beside one that fails', [{ fact: 'term', min: 'some', max: '6', unit: 'MONTH' }], { term: '12' }, FAIL],
    ['a unit of another fact', [{ fact: 'term', min: '1', unit: 'PERSON' }], { term: '12' }, UNKNOWN],
    ['a value that cannot be read', [{ fact: 'term', min: '1', unit: 'MONTH' }], { term: 'long' }, UNKNOWN],
    ['a fact of a later version', [{ fact: 'stars', in: ['5'] }], { term: '12' }, UNKNOWN],
    ['a form of a later version', [{ atLeast: 2, of: [] }], {}, UNKNOWN],
    ['what cannot even be read', [{ fact: 'region', in: 5 }], { region: '500101' }, UNKNOWN],
    ['not a range', [{ not: { fact: 'term', min: '6', max: '24', unit: 'MONTH' } }], { term: '25' }, PASS],
    ['not within it', [{ not: { fact: 'term', min: '6', max: '24', unit: 'MONTH' } }], { term: '24' }, FAIL],
    ['a district too coarse', [{ fact: 'region', in: ['500101001'] }], { region: '500101' }, UNKNOWN],
    ['not a district too coarse', [{ not: { fact: 'region', in: ['500101001'] } }], { region: '500101' }, UNKNOWN],
    ['one way of several', [{ any: [{ fact: 'taxGrade', in: ['A'] }, { fact: 'amount', max: '1', unit: 'YUAN' }] }], { amount: '1' }, PASS],
    ['no way left', [{ any: [{ fact: 'taxGrade', in: ['A'] }, { fact: 'amount', max: '1', unit: 'YUAN' }] }], { amount: '2', taxGrade: 'B' }, FAIL],
    ['a way that is open', [{ any: [{ fact: 'taxGrade', in: ['A'] }, { fact: 'amount', max: '1', unit: 'YUAN' }] }], { amount: '2' }, UNKNOWN],
  ])('of %s: %j', (_, rules, facts, verdict) => expect(places([offered('1', rules)], facts)).toEqual([`1 ${verdict}`]));
});

/** Answers of years ago, by version, for the facts of two applicants; the second has neither groups nor age. */
const second = [
  '26 PASS ANNUAL_RATE=2.6000', '24 UNKNOWN OPEN_QUESTIONS=1 ANNUAL_RATE=3.2500 TURN=2/4', '79 FAIL FAILED_QUESTIONS=1 ANNUAL_RATE=3.4000',
  '99 FAIL FAILED_QUESTIONS=1 ANNUAL_RATE=5.3500 TURN=1/2', '107 FAIL FAILED_QUESTIONS=2 ANNUAL_RATE=4.2000 TURN=3/3',
  '2 FAIL FAILED_QUESTIONS=3 ANNUAL_RATE=3.5500',
];
const ofOld: [version: number, first: string[]][] = [
  [2, [
    '93 PASS ANNUAL_RATE=2.5000 TURN=3/6', '100 PASS ANNUAL_RATE=null TURN=9/11', '30 FAIL FAILED_QUESTIONS=1 ANNUAL_RATE=3.2000 TURN=4/5',
    '25 FAIL FAILED_QUESTIONS=1 ANNUAL_RATE=5.0500 TURN=1/3', '108 FAIL FAILED_QUESTIONS=2 ANNUAL_RATE=4.3000 TURN=1/3',
    '81 FAIL FAILED_QUESTIONS=3 ANNUAL_RATE=3.3500 TURN=1/2',
  ]],
  [3, [
    '93 PASS ANNUAL_RATE=2.5000 TURN=1/6', '100 PASS ANNUAL_RATE=null TURN=10/11', '80 FAIL FAILED_QUESTIONS=1 ANNUAL_RATE=3.2000 TURN=1/5',
    '25 FAIL FAILED_QUESTIONS=1 ANNUAL_RATE=5.0500 TURN=2/3', '108 FAIL FAILED_QUESTIONS=2 ANNUAL_RATE=4.3000 TURN=2/3',
    '81 FAIL FAILED_QUESTIONS=3 ANNUAL_RATE=3.3500 TURN=1/2',
  ]],
];

describe('the ranking', () => {
  const area = { fact: 'region', in: ['500101'] };
  const grade = { fact: 'taxGrade', in: ['A'] };
  const small = { fact: 'amount', max: '1', unit: 'YUAN' };

  it('puts what passes first, then the fewest open questions, then the fewest failed ones', () => {
    const products = [offered('9', [small, { ...small, max: '2' }, area]), offered('8', [small, { fact: 'term', max: '1', unit: 'MONTH' }]),
      offered('7', [area, grade, { text: '有固定经营场所' }]), offered('6', [area, grade]), offered('5', [grade]), offered('4', [])];
    expect(places(products, { amount: '100', term: '12' })).toEqual(['4 PASS', '5 UNKNOWN', '6 UNKNOWN', '7 UNKNOWN', '9 FAIL', '8 FAIL']);
  });

  it('puts the lower rate first, exactly, and what tells none last', () => {
    const products = [offered('a', []), offered('b', [], { annualRateMin: '10.0000' }), offered('c', [], { annualRateMin: '3.4500' }), offered('d', [], { annualRateMin: '3.45' })];
    const order = places(products);
    expect(order.slice(2)).toEqual(['b PASS', 'a PASS']);
    expect(order.slice(0, 2).sort()).toEqual(['c PASS', 'd PASS']);
  });

  it('lets every one of equals have its turn, by the facts alone', () => {
    const products = Array.from({ length: 8 }, (_, at) => offered(String(at), []));
    const firsts = Array.from({ length: 400 }, (_, at) => places(products, { amount: String(at) })[0]);
    const counts = products.map(({ productId }) => firsts.filter((first) => first === `${productId} PASS`).length);
    for (const count of counts) expect(count).toBeGreaterThan(20);
    expect(places(products.toReversed(), { amount: '7', guarantee: ['CREDIT', 'PLEDGE'] })).toEqual(places(products, { guarantee: ['PLEDGE', 'CREDIT'], amount: '7' }));
  });

  it('of version 3 is the same whatever groups and age are told where no product asks, that of version 2 is not', () => {
    const products = Array.from({ length: 64 }, (_, at) => offered(String(at), []));
    const people = [{}, { groups: ['VETERAN'] }, { applicantAge: '64' }, { applicantAge: '31', groups: [] }].map((facts) => ({ amount: '7', ...facts }));
    const firsts = (ranking: (typeof rankings)[number]): number => new Set(people.map((facts) => places(products, facts, ranking)[0])).size;
    expect(rankings.map((ranking) => [ranking.version, firsts(ranking)])).toEqual([[1, 1], [2, 4], [3, 1]]);
  });

  it('shows its factors', () => {
    const catalogue = new RankedCatalogue([offered('1', [area], { annualRateMin: '3.4500' }), offered('2', [area], { annualRateMin: '3.4500' }), offered('3', [small])]);
    const { items, seed } = catalogue.page({ amount: '5' }, all);
    const shown = items.map((match) => Object.fromEntries(catalogue.factorsOf(match, seed).map(({ factor, value }) => [factor, value])));
    expect(shown).toEqual([
      { VERDICT: 'UNKNOWN', OPEN_QUESTIONS: '1', ANNUAL_RATE: '3.4500', TURN: '1/2' },
      { VERDICT: 'UNKNOWN', OPEN_QUESTIONS: '1', ANNUAL_RATE: '3.4500', TURN: '2/2' },
      { VERDICT: 'FAIL', FAILED_QUESTIONS: '1', ANNUAL_RATE: null },
    ]);
  });

  it('gives pages that join to the whole, of all verdicts or of one', () => {
    const { products, random } = someDistrict(7, 300);
    const catalogue = new RankedCatalogue(products);
    const facts = someFacts(random);
    const ids = (options: object): string[] => catalogue.page(facts, { limit: 7, ...options }).items.map(({ product, position }) => `${position} ${product.productId}`);
    for (const verdicts of [[PASS, UNKNOWN, FAIL], [PASS], [UNKNOWN], [FAIL]]) {
      const whole = ids({ ...all, verdicts });
      const joined = Array.from({ length: Math.ceil(whole.length / 7) }, (_, page) => ids({ from: page * 7, verdicts })).flat();
      expect(joined).toEqual(whole);
    }
    expect([PASS, UNKNOWN, FAIL].flatMap((verdict) => ids({ ...all, verdicts: [verdict] }))).toEqual(ids(all));
  });

  it('of version 1 is by name and id', () => {
    const products = [offered('3', [], { name: 'b' }), offered('2', [], { name: 'b' }), offered('1', [], { name: 'c', annualRateMin: '1' }), offered('4', [small], { name: 'a' })];
    expect(places(products, { amount: '5' }, rankings[0])).toEqual(['2 PASS', '3 PASS', '1 PASS', '4 FAIL']);
  });

  it.each(ofOld)('of version %i never changes: an answer of years ago is given again', (version, first) => {
    const { products, random } = someDistrict(11, 120);
    const catalogue = new RankedCatalogue(products, rankings[version - 1]);
    const answers = Array.from({ length: 2 }, () => {
      const { items, seed } = catalogue.page(someFacts(random), all);
      return items.filter((_, place) => place % 20 === 0).map((match) => [match.product.productId, match.verdict,
        ...catalogue.factorsOf(match, seed).slice(1).map(({ factor, value }) => `${factor}=${value}`)].join(' '));
    });
    expect(answers).toEqual([first, second]);
  });
});

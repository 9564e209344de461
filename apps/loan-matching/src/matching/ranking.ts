import type { EligibilityDocument } from '@finharbor/contracts/eligibility/condition';
import { compareDecimals } from '@finharbor/contracts/eligibility/decimals';
import { type FactName, facts, type KnownFacts } from '@finharbor/contracts/eligibility/facts';
import { type Bits, countBits, most, nextBit } from './bits.js';
import { CatalogueIndex, type Verdicts } from './catalogue-index.js';
import type { Compiled } from './compiled.js';
import { setKey } from './fact-table.js';
import { personalFacts } from './kept-facts.js';
import { MatchOutcome } from './matching.js';

/** A version of a product as it was on offer. */
export interface OfferedProduct {
  productId: string;
  bankId: string;
  name: string;
  document: EligibilityDocument;
  /** The least rate advertised when it was published, in per cent a year; null where none was told. */
  annualRateMin: string | null;
  compiled: Compiled;
}

/** Why a match stands where it stands, in the order in which it counts. */
export enum RankingFactor {
  /** What passes stands before what is open, and that before what fails. */
  VERDICT = 'VERDICT',
  /** The fewer questions stay open, the better; 7 is seven or more. */
  OPEN_QUESTIONS = 'OPEN_QUESTIONS',
  /** The fewer questions fail, the better; 7 is seven or more. */
  FAILED_QUESTIONS = 'FAILED_QUESTIONS',
  /** The lower the least rate advertised, the better; one that is not told comes last. */
  ANNUAL_RATE = 'ANNUAL_RATE',
  /** Among equals the turn goes round by the facts of the applicant, so that no bank is always the first. */
  TURN = 'TURN',
  /** The name in code units, then the id. */
  NAME = 'NAME',
}

export interface Factor {
  factor: RankingFactor;
  value: string | null;
}

/** How matches are put in order. Data: a rule that changes is another version, and old ones stay. */
export interface Ranking {
  version: number;
  factors: readonly RankingFactor[];
  /** The facts that tell whose turn it is. */
  turnBy: readonly FactName[];
}

const { VERDICT, OPEN_QUESTIONS, FAILED_QUESTIONS, ANNUAL_RATE, TURN, NAME } = RankingFactor;

const allFacts = Object.keys(facts).sort() as FactName[];
const impersonal = allFacts.filter((name) => !personalFacts.some((personal) => personal === name));

/** 1 is how demands were answered before rankings had versions. Since 3 the turn stays the same when a person is erased. */
export const rankings: readonly Ranking[] = [
  { version: 1, factors: [VERDICT, NAME], turnBy: [] },
  { version: 2, factors: [VERDICT, OPEN_QUESTIONS, FAILED_QUESTIONS, ANNUAL_RATE, TURN], turnBy: allFacts },
  { version: 3, factors: [VERDICT, OPEN_QUESTIONS, FAILED_QUESTIONS, ANNUAL_RATE, TURN], turnBy: impersonal },
];
export const currentRanking = rankings.at(-1)!;

export interface RankedProduct {
  product: OfferedProduct;
  verdict: MatchOutcome;
  /** From 1 on, among all products on offer. */
  position: number;
  /** Where the catalogue has it, and how many questions are in its way. */
  place: number;
  questions: number;
}

export interface RankedPage {
  items: RankedProduct[];
  /** From the facts: it says whose turn it is among equals. */
  seed: number;
  passed: number;
  open: number;
  failed: number;
}

/** The products on offer in the order in which equals come, with their index. */
export class RankedCatalogue {
  readonly products: readonly OfferedProduct[];
  readonly index: CatalogueIndex;
  /** Where the products that nothing tells apart but their turn begin and end, for each of them. */
  private readonly turnFrom: Int32Array;
  private readonly turnEnd: Int32Array;

  constructor(offered: readonly OfferedProduct[], readonly ranking = currentRanking) {
    const compare = ranking.factors.includes(ANNUAL_RATE) ? byRate : byName;
    this.products = offered.toSorted((a, b) => compare(a, b) || byText(a.productId, b.productId));
    this.index = new CatalogueIndex(this.products.map(({ compiled }) => compiled));
    const [size, turns] = [this.products.length, ranking.factors.includes(TURN)];
    [this.turnFrom, this.turnEnd] = [new Int32Array(size), new Int32Array(size)];
    for (let from = 0, end = 1; from < size; from = end, end = from + 1) {
      while (turns && end < size && compare(this.products[from], this.products[end]) === 0) end += 1;
      this.turnFrom.fill(from, from, end);
      this.turnEnd.fill(end, from, end);
    }
  }

  /**
   * The matches from a place on, best first. The same facts, catalogue and ranking give the same answer, whoever asks and whenever.
   * @param verdicts only these
   */
  page(known: KnownFacts, { from = 0, limit, verdicts = order }: PageOptions): RankedPage {
    const judged = this.index.judge(known);
    const counts = { PASS: countBits(judged.pass), UNKNOWN: countBits(judged.open), FAIL: countBits(judged.fail) };
    const seed = seedOf(known, this.ranking.turnBy);
    const items: RankedProduct[] = [];
    let [left, skipped, before] = [limit, from, 0];
    for (const verdict of order) {
      if (verdicts.includes(verdict) && left > 0 && skipped < counts[verdict]) {
        let position = before;
        for (const { products, questions } of this.classes(judged, verdict)) {
          this.collect(products, seed, (place) => {
            position += 1;
            if (skipped > 0) skipped -= 1;
            else {
              items.push({ product: this.products[place], verdict, position, place, questions });
              left -= 1;
            }
            return left > 0;
          });
          if (left === 0) break;
        }
      } else if (verdicts.includes(verdict)) skipped = Math.max(0, skipped - counts[verdict]);
      before += counts[verdict];
    }
    return { items, seed, passed: counts.PASS, open: counts.UNKNOWN, failed: counts.FAIL };
  }

  /** Why a match of a page stands where it stands. */
  factorsOf({ product, verdict, place, questions }: RankedProduct, seed: number): Factor[] {
    const [from, end] = [this.turnFrom[place], this.turnEnd[place]];
    const size = end - from;
    const values: Record<RankingFactor, string | null | undefined> = {
      VERDICT: verdict, ANNUAL_RATE: product.annualRateMin, NAME: product.name,
      OPEN_QUESTIONS: verdict === MatchOutcome.UNKNOWN ? String(questions) : undefined,
      FAILED_QUESTIONS: verdict === MatchOutcome.FAIL ? String(questions) : undefined,
      TURN: size > 1 ? `${1 + (place - from - seed % size + size) % size}/${size}` : undefined,
    };
    return this.ranking.factors.flatMap((factor) => (values[factor] === undefined ? [] : { factor, value: values[factor] }));
  }

  /** Products of one verdict by how many questions are in their way, the fewest first. */
  private *classes(judged: Verdicts, verdict: MatchOutcome): Generator<{ products: Bits; questions: number }> {
    const products = { PASS: judged.pass, UNKNOWN: judged.open, FAIL: judged.fail }[verdict];
    if (verdict === MatchOutcome.PASS || !this.ranking.factors.includes(OPEN_QUESTIONS)) {
      yield { products, questions: 0 };
      return;
    }
    const counter = verdict === MatchOutcome.UNKNOWN ? judged.openQuestions() : judged.failedQuestions();
    for (let questions = 1; questions <= most; questions++) yield { products: counter.counted(questions, products), questions };
  }

  /** Calls `take` for the products in order, among equals from the applicant's turn on, until it says no. */
  private collect(products: Bits, seed: number, take: (place: number) => boolean): void {
    const { size } = this.index;
    const run = (start: number, stop: number): boolean => {
      for (let one = nextBit(products, start, stop); one >= 0; one = nextBit(products, one + 1, stop)) if (!take(one)) return false;
      return true;
    };
    for (let next = nextBit(products, 0, size); next >= 0;) {
      const [from, end] = [this.turnFrom[next], this.turnEnd[next]];
      const turn = from + seed % (end - from);
      if (!run(turn, end) || !run(from, turn)) return;
      next = nextBit(products, end, size);
    }
  }
}

export interface PageOptions {
  from?: number;
  limit: number;
  verdicts?: readonly MatchOutcome[];
}

const order = [MatchOutcome.PASS, MatchOutcome.UNKNOWN, MatchOutcome.FAIL];

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const byName = (a: OfferedProduct, b: OfferedProduct): number => byText(a.name, b.name);

function byRate({ annualRateMin: a }: OfferedProduct, { annualRateMin: b }: OfferedProduct): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compareDecimals(a, b) ?? 0;
}

/** A number from these facts (FNV-1a of 32 bits), whatever the order in which they are written. */
function seedOf(known: KnownFacts, names: readonly FactName[]): number {
  let seed = 0x811c9dc5;
  const add = (text: string): void => {
    for (let at = 0; at < text.length; at++) seed = Math.imul(seed ^ text.charCodeAt(at), 0x01000193);
  };
  for (const name of names) {
    const value = known[name];
    if (value === undefined) continue;
    add(name);
    add(typeof value === 'string' ? value : setKey(value));
  }
  return seed >>> 0;
}

import type { Predicate } from '@finharbor/contracts/eligibility/condition';
import { scaled } from '@finharbor/contracts/eligibility/decimals';
import { evaluate } from '@finharbor/contracts/eligibility/evaluate';
import type { FactName, KnownFacts } from '@finharbor/contracts/eligibility/facts';
import { addBits, type Bits, noBits, setBit } from './bits.js';
import type { Limit, Literal } from './compiled.js';
import { Limits } from './limits.js';

/** Fails, open, passes: `all` is the least of its parts, `any` the most. */
export const [FAIL, OPEN, PASS] = [0, 1, 2];
const valueOf = { FAIL, UNKNOWN: OPEN, PASS };

/** What one value of a fact means to every question about it. */
interface Answers {
  outcomes: Uint8Array;
  /** Products with a rule that fails, or stays open; null for none. */
  fail: Bits | null;
  open: Bits | null;
}

/** An applicant's fact, as far as questions about it are answered. */
export interface Answer extends Answers {
  /** How many of the limits the value reaches, and how many lie below it; -1 where it is not known. */
  reached: number;
  below: number;
}

const nothingAsked: Answers = { outcomes: new Uint8Array(), fail: null, open: null };

/** Values whose answers are kept. */
const most = 512;

/** Every question that products ask about one fact. Filled, then closed, then asked. */
export class FactTable {
  private readonly questions: Predicate[] = [];
  private readonly numbers = new Map<string, number>();
  /** Products that ask a question by itself, two for each question: as it is, and the other way round. */
  private readonly asking: (Bits | undefined)[] = [];
  private readonly ofTexts = new Map<string, Answers>();
  private readonly ofSets = new Map<string, Answers>();
  private unknown?: Answers;
  private readonly asked: { product: number; limit: Limit }[] = [];
  private readonly limits = new Set<bigint>();
  private ranks: bigint[] = [];
  /** The same as doubles: of two that differ the larger is larger; of two that are equal the exact ones tell. */
  private doubles = new Float64Array();
  private ends: Limits[] = [];
  private readonly limited: Bits;

  constructor(readonly fact: FactName, private readonly size: number) {
    this.limited = noBits(size);
  }

  /** A product has this limit for a rule. */
  addLimit(limit: Limit, product: number): void {
    this.knowLimit(limit);
    this.asked.push({ product, limit });
    setBit(this.limited, product);
  }

  /** A product has this question for a rule. */
  addLiteral(literal: Literal, product: number): void {
    const place = this.knowLiteral(literal) * 2 + Number(literal.negated);
    setBit(this.asking[place] ??= noBits(this.size), product);
  }

  /** The limit occurs somewhere. */
  knowLimit({ limit }: Limit): void {
    this.limits.add(limit);
  }

  /** The question occurs somewhere: its number. */
  knowLiteral({ key, predicate }: Literal): number {
    const number = this.numbers.get(key) ?? this.questions.push(predicate) - 1;
    this.numbers.set(key, number);
    return number;
  }

  close(): void {
    this.ranks = [...this.limits].sort((a, b) => (a < b ? -1 : Number(a > b)));
    this.doubles = Float64Array.from(this.ranks, Number);
    const rankOf = new Map(this.ranks.map((limit, rank) => [limit, rank]));
    this.ends = (['min', 'max'] as const).map((end) => {
      const asked = this.asked.filter(({ limit }) => limit.end === end)
        .map(({ product, limit }) => ({ product, rank: rankOf.get(limit.limit)! }));
      return new Limits(end, asked, this.ranks.length, this.size);
    });
  }

  /** The place of a limit among all of the fact. */
  rankOf = ({ limit }: Limit): number => this.countBelow(limit);

  answer(value: KnownFacts[FactName]): Answer {
    const { outcomes, fail, open } = this.questions.length > 0 ? this.answersTo(value) : nothingAsked;
    const number = this.ranks.length > 0 && typeof value === 'string' ? millionths(value) : undefined;
    if (number === undefined) return { outcomes, fail, open, reached: -1, below: -1 };
    const below = this.countBelow(number);
    const isLimit = below < this.ranks.length && this.ranks[below] <= number;
    return { outcomes, fail, open, reached: isLimit ? below + 1 : below, below };
  }

  /** Adds the products with a rule that fails. */
  addFailing({ fail, reached, below }: Answer, to: Bits): void {
    if (fail) addBits(to, fail);
    if (reached < 0) return;
    this.ends[0].addFailing(reached, to);
    this.ends[1].addFailing(below, to);
  }

  /** Adds the products with a rule that stays open. */
  addOpen({ open, reached }: Answer, to: Bits): void {
    if (open) addBits(to, open);
    if (reached < 0 && this.asked.length > 0) addBits(to, this.limited);
  }

  isOpen = ({ open, reached }: Answer): boolean => open !== null || (reached < 0 && this.asked.length > 0);

  /** The language itself answers, once for a value. */
  private answersTo(value: KnownFacts[FactName]): Answers {
    if (value === undefined) return this.unknown ??= this.ask(value);
    const [kept, key] = typeof value === 'string' ? [this.ofTexts, value] : [this.ofSets, setKey(value)];
    const known = kept.get(key);
    if (known) return known;
    if (kept.size >= most) kept.delete(kept.keys().next().value!);
    const answers = this.ask(value);
    kept.set(key, answers);
    return answers;
  }

  private ask(value: KnownFacts[FactName]): Answers {
    const facts: KnownFacts = { [this.fact]: value };
    const outcomes = Uint8Array.from(this.questions, (predicate) => valueOf[evaluate(predicate, facts).outcome]);
    const sets: (Bits | null)[] = [null, null];
    this.asking.forEach((products, place) => {
      const outcome = place % 2 ? PASS - outcomes[place >> 1] : outcomes[place >> 1];
      if (products && outcome !== PASS) addBits(sets[outcome] ??= noBits(this.size), products);
    });
    return { outcomes, fail: sets[FAIL], open: sets[OPEN] };
  }

  private countBelow(number: bigint | number): number {
    const double = Number(number);
    let [from, to] = [0, this.ranks.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const one = this.doubles[middle];
      if (one < double || (one === double && this.ranks[middle] < number)) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** A key of a set, whatever its order. */
export function setKey(values: readonly string[]): string {
  for (let at = 1; at < values.length; at++) if (values[at - 1] > values[at]) return values.toSorted().join('\n');
  return values.length === 1 ? values[0] : values.join('\n');
}

/** As the language reads a quantity: a day that is not yet makes an age below nothing. */
function millionths(text: string): bigint | number | undefined {
  if (short.test(text)) return Math.round(Number(text) * 1_000_000);
  if (!text.startsWith('-')) return scaled(text);
  const number = scaled(text.slice(1));
  return number === undefined ? undefined : -number;
}

/** Of so few digits that the millionths are exact doubles. */
const short = /^\d{1,8}(?:\.\d{1,6})?$/;
